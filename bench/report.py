"""Writes bench/results/report.md and the plots from results.json: ratios first, then the numbers behind them."""
import os
import statistics

import engines
import plot

KINDS = ["natural", "keywords", "typo", "prefix", "provision", "phrase"]
ORDER = [engine.name for engine in engines.ALL]

# microseconds, (p50, p99) of natural queries
TIME_TARGETS = {826: (8, 25), 13_000: (20, 80), 100_000: (40, 200), 1_000_000: (80, 600), 10_000_000: (400, 4000)}
# at a million items, natural queries: (peer, figure, pincite's share at most)
RATIO_TARGETS = [("xapian", "mean", 1 / 30), ("sqlite", "mean", 1 / 1000), ("tantivy", "p99", 1 / 3), ("lucene", "p99", 0.8)]
BYTES_TARGET, BUILD_TARGET, MEMORY_TARGET = 450, 40_000, 64


def number(value, digits=3):
    """Three figures that count: 0.123, 1.23, 12.3, 123, 1,230."""
    if value is None:
        return "–"
    if value >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:.{digits}g}" if value else "0"


def times(value):
    return "–" if value is None else f"{number(value)}×"


def table(head, rows, words=False):
    """Numbers stand at the right, or all at the left where they are words."""
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join([" --- "] + [" --- " if words else " ---: "] * (len(head) - 1)) + "|"]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def median_of(runs, key):
    return statistics.median(run[key] for run in runs) if runs else None


def sizes_of(results):
    return [results["sizes"][key] for key in sorted(results["sizes"], key=int)]


def measured(size, name):
    engine = size["engines"].get(name, {})
    return engine if engine.get("kinds") and not engine.get("unmeasured") else None


def build_clock(size):
    """Where others used the machine, processor time says more than the clock."""
    return "cpu_s" if size["clock"] == "cpu" else "wall_s"


def title(name):
    return f"**{name}**" if name == "pincite" else engines.TITLES[name]


# ---- Sections -----------------------------------------------------------------------------------
def ratios(results):
    out = ["## Ratios\n\nHow many times as much the peer takes as pincite, in the same run: above 1, pincite is ahead. "
           "Query columns are means over the queries that both answered; p99 is that of natural questions. pincite's "
           "file holds the items' text, the peers' indexes do not (Orama's does).\n"]
    for size in sizes_of(results):
        ours = measured(size, "pincite")
        out.append(f"### {size['items']:,} items\n")
        if not ours:
            out.append("pincite was not measured.\n")
            continue
        rows = []
        for name in ORDER[1:]:
            peer = measured(size, name)
            if not peer:
                continue
            against = peer.get("against", {})
            row = [title(name)] + [times(against.get(kind, {}).get("mean")) for kind in KINDS]
            row.insert(2, times(against.get("natural", {}).get("p99")))
            for key in (build_clock(size), "peak_kib"):
                row.append(times(median_of(peer["builds"], key) / median_of(ours["builds"], key)))
            row.append(times(peer["bytes"] / ours["bytes"]))
            row.append(times(statistics.median(peer["first_s"]) / statistics.median(ours["first_s"])))
            rows.append(row)
        out.append(table(["peer", "natural", "p99", *KINDS[1:], "build", "build memory", "bytes", "cold start"], rows))
    return "\n".join(out)


def verdict(good):
    return "met" if good else "**missed**"


def targets(results):
    rows = []
    for size in sizes_of(results):
        ours, items = measured(size, "pincite"), size["items"]
        if not ours:
            continue
        natural = ours["kinds"].get("natural")
        if items in TIME_TARGETS and natural:
            p50, p99 = TIME_TARGETS[items]
            rows.append([f"{items:,} items, p50 / p99", f"{p50} / {p99:,} us",
                         f"{number(natural['p50'])} / {number(natural['p99'])} us",
                         verdict(natural["p50"] <= p50 and natural["p99"] <= p99)])
        if items < 1_000_000:
            continue
        per_item, rate = ours["bytes"] / items, items / median_of(ours["builds"], build_clock(size))
        rows.append([f"{items:,} items, bytes an item, text included", f"{BYTES_TARGET}", number(per_item),
                     verdict(per_item <= BYTES_TARGET)])
        rows.append([f"{items:,} items, built a second, reordered", f"{BUILD_TARGET:,}", number(rate), verdict(rate >= BUILD_TARGET)])
        memory = ours["search_anon_kib"] / 1024
        rows.append([f"{items:,} items, memory beside the file", f"{MEMORY_TARGET} MiB", f"{number(memory)} MiB",
                     verdict(memory <= MEMORY_TARGET)])
        for name, figure, share in RATIO_TARGETS if items == 1_000_000 else ():
            peer = measured(size, name)
            ratio = peer["against"].get("natural", {}).get(figure) if peer else None
            rows.append([f"{items:,} items, {figure} against {engines.TITLES[name]}", f"{number(1 / share)}× as fast",
                         times(ratio) if ratio else "unmeasured", verdict(ratio >= 1 / share) if ratio else "–"])
    return "## Targets\n\nNatural questions, one thread, warm.\n\n" + table(["target", "wanted", "measured", ""], rows) if rows else ""


def cell(kind):
    return f"{number(kind['mean'])} / {number(kind['p50'])} / {number(kind['p99'])}" if kind else "–"


def query_times(results):
    out = ["## Query times\n\nMicroseconds: mean / p50 / p99, the median of the rounds; n where an engine answered fewer "
           "queries than there are, because its time for a kind was up. Spread: of the mean of natural questions, "
           "(largest - smallest) / median over the rounds.\n"]
    for size in sizes_of(results):
        clock = "processor time" if size["clock"] == "cpu" else "wall clock"
        out.append(f"### {size['items']:,} items\n\n{size['when']}, {clock}, load {size['load_before']:.1f} before and "
                   f"{size['load_after']:.1f} after, commit {size['commit']}{' with changes' if size['changed'] else ''}, "
                   f"`{size['command']}`.\n")
        most = max((kind["n"] for name in ORDER if measured(size, name) for kind in measured(size, name)["kinds"].values()),
                   default=0)
        rows = []
        for name in ORDER:
            engine = measured(size, name)
            if engine:
                kinds = engine["kinds"]
                cells = [cell(kinds.get(kind)) + (f" (n {kinds[kind]['n']})" if kind in kinds and kinds[kind]["n"] < most else "")
                         for kind in KINDS]
                spread = f"{kinds['natural']['spread'] * 100:.0f} %" if "natural" in kinds else "–"
                rows.append([title(name), *cells, spread])
        out.append(table(["engine", *KINDS, "spread"], rows))
    return "\n".join(out)


def building(results):
    out = ["## Building, size, memory, start\n\nBuild: from the JSON Lines to the finished index, whole process (medians); "
           "items a second by the clock, or by processor time where the queries were measured so. Memory beside the file: the "
           "most anonymous memory while answering. Cold start: from the process's start to its end with one answer printed, "
           "page cache warm, median of five.\n"]
    for size in sizes_of(results):
        items, text = size["items"], size["text_bytes"]
        out.append(f"### {items:,} items\n\n{size['line_bytes'] / items:,.0f} bytes of JSON Lines an item, {text / items:,.0f} "
                   "of them the words of question and answer.\n")
        rows = []
        for name in ORDER:
            engine = measured(size, name)
            if not engine:
                continue
            wall, cpu = (median_of(engine["builds"], key) for key in ("wall_s", "cpu_s"))
            rows.append([title(name), number(wall), number(cpu), number(items / median_of(engine["builds"], build_clock(size))),
                         number(median_of(engine["builds"], "peak_kib") / 1024), f"{engine['bytes']:,}",
                         number(engine["bytes"] / items), f"{engine['bytes'] / text * 100:.0f} %",
                         number(engine["search_anon_kib"] / 1024), number(statistics.median(engine["first_s"]) * 1000)])
        out.append(table(["engine", "build s", "processor s", "items/s", "peak MiB", "bytes", "bytes an item", "of the text",
                          "memory beside the file, MiB", "cold start ms"], rows))
    return "\n".join(out)


def answers(results):
    out = ["## Answers\n\nAgreement: the share of the plain reference's ten that the engine also returns (ties count as "
           "misses). Other rankings differ rightly: pincite stems, weighs function words at 0.3, scores the fields apart and "
           "looks at the distance of words, and is not meant to agree. Found: how often the item that a query was made from is "
           "among the ten. Invented words inflect at random, so stems can only add noise here: the plain reference with stems "
           "finds 82 % of natural questions and 74 % of keywords at 13,000 items, without them 87 % and 81 %. Relevance proper "
           "is measured on real questions (`pincite eval`).\n"]
    for size in sizes_of(results):
        rows = []
        for name in ORDER:
            engine = measured(size, name)
            if engine:
                agree, found = engine.get("agreement", {}), engine.get("found", {})
                rows.append([title(name), *(f"{agree[kind]:.2f}" if kind in agree else "–" for kind in ("natural", "keywords")),
                             *(f"{found[kind] * 100:.0f} %" if kind in found else "–" for kind in KINDS)])
        same = size["engines"].get("pincite", {}).get("same_as_plain")
        out.append(f"### {size['items']:,} items\n")
        if same:
            out.append(f"pincite and its own exhaustive scorer gave the same ids, scores and order for {same[0]:,} of "
                       f"{same[1]:,} queries.\n")
        out.append(table(["engine", "agrees, natural", "agrees, keywords", *(f"finds, {kind}" for kind in KINDS)], rows))
    return "\n".join(out)


def about(results):
    seen, missing = {}, {}
    for size in sizes_of(results):
        for name in ORDER:
            engine = size["engines"].get(name, {})
            if engine.get("about"):
                seen[name] = engine["about"]
            if engine.get("unmeasured"):
                missing.setdefault((name, engine["unmeasured"]), []).append(f"{size['items']:,}")
    out = ["## Engines\n", table(["engine", "version", "settings"],
                                 [[title(name), seen[name]["version"], seen[name]["settings"]] for name in ORDER if name in seen], words=True)]
    if missing:
        out.append("Not measured:\n")
        out += [f"- {engines.TITLES[name]} at {', '.join(where)} items: {why}" for (name, why), where in missing.items()]
    return "\n".join(out) + "\n"


METHOD = """## How it was measured

- Items and queries come from `bench/generate`: the same bytes on every machine, plain ASCII, so that every tokenizer
  sees the same words. Kinds of query: natural (8 to 12 words with function words), keywords (2 to 4), typo (a natural
  one with one or two slips), prefix (a natural one cut inside its last word), provision (as people write it), phrase (in quotes).
- Ten best, words joined by OR, question weighted three times the answer, BM25 with k1 1.2 and b 0.75 where the engine has it.
- One thread. Each process answers all queries of a kind once untimed, then once timed, one by one: from the query's text
  to ten ids in memory. pincite also fetches, decompresses and checks the ten whole cards in that time. The Java and Node
  processes first answer queries for up to 5 and 2 more seconds, until their compilers are warm.
- Engines take turns in each round. p50 and p99 are nearest ranks over queries, so p99 says which queries are dear.
- FTS5 and Xapian have no typo tolerance in these forms: they look for the misspelt word as it stands, which is cheap and
  finds less. Xapian's form holds no positions, so it answers no phrases.
- Builds use as many threads as the engine takes by itself: Lucene and tantivy two here, SQLite, Xapian and Node one.
- Lucene reorders the items by similarity, pincite by module; SQLite, Xapian and tantivy keep the order of the file, in
  which modules are mixed.
"""


def plots(results, folder):
    sizes = sizes_of(results)

    def lines(value):
        series = {}
        for name in ORDER:
            points = [(size["items"], value(size, measured(size, name))) for size in sizes if measured(size, name)]
            series[engines.TITLES[name]] = [(x, y) for x, y in points if y]
        return series

    def natural(key):
        return lambda _, engine: engine["kinds"].get("natural", {}).get(key)

    titles = [engines.TITLES[name] for name in ORDER]
    made = []
    for file, heading, unit, panels in (
            ("latency.svg", "Natural questions: time for the ten best", "us", [("p50", lines(natural("p50"))), ("p99", lines(natural("p99")))]),
            ("build.svg", "Building: items a second", "items/s",
             [("whole process", lines(lambda size, engine: size["items"] / median_of(engine["builds"], build_clock(size))))]),
            ("bytes.svg", "Index: bytes an item (pincite's holds the text)", "bytes",
             [("finished index", lines(lambda size, engine: engine["bytes"] / size["items"]))])):
        if plot.chart(os.path.join(folder, file), heading, unit, panels, titles):
            made.append(f"![{heading}]({file})")
    return "\n\n".join(made) + "\n"


def write(results, folder):
    machine = results["machine"]
    head = ("# pincite beside its peers\n\nWritten by `make bench` (`bench/run.py`); do not edit. "
            f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, Linux "
            f"{machine['kernel']}, {machine['compiler']}. Carry over ratios, not microseconds.\n")
    parts = [head, ratios(results), plots(results, folder), targets(results), query_times(results), building(results),
             answers(results), about(results), METHOD]
    with open(os.path.join(folder, "report.md"), "w", encoding="utf-8") as to:
        to.write("\n".join(part for part in parts if part))
