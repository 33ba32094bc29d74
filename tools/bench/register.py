#!/usr/bin/env python3
"""Writes a synthetic register and compares the search for near-duplicates in it; see tools/bench/register.

usage: register.py write FIRMS.csv COUNT
       register.py compare FOLDER

Names are made of 38 characters and ten trades, so that equal and similar names are far more frequent than in a real
register.
"""
import csv
import random
import re
import sys
import time

A = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def subject_check(digits):
    """Check character of GB 11714."""
    rest = 11 - sum(int(c) * k for c, k in zip(digits, [3, 7, 9, 10, 5, 8, 4, 2])) % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)


def code(area, number):
    """A credit code with right check characters."""
    digits = f"{number:08d}"
    body = "91" + area + digits + subject_check(digits)
    total = sum(A.index(c) * pow(3, k, 31) for k, c in enumerate(body))
    return body + A[(31 - total % 31) % 31]


CHARACTERS = "永兴宏达华北新光恒泰金源顺发盛隆鑫利民康通安平福瑞祥和亿嘉天正大中东方建业长城海洋"
TRADES = ["铸造", "铸件", "建材", "家具", "化工", "橡胶", "机械", "涂料", "砖瓦", "陶瓷"]
FORMS = ["有限公司", "有限责任公司", "厂", "股份有限公司"]
PLACES = ["河北", "石家庄市", ""]
WITHIN = 2000.0


def write(path, count):
    random.seed(1)
    with open(path, "w", encoding="utf-8") as file:
        file.write("uscc,name,industry_code,lon,lat,county_code,address,permit,grade,status\n")
        for k in range(count):
            name = "".join(random.choice(CHARACTERS) for _ in range(random.randint(2, 3)))
            c = code("130108", 10000000 + k)
            file.write(
                f"{c},{random.choice(PLACES)}{name}{random.choice(TRADES)}{random.choice(FORMS)},3110,"
                f"{113.8 + random.random() * 3:.6f},{36.8 + random.random() * 2.5:.6f},130108,"
                f"裕华路{random.randint(1, 9999)}号,{c}001P,B,存续\n")


def peer(rows):
    """Pairs within 2 km whose names, without place and legal form, are equal or one edit apart."""
    import numpy as np
    import pyproj
    import scipy.spatial
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    ends = re.compile("(股份有限公司|有限责任公司|有限公司)$")
    starts = re.compile("^(河北|石家庄市)")
    start = time.perf_counter()
    keys = [starts.sub("", ends.sub("", row["name"])) for row in rows]
    plane = pyproj.Transformer.from_crs(
        "EPSG:4326", "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m", always_xy=True)
    points = np.column_stack(plane.transform(
        [float(row["lon"]) for row in rows], [float(row["lat"]) for row in rows]))
    near = scipy.spatial.cKDTree(points).query_pairs(WITHIN, output_type="ndarray")
    first = [keys[k] for k in near[:, 0]]
    second = [keys[k] for k in near[:, 1]]
    edits = process.cpdist(first, second, scorer=Levenshtein.distance, score_cutoff=1, workers=-1)
    # Names of fewer than four characters are compared for equality alone, as hotgrid does.
    length = np.array([min(len(a), len(b)) for a, b in zip(first, second)])
    kept = near[(edits == 0) | ((edits == 1) & (length >= 4))]
    seconds = time.perf_counter() - start
    return seconds, {tuple(sorted((int(a), int(b)))) for a, b in kept}, len(near)


def compare(folder):
    with open(f"{folder}/firms.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    own = []
    for run in (1, 2, 3):
        with open(f"{folder}/run-{run}.txt", encoding="utf-8") as file:
            own.append(int(re.search(r"near-duplicates took (\d+) ms", file.read())[1]) / 1000)
    found = set()
    with open(f"{folder}/findings.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["other_line"] and re.search("name", row["statement"]):
                found.add(tuple(sorted((int(row["line"]) - 2, int(row["other_line"]) - 2))))
    runs = [peer(rows) for _ in range(3)]
    theirs = runs[0][1]
    print(f"{len(rows)} firms, {runs[0][2]} pairs within 2 km, {len(theirs)} with equal or similar names")
    print(f"hotgrid, codes, names and addresses: {min(own):.2f} s (of {', '.join(f'{s:.2f}' for s in own)})")
    print(f"k-d tree and RapidFuzz, names alone: {min(r[0] for r in runs):.2f} s (of {', '.join(f'{r[0]:.2f}' for r in runs)})")
    print(f"ratio of the pairs: {', '.join(f'{r[0] / s:.1f}' for r, s in zip(runs, own))}")
    missing = sorted(theirs - found)
    print(f"pairs of the peer that hotgrid has not: {len(missing)}, of names that begin with a short place name it leaves out")
    for a, b in missing[:3]:
        print(f"  such as {rows[a]['name']} and {rows[b]['name']}")
    if len(missing) > 0.02 * len(theirs):
        sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2], int(sys.argv[3]))
    else:
        compare(sys.argv[2])
