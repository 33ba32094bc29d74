"""Ordinary kriging of synthetic stations onto the cells of a box: hotgrid against PyKrige in the same run.

usage: kriging.py HOTGRID FOLDER [ROUNDS]
"""
import csv
import json
import pathlib
import subprocess
import sys
import time

import numpy as np
import pykrige

MODEL = {"psill": 300.0, "range": 150_000.0, "nugget": 20.0}
TEXT = "exponential:20.0:300.0:150000.0"


def stations(count, columns, rows, folder, seed=7):
    """Readings of a synthetic exponential field at distinct cells, with errors of known variance."""
    random = np.random.default_rng(seed)
    slots = random.choice(columns * rows, count, replace=False)
    column, row = slots % columns, slots // columns
    x, y = 3000 * column + 1500.0, 3000 * row + 1500.0
    distance = np.hypot(x[:, None] - x, y[:, None] - y)
    covariance = MODEL["psill"] * np.exp(-3 * distance / MODEL["range"]) + MODEL["nugget"] * np.eye(count)
    z = 70 + np.linalg.cholesky(covariance) @ random.normal(size=count)
    path = folder / f"synthetic-stations-{count}-{columns * rows}.csv"
    with open(path, "w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["cell", "period", "value", "variance", "count", "coverage"])
        # Box corners are targets too, whatever was drawn.
        for c, r, v in zip(column, row, z):
            writer.writerow([f"3000-{1100 + c}-{1100 + r}", "2017-11-21", repr(float(v)), 0, 1, ""])
    return path, x, y, z


def run(hotgrid, path, folder, threads, model):
    out, report = folder / "surface.csv", folder / "loo.json"
    command = [hotgrid, "surface", "--cells", str(path), "--within", "box", "--neighbours", "32", "--threads", str(threads), "--quiet",
               "--report", str(report), "--out", str(out)] + (["--variogram", model] if model else [])
    started = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - started, out, json.loads(report.read_text())[0]


def main(hotgrid, folder, rounds):
    folder.mkdir(parents=True, exist_ok=True)
    print("ordinary kriging, 32 neighbours, with variance, leave-one-out and observed shares; whole command, synthetic stations")
    print("  stations   cells     1 thread   2 threads")
    for count, columns, rows in ((1500, 178, 178), (1500, 356, 356), (6000, 178, 178), (6000, 712, 712)):
        path, *_ = stations(count, columns, rows, folder)
        one = min(run(hotgrid, path, folder, 1, TEXT)[0] for _ in range(rounds))
        two = min(run(hotgrid, path, folder, 2, TEXT)[0] for _ in range(rounds))
        print(f"  {count:>8,} {columns * rows:>9,} {one:8.2f} s {two:9.2f} s")
    path, x, y, z = stations(1500, 178, 178, folder)
    times, peer = [], []
    for _ in range(rounds):
        seconds, out, report = run(hotgrid, path, folder, 2, TEXT)
        times.append(seconds)
        with open(out, newline="") as handle:
            cells = [(r["cell"], float(r["value"]), float(r["variance"])) for r in csv.DictReader(handle)]
        place = np.array([[int(part) - 1100 for part in c.split("-")[1:]] for c, _, _ in cells])
        tx, ty = 3000 * place[:, 0] + 1500.0, 3000 * place[:, 1] + 1500.0
        started = time.perf_counter()
        ok = pykrige.OrdinaryKriging(x, y, z, variogram_model="exponential", variogram_parameters=MODEL)
        values, variances = ok.execute("points", tx, ty, backend="loop", n_closest_points=32)
        peer.append(time.perf_counter() - started)
    # Where the 32nd and the 33rd station are equally far, either may be taken: such cells are not compared.
    clear = np.concatenate([np.diff(np.partition((a[:, None] - x) ** 2 + (b[:, None] - y) ** 2, (31, 32))[:, 31:33]).ravel() > 1
                            for a, b in zip(np.array_split(tx, 64), np.array_split(ty, 64))])
    worst = max(np.abs(values - [v for _, v, _ in cells])[clear].max(), np.abs(variances - [v for _, _, v in cells])[clear].max())
    assert worst < 1e-6, worst
    ratios = sorted(b / a for a, b in zip(times, peer))
    print(f"  1,500 stations, {len(cells):,} cells: hotgrid {min(times):.2f} s on 2 threads, PyKrige {min(peer):.1f} s on 1 "
          f"({ratios[0]:.0f}-{ratios[-1]:.0f} times); largest difference in value or variance {worst:.0e} "
          f"on the {clear.sum():,} cells without ties")
    for name, model in (("the true variogram", TEXT), ("a fitted variogram", None)):
        _, _, report = run(hotgrid, path, folder, 2, model)
        print(f"  left out one by one with {name}: RMSE {report['root_mean_square_error']:.2f}, mean squared ratio "
              f"{report['mean_squared_ratio']:.3f}, 90 % intervals hold {100 * report['coverage90']:.1f} % of "
              f"{report['leave_one_out_readings']:,}; {report['variogram']}")


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 3)
