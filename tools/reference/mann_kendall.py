"""Writes fixtures/reference/mann-kendall.json: Mann-Kendall tests and Sen slopes of made-up series by pymannkendall.

usage: mann_kendall.py OUT.json      (pip install pymannkendall numpy)
"""
import json
import sys

import numpy as np
import pymannkendall as mk

random = np.random.default_rng(4)
cases = []
for k in range(40):
    n = int(random.integers(4, 60))
    values = random.normal(0, 3, n) + random.normal(0, 0.2) * np.arange(n)
    # Half of them are rounded, so that there are ties.
    values = values.round(0 if k % 2 else 6)
    if len(set(values)) < 2:
        continue
    found = mk.original_test(values)
    cases.append({
        "values": values.tolist(), "s": float(found.s), "variance": float(found.var_s), "z": float(found.z),
        "p": float(found.p), "tau": float(found.Tau), "slope": float(found.slope)})
with open(sys.argv[1], "w") as out:
    json.dump({"made by": f"tools/reference/mann_kendall.py with pymannkendall {mk.__version__}", "cases": cases}, out, indent=1)
    out.write("\n")
