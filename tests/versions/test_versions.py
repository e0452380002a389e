#!/usr/bin/env python3
"""Versions of one source: what changed between them and which answers lean on it.

A small corpus whose outcome can be read off by eye, then the Commission's FAQ in its revisions 1.0, 1.2 and
1.3, against the tables of changes that came with them. Needs PINCITE."""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

program = os.environ["PINCITE"]
shared = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"
failures = []


def run(*args, code=0):
    done = subprocess.run([program, *map(str, args)], capture_output=True, text=True)
    if done.returncode != code:
        failures.append(f"{' '.join(map(str, args))}: exit {done.returncode}, not {code}: {done.stderr.strip()}")
    return done.stdout


def expect(what, got, wanted):
    if got != wanted:
        failures.append(f"{what}: {got!r}, not {wanted!r}")


def lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def changes(index, source):
    """[(from, to, kind, provision, [(touch, id, cited source)])]"""
    said = json.loads(run("law", index, "--changes", source, "--json"))
    return [
        (step["from"], step["to"], c["kind"], c["provision"],
         [(a["touch"], a["id"], a["source"]) for a in c["answers"]])
        for step in said["steps"] for c in step["changes"]
    ], said


def small(folder):
    one = lines(folder / "1.jsonl", [
        {"section": "1", "question": "One?", "answer": "Same words."},
        {"section": "2", "question": "Two?", "answer": "The gate is green."},
        {"section": "3", "question": "Three?", "answer": "Gone later."},
    ])
    two = lines(folder / "2.jsonl", [
        {"section": "1", "question": "One?", "answer": "Same   words."},
        {"section": "2", "question": "Two?", "answer": "The gate is red."},
        {"section": "3", "question": "Three?", "answer": "Gone later."},
    ])
    ten = lines(folder / "10.jsonl", [
        {"section": "1", "question": "One?", "answer": "Same words."},
        {"section": "2", "question": "Two?", "answer": "The gate is red."},
        {"section": "4", "question": "Four?", "answer": "New."},
    ])
    corpus = lines(folder / "faq.jsonl", [
        {"id": "m/now", "question": "Who cites the current version?", "answer": "Me.", "citations": ["cfaq:sec_2"]},
        {"id": "m/first", "question": "Who cites the first?", "answer": "Me.", "citations": ["cfaq@1.1:sec_2"]},
        {"id": "m/second", "question": "Who cites the second?", "answer": "Me.", "citations": ["cfaq@1.2:sec_2"]},
        {"id": "m/gone", "question": "Who cites what is gone?", "answer": "Me.", "citations": ["cfaq:sec_3"]},
        {"id": "m/kept", "question": "Who cites what was?", "answer": "Me.",
         "citations": ["Commission FAQ 1.2, section 3"]},
        {"id": "m/same", "question": "Who cites what stays?", "answer": "Me.", "citations": ["cfaq:sec_1"]},
        {"id": "m/new", "question": "Who cites what is new?", "answer": "Me.", "citations": ["cfaq:sec_4"]},
        {"id": "m/all", "question": "Who cites no section?", "answer": "Me.", "citations": [{"source": "cfaq"}]},
    ])
    sources = [x for v, p in (("1.2", two), ("1.10", ten), ("1.1", one)) for x in ("--source", f"cfaq@{v}={p}")]
    index = folder / "small.pin"
    run("build", corpus, *sources, "-o", index)
    got, said = changes(index, "cfaq")
    expect("small: versions", [v["source"] for v in said["versions"]], ["cfaq@1.1", "cfaq@1.2", "cfaq"])
    expect("small: changes", got, [
        ("1.1", "1.2", "changed", "sec_2", [("exact", "m/now", "cfaq"), ("exact", "m/first", "cfaq@1.1")]),
        ("1.2", "1.10", "added", "sec_4", []),
        ("1.2", "1.10", "withdrawn", "sec_3", [("exact", "m/gone", "cfaq"), ("exact", "m/kept", "cfaq@1.2")]),
    ])
    changed = said["steps"][0]["changes"][0]
    expect("small: the words", (changed["was"], changed["now"]), ("green.", "red."))
    expect("small: counts", [(s["changed"], s["withdrawn"], s["added"], s["unchanged"]) for s in said["steps"]],
           [(1, 0, 0, 2), (0, 1, 1, 2)])
    expect("small: without a provision", [a["id"] for a in said["without_provision"]], ["m/all"])
    expect("small: asked of an older version", changes(index, "cfaq@1.1")[0], got)

    text = run("law", index, "--changes", "cfaq")
    for part in ("1.1 → 1.2: 1 changed, 0 withdrawn, 0 added, 2 unchanged", "was: green.", "now: red.",
                 "withdrawn Section 3", "m/kept · Who cites what was?"):
        if part not in text:
            failures.append(f"small: {part!r} is not in the text:\n{text}")
    run("law", index, "--changes", "nosuch", code=2)
    run("law", index, "--changes", "cra", code=1)  # known by name only: nothing to compare
    run("law", index, "--changes", "cfaq", "--ids", code=2)

    found = json.loads(run("check", corpus, *sources, "--json", code=1))["findings"]
    expect("small: findings", sorted((f["item"], f["code"], f["severity"]) for f in found if f["code"] in (
        "leans-on-withdrawn", "words-changed", "older-version")), [
        ("m/first", "words-changed", "warning"),
        ("m/gone", "leans-on-withdrawn", "error"),
        ("m/kept", "leans-on-withdrawn", "warning"),
        ("m/now", "words-changed", "note"),
        ("m/second", "older-version", "note"),
    ])


def table(name):
    with open(shared / "commission-faq" / name, newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [(r["status"], "sec_" + r["section"]) for r in rows if r["status"] != "unchanged"]


def real(folder):
    versions = ("1.0", "1.2", "1.3")
    sources = ["--source", f"cra={shared / 'cra'}"]
    for v in versions:
        sources += ["--source", f"cfaq@{v}={shared / 'commission-faq' / f'faq-v{v}.jsonl'}"]
    # two answers that lean on what changed, beside the real ones, so that the names are seen to come
    ours = lines(folder / "ours.jsonl", [
        {"id": "ours/bc", "question": "Module B+C?", "answer": "See section 6.2 of the Commission FAQ."},
        {"id": "ours/third", "question": "Third country?", "answer": "See [[official/faq_4-6-1]]."},
    ])
    words = {"removed": "withdrawn", "changed": "changed", "added": "added"}
    wanted = [(a, b, words[status], section) for a, b in (("1.0", "1.2"), ("1.2", "1.3"))
              for status, section in table(f"diff-v{a}-v{b}.tsv")]
    expect("the tables of changes", wanted, [("1.0", "1.2", "changed", "sec_6.2"),
                                             ("1.2", "1.3", "withdrawn", "sec_4.6.1")])
    for corpus in ("seed-page/items.jsonl", "orc-faq/faq"):
        index = folder / "real.pin"
        run("build", shared / corpus, *sources, "-o", index)
        got, _ = changes(index, "cfaq")
        expect(f"{corpus}: changes", [row[:4] for row in got], wanted)
        for _, _, _, section, answers in got:
            cited = []
            for version in ("", "@1.2", "@1.0"):
                done = subprocess.run([program, "cite", index, f"cfaq{version}:{section}", "--json"],
                                      capture_output=True, text=True)
                cited += [item["id"] for item in json.loads(done.stdout or '{"items":[]}')["items"]]
            expect(f"{corpus}: who leans on {section}", sorted(a[1] for a in answers), sorted(set(cited)))

        run("build", shared / corpus, ours, *sources, "-o", index)
        got, _ = changes(index, "cfaq")
        expect(f"{corpus} and two more", got, [
            ("1.0", "1.2", "changed", "sec_6.2", [("exact", "ours/bc", "cfaq")]),
            ("1.2", "1.3", "withdrawn", "sec_4.6.1", [("exact", "ours/third", "cfaq")]),
        ])


with tempfile.TemporaryDirectory() as folder:
    small(pathlib.Path(folder))
    if shared.is_dir():
        real(pathlib.Path(folder))
    else:
        print("skipped: the real corpora are not here")
for failure in failures:
    print(failure)
sys.exit(bool(failures))
