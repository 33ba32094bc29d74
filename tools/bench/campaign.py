#!/usr/bin/env python3
"""Sums up synthetic campaigns: campaign.py first|loop OUTCOME.json...

Per way of choosing: visits, hits, severity of what was found, finds off the list, mean over seeds; severity against
ranking by PM2.5 alone and against random, with the smallest ratio of any seed and a bootstrap over seeds.
"""
import json
import random
import sys


def totals(arm):
    days = arm["days"]
    return {name: sum(day[name] for day in days) for name in ("visits", "hits", "severity", "offList")}


def sooner(outcome, name):
    """Mean over sources that both arms found of how many days earlier this arm was there than the last-visit order."""
    def first(arm):
        found = {}
        for day in arm["days"]:
            for source in day["found"]:
                found.setdefault(source, day["day"])
        return found

    arms = {arm["name"]: first(arm) for arm in outcome["arms"]}
    usual, own = arms["last visit"], arms[name]
    both = [usual[s] - own[s] for s in own if s in usual]
    return sum(both) / len(both) if both else float("nan")


def interval(pairs, seed=1):
    """95 % of ratios of sums over resampled seeds."""
    stream = random.Random(seed)
    ratios = []
    for _ in range(2000):
        chosen = [pairs[stream.randrange(len(pairs))] for _ in pairs]
        below = sum(b for _, b in chosen)
        if below:
            ratios.append(sum(a for a, _ in chosen) / below)
    ratios.sort()
    return ratios[int(0.025 * len(ratios))], ratios[int(0.975 * len(ratios)) - 1]


def main(kind, paths):
    outcomes = [json.load(open(path)) for path in paths]
    key = "firstDay" if kind == "first" else "arms"
    names = [arm["name"] for arm in outcomes[0][key]]
    by = {name: [totals(next(a for a in o[key] if a["name"] == name)) for o in outcomes] for name in names}
    seeds = ", ".join(str(o["seed"]) for o in outcomes)
    print(f"SYNTHETIC campaigns, seeds {seeds}, {outcomes[0]['targets']} targets a day")
    print("| chosen by | visits | hit rate | severity | off list | to PM2.5 only (least; 95 %) | to random (least; 95 %) | days sooner |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in names:
        rows = by[name]
        n = len(rows)
        cells = []
        for other in ("PM2.5 only", "random"):
            pairs = [(r["severity"], o["severity"]) for r, o in zip(rows, by[other])]
            low, high = interval(pairs)
            least = min(a / b if b else float("inf") for a, b in pairs)
            cells.append(f"{sum(a for a, _ in pairs) / sum(b for _, b in pairs):.2f} ({least:.2f}; {low:.2f}-{high:.2f})")
        days = "" if kind == "first" else f"{sum(sooner(o, name) for o in outcomes) / n:.1f}"
        hits, visits = sum(r["hits"] for r in rows), sum(r["visits"] for r in rows)
        print(
            f"| {name} | {visits / n:.0f} | {100 * hits / visits:.1f} % | {sum(r['severity'] for r in rows) / n:.0f} | "
            f"{sum(r['offList'] for r in rows) / n:.1f} | {cells[0]} | {cells[1]} | {days} |"
        )


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("first", "loop"):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
