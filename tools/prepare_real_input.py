#!/usr/bin/env python3
"""Lays out the real data sets beside this checkout in the file shapes that `hotgrid ingest` reads.

usage: tools/prepare_real_input.py DATA_FOLDER OUT_FOLDER

What is real stays as it is. Two things no public set offers are made here and are named semi-synthetic in every file
name, id and name they appear in: credit codes for real cement plants and coal power stations, and firms whose meters are
pieces of the real 15-minute curve of one steel works, some of them edited into a labelled behaviour
(semi-synthetic-labels.csv). The steel works stands in Korea, 2018; its days are moved to the winter of 2016-17.
"""
import csv
import datetime
import gzip
import math
import pathlib
import shutil
import sys

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SECTORS = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split()
WINTER_START, WINTER_DAYS = datetime.date(2016, 11, 1), 75
ORDER = (datetime.date(2016, 12, 30), datetime.date(2017, 1, 8))


def credit_code(number: int) -> str:
    """A well-formed code (GB 32100-2015) with the reserved-looking subject code 'SYNT.....'; it belongs to nobody."""
    body = "91" + "110000" + "MADE" + f"{number:05d}"
    body = body.translate(str.maketrans("IOSVZ", "ABCDE"))
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


def rows(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as handle:
        yield from csv.DictReader(handle)


def write(path, header, lines):
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def national(data, out):
    write(
        out / "stations-national-2019.csv", ["station_id", "name", "kind", "lon", "lat", "crs"],
        [[r["StationCode"], r["PositionName"], "national", r["Longitude"], r["Latitude"], "wgs84"]
         for r in rows(data / "aq_national/stations_cnemc_20190723.csv")])
    shutil.copy(data / "aq_national/readings_cnemc_201907.csv.gz", out / "readings-cnemc-201907.csv.gz")


def beijing(data, out):
    """Four winters of twelve sites. CO comes in µg/m³ and leaves in mg/m³, as the contract wants it."""
    sites = {r["uci_station"]: r for r in rows(data / "aq_beijing/uci_station_coordinates.csv")}
    write(
        out / "stations-beijing.csv", ["station_id", "name", "kind", "lon", "lat", "crs"],
        [["UCI-" + s, r["name"], "national", r["lon_2022"], r["lat_2022"], "wgs84"] for s, r in sorted(sites.items())])
    wind = {}
    with gzip.open(out / "readings-beijing-winters.csv.gz", "wt", encoding="utf-8", newline="", compresslevel=1) as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["station_id", "time", "pm25", "pm10", "so2", "no2", "o3", "co"])
        for path in sorted((data / "aq_beijing").glob("PRSA_Data_*.csv.gz")):
            for r in rows(path):
                if 4 <= int(r["month"]) <= 9:
                    continue
                time = f"{r['year']}-{int(r['month']):02d}-{int(r['day']):02d}T{int(r['hour']):02d}:00:00"
                co = r["CO"] if r["CO"] in ("", "NA") else f"{float(r['CO']) / 1000:g}"
                writer.writerow(["UCI-" + r["station"], time, r["PM2.5"], r["PM10"], r["SO2"], r["NO2"], r["O3"], co])
                if r["station"] == "Aotizhongxin" and r["wd"] in SECTORS and r["WSPM"] not in ("", "NA"):
                    # Wind is given as where it comes from, in 16 sectors.
                    angle, speed = math.radians(SECTORS.index(r["wd"]) * 22.5), float(r["WSPM"])
                    wind[time] = (round(-speed * math.sin(angle), 2), round(-speed * math.cos(angle), 2))
    write(
        out / "wind-beijing.csv", ["time", "lon", "lat", "u", "v"],
        [[t, 116.3966, 39.9821, u, v] for t, (u, v) in sorted(wind.items())])


def city_days(data, out):
    """Daily city means; Time is day of year / 365 in every year, the leap day of 2016 does not exist in it."""
    lines = []
    for r in rows(data / "aq_national/pm25_183cities_daily_2014_2016.csv.gz"):
        year, number = int(float(r["Year"])), round(float(r["Time"]) * 365)
        day = datetime.date(2015, 1, 1) + datetime.timedelta(days=number - 1)
        lines.append([r["City"], f"{year}-{day.month:02d}-{day.day:02d}T12:00:00", r["Long"], r["Lat"], r["PM2.5"]])
    write(out / "city-days-2014-2016.csv", ["station_id", "time", "lon", "lat", "pm25"], lines)


def firms(data, out):
    plants = [(r["uid"], r["owner_name"] or r["uid"], "3011", r["longitude"], r["latitude"], r["district_adcode"])
              for r in rows(data / "enterprise/sfi_cement_2plus26.csv")]
    plants += [(r["Power Plant ID"], r["Name"], "4411", r["Longitude"], r["Latitude"], r["district_adcode"])
               for r in rows(data / "enterprise/gppd_2plus26.csv") if r["Fuel"] == "Coal"]
    lines, codes = [], []
    for number, (uid, name, industry, lon, lat, county) in enumerate(plants, 1):
        code = credit_code(number)
        codes.append(code)
        county = county[:6] if county else ""
        lines.append([code, f"{name} [{uid}, semi-synthetic code]", industry, lon, lat, "wgs84", county, "B", "存续"])
    write(
        out / "semi-synthetic-enterprises.csv",
        ["uscc", "name", "industry_code", "lon", "lat", "crs", "county_code", "grade", "status"], lines)
    return codes[:12]


def steel_days(data):
    """Days of 96 quarter hours labelled by their beginning; the file stamps their end, and midnight with the old date."""
    days = {}
    for r in rows(data / "power/steel_industry_uci851.csv.gz"):
        date, clock = r["date"].split(" ")
        day, month, year = (int(part) for part in date.split("/"))
        hour, minute = (int(part) for part in clock.split(":"))
        step = (hour * 60 + minute) // 15 - 1
        days.setdefault(datetime.date(year, month, day), [0.0] * 96)[step if step >= 0 else 95] = float(r["Usage_kWh"])
    return [days[key] for key in sorted(days)]


def power(data, out, codes):
    curve = steel_days(data)
    behaviours = ["honest", "ignores stop order", "treatment off", "plain shutdown"]
    meters, labels = [], []
    with gzip.open(out / "semi-synthetic-power.csv.gz", "wt", encoding="utf-8", newline="", compresslevel=1) as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["meter_id", "circuit", "time", "kwh"])
        for number, code in enumerate(codes):
            meter, behaviour = f"SEMI-{number + 1:03d}", behaviours[number % len(behaviours)]
            meters.append([meter, code, "industrial"])
            labels.append([meter, code, behaviour])
            for offset in range(WINTER_DAYS):
                date = WINTER_START + datetime.timedelta(days=offset)
                production = [value * (1 + number / 10) for value in curve[(number * 23 + offset) % len(curve)]]
                treatment = [0.08 * value for value in production]
                ordered = ORDER[0] <= date < ORDER[1]
                if ordered and behaviour in ("honest", "treatment off"):
                    production, treatment = [0.4] * 96, [0.05] * 96
                if behaviour == "plain shutdown" and offset >= 40:
                    production, treatment = [0.3] * 96, [0.04] * 96
                if behaviour == "treatment off" and offset >= 40 and not ordered:
                    treatment = [0.05] * 96
                for circuit, values in (("production", production), ("treatment", treatment)):
                    for step, value in enumerate(values):
                        time = f"{date}T{step // 4:02d}:{step % 4 * 15:02d}:00"
                        writer.writerow([meter, circuit, time, f"{value:.3f}"])
    write(out / "semi-synthetic-meters.csv", ["meter_id", "uscc", "tariff"], meters)
    write(out / "semi-synthetic-labels.csv", ["meter_id", "uscc", "behaviour"], labels)
    write(
        out / "semi-synthetic-orders.csv", ["order_id", "kind", "start", "end", "scope", "limit_percent"],
        [["SEMI-RED-1", "red", f"{ORDER[0]}T00:00:00", f"{ORDER[1]}T00:00:00", "uscc:" + ";".join(codes), "100"]])


def main(data, out):
    out.mkdir(parents=True, exist_ok=True)
    national(data, out)
    beijing(data, out)
    city_days(data, out)
    power(data, out, firms(data, out))
    shutil.copy(data / "fires/firms_modis_c6_australia_2019.csv.gz", out / "firms-australia-2019.csv.gz")
    kinds = [
        ("stations", "stations-national-2019.csv"), ("stations", "stations-beijing.csv"),
        ("readings", "readings-cnemc-201907.csv.gz"), ("readings", "readings-beijing-winters.csv.gz"),
        ("wind", "wind-beijing.csv"), ("enterprises", "semi-synthetic-enterprises.csv"),
        ("meters", "semi-synthetic-meters.csv"), ("power", "semi-synthetic-power.csv.gz"),
        ("orders", "semi-synthetic-orders.csv"), ("fires", "firms-australia-2019.csv.gz"),
    ]
    write(out / "manifest.csv", ["kind", "file"], kinds)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
