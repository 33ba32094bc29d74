"""Makes the cells of the Gi* benchmark and times esda on them; called by tools/bench/gistar."""
import csv
import math
import os
import pathlib
import re
import resource
import subprocess
import sys
import time

import numpy as np


def generate(count, path):
    """An irregular region: the cells nearest to a wavy disc, with holes; a smooth field with noise. Synthetic."""
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
    with open(path, "w", newline="") as file:
        file.write("cell,period,value,variance,count,coverage\n")
        for i in np.lexsort((c, r)):
            file.write(f"3000-{c[i] + 1100}-{r[i] + 1200},,{float(value[i])!r},,1,\n")


def times(folder, kind):
    """Milliseconds of detecting, best of all runs, with those of reading and writing of the same run."""
    found = []
    for path in pathlib.Path(folder).glob(f"{kind}-*.txt"):
        text = path.read_text(encoding="utf-8")
        found.append([float(re.search(word + r" ([0-9.]+) ms", text)[1]) for word in ("detected", "read", "wrote")])
    return min(found)


def memory(program, folder):
    """Largest memory of one analytic run."""
    command = [program, "detect", "gi-star", "--cells", f"{folder}/cells.csv", "--out", f"{folder}/memory.csv"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    cells = sum(1 for _ in open(f"{folder}/cells.csv", encoding="utf-8")) - 1
    print(f"{cells} cells: largest memory {largest / 2**20:.0f} MB, {largest / cells:.0f} bytes a cell with the program and the file")


def compare(folder, permutations):
    for kind in ("analytic", "permuted"):
        detected, read, wrote = times(folder, kind)
        print(f"hotgrid {kind}: detected {detected:.2f} ms, read {read:.1f} ms, wrote {wrote:.1f} ms")
    if os.environ.get("PEER") != "no":
        race(folder, permutations)


def race(folder, permutations):
    import scipy.sparse as sparse
    from esda import G_Local
    from libpysal.weights import WSP

    rows = list(csv.DictReader(open(f"{folder}/hot.csv", encoding="utf-8")))
    col = np.array([int(row["cell"].split("-")[1]) for row in rows])
    row_ = np.array([int(row["cell"].split("-")[2]) for row in rows])
    x = np.array([float(row["value"]) for row in rows])
    z = np.array([float(row["z"]) if row["z"] else math.nan for row in rows])

    def clock(work):
        best, result = math.inf, None
        for _ in range(5):
            start = time.perf_counter()
            result = work()
            best = min(best, time.perf_counter() - start)
        return best * 1000, result

    def weights():
        slot = np.full((row_.max() + 3, col.max() + 3), -1)
        slot[row_ + 1, col + 1] = np.arange(len(x))
        pairs = [(slot[row_ + 1 + dy, col + 1 + dx]) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dx or dy]
        i = np.concatenate([np.flatnonzero(p >= 0) for p in pairs])
        j = np.concatenate([p[p >= 0] for p in pairs])
        matrix = sparse.csr_array((np.ones(len(i)), (i, j)), shape=(len(x), len(x)))
        return WSP(sparse.csr_matrix(matrix)).to_W(silence_warnings=True)

    start = time.perf_counter()
    w = weights()
    weight_ms = (time.perf_counter() - start) * 1000
    analytic_ms, g = clock(lambda: G_Local(x, w, transform="B", star=True, permutations=0))
    G_Local(x, w, transform="B", star=True, permutations=9, seed=1)  # compiles numba code outside the clock
    start = time.perf_counter()
    G_Local(x, w, transform="B", star=True, permutations=permutations, seed=1, keep_simulations=False)
    permuted_ms = (time.perf_counter() - start) * 1000

    known = ~np.isnan(z)
    print(f"cells {len(x)}, largest |z - z of esda| {np.abs(z[known] - g.Zs[known]).max():.2e}")
    ours = times(folder, "analytic")[0]
    ours_permuted = times(folder, "permuted")[0]
    print(f"{'':34}{'hotgrid':>10}{'esda':>12}{'ratio':>9}   (ms, best of all runs)")
    print(f"{'analytic, weights made':34}{ours:10.2f}{weight_ms + analytic_ms:12.1f}{(weight_ms + analytic_ms) / ours:8.0f}x")
    print(f"{'analytic, esda with weights ready':34}{ours:10.2f}{analytic_ms:12.1f}{analytic_ms / ours:8.0f}x")
    print(f"{f'{permutations} permutations':34}{ours_permuted:10.2f}{permuted_ms:12.1f}{permuted_ms / ours_permuted:8.0f}x")


if __name__ == "__main__":
    if sys.argv[1] == "generate":
        generate(int(sys.argv[2]), sys.argv[3])
    elif sys.argv[1] == "memory":
        memory(sys.argv[2], sys.argv[3])
    else:
        compare(sys.argv[2], int(sys.argv[3]))
