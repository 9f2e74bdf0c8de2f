#!/usr/bin/env bash
# What it shows: numbers with both 亿 (a hundred million) and 万 (ten thousand), or with two digits before one of them, go wrong in readers
#   that do well with smaller ones. pycnnum 2.1.1 takes 一千二百亿 (120 thousand million) for ten million million and 叁仟伍佰万 (35 million) for
#   three thousand million; chinese-numbers-converter 2.3.1 makes 1000020000000 of 一亿二千万 (120 million). To numcn 0.1.0 一万亿 is ten thousand
#   and 九万六千亿 600 thousand million, and 叁仟伍佰万 is 0; to chinese2digits 6.0.2 十二万亿 is two million million. 三万五千 is right in all of them.
#   cn2an 0.5.24 is right in all of these cases, and cn2int 0.2.3 raises an error where it does not know.
# Why it matters to such a register: the product of the two provinces is counted in 万亿, and plans in 亿. A number a thousand times too
#   large is still a number, and an indicator reached many times over.
# What we do about it: values are numbers in digits with a unit of their own; in the words of a quotation only digits before 万 and 亿 are
#   read, 9.6万亿, and no number that is all in characters. Partners who must: cn2an.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check pycnnum==2.1.1 numcn==0.1.0 chinese2digits==6.0.2 cn2an==0.5.24 cn2int==0.2.3
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts chinese-numbers-converter@2.3.1 >/dev/null
cat > read.cjs <<'JS'
const Converter = require("chinese-numbers-converter");
console.log(JSON.stringify(process.argv.slice(2).map((text) => new Converter(text).toArabicString())));
JS
env/bin/python -W ignore - <<'PY'
import json
import subprocess
import sys
import chinese2digits
import cn2an
import numcn
import pycnnum
from cn2int.cn2int import chinese2int

names = ["pycnnum", "numcn", "chinese2digits", "cn2an", "cn2int", "chinese-numbers-converter"]
error = "an error"
cases = {  # text: guess, what is otherwise
    "三万五千": (35000, {}),
    "三千五百万": (35000000, {"pycnnum": 3005000000}),
    "叁仟伍佰万": (35000000, {"pycnnum": 3005000000, "numcn": 0}),
    "一亿二千万": (120000000, {"chinese-numbers-converter": 1000020000000}),
    "三亿五千万": (350000000, {"chinese-numbers-converter": 3000050000000}),
    "三百二十亿": (32000000000, {"pycnnum": 302000000000}),
    "一千二百亿": (120000000000, {"pycnnum": 10020000000000}),
    "一万亿": (1000000000000, {"numcn": 10000, "cn2int": error}),
    "九万六千亿": (9600000000000, {"pycnnum": 9000600000000000, "numcn": 600000090000, "cn2int": error}),
    "十二万亿": (12000000000000, {"numcn": 120000, "chinese2digits": 2001000000000, "cn2int": error}),
}


def ask(read, text):
    try:
        return int(read(text))
    except (ValueError, OverflowError, KeyError):
        return error


nodes = json.loads(subprocess.run(["node", "read.cjs", *cases], check=True, capture_output=True, text=True).stdout)
print("pycnnum 2.1.1, numcn 0.1.0, chinese2digits 6.0.2, cn2an 0.5.24, cn2int 0.2.3, chinese-numbers-converter 2.3.1")
changed = False
for (text, (guess, known)), node in zip(cases.items(), nodes):
    readers = [pycnnum.cn2num, numcn.ctn, lambda text: chinese2digits.takeNumberFromString(text)["replacedText"], lambda text: cn2an.cn2an(text, "normal"),
               chinese2int, lambda text: node]
    seen = {name: ask(read, text) for name, read in zip(names, readers)}
    wrong = {name: value for name, value in seen.items() if value != guess}
    print(f"{text}\n  guess: {guess:,}\n  seen:  {', '.join(f'{name}: {value if value == error else format(value, chr(44))}' for name, value in wrong.items()) or 'the same by all'}")
    changed |= wrong != known
sys.exit("the behaviour changed" if changed else 0)
PY
