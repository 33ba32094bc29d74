#!/usr/bin/env python3
"""Recompute who was drawn to go where, with nothing but the standard library.

usage: verify_assignment.py ROUTES.csv INSPECTORS.csv ASSIGNMENT.csv SEED [--specialities S.csv] [--people N] [--max-duties N]

ROUTES.csv: team,day,order,target_id,uscc,city,county_code,industry_code,...
INSPECTORS.csv: inspector_id,home_city,certified_from,certified_until[,specialities,conflicts,max_per_day]
ASSIGNMENT.csv: duty,day,place,speciality,inspector_id,ticket,...

Checks every rule for every place, and that no place could have had an inspector with an earlier ticket: it starts from
the assignment in the file and shows for each earlier inspector that the later places could then not all be filled.
Prints the first difference and exits 1, or exits 0. The rules are in docs/methods/double-random.md; this program shares
no code with the one that drew.
"""
import argparse
import csv
import hashlib
import sys


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [{k.strip().lower(): (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(file)]


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def city(text):
    """Four digits of a code (two in a municipality), or a name without 市."""
    if text.isdigit() and len(text) in (2, 4, 6):
        return "code", text[:2] if text[:2] in ("11", "12", "31", "50") else text[:4]
    return "name", text[:-1] if text.endswith("市") and len(text) > 1 else text


def split(text):
    return {part.strip() for part in text.replace("；", ";").replace("|", ";").split(";") if part.strip()}


def firm_of(target):
    return target.get("uscc", "")


def may_go(person, duty):
    if not person["certified_from"] <= duty["day"] <= person["certified_until"]:
        return False
    if len(duty["targets"]) > int(person.get("max_per_day") or 6):
        return False
    home = city(person["home_city"])
    for target in duty["targets"]:
        where = target.get("county_code" if home[0] == "code" else "city", "")
        if not where:
            sys.exit(f"cannot tell whether {target['target_id']} lies in the home city of {person['inspector_id']}")
        if city(where) == home:
            return False
        if split(person.get("conflicts", "")) & {target["target_id"], firm_of(target), target.get("county_code", "")}:
            return False
    return True


class Places:
    """Who holds which place; an inspector has one duty a day, and at most max_duties."""

    def __init__(self, places, eligible, max_duties):
        self.places, self.eligible, self.max_duties = places, eligible, max_duties
        self.holder = [None] * len(places)

    def blockers(self, who, slot):
        """Places that an inspector would have to give up first; None where nothing stands in the way."""
        day = self.places[slot]["duty"]["day"]
        mine = [s for s, h in enumerate(self.holder) if h == who and s != slot]
        same_day = [s for s in mine if self.places[s]["duty"]["day"] == day]
        if same_day:
            return same_day
        return mine if self.max_duties is not None and len(mine) >= self.max_duties else None

    def refill(self, start, fixed):
        """Fills an empty place without touching the fixed ones; breadth first over who makes room for whom."""
        came = {start: None}
        queue = [start]
        for slot in queue:
            for who in self.eligible[slot]:
                if who == self.holder[slot]:
                    continue
                blockers = self.blockers(who, slot)
                if blockers is None:
                    while slot is not None:
                        self.holder[slot], step = who, came[slot]
                        if step is None:
                            return True
                        slot, who = step
                for other in blockers:
                    if other not in fixed and other not in came:
                        came[other] = (slot, who)
                        queue.append(other)
        return False

    def could_have(self, slot, who):
        """Whether the place could go to another inspector with all earlier places as they are."""
        fixed = set(range(slot + 1))
        kept = list(self.holder)
        self.holder[slot] = None
        blockers = self.blockers(who, slot)
        possible = True
        if blockers is not None:
            free = [s for s in blockers if s not in fixed]
            if not free:
                possible = False
            else:
                self.holder[free[0]] = None
                self.holder[slot] = who
                possible = self.refill(free[0], fixed)
        self.holder = kept
        return possible


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("routes", "inspectors", "assignment", "seed"):
        parser.add_argument(name)
    parser.add_argument("--specialities")
    parser.add_argument("--people", type=int, default=2)
    parser.add_argument("--max-duties", type=int)
    args = parser.parse_args()
    rules = {r["industry_prefix"]: r["speciality"] for r in read(args.specialities)} if args.specialities else {}
    duties = {}
    for row in read(args.routes):
        if not row["target_id"] or not row["team"]:
            continue
        digits = "".join(c for c in row.get("industry_code", "") if c in "0123456789")
        fits = [p for p in rules if digits.startswith(p)]
        row["needs"] = rules[max(fits, key=len)] if fits else None
        duty = duties.setdefault(f"{row['team']}/{row['day']}", {"day": row["day"], "targets": []})
        duty["targets"].append(row)
    people = sorted(read(args.inspectors), key=lambda p: p["inspector_id"].encode())
    places = []
    for name in sorted(duties, key=lambda d: (sha(f"{args.seed},{d}"), d.encode())):
        needs = sorted({t["needs"] for t in duties[name]["targets"] if t["needs"]})
        for k in range(max(args.people, len(needs))):
            places.append({"name": name, "duty": duties[name], "number": k + 1, "needs": needs[k] if k < len(needs) else ""})
    able = {name: [i for i, p in enumerate(people) if may_go(p, duty)] for name, duty in duties.items()}
    eligible = []
    for place in places:
        fit = [
            i for i in able[place["name"]]
            if not place["needs"] or place["needs"] in split(people[i].get("specialities", ""))
        ]
        eligible.append(sorted(fit, key=lambda i: (sha(f"{args.seed},{people[i]['inspector_id']},{place['name']}"), i)))
    number = {p["inspector_id"]: i for i, p in enumerate(people)}
    rows = {}
    for row in read(args.assignment):
        if (row["duty"], row["place"]) in rows:
            sys.exit(f"place {row['place']} of {row['duty']} is in the file more than once")
        rows[row["duty"], row["place"]] = row
    search = Places(places, eligible, args.max_duties)
    for slot, place in enumerate(places):
        label = f"place {place['number']} of {place['name']}"
        row = rows.pop((place["name"], str(place["number"])), None)
        if row is None:
            sys.exit(f"{label} is missing")
        if row["ticket"] != sha(f"{args.seed},{row['inspector_id']},{place['name']}"):
            sys.exit(f"the ticket of {label} is not that of seed, inspector and duty")
        if row.get("speciality", "") != place["needs"]:
            sys.exit(f"{label} names the wrong speciality")
        who = number.get(row["inspector_id"])
        if who not in eligible[slot]:
            sys.exit(f"{label}: {row['inspector_id']} may not go there")
        if search.blockers(who, slot) is not None:
            sys.exit(f"{label}: {row['inspector_id']} is over a cap")
        search.holder[slot] = who
    if rows:
        sys.exit(f"not part of the draw: {sorted(rows)[0]}")
    for slot, place in enumerate(places):
        for who in eligible[slot]:
            if who == search.holder[slot]:
                break
            if search.could_have(slot, who):
                sys.exit(
                    f"place {place['number']} of {place['name']} should have gone to {people[who]['inspector_id']}"
                )
    print(f"ok: {len(places)} places of {len(duties)} duties")


if __name__ == "__main__":
    main()
