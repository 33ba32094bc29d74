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


PEER = """
import sys, numpy as np, duckdb, pyproj
con = duckdb.connect(config={"threads": 2})
src, out = sys.argv[1:3]
con.execute(f"create temp table r as select lon,lat,substr(time,1,13) as hour, try_cast(pm25 as double) as v from "
  f"read_csv('{src}', header=true, columns={{'station_id':'VARCHAR','time':'VARCHAR','lon':'DOUBLE','lat':'DOUBLE','pm25':'VARCHAR'}}) "
  "where try_cast(pm25 as double) between 0 and 1000")
u = con.execute("select distinct lon,lat from r").fetchnumpy()
x, y = pyproj.Proj(sys.argv[3])(u["lon"], u["lat"])
st = {"lon": u["lon"], "lat": u["lat"], "col": np.floor((x + 3000000) / 3000).astype(np.int32), "row": np.floor(y / 3000).astype(np.int32)}
con.execute("create temp table st(lon double, lat double, col int, row int)")
import pandas
con.register("df", pandas.DataFrame(st)); con.execute("insert into st select * from df")
con.execute(f"copy (select '3000-' || col || '-' || row as cell, hour as period, {sys.argv[4]}(v) as value, count(*) as count "
  f"from r join st using(lon,lat) group by hour, col, row order by hour, row, col) to '{out}' (header)")
"""


def run(command):
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed: {process.stderr.read().decode()[-2000:]}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def rows_of(path):
    with open(path, newline="") as handle:
        return {(r["cell"], r["period"]): (float(r["value"]), int(r["count"])) for r in csv.DictReader(handle)}


def main(hotgrid, rows, folder):
    source = folder / f"synthetic-micro-{rows}.csv"
    if not source.exists():
        generate(source.with_suffix(".part"), rows)
        source.with_suffix(".part").rename(source)
    print(f"{rows:,} rows, {source.stat().st_size / 1e6:.0f} MB, synthetic; 2 threads each")
    for statistic, name in (("mean", "avg"), ("median", "median")):
        ours = [hotgrid, "map", "points", "--readings", str(source), "--value", "pm25", "--period", "hour", "--statistic",
                statistic, "--quality", "--quiet", "--threads", "2", "--out", str(folder / "ours.csv")]
        theirs = [sys.executable, "-c", PEER, str(source), str(folder / "theirs.csv"), ALBERS, name]
        times = {"hotgrid": [], "duckdb": []}
        memory = {}
        for _ in range(3):
            for label, command in (("hotgrid", ours), ("duckdb", theirs)):
                seconds, peak = run(command)
                times[label].append(seconds)
                memory[label] = max(memory.get(label, 0), peak)
        a, b = rows_of(folder / "ours.csv"), rows_of(folder / "theirs.csv")
        assert a.keys() == b.keys(), (len(a), len(b))
        worst = max(abs(a[k][0] - b[k][0]) for k in a)
        assert all(a[k][1] == b[k][1] for k in a) and worst < 1e-9, worst
        best = {label: min(values) for label, values in times.items()}
        for label in times:
            print(f"{statistic:6} {label:8} {best[label]:6.2f} s best of 3  {rows / best[label] / 1e6:5.1f} M rows/s  "
                  f"{memory[label]:6.0f} MB")
        print(f"{statistic:6} ratio    {best['duckdb'] / best['hotgrid']:.2f} times DuckDB; {len(a):,} cell-hours equal, "
              f"largest difference {worst:.1e}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3]))
