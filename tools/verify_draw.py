#!/usr/bin/env python3
"""Recompute a draw from its frame and seed, with nothing but the standard library.

usage: verify_draw.py FRAME.csv DRAWN.csv SEED [FLOOR]

FRAME.csv: id,score[,stratum,min_probability]    DRAWN.csv: id,inclusion_probability,ticket,drawn (1 or 0)
The size of the draw is the number of drawn units. Prints the first difference and exits 1, or exits 0.
The rules are in docs/methods/draw.md; this program shares no code with the one that drew.
"""
import csv
import functools
import hashlib
import sys


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def inclusion_probabilities(scores, floors, size):
    """min(1, max(floor, c * score)) that add up to size; every operation in this order, so that all bits agree."""
    pi = [None] * len(scores)
    while True:
        pool = [i for i, p in enumerate(pi) if p is None]
        if not pool:
            return pi
        places = float(size)
        for p in pi:
            places -= 0.0 if p is None else p
        if places >= len(pool):
            for i in pool:
                pi[i] = 1.0
            return pi
        total = 0.0
        for i in pool:  # not sum(), which newer Pythons round differently
            total += scores[i]
        if total == 0:
            for i in pool:
                pi[i] = floors[i]
            return pi
        share = {i: (places * scores[i]) / total for i in pool}
        above = [i for i in pool if share[i] >= 1]
        below = [i for i in pool if share[i] < 1 and floors[i] > 0 and share[i] <= floors[i]]
        if not above and not below:
            for i in pool:
                pi[i] = share[i]
            return pi
        excess = 0.0
        clamped = set(above) | set(below)
        for i in pool:
            if i in clamped:
                excess += (1.0 if share[i] >= 1 else floors[i]) - share[i]
        if below and (excess > 0 or not above):
            for i in below:
                pi[i] = floors[i]
        else:
            for i in above:
                pi[i] = 1.0


def draw(frame, size, seed, floor):
    """(id, pi, ticket, drawn) for every unit, in the order of the ids' UTF-8 bytes."""
    frame = [row | {"id": row["id"].strip()} for row in frame]  # spaces around an id are not part of it
    units = sorted(frame, key=lambda row: row["id"].encode())
    if len({row["id"] for row in units}) != len(units):
        sys.exit("an id is in the frame more than once")
    scores = [float(row["score"]) for row in units]
    floors = [max(floor, float(row.get("min_probability") or 0)) for row in units]
    pi = inclusion_probabilities(scores, floors, size)
    tickets = [hashlib.sha256(f"{seed},{row['id']}".encode()).hexdigest() for row in units]

    def odds(i):  # [u/(1-u)] / [pi/(1-pi)] as a fraction of whole numbers, u = ticket / 2**256
        t = int(tickets[i], 16)
        m, d = pi[i].as_integer_ratio()
        return t * (d - m), (2**256 - t) * m

    odds_of = {i: odds(i) for i in range(len(units)) if pi[i] < 1}

    def compare(i, j):
        left, right = odds_of[i][0] * odds_of[j][1], odds_of[j][0] * odds_of[i][1]
        return (left > right) - (left < right) or i - j

    certain = [i for i in range(len(units)) if pi[i] == 1]
    ranked = sorted(odds_of, key=functools.cmp_to_key(compare))
    drawn = set(certain + ranked[: max(0, size - len(certain))])
    return [(row["id"], pi[i], tickets[i], int(i in drawn)) for i, row in enumerate(units)]


def main(frame_path, drawn_path, seed, floor="0"):
    found = sorted(read(drawn_path), key=lambda row: row["id"].encode())
    size = sum(int(row["drawn"]) for row in found)
    expected = draw(read(frame_path), size, seed, float(floor))
    if len(expected) != len(found):
        sys.exit(f"the frame has {len(expected)} units, the drawn file {len(found)}")
    for (unit, pi, ticket, drawn), row in zip(expected, found):
        theirs = (row["id"], float(row["inclusion_probability"]), row["ticket"], int(row["drawn"]))
        if (unit, pi, ticket, drawn) != theirs:
            sys.exit(f"differs at {unit}: recomputed {(unit, pi, ticket, drawn)}, the file says {theirs}")
    print(f"ok: {size} of {len(expected)} units, as the seed says")


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
