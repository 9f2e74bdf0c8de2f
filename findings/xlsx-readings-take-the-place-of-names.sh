#!/usr/bin/env bash
# What it shows: a cell of an XLSX workbook may have the reading of its characters with it (拼音 in the menus of a Chinese Excel), as a part
#   of the text that is to be shown above it. The streaming reader of exceljs 4.4.0 gives the reading in place of the name: 郫都区 is pídū.
#   officeparser 7.8.0 (what npm gives on Node 20) puts both together. Where the text stands in the cell itself and not in the list of
#   texts, exceljs's readFile gives no text, and none of the rows that follow; pyexcel-xlsxr 0.6.2 gives pídū, xlsx2csv 0.8.6 both.
#   openpyxl 3.1.5, python-calamine 0.9.1, read-excel-file 9.3.17 and SheetJS 0.18.5 give the name each time.
# Why it matters to such a register: readings are given to just the names that people get wrong, those of counties and of persons. A
#   person sees the name in the cell; the import has Latin letters for it or ends in the middle, without an error.
# What we do about it: names leave the register as JSON and CSV, as plain texts. Partners: openpyxl or read-excel-file; count the rows.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1 xlsx2csv==0.8.6 pyexcel-xlsxr==0.6.2
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 exceljs@4.4.0 read-excel-file@9.3.17 officeparser@7.8.0 >/dev/null
cat > read.cjs <<'JS'
const ExcelJS = require("exceljs"), readExcelFile = require("read-excel-file/node").default, X = require("xlsx"), { parseOffice } = require("officeparser");
(async () => {
  const [file] = process.argv.slice(2), book = new ExcelJS.Workbook(), whole = [], streamed = [];
  await book.xlsx.readFile(file);
  book.worksheets[0].eachRow((row) => whole.push(row.getCell(1).value));
  for await (const sheet of new ExcelJS.stream.xlsx.WorkbookReader(file)) for await (const row of sheet) streamed.push(row.getCell(1).value);
  console.log(JSON.stringify({
    "exceljs 4.4.0": whole, "exceljs 4.4.0, streaming": streamed, "read-excel-file 9.3.17": (await readExcelFile(file))[0].data.map(([value]) => value),
    "xlsx 0.18.5": X.utils.sheet_to_json(X.readFile(file).Sheets.list, { header: 1 }).flat(),
    "officeparser 7.8.0": (await parseOffice(file)).content[0].children.map((row) => row.children[0].text),
  }));
})();
JS
env/bin/python -W ignore - <<'PY'
import json
import subprocess
import sys
import zipfile
import openpyxl
import pyexcel_xlsxr
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


name = '<t>郫都区</t><rPh sb="0" eb="2"><t>pídū</t></rPh>'
wanted, latin, glued = ["成都市", "郫都区", "绵阳市"], ["成都市", "pídū", "绵阳市"], ["成都市", "郫都区pídū", "绵阳市"]
cases = {
    "text in the list": ([f"<si><t>{text}</t></si>" if text != "郫都区" else f"<si>{name}</si>" for text in wanted], [(' t="s"', f"<v>{place}</v>") for place in range(3)],
                         {"exceljs 4.4.0, streaming": latin, "officeparser 7.8.0": glued}),
    "text in the cell": (["<si><t>x</t></si>"], [(' t="inlineStr"', f"<is>{f'<t>{text}</t>' if text != '郫都区' else name}</is>") for text in wanted],
                         {"exceljs 4.4.0": ["成都市", None], "exceljs 4.4.0, streaming": latin, "pyexcel-xlsxr 0.6.2": latin, "xlsx2csv 0.8.6": glued}),
}
changed = False
for case, (strings, cells, known) in cases.items():
    workbook("list.xlsx", strings, cells)
    seen = json.loads(subprocess.run(["node", "read.cjs", "list.xlsx"], check=True, capture_output=True, text=True).stdout)
    seen |= {"openpyxl 3.1.5": [cell.value for cell in openpyxl.load_workbook("list.xlsx").active["A"]],
             "python-calamine 0.9.1": [row[0] for row in python_calamine.load_workbook("list.xlsx").get_sheet_by_index(0).to_python()],
             "pyexcel-xlsxr 0.6.2": [row[0] for row in pyexcel_xlsxr.get_data("list.xlsx")["list"]],
             "xlsx2csv 0.8.6": subprocess.run(["env/bin/xlsx2csv", "list.xlsx"], check=True, capture_output=True, text=True).stdout.split()}
    print(f"{case}\n  guess: {wanted}")
    for reader, values in seen.items():
        if values != wanted:
            print(f"  seen:  {reader}: {values}")
        changed |= values != known.get(reader, wanted)
    print(f"  as guessed: {[reader for reader, values in seen.items() if values == wanted]}")
sys.exit("the behaviour changed" if changed else 0)
PY
