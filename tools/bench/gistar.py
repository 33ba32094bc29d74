"""Makes the cells of the Gi* benchmark and times esda on them; called by tools/bench/gistar."""
import csv
import math
import re
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


def steps(path):
    """Milliseconds that hotgrid says it took to detect (lattice, Gi*, p and bins)."""
    return float(re.search(r"detected ([0-9.]+) ms", open(path, encoding="utf-8").read())[1])


def compare(folder, permutations):
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
    ours = min(steps(f"{folder}/analytic-{k}.txt") for k in range(1, 6))
    ours_permuted = min(steps(f"{folder}/permuted-{k}.txt") for k in range(1, 6))
    print(f"{'':34}{'hotgrid':>10}{'esda':>12}{'ratio':>9}   (ms, best of 5)")
    print(f"{'analytic, weights made':34}{ours:10.2f}{weight_ms + analytic_ms:12.1f}{(weight_ms + analytic_ms) / ours:8.0f}x")
    print(f"{'analytic, esda with weights ready':34}{ours:10.2f}{analytic_ms:12.1f}{analytic_ms / ours:8.0f}x")
    print(f"{f'{permutations} permutations':34}{ours_permuted:10.2f}{permuted_ms:12.1f}{permuted_ms / ours_permuted:8.0f}x")


if __name__ == "__main__":
    if sys.argv[1] == "generate":
        generate(int(sys.argv[2]), sys.argv[3])
    else:
        compare(sys.argv[2], int(sys.argv[3]))
