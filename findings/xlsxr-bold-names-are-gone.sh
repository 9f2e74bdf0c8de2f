#!/usr/bin/env bash
# What it shows: pyexcel-xlsxr 0.6.2, a reader of XLSX for pyexcel that goes through large workbooks row by row, leaves out each text with
#   more than one format in it: where one character of 重庆大学 is bold, the cell is empty. Other texts become numbers where Python takes them
#   for one: division codes 510100 and 030122 are an integer and a text, 1.10 is 1.1, 1E3 is 1000.0, 1,234 is 1234. pyexcel-xlsx 0.6.1 (by
#   openpyxl 3.1.5), installed in its place, gives each text as it is. With auto_detect_int=False and auto_detect_float=False the codes
#   stay texts, and the bold one stays empty.
# Why it matters to such a register: a word is made bold by hand in a few rows, and just those have no name. Codes of one column are of
#   two kinds, so that those that begin with a zero find nothing.
# What we do about it: codes are texts wherever they leave the register. Partners: pyexcel-xlsx, or openpyxl in its read-only mode for
#   large workbooks.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
python3 -m venv other
env/bin/pip install -q --disable-pip-version-check pyexcel-xlsxr==0.6.2
other/bin/pip install -q --disable-pip-version-check pyexcel-xlsx==0.6.1 openpyxl==3.1.5
env/bin/python -W ignore - <<'PY'
import json
import subprocess
import sys
import zipfile
import pyexcel_xlsxr


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


known = {"四川大学": "四川大学", "510100": 510100, "030122": "030122", "01": "01", "1.10": 1.1, "1E3": 1000.0, "1,234": 1234, "2025": 2025, "2025-03-01": "2025-03-01", "重庆大学": ""}
strings = [f"<si><t>{text}</t></si>" if text != "重庆大学" else "<si><r><t>重庆</t></r><r><rPr><b/></rPr><t>大学</t></r></si>" for text in known]
workbook("list.xlsx", strings, [(' t="s"', f"<v>{place}</v>") for place in range(len(known))])


def read(**options):
    return [(row or [""])[0] for row in pyexcel_xlsxr.get_data("list.xlsx", **options)["list"]]


fast, told = read(), read(auto_detect_int=False, auto_detect_float=False)
ask = "import json, pyexcel_xlsx; print(json.dumps([row[0] for row in pyexcel_xlsx.get_data('list.xlsx')['list']]))"
slow = json.loads(subprocess.run(["other/bin/python", "-W", "ignore", "-c", ask], check=True, capture_output=True, text=True).stdout)
print("pyexcel-xlsxr 0.6.2; pyexcel-xlsx 0.6.1 by openpyxl 3.1.5")
print("codes with both options off:", told)
changed = told != [text if text != "重庆大学" else "" for text in known]
for (text, wanted), seen, other in zip(known.items(), fast, slow):
    print(f"{text}\n  guess: {text!r}\n  seen:  {seen!r}; {other!r}")
    changed |= seen != wanted or type(seen) is not type(wanted) or other != text
sys.exit("the behaviour changed" if changed else 0)
PY
