#!/usr/bin/env bash
# What it shows: a cell of an ODS workbook that is shown with a currency is a number with the code of the currency beside it. pyexcel-ods3
#   0.6.1 and pyexcel-ods 0.6.0 make one text of both, '35000000 CNY', where the same number without a currency is a number, and pyexcel
#   saves it as a text: a sum over the column passes over it. Of a name that has a link, odfdo 3.27.3 (get_values) and odsparsator 1.17.0
#   make Markdown, [重庆大学](https://www.example.org/). pandas 3.1.1 with odfpy, python-calamine 0.9.1 and SheetJS 0.18.5 give the number and
#   the name.
# Why it matters to such a register: budgets are shown as currency as soon as one presses the button for it, in some rows only. Names of
#   institutions in public lists have links to their home pages, and none of them equals a name of the register then.
# What we do about it: money is a decimal text in yuan in a member of its own, and the unit is never part of it. Partners: cut what
#   follows the space from such texts, or read with python-calamine.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check pyexcel-ods3==0.6.1 pyexcel-ods==0.6.0 odfdo==3.27.3 odsparsator==1.17.0 python-calamine==0.9.1 \
  pandas==3.1.1 odfpy==1.4.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null
cat > read.cjs <<'JS'
const X = require("xlsx"), book = X.readFile("table.ods");
console.log(JSON.stringify(X.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1 })));
JS
env/bin/python -W ignore - <<'PY'
import json
import subprocess
import sys
import zipfile
import odfdo
import pandas
import pyexcel_ods
import pyexcel_ods3
import python_calamine
from odsparsator.odsparsator import ods_to_python

names = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text"))
names += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
link = '<text:p><text:a xlink:href="https://www.example.org/" xlink:type="simple">重庆大学</text:a></text:p>'
cases = {  # attributes, content, guess
    "currency": ('office:value-type="currency" office:currency="CNY" office:value="35000000"', "<text:p>¥35,000,000.00</text:p>", 35000000),
    "no currency": ('office:value-type="float" office:value="35000000"', "<text:p>35,000,000.00</text:p>", 35000000),
    "percentage": ('office:value-type="percentage" office:value="0.125"', "<text:p>12.5%</text:p>", 0.125),
    "name with a link": ('office:value-type="string"', link, "重庆大学"),
    "name": ('office:value-type="string"', "<text:p>重庆大学</text:p>", "重庆大学"),
}
rows = "".join(f'<table:table-row><table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>'
               f"<table:table-cell {attributes}>{content}</table:table-cell></table:table-row>" for name, (attributes, content, _) in cases.items())
with zipfile.ZipFile("table.ods", "w") as book:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    book.writestr("mimetype", kind)
    book.writestr("content.xml", f'{head}<office:document-content {names} office:version="1.3"><office:body><office:spreadsheet>'
                  f'<table:table table:name="表"><table:table-column table:number-columns-repeated="2"/>{rows}</table:table></office:spreadsheet></office:body></office:document-content>')
    book.writestr("styles.xml", f'{head}<office:document-styles {names} office:version="1.3"/>')
    entries = "".join(f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
                      for path, media in (("/", kind), ("content.xml", "text/xml"), ("styles.xml", "text/xml")))
    book.writestr("META-INF/manifest.xml", f'{head}<manifest:manifest manifest:version="1.3" '
                  f'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</manifest:manifest>')


def from_parsator():
    for row in ods_to_python("table.ods")["body"][0]["table"]:
        yield [cell["value"] if isinstance(cell, dict) else cell for cell in (row["row"] if isinstance(row, dict) else row)]


three = pyexcel_ods3.get_data("table.ods")
pyexcel_ods3.save_data("saved.ods", three)
seen = {
    "pyexcel-ods3 0.6.1": three["表"], "pyexcel-ods 0.6.0": pyexcel_ods.get_data("table.ods")["表"],
    "saved by pyexcel-ods3, python-calamine": python_calamine.load_workbook("saved.ods").get_sheet_by_index(0).to_python(),
    "odfdo 3.27.3": odfdo.Document("table.ods").body.tables[0].get_values(), "odsparsator 1.17.0": from_parsator(),
    "python-calamine 0.9.1": python_calamine.load_workbook("table.ods").get_sheet_by_index(0).to_python(),
    "pandas 3.1.1 by odfpy": pandas.read_excel("table.ods", engine="odf", header=None).values.tolist(),
    "xlsx 0.18.5": json.loads(subprocess.run(["node", "read.cjs"], check=True, capture_output=True, text=True).stdout),
}
seen = {reader: {name: value if isinstance(value, str) else float(value) for name, value in rows} for reader, rows in seen.items()}
money, markdown = {"currency": "35000000 CNY"}, {"name with a link": "[重庆大学](https://www.example.org/)"}
known = {"pyexcel-ods3 0.6.1": money, "pyexcel-ods 0.6.0": money, "saved by pyexcel-ods3, python-calamine": money,
         "odfdo 3.27.3": markdown, "odsparsator 1.17.0": markdown}
changed = False
for name, (_, _, guess) in cases.items():
    print(f"{name}\n  guess: {guess!r}")
    for reader, values in seen.items():
        print(f"  seen:  {reader}: {values[name]!r}")
        changed |= values[name] != known.get(reader, {}).get(name, guess)
sys.exit("the behaviour changed" if changed else 0)
PY
