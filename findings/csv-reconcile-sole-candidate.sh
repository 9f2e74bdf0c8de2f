#!/usr/bin/env bash
# What it shows: csv-reconcile 0.3.2, which serves a CSV file as a reconciliation service, says "match" of whatever stands alone above
#   its threshold of 30: asked for 内江师范学院, which the file does not hold, it names 绵阳师范学院 as the match. Nor are its scores of Chinese
#   names the Dice coefficients of pairs of characters: it compares pairs of bytes of UTF-8. 西南大学 and 西华大学, which share one pair of
#   three, get 77.8 instead of 33.3, more than 西南大学 and 西南交通大学 (58.3 instead of 50).
# Why it matters to such a register: clients take a match without asking anybody. Where a partner serves its own short list of
#   institutions this way, the projects of one university are filed under another, the more often the shorter the list is.
# What we do about it: an organization is named by its identifier; a name that is merely near is a suggestion and is never taken for it.
#   Partners: look at each match whose name is not the one that was asked for, and compare such scores with no other service's.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check csv-reconcile==0.3.2 flask==2.3.3 normality==2.6.1
cat > list.csv <<'CSV'
id,name,division
o1,西华大学,510100
o2,成都理工大学,510100
o3,绵阳师范学院,510700
o4,重庆邮电大学,500000
CSV
env/bin/python -W ignore - <<'PY'
import json
import os
import sys
from importlib.metadata import version
import csv_reconcile
from csv_reconcile import initdb, scorer

app = csv_reconcile.create_app(config="", instance_path=os.path.abspath("instance"), scorerOption="")
with app.app_context():
    initdb.init_db_with_context("list.csv", "id", "name")
cases = {
    "西华大学": ("西华大学, 100, a match", [["西华大学", 100.0, True]]),
    "重庆大学": ("重庆邮电大学, 50, no match", [["重庆邮电大学", 58.3, False], ["西华大学", 33.3, False]]),
    "内江师范学院": ("绵阳师范学院, 60, no match", [["绵阳师范学院", 60.0, True]]),
    "西南大学": ("西华大学, 33, no match", [["西华大学", 77.8, True]]),
}
print("csv-reconcile", version("csv-reconcile"))
queries = {name: {"query": name} for name in cases}
answers = app.test_client().post("/reconcile", data={"queries": json.dumps(queries)}).json
changed = False
for name, (guess, known) in cases.items():
    seen = [[one["name"], round(one["score"], 1), one["match"]] for one in answers[name]["result"]]
    print(f"{name}\n  guess: {guess}\n  seen:  {seen}")
    changed |= seen != known
near = round(scorer.scoreMatch(scorer.normalizeWord("西南大学"), scorer.normalizeWord("西南交通大学")), 1)
print(f"西南大学 and 西南交通大学\n  guess: 50, more than 西华大学\n  seen:  {near}")
sys.exit("the behaviour changed" if changed or near != 58.3 else 0)
PY
