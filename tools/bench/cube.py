"""Makes the cells of the benchmarks over time and times a command on them; called by tools/bench/emerging and scan.

usage: cube.py months|days|counts CELLS PERIODS OUT     a wavy disc of cells with holes; synthetic
       cube.py run TIMES COMMAND...                     wall and processor seconds, best of TIMES, and the largest memory
"""
import datetime
import math
import os
import random
import resource
import subprocess
import sys
import time


def region(count):
    """Columns and rows of the cells nearest to a wavy disc, row by row; one in fifty is missing."""
    numbers = random.Random(20171122)
    side = int(math.sqrt(count) * 2.2)
    found = []
    for row in range(side):
        for column in range(side):
            dx, dy = column - side / 2, row - side / 2
            angle = math.atan2(dy, dx)
            distance = math.hypot(dx, dy) / (1 + 0.25 * math.sin(3 * angle) + 0.12 * math.cos(7 * angle))
            if numbers.random() >= 0.02:
                found.append((distance, column, row))
    found.sort()
    return sorted(((column, row) for _, column, row in found[:count]), key=lambda cell: (cell[1], cell[0]))


def labels(kind, count):
    if kind == "months":
        return [f"{2016 + k // 12}-{k % 12 + 1:02d}" for k in range(count)]
    first = datetime.date(2017, 11, 1)
    return [(first + datetime.timedelta(days=k)).isoformat() for k in range(count)]


def make(kind, cells, periods, path):
    numbers = random.Random(1)
    cells = region(cells)
    with open(path, "w", encoding="utf-8") as file:
        file.write("cell,period,value,variance,count,coverage\n")
        for step, label in enumerate(labels(kind, periods)):
            for column, row in cells:
                if kind == "counts":
                    # About two counts in a hundred cells a day; a planted cluster in the last days.
                    planted = step >= periods - 4 and abs(column - 190) < 3 and abs(row - 190) < 3
                    value = sum(numbers.random() < (0.15 if planted else 0.01) for _ in range(2))
                    if value == 0:
                        continue
                else:
                    smooth = 80 + 30 * math.sin(column / 23) * math.cos(row / 31) + 8 * math.sin(step / 2)
                    value = round(smooth + numbers.gauss(0, 12), 3)
                file.write(f"3000-{column + 1100}-{row + 1200},{label},{value},,1,\n")


def run(times, command):
    best, processor = math.inf, math.inf
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = min(processor, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    rows = sum(1 for _ in open(command[command.index("--cells") + 1], encoding="utf-8")) - 1
    words = " ".join(os.path.basename(word) if "/" in word else word for word in command[1:])
    print(f"{rows} rows, {best:.2f} s ({processor:.2f} s of processors), {memory:.0f} MB: hotgrid {words}")


if __name__ == "__main__":
    if sys.argv[1] == "run":
        run(int(sys.argv[2]), sys.argv[3:])
    else:
        make(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
