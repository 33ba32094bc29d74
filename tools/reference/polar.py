"""Writes fixtures/reference/polar.json: conditional probability by wind of openair's Marylebone series, by pandas.

usage: polar.py openair_mydata_marylebone_1998_2005.csv.gz OUT.json      (pip install pandas statsmodels)

NOx of the year 2003, 16 sectors centred on north, classes of speed from 0.5, 1, 2, 3, 4 and 6 m/s, strictly above the
90th percentile of all hours with value and wind (pandas' linear interpolation is R's type 7); Wilson intervals by
statsmodels. The numbers are facts; the series itself stays where it is.
"""
import json
import sys

import numpy as np
import pandas as pd
import statsmodels
from statsmodels.stats.proportion import proportion_confint

data = pd.read_csv(sys.argv[1])
data = data[data["date"].str.startswith("2003")]
hours = len(data)
used = data.dropna(subset=["nox", "ws", "wd"]).copy()
threshold = used["nox"].quantile(0.9)
edges = [0.5, 1, 2, 3, 4, 6]
used["speed"] = np.searchsorted(edges, used["ws"], side="right") - 1
used["sector"] = np.floor(used["wd"] / 22.5 + 0.5).astype(int) % 16
rows = []
for (sector, speed), group in used.groupby(["sector", "speed"]):
    n, m = len(group), int((group["nox"] > threshold).sum())
    low, high = proportion_confint(m, n, method="wilson")
    rows.append({
        "sector": int(sector), "speed": int(speed), "hours": n, "above": m, "mean": round(float(group["nox"].mean()), 6),
        "low": round(float(low), 6), "high": round(float(high), 6)})
with open(sys.argv[2], "w") as out:
    json.dump({
        "made by": f"tools/reference/polar.py with pandas {pd.__version__}, statsmodels {statsmodels.__version__}",
        "hours": hours, "used": len(used), "threshold": float(threshold), "bins": rows}, out, indent=1)
    out.write("\n")
