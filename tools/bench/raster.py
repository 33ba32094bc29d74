"""Runs hotgrid and its peers on synthetic rasters and swaths, checks that they agree, and prints seconds and ratios.

usage: raster.py HOTGRID FOLDER "1 4 16"

hotgrid is timed as a whole process from file to cells file; the peers without the start of Python, imports, reading and
writing, from arrays to arrays. GEOS areas (shapely) are the truth that coverage is compared with.
"""
import csv
import pathlib
import subprocess
import sys
import time

import numpy as np
import shapely
from pyproj import Proj

ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=0 +y_0=0 +ellps=GRS80 +units=m"
X0, SIDE = -3_000_000.0, 3000.0


def envi(path, values, west, north, step, projection):
    """A raw raster with a text header that GDAL reads."""
    values.astype("<f4").tofile(path)
    rows, columns = values.shape
    header = path.with_suffix(".hdr")
    header.write_text(
        f"ENVI\nsamples = {columns}\nlines = {rows}\nbands = 1\nheader offset = 0\nfile type = ENVI Standard\n"
        f"data type = 4\ninterleave = bsq\nbyte order = 0\n"
        f"map info = {{{projection}, 1, 1, {west!r}, {north!r}, {step!r}, {step!r}, WGS-84}}\n")


def field(shape, seed):
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:1:shape[0] * 1j, 0:1:shape[1] * 1j]
    return (60 + 30 * np.sin(9 * x) * np.cos(7 * y) + 5 * random.random(shape)).astype("f4")


# A child's peak memory begins with its parent's: the program is started by a small process, not by this one.
START = """
import os, sys, time
begun = time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(process, 0)
print(time.perf_counter() - begun, usage.ru_maxrss / 1024)
sys.exit(1 if status else 0)
"""


def hotgrid(binary, arguments, out):
    """Best of three seconds with two threads and with one, and the peak memory in MB."""
    times = {}
    for threads in (2, 1):
        for _ in range(3):
            run = subprocess.run(
                [sys.executable, "-c", START, binary, "map", *arguments, "--quiet", "--threads", str(threads), "--out", out],
                capture_output=True, text=True)
            if run.returncode:
                sys.exit(f"hotgrid failed: {run.stderr}")
            seconds, memory = map(float, run.stdout.split())
            times.setdefault(threads, []).append(seconds)
    with open(out, newline="") as handle:
        rows = list(csv.DictReader(handle))
    cells = np.array([[int(k) for k in r["cell"].split("-")[1:]] for r in rows])
    value = np.array([float(r["value"]) for r in rows])
    coverage = np.array([float(r["coverage"]) for r in rows])
    return min(times[2]), min(times[1]), memory, cells, value, coverage


def squares(cells):
    x, y = X0 + SIDE * cells[:, 0], SIDE * cells[:, 1]
    return shapely.box(x, y, x + SIDE, y + SIDE)


def corners(x, y):
    """Nodes to four corners per pixel, round it."""
    around = lambda a: np.stack([a[:-1, :-1], a[:-1, 1:], a[1:, 1:], a[1:, :-1]], -1).reshape(-1, 4)
    return np.stack([around(x), around(y)], -1)


def overlay(quads, values, cells):
    """Area and mean per cell by an R-tree and GEOS intersections."""
    begun = time.perf_counter()
    pixels = shapely.polygons(quads)
    boxes = squares(cells)
    tree = shapely.STRtree(pixels)
    cell, pixel = tree.query(boxes, predicate="intersects")
    area = shapely.area(shapely.intersection(boxes[cell], pixels[pixel]))
    total = np.bincount(cell, area, len(cells))
    mean = np.bincount(cell, area * values[pixel], len(cells)) / total
    return time.perf_counter() - begun, total, mean, float((shapely.area(pixels) * values).sum())


def agree(cells, value, coverage, total, mean, mass):
    worst = np.abs(coverage - np.minimum(1, total / SIDE**2)).max()
    off = np.abs(value - mean)[total > 1e-6 * SIDE**2].max()
    ours = float((value * coverage).sum() * SIDE**2)
    return f"coverage within {worst:.1e} of a cell, means within {off:.1e}, mass kept to {abs(ours / mass - 1):.1e}"


def extract(values, west, north, step, cells, operation, to_degrees):
    import exactextract
    import geopandas as gpd
    from exactextract.raster import NumPyRasterSource

    boxes = squares(cells)
    if to_degrees:
        boxes = shapely.transform(boxes, lambda c: np.column_stack(Proj(ALBERS)(c[:, 0], c[:, 1], inverse=True)))
    features = gpd.GeoDataFrame({"id": np.arange(len(cells))}, geometry=boxes, crs="EPSG:4326")
    rows, columns = values.shape
    source = NumPyRasterSource(
        values.astype("f8"), xmin=west, xmax=west + columns * step, ymin=north - rows * step, ymax=north, nodata=np.nan)
    begun = time.perf_counter()
    found = exactextract.exact_extract(source, features, [operation], output="pandas")
    return time.perf_counter() - begun, found.iloc[:, -1].to_numpy(float)


def raster(binary, folder, times):
    fine = int(round(times**0.5))
    shape, step = (830 * fine, 740 * fine), 0.01 / fine
    path = folder / f"synthetic-degrees-{times}.img"
    values = field(shape, 1)
    envi(path, values, 112.7, 42.7, step, "Geographic Lat/Lon")
    two, one, memory, cells, value, coverage = hotgrid(
        binary, ["raster", "--raster", str(path), "--crs", "wgs84"], str(folder / "raster-ours.csv"))
    print(f"raster in degrees, {values.size:,} pixels to {len(cells):,} cells: hotgrid {two:.2f} s, one thread {one:.2f} s, "
          f"{memory:.0f} MB")
    seconds, found = extract(values, 112.7, 42.7, step, cells, "mean(coverage_weight=area_spherical_m2)", True)
    inner = coverage > 1 - 1e-9
    print(f"  exactextract {seconds:.2f} s: {seconds / two:.1f} times, {seconds / one:.1f} on one thread; its means differ by up "
          f"to {np.nanmax(np.abs(found - value)[inner]):.1e} (chords of cells and spherical weights in degrees)")
    if times == 1:
        lon, lat = np.meshgrid(112.7 + step * np.arange(shape[1] + 1), 42.7 - step * np.arange(shape[0] + 1))
        x, y = Proj(ALBERS)(lon, lat)
        seconds, total, mean, mass = overlay(corners(x, y), values.ravel().astype("f8"), cells)
        print(f"  GEOS {seconds:.2f} s: {agree(cells, value, coverage, total, mean, mass)}")


def plane(binary, folder, times):
    fine = int(round(times**0.5))
    step = 1100.0 / fine
    shape = (700 * fine, 560 * fine)
    path = folder / f"synthetic-plane-{times}.img"
    values = field(shape, 2)
    west, north = 650_123.0, 4_600_456.0
    envi(path, values, west, north, step, "Arbitrary")
    two, one, memory, cells, value, coverage = hotgrid(
        binary, ["raster", "--raster", str(path), "--crs", ALBERS], str(folder / "plane-ours.csv"))
    seconds, found = extract(values, west, north, step, cells, "mean", False)
    print(f"raster in the grid's plane, {values.size:,} pixels to {len(cells):,} cells: hotgrid {two:.2f} s, one thread "
          f"{one:.2f} s, {memory:.0f} MB")
    print(f"  exactextract {seconds:.2f} s: {seconds / two:.1f} times, {seconds / one:.1f} on one thread; means within "
          f"{np.nanmax(np.abs(found - value)[coverage > 1e-6]):.1e}")


def swath(binary, folder, times):
    fine = times**0.5
    across, along = int(110 * fine), int(182 * fine)
    u = np.arange(across + 1) - across / 2
    e = 5500 / fine * u * (1 + 0.35 * (u / (across / 2)) ** 2)
    v = (np.arange(along + 1) - along / 2) * 3500 / fine
    cx, cy = Proj(ALBERS)(116.4, 37.8)
    turn = np.deg2rad(12)
    x = cx + e[None, :] * np.cos(turn) - v[:, None] * np.sin(turn)
    y = cy + e[None, :] * np.sin(turn) + v[:, None] * np.cos(turn)
    lon, lat = Proj(ALBERS)(x, y, inverse=True)
    degrees = corners(lon.round(7), lat.round(7))
    values = field((along, across), 3).ravel().astype("f8").round(3)
    path = folder / f"synthetic-swath-{times}.csv"
    with open(path, "w") as out:
        out.write("lon1,lat1,lon2,lat2,lon3,lat3,lon4,lat4,value,quality\n")
        for quad, value in zip(degrees.reshape(-1, 8), values):
            out.write(",".join(f"{k:.7f}" for k in quad) + f",{value:.3f},1\n")
    two, one, memory, cells, value, coverage = hotgrid(
        binary, ["swath", "--swath", str(path)], str(folder / "swath-ours.csv"))
    px, py = Proj(ALBERS)(degrees[..., 0], degrees[..., 1])
    seconds, total, mean, mass = overlay(np.stack([px, py], -1), values, cells)
    print(f"swath, {len(values):,} pixels to {len(cells):,} cells: hotgrid {two:.2f} s, one thread {one:.2f} s, {memory:.0f} MB")
    print(f"  shapely {seconds:.2f} s: {seconds / two:.1f} times, {seconds / one:.1f} on one thread; "
          f"{agree(cells, value, coverage, total, mean, mass)}")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[2])
    for times in map(int, sys.argv[3].split()):
        print(f"-- {times}x, all input synthetic")
        for part in (raster, plane, swath):
            part(sys.argv[1], folder, times)
