"""Compare `hotgrid routes` with PyVRP on Solomon-type instances; called by tools/bench/routes.

100 stops, 25 vehicles, Euclidean distances, service times and horizons as in Solomon's classes R1, R2, C1, C2, RC1, RC2;
stops per vehicle are limited instead of loads (every demand is 1). Windows: all stops narrow, half of them, all wide.
A unit of distance is a kilometre and a minute. Both answers are checked here against the rules and measured with the
same unrounded distances.
"""
import csv
import math
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import time

from pyvrp import Model

CLASSES = {
    "R1": (230, 10, 10), "R2": (1000, 10, 50), "C1": (1236, 90, 10), "C2": (3390, 90, 40), "RC1": (240, 10, 10),
    "RC2": (960, 10, 50),
}
WINDOWS = {1: (1.0, 0.06), 2: (0.5, 0.13), 3: (1.0, 0.25)}
STOPS, VEHICLES, SCALE = 100, 25, 1000


def make(kind, variant):
    """((x, y, earliest, latest, visit) of the base and the stops, most stops a vehicle)."""
    rnd = random.Random(f"{kind}-{variant}-{STOPS}")
    horizon, visit, limit = CLASSES[kind]
    layout = kind.rstrip("12")
    if layout == "R":
        base = (35, 35)
        points = [(rnd.randint(0, 70), rnd.randint(0, 75)) for _ in range(STOPS)]
    else:
        base = (40, 50)
        centres = [(rnd.randint(10, 90), rnd.randint(10, 85)) for _ in range(10)]

        def clustered():
            x, y = rnd.choice(centres)
            return min(95, max(0, x + round(rnd.gauss(0, 4)))), min(90, max(0, y + round(rnd.gauss(0, 4))))

        points = [
            clustered() if layout == "C" or rnd.random() < 0.5 else (rnd.randint(0, 95), rnd.randint(3, 85))
            for _ in range(STOPS)
        ]
    share, width = WINDOWS[variant]
    rows = [(*base, 0, horizon, 0)]
    for x, y in points:
        drive = math.hypot(x - base[0], y - base[1])
        first, last = math.ceil(drive), math.floor(horizon - drive - visit)
        earliest, latest = first, last
        if rnd.random() < share:
            centre, span = rnd.randint(first, max(first, last)), max(2, horizon * width * rnd.uniform(0.5, 1.5))
            earliest = min(max(first, round(centre - span / 2)), last)
            latest = max(min(last, round(centre + span / 2)), earliest)
        rows.append((x, y, earliest, latest, visit))
    return rows, limit


def distance(a, b):
    return math.hypot(a[0] - b[0], a[1] - b[1])


def measure(rows, limit, routes):
    """Total distance; exits when a route breaks a rule."""
    if sorted(s for route in routes for s in route) != list(range(1, len(rows))):
        sys.exit("a stop is missing or visited twice")
    total = 0.0
    for route in routes:
        at, now = rows[0], 0.0
        if len(route) > limit:
            sys.exit("a route has too many stops")
        for stop in [*route, 0]:
            total += distance(at, rows[stop])
            now = max(now + distance(at, rows[stop]), rows[stop][2])
            if now > rows[stop][3] + 0.02:
                sys.exit(f"a route is {now - rows[stop][3]} too late")
            at, now = rows[stop], now + rows[stop][4]
    return total


def clock(minutes):
    """Times of day cannot hold a horizon of 3,390 minutes, so a minute of the instance is a second of the day."""
    return f"{minutes // 3600:02d}:{minutes // 60 % 60:02d}:{minutes % 60:02d}"


def ours(binary, folder, rows, limit):
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "targets.csv", "w", encoding="utf-8") as file:
        file.write("target_id,lon,lat,duration_minutes,earliest,latest\n")
        for k, (_, _, earliest, latest, visit) in enumerate(rows[1:], 1):
            file.write(f"{k},110,35,{visit / 60!r},{clock(earliest)},{clock(latest)}\n")
    teams = [f"v{k}" for k in range(VEHICLES)]
    with open(folder / "teams.csv", "w", encoding="utf-8") as file:
        file.write("team,base_lon,base_lat,start,end,max_targets\n")
        for team in teams:
            file.write(f"{team},110,35,00:00,{clock(rows[0][3])},{limit}\n")
    names = [(str(k), row) for k, row in enumerate(rows) if k] + [(team, rows[0]) for team in teams]
    with open(folder / "matrix.csv", "w", encoding="utf-8") as file:
        file.write("from,to,km,minutes\n")
        for a, here in names:
            for b, there in names:
                d = distance(here, there)
                file.write(f"{a},{b},{d!r},{d / 60!r}\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [binary, "routes", "--quiet", "--threads", "1", "--starts", "1", "--date", "2017-11-22"]
    for name in ("targets", "teams", "matrix"):
        command += [f"--{name}", str(folder / f"{name}.csv")]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    routes = {}
    for row in csv.DictReader(out.splitlines()):
        if row["target_id"]:
            routes.setdefault(row["team"], []).append(int(row["target_id"]))
    return list(routes.values()), after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


class ProcessorTime:
    def __init__(self, seconds):
        self.end = time.process_time() + seconds

    def __call__(self, best):
        return time.process_time() > self.end


def theirs(rows, limit, seconds):
    model = Model()
    places = [model.add_location(row[0] * SCALE, row[1] * SCALE) for row in rows]
    base = model.add_depot(places[0])
    model.add_vehicle_type(
        VEHICLES, start_depot=base, end_depot=base, capacity=limit, tw_early=0, tw_late=rows[0][3] * SCALE
    )
    for place, (_, _, earliest, latest, visit) in zip(places[1:], rows[1:]):
        model.add_client(
            place, delivery=1, service_duration=visit * SCALE, tw_early=earliest * SCALE, tw_late=latest * SCALE
        )
    for a, here in zip(places, rows):
        for b, there in zip(places, rows):
            if a is not b:
                d = distance(here, there) * SCALE
                model.add_edge(a, b, distance=round(d), duration=round(d))
    begin = time.process_time()
    result = model.solve(ProcessorTime(seconds), seed=1, display=False)
    used = time.process_time() - begin
    if not result.is_feasible():
        return None, used
    return result.cost() / SCALE, used


def main():
    binary, cache, seconds, variants = sys.argv[1], pathlib.Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    print("instance  vehicles   hotgrid   seconds     PyVRP   seconds   gap %")
    gaps, ratios = [], []
    for kind in CLASSES:
        for variant in range(1, variants + 1):
            rows, limit = make(kind, variant)
            routes, our_seconds = ours(binary, cache / "routes" / f"{kind}-{variant}", rows, limit)
            our = measure(rows, limit, routes)
            their, their_seconds = theirs(rows, limit, seconds)
            if their is None:
                print(f"{kind}-{variant:<6} {len(routes):10d} {our:9.2f} {our_seconds:9.2f}  no plan found")
                continue
            gaps.append(100 * (our / their - 1))
            ratios.append(their_seconds / our_seconds)
            print(
                f"{kind}-{variant:<6} {len(routes):10d} {our:9.2f} {our_seconds:9.2f} {their:9.2f} {their_seconds:9.2f} "
                f"{gaps[-1]:7.2f}",
                flush=True,
            )
    print(
        f"gap: mean {statistics.mean(gaps):.2f} %, median {statistics.median(gaps):.2f} %, worst {max(gaps):.2f} %; "
        f"processor time, PyVRP / hotgrid: median {statistics.median(ratios):.1f}"
    )


if __name__ == "__main__":
    main()
