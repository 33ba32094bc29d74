#!/usr/bin/env python3
"""Reference values for the register, complaint and capture-recapture tests, from programs outside this one.

pyproj (GeographicLib) for bearings, SciPy for incomplete gamma functions and normal probabilities, statsmodels for
log-linear models. Prints one JSON object: tools/reference/evidence.py > fixtures/reference/evidence.json
"""
import json

import numpy as np
import pyproj
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import special, stats


def bearings():
    geod = pyproj.Geod(ellps="WGS84")
    rows = []
    for (a, b) in [((116.391, 39.907), (116.43, 39.95)), ((113.63, 34.75), (113.60, 34.74)),
                   ((118.18, 39.63), (118.18, 39.60)), ((114.5, 38.04), (114.9, 38.04)), ((117.2, 39.1), (116.2, 38.9))]:
        azimuth, _, distance = geod.inv(*a, *b)
        rows.append({"from": a, "to": b, "bearing": azimuth % 360, "distance": distance})
    return rows


def gamma_tails():
    return [{"a": a, "x": x, "lower": special.gammainc(a, x)}
            for a, x in [(0.3, 0.01), (1, 0.5), (2.5, 2.5), (3, 0.014), (7.25, 12), (40, 30), (0.7, 5), (3, 1e-4)]]


def gamma_quantiles():
    return [{"p": p, "shape": k, "rate": r, "value": stats.gamma.ppf(p, k, scale=1 / r)}
            for p, k, r in [(0.05, 0.3, 2.0), (0.95, 0.3, 2.0), (0.5, 5.5, 1.5), (0.95, 40.0, 10.0)]]


def box_probability():
    rows = []
    for x, y, radius in [(1500, 1500, 1000), (0, 0, 1000), (2900, 1500, 200), (-800, 1500, 2000), (5000, 1500, 1000)]:
        s = radius / np.sqrt(-2 * np.log(0.05))
        p = np.diff(stats.norm.cdf([0, 3000], x, s))[0] * np.diff(stats.norm.cdf([0, 3000], y, s))[0]
        rows.append({"x": x, "y": y, "radius": radius, "probability": p})
    return rows


def log_linear(lists, counts, pairs):
    histories = list(range(1, 2 ** lists))
    design = np.array([[1.0] + [float(h >> k & 1) for k in range(lists)]
                       + [float((h >> a & 1) and (h >> b & 1)) for a, b in pairs] for h in histories])
    fit = sm.GLM(np.array([counts[h] for h in histories], float), design, family=sm.families.Poisson()).fit(
        tol=1e-12, maxiter=200)
    total = sum(counts[h] for h in histories) + np.exp(fit.params[0])
    return {"lists": lists, "counts": counts, "pairs": pairs, "total": total, "deviance": fit.deviance}


def models():
    # Hepatitis A outbreak, three lists (Chao et al. 2001): histories by bits 1, 2, 4.
    hepatitis = [0, 69, 55, 21, 63, 17, 18, 28]
    made_up = [0, 41, 33, 12, 28, 9, 7, 5, 19, 6, 8, 4, 5, 3, 2, 2]
    rows = [log_linear(3, hepatitis, p) for p in [[], [[0, 1]], [[0, 1], [1, 2]], [[0, 1], [0, 2], [1, 2]]]]
    rows += [log_linear(4, made_up, p) for p in [[], [[0, 1], [2, 3]], [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]]]
    return rows


print(json.dumps({
    "programs": {"pyproj": pyproj.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
                 "numpy": np.__version__},
    "bearings": bearings(), "gamma_tails": gamma_tails(), "gamma_quantiles": gamma_quantiles(),
    "box_probability": box_probability(), "log_linear": models(),
}, indent=1))
