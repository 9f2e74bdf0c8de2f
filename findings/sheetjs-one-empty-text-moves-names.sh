#!/usr/bin/env bash
# What it shows: an XLSX workbook keeps its texts in one list, and a cell has the number of its text. An entry of the list without a text
#   may be written <si/> (all that it may hold is optional in the schema). SheetJS (xlsx 0.18.5, and 0.20.3 as packed in @e965/xlsx) takes
#   <si/> for the beginning of an entry: it and the next one are one entry, and every text after it stands in the cell before its own. Of
#   four rows, 四川大学, nothing, 重庆大学 and 西南大学, the third is 西南大学 and the last is empty. <si></si> and <si><t/></si>, which mean the same,
#   are read well. openpyxl 3.1.5, python-calamine 0.9.1, exceljs 4.4.0, read-excel-file 9.3.17 and xlsx2csv 0.8.6 read all three.
# Why it matters to such a register: names and codes go to other rows, and all of them are good names and good codes; the digits beside
#   them, which are not in that list, stay. One empty text in thousands is enough, and which program wrote the workbook nobody knows.
# What we do about it: statistics leave the register as CSV and JSON, where a value stands in its own row. Partners: compare a last row by
#   eye, or read with openpyxl.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1 xlsx2csv==0.8.6
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 @e965/xlsx@0.20.3 exceljs@4.4.0 read-excel-file@9.3.17 >/dev/null
cat > read.cjs <<'JS'
const ExcelJS = require("exceljs"), readExcelFile = require("read-excel-file/node").default;
const plain = (value) => (typeof value === "string" ? value : "");
(async () => {
  const [file] = process.argv.slice(2), seen = {};
  for (const [name, reader] of [["xlsx 0.18.5", "xlsx"], ["@e965/xlsx 0.20.3", "@e965/xlsx"]]) {
    const sheet = require(reader).readFile(file).Sheets.list;
    seen[name] = [1, 2, 3, 4].map((row) => plain(sheet[`A${row}`]?.v));
  }
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(file);
  seen["exceljs 4.4.0"] = [1, 2, 3, 4].map((row) => plain(book.worksheets[0].getCell(row, 1).value));
  seen["read-excel-file 9.3.17"] = (await readExcelFile(file))[0].data.map(([value]) => plain(value));
  console.log(JSON.stringify(seen));
})();
JS
env/bin/python -W ignore - <<'PY'
import csv
import json
import subprocess
import sys
import zipfile
import openpyxl
import python_calamine


def workbook(path, strings, cells):
    """A workbook of one column; each cell is the inside of <c>, with its attributes before it."""
    head, main = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n', "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006/"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    parts = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "styles": "styles", "sharedStrings": "sharedStrings"}
    types = "".join(f'<Override PartName="/xl/{part}.xml" ContentType="{kind}{name}+xml"/>' for part, name in parts.items())
    targets = "".join(f'<Relationship Id="r{place}" Type="{links}/{name}" Target="{part}.xml"/>' for place, (part, name) in enumerate(list(parts.items())[1:]))
    rows = "".join(f'<row r="{row}"><c r="A{row}"{attributes}>{inside}</c></row>' for row, (attributes, inside) in enumerate(cells, 1))
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("[Content_Types].xml", f'{head}<Types xmlns="{package}content-types"><Default Extension="rels" ContentType="'
                      f'application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{types}</Types>')
        book.writestr("_rels/.rels", f'{head}<Relationships xmlns="{package}relationships"><Relationship Id="r1" Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        book.writestr("xl/workbook.xml", f'{head}<workbook xmlns="{main}" xmlns:r="{links}"><sheets><sheet name="list" sheetId="1" r:id="r0"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", f'{head}<Relationships xmlns="{package}relationships">{targets}</Relationships>')
        book.writestr("xl/styles.xml", f'{head}<styleSheet xmlns="{main}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="1"><fill>'
                      '<patternFill patternType="none"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1">'
                      '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>')
        book.writestr("xl/sharedStrings.xml", f'{head}<sst xmlns="{main}" count="{len(strings)}" uniqueCount="{len(strings)}">{"".join(strings)}</sst>')
        book.writestr("xl/worksheets/sheet1.xml", f'{head}<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>')


wanted = ["四川大学", "", "重庆大学", "西南大学"]
moved = ["四川大学", "", "西南大学", ""]
changed = False
for empty in ("<si/>", "<si></si>", "<si><t/></si>"):
    workbook("list.xlsx", [f"<si><t>{name}</t></si>" if name else empty for name in wanted], [(' t="s"', f"<v>{place}</v>") for place in range(4)])
    seen = json.loads(subprocess.run(["node", "read.cjs", "list.xlsx"], check=True, capture_output=True, text=True).stdout)
    seen |= {"openpyxl 3.1.5": [cell.value or "" for cell in openpyxl.load_workbook("list.xlsx").active["A"]],
             "python-calamine 0.9.1": [row[0] for row in python_calamine.load_workbook("list.xlsx").get_sheet_by_index(0).to_python()]}
    lines = subprocess.run(["env/bin/xlsx2csv", "list.xlsx"], check=True, capture_output=True, text=True).stdout.splitlines()
    seen["xlsx2csv 0.8.6"] = [(row or [""])[0] for row in csv.reader(lines)]
    print(f"{empty}\n  guess: {wanted}")
    for name, values in seen.items():
        if values != wanted:
            print(f"  seen:  {name}: {values}")
        changed |= values != (moved if empty == "<si/>" and name in ("xlsx 0.18.5", "@e965/xlsx 0.20.3") else wanted)
    print(f"  as guessed: {[name for name, values in seen.items() if values == wanted]}")
sys.exit("the behaviour changed" if changed else 0)
PY
