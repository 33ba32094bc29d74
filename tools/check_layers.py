#!/usr/bin/env python3
"""Fail when a room imports from its own floor or above, or a pure room imports I/O.

The floors are the order of the data; Package.swift says which rooms a room is given. This checker makes sure
that what is given lies on a lower floor, that what is imported was given, and that pure rooms stay pure.
"""
import json
import pathlib
import re
import subprocess
import sys

FLOORS = [
    "CGEOS CPROJ CGDAL CCrypto CZlib",
    "Diagnostics Quantities Digests Threads Randomness",
    "Tables Geometry GeoFormats",
    "Grids Readings Enterprises",
    "Gridding SpatialStatistics Sampling Routing Inspections",
    "Surfaces Hotspots Evaluation",
    "Evidence",
    "Ranking",
    "Ingest Store Export Reports SyntheticWorld",
    "Workflows",
    "hotgrid",
]
# GeoFormats stands on Geometry: both are floor 2, and nothing else there may lean on a neighbour.
SAME_FLOOR = {("GeoFormats", "Geometry")}
PURE = set(
    "Diagnostics Quantities Threads Randomness Tables Geometry Grids Readings Enterprises Gridding SpatialStatistics Sampling "
    "Routing Surfaces Hotspots Evaluation Evidence Ranking Inspections Reports SyntheticWorld".split()
)
# C standard library for square roots and logarithms; no files, no clock.
ALWAYS = {"Swift", "Synchronization", "Glibc", "Dispatch"}
C_ROOMS = {"Geometry": {"CGEOS", "CPROJ"}}


def main() -> int:
    dump = subprocess.run(["swift", "package", "dump-package"], check=True, capture_output=True).stdout
    package = json.loads(dump)
    floor = {name: number for number, names in enumerate(FLOORS) for name in names.split()}
    ours = {target["name"] for target in package["targets"]}
    problems = []
    for target in package["targets"]:
        name = target["name"]
        given = {next(d[k] for k in ("byName", "product", "target") if k in d)[0] for d in target["dependencies"]}
        is_test = target["type"] == "test" or name == "TestSupport"
        if not is_test:
            if name not in floor:
                problems.append(f"Package.swift: {name} has no floor; add it to tools/check_layers.py and CONTRIBUTING")
                continue
            for other in given & set(floor):
                if floor[other] >= floor[name] and (name, other) not in SAME_FLOOR:
                    problems.append(f"Package.swift: {name} is given {other}, which is not on a lower floor")
        folder = pathlib.Path("Tests" if is_test else "Sources") / name
        for file in sorted(folder.rglob("*.swift")):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                found = re.match(
                    r"\s*(?:@\S+ )*(?:public |package |internal |private |fileprivate )?"
                    r"import (?:(?:struct|class|enum|func|protocol|typealias|var|let) )?(\w+)",
                    line,
                )
                if not found or found[1] in ALWAYS | given:
                    continue
                if found[1] in ours:
                    problems.append(
                        f"{file}:{number}: {name} imports {found[1]}; add the dependency or move the code down a floor"
                    )
                elif not is_test and name in PURE:
                    problems.append(f"{file}:{number}: pure room {name} imports {found[1]}; move the I/O up")
    print(*problems, sep="\n")
    print(f"layers: {len(ours)} targets, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
