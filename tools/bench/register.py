#!/usr/bin/env python3
"""Write a synthetic register of 100,000 firms for the search for near-duplicates.

tools/bench/register.py E.csv && hotgrid register check --enterprises E.csv --out findings.csv
The time of the search alone is printed by the verb. Names are made of 38 characters and ten trades, so that equal and
similar names are far more frequent than in a real register.
"""
import random
import sys

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


random.seed(1)
chars="永兴宏达华北新光恒泰金源顺发盛隆鑫利民康通安平福瑞祥和亿嘉天正大中东方建业长城海洋"
trades=["铸造","铸件","建材","家具","化工","橡胶","机械","涂料","砖瓦","陶瓷"]
forms=["有限公司","有限责任公司","厂","股份有限公司"]
with open(sys.argv[1],"w") as f:
    f.write("uscc,name,industry_code,lon,lat,county_code,address,permit,grade,status\n")
    for k in range(100000):
        name="".join(random.choice(chars) for _ in range(random.randint(2,3)))
        c=code("130108",10000000+k)
        f.write(f"{c},{random.choice(['河北','石家庄市',''])}{name}{random.choice(trades)}{random.choice(forms)},3110,{113.8+random.random()*3:.6f},{36.8+random.random()*2.5:.6f},130108,裕华路{random.randint(1,9999)}号,{c}001P,B,存续\n")
