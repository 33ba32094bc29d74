#!/usr/bin/env python3
"""Makes grids/places-2p26.csv and grids/place-aliases-2p26.csv from published facts. Needs `pip install pypinyin`.

usage: tools/make_places.py DISTRICT_CODES.csv GB2260_REVISIONS.csv

DISTRICT_CODES: province_name,province_adcode,city_name,city_adcode,district_name,district_adcode,...
GB2260_REVISIONS: revision,code,name (GB/T 2260, 2016-12 to 2019-04)
"""
import csv
import pathlib
import sys

from pypinyin import Style, lazy_pinyin

CITIES = (
    "110000 120000 130100 130200 130400 130500 130600 130900 131000 131100 140100 140300 140400 140500 "
    "370100 370300 370800 371400 371500 371600 371700 410100 410200 410500 410600 410700 410800 410900"
).split()

# Codes that left GB/T 2260, and the county that answers for their area today.
SUCCESSORS = {
    "130223": "130284", "130521": "130503", "130526": "130505", "130527": "130506", "130604": "130606",
    "140402": "140403", "140411": "140403", "140421": "140404", "140424": "140405", "140481": "140406",
    "370125": "370115", "371202": "370116", "371203": "370117", "371523": "371503", "371626": "371681",
    "410728": "410783",
}
# Development zones have no county code of their own. The county is the one of their seat: an approximation, since a
# zone may spread over several. Users add their own lines to the aliases file.
ZONES = {
    "石家庄高新技术产业开发区": "130108", "石家庄高新区": "130108", "石家庄循环化工园区": "130109",
    "唐山市芦台经济技术开发区": "130207", "唐山市汉沽管理区": "130207", "唐山高新技术产业开发区": "130203",
    "河北唐山海港经济开发区": "130225", "邯郸经济技术开发区": "130403", "邯郸冀南新区": "130427",
    "河北邢台经济开发区": "130502", "保定高新技术产业开发区": "130602", "保定白沟新城": "130684", "雄安新区": "130629",
    "河北沧州经济开发区": "130902", "沧州高新技术产业开发区": "130903", "沧州渤海新区": "130983",
    "廊坊经济技术开发区": "131003", "河北衡水高新技术产业开发区": "131102", "衡水滨湖新区": "131102",
    "山西转型综合改革示范区": "140105", "山西长治高新技术产业园区": "140403", "济南高新技术产业开发区": "370102",
    "济南高新区": "370102", "济宁高新技术产业开发区": "370811", "德州经济技术开发区": "371402",
    "德州运河经济开发区": "371402", "菏泽经济技术开发区": "371702", "菏泽高新技术开发区": "371702",
    "郑东新区": "410105", "郑州经济技术开发区": "410104", "郑州高新技术产业开发区": "410102", "郑州高新区": "410102",
    "郑州航空港经济综合实验区": "410184", "安阳高新技术产业开发区": "410502", "鹤壁经济技术开发区": "410611",
    "新乡高新技术产业开发区": "410702", "新乡经济技术开发区": "410702", "新乡市平原城乡一体化示范区": "410725",
    "焦作城乡一体化示范区": "410811", "河南濮阳工业园区": "410902", "濮阳经济技术开发区": "410902",
    "北京经济技术开发区": "110115", "天津滨海高新技术产业开发区": "120116",
}
# Readings of place names that a dictionary of single characters gets wrong.
READINGS = {"长垣": "changyuan", "长安": "changan", "长子": "zhangzi", "任泽": "renze", "任丘": "renqiu", "任县": "renxian",
            "单县": "shanxian", "乐亭": "laoting", "乐陵": "leling", "东阿": "donge", "莘县": "shenxian", "浚县": "xunxian",
            "蔚县": "yuxian", "涿州": "zhuozhou", "藁城": "gaocheng", "井陉": "jingxing", "阳曲": "yangqu", "曲阳": "quyang",
            "曲周": "quzhou", "曲阜": "qufu", "大城": "daicheng", "蠡县": "lixian", "行唐": "xingtang", "牟平": "muping",
            "中牟": "zhongmu", "汶上": "wenshang", "泗水": "sishui", "郓城": "yuncheng", "鄄城": "juancheng", "解放": "jiefang", "襄都": "xiangdu",
            "信都": "xindu", "望都": "wangdu", "殷都": "yindu", "长治": "changzhi", "长清": "changqing"}


def pinyin(name):
    for known, reading in READINGS.items():
        if name.startswith(known):
            rest = name[len(known):]
            return reading + "".join(lazy_pinyin(rest, style=Style.NORMAL))
    return "".join(lazy_pinyin(name, style=Style.NORMAL)).replace("ü", "v")


def main(districts, revisions):
    rows = [r for r in csv.DictReader(open(districts, encoding="utf-8")) if r["city_adcode"] in CITIES]
    current = {r["district_adcode"]: r for r in rows}
    places = [
        (r["district_adcode"], r["district_name"], r["city_adcode"], r["city_name"], r["province_name"], "", "",
         r["district_adcode"])
        for r in rows
    ]
    seen = {}
    for r in csv.DictReader(open(revisions, encoding="utf-8")):
        first, _ = seen.get((r["code"], r["name"]), (r["revision"], None))
        seen[(r["code"], r["name"])] = (first, r["revision"])
    for (code, name), (first, last) in seen.items():
        today = code if code in current else SUCCESSORS.get(code)
        if today in current and not (code in current and current[code]["district_name"] == name):
            city = current[today]
            places.append((code, name, city["city_adcode"], city["city_name"], city["province_name"], first, last, today))
    folder = pathlib.Path(__file__).resolve().parent.parent / "grids"
    with open(folder / "places-2p26.csv", "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow("code name pinyin city_code city_name province_name since until current_code".split())
        for code, name, *rest in sorted(places):
            writer.writerow([code, name, pinyin(name), *rest])
    with open(folder / "place-aliases-2p26.csv", "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["alias", "code", "note"])
        for zone, code in sorted(ZONES.items(), key=lambda item: (item[1], item[0])):
            assert code in current, (zone, code)
            writer.writerow([zone, code, "development zone; the county of its seat"])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
