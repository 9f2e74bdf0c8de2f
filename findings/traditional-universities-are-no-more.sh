#!/usr/bin/env bash
# What it shows: switch-chinese 1.0.16 (traditional to simplified characters, with words of Taiwan put into those of the mainland) has a
#   pair 大學 and 高校, a word that is short for "institutions of higher education", in its list. Each university becomes one:
#   重慶大學 is 重庆高校,
#   西南交通大學 is 西南交通高校, 大學生創業園 is 本科生创业园 (of undergraduates). The way back has the other half: 重庆高校联盟 becomes 重慶大學聯盟. So 四川大学 there and back
#   is 四川高校. 瞭望 (a tower's outlook) becomes 了望. opencc-js 1.4.2 and zhconv 1.4.3 give the name back.
# Why it matters to such a register: names are turned into simplified characters so that papers and partners of Hong Kong, Macao and
#   Taiwan find their counterparts here. No university is found, and two lists that were joined have every one of them twice.
# What we do about it: traditional and simplified characters stay different in searches, and what is stored is what was written. Partners:
#   opencc-js without the words of a region (from: "t", to: "cn"), and compare a few names before.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check zhconv==1.4.3 'setuptools<81'
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts switch-chinese@1.0.16 opencc-js@1.4.2 >/dev/null
cat > show.mjs <<'JS'
import switchChinese from "switch-chinese";
import { Converter } from "opencc-js";
const other = Converter({ from: "t", to: "cn" }), one = switchChinese(), names = process.argv.slice(2);
console.log(JSON.stringify(names.map((name) => [one.simplized(name), other(name), one.simplized(one.traditionalized(name)), one.traditionalized(name)])));
JS
env/bin/python -W ignore - <<'PY'
import json
import subprocess
import sys
import zhconv

cases = {  # guess, switch-chinese
    "四川大學": ("四川大学", "四川高校"), "重慶大學": ("重庆大学", "重庆高校"), "電子科技大學": ("电子科技大学", "电子科技高校"),
    "西南交通大學": ("西南交通大学", "西南交通高校"), "重慶醫科大學附屬第一醫院": ("重庆医科大学附属第一医院", "重庆医科高校附属第一医院"),
    "大學生創業園": ("大学生创业园", "本科生创业园"), "西部科學城": ("西部科学城", "西部科学城"), "瞭望塔": ("瞭望塔", "了望塔"),
    "中國工程物理研究院": ("中国工程物理研究院", "中国工程物理研究院"),
}
more = {"四川大学": ("四川大学", "四川高校"), "重庆高校联盟": ("重慶高校聯盟", "重慶大學聯盟")}
rows = json.loads(subprocess.run(["node", "show.mjs", *cases, *more], check=True, capture_output=True, text=True).stdout)
print("switch-chinese 1.0.16; opencc-js 1.4.2; zhconv 1.4.3")
changed = False
for (name, (guess, known)), (seen, other, _, _) in zip(cases.items(), rows):
    third = zhconv.convert(name, "zh-cn")
    print(f"{name}\n  guess: {guess}\n  seen:  {seen}; {other}; {third}")
    changed |= seen != known or other != guess or third != guess
there, back = rows[-2][2], rows[-1][3]
print(f"四川大学, to traditional characters and back\n  guess: 四川大学\n  seen:  {there}")
print(f"重庆高校联盟, to traditional characters\n  guess: {more['重庆高校联盟'][0]}\n  seen:  {back}")
sys.exit("the behaviour changed" if changed or there != more["四川大学"][1] or back != more["重庆高校联盟"][1] else 0)
PY
