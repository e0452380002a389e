"""Line charts as SVG, by hand: logarithmic axes, one line an engine, named at its end.

Colours follow the reader's scheme (light or dark) by a style sheet inside the file.
"""
import math
from xml.sax.saxutils import escape

# Told apart in both schemes; the first is ours.
COLOURS = ["#d1495b", "#2e86ab", "#3f9142", "#9467bd", "#c97b12", "#17a398", "#7f7f7f", "#b5651d", "#e377c2"]
STYLE = """
  svg { background: #ffffff; color: #1d1d1f; font: 13px system-ui, sans-serif; }
  .grid { stroke: #d9d9de; stroke-width: 1; } .axis { stroke: #77777c; stroke-width: 1; }
  .soft { fill: #5d5d63; } text { fill: #1d1d1f; } .title { font-size: 16px; font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    svg { background: #16171a; color: #ececf0; }
    .grid { stroke: #34363c; } .axis { stroke: #8e9097; } .soft { fill: #a9abb3; } text { fill: #ececf0; }
  }
"""
LEFT, TOP, WIDTH, HEIGHT, RIGHT, BOTTOM = 62, 66, 330, 330, 128, 52


def short(number):
    """1000000 as 1M, 0.5 as 0.5."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:g}{name}"
    return f"{number:g}"


def ticks(low, high):
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [10.0 ** power for power in range(first, max(last, first + 1) + 1)]


def apart(wanted, gap, low, high):
    """Moves labels so that they do not cover each other: near where they want to be, in order, inside."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    at = low - gap
    for i in order:
        at = placed[i] = max(wanted[i], at + gap)
    at = high + gap
    for i in reversed(order):
        at = placed[i] = min(placed[i], at - gap)
    return placed


def panel(out, left, title, unit, series, colours, x_ticks, y_ticks):
    """One chart: series is {name: [(x, y), ...]}."""
    def x_of(x):
        low, high = math.log10(x_ticks[0]), math.log10(x_ticks[-1])
        return left + WIDTH * (math.log10(x) - low) / (high - low)

    def y_of(y):
        low, high = math.log10(y_ticks[0]), math.log10(y_ticks[-1])
        return TOP + HEIGHT * (1 - (math.log10(y) - low) / (high - low))

    out.append(f'<text x="{left}" y="{TOP - 14}">{escape(title)}</text>')
    for y in y_ticks:
        out.append(f'<line class="grid" x1="{left}" x2="{left + WIDTH}" y1="{y_of(y):.1f}" y2="{y_of(y):.1f}"/>')
        out.append(f'<text class="soft" x="{left - 8}" y="{y_of(y) + 4:.1f}" text-anchor="end">{short(y)}</text>')
    for x in x_ticks:
        out.append(f'<line class="grid" x1="{x_of(x):.1f}" x2="{x_of(x):.1f}" y1="{TOP}" y2="{TOP + HEIGHT}"/>')
        out.append(f'<text class="soft" x="{x_of(x):.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{short(x)}</text>')
    out.append(f'<line class="axis" x1="{left}" x2="{left + WIDTH}" y1="{TOP + HEIGHT}" y2="{TOP + HEIGHT}"/>')
    out.append(f'<text class="soft" x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 38}" text-anchor="middle">items</text>')
    out.append(f'<text class="soft" x="{left - 8}" y="{TOP - 14}" text-anchor="end">{escape(unit)}</text>')
    names = [name for name in series if series[name]]
    ends = apart([y_of(series[name][-1][1]) for name in names], 15, TOP + 6, TOP + HEIGHT)
    for name, label_y in zip(names, ends):
        points, ours = series[name], name == "pincite"
        colour = colours[name]
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{3 if ours else 1.6}"/>')
        for x, y in points:
            out.append(f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="{4 if ours else 2.6}" fill="{colour}">'
                       f'<title>{escape(name)}: {x:,} items, {y:,.4g} {escape(unit)}</title></circle>')
        end_x, end_y = x_of(points[-1][0]), y_of(points[-1][1])
        label_x = left + WIDTH + 14
        out.append(f'<polyline points="{end_x:.1f},{end_y:.1f} {label_x - 3:.1f},{label_y:.1f}" fill="none" '
                   f'stroke="{colour}" stroke-width="0.8" stroke-dasharray="2 2"/>')
        weight = ' font-weight="700"' if ours else ""
        out.append(f'<text x="{label_x}" y="{label_y + 4:.1f}"{weight} style="fill:{colour}">{escape(name)}</text>')


def chart(path, title, unit, panels, order):
    """panels: [(title, {name: [(x, y), ...]}), ...], drawn side by side on the same scales."""
    points = [point for _, series in panels for line in series.values() for point in line]
    if not points:
        return False
    colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(order)}
    x_ticks = ticks(min(x for x, _ in points), max(x for x, _ in points))
    y_ticks = ticks(min(y for _, y in points), max(y for _, y in points))
    step = LEFT + WIDTH + RIGHT
    width, height = step * len(panels), TOP + HEIGHT + BOTTOM
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
           f'role="img"><title>{escape(title)}</title><style>{STYLE}</style>',
           f'<text class="title" x="14" y="26">{escape(title)}</text>']
    for i, (name, series) in enumerate(panels):
        panel(out, LEFT + i * step, name, unit, series, colours, x_ticks, y_ticks)
    out.append("</svg>\n")
    with open(path, "w", encoding="utf-8") as to:
        to.write("\n".join(out))
    return True
