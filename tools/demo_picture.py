#!/usr/bin/env python3
"""Draws a field and the drawn targets of a plan as one small SVG, from two exported tables.

usage: tools/demo_picture.py CELLS.csv TARGETS.csv OUT.svg "caption"

Cells are put together four by four, so that the picture stays small; both tables carry cell ids, which say where they are.
"""
import csv
import sys

COLOURS = ["#ffffd4", "#fee391", "#fec44f", "#fe9929", "#d95f0e", "#993404"]  # ColorBrewer YlOrBr, safe for colour-blind readers
MARKS = {"enterprise": "#2b5c8a", "unregistered-meter": "#000000", "cell": "#ffffff"}


def place(cell):
    _, column, row = cell.split("-")
    return int(column), int(row)


def main(cells_path, targets_path, out, caption):
    blocks = {}
    for row in csv.DictReader(open(cells_path, encoding="utf-8-sig")):
        column, line = place(row["cell"])
        blocks.setdefault((column // 4, line // 4), []).append(float(row["value"]))
    means = {key: sum(values) / len(values) for key, values in blocks.items()}
    ordered = sorted(means.values())
    limits = [ordered[len(ordered) * k // 6] for k in range(1, 6)]
    left, right = min(c for c, _ in means), max(c for c, _ in means)
    bottom, top = min(r for _, r in means), max(r for _, r in means)
    scale = 9
    width, height = (right - left + 1) * scale + 20, (top - bottom + 1) * scale + 62
    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="11">',
           f'<rect width="{width}" height="{height}" fill="#f4f4f4"/>']
    for (column, line), value in sorted(means.items()):
        colour = COLOURS[sum(value >= limit for limit in limits)]
        svg.append(f'<rect x="{10 + (column - left) * scale}" y="{10 + (top - line) * scale}" width="{scale}" '
                   f'height="{scale}" fill="{colour}"/>')
    counts = {}
    for row in csv.DictReader(open(targets_path, encoding="utf-8-sig")):
        if not row["cell"]:
            continue
        column, line = place(row["cell"])
        counts[row["kind"]] = counts.get(row["kind"], 0) + 1
        x, y = 10 + (column / 4 - left) * scale, 10 + (top + 1 - line / 4) * scale
        svg.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{MARKS[row["kind"]]}" stroke="#222" stroke-width="0.6"/>')
    y = height - 38
    svg.append(f'<text x="10" y="{y}">{caption}</text>')
    x = 10
    for kind, colour in MARKS.items():
        svg.append(f'<circle cx="{x + 4}" cy="{y + 14}" r="3" fill="{colour}" stroke="#222" stroke-width="0.6"/>')
        svg.append(f'<text x="{x + 12}" y="{y + 18}">{counts.get(kind, 0)} {kind}</text>')
        x += 155
    svg.append(f'<text x="10" y="{y + 33}">blocks of 12 km, from {ordered[0]:.0f} to {ordered[-1]:.0f} µg/m³ in six classes of '
               'equal count; gaps are clouds</text></svg>')
    with open(out, "w", encoding="utf-8") as handle:
        handle.write("\n".join(svg) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
