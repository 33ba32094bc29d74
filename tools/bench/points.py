"""Runs both programs on one file, checks that they agree, and prints seconds, memory and the ratio.

usage: points.py HOTGRID ROWS FOLDER
"""
import csv
import os
import pathlib
import subprocess
import sys
import time

ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +ellps=GRS80 +units=m"
STATIONS = 20_000


def generate(path, rows):
    """Synthetic micro-stations, five-minute steps, with missing codes and values out of range; made by DuckDB."""
    import duckdb

    duckdb.connect().execute(f"""
        COPY (SELECT printf('S%05d', i % {STATIONS}) AS station_id,
          strftime(TIMESTAMP '2017-11-01' + INTERVAL 5 MINUTE * (i // {STATIONS}), '%Y-%m-%dT%H:%M:%S') AS time,
          printf('%.6f', 113.0 + 6.9 * ((hash(i % {STATIONS}) % 1000003) / 1000003.0)) AS lon,
          printf('%.6f', 34.5 + 6.4 * ((hash(i % {STATIONS} + 7777777) % 1000003) / 1000003.0)) AS lat,
          CASE WHEN hash(i) % 1000 < 15 THEN '' WHEN hash(i) % 1000 < 18 THEN 'NA' WHEN hash(i) % 1000 < 20 THEN '-999.0'
            WHEN hash(i) % 2000 = 41 THEN '9999.0' ELSE printf('%.1f', 20 + (hash(i * 3 + 1) % 2500) / 10.0) END AS pm25
          FROM range({rows}) t(i)) TO '{path}' (HEADER, QUOTE '')""")


# Both peers read the same columns, keep values from 0 to 1000, find the cell of each distinct position with PROJ and
# write the same table in the same order.
DUCKDB = """
import sys, numpy as np, duckdb, pyproj, pandas
con = duckdb.connect(config={"threads": 2})
src, out = sys.argv[1:3]
con.execute(f"create temp table r as select lon,lat,substr(time,1,13) as hour, try_cast(pm25 as double) as v from "
  f"read_csv('{src}', header=true, columns={{'station_id':'VARCHAR','time':'VARCHAR','lon':'DOUBLE','lat':'DOUBLE','pm25':'VARCHAR'}}) "
  "where try_cast(pm25 as double) between 0 and 1000")
u = con.execute("select distinct lon,lat from r").fetchnumpy()
x, y = pyproj.Proj(sys.argv[3])(u["lon"], u["lat"])
st = {"lon": u["lon"], "lat": u["lat"], "col": np.floor((x + 3000000) / 3000).astype(np.int32), "row": np.floor(y / 3000).astype(np.int32)}
con.execute("create temp table st(lon double, lat double, col int, row int)")
con.register("df", pandas.DataFrame(st)); con.execute("insert into st select * from df")
con.execute(f"copy (select '3000-' || col || '-' || row as cell, hour as period, {sys.argv[4]}(v) as value, count(*) as count "
  f"from r join st using(lon,lat) group by hour, col, row order by hour, row, col) to '{out}' (header)")
"""
CLICKHOUSE = """
import sys, os, numpy as np, pyproj, pandas
from chdb import session
src, out = sys.argv[1:3]
aggregate = {"avg": "avg", "median": "quantileExactInclusive"}[sys.argv[4]]
s = session.Session()
shape = "station_id String, time String, lon Float64, lat Float64, pm25 String"
s.query("create table r engine=Memory as select lon, lat, substring(time, 1, 13) as hour, assumeNotNull(n) as v from "
  f"(select lon, lat, time, toFloat64OrNull(pm25) as n from file('{src}', 'CSVWithNames', '{shape}')) where n between 0 and 1000 settings max_threads=2")
u = s.query("select distinct lon, lat from r settings max_threads=2", "DataFrame")
x, y = pyproj.Proj(sys.argv[3])(u["lon"].to_numpy(), u["lat"].to_numpy())
places = out + ".places.csv"
pandas.DataFrame({"lon": u["lon"], "lat": u["lat"], "col": np.floor((x + 3000000) / 3000).astype(np.int32), "row": np.floor(y / 3000).astype(np.int32)}).to_csv(places, index=False)
s.query(f"create table st engine=Memory as select * from file('{places}', 'CSVWithNames', 'lon Float64, lat Float64, col Int32, row Int32')")
if os.path.exists(out): os.remove(out)
s.query(f"select concat('3000-', toString(col), '-', toString(row)) as cell, hour as period, {aggregate}(v) as value, count() as count "
  f"from r join st using (lon, lat) group by hour, col, row order by hour, row, col into outfile '{out}' format CSVWithNames settings max_threads=2")
os.remove(places)
"""
PEERS = {"duckdb": DUCKDB, "clickhouse": CLICKHOUSE}
ROUNDS = 3


def run(command):
    """Seconds, processor seconds and peak megabytes. A child inherits the peak of its parent, so this one stays small."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed: {process.stderr.read().decode()[-2000:]}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def rows_of(path):
    with open(path, newline="") as handle:
        return {(r["cell"], r["period"]): (float(r["value"]), int(r["count"])) for r in csv.DictReader(handle)}


def ours(hotgrid, source, out, statistic="median", threads=2):
    return [hotgrid, "map", "points", "--readings", str(source), "--value", "pm25", "--period", "hour", "--statistic",
            statistic, "--quality", "--quiet", "--threads", str(threads), "--out", str(out)]


def measured(rows, folder):
    source = folder / f"synthetic-micro-{rows}.csv"
    if not source.exists():
        generate(source.with_suffix(".part"), rows)
        source.with_suffix(".part").rename(source)
    return source


def peers(hotgrid, rows, folder):
    """Median and mean against both peers, the programs taking turns."""
    source = measured(rows, folder)
    print(f"{rows:,} rows, {source.stat().st_size / 1e6:.0f} MB, synthetic; 2 threads each, best of {ROUNDS}")
    for statistic, name in (("median", "median"), ("mean", "avg")):
        commands = {"hotgrid": ours(hotgrid, source, folder / "hotgrid.csv", statistic)}
        for peer, program in PEERS.items():
            commands[peer] = [sys.executable, "-c", program, str(source), str(folder / f"{peer}.csv"), ALBERS, name]
        runs = {label: [] for label in commands}
        for _ in range(ROUNDS):
            for label, command in commands.items():
                runs[label].append(run(command))
        for label in commands:
            best, cpu, peak = (min(r[0] for r in runs[label]), min(r[1] for r in runs[label]), max(r[2] for r in runs[label]))
            note = ""
            if label != "hotgrid":
                ratios = sorted(b[0] / a[0] for a, b in zip(runs["hotgrid"], runs[label]))
                agreement = subprocess.run([sys.executable, __file__, "--compare", str(folder / "hotgrid.csv"),
                                            str(folder / f"{label}.csv")], check=True, capture_output=True, text=True)
                note = f"  {ratios[0]:.1f}-{ratios[-1]:.1f} x hotgrid's time; {agreement.stdout.strip()}"
            print(f"  {statistic:6} {label:10} {best:6.2f} s ({cpu:5.1f} CPU s)  {rows / best / 1e6:5.1f} M rows/s  "
                  f"{peak:5.0f} MB{note}")


def compare(mine, theirs):
    a, b = rows_of(mine), rows_of(theirs)
    assert a.keys() == b.keys(), (len(a), len(b))
    assert all(a[k][1] == b[k][1] for k in a), "counts differ"
    worst = max(abs(a[k][0] - b[k][0]) for k in a)
    assert worst < 1e-9, worst
    print(f"{len(a):,} cell-hours equal, largest difference {worst:.0e}")


def compressed(hotgrid, rows, folder):
    """A gzip file cannot be read faster than it is decompressed."""
    source = measured(rows, folder)
    packed = source.with_suffix(".csv.gz")
    if not packed.exists():
        with open(packed.with_suffix(".part"), "wb") as part:
            subprocess.run(["gzip", "-c", "-6", str(source)], stdout=part, check=True)
        packed.with_suffix(".part").rename(packed)
    alone, whole = [], []
    for _ in range(ROUNDS):
        alone.append(run(["gzip", "-dc", str(packed)])[0])
        whole.append(run(ours(hotgrid, packed, folder / "gz.csv"))[0])
    run(ours(hotgrid, source, folder / "plain.csv"))
    assert (folder / "gz.csv").read_bytes() == (folder / "plain.csv").read_bytes()
    print(f"  gzip   {packed.stat().st_size / 1e6:.0f} MB: hotgrid {min(whole):.2f} s, gzip -dc alone {min(alone):.2f} s; "
          "same bytes out as from the plain file")


def growth(hotgrid, rows, folder):
    """How the cost grows with rows, and with threads."""
    print("  rows         1 thread   2 threads   peak (2 threads)")
    for part in (16, 4, 1):
        source = measured(rows // part, folder)
        one = min(run(ours(hotgrid, source, folder / "one.csv", threads=1))[0] for _ in range(ROUNDS))
        results = [run(ours(hotgrid, source, folder / "two.csv")) for _ in range(ROUNDS)]
        assert (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()
        print(f"  {rows // part:>10,} {one:8.2f} s {min(r[0] for r in results):9.2f} s {max(r[2] for r in results):10.0f} MB")


def main(hotgrid, rows, folder):
    growth(hotgrid, rows, folder)
    compressed(hotgrid, rows, folder)
    peers(hotgrid, rows, folder)


if __name__ == "__main__" and sys.argv[1] == "--compare":
    compare(*sys.argv[2:])
elif __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3]))
