#!/usr/bin/env bash
# What it shows: a number format with a unit of measure in quotes, such as 0.0"mm" or #,##0"h", is a date to some readers, as it has the
#   letters d, h, m, s or y in it. xlsx2csv 0.8.6 does not write the value at all, but the format with parts of a day in January 1900
#   put in: 0.5 mm is 12:00, 2.5 mm is 0.0"01", 1800 h is #,##0"12", 40 GHz is 0"g12z". polars 2.1.0 with
#   engine="xlsx2csv" has the same in its table. To pylightxl 1.61 1800 d is 1904/12/04, and 40 GHz and 40 km/h are 00:00:00. exceljs 4.4.0 takes quotes out before it looks,
#   but not an escaped letter: 1800 with the format 0\h is the Date 1904-12-04.
# Why it matters to such a register: accuracies, wavelengths, speeds and machine hours of instruments are kept in such columns, so that they
#   can be summed. The program ends well and the file has as many rows and columns as it should.
# What we do about it: a unit of measure is a column of its own, or stands in the heading, and a cell has a plain number. Partners:
#   openpyxl, python-calamine and read-excel-file give the number for each of these formats.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check xlsxwriter==3.3.1 xlsx2csv==0.8.6 pylightxl==1.61 polars==2.1.0 openpyxl==3.1.5 python-calamine==0.9.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 read-excel-file@9.3.17 >/dev/null
cat > read.cjs <<'JS'
const ExcelJS = require("exceljs"), readExcelFile = require("read-excel-file/node").default;
const plain = (values) => values.map((value) => (value instanceof Date ? value.toISOString().slice(0, 10) : String(value)));
(async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile("units.xlsx");
  console.log(JSON.stringify({ "exceljs 4.4.0": plain(book.worksheets[0].getRow(2).values.slice(1)),
    "read-excel-file 9.3.17": plain((await readExcelFile("units.xlsx"))[0].data[1]) }));
})();
JS
TZ=UTC env/bin/python -W ignore - <<'PY'
import csv
import json
import subprocess
import sys
import openpyxl
import polars
import pylightxl
import python_calamine
import xlsxwriter

cells = [("0.0\"mm\"", 0.5), ("0.0\"mm\"", 2.5), ("#,##0\"h\"", 1800), ("0\"d\"", 1800), ("0\"GHz\"", 40), ("0\"km/h\"", 40), ("0\\h", 1800), ("0\"台\"", 40)]
with xlsxwriter.Workbook("units.xlsx") as book:
    sheet = book.add_worksheet("units")
    for column, (form, value) in enumerate(cells):
        sheet.write_string(0, column, f"{form} of {value:g}")
        sheet.write_number(1, column, value, book.add_format({"num_format": form}))
guess = [f"{value:g}" for _, value in cells]
converted = subprocess.run(["env/bin/xlsx2csv", "units.xlsx"], check=True, capture_output=True, text=True).stdout
frame = polars.read_excel("units.xlsx", engine="xlsx2csv")
sheet = pylightxl.readxl("units.xlsx").ws("units")
calamine = python_calamine.load_workbook("units.xlsx").get_sheet_by_index(0).to_python()[1]
seen = {"xlsx2csv 0.8.6": list(csv.reader(converted.splitlines()))[1],
        "polars 2.1.0, engine xlsx2csv": [str(value) for value in frame.row(0)],
        "pylightxl 1.61": [str(value) for value in sheet.row(2)],
        "openpyxl 3.1.5": [str(cell.value) for cell in openpyxl.load_workbook("units.xlsx").active[2]],
        "python-calamine 0.9.1": [f"{value:g}" if isinstance(value, float) else str(value) for value in calamine],
        **json.loads(subprocess.run(["node", "read.cjs"], check=True, capture_output=True, text=True).stdout)}
known = {"xlsx2csv 0.8.6": ["12:00", '0.0"01"', '#,##0"12"', '0"04"', '0"g12z"', '0"k02/12"', "012", "40"]}
known["polars 2.1.0, engine xlsx2csv"] = [*known["xlsx2csv 0.8.6"][:6], "12", "40"]
known["pylightxl 1.61"] = ["0.5", "2.5", "1800", "1904/12/04", "00:00:00", "00:00:00", "00:00:00", "40"]
known["exceljs 4.4.0"] = [*guess[:6], "1904-12-04", "40"]
changed = False
print(f"formats: {[form for form, _ in cells]}")
for name, values in seen.items():
    print(f"{name}\n  guess: {guess}\n  seen:  {values}")
    changed |= values != known.get(name, guess)
sys.exit("the behaviour changed" if changed else 0)
PY
