#!/usr/bin/env bash
# What it shows: recognizers-text-suite 1.0.2a2 (Python) and @microsoft/recognizers-text-suite 1.3.1 read dates out of Chinese prose.
#   Their ends are exclusive: 2025年 ends on 2026-01-01, 第三季度 on 1 October. But the fourth quarter of 2026 ends on 0001-01-01 in the one
#   and is "not resolved" in the other, as if October and three made no month. 2025-2027年 ends on 2027-01-01, without its last year. And
#   what they do not know they cut off: 2026年四季度, without 第, is the whole of 2026; to the package of npm so is 2026年上半年. From
#   2026年3月1日至3月5日 the one for Python makes a second meaning, to 5 March of the next year. Sums are read well by both, 1万5千元 and 3亿2千万元
#   too.
# Why it matters to such a register: aims of policies fall due in the fourth quarter, and programmes run over years. What ends before it
#   begins is never due, and what is due in a whole year is late by nine months before anybody sees it.
# What we do about it: a period is a code of its own (a year, a quarter) or a first and a last day, both included, given by the one who
#   knows. Partners: write 10月 to 12月, or take the words for no more than a hint to a person.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check recognizers-text-suite==1.0.2a2 emoji==1.7.0 'setuptools<81'
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @microsoft/recognizers-text-suite@1.3.1 >/dev/null
cat > read.cjs <<'JS'
const { recognizeDateTime, recognizeCurrency } = require("@microsoft/recognizers-text-suite"), today = new Date(2026, 10, 30);
const dates = (text) => recognizeDateTime(text, "zh-cn", undefined, today).map((found) => [found.text, found.resolution.values.map((value) => [value.start || value.value, value.end || null])]);
const money = (text) => recognizeCurrency(text, "zh-cn").map((found) => found.resolution.value);
console.log(JSON.stringify(process.argv.slice(2).map((text) => (text.endsWith("元") ? money(text) : dates(text)))));
JS
env/bin/python -W ignore - <<'PY'
import datetime
import json
import subprocess
import sys
from recognizers_date_time import recognize_datetime
from recognizers_number_with_unit import recognize_currency

today = datetime.datetime(2026, 11, 30)


def dates(text):
    return [[found.text, [[value.get("start") or value.get("value"), value.get("end")] for value in found.resolution["values"]]]
            for found in recognize_datetime(text, "zh-cn", reference=today)]


def one(text, *values):
    return [[text, [list(value) for value in values]]]


third = one("2026年第三季度", ("2026-07-01", "2026-10-01"))
fourth = "2026年第四季度"
years = one("2025-2027年", ("2025-01-01", "2027-01-01"))
whole = one("2026年", ("2026-01-01", "2027-01-01"))
half, march = "2026年上半年", "2026年3月1日至3月5日"
days = ("2026-03-01", "2026-03-05")
cases = {  # text: guess, Python, npm
    "2025年": (one("2025年", ("2025-01-01", "2026-01-01")),) * 3,
    "2026年第三季度": (third,) * 3,
    fourth: (one(fourth, ("2026-10-01", "2027-01-01")), one(fourth, ("2026-10-01", "0001-01-01")), one(fourth, ("not resolved", None))),
    "2025-2027年": (one("2025-2027年", ("2025-01-01", "2028-01-01")), years, years),
    "2026年四季度": (one("2026年四季度", ("2026-10-01", "2027-01-01")), whole, whole),
    half: (one(half, ("2026-01-01", "2026-07-01")), [], one(half, ("2026-01-01", "2027-01-01"))),
    march: (one(march, days), one(march, days, ("2026-03-01", "2027-03-05")), one(march, days)),
}
sums = {"1万5千元": "15000", "3亿2千万元": "320000000"}
nodes = json.loads(subprocess.run(["node", "read.cjs", *cases, *sums], check=True, capture_output=True, text=True).stdout)
print("recognizers-text-suite 1.0.2a2 (Python), @microsoft/recognizers-text-suite 1.3.1; words, first day, day after the last")
changed = False
for (text, (guess, *known)), node in zip(cases.items(), nodes):
    seen = [dates(text), node]
    print(f"{text}\n  guess: {guess}\n  seen:  Python: {seen[0]}\n  seen:  npm: {seen[1]}")
    changed |= seen != known
for (text, guess), node in zip(sums.items(), nodes[len(cases):]):
    seen = [[found.resolution["value"] for found in recognize_currency(text, "zh-cn")], node]
    print(f"{text}\n  guess: {guess}\n  seen:  {seen}")
    changed |= seen != [[guess], [guess]]
sys.exit("the behaviour changed" if changed else 0)
PY
