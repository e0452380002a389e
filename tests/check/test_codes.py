#!/usr/bin/env python3
"""Every code that a finding can have is explained: in docs/check.md and in the program, in the same words.
And what check writes is what its readers expect: SARIF 2.1.0 and a baseline that can be read back.
Needs PINCITE."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

program = os.environ["PINCITE"]
root = pathlib.Path(__file__).resolve().parents[2]
shared = root.parent / "shared" / "data"
failures = []


def expect(what, got, wanted):
    if got != wanted:
        failures.append(f"{what}: {got!r}, not {wanted!r}")


def run(*args, cwd=None):
    done = subprocess.run([program, *map(str, args)], capture_output=True, text=True, cwd=cwd)
    return done.returncode, done.stdout, done.stderr


def documented():
    """{code: (severities, why, mend)} of the table in docs/check.md"""
    rows = {}
    for line in (root / "docs" / "check.md").read_text().split("## The codes")[1].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("`"):
            rows[cells[0].strip("`")] = (cells[1].split(", "), cells[2], cells[3])
    return rows


# A code stands in a string of its own, after a severity or as an argument of a helper that takes one. Every string
# of that shape in the code that makes findings counts; what else has the shape is named here, with the reason.
NOT_CODES = {
    "pending-guidance", "guidance-received",  # statuses
    "guidance-id",                            # a key of front matter
    "write-baseline",                         # an option
    "pincite-root", "delegated-act",          # labels
}


def emitted():
    found = {}
    places = [*(root / "indexer").rglob("*.c"), root / "host/cli/check_index.c"]
    for path in places:
        if path.name.endswith("_test.c"):
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        for match in re.finditer(r'PIN_(NOTE|WARNING|ERROR),\s*(?:[^;"]*\?\s*)?"([a-z][a-z0-9-]+)"', text):
            found.setdefault(match[2], path.name)
        # helpers: complain(r, line, "code", ..), skip_file(.., "code", ..), a ? "code" : "code"
        for match in re.finditer(r'"([a-z]+[a-z0-9]*(?:-[a-z0-9]+)+)"', text):
            if match[1] not in NOT_CODES:
                found.setdefault(match[1], path.name)
    return found


def check_codes():
    rows, made = documented(), emitted()
    if len(made) < 50:
        failures.append(f"only {len(made)} codes were found in the sources: the search is broken")
    for code, place in sorted(made.items()):
        if code not in rows:
            failures.append(f"{place} makes findings with the code '{code}', which docs/check.md does not explain")
    for code in sorted(rows):
        if code not in made:
            failures.append(f"docs/check.md explains '{code}', which nothing makes")
    with tempfile.TemporaryDirectory() as folder:
        corpus = pathlib.Path(folder) / "x.jsonl"
        corpus.write_text('{"id":"m/a","question":"A?","answer":"Yes."}\n')
        sarif = json.loads(run("check", corpus, "--sarif")[1])
    rules = {r["id"]: (r["shortDescription"]["text"], r["help"]["text"])
             for r in sarif["runs"][0]["tool"]["driver"]["rules"]}
    expect("the codes of the program", sorted(rules), sorted(rows))
    for code, (_, why, mend) in rows.items():
        expect(f"the explanation of {code}", rules.get(code), (why, mend))
    return rows


def check_sarif(text, what):
    """The properties that SARIF 2.1.0 asks for, and that its parts fit together."""
    log = json.loads(text)
    expect(f"{what}: version", log["version"], "2.1.0")
    expect(f"{what}: keys", sorted(log), ["$schema", "runs", "version"])
    (one,) = log["runs"]
    driver = one["tool"]["driver"]
    expect(f"{what}: name", driver["name"], "pincite")
    ids = [rule["id"] for rule in driver["rules"]]
    expect(f"{what}: rules once", len(ids), len(set(ids)))
    for result in one["results"]:
        expect(f"{what}: ruleIndex of {result}", ids[result["ruleIndex"]], result["ruleId"])
        if result["level"] not in ("error", "warning", "note") or not result["message"]["text"]:
            failures.append(f"{what}: level or message of {result}")
        for place in result.get("locations", []):
            physical = place.get("physicalLocation")
            if not physical and not place["logicalLocations"][0]["fullyQualifiedName"]:
                failures.append(f"{what}: a place that is none: {result}")
            if physical:
                if not re.fullmatch(r"[A-Za-z0-9._~/:%-]+", physical["artifactLocation"]["uri"]):
                    failures.append(f"{what}: no URI: {physical}")
                if physical.get("region", {"startLine": 1})["startLine"] < 1:
                    failures.append(f"{what}: line 0: {physical}")
        if not re.fullmatch(r"[0-9a-f]{16}", result["partialFingerprints"]["message/v1"]):
            failures.append(f"{what}: fingerprint of {result}")
        if result.get("baselineState", "new") not in ("new", "unchanged"):
            failures.append(f"{what}: state of {result}")
    return one["results"]


def fnv(message):
    value = 0xcbf29ce484222325
    for byte in message.encode():
        value = ((value ^ byte) * 0x100000001b3) & (2**64 - 1)
    return f"{value:016x}"


def check_forms(rows):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        corpus = folder / "a b.jsonl"
        bad = '{"id":"m/%s","question":"%s?","answer":"See [[nowhere/%s]]."}\n'
        corpus.write_text(bad % ("a", "A", "x") + bad % ("b", "B", "y") + bad % ("c", "C", "y"))
        code, out, _ = run("check", corpus.name, "--json", cwd=folder)
        said = json.loads(out)
        expect("exit with errors", code, 1)
        expect("errors", (said["errors"], said["accepted"]), (3, 0))
        for f in said["findings"]:
            severities, why, mend = rows[f["code"]]
            expect("why and mend", (f["why"], f["mend"], f["accepted"]), (why, mend, False))
            if f["severity"] not in severities:
                failures.append(f"docs/check.md says {f['code']} is {severities}, but it was {f['severity']}")

        results = check_sarif(run("check", corpus.name, "--sarif", cwd=folder)[1], "small")
        expect("results", len(results), len(said["findings"]))
        place = next(r for r in results if r["level"] == "error")["locations"][0]
        expect("place", place["physicalLocation"], {"artifactLocation": {"uri": "a%20b.jsonl"},
                                                     "region": {"startLine": 1}})

        code, _, err = run("check", corpus.name, "--write-baseline", "ok.tsv", cwd=folder)
        expect("exit when all is accepted", code, 0)
        kept = [line.split("\t") for line in (folder / "ok.tsv").read_text().splitlines() if line[0] != "#"]
        expect("the baseline", [line[:4] for line in kept],
               [[f["code"], f["file"], f["item"], fnv(f["message"])] for f in said["findings"]])
        code, out, _ = run("check", corpus.name, "--baseline", "ok.tsv", "--json", cwd=folder)
        again = json.loads(out)
        expect("accepted", (code, again["errors"], again["notes"], again["accepted"]), (0, 0, 0, len(kept)))
        states = {r["baselineState"] for r in
                  check_sarif(run("check", corpus.name, "--baseline", "ok.tsv", "--sarif", cwd=folder)[1], "accepted")}
        expect("states", states, {"unchanged"})

        # a line further up moves them all; one more of the same is new, since each line accepts one
        corpus.write_text('{"id":"m/z","question":"Z?","answer":"Article 1."}\n' + corpus.read_text()
                          + bad % ("d", "D", "y"))
        code, out, _ = run("check", corpus.name, "--baseline", "ok.tsv", "--json", cwd=folder)
        fresh = [f["item"] for f in json.loads(out)["findings"] if not f["accepted"] and f["severity"] == "error"]
        expect("new findings", (code, fresh), (1, ["m/d"]))

        corpus.write_text('{"id":"m/z","question":"Z?","answer":"Article 1."}\n')
        code, _, err = run("check", corpus.name, "--baseline", "ok.tsv", cwd=folder)
        expect("nothing left", (code, f"{len(kept)} lines of the baseline accept nothing" in err), (0, True))

        for text in ("one field\n", "a\tb\tc\n", "a\tb\tc\tXYZ\n", "a\tb\tc\t0123456789ABCDEF\n", "\t\t\n",
                     "a\tb\tc\t0123456789abcdef0\n", "a\0b\tc\td\t0123456789abcdef\te\n"[:6]):
            (folder / "bad.tsv").write_text("# x\n\n" + text)
            code, _, err = run("check", corpus.name, "--baseline", "bad.tsv", cwd=folder)
            expect(f"a baseline that is {text!r}", (code, "bad.tsv:3: no line of a baseline" in err), (2, True))
        expect("no baseline", run("check", corpus.name, "--baseline", "none.tsv", cwd=folder)[0], 2)
        expect("no folder", run("check", corpus.name, "--write-baseline", "no/x.tsv", cwd=folder)[0], 2)
        expect("both forms", run("check", corpus.name, "--json", "--sarif", cwd=folder)[0], 2)

        index = folder / "x.pin"
        corpus.write_text(bad % ("a", "A", "x"))
        run("build", corpus, "-o", index)
        check_sarif(run("check", index, "--sarif")[1], "an index")


def check_real(rows):
    """What must be found on the real corpora, to the item."""
    cra = f"cra={shared / 'cra'}"

    def found(corpus):
        code, out, _ = run("check", shared / corpus, "--source", cra, "--json")
        expect(f"{corpus}: exit", code, 1)
        check_sarif(run("check", shared / corpus, "--source", cra, "--sarif")[1], corpus)
        all_of_them = json.loads(out)["findings"]
        for f in all_of_them:
            if f["severity"] not in rows[f["code"]][0]:
                failures.append(f"docs/check.md says {f['code']} is {rows[f['code']][0]}, but it was {f['severity']}")
        return [f for f in all_of_them if f["severity"] != "note"]

    seed = [(f["code"], f["line"], f["message"]) for f in found("seed-page/items.jsonl")]
    expect("seed-page: empty lists", [line for code, line, _ in seed if code == "no-citations"], [9])
    expect("seed-page: the FAQ uncited", [line for code, line, m in seed if "'Commission FAQ'" in m],
           [2, 4, 5, 8, 9, 14, 16, 17])
    expect("seed-page: recitals uncited", [(line, m.split(" names ")[1].split(" (")[0]) for _, line, m in seed
                                           if "Recital" in m], [(15, "Recital 56"), (20, "Recital 40")])
    orc = [(f["code"], pathlib.Path(f["file"]).name, f["line"]) for f in found("orc-faq/faq")]
    expect("orc-faq: dead references and a misspelt id", [row for row in orc if row[0] != "unanswered"], [
        ("dead-reference", "popularity.md", 18),
        ("dead-reference", "enforcement-enterprise.md", 16),
        ("guidance-missing", "whose-codebase.md", 4),
    ])
    expect("orc-faq: unanswered", sum(row[0] == "unanswered" for row in orc), 5)


table = check_codes()
check_forms(table)
if shared.is_dir():
    check_real(table)
else:
    print("skipped: the real corpora are not here")
for failure in failures:
    print(failure)
sys.exit(bool(failures))
