"""Runs hotgrid, DuckDB and polars on one day of quarter-hourly load, checks that they flag the same, and prints seconds,
memory and the ratios.

usage: power.py HOTGRID METERS FOLDER
"""
import csv
import os
import pathlib
import subprocess
import sys
import time

ROUNDS = 3

# Rule 1: energy of the production circuit above the share that the order leaves of the baseline, 77 of 96 values known.
# Rule 2: production on and treatment off in four quarter hours or more.
DUCKDB = """
import sys, duckdb
power, baselines, out = sys.argv[1:4]
con = duckdb.connect(config={"threads": 2})
con.execute(f'''copy (
  with p as (select meter_id, circuit, time, kwh from read_csv('{power}', header=true, columns={{'meter_id':'VARCHAR',
      'circuit':'VARCHAR','time':'TIMESTAMP','kwh':'DOUBLE'}}) where kwh >= 0),
  b as (select * from read_csv('{baselines}', header=true, columns={{'meter_id':'VARCHAR','circuit':'VARCHAR',
      'baseline_kwh':'DOUBLE','allowed_share':'DOUBLE','production_on_kwh':'DOUBLE','treatment_on_kwh':'DOUBLE'}})),
  q as (select meter_id, time, max(kwh) filter (circuit = 'production') as made,
      max(kwh) filter (circuit = 'treatment') as treated from p group by meter_id, time),
  d as (select meter_id, sum(made) * 96 / count(made) as kwh, count(made) as known,
      count(*) filter (made >= b.production_on_kwh and treated < b.treatment_on_kwh) as off,
      any_value(b.baseline_kwh * b.allowed_share) as limit_kwh
      from q join b using (meter_id) group by meter_id)
  select meter_id, 'over-order' as rule from d where known >= 76.8 and kwh > limit_kwh
  union all select meter_id, 'treatment-off' from d where off >= 4
  order by meter_id, rule) to '{out}' (header)''')
"""
POLARS = """
import sys, polars as pl
power, baselines, out = sys.argv[1:4]
rows = pl.scan_csv(power, schema_overrides={"kwh": pl.Float64}, try_parse_dates=False).filter(pl.col("kwh") >= 0)
b = pl.scan_csv(baselines).drop("circuit")
made = rows.filter(pl.col("circuit") == "production").select("meter_id", "time", made="kwh")
treated = rows.filter(pl.col("circuit") == "treatment").select("meter_id", "time", treated="kwh")
day = (made.join(treated, on=["meter_id", "time"], how="left").join(b, on="meter_id")
  .group_by("meter_id").agg(kwh=pl.col("made").sum() * 96 / pl.len(), known=pl.len(),
    off=((pl.col("made") >= pl.col("production_on_kwh")) & (pl.col("treated") < pl.col("treatment_on_kwh"))).sum(),
    limit=(pl.col("baseline_kwh") * pl.col("allowed_share")).first()).collect(engine="streaming"))
over = day.filter((pl.col("known") >= 76.8) & (pl.col("kwh") > pl.col("limit"))).select("meter_id", rule=pl.lit("over-order"))
off = day.filter(pl.col("off") >= 4).select("meter_id", rule=pl.lit("treatment-off"))
pl.concat([over, off]).sort("meter_id", "rule").write_csv(out)
"""
PEERS = {"duckdb": DUCKDB, "polars": POLARS}


def generate(power, baselines, meters):
    """Synthetic load of one day, made by DuckDB: one meter in 50 works through its order, one in 40 leaves its fan off."""
    import duckdb

    con = duckdb.connect()
    con.execute(f"""
        COPY (SELECT printf('M%06d', m) AS meter_id, c AS circuit,
          strftime(TIMESTAMP '2017-11-21' + INTERVAL 15 MINUTE * s, '%Y-%m-%dT%H:%M:%S') AS time,
          CASE WHEN hash(m * 200 + s) % 500 = 0 THEN '' ELSE printf('%.3f',
            CASE WHEN c = 'production' THEN
              (CASE WHEN m % 2 = 0 AND m % 50 <> 0 THEN 0.4 WHEN s BETWEEN 28 AND 75 THEN 40.0 ELSE 0.6 END)
            ELSE (CASE WHEN m % 40 = 7 AND s BETWEEN 40 AND 55 THEN 0.05 WHEN s BETWEEN 28 AND 75 THEN 4.0 ELSE 0.06 END) END
            * (0.9 + (hash(m * 1000 + s * 2 + (c = 'production')::INT) % 2000) / 10000.0)) END AS kwh
          FROM range({meters}) a(m), (VALUES ('production'), ('treatment')) b(c), range(96) d(s) ORDER BY m, c, s)
        TO '{power}' (HEADER, QUOTE '')""")
    con.execute(f"""
        COPY (SELECT printf('M%06d', m) AS meter_id, 'production' AS circuit, 1920.0 AS baseline_kwh,
          CASE WHEN m % 2 = 0 THEN '0.25' ELSE '' END AS allowed_share, 10.0 AS production_on_kwh, 1.0 AS treatment_on_kwh
          FROM range({meters}) a(m) ORDER BY m) TO '{baselines}' (HEADER, QUOTE '')""")


def run(command):
    """Seconds, processor seconds and peak megabytes. A child inherits the peak of its parent, so this one stays small."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed: {process.stderr.read().decode()[-2000:]}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def warm(path):
    with open(path, "rb", buffering=0) as handle:
        while handle.read(1 << 24):
            pass


def compare(mine, theirs):
    def flags(path):
        with open(path, newline="") as handle:
            return {(r["meter_id"], r["rule"]) for r in csv.DictReader(handle)}

    a, b = flags(mine), flags(theirs)
    assert a == b, (len(a), len(b), sorted(a ^ b)[:5])
    print(f"the same {len(a):,} flags")


def main(hotgrid, meters, folder):
    power, baselines = folder / f"synthetic-power-{meters}.csv", folder / f"synthetic-power-baselines-{meters}.csv"
    if not (power.exists() and baselines.exists()):
        subprocess.run([sys.executable, __file__, "--generate", f"{power}.part", str(baselines), str(meters)], check=True)
        os.rename(f"{power}.part", power)
    rows = meters * 192
    print(f"{rows:,} rows of {meters:,} meters, {power.stat().st_size / 1e6:.0f} MB, synthetic; 2 threads each, "
          f"in turns, best of {ROUNDS}, load of the machine {os.getloadavg()[0]:.1f}")
    out = {name: folder / f"power-flags-{name}.csv" for name in ("hotgrid", *PEERS)}
    commands = {"hotgrid": [hotgrid, "power", "quick", "--power", str(power), "--baselines", str(baselines), "--quiet",
                            "--threads", "2", "--out", str(out["hotgrid"])]}
    for peer, program in PEERS.items():
        commands[peer] = [sys.executable, "-c", program, str(power), str(baselines), str(out[peer])]
    runs = {label: [] for label in commands}
    for turn in range(ROUNDS):
        # Each comes first, second and last once, with the file in memory.
        order = list(commands)[turn % len(commands):] + list(commands)[:turn % len(commands)]
        for label in order:
            warm(power)
            runs[label].append(run(commands[label]))
    for label, results in runs.items():
        note = ""
        if label != "hotgrid":
            wall = sorted(b[0] / a[0] for a, b in zip(runs["hotgrid"], results))
            cpu = min(r[1] for r in results) / min(r[1] for r in runs["hotgrid"])
            same = subprocess.run([sys.executable, __file__, "--compare", str(out["hotgrid"]), str(out[label])], check=True,
                                  capture_output=True, text=True)
            note = f"  {wall[0]:.1f}-{wall[-1]:.1f} x hotgrid's time, {cpu:.1f} x its CPU; {same.stdout.strip()}"
        print(f"  {label:8} {min(r[0] for r in results):6.2f} s ({min(r[1] for r in results):5.1f} CPU s)  "
              f"{max(r[2] for r in results):5.0f} MB{note}")


if __name__ == "__main__" and sys.argv[1] == "--compare":
    compare(*sys.argv[2:])
elif __name__ == "__main__" and sys.argv[1] == "--generate":
    generate(sys.argv[2], sys.argv[3], int(sys.argv[4]))
elif __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3]))
