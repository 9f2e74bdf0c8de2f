#!/usr/bin/env bash
# What it shows: chinese2digits 6.0.2 reads 1万5千元 (15,000 yuan) as 100,005,000 yuan and 3亿2千万元 (320 million) as thirty
#   thousand million million, while it reads 1万元, 1.5万元 and 一万五千元 rightly; and 十五五, the short name of the fifteenth
#   five-year plan, as the number 65.
# Why it matters to such a register: sums in agreements and policies are written in all these ways. One reader of a plan's text multiplies
#   a grant by 6,667 and nothing refuses it: the number is a good number.
# What we do about it: money is a decimal text in yuan with at most two places, given by the one who knows it; nothing reads sums out
#   of prose. Partners who must: write out one unit only (1.5万元) and compare the sum with the budget.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check chinese2digits==6.0.2
env/bin/python - <<'PY'
import sys
from importlib.metadata import version
import chinese2digits

cases = {
    "补助1万元": ("补助10000元", "10000"),
    "补助1.5万元": ("补助15000元", "15000"),
    "补助一万五千元": ("补助15000元", "15000"),
    "补助1万5千元": ("补助100005000元", "15000"),
    "补助3亿2千万元": ("补助30000000020000000元", "320000000"),
    "十五五规划": ("65规划", "unchanged"),
    "十四五规划": ("55规划", "unchanged"),
}
print("chinese2digits", version("chinese2digits"))
changed = False
for text, (known, guess) in cases.items():
    seen = chinese2digits.takeNumberFromString(text)["replacedText"]
    print(f"{text}\n  guess: {guess}\n  seen:  {seen}")
    changed |= seen != known
sys.exit("the behaviour changed" if changed else 0)
PY
