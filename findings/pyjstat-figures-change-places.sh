#!/usr/bin/env bash
# What it shows: pyjstat 2.4.0, which turns a pandas table into JSON-stat 2.0, writes the figures in the order in which the rows happen
#   to stand and the categories in the order in which they first occur. Of a table sorted by its figures four institutes of Chongqing in
#   2024 become Sichuan's; where one cell is missing, all after it move up, so what was counted for 2025 is read as of 2024 by
#   jsonstat-toolkit 2.2.2. None says a word, nor does jsonstat-validator 0.4.6: three values for four cells are valid to it.
# Why it matters to such a register: statistics by province and year come sorted by size, and cells without a record have no row. The
#   totals over all are right, the categories are right, the figures are whole numbers of the right size: nothing looks wrong.
# What we do about it: each figure of the register's statistics stands beside its own keys, and no format is offered in which only the
#   place tells what a figure is about. Partners: give every cell a row and sort by all columns of keys before writing.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check pyjstat==2.4.0 pandas==2.3.3 numpy==1.26.4 jsonstat-validator==0.4.6
npm install --silent --no-audit --no-fund --ignore-scripts jsonstat-toolkit@2.2.2 >/dev/null
cat > read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import JSONstat from 'jsonstat-toolkit';
const rows = JSONstat(JSON.parse(readFileSync(process.argv[2], 'utf8'))).toTable({ type: 'arrobj' });
console.log(JSON.stringify(rows.map((row) => [row.province, row.year, row.value ?? null])));
JS
env/bin/python - <<'PY'
import json
import subprocess
import sys
import warnings
import pandas as pd
from jsonstat_validator import validate_jsonstat
from pyjstat import pyjstat

cases = {
    "a table sorted by its figures": (
        [("四川", "2025", 9), ("重庆", "2024", 4), ("四川", "2024", 3), ("重庆", "2025", 2)],
        [["四川", "2025", 9], ["四川", "2024", 4], ["重庆", "2025", 3], ["重庆", "2024", 2]]),
    "a sorted table without a row for 重庆 2024": (
        [("四川", "2024", 3), ("四川", "2025", 9), ("重庆", "2025", 2)],
        [["四川", "2024", 3], ["四川", "2025", 9], ["重庆", "2024", 2], ["重庆", "2025", None]]),
    "a full and sorted table": (
        [("四川", "2024", 3), ("四川", "2025", 9), ("重庆", "2024", 4), ("重庆", "2025", 2)],
        [["四川", "2024", 3], ["四川", "2025", 9], ["重庆", "2024", 4], ["重庆", "2025", 2]]),
}
print("pyjstat 2.4.0, read by jsonstat-toolkit 2.2.2")
changed = False
for place, (name, (rows, known)) in enumerate(cases.items()):
    table = pd.DataFrame(rows, columns=["province", "year", "value"])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        text = pyjstat.Dataset.read(table).write()
    told = [str(one.message) for one in told if one.category is not DeprecationWarning]  # it warns of its own inner call
    with open(f"{place}.json", "w") as file:
        file.write(text)
    seen = json.loads(subprocess.run(["node", "read.mjs", f"{place}.json"], check=True, capture_output=True, text=True).stdout)
    wrong = [f"{province} {year}: {figure}" for province, year, figure in seen if figure is not None and (province, year, figure) not in rows]
    print(f"{name}: {rows}\n  guess: each figure stays where it was\n  seen:  {wrong or 'as guessed'}; warnings: {told}")
    print(f"  jsonstat-validator: guess: {len(rows) == 4}; seen: {validate_jsonstat(json.loads(text))}")
    changed |= seen != known or bool(told)
sys.exit("the behaviour changed" if changed else 0)
PY
