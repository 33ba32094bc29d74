"""Times hotgrid's region build and shapely's, and compares every share; called by tools/bench/region."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import time

import numpy as np
import pyproj
import shapely

CRS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +ellps=GRS80 +units=m"
ORIGIN_X, ORIGIN_Y = -3_000_000, 0
RUNS = 5


def locate(binary, boundaries, cache, size):
    """Seconds and MB of one `hotgrid locate`, which builds the region unless the cache holds it."""
    environment = dict(os.environ, HOTGRID_CACHE=str(cache), HOTGRID_BOUNDARIES=boundaries)
    command = [binary, "locate", "--lon", "116.391", "--lat", "39.907", "--level", str(size)]
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"hotgrid locate failed with status {os.waitstatus_to_exitcode(status)}")
    return seconds, usage.ru_maxrss / 1024


def decode(path):
    """A kept region as {(column, row, county code): share}, and its number of cells."""
    data = path.read_bytes()
    at = 8

    def take(form):
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    def text():
        nonlocal at
        (length,) = take("I")
        at += length
        return data[at - length : at].decode()

    def array(kind, count):
        nonlocal at
        values = np.frombuffer(data, kind, count, at)
        at += values.nbytes
        return values

    assert data[:8] == b"HGREGION" and take("I") == (1,), "another layout"
    text()
    take("ddi")
    counties, cells, shares = take("III")
    codes = [[text() for _ in range(5)][0] for _ in range(counties)]
    columns, rows = array("<i4", cells), array("<i4", cells)
    starts, county, share = array("<i4", cells + 1), array("<i4", shares), array("<f8", shares)
    slot = np.repeat(np.arange(cells), np.diff(starts))
    found = {
        (int(c), int(r), codes[k]): float(s) for c, r, k, s in zip(columns[slot], rows[slot], county, share)
    }
    return found, cells


def by_shapely(boundaries, size):
    """The same shares by shapely: whole cells by a prepared county, cut cells by intersection."""
    projection = pyproj.Proj(CRS)
    found = {}
    for feature in json.loads(pathlib.Path(boundaries).read_text(encoding="utf-8"))["features"]:
        county = shapely.geometry.shape(feature["geometry"])
        county = shapely.transform(county, lambda xy: np.column_stack(projection(xy[:, 0], xy[:, 1])))
        if not county.is_valid:
            county = shapely.make_valid(county, method="structure")
        shapely.prepare(county)
        low_x, low_y, high_x, high_y = county.bounds
        columns = np.arange((low_x - ORIGIN_X) // size, (high_x - ORIGIN_X) // size + 1)
        rows = np.arange((low_y - ORIGIN_Y) // size, (high_y - ORIGIN_Y) // size + 1)
        column, row = (a.ravel() for a in np.meshgrid(columns, rows))
        x, y = ORIGIN_X + column * size, ORIGIN_Y + row * size
        boxes = shapely.box(x, y, x + size, y + size)
        touched = shapely.intersects(county, boxes)
        column, row, boxes = column[touched], row[touched], boxes[touched]
        share = np.ones(len(boxes))
        cut = ~shapely.contains(county, boxes)
        share[cut] = shapely.area(shapely.intersection(county, boxes[cut])) / (size * size)
        code = feature["properties"]["code"]
        for c, r, s in zip(column, row, share):
            if s > 1e-9:
                found[int(c), int(r), code] = float(s)
    return found


def main(binary, boundaries, folder, size):
    cache = pathlib.Path(folder).resolve() / f"cache-{size}"
    built, kept = [], []
    for _ in range(RUNS):
        shutil.rmtree(cache, ignore_errors=True)
        built.append(locate(binary, boundaries, cache, size))
        kept.append(locate(binary, boundaries, cache, size))
    ours, cells = decode(next((cache / "regions").glob("*.region")))
    start = time.perf_counter()
    theirs = by_shapely(boundaries, size)
    shapely_seconds = time.perf_counter() - start
    difference = max(abs(ours.get(key, 0) - theirs.get(key, 0)) for key in ours.keys() | theirs.keys())
    best, worst = min(built), max(built)
    print(f"{size} m: {cells} cells, {len(ours)} shares; largest difference from shapely {difference:.1e} of a cell")
    print(f"  hotgrid, whole command, built  {best[0]:7.2f} s (slowest of {RUNS}: {worst[0]:.2f} s), {max(m for _, m in built):.0f} MB")
    print(f"  hotgrid, whole command, kept   {min(kept)[0]:7.2f} s, {max(m for _, m in kept):.0f} MB")
    print(f"  shapely {shapely.__version__}, one thread       {shapely_seconds:7.2f} s ({shapely_seconds / best[0]:.0f}x)")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
