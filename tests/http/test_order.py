#!/usr/bin/env python3
"""A corpus so large that its items are numbered by similarity: the bytes do not depend on threads, the file is
sound, and the pages show what they show anyway: modules in their order, in each the order of the publisher."""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import PINCITE, Server, build  # noqa: E402

LARGE, SMALL = 46_000, 4_000
TOPICS = ("law", "wood")


def corpus(path):
    """Two topics that take turns, of 60 words each; an item has three of its topic, by a multiplicative hash."""
    with open(path, "w", encoding="utf-8") as to:
        for i in range(LARGE + SMALL):
            topic = TOPICS[i % 2]
            words = [f"{topic}{(i * 2654435761 + k * 40503 * i >> 16) % 60}" for k in (1, 3, 7)]
            item = {"id": f"q{i}", "module": "Large" if i < LARGE else "Small", "question": f"What is {words[0]} {i}?",
                    "answer": f"It is what {words[1]} and {words[2]} say."}
            to.write(json.dumps(item) + "\n")
    return path


def links(page):
    """Addresses of items, in the order of the page, each once."""
    return list(dict.fromkeys(re.findall(r'href="[./]*/((?:large|small)/q\d+)/"', page.decode())))


def run(*arguments):
    return subprocess.run([PINCITE, *arguments], check=True, capture_output=True, text=True).stdout


with tempfile.TemporaryDirectory() as folder:
    lines = corpus(os.path.join(folder, "faq.jsonl"))
    one, three = (build(lines, os.path.join(folder, f"{n}.pin"), "--threads", n) for n in ("1", "3"))
    with open(one, "rb") as a, open(three, "rb") as b:
        assert a.read() == b.read(), "threads must not matter"
    run("verify", one)

    # All items score alike for this word, so the lowest numbers come first: neighbours by similarity.
    tied = json.loads(run("search", one, "--json", "-k", "100", "--module", "large", "what"))["hits"]
    kinds = {int(hit["id"].split("/q")[1]) % 2 for hit in tied}
    assert len(tied) == 100 and len(kinds) == 1, f"the first numbers must be of one topic, not of {len(kinds)}"

    server = Server(one)
    try:
        for page, first in (("/items/", 0), ("/items/1151/", 23_000), ("/items/2301/", LARGE)):
            status, _, body = server.get(page)
            module = "large" if first < LARGE else "small"
            assert status == 200 and links(body) == [f"{module}/q{i}" for i in range(first, first + 20)], links(body)
        status, _, body = server.get("/large/")
        assert status == 200 and links(body)[:3] == ["large/q0", "large/q1", "large/q2"], links(body)[:3]
    finally:
        server.process.terminate()
        server.process.wait()
print("order: a large corpus keeps what it shows")
