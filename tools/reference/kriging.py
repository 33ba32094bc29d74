"""Writes fixtures/reference/kriging-reference.json: estimates of PyKrige and GSTools that the tests are held against.

usage: kriging.py OUT      (needs pykrige and gstools; readings are made up from a fixed seed)
"""
import json
import sys

import gstools
import numpy as np
import pykrige


def main(out):
    random = np.random.default_rng(20171121)
    n, m = 40, 25
    x, y = random.uniform(0, 90_000, n).round(1), random.uniform(0, 60_000, n).round(1)
    drift = (0.0004 * x + 8 * np.sin(y / 9000)).round(3)
    z = (60 + 1.5 * drift + 12 * np.sin(x / 15_000) + random.normal(0, 3, n)).round(2)
    tx, ty = random.uniform(-5_000, 95_000, m).round(1), random.uniform(-5_000, 65_000, m).round(1)
    # One target on a reading: the estimate is the reading and the variance 0.
    tx[0], ty[0] = x[3], y[3]
    target_drift = (0.0004 * tx + 8 * np.sin(ty / 9000)).round(3)
    cases = []

    def case(name, values, variances, **parameters):
        cases.append({"name": name, "values": [float(v) for v in values], "variances": [float(v) for v in variances], **parameters})

    for shape in ("spherical", "exponential", "gaussian"):
        p = {"psill": 120.0, "range": 40_000.0, "nugget": 9.0}
        ok = pykrige.OrdinaryKriging(x, y, z, variogram_model=shape, variogram_parameters=p)
        values, variances = ok.execute("points", tx, ty)
        case(f"ordinary, all readings, {shape} (PyKrige)", values, variances, shape=shape, neighbours=n, trend="constant", **p)
        values, variances = ok.execute("points", tx, ty, backend="loop", n_closest_points=12)
        case(f"ordinary, 12 nearest, {shape} (PyKrige)", values, variances, shape=shape, neighbours=12, trend="constant", **p)
    p = {"psill": 120.0, "range": 40_000.0, "nugget": 9.0}
    uk = pykrige.UniversalKriging(x, y, z, variogram_model="exponential", variogram_parameters=p, drift_terms=["regional_linear"])
    values, variances = uk.execute("points", tx, ty)
    case("universal, plane (PyKrige)", values, variances, shape="exponential", neighbours=n, trend="plane", **p)
    ked = pykrige.UniversalKriging(x, y, z, variogram_model="exponential", variogram_parameters=p, drift_terms=["specified"],
                                   specified_drift=[drift])
    values, variances = ked.execute("points", tx, ty, specified_drift_arrays=[target_drift])
    case("external drift (PyKrige)", values, variances, shape="exponential", neighbours=n, trend="external", **p)
    # PyKrige: x' = x cos a + y sin a, y' = scaling (y cos a - x sin a): the longest range points a degrees
    # counterclockwise from east, and the ratio is 1 / scaling.
    ok = pykrige.OrdinaryKriging(x, y, z, variogram_model="spherical", variogram_parameters=p, anisotropy_scaling=2.0,
                                 anisotropy_angle=30.0)
    values, variances = ok.execute("points", tx, ty)
    case("ordinary, anisotropic (PyKrige)", values, variances, shape="spherical", neighbours=n, trend="constant", azimuth=60.0,
         ratio=0.5, **p)
    errors = random.uniform(1, 30, n).round(2)
    # GSTools: exponential with exp(-h / len); the practical range is 3 len. The error stands for itself, not the nugget.
    model = gstools.Exponential(dim=2, var=120.0, len_scale=40_000 / 3, nugget=0.0)
    krige = gstools.krige.Ordinary(model, (x, y), z, cond_err=errors, exact=False)
    values, variances = krige((tx, ty))
    case("ordinary, error variances (GSTools)", values, variances, shape="exponential", neighbours=n, trend="constant", psill=120.0,
         range=40_000.0, nugget=0.0, errors=errors.tolist())
    with open(out, "w", encoding="utf-8") as handle:
        json.dump({"note": "synthetic readings; estimates by " + f"PyKrige {pykrige.__version__} and GSTools {gstools.__version__}",
                   "x": x.tolist(), "y": y.tolist(), "z": z.tolist(), "drift": drift.tolist(), "targetX": tx.tolist(),
                   "targetY": ty.tolist(), "targetDrift": target_drift.tolist(), "cases": cases}, handle, indent=0)


if __name__ == "__main__":
    main(sys.argv[1])
