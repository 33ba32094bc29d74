#!/usr/bin/env python3
"""Recompute a draw from its frame and seed, with nothing but the standard library.

usage: verify_draw.py FRAME.csv DRAWN.csv SEED [FLOOR]
       verify_draw.py FRAME.csv DRAWN.csv SEED --size N|quotas [--method pareto|poisson|pivotal|lpm] [--floor F] [--cap C]
                      [--quota TEXT]... [--inspectors N] [--random N] [--reserve N] [--reserve-per COLUMN]
       verify_draw.py seal SEAL.json OPENING.json FRAME.csv SECRET DRAWN.csv
       verify_draw.py proof PROOF.json [ROOT]
       verify_draw.py ledger LEDGER.jsonl [HEAD]

FRAME.csv: id,score[,stratum,min_probability,max_probability,county,city,class,x,y | lon,lat]
DRAWN.csv: id,inclusion_probability,ticket,drawn[,arm,random_ticket,combined_probability,pool,reserve]
In the first form the size of the draw is the number of drawn units. Prints the first difference and exits 1, or exits 0.
The rules are in docs/methods/draw.md and docs/methods/sealed-draw.md; this program shares no code with the one that drew.
"""
import argparse
import csv
import functools
import hashlib
import hmac
import json
import math
import struct
import sys
from fractions import Fraction

COLUMNS = ("stratum", "county", "city", "class")
MISSING = {"", "na", "nan", "n/a", "null", "none", "-999", "-9999", "-999.0", "-9999.0", "—", "--"}
GREATEST = sys.float_info.max


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def bits(number):
    return struct.pack(">d", number + 0.0).hex()


def from_bits(text):
    return struct.unpack(">d", bytes.fromhex(text))[0]


# --- probabilities ---------------------------------------------------------------------------------------------------


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


def smallest(holds):
    """The smallest double from 0 up for which a monotone condition holds; the greatest one when it holds for none."""
    low, high = 0, struct.unpack(">Q", struct.pack(">d", GREATEST))[0]
    while low < high:
        middle = low + (high - low) // 2
        if holds(struct.unpack(">d", struct.pack(">Q", middle))[0]):
            high = middle
        else:
            low = middle + 1
    return struct.unpack(">d", struct.pack(">Q", high))[0]


def one_column(weights, floors, caps, bounds, size):
    """The size and one column's quotas, kept together."""

    def value(i, c):
        return min(caps[i], max(floors[i], c * weights[i]))

    def total_of(members, c):
        total = 0.0
        for i in members:
            total += value(i, c)
        return total

    bounded = {i for bound in bounds for i in bound["members"]}
    free = [i for i in range(len(weights)) if i not in bounded]

    def total(c):
        result = total_of(free, c)
        for bound in bounds:
            result += min(bound["max"], max(bound["min"], total_of(bound["members"], c)))
        return result

    def constant(target, sum_at):
        if sum_at(GREATEST) <= target * (1 + 1e-12):
            return GREATEST
        return smallest(lambda c: sum_at(c) >= target * (1 - 1e-12))

    if total(GREATEST) < size * (1 - 1e-12) or total(0.0) > size * (1 + 1e-12):
        sys.exit("quotas, floors and caps leave no way to reach the size")
    c = constant(size, total)
    values = [value(i, c) for i in range(len(weights))]
    factors = []
    for bound in bounds:
        expected, own = total_of(bound["members"], c), c
        if expected < bound["min"] * (1 - 1e-12):
            own = constant(bound["min"], lambda x: total_of(bound["members"], x))
        elif expected > bound["max"] * (1 + 1e-12):
            own = constant(bound["max"], lambda x: total_of(bound["members"], x))
        for i in bound["members"]:
            values[i] = value(i, own)
        factors.append(1.0 if own == c or c == 0 else min(1e60, max(1e-60, own / c)))
    return values, factors


def quota_probabilities(scores, floors, caps, columns, size):
    if len(columns) < 2:
        return one_column(scores, floors, caps, columns[0] if columns else [], size)[0]
    factors = [[1.0] * len(scores) for _ in columns]
    for _ in range(2000):
        for k, bounds in enumerate(columns):
            weights = list(scores)
            for other in range(len(columns)):
                if other != k:
                    for i in range(len(weights)):
                        weights[i] *= factors[other][i]
            values, found = one_column(weights, floors, caps, bounds, size)
            for bound, factor in zip(bounds, found):
                for i in bound["members"]:
                    factors[k][i] = factor
        if all(within(values, bound) for bounds in columns for bound in bounds):
            return values
    sys.exit("the quotas of several columns cannot be kept together")


def within(values, bound):
    expected = 0.0
    for i in bound["members"]:
        expected += values[i]
    room = 1e-9 * max(1.0, expected)
    return bound["min"] - room <= expected <= bound["max"] + room


def parse_quota(text):
    """COLUMN:GROUP,min=A,max=A,count=A,exact with A such as 5, 25% or 1.25/inspector."""
    parts = [part.lstrip(" ") for part in text.split(",")]
    quota = {"min": None, "max": None, "exact": False}
    while len(parts) > 1:
        name, sign, amount = parts[-1].partition("=")
        if parts[-1] == "exact":
            quota["exact"] = True
        elif sign and name in ("min", "max"):
            quota[name] = amount
        elif sign and name == "count":
            quota["min"] = quota["max"] = amount
            quota["exact"] = True
        else:
            break
        parts.pop()
    column, _, group = ",".join(parts).partition(":")
    return quota | {"column": column, "group": None if group == "*" else group}


def groups_of(units, column):
    groups = {}
    for i, unit in enumerate(units):
        if unit[column]:
            groups.setdefault(unit[column], []).append(i)
    return sorted(groups.items(), key=lambda item: item[0].encode())


def resolve(units, quotas, inspectors):
    """What the quotas mean for each group of this frame, column by column."""

    def amount(text, count):
        if text.endswith("%"):
            return (float(text[:-1]) * float(count)) / 100
        if text.endswith("/inspector"):
            return float(text[: -len("/inspector")]) * float(inspectors)
        return float(text)

    result = []
    for column in COLUMNS:
        rules = [quota for quota in quotas if quota["column"] == column]
        bounds = []
        for name, members in groups_of(units, column) if rules else []:
            applying = [q for q in rules if q["group"] == name] or [q for q in rules if q["group"] is None]
            if not applying:
                continue
            least, most = 0.0, math.inf
            for q in applying:
                if q["min"] is not None:
                    value = amount(q["min"], len(members))
                    least = max(least, float(math.ceil(value - 1e-9)) if q["exact"] else value)
                if q["max"] is not None:
                    value = amount(q["max"], len(members))
                    if q["exact"]:
                        value = math.ceil(value - 1e-9) if q["min"] == q["max"] else math.floor(value + 1e-9)
                    most = min(most, float(value))
            bounds.append({"column": column, "group": name, "members": members, "min": least, "max": most,
                           "exact": any(q["exact"] for q in applying)})
        if bounds:
            result.append(bounds)
    return result


def size_of_minima(columns, count):
    for bounds in columns:
        if all(bound["min"] > 0 for bound in bounds) and sum(len(b["members"]) for b in bounds) == count:
            total = 0.0
            for bound in bounds:
                total += bound["min"]
            return math.ceil(total - 1e-9)
    sys.exit("no size, and no column with a minimum for every unit")


# --- draws -----------------------------------------------------------------------------------------------------------


def odds(ticket, pi):
    """[u/(1-u)] / [pi/(1-pi)] as a fraction of whole numbers, u = ticket / 2**256."""
    t = int(ticket, 16)
    m, d = pi.as_integer_ratio()
    return t * (d - m), (2**256 - t) * m


def by_rank(members, tickets, pi):
    """The uncertain ones of some units, smallest Pareto rank first, ties in canonical order."""
    ranks = {i: odds(tickets[i], pi[i]) for i in members if pi[i] < 1}

    def compare(i, j):
        left, right = ranks[i][0] * ranks[j][1], ranks[j][0] * ranks[i][1]
        return (left > right) - (left < right) or i - j

    return sorted(ranks, key=functools.cmp_to_key(compare))


def pareto(members, tickets, pi, size):
    """(drawn, cut) of one pool; the cut is a double that parts the ranks, or None when there is none between."""
    certain = [i for i in members if pi[i] == 1]
    order = by_rank(members, tickets, pi)
    places = min(len(order), max(0, size - len(certain)))
    return set(certain + order[:places]), cut_of(order, places, tickets, pi)


def cut_of(order, places, tickets, pi):
    if places == len(order):
        return GREATEST

    def rounded_up(i):
        rank = Fraction(*odds(tickets[i], pi[i]))
        pattern = struct.pack(">d", smallest(lambda x: Fraction(x) >= rank))
        return struct.unpack(">Q", pattern)[0]

    low = rounded_up(order[places - 1]) if places else 0
    high = rounded_up(order[places]) - 1
    if high < low:
        return None
    return struct.unpack(">d", struct.pack(">Q", low + (high - low) // 2))[0]


class Pivotal:
    """Two units at a time settle their probabilities until all are 0 or 1."""

    def __init__(self, pi, seed):
        self.p, self.seed, self.step = list(pi), seed, 0

    def coin(self):
        digest = hashlib.sha256(f"{self.seed},lpm,{self.step}".encode()).digest()
        self.step += 1
        first, second, third = struct.unpack(">QQQ", digest[:24])
        return first, second, (third >> 11) / 2.0**53

    def open(self, i):
        return 0 < self.p[i] < 1

    def settle(self, members, points=None):
        slots = [i for i in members if self.open(i) and (points is None or points[i] is not None)]
        if len(slots) < 2:
            return
        place = {i: k for k, i in enumerate(slots)}
        near = Near(slots, points) if points else None
        while len(slots) > 1:
            first, second, u = self.coin()
            i = slots[(first * len(slots)) >> 64]
            if near:
                tied = near.nearest(i)
                j = tied[(second * len(tied)) >> 64]
            else:
                k = (second * (len(slots) - 1)) >> 64
                j = slots[k if k < place[i] else k + 1]
            self.meet(i, j, u)
            for slot in (i, j):
                if not self.open(slot):
                    k, last = place.pop(slot), slots.pop()
                    if last != slot:
                        slots[k] = last
                        place[last] = k
                    if near:
                        near.remove(slot)

    def meet(self, i, j, u):
        p, q = self.p[i], self.p[j]
        total = p + q
        if total < 1:
            rest = self.snap(total)
            self.p[i], self.p[j] = (0.0, rest) if u < q / total else (rest, 0.0)
        else:
            rest = self.snap(total - 1)
            self.p[i], self.p[j] = (1.0, rest) if u < (1 - q) / (2 - total) else (rest, 1.0)

    @staticmethod
    def snap(p):
        return 0.0 if p < 1e-9 else 1.0 if p > 1 - 1e-9 else p

    def finish(self):
        for i, p in enumerate(self.p):
            if self.open(i):
                u = self.coin()[2]
                self.p[i] = 1.0 if p > 1 - 1e-6 or (p > 1e-6 and u < p) else 0.0
        return {i for i, p in enumerate(self.p) if p == 1}


class Near:
    """All units nearest to one, by dx*dx + dy*dy; bins only save time."""

    def __init__(self, slots, points):
        self.points, self.present = points, set(slots)
        self.lay()

    def lay(self):
        self.left = max(1, len(self.present) // 2)
        xs = [self.points[i][0] for i in self.present]
        ys = [self.points[i][1] for i in self.present]
        wide, high = (max(xs) - min(xs), max(ys) - min(ys)) if xs else (0.0, 0.0)
        count = max(1, len(xs) // 2)
        self.side = max(math.sqrt(wide * high / count), max(wide, high) / count) or 1.0
        self.rings = int(max(wide, high) / self.side) + 2
        self.bins = {}
        for i in self.present:
            self.bins.setdefault(self.bin(i), []).append(i)

    def bin(self, i):
        x, y = self.points[i]
        return math.floor(x / self.side), math.floor(y / self.side)

    def remove(self, i):
        self.present.discard(i)
        self.left -= 1
        if self.left <= 0:
            self.lay()

    def nearest(self, i):
        (x, y), (column, row) = self.points[i], self.bin(i)
        best, found = math.inf, []
        for ring in range(self.rings + 1):
            reach = (ring - 1) * self.side * 0.999999
            if ring and best < reach * reach:
                break
            for c in range(column - ring, column + ring + 1):
                edge = abs(c - column) == ring
                for r in range(row - ring, row + ring + 1) if edge else {row - ring, row + ring}:
                    for j in self.bins.get((c, r), ()):
                        if j == i or j not in self.present:
                            continue
                        dx, dy = self.points[j][0] - x, self.points[j][1] - y
                        distance = dx * dx + dy * dy
                        if distance < best:
                            best, found = distance, [j]
                        elif distance == best:
                            found.append(j)
        return sorted(found)


# --- a whole plan ----------------------------------------------------------------------------------------------------


def frame_units(rows):
    """The rows as units in the order of the ids' UTF-8 bytes."""

    def field(row, *names):
        for name in names:
            if (row.get(name) or "").strip().lower() not in MISSING:
                return row[name].strip()
        return ""

    units = []
    for row in rows:
        units.append({
            "id": row["id"].strip(), "score": float(row["score"]),
            "min_probability": float(field(row, "min_probability") or 0),
            "max_probability": float(field(row, "max_probability") or 1),
            "x": field(row, "x"), "y": field(row, "y"), "lon": field(row, "lon"), "lat": field(row, "lat"),
            "stratum": field(row, "stratum"), "county": field(row, "county"), "city": field(row, "city"),
            "class": field(row, "class")})
    units.sort(key=lambda unit: unit["id"].encode())
    if len({unit["id"] for unit in units}) != len(units):
        sys.exit("an id is in the frame more than once")
    place(units)
    return units


def place(units):
    """Positions in metres: x,y as given, or lon,lat on a cylinder that is true to scale in the middle latitude."""
    latitudes = [float(unit["lat"]) for unit in units if unit["lat"] and not unit["x"]]
    if latitudes:
        t = ((min(latitudes) + max(latitudes)) / 2) * 0.017453292519943295
        s = t * t
        cosine = 1.0
        for divisor in (182.0, 132.0, 90.0, 56.0, 30.0, 12.0, 2.0):
            cosine = 1 - s / divisor * cosine
    for unit in units:
        if unit["x"] and unit["y"]:
            unit["point"] = (float(unit["x"]), float(unit["y"]))
        elif unit["lon"] and unit["lat"]:
            unit["point"] = ((float(unit["lon"]) - 105) * 111195.08 * cosine, float(unit["lat"]) * 111195.08)
        else:
            unit["point"] = None


def prepare(units, plan):
    """(size, probabilities, pools, stages, reserve groups): all that does not depend on the seed."""
    columns = resolve(units, plan["quotas"], plan["inspectors"])
    size = size_of_minima(columns, len(units)) if plan["size"] is None else plan["size"]
    scores = [unit["score"] for unit in units]
    if columns or plan["cap"] < 1 or any(unit["max_probability"] < 1 for unit in units):
        caps = [max(u["min_probability"], min(plan["cap"], u["max_probability"])) for u in units]
        floors = [min(c, max(plan["floor"], u["min_probability"])) for u, c in zip(units, caps)]
        pi = quota_probabilities(scores, floors, caps, columns, float(size))
    else:
        floors = [max(plan["floor"], unit["min_probability"]) for unit in units]
        pi = inclusion_probabilities(scores, floors, size)
    exact = [bound for bounds in columns for bound in bounds if bound["exact"]]
    pools, stages = [], []
    if plan["method"] == "pareto":
        left, taken = set(range(len(units))), 0
        for bound in exact:
            expected = 0.0
            for i in bound["members"]:
                expected += pi[i]
            pools.append((f"{bound['column']} {bound['group']}", bound["members"], round(expected)))
            left -= set(bound["members"])
            taken += round(expected)
        if left:
            pools.append(("", sorted(left), size - taken))
    elif plan["method"] in ("pivotal", "lpm"):
        divisions = [groups_of(units, column) for column in COLUMNS if any(b["column"] == column for b in exact)]
        for groups in sorted(divisions, key=len, reverse=True):
            stages += [members for _, members in groups]
    group = [unit[plan["reserve_per"]] if plan["reserve_per"] else "" for unit in units]
    return size, pi, pools, stages, group


def draw_plan(units, plan, seed):
    """A dictionary per unit, and the cuts that a sealed opening publishes."""
    size, pi, pools, stages, group = prepare(units, plan)
    everybody = range(len(units))
    tickets = [sha(f"{seed},{unit['id']}") for unit in units]
    pool_of, cuts, scored = [""] * len(units), [], set()
    for name, members, places in pools:
        drawn, cut = pareto(members, tickets, pi, places)
        scored |= drawn
        cuts.append((name, cut))
        for i in members:
            pool_of[i] = name
    if plan["method"] == "poisson":
        scored = {i for i in everybody if Fraction(int(tickets[i], 16), 2**256) < Fraction(pi[i])}
    elif plan["method"] in ("pivotal", "lpm"):
        points = [unit["point"] for unit in units] if plan["method"] == "lpm" else None
        pivotal = Pivotal(pi, seed)
        for members in stages + [list(everybody)]:
            if points:
                pivotal.settle(members, points)
            pivotal.settle(members)
        scored = pivotal.finish()
    random, random_tickets, random_cut = set(), [""] * len(units), None
    if plan["random"]:
        random_tickets = [sha(f"{seed},random,{unit['id']}") for unit in units]
        order = sorted(everybody, key=lambda i: (random_tickets[i], i))
        random = set(order[: plan["random"]])
        random_cut = "f" * 64
        if plan["random"] < len(order):
            a, b = (int(random_tickets[order[plan["random"] - k]], 16) for k in (1, 0))
            random_cut = f"{(a + b) // 2:064x}"
    reserve, counts = {}, {}
    if plan["reserve"]:
        for i in by_rank([i for i in everybody if i not in scored and i not in random], tickets, pi):
            counts[group[i]] = counts.get(group[i], 0) + 1
            if counts[group[i]] <= plan["reserve"]:
                reserve[i] = counts[group[i]]
    share = plan["random"] / len(units)
    result = []
    for i, unit in enumerate(units):
        result.append({
            "id": unit["id"], "pi": pi[i], "ticket": tickets[i], "scored": i in scored, "random": i in random,
            "random_ticket": random_tickets[i], "pool": pool_of[i], "reserve": reserve.get(i),
            "combined": 1 - (1 - share) * (1 - pi[i]) if share > 0 else pi[i]})
    return result, cuts, random_cut


def compare_plan(units, plan, seed, rows):
    expected, cuts, random_cut = draw_plan(units, plan, seed)
    found = sorted(rows, key=lambda row: row["id"].encode())
    if len(expected) != len(found):
        sys.exit(f"the frame has {len(expected)} units, the drawn file {len(found)}")
    extended = "arm" in (rows[0] if rows else {})
    for unit, row in zip(expected, found):
        drawn = unit["scored"] or unit["random"]
        arm = ("both" if unit["random"] else "scored") if unit["scored"] else "random" if unit["random"] else ""
        ours = (unit["id"], unit["pi"], unit["ticket"], int(drawn))
        theirs = (row["id"], float(row["inclusion_probability"]), row["ticket"], int(row["drawn"]))
        if extended:
            ours += (arm, unit["random_ticket"], unit["combined"], unit["pool"], str(unit["reserve"] or ""))
            theirs += (row["arm"], row["random_ticket"], float(row["combined_probability"]), row["pool"],
                       row["reserve"])
        if ours != theirs:
            sys.exit(f"differs at {unit['id']}: recomputed {ours}, the file says {theirs}")
    print(f"ok: {sum(u['scored'] or u['random'] for u in expected)} of {len(expected)} units, as the seed says")
    return expected, cuts, random_cut


PLAIN = {"method": "pareto", "size": None, "floor": 0.0, "cap": 1.0, "quotas": [], "inspectors": None, "random": 0,
         "reserve": 0, "reserve_per": None}


def main(frame_path, drawn_path, seed, floor="0"):
    rows = read(drawn_path)
    plan = PLAIN | {"size": sum(int(row["drawn"]) for row in rows), "floor": float(floor)}
    compare_plan(frame_units(read(frame_path)), plan, seed, rows)


def main_plan(arguments):
    parser = argparse.ArgumentParser(prog="verify_draw.py")
    parser.add_argument("frame")
    parser.add_argument("drawn")
    parser.add_argument("seed")
    parser.add_argument("--size", required=True)
    parser.add_argument("--method", default="pareto", choices=("pareto", "poisson", "pivotal", "lpm"))
    parser.add_argument("--floor", type=float, default=0.0)
    parser.add_argument("--cap", type=float, default=1.0)
    parser.add_argument("--quota", action="append", default=[])
    parser.add_argument("--inspectors", type=int)
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--reserve", type=int, default=0)
    parser.add_argument("--reserve-per", choices=COLUMNS)
    given = parser.parse_args(arguments)
    plan = vars(given) | {"quotas": [parse_quota(text) for text in given.quota],
                          "size": None if given.size == "quotas" else int(given.size)}
    compare_plan(frame_units(read(given.frame)), plan, given.seed, read(given.drawn))


# --- seals, proofs, ledgers ------------------------------------------------------------------------------------------


def leaf_hash(data):
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def merkle_root(leaves):
    """RFC 6962, by its recursive definition."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(merkle_root(leaves[:k]), merkle_root(leaves[k:]))


def root_by_path(data, place, count, path):
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= place < count:
        return None
    fn, sn, r = place, count - 1, leaf_hash(data)
    for beside in path:
        beside = bytes.fromhex(beside)
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = node_hash(beside, r)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            r = node_hash(r, beside)
        fn >>= 1
        sn >>= 1
    return r.hex() if sn == 0 else None


def values_of(lines):
    if any("\n" in line for line in lines):
        sys.exit("a line holds a line feed: the hashed bytes could be read in two ways")
    values = {}
    for line in lines:
        name, sign, value = line.partition(": ")
        if sign:
            values.setdefault(name, value)
    return values


def plan_of(lines):
    values = values_of(lines)
    return PLAIN | {
        "method": values["method"], "size": int(values["size"]) if "size" in values else None,
        "floor": float(values["floor"]), "cap": float(values["cap"]),
        "quotas": [parse_quota(line[7:]) for line in lines if line.startswith("quota: ")],
        "inspectors": int(values["inspectors"]) if "inspectors" in values else None,
        "random": int(values["random"]), "reserve": int(values["reserve"]), "reserve_per": values.get("reserve-per")}


def unit_leaf(salt, pi_bits, pool, unit):
    return f"unit,{salt},{pi_bits},{len(pool.encode())}:{pool},{unit}".encode()


def seconds(text):
    return int(text.split(" ")[0])


def check_times(header, opening):
    """The beacon was due after the seal and seen when it was due; drand rounds have a computable time."""
    kind = next((k for k in ("beacon", "fallback") if header.get(k) == opening["beacon-source"]), None)
    if kind is None:
        sys.exit("the opening's beacon is not one the seal names")
    due = seconds(header[kind + "-due"])
    if header[kind].startswith("drand quicknet round "):
        if due != 1692803367 + 3 * (int(header[kind].rsplit(" ", 1)[1]) - 1):
            sys.exit("the seal gives the drand round another time than it has")
    if due <= seconds(header["sealed-at"]):
        sys.exit("the beacon was due before the frame was sealed")
    if seconds(opening["beacon-seen"]) < due:
        sys.exit("the beacon was seen before it was due")


def check_seed(root, opening):
    seed = hashlib.sha256(bytes.fromhex(root) + bytes.fromhex(opening["beacon"])).hexdigest()
    if opening["root"] != root or opening["seed"] != seed:
        sys.exit("the opening's seed is not the hash of root and beacon")


def cuts_of(lines):
    cuts = {}
    for line in lines:
        if line.startswith("cut: "):
            number, _, pool = line[5:].partition(" ")
            cuts[pool] = None if number == "none" else from_bits(number)
    return cuts


def main_seal(seal_path, opening_path, frame_path, secret_path, drawn_path):
    with open(seal_path, encoding="utf-8") as file:
        seal = json.load(file)
    with open(opening_path, encoding="utf-8") as file:
        lines = json.load(file)["lines"]
    with open(secret_path, encoding="utf-8") as file:
        secret = bytes.fromhex(file.read().split()[-1])
    header, opening = values_of(seal["header"]), values_of(lines)
    units = frame_units(read(frame_path))

    def keyed(message):
        return hmac.new(secret, message, hashlib.sha256).hexdigest()

    canonical = b"frame,"
    for unit in units:
        point = unit["point"] or (None, None)
        for text in (unit["id"], bits(unit["score"]), bits(unit["min_probability"]), bits(unit["max_probability"]),
                     *(unit[column] for column in COLUMNS), *("" if v is None else bits(v) for v in point)):
            canonical += f"{len(text.encode())}:{text}".encode()
    if keyed(b"secret") != header["secret"]:
        sys.exit("the secret is not the sealed one")
    if keyed(canonical) != header["frame"]:
        sys.exit("the frame is not the sealed one")
    plan = plan_of(seal["header"])
    _, pi, pools, _, _ = prepare(units, plan)
    pool_of = {i: name for name, members, _ in pools for i in members}
    leaves = ["\n".join(seal["header"]).encode()]
    for i, unit in enumerate(units):
        salt = keyed(f"salt,{unit['id']}".encode())
        leaves.append(unit_leaf(salt, bits(pi[i]), pool_of.get(i, ""), unit["id"]))
    if merkle_root(leaves).hex() != seal["root"] or len(leaves) != seal["leaves"]:
        sys.exit("the root does not follow from header, frame and secret")
    check_times(header, opening)
    check_seed(seal["root"], opening)
    drawn, cuts, random_cut = compare_plan(units, plan, opening["seed"], read(drawn_path))
    if dict(cuts) != cuts_of(lines) or random_cut != opening.get("random-cut"):
        sys.exit("the opening's cuts are not those of the draw")
    outcomes = []
    for unit in drawn:
        salt = keyed(f"outcome,{unit['id']}".encode())
        text = f"{int(unit['scored'])},{int(unit['random'])},{unit['reserve'] or '-'}"
        outcomes.append(f"outcome,{salt},{text},{unit['id']}".encode())
    if merkle_root(outcomes).hex() != opening["outcomes"]:
        sys.exit("the opening's outcomes are not those of the draw")
    print(f"ok: the seal {seal['root']}, its opening and the draw belong together")


def main_proof(path, root=None):
    with open(path, encoding="utf-8") as file:
        proof = json.load(file)
    header, opening = values_of(proof["header"]), values_of(proof["opening"])
    if root is not None and root != proof["root"]:
        sys.exit(f"the proof is of the root {proof['root']}")
    if root_by_path("\n".join(proof["header"]).encode(), 0, proof["leaves"], proof["header_path"]) != proof["root"]:
        sys.exit("the header does not lead to the root")
    if int(header["units"]) + 1 != proof["leaves"]:
        sys.exit("the number of leaves is not that of the header")
    leaf = unit_leaf(proof["salt"], proof["probability_bits"], proof["pool"], proof["id"])
    if root_by_path(leaf, proof["leaf"], proof["leaves"], proof["path"]) != proof["root"]:
        sys.exit("id, probability, pool and salt do not lead to the root")
    check_times(header, opening)
    check_seed(proof["root"], opening)
    outcome = f"outcome,{proof['outcome_salt']},{proof['outcome']},{proof['id']}".encode()
    if root_by_path(outcome, proof["leaf"] - 1, proof["leaves"] - 1, proof["outcome_path"]) != opening["outcomes"]:
        sys.exit("the outcome does not lead to the opening's outcomes")
    pi, seed = from_bits(proof["probability_bits"]), opening["seed"]
    scored, random, _ = proof["outcome"].split(",")
    expected = None
    ticket = sha(f"{seed},{proof['id']}")
    if pi == 1:
        expected = True
    elif header["method"] == "poisson":
        expected = Fraction(int(ticket, 16), 2**256) < Fraction(pi)
    elif header["method"] == "pareto":
        cut = cuts_of(proof["opening"])[proof["pool"]]
        expected = None if cut is None else Fraction(*odds(ticket, pi)) <= Fraction(cut)
    if expected is not None and expected != (scored == "1"):
        sys.exit("the outcome is not what the ticket says")
    if int(header["random"]):
        in_arm = int(sha(f"{seed},random,{proof['id']}"), 16) <= int(opening["random-cut"], 16)
        if in_arm != (random == "1"):
            sys.exit("the random arm is not what the random ticket says")
    how = "as its ticket says" if expected is not None else "as committed to when the seal was opened"
    state = "drawn" if "1" in (scored, random) else "not drawn"
    print(f"ok: {proof['id']} was {state}, {how}; root {proof['root']}")


def main_ledger(path, head=None):
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    previous, latest, due, opened = "0" * 64, None, {}, set()
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        entry = json.loads(line)
        body = line[: line.rindex(',"hash":"')]
        if sha(body) != entry["hash"] or line != body + f',"hash":"{entry["hash"]}"' + "}":
            sys.exit(f"line {number} was changed")
        if entry["entry"] != number or entry["previous"] != previous:
            sys.exit(f"line {number} does not follow the one before it")
        at, kind, root = seconds(entry["at"]), entry["kind"], entry["root"]
        if latest is not None and at < latest:
            sys.exit(f"line {number} is earlier than the one before it")
        if kind == "seal":
            if root in due or seconds(entry["beacon-due"]) <= at:
                sys.exit(f"line {number}: sealed twice, or after the beacon was due")
            due[root] = True
        elif kind == "open":
            if root not in due or root in opened:
                sys.exit(f"line {number}: opened without a seal, or twice")
            opened.add(root)
        elif root not in opened:
            sys.exit(f"line {number}: about a draw that was not opened")
        previous, latest = entry["hash"], at
    if head is not None and head != previous:
        sys.exit(f"the newest line's hash is {previous}, not {head}: lines are missing")
    print(f"ok: the chain holds, its head is {previous}")


if __name__ == "__main__":
    FORMS = {"seal": (main_seal, (5,)), "proof": (main_proof, (1, 2)), "ledger": (main_ledger, (1, 2))}
    GIVEN = sys.argv[1:]
    if GIVEN and GIVEN[0] in FORMS and len(GIVEN) - 1 in FORMS[GIVEN[0]][1]:
        FORMS[GIVEN[0]][0](*GIVEN[1:])
    elif any(argument.startswith("--") for argument in GIVEN):
        main_plan(GIVEN)
    elif len(GIVEN) in (3, 4):
        main(*GIVEN)
    else:
        sys.exit(__doc__)
