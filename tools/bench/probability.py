"""P(hot) by simulation and ring medians: hotgrid against numpy and scipy, in turns; called by tools/bench/probability."""
import csv
import math
import os
import re
import statistics
import subprocess
import sys
import time

import numpy as np
import scipy.fft
from scipy.ndimage import convolve, percentile_filter
from scipy.special import erfc

RANGE_METRES = 15_000
SIDE = 3_000


def generate(count, path):
    """An irregular region with holes, a smooth field with noise and a variance for each cell. Synthetic."""
    rng = np.random.default_rng(20171122)
    side = int(math.sqrt(count) * 2.2)
    row, col = np.mgrid[0:side, 0:side]
    dx, dy = col - side / 2, row - side / 2
    angle = np.arctan2(dy, dx)
    distance = np.hypot(dx, dy) / (1 + 0.25 * np.sin(3 * angle) + 0.12 * np.cos(7 * angle))
    distance[rng.random(distance.shape) < 0.02] = np.inf
    order = np.lexsort((col.ravel(), row.ravel(), distance.ravel()))[:count]
    c, r = col.ravel()[order], row.ravel()[order]
    value = 80 + 30 * np.sin(c / 23) * np.cos(r / 31) + rng.normal(0, 12, count)
    variance = rng.uniform(4, 60, count)
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write("cell,period,value,variance,count,coverage\n")
        for i in np.lexsort((c, r)):
            file.write(f"3000-{c[i] + 1100}-{r[i] + 1200},,{float(value[i])!r},{float(variance[i])!r},,1\n")


class Field:
    """The cells of a file in a window with room around them."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        places = np.array([[int(part) for part in row["cell"].split("-")[1:]] for row in rows])
        self.room = 16
        self.c = places[:, 0] - places[:, 0].min() + self.room
        self.r = places[:, 1] - places[:, 1].min() + self.room
        self.shape = (self.r.max() + 1 + self.room, self.c.max() + 1 + self.room)
        self.value = np.array([float(row["value"]) for row in rows])
        self.deviation = np.sqrt([float(row["variance"]) for row in rows])
        self.present = self.window(np.ones(len(rows)), 0.0)
        self.queen = np.ones((3, 3))
        self.w = convolve(self.present, self.queen, mode="constant")[self.r, self.c]

    def window(self, values, empty):
        whole = np.full(self.shape, empty)
        whole[self.r, self.c] = values
        return whole

    def hot(self, values):
        """Cells of bin 2 and more by Gi*, two-sided p and Benjamini-Hochberg at 5 %."""
        n, mean, deviation = len(values), values.mean(), values.std()
        # Queen sums as two passes of three, which is what a careful user writes.
        whole = self.window(values, 0.0)
        whole[1:-1] = whole[:-2] + whole[1:-1] + whole[2:]
        sums = (whole[:, :-2] + whole[:, 1:-1] + whole[:, 2:])[self.r, self.c - 1]
        z = (sums - self.w * mean) / (deviation * np.sqrt((n * self.w - self.w**2) / (n - 1)))
        z[self.w == 1] = np.nan
        known = ~np.isnan(z)
        p = erfc(np.abs(z[known]) / math.sqrt(2))
        ordered = np.sort(p)
        passed = np.flatnonzero(ordered <= 0.05 * np.arange(1, len(p) + 1) / len(p))
        hot = np.zeros(n, bool)
        if len(passed):
            hot[known] = (p <= ordered[passed[-1]]) & (z[known] > 0)
        return hot


def simulate(field, count):
    """Share of fields in which a cell is hot: circulant embedding as hotgrid does, on the same size of torus."""
    rng = np.random.default_rng(1)
    steps = RANGE_METRES / SIDE
    width, height = field.c.max() - field.c.min() + 1, field.r.max() - field.r.min() + 1
    padding = min(max(width, height), math.ceil(steps) + 1)
    # scipy's transform likes these lengths; a power of two would be larger.
    along, across = (scipy.fft.next_fast_len(int(extent + padding)) for extent in (height, width))
    y = np.minimum(np.arange(along), along - np.arange(along))[:, None]
    x = np.minimum(np.arange(across), across - np.arange(across))[None, :]
    eigen = scipy.fft.fft2(np.exp(-3 * np.hypot(x, y) / steps)).real
    roots = np.sqrt(np.maximum(0, eigen) / (along * across))
    place = (field.r - field.r.min(), field.c - field.c.min())
    hits = np.zeros(len(field.value))
    for _ in range(count // 2):
        noise = rng.standard_normal((along, across)) + 1j * rng.standard_normal((along, across))
        made = scipy.fft.fft2(roots * noise, workers=2, overwrite_x=True)
        for part in (made.real, made.imag):
            hits += field.hot(field.value + field.deviation * part[place])
    return hits / count


def alarms(field):
    """Robust z of each cell against the median and spread of the eight around it, at least four of them known."""
    whole = field.window(field.value, np.nan)
    ring = np.stack(
        [whole[field.r + dy, field.c + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dx or dy])
    middle = np.nanmedian(ring, axis=0)
    spread = 1.4826 * np.nanmedian(np.abs(ring - middle), axis=0)
    z = (field.value - middle) / np.sqrt(field.deviation**2 + spread**2 + 25)
    known = (~np.isnan(ring)).sum(axis=0) >= 4
    return known & (field.value >= 1.2 * middle) & (z >= 3)


def background(field):
    """Median of the ring of 3 to 15 steps: scipy knows no missing cells, so that they are filled first, here by the mean."""
    y, x = np.mgrid[-15:16, -15:16]
    square = x * x + y * y
    footprint = (square > 4) & (square <= 225)
    whole = field.window(field.value, field.value.mean())
    return percentile_filter(whole, 50, footprint=footprint)[field.r, field.c]


def clock(work):
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1000, result


def run(command):
    """Milliseconds of the process, and those it says it spent thinking."""
    took, done = clock(lambda: subprocess.run(command, check=True, capture_output=True, text=True))
    found = re.search(r"detected ([0-9.]+) ms", done.stderr)
    return took, float(found[1]) if found else math.nan


def column(path, name):
    with open(path, encoding="utf-8") as file:
        return [row[name] for row in csv.DictReader(file)]


def race(name, runs, ours, theirs):
    """Both in turns; the ratios are those of the pairs."""
    pairs = [(ours(), theirs()) for _ in range(runs)]
    ratios = [b / a for a, b in pairs]
    a, b = ([pair[k] for pair in pairs] for k in (0, 1))
    print(
        f"{name:44}{min(a):10.1f}{max(a):10.1f}{min(b):12.1f}{max(b):10.1f}"
        f"{min(ratios):9.1f}{statistics.median(ratios):8.1f}{max(ratios):8.1f}")


def main(program, folder, cells, fields, runs):
    path = f"{folder}/cells.csv"
    generate(cells, path)
    field = Field(path)
    hot = [
        program, "detect", "probability", "--quiet", "--from", "field", "--error-range", str(RANGE_METRES), "--cells", path,
        "--simulations", str(fields), "--seed", "1", "--out", f"{folder}/p.csv"]
    alarm = [program, "detect", "alarm", "--cells", path, "--out", f"{folder}/alarm.csv"]
    residual = [
        program, "detect", "gi-star", "--field", "residual", "--cells", path, "--out", f"{folder}/residual.csv"]
    results = {}

    def peer(name, work):
        took, results[name] = clock(work)
        return took

    print(f"{cells} cells, {fields} fields, {os.cpu_count()} processors, milliseconds, {runs} pairs")
    print(f"{'':44}{'hotgrid':>10}{'to':>10}{'numpy':>12}{'to':>10}{'ratio':>9}{'median':>8}{'most':>8}")
    race("P(hot), file to file / in memory", runs, lambda: run(hot)[0], lambda: peer("hot", lambda: simulate(field, fields)))
    race("alarm, median and spread of 8 cells", runs, lambda: run(alarm)[1], lambda: peer("alarm", lambda: alarms(field)))
    race(
        "background of 15 steps and Gi* / background", runs, lambda: run(residual)[1],
        lambda: peer("background", lambda: background(field)))

    ours = np.array([float(share) for share in column(f"{folder}/p.csv", "p_hot")])
    expected = np.sqrt(2 * np.mean(results["hot"] * (1 - results["hot"])) / fields)
    off = np.sqrt(np.mean((ours - results["hot"]) ** 2))
    print(f"P(hot): root mean square difference {off:.4f}, by chance {expected:.4f}")
    raised = np.array([name == "alarm" for name in column(f"{folder}/alarm.csv", "class")])
    print(f"alarms: {raised.sum()}, of which numpy has {(raised & results['alarm']).sum()} and {results['alarm'].sum()} in all")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
