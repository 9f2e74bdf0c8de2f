#!/usr/bin/env bash
# What it shows: the day formats of a Chinese Excel have numbers of their own in the file format and no text (by ECMA-376, 31 is
#   2025年3月1日 and 57 is 2025年3月). openpyxl 3.1.5, exceljs 4.4.0 and polars 2.1.0 (by fastexcel 0.21.0) do not know them and give
#   45717, an integer. The crate calamine is in fastexcel and in python-calamine 0.9.1, but only the latter says 1 March 2025; SheetJS
#   0.18.5 and read-excel-file 9.3.17 say so as well. When exceljs saves the workbook again, the format is gone: then no reader can
#   tell that this was a day, and a person sees 45717 in the cell. openpyxl keeps the format when it saves.
# Why it matters to such a register: a day of approval typed in by hand is an integer and one written by a program a date, both of one
#   workbook, and an integer is no error to those who read it: 45717 goes into a table as a text, a count or a year.
# What we do about it: days are texts (2025-03-01) wherever they leave the register. Partners: python-calamine, or SheetJS with cellDates;
#   whoever reads cells on their own takes 27 to 36 and 50 to 58 for formats of days and hours too. Do not save with exceljs first.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check xlsxwriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1 fastexcel==0.21.0 polars==2.1.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 read-excel-file@9.3.17 >/dev/null
cat > read.cjs <<'JS'
const ExcelJS = require("exceljs"), XLSX = require("xlsx"), readExcelFile = require("read-excel-file/node").default;
const plain = (values) => values.map((value) => (value instanceof Date ? value.toISOString().slice(0, 10) : String(value)));
(async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile("days.xlsx");
  const seen = { "exceljs 4.4.0": plain(book.worksheets[0].getRow(2).values.slice(1)) };
  await book.xlsx.writeFile("saved-by-exceljs.xlsx");
  const sheet = XLSX.readFile("days.xlsx", { cellDates: true }).Sheets.days;
  seen["xlsx 0.18.5"] = plain(XLSX.utils.sheet_to_json(sheet, { header: 1 })[1]);
  seen["read-excel-file 9.3.17"] = plain((await readExcelFile("days.xlsx"))[0].data[1]);
  console.log(JSON.stringify(seen));
})();
JS
TZ=UTC env/bin/python -W ignore - <<'PY'
import datetime
import json
import subprocess
import sys
import openpyxl
import polars
import python_calamine
import xlsxwriter

with xlsxwriter.Workbook("days.xlsx") as book:
    sheet = book.add_worksheet("days")
    sheet.write_row(0, 0, ["format 14", "format 31", "format 57", "written out"])
    for column, form in enumerate((14, 31, 57, 'yyyy"年"m"月"d"日"')):
        sheet.write_datetime(1, column, datetime.datetime(2025, 3, 1), book.add_format({"num_format": form}))


def calamine(path):
    return [str(value)[:10] for value in python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()[1]]


day, number = "2025-03-01", "45717"
book = openpyxl.load_workbook("days.xlsx")
seen = {"openpyxl 3.1.5": [str(cell.value)[:10] for cell in book.active[2]],
        "polars 2.1.0 by fastexcel 0.21.0": [str(value)[:10] for value in polars.read_excel("days.xlsx").row(0)],
        "python-calamine 0.9.1": calamine("days.xlsx"),
        **json.loads(subprocess.run(["node", "read.cjs"], check=True, capture_output=True, text=True).stdout)}
book.save("saved-by-openpyxl.xlsx")
seen |= {"saved by openpyxl, python-calamine": calamine("saved-by-openpyxl.xlsx"),
         "saved by exceljs, python-calamine": [value.removesuffix(".0") for value in calamine("saved-by-exceljs.xlsx")]}
blind = ("openpyxl 3.1.5", "polars 2.1.0 by fastexcel 0.21.0", "exceljs 4.4.0", "saved by exceljs, python-calamine")
changed = False
for name, values in seen.items():
    print(f"{name}\n  guess: {[day] * 4}\n  seen:  {values}")
    changed |= values != ([day, number, number, day] if name in blind else [day] * 4)
sys.exit("the behaviour changed" if changed else 0)
PY
