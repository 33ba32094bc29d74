"""Times draws of a synthetic frame of 20,000 units and counts what many draws of smaller synthetic frames take.

usage: draw.py HOTGRID DRAWS FOLDER

Seconds are processor time of the whole process, the best of three, so that a busy machine does not decide; frequencies are those of `hotgrid draw simulate`. Everything is synthetic.
Peers: the same draw recomputed by tools/verify_draw.py (plain Python, checks every row), a Pareto draw by hashlib and
NumPy from file to file in a Python that is running already (the same targets), and lpm2 of the R package BalancedSampling (its own seed; the call alone).
"""
import csv
import hashlib
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import time

QUOTAS = ["--quota", "class:key,count={key}", "--quota", "county:*,max={most}"]


def frame(path, units, seed):
    """Units in 30 square counties, log-normal scores, one in ten of class key."""
    stream = random.Random(seed)
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,score,county,city,class,x,y\n")
        for number in range(units):
            county = stream.randrange(30)
            x = county % 6 * 60000 + stream.random() * 60000
            y = county // 6 * 60000 + stream.random() * 60000
            kind = "key" if stream.random() < 0.1 else "ordinary"
            file.write(f"synthetic-{number:05d},{stream.lognormvariate(0, 1):.6f},{130000 + county},{1300 + county // 5},"
                       f"{kind},{x:.1f},{y:.1f}\n")


def run(arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(arguments, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, result


def plans(size, key, most, chance):
    quotas = [text.format(key=key, most=most) for text in QUOTAS]
    for method in ("pareto", "poisson", "pivotal", "lpm"):
        yield method, ["--size", str(size), "--method", method]
    for method in ("pareto", "lpm"):
        yield f"{method}, quotas, random arm", ["--size", str(size), "--method", method, *quotas, "--random", str(chance)]


def by_numpy(frame_path, size, seed, out):
    """A Pareto draw of fixed size by the same tickets: what somebody would write with NumPy."""
    import numpy as np
    start = time.process_time()
    with open(frame_path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    scores = np.array([float(row["score"]) for row in rows])
    pi = np.zeros(len(rows))
    free = np.ones(len(rows), dtype=bool)
    while True:
        pi[free] = (size - pi[~free].sum()) * scores[free] / scores[free].sum()
        over = free & (pi >= 1)
        if not over.any():
            break
        pi[over] = 1
        free &= ~over
    prefix = hashlib.sha256(f"{seed},".encode())
    tickets = []
    for row in rows:
        one = prefix.copy()
        one.update(row["id"].encode())
        tickets.append(one.hexdigest())
    u = np.array([(int(ticket[:16], 16) + 0.5) / 2**64 for ticket in tickets])
    with np.errstate(divide="ignore"):
        rank = np.where(pi < 1, u / (1 - u) * (1 - pi) / pi, -1)
    drawn = np.zeros(len(rows), dtype=bool)
    drawn[np.argpartition(rank, size - 1)[:size]] = True
    with open(out, "w", encoding="utf-8") as file:
        file.write("id,inclusion_probability,ticket,drawn\n")
        for row, p, ticket, is_drawn in zip(rows, pi, tickets, drawn):
            file.write(f"{row['id']},{p},{ticket},{int(is_drawn)}\n")
    return time.process_time() - start, {row["id"] for row, is_drawn in zip(rows, drawn) if is_drawn}


def by_r(frame_path, size, folder):
    """Seconds of BalancedSampling's lpm2 on the same probabilities and places; None without it."""
    if not shutil.which("Rscript"):
        return None
    program = f"""
      suppressMessages(library(BalancedSampling))
      f <- read.csv("{frame_path}"); p <- f$score * {size} / sum(f$score)
      while (any(p > 1)) {{ one <- p >= 1; p[one] <- 1; p[!one] <- f$score[!one] * ({size} - sum(one)) / sum(f$score[!one]) }}
      cat(min(replicate(3, system.time(lpm2(p, cbind(f$x, f$y)))[["elapsed"]])))"""
    run_r = subprocess.run(["Rscript", "-e", program], capture_output=True, text=True,
                           env=os.environ | {"R_LIBS": str(folder / "r")})
    return float(run_r.stdout) if run_r.returncode == 0 else None


def drawn_ids(path):
    with open(path, encoding="utf-8") as file:
        return {row["id"] for row in csv.DictReader(file) if row["drawn"] == "1"}


def main(binary, draws, folder):
    folder = pathlib.Path(folder)
    large = folder / "draw-20000.csv"
    frame(large, 20000, 2)
    out = folder / "drawn.csv"
    print("| 20,000 units, 300 drawn | seconds | peer | ratio |\n|---|---|---|---|")
    for name, options in plans(300, 60, 12, 30):
        seconds = min(run([binary, "draw", "--frame", str(large), "--seed", "s", "--out", str(out),
                           "--quiet", *options])[0] for _ in range(3))
        peers = []
        if name == "pareto":
            ours = drawn_ids(out)
            timed = [by_numpy(large, 300, "s", folder / "numpy.csv") for _ in range(3)]
            if any(theirs != ours for _, theirs in timed):
                sys.exit("NumPy drew others than hotgrid")
            peers.append(("hashlib and NumPy", min(t for t, _ in timed)))
        if name == "lpm" and (alone := by_r(large, 300, folder)) is not None:
            peers.append(("BalancedSampling lpm2, the call alone", alone))
        if os.environ.get("PEER", "yes") == "yes":
            peers.append(("verify_draw.py", run(
                [sys.executable, "tools/verify_draw.py", str(large), str(out), "s", *options])[0]))
        for peer, theirs in peers or [("", None)]:
            print(f"| {name} | {seconds:.2f} | {peer} {'' if theirs is None else f'{theirs:.2f}'} | "
                  f"{'' if theirs is None else f'{theirs / seconds:.1f}'} |", flush=True)
    if int(draws) == 0:
        return
    for units, size, key, most, chance in ((60, 12, 3, 0.6, 5), (2000, 100, 20, 4, 20)):
        path = folder / f"draw-{units}.csv"
        frame(path, units, units)
        print(f"\n| {units} units, {size} drawn, {draws} draws | arm | greatest abs z (p) | chi-square / units (p) | seconds |")
        print("|---|---|---|---|---|")
        for name, options in plans(size, key, most, chance):
            seconds, result = run([binary, "draw", "simulate", "--frame", str(path), "--draws", draws, *options])
            for line in result.stdout.splitlines()[1:]:
                arm, _, rest = line.partition(": ")
                words = rest.replace(",", "").replace("(", "").replace(")", "").split()
                count, z, zp = words[0], words[words.index("|z|") + 1], words[words.index("|z|") + 3]
                square, squarep = words[words.index("chi-square") + 1], words[words.index("chi-square") + 3]
                print(f"| {name} | {arm} | {float(z):.2f} ({float(zp):.2f}) | {float(square):.1f} / {count} "
                      f"({float(squarep):.2f}) | {seconds:.0f} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
