#!/usr/bin/env python3
"""Three years of a corpus in ten releases: edited, withdrawn, moved, merged, put back, and the law amended twice.

After every release the site is served and every address that any release so far has published is asked for again
over HTTP: it must be alive (200, 410 with a reason, or 301 to one of these) and, for the address of a revision, the
<article> must be byte for byte what it was when it was first seen. What is expected of each release is written here,
by hand, beside the change that is played."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "http"))
from server import PINCITE, SKIPPED, Server  # noqa: E402

READER = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "reader.py")

# ---- the law, in three versions ----
ACT = {
    "art_1": ("Article 1", "Toll", "The keeper may ask a toll of one coin."),
    "art_2": ("Article 2", "Weight", "No cart above ten stone may pass."),
    "art_3": ("Article 3", "Night", "The bridge is closed from dusk to dawn."),
    "art_4": ("Article 4", "Inspection", "The keeper looks under the bridge once a year."),
}


def write_law(path, changes):
    with open(path, "w", encoding="utf-8") as out:
        for key, (label, heading, text) in ACT.items():
            text = changes.get(key, text)
            if text is not None:
                out.write(json.dumps({"id": key, "label": label, "kind": "article", "heading": heading,
                                      "text": text, "own": text, "parent": None}) + "\n")


# ---- the corpus, as files ----
def item(question, answer, **front):
    head = "".join(f"{key}: {value}\n" for key, value in front.items())
    return (f"---\n{head}---\n" if head else "") + f"# {question}\n\n{answer}\n"


TOLL = "One coin, by Article 1 of the Bridge Act. Carts above ten stone turn back (Article 2)."
KEEPERS = """---
title: Keepers
description: Who keeps the bridge
---
# Keepers

## Who is the keeper? {#who}
updated: 2026-01-02

Whoever takes the toll under [[Article 1]].

## What does the keeper owe? {#duty}

A look under the bridge once a year, by [[Article 4]].

## May a keeper hand over the key? {#handover}

%s
"""


class Corpus:
    def __init__(self, folder):
        self.folder = folder
        self.files = {
            "bridges/README.yml": "title: Bridges\n",
            "bridges/toll.md": item("What is the toll?", TOLL, updated="2026-01-02"),
            "bridges/weight.md": item("How heavy may a cart be?", "Ten stone, by Article 2 of the Bridge Act."),
            "bridges/night.md": item("May I cross at night?", "No: Article 3 of the Bridge Act."),
            "bridges/inspection.md": item("Who looks under the bridge?", "The keeper, by Article 4. See [[keepers/duty]]."),
            "keepers.md": KEEPERS % "Yes, in daylight.",
        }
        self.config = {}

    def write(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        for path, text in self.files.items():
            full = os.path.join(self.folder, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as out:
                out.write(text)
        with open(os.path.join(self.folder, "pincite.yml"), "w", encoding="utf-8") as out:
            out.write("title: The Bridge Office\n")
            for kind, rows in self.config.items():
                out.write(f"{kind}:\n" + "".join(f"  {old}: {new}\n" for old, new in rows.items()))


# ---- what a browser would follow ----
class Page(HTMLParser):
    def __init__(self, body):
        super().__init__()
        self.links = set()
        self.feed(body)

    def handle_starttag(self, tag, attrs):
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.links.add(href)


def article(body):
    return re.search(r"<article.*?</article>", body, re.S)[0]


def is_lasting(path):
    """Pages of a list move on as the list grows: no one cites page 2 of 3. A search is a question, not a link."""
    return not re.match(r"/(search/|assets/|items/\d|api/)", path)


REVISION = re.compile(r"^/[^/]+/[^/]+/@[0-9a-f]{16}/$")


class Story:
    def __init__(self, room):
        self.room = room
        self.corpus = Corpus(os.path.join(room, "corpus"))
        self.law = os.path.join(room, "act")
        os.makedirs(self.law)
        with open(os.path.join(self.law, "source.yml"), "w", encoding="utf-8") as out:
            out.write("title: The Bridge Act\nnames: [Bridge Act]\nversion: '1'\nrank: act\nprovisions: provisions.jsonl\n")
        self.amend("1", {})
        self.previous = None
        self.number = 0
        self.published = {}  # path -> release that first had it
        self.articles = {}   # path of a revision -> its article
        self.statuses = {}   # path -> what it answers, where that is not 200
        self.failures = []

    def amend(self, version, changes):
        write_law(os.path.join(self.law, "provisions.jsonl"), changes)
        path = os.path.join(self.law, "source.yml")
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"version: .*", f"version: '{version}'", file.read())
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)

    def check(self, claim, said):
        if not claim:
            self.failures.append(f"release {self.number}: {said}")

    def run(self, *arguments, exits=(0,)):
        done = subprocess.run([PINCITE, *arguments], capture_output=True, text=True)
        self.check(done.returncode in exits, f"{' '.join(arguments)}: exit {done.returncode}: {done.stderr[-600:]}")
        return done.stdout

    def release(self, day, changed=(), added=(), gone=(), leaning=(), statuses=None):
        """Plays what was changed: builds, verifies, compares, and follows every link ever published. `statuses`
        are what addresses answer from now on; all others answer 200."""
        self.number += 1
        self.statuses.update(statuses or {})
        self.corpus.write()
        index = os.path.join(self.room, f"{self.number}.pin")
        more = ["--previous", self.previous] if self.previous else []
        self.run("build", self.corpus.folder, "-o", index, "--source", f"ba={self.law}", "--date", day, "--strict", *more)
        again = index + ".again"
        self.run("build", self.corpus.folder, "-o", again, "--source", f"ba={self.law}", "--date", day, *more)
        with open(index, "rb") as a, open(again, "rb") as b:
            self.check(a.read() == b.read(), "the same inputs gave other bytes")
        self.run("verify", index)
        second = subprocess.run([sys.executable, READER, index, "--check"], capture_output=True, text=True)
        self.check(second.returncode == 0, f"the second reader computes other revisions: {second.stderr}")
        if self.previous:
            self.compare(index, set(changed), set(added), set(gone), set(leaning))
        server = Server(index)
        try:
            self.crawl(server)
            self.follow_all(server)
        finally:
            server.stop()
        self.previous = index
        return index

    def compare(self, index, changed, added, gone, leaning):
        diff = json.loads(self.run("diff", self.previous, index, "--json", exits=(0, 1)))
        for name, wanted in (("changed", changed), ("added", added), ("gone", gone), ("leaning", leaning)):
            got = {entry["id"] for entry in diff[name]}
            self.check(got == wanted, f"diff says {name}: {sorted(got)}, not {sorted(wanted)}")
        self.check(diff["broken"] == [], f"links would break: {diff['broken']}")

    def crawl(self, server):
        """Everything that can be reached from the hub is published from now on."""
        todo, seen = ["/"], {"/"}
        while todo:
            path = todo.pop()
            status, headers, body = server.get(path)
            self.published.setdefault(path, self.number)
            if "text/html" not in headers.get("content-type", ""):
                continue
            for link in Page(body.decode()).links:
                to = urldefrag(urljoin("http://x" + path, link))[0]
                if not to.startswith("http://x/"):
                    continue
                to = to[len("http://x"):]
                if to not in seen and is_lasting(to):
                    seen.add(to)
                    todo.append(to)

    def follow_all(self, server):
        for path, first in sorted(self.published.items()):
            status, headers, body = server.get(path)
            wanted = self.statuses.get(re.sub(r"\.md$", "/", path), 200)
            self.check(status == wanted, f"{path} of release {first} answers {status}, not {wanted}")
            if status == 301:
                status, _, body = server.get(headers["location"])
                self.check(status == 200, f"{path} of release {first} leads to {status}")
            elif status == 410:
                self.check(b'class="standing gone"' in body, f"{path} has no tombstone")
            if REVISION.match(path):
                self.check(status == 200, f"the revision {path} answers {status}")
                words = article(body.decode())
                self.check(self.articles.setdefault(path, words) == words, f"the article at {path} has changed")

    def show(self, name):
        return json.loads(self.run("show", self.previous, name, "--json", exits=(0, 1)))


def text_of(html):
    """What a browser shows of it, as textContent has it."""
    out = []

    class Text(HTMLParser):
        def handle_data(self, data):
            out.append(data)

    Text().feed(html)
    return "".join(out)


def follow_in_browser(s):
    """Every link ever published, in Debian's Chromium, against the last release; needs the browser tests' packages."""
    tests = os.path.join(os.environ.get("PINCITE_BUILD", ""), "browser", "tests", "follow.mjs")
    if not os.path.exists(tests) or not os.path.exists("/usr/bin/chromium"):
        print("browser: skipped, its packages are not installed here")
        return
    server = Server(s.previous)
    links = {path: {"status": s.statuses.get(re.sub(r"\.md$", "/", path), 200),
                    "article": text_of(s.articles[path]) if path in s.articles else None} for path in s.published}
    try:
        done = subprocess.run(["node", tests], input=json.dumps({"base": f"http://127.0.0.1:{server.port}/", "links": links}),
                              capture_output=True, text=True, timeout=300)
    finally:
        server.stop()
    print(done.stdout, end="")
    s.check(done.returncode == 0, f"in a browser: {done.stdout[-600:]}{done.stderr[-600:]}")


def play(s):
    files, config = s.corpus.files, s.corpus.config
    s.release("2026-01-15")
    s.check(s.show("bridges/toll")["updated"] == "2026-01-02", "the corpus' own date counts at first")
    first_toll = s.show("bridges/toll")["revision"]

    # an edit that forgot its date, and a new question
    files["bridges/toll.md"] = item("What is the toll?", TOLL.replace("One coin", "One good coin"), updated="2026-01-02")
    files["bridges/bicycles.md"] = item("Do bicycles pay?", "No: Article 1 speaks of carts.")
    s.release("2026-05-02", changed={"bridges/toll"}, added={"bridges/bicycles"})
    s.check(s.show("bridges/toll")["updated"] == "2026-05-02", "a changed item cannot keep its date")

    # withdrawn, in the module file itself
    files["keepers.md"] = (KEEPERS % "").replace(
        "{#handover}\n", "{#handover}\nwithdrawn: the Office no longer lets keepers choose\nsince: 2026-09-01\ninstead: who\n")
    s.release("2026-09-10", gone={"keepers/handover"}, statuses={"/keepers/handover/": 410})
    gone = s.show("keepers/handover")
    s.check((gone["standing"], gone["since"], gone["target"]) == ("withdrawn", "2026-09-01", "keepers/who"),
            f"the tombstone says {gone}")

    # the law is amended: nobody touched the answer, but its words are other ones
    s.amend("2", {"art_3": "The bridge is closed from midnight to dawn."})
    everything = {"bridges/toll", "bridges/weight", "bridges/night", "bridges/inspection", "bridges/bicycles",
                  "keepers/who", "keepers/duty"}
    s.release("2027-01-20", changed=everything, leaning={"bridges/night"})
    s.check(len(s.show("bridges/night")["history"]) == 2, "an amended law makes a revision")

    # moved, by a word in pincite.yml
    files["bridges/closing.md"] = files.pop("bridges/night.md")
    config["moved"] = {"bridges/night": "bridges/closing"}
    s.release("2027-05-05", added={"bridges/closing"}, gone={"bridges/night"}, statuses={"/bridges/night/": 301})

    # merged, by a word in the front matter of what was merged
    files["bridges/bicycles.md"] = item("Do bicycles pay?", "", merged_into="bridges/toll")
    files["bridges/toll.md"] = item("What is the toll?", TOLL + " Bicycles pay nothing.")
    s.release("2027-10-01", changed={"bridges/toll"}, gone={"bridges/bicycles"}, statuses={"/bridges/bicycles/": 301})

    # put back to what it was; the act is another version, so it is no old revision either
    files["bridges/toll.md"] = item("What is the toll?", TOLL)
    s.release("2028-02-02", changed={"bridges/toll"})
    s.check(s.show("bridges/toll")["revision"] != first_toll, "the same words on another version are another revision")
    s.check(len(s.show("bridges/toll")["history"]) == 5, "every wording of the toll is kept")

    # an article is taken out of the act: two answers stand on nothing
    s.amend("3", {"art_3": "The bridge is closed from midnight to dawn.", "art_4": None})
    s.corpus.write()
    strict = subprocess.run([PINCITE, "build", s.corpus.folder, "-o", os.path.join(s.room, "no.pin"), "--source",
                             f"ba={s.law}", "--previous", s.previous, "--date", "2028-06-06", "--strict"],
                            capture_output=True, text=True)
    s.check(strict.returncode == 1 and "provision-missing" in strict.stderr,
            f"a strict build must name the dead citations: {strict.stderr[-400:]}")
    files["bridges/inspection.md"] = item("Who looks under the bridge?", "Nobody has to any more.")
    files["keepers.md"] = files["keepers.md"].replace(
        "A look under the bridge once a year, by [[Article 4]].", "Nothing but the toll of [[Article 1]].")
    s.release("2028-06-06", changed=everything - {"bridges/night", "bridges/bicycles"} | {"bridges/closing"},
              statuses={"/law/ba/art_4/": 410})

    # a module is given up: moved on, and moved once more
    files["travel/closing.md"] = files.pop("bridges/closing.md")
    files["travel/who.md"] = item("Who is the keeper?", "Whoever takes the toll under [[Article 1]].", moved_from="keepers/who")
    del files["keepers.md"]
    config["moved"] = {"bridges/night": "bridges/closing", "bridges/closing": "travel/closing"}
    config["withdrawn"] = {"keepers/duty": "there is no duty left", "keepers/handover": "the Office no longer lets keepers choose"}
    s.release("2028-10-10", added={"travel/closing", "travel/who"}, gone={"bridges/closing", "keepers/who", "keepers/duty"},
              statuses={"/bridges/night/": 301, "/bridges/closing/": 301, "/keepers/who/": 301, "/keepers/duty/": 410,
                        "/keepers/": 410})
    s.check(s.show("bridges/night")["target"] == "travel/closing", "a redirect goes to the end of the chain")

    # nothing changes but a date that nobody earned
    before = s.show("bridges/weight")
    files["bridges/weight.md"] = item("How heavy may a cart be?", "Ten stone, by Article 2 of the Bridge Act.", updated="2028-12-24")
    s.release("2029-01-05")
    after = s.show("bridges/weight")
    s.check(after["updated"] == before["updated"] and after["revision"] == before["revision"], "an unchanged item keeps its date")


def main():
    if not os.path.exists(PINCITE):
        print("skipped: no program at", PINCITE)
        return SKIPPED
    keep = os.environ.get("STORY_KEEP")  # a folder for the last release and what was published: tests/browser
    with tempfile.TemporaryDirectory() as room:
        s = Story(room)
        play(s)
        if keep:
            shutil.copy(s.previous, os.path.join(keep, "story.pin"))
            with open(os.path.join(keep, "story.json"), "w", encoding="utf-8") as out:
                json.dump({"published": sorted(s.published), "statuses": s.statuses, "articles": s.articles}, out)
        follow_in_browser(s)
        pinned = sum(1 for path in s.published if REVISION.match(path))
        for line in s.failures:
            print(line)
        print(f"{s.number} releases, {len(s.published)} links followed after each, {pinned} of revisions, {len(s.failures)} failures")
        if pinned < 15 or s.number != 10:
            print("the story is shorter than it should be")
            return 1
        return 1 if s.failures else 0


if __name__ == "__main__":
    sys.exit(main())
