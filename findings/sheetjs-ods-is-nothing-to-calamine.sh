#!/usr/bin/env bash
# What it shows: no ODS workbook that SheetJS writes (xlsx 0.18.5, and 0.20.3 as packed in @e965/xlsx) can be read by the crate calamine:
#   SheetJS indents the cells of a row, calamine takes the line breaks between them for something that should be a cell. python-calamine
#   0.9.1 and polars 2.1.0 (by fastexcel 0.21.0) say so; pandas 3.1.1 with engine="calamine" says "Cannot detect file format". Of a
#   workbook that odswriter 0.5.0 writes without naming a sheet calamine finds no sheet at all, and that is no error: the list of sheets
#   is empty, so a loop over all sheets imports nothing. The name of a table is optional in OpenDocument. pandas with engine="odf",
#   pyexcel-ods3 0.6.1 and SheetJS itself read all of these files.
# Why it matters to such a register: ODS is the spreadsheet format that offices take when it must not be one maker's. A web form of one
#   partner writes it by SheetJS, a service of the other reads it by calamine; "imported 0 rows" is what an empty list gives as well.
# What we do about it: statistics leave the register as CSV and JSON; a reader of workbooks that is to come must refuse one without a
#   sheet or without a row, and be tried on files of other programs. Partners: pandas with engine="odf", or name every sheet.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check python-calamine==0.9.1 polars==2.1.0 fastexcel==0.21.0 pandas==3.1.1 odfpy==1.4.1 \
  pyexcel-ods3==0.6.1 odswriter==0.5.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 @e965/xlsx@0.20.3 >/dev/null
cat > write.cjs <<'JS'
const rows = [["code", "name"], ["510100", "成都市"], ["500000", "重庆市"]];
for (const [file, name] of [["sheetjs-0.18.5.ods", "xlsx"], ["sheetjs-0.20.3.ods", "@e965/xlsx"]]) {
  const X = require(name);
  X.writeFile({ SheetNames: ["机构"], Sheets: { 机构: X.utils.aoa_to_sheet(rows) } }, file, { bookType: "ods" });
}
JS
node write.cjs
cat > read.cjs <<'JS'
const X = require("xlsx");
for (const file of process.argv.slice(2)) {
  const book = X.readFile(file);
  console.log(JSON.stringify(X.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1 }).length));
}
JS
env/bin/python -W ignore - <<'PY'
import subprocess
import sys
import odswriter
import pandas
import polars
import pyexcel_ods3
import python_calamine

rows = [["code", "name"], ["510100", "成都市"], ["500000", "重庆市"]]
with open("odswriter-unnamed.ods", "wb") as file, odswriter.writer(file) as book:
    book.writerows(rows)
with open("odswriter-named.ods", "wb") as file, odswriter.writer(file) as book:
    book.new_sheet("机构").writerows(rows)


def by_calamine(path):
    book = python_calamine.load_workbook(path)
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def ask(read, path):
    try:
        return read(path)
    except Exception as problem:
        return f"{type(problem).__name__}: {str(problem)[:60]!r}"


readers = {
    "python-calamine 0.9.1, all sheets": by_calamine,
    "polars 2.1.0": lambda path: polars.read_ods(path).height + 1,
    "pandas 3.1.1, calamine": lambda path: sum(map(len, pandas.read_excel(path, engine="calamine", header=None, sheet_name=None).values())),
    "pandas 3.1.1, odf": lambda path: len(pandas.read_excel(path, engine="odf", header=None)),
    "pyexcel-ods3 0.6.1": lambda path: sum(map(len, pyexcel_ods3.get_data(path).values())),
}
sheetjs = {"python-calamine 0.9.1, all sheets": "CalamineError", "polars 2.1.0": "CalamineError", "pandas 3.1.1, calamine": "Cannot detect file format"}
cases = {"sheetjs-0.18.5.ods": sheetjs, "sheetjs-0.20.3.ods": sheetjs, "odswriter-named.ods": {},
         "odswriter-unnamed.ods": {"python-calamine 0.9.1, all sheets": 0, "polars 2.1.0": "Error", "pandas 3.1.1, calamine": "Sheet name is an empty list"}}
changed = False
for path, known in cases.items():
    print(f"{path}\n  guess: 3 rows")
    for name, read in readers.items():
        seen = ask(read, path)
        print(f"  seen:  {name}: {seen}")
        wanted = known.get(name, 3)
        changed |= wanted not in seen if isinstance(wanted, str) and isinstance(seen, str) else seen != wanted
    node = subprocess.run(["node", "read.cjs", path], check=True, capture_output=True, text=True).stdout.strip()
    print(f"  seen:  xlsx 0.18.5: {node}")
    changed |= node != "3"
sys.exit("the behaviour changed" if changed else 0)
PY
