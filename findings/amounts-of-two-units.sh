#!/usr/bin/env bash
# What it shows: sums written with two units are read wrongly, and differently, by two readers of Chinese numbers. 1万5千元 (15,000 yuan)
#   is 25,000 to jionlp 1.5.31, which calls that "accurate", and 100,005,000 to chinese2digits 6.0.2; 3亿2千万元 (320 million) is 620
#   million to the one and thirty thousand million million to the other. Both read 1.5万元 and 一万五千元 rightly. chinese2digits also
#   takes 十五五, the short name of the fifteenth five-year plan, for the number 65.
# Why it matters to such a register: agreements and policies write sums in all these ways. What such a reader takes out of a text and puts
#   into a budget is a good number, so nothing refuses it; nearly double the sum does not even look odd.
# What we do about it: money is a decimal text in yuan with at most two places, given by the one who knows it; nothing reads sums out
#   of prose. Partners who must: write one unit only (1.5万元), and compare the parts with the total.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check chinese2digits==6.0.2 jionlp==1.5.31
env/bin/python - <<'PY'
import sys
import chinese2digits
import jionlp

cases = {  # guess, chinese2digits, jionlp
    "1.5万元": ("15000", "15000元", "15000.00 accurate"),
    "一万五千元": ("15000", "15000元", "15000.00 accurate"),
    "1万5千元": ("15000", "100005000元", "25000.00 accurate"),
    "3.2亿元": ("320000000", "320000000元", "320000000.00 accurate"),
    "3亿2千万元": ("320000000", "30000000020000000元", "620000000.00 accurate"),
}
changed = False
for text, (guess, *known) in cases.items():
    money = jionlp.parse_money(text)
    seen = [chinese2digits.takeNumberFromString(text)["replacedText"], f"{money['num']} {money['definition']}"]
    print(f"{text}\n  guess: {guess}\n  seen:  chinese2digits 6.0.2: {seen[0]}; jionlp 1.5.31: {seen[1]}")
    changed |= seen != known
plan = chinese2digits.takeNumberFromString("十五五规划")["replacedText"]
print(f"十五五规划\n  guess: unchanged\n  seen:  chinese2digits 6.0.2: {plan}")
sys.exit("the behaviour changed" if changed or plan != "65规划" else 0)
PY
