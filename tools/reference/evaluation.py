"""Writes fixtures/reference/evaluation.json: regressions, ranking measures and survey estimates of made-up data.

usage: evaluation.py OUT.json      (pip install scikit-learn scipy numpy)

Regressions: scikit-learn without bounds, SciPy's L-BFGS-B with bounds, scipy.optimize.nnls for least squares.
Survey estimates: the formulas written out in NumPy, ends of intervals by scipy.stats.gamma.
"""
import json
import sys

import numpy as np
import scipy
import scipy.optimize as so
import scipy.stats
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score


def objective(t, x, y, w, lam):
    eta = x @ t[:-1] + t[-1]
    loss = np.logaddexp(0, eta) - y * eta
    value = (w * loss).sum() / w.sum() + lam / 2 * (t[:-1] ** 2).sum()
    pull = w * (1 / (1 + np.exp(-eta)) - y) / w.sum()
    return value, np.append(x.T @ pull + lam * t[:-1], pull.sum())


random = np.random.default_rng(7)
logistic = []
for case in range(6):
    n, p = int(random.integers(120, 400)), int(random.integers(2, 7))
    x = np.where(random.random((n, p)) < 0.4, random.random((n, p)).round(3), 0.0)
    truth = random.normal(0.5, 1.5, p)
    y = (random.random(n) < 1 / (1 + np.exp(1 - x @ truth))).astype(float)
    w = random.uniform(0.5, 20, n).round(2) if case % 2 else np.ones(n)
    lam = [1e-4, 1e-3, 1e-2, 0.1, 1e-3, 1e-5][case]
    free = LogisticRegression(C=1 / (lam * w.sum()), tol=1e-12, max_iter=100000, solver="newton-cholesky")
    free.fit(x, y, sample_weight=w)
    bound = so.minimize(
        objective, np.zeros(p + 1), args=(x, y, w, lam), jac=True, method="L-BFGS-B",
        bounds=[(0, None)] * p + [(None, None)], options={"ftol": 1e-16, "gtol": 1e-12, "maxiter": 100000})
    logistic.append({
        "x": x.tolist(), "y": y.tolist(), "w": w.tolist(), "ridge": lam,
        "free": free.coef_[0].tolist(), "free_intercept": float(free.intercept_[0]),
        "bounded": bound.x[:-1].tolist(), "bounded_intercept": float(bound.x[-1])})

linear = []
for case in range(4):
    n, p = 80, 5
    x = np.where(random.random((n, p)) < 0.5, random.random((n, p)).round(3), 0.0)
    y = (x @ random.normal(0.5, 2, p) + random.normal(1, 0.5, n)).round(3)
    lam = [0, 1e-3, 1e-2, 0.1][case]
    # A free intercept under non-negative least squares: its column once with each sign; the ridge as extra rows.
    a = np.vstack([np.column_stack([x, np.ones(n), -np.ones(n)]), np.column_stack([
        np.sqrt(lam * n) * np.eye(p), np.zeros((p, 2))])])
    found, _ = so.nnls(a, np.append(y, np.zeros(p)), maxiter=10000)
    linear.append({
        "x": x.tolist(), "y": y.tolist(), "ridge": lam, "bounded": found[:p].tolist(),
        "bounded_intercept": float(found[p] - found[p + 1])})

measures = []
for case in range(3):
    n = 60
    p = random.random(n).round(2 if case else 1)  # the first has many ties
    y = random.random(n) < p
    w = random.uniform(0.5, 5, n).round(2)
    edges = np.clip((p * 10).astype(int), 0, 9)
    ece = sum(abs((w * (p - y))[edges == b].sum()) for b in range(10)) / w.sum()
    clipped = np.clip(p, 1e-12, 1 - 1e-12)
    measures.append({
        "p": p.tolist(), "y": [bool(v) for v in y], "w": w.tolist(), "auc": float(roc_auc_score(y, p, sample_weight=w)),
        "brier": float(brier_score_loss(y, p, sample_weight=w)),
        "log_loss": float(log_loss(y, clipped, sample_weight=w)), "ece": float(ece)})

def interval(value, variance, pi, frame):
    """Fay & Feuer's, an unseen find midway between the mean weight of a drawn unit and that of a frame unit."""
    w, size = 1 / pi, (1 / pi).sum()
    more = (w.mean() + (w * w).sum() / size) / 2 / frame
    more_variance = (((1 - pi) * w**2).mean() + ((1 - pi) * w**3).sum() / size) / 2 / frame**2

    def end(p, m, v):
        return float(scipy.stats.gamma.ppf(p, m * m / v, scale=v / m)) if m > 0 and v > 0 else m

    centre = 1 - value if value > 0.5 else value
    ends = end(0.025, centre, variance), min(1.0, end(0.975, centre + more, variance + more_variance))
    return [1 - ends[1], 1 - ends[0]] if value > 0.5 else list(ends)


survey = []
for case in range(3):
    n, size = 25, 200
    pi = random.uniform(0.03, 0.6, n).round(4)
    y = (random.random(n) < 0.3 + 0.5 * pi).astype(float)
    if case == 2:
        pi[:3] = 1.0
    own = pi < 1

    def variance(v):
        c = (1 - pi[own]) * own.sum() / (own.sum() - 1)
        z = v[own] / pi[own]
        return float((c * (z - (c * z).sum() / c.sum()) ** 2).sum())

    total, weight = (y / pi).sum(), (1 / pi).sum()
    survey.append({
        "pi": pi.tolist(), "y": y.tolist(), "frame": size, "ht": float(total / size),
        "ht_se": variance(y) ** 0.5 / size, "hajek": float(total / weight),
        "hajek_se": variance(y - total / weight) ** 0.5 / float(weight)})
    survey[-1]["ht_ends"] = interval(total / size, variance(y) / size**2, pi, size)
    survey[-1]["hajek_ends"] = interval(total / weight, variance(y - total / weight) / weight**2, pi, weight)

made = f"tools/reference/evaluation.py with scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, NumPy {np.__version__}"
with open(sys.argv[1], "w") as out:
    json.dump({"made by": made, "logistic": logistic, "linear": linear, "measures": measures, "survey": survey}, out)
    out.write("\n")
