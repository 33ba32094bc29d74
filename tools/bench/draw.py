"""Times draws of a synthetic frame of 20,000 units and counts what many draws of smaller synthetic frames take.

usage: draw.py HOTGRID DRAWS FOLDER

The whole process is timed, the best of three; frequencies are those of `hotgrid draw simulate`. Everything is synthetic.
"""
import pathlib
import random
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
    start = time.perf_counter()
    result = subprocess.run(arguments, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, result


def plans(size, key, most, chance):
    quotas = [text.format(key=key, most=most) for text in QUOTAS]
    for method in ("pareto", "poisson", "pivotal", "lpm"):
        yield method, ["--size", str(size), "--method", method]
    for method in ("pareto", "lpm"):
        yield f"{method}, quotas, random arm", ["--size", str(size), "--method", method, *quotas, "--random", str(chance)]


def main(binary, draws, folder):
    folder = pathlib.Path(folder)
    large = folder / "draw-20000.csv"
    frame(large, 20000, 2)
    print("| 20,000 units, 300 drawn | seconds |\n|---|---|")
    for name, options in plans(300, 60, 12, 30):
        seconds = min(run([binary, "draw", "--frame", str(large), "--seed", "s", "--out", str(folder / "drawn.csv"),
                           "--quiet", *options])[0] for _ in range(3))
        print(f"| {name} | {seconds:.2f} |")
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
