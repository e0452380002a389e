#!/usr/bin/env python3
"""Pages, byte for byte: the site of the golden corpus against the files in expected-pages/.

Names of assets and the id of the index file change with every edit of a stylesheet or a date; they are made
steady before comparing. --bless writes the files anew: read the difference with git before you commit it.
"""
import os
import re
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "http"))
from server import PINCITE, SKIPPED, Server, build  # noqa: E402

PAGES = {
    "hub.html": "/", "items.html": "/items/", "module.html": "/gates/", "card.html": "/keepers/{first}/",
    "law.html": "/law/gate/", "provision.html": "/law/gate/{provision}/", "search.html": "/search/?q=who+keeps+the+gate",
    "nothing.html": "/search/?q=", "missing.html": "/no/such/", "module.md": "/gates.md", "llms.txt": "/llms.txt",
    "sitemap.xml": "/sitemap.xml", "opensearch.xml": "/opensearch.xml", "openapi.json": "/api/v1/openapi.json",
}


def steady(body):
    text = body.decode("utf-8")
    text = re.sub(r"(assets/\w+)\.[0-9a-f]{8}\.", r"\1.HASH.", text)
    text = re.sub(r"<code>[0-9a-f]{16}</code>", "<code>FILE</code>", text)
    return re.sub(r"pincite \d+\.\d+\.\d+", "pincite VERSION", text)


def main():
    if not os.path.exists(PINCITE):
        print(f"skipped: no program at {PINCITE}")
        return SKIPPED
    bless = "--bless" in sys.argv
    folder = os.path.join(here, "expected-pages")
    os.makedirs(folder, exist_ok=True)
    failed = passed = 0
    with tempfile.TemporaryDirectory() as work:
        server = Server(build(os.path.join(here, "corpus"), os.path.join(work, "faq.pin")))
        module = server.get("/keepers/")[2].decode()
        law = re.findall(r'href="\./law/(\w+)/"', server.get("/")[2].decode())[0]
        names = {"first": re.search(r'<article class="[^"]*" id="([^"]+)"', module)[1],
                 "provision": re.search(r'law/\w+/([\w.]+)/"', server.get(f"/law/{law}/")[2].decode())[1]}
        for name, path in PAGES.items():
            got = steady(server.get(path.format(**names).replace("/gate/", f"/{law}/"))[2])
            file = os.path.join(folder, name)
            if bless:
                with open(file, "w", encoding="utf-8") as out:
                    out.write(got)
                continue
            with open(file, encoding="utf-8") as stream:
                good = stream.read() == got
            print(("ok    " if good else "FAIL  ") + f"{name} is as it was" + ("" if good else ": tests/golden/test_pages.py --bless, then git diff"))
            passed, failed = passed + good, failed + (not good)
        server.stop()
    if not bless:
        print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
