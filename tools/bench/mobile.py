"""Runs all programs on one synthetic file, checks that they agree, and prints seconds and ratios.

usage: mobile.py HOTGRID ROWS FOLDER BOUNDARIES

Every program gives count and mean per cell of 3 km and county. `file` is from CSV to CSV: for hotgrid the whole process,
for the peers without the start of Python and its imports. `memory` is without reading: for the peers from arrays, for
hotgrid its own clocks (projecting and locating, divided by the threads, plus grouping).
"""
import csv
import glob
import os
import pathlib
import re
import subprocess
import sys
import time

ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +ellps=GRS80 +units=m"
X0, SIDE = -3_000_000, 3000


def generate(path, rows):
    """Synthetic vehicles that wander over the region, a reading every 15 seconds, in order of time."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng(1711)
    fleet = 2000
    x, y = 112.8 + 6.6 * random.random(fleet), 34.6 + 6.2 * random.random(fleet)
    heading = 2 * np.pi * random.random(fleet)
    level = 30 + 90 * random.random(fleet)
    names = np.array([f"T{k:05d}" for k in range(fleet)])
    start = np.datetime64("2017-11-02T06:00:00")
    with open(path, "wb") as out:
        out.write(b"station_id,time,lon,lat,pm25\n")
        for step in range(-(-rows // fleet)):
            heading += random.normal(0, 0.3, fleet)
            metres = 200 * random.random(fleet)
            x += metres * np.sin(heading) / 88_000
            y += metres * np.cos(heading) / 111_000
            away = (x < 112.4) | (x > 119.8) | (y < 34.2) | (y > 41.2)
            heading[away] += np.pi
            count = min(fleet, rows - step * fleet)
            when = str(start + np.timedelta64(15 * step, "s"))
            frame = pl.DataFrame({
                "d": names[:count], "t": [when] * count, "x": x[:count].round(6), "y": y[:count].round(6),
                "v": (level[:count] * (0.8 + 0.4 * random.random(count))).round(1)})
            out.write(frame.write_csv(include_header=False).encode())


def cells(lon, lat):
    import numpy as np
    from pyproj import Proj

    x, y = Proj(ALBERS)(lon, lat)
    return np.floor((x - X0) / SIDE).astype("i4"), np.floor(y / SIDE).astype("i4")


def peer(name, source, boundaries, out):
    """One peer in a process of its own; prints the seconds of reading and of the rest."""
    import numpy as np
    import polars as pl
    import pyproj

    if name == "geopandas":
        import geopandas as gpd
    elif name == "duckdb":
        import duckdb
        import duckdb_extension_spatial
    else:
        import geopandas as gpd
        import pyarrow as pa
        import sedonadb
    begun = time.perf_counter()
    if name == "duckdb":
        connection = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": 2})
        folder = os.path.dirname(duckdb_extension_spatial.__file__)
        found = glob.glob(folder + "/extensions/*/spatial.duckdb_extension")[0]
        connection.execute(f"LOAD '{found}'")
        connection.execute(f"create temp table c as select code, geom from ST_Read('{boundaries}')")
        connection.execute(
            f"create temp table r as select row_number() over () as i, lon, lat, pm25 from read_csv('{source}', header=true, "
            "columns={'station_id':'VARCHAR','time':'VARCHAR','lon':'DOUBLE','lat':'DOUBLE','pm25':'DOUBLE'})")
        read = time.perf_counter()
        points = connection.execute("select lon, lat from r order by i").fetchnumpy()
        column, row = cells(points["lon"], points["lat"])
        connection.register("k", __import__("pyarrow").table({"i": np.arange(1, len(row) + 1), "col": column, "row": row}))
        connection.execute(
            "create temp table j as select i, min(code) as code from r join c on ST_Contains(c.geom, ST_Point(lon, lat)) "
            "group by i")
        connection.execute(
            f"copy (select col, row, coalesce(code, '') as county, count(*) as n, avg(pm25) as mean from r join k using (i) "
            f"left join j using (i) group by all order by row, col, county) to '{out}' (header)")
        print(read - begun, time.perf_counter() - read)
        return
    frame = pl.read_csv(source, columns=["lon", "lat", "pm25"])
    lon, lat, value = (frame[k].to_numpy() for k in ("lon", "lat", "pm25"))
    counties = gpd.read_file(boundaries)[["code", "geometry"]]
    read = time.perf_counter()
    column, row = cells(lon, lat)
    code = np.full(len(lon), "", dtype="U6")
    if name == "geopandas":
        points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=counties.crs)
        joined = gpd.sjoin(points, counties, predicate="within", how="inner").sort_values("code")
        joined = joined[~joined.index.duplicated()]
        code[joined.index.to_numpy()] = joined["code"].to_numpy()
    else:
        session = sedonadb.connect()
        session.create_data_frame(pa.table({"i": np.arange(len(lon)), "lon": lon, "lat": lat})).to_view("r0")
        session.create_data_frame(counties).to_view("c")
        joined = session.sql(
            "select r.i as i, c.code as code from (select i, ST_SetSRID(ST_Point(lon, lat), 4326) as p from r0) r "
            "join c on ST_Contains(c.geometry, r.p)").to_pandas()
        code[joined["i"].to_numpy()] = joined["code"].to_numpy()
    table = pl.DataFrame({"col": column, "row": row, "county": code, "v": value})
    table.group_by("row", "col", "county").agg(n=pl.len(), mean=pl.col("v").mean()).sort("row", "col", "county").write_csv(out)
    print(read - begun, time.perf_counter() - read)


def answers(path, ours):
    found = {}
    with open(path, newline="") as handle:
        for r in csv.DictReader(handle):
            if ours:
                _, column, row = r["cell"].split("-")
                found[int(column), int(row), r["county"]] = (int(r["count"]), float(r["value"]))
            else:
                found[int(r["col"]), int(r["row"]), r["county"]] = (int(r["n"]), float(r["mean"]))
    return found


def hotgrid(binary, source, out, threads):
    begun = time.perf_counter()
    run = subprocess.run(
        [binary, "map", "mobile", "--readings", source, "--period", "month", "--vote", "reading", "--no-filter",
         "--counties", "--threads", str(threads), "--out", out], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - begun
    locating = float(re.search(r"took ([\d.e-]+) s of all", run.stderr)[1])
    grouping = float(re.search(r", cells ([\d.e-]+) s", run.stderr)[1])
    return seconds, locating / threads + grouping


def compare(ours, theirs):
    """Largest difference of means and number of points that are somewhere else."""
    moved = sum(abs(ours.get(k, (0,))[0] - theirs.get(k, (0,))[0]) for k in ours.keys() | theirs.keys()) // 2
    worst = max((abs(ours[k][1] - theirs[k][1]) for k in ours.keys() & theirs.keys() if ours[k][0] == theirs[k][0]), default=0)
    return moved, worst


def main(binary, rows, folder, boundaries):
    boundaries = str(pathlib.Path(boundaries).resolve())
    best = {}
    for size in (rows // 16, rows // 4, rows):
        source = folder / f"synthetic-mobile-{size}.csv"
        if not source.exists():
            generate(source.with_suffix(".part"), size)
            source.with_suffix(".part").rename(source)
        print(f"{size:,} points, {source.stat().st_size / 1e6:.0f} MB, synthetic; 327 counties of {os.path.basename(boundaries)}")
        out = str(folder / "mobile-ours.csv")
        for threads in (2, 1):
            runs = [hotgrid(binary, str(source), out, threads) for _ in range(3)]
            best[threads] = (min(r[0] for r in runs), min(r[1] for r in runs))
            print(f"  hotgrid, {threads} thread{'s' * (threads > 1)}: file {best[threads][0]:.2f} s, memory {best[threads][1]:.2f} s")
        ours = answers(out, True)
        peers = {}
        for name in ("geopandas", "duckdb", "sedonadb"):
            theirs = str(folder / f"mobile-{name}.csv")
            times = []
            for _ in range(3 if size < rows else 2):
                run = subprocess.run([sys.executable, __file__, "--peer", name, str(source), boundaries, theirs],
                                     capture_output=True, text=True)
                if run.returncode:
                    print(f"  {name}: not run: {run.stderr.strip().splitlines()[-1][:150]}")
                    break
                read, rest = map(float, run.stdout.split())
                times.append((read + rest, rest))
            else:
                peers[name] = (min(t[0] for t in times), min(t[1] for t in times))
                moved, worst = compare(ours, answers(theirs, False))
                print(f"  {name}: file {peers[name][0]:.2f} s, memory {peers[name][1]:.2f} s; {moved} points elsewhere, "
                      f"largest difference of means {worst:.1e}")
        for place, what in ((0, "file"), (1, "memory")):
            name = min(peers, key=lambda n: peers[n][place])
            print(f"  ratio {what}: {peers[name][place] / max(0.01, best[2][place]):.1f} times {name}, "
                  f"{peers[name][place] / max(0.01, best[1][place]):.1f} on one thread")


if __name__ == "__main__":
    if sys.argv[1] == "--peer":
        peer(*sys.argv[2:])
    else:
        main(sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4])
