#!/usr/bin/env python3
"""Writes the report of browser search and its plots: bench/web/report.py RESULTS.json OUT_FOLDER"""
import json
import os
import sys

COLOURS = {"pincite": "#0a5a6a", "pagefind": "#b08d3c", "minisearch": "#8a4b00", "flexsearch": "#56606e", "lunr": "#9c2230",
           "orama": "#5b4a8a"}
PEERS = "Pagefind 1.6.0, MiniSearch 7.2.0, FlexSearch 0.8.212, Lunr 2.3.9, Orama 3.1.18"


def kb(value):
    return f"{value / 1000:,.0f}" if value >= 9950 else f"{value / 1000:.1f}"


def ms(value):
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def table(rows):
    out = ["| engine | first result: kB, requests | time at 0 / 50 ms | further query: kB, requests | p50 / p95 at 0 ms | at 50 ms "
           "| key, ranges there: p50 / p95 | key, cold: p50 / p95 at 50 ms | memory, MB | build, s | folder, kB |",
           "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for r in rows:
        if "ms50" not in r:
            out.append(f"| {r['engine']} | not measured: {r.get('failed', 'no reason kept')} " + "| " * 9 + "|")
            continue
        a, b = r["ms0"], r["ms50"]
        out.append(f"| {r['engine']} | {kb(a['firstBytes'])}, {a['firstRequests']} | {ms(a['firstMs'])} / {ms(b['firstMs'])} ms "
                   f"| {kb(a['furtherBytes'])}, {a['furtherRequests']:.1f} | {ms(a['furtherP50'])} / {ms(a['furtherP95'])} ms "
                   f"| {ms(b['furtherP50'])} / {ms(b['furtherP95'])} ms | {ms(a['warmP50'])} / {ms(a['warmP95'])} ms "
                   f"| {ms(b['coldP50'])} / {ms(b['coldP95'])} ms | {a['heap'] / 1e6:.1f} | {r['build']:.1f} | {kb(r['folder'])} |")
    return "\n".join(out)


def plot(rows, value, title, unit, path):
    """Bars by size, one colour an engine, on a scale of powers of ten."""
    import math
    sizes = list(dict.fromkeys(r["size"] for r in rows))
    bars = [(size, r["engine"], value(r)) for size in sizes for r in rows if r["size"] == size and "ms50" in r]
    if not bars:
        return
    low = 10 ** math.floor(math.log10(max(min(b[2] for b in bars), 0.01)))
    high = 10 ** math.ceil(math.log10(max(b[2] for b in bars)))
    span = math.log10(high / low) or 1
    left, width, row = 150, 560, 20
    out, y = [], 46
    for size in sizes:
        y += 8
        out.append(f'<text x="8" y="{y + 14}" font-weight="bold">{size} items</text>' if size != "real" else
                   f'<text x="8" y="{y + 14}" font-weight="bold">real corpus</text>')
        y += row
        for s, engine, v in bars:
            if s != size:
                continue
            w = max(2, width * math.log10(max(v, low) / low) / span)
            out.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{engine}</text>'
                       f'<rect x="{left}" y="{y + 2}" width="{w:.0f}" height="14" fill="{COLOURS.get(engine, "#888")}"/>'
                       f'<text x="{left + w + 6:.0f}" y="{y + 13}">{v:,.1f}</text>')
            y += row
    ticks, t = [], low
    while t <= high * 1.001:
        x = left + width * math.log10(t / low) / span
        ticks.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="40" y2="{y}" stroke="#ccc"/><text x="{x:.0f}" y="36" text-anchor="middle">{t:g}</text>')
        t *= 10
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {y + 12}" font-family="system-ui, sans-serif" font-size="12" '
                   f'role="img" aria-label="{title}"><rect width="100%" height="100%" fill="#fff"/>'
                   f'<text x="8" y="18" font-size="14" font-weight="bold">{title}, {unit}, logarithmic</text>' + "".join(ticks + out) + "</svg>\n")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        results = json.load(file)
    folder, rows = sys.argv[2], results["rows"]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "results.json"), "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
    plot(rows, lambda r: r["ms0"]["firstBytes"] / 1000, "Bytes to the first result", "kB", os.path.join(folder, "first-bytes.svg"))
    plot(rows, lambda r: r["ms50"]["firstMs"], "Time to the first result at 50 ms latency", "ms", os.path.join(folder, "first-time.svg"))
    plot(rows, lambda r: r["ms0"]["warmP95"], "A keystroke once the ranges are there, p95", "ms", os.path.join(folder, "keystroke.svg"))
    loads = [r.get("load", 0) for r in rows]
    text = [f"""# Search in the browser, beside its peers

Measured {results['when']} in headless Chromium {results['chromium']} (Node {results['node']}, {results['cores']} cores of {results['cpu']}),
against one static server on the same machine: byte ranges, brotli for scripts, modules and JSON. Load of the machine
during the run {min(loads)} to {max(loads)}. Peers: {PEERS}, each set up as its documentation advises, indexing question and
answer and able to show the question of a hit. Made by `make bench-web`; the numbers are in results.json.

- *First result*: everything fetched, from nothing, until ten questions are there; the page itself not counted.
- *Further query*: other queries after it, each asked once; *rounds* are requests that had to wait for each other.
- *Key*: queries typed letter by letter; *cold* the first time, *ranges there* when typed again.
- *Memory*: the heap of the page after collection, and for pincite its module's memory; what a worker uses is not seen.
"""]
    for size in dict.fromkeys(r["size"] for r in rows):
        here = [r for r in rows if r["size"] == size]
        text.append(f"\n## {'The CRA examples, ' if size == 'real' else ''}{here[0]['items']:,} items\n\n{table(here)}\n")
        ours = next((r for r in here if r["engine"] == "pincite" and "ms50" in r), None)
        if ours:
            text.append(f"\npincite: {ours['ms0']['rounds']:.1f} rounds a query on average, at most {ours['ms0']['roundsMost']}.\n")
    pages = results.get("pages", [])
    if pages:
        rows = "\n".join(f"| {p['name']} | {kb(p['bytes'])}, {p['requests']} | {p['blocking']} | {ms(p['fcp'] or 0)} / {ms(p['lcp'])} ms "
                         f"| {ms(p['blocked'])} ms | {p['shift']:.3f} | {', '.join(p['axe']) or '0'} |" for p in pages)
        text.append(f"""
## Pages of an exported site, before anybody does anything

Window of 412 by 823 points, no latency, nothing in the cache; transferred bytes as the static server sends them (brotli).

| page | transferred: kB, requests | scripts that block | first / largest paint | main thread blocked | layout shift | axe violations |
| --- | --- | --- | --- | --- | --- | --- |
{rows}
""")
    text.append("\n![Bytes to the first result](first-bytes.svg)\n\n![Time to the first result](first-time.svg)\n\n![Keystroke](keystroke.svg)\n")
    path = os.path.join(folder, "report.md")
    kept = ""
    if os.path.exists(path):  # what people wrote below the line stays
        with open(path, encoding="utf-8") as file:
            kept = file.read().partition("\n<!-- by hand -->")[2]
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(text) + "\n<!-- by hand -->" + (kept or "\n"))


main()
