"""Writes fixtures/reference/local-statistics.json: what esda and libpysal say of one field, for the tests.

usage: local_statistics.py OUT      (needs esda, libpysal, numpy, scipy; values are made up from a fixed seed)

A field of 12 x 11 cells of 3 km with holes and an island, two variables, and four sets of weights: queen, rook, inverse
distance (side / distance, up to 7.5 km), and three nearest-in-list neighbours that are not mirrored. esda divides local
Moran's I by Σz²/(n - 1); the published formula (Anselin 1995, eq. 12) has n, and so has the file.
"""
import json
import sys
import warnings

import esda
import libpysal
import numpy as np
from libpysal.weights import W

warnings.filterwarnings("ignore")


def main(out):
    random = np.random.default_rng(20171123)
    cells = [(c, r) for r in range(11) for c in range(12) if random.random() > 0.12 and (c, r) != (10, 9)]
    cells = [(c, r) for c, r in cells if max(abs(c - 10), abs(r - 9)) > 1] + [(10, 9)]
    cells.sort(key=lambda cell: (cell[1], cell[0]))
    n = len(cells)
    column, row = np.array(cells).T
    x = (60 + 9 * np.sin(column / 2.5) * np.cos(row / 3) + random.normal(0, 5, n)).round(2)
    y = (20 + 0.4 * x + 6 * np.cos(column / 4) + random.normal(0, 4, n)).round(2)
    step = np.hypot(column[:, None] - column, row[:, None] - row)
    king = np.maximum(abs(column[:, None] - column), abs(row[:, None] - row))
    random_rows = np.zeros((n, n))
    for i in range(n):
        others = np.flatnonzero((king[i] <= 3) & (king[i] > 0))
        for j in random.choice(others, min(3, len(others)), replace=False):
            random_rows[i, j] = round(float(random.uniform(0.2, 2)), 3)
    matrices = {
        "queen": (king == 1) * 1.0,
        "rook": (step == 1) * 1.0,
        "inverse:7500": np.where((step > 0) & (step * 3000 <= 7500), 1 / np.where(step > 0, step, 1), 0),
        "list": random_rows,
    }
    result = {
        "versions": {m.__name__: m.__version__ for m in (esda, libpysal, np)},
        "cells": [[int(c), int(r)] for c, r in cells], "x": x.tolist(), "y": y.tolist(), "cases": {},
    }
    none = lambda values, islands: [None if k in islands else float(v) for k, v in enumerate(values)]
    for name, matrix in matrices.items():
        rows = {i: {int(j): float(matrix[i, j]) for j in np.flatnonzero(matrix[i])} for i in range(n)}
        weights = lambda: W({i: list(r) for i, r in rows.items()}, {i: list(r.values()) for i, r in rows.items()}, id_order=list(range(n)), silence_warnings=True)
        islands = {i for i in range(n) if not rows[i]}
        # esda's transform B would turn weights into ones: the diagonal is filled and the weights kept as they are.
        g = g_local(x, matrix, False)
        star = g_local(x, matrix, True)
        if name in ("queen", "rook"):
            assert np.allclose(g[~np.isnan(g)], esda.G_Local(x, weights(), transform="B", star=False, permutations=0).Zs[~np.isnan(g)])
            assert np.allclose(
                np.delete(star, list(islands)),
                np.delete(esda.G_Local(x, weights(), transform="B", star=True, permutations=0).Zs, list(islands)))
        moran = esda.Moran_Local(x, weights(), transformation="r", permutations=9999, seed=7)
        both = esda.Moran_Local_BV(x, y, weights(), transformation="r", permutations=9999, seed=7)
        c = esda.Geary_Local(connectivity=weights(), permutations=0, drop_islands=False).fit(x).localG
        total = esda.Moran(x, weights(), transformation="r", permutations=0)
        ratio = esda.Geary(x, weights(), transformation="r", permutations=0)
        result["cases"][name] = {
            "rows": [[[j, w] for j, w in rows[i].items()] for i in range(n)],
            "g": none(g, islands), "star": none(star, islands),
            "moran": none(moran.Is * n / (n - 1), islands), "quadrant": [int(q) for q in moran.q],
            "moran_p_folded": none(moran.p_sim, islands),
            "bivariate": none(both.Is * n / (n - 1), islands), "bivariate_quadrant": [int(q) for q in both.q],
            "bivariate_p_folded": none(both.p_sim, islands),
            "geary": none(c, islands),
            "global_moran": [total.I, total.EI, total.VI_rand, total.z_rand],
            "global_geary": [ratio.C, ratio.EC, ratio.VC_rand, ratio.z_rand],
        }
    with open(out, "w", encoding="utf-8") as file:
        json.dump(result, file, separators=(",", ":"))
        file.write("\n")


def g_local(x, matrix, star):
    """Gi and Gi* of Ord & Getis (1995), eq. 14, with weights as they are; esda agrees where every weight is 1."""
    n = len(x)
    w = matrix + np.eye(n) if star else matrix
    result = np.full(n, np.nan)
    for i in range(n):
        keep = np.ones(n, bool) if star else np.arange(n) != i
        m, v, row = keep.sum(), x[keep], w[i][keep]
        if not matrix[i].any():
            continue
        spread = np.sqrt((v**2).mean() - v.mean() ** 2) * np.sqrt((m * (row**2).sum() - row.sum() ** 2) / (m - 1))
        result[i] = (row @ v - row.sum() * v.mean()) / spread
    return result


if __name__ == "__main__":
    main(sys.argv[1])
