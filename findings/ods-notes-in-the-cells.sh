#!/usr/bin/env bash
# What it shows: the text of a cell of an ODS workbook is more than the characters in it: a note of an editor, a reading given above the
#   characters, breaks, several spaces, a second column that is part of a merged cell. fast-ods 0.3.2 gives the note instead of the text
#   (its author and time glued to it), the first line alone, and moves all that stands right of a merged cell one column to the left.
#   officeparser 7.8.0 (what npm gives on Node 20) puts the note before the value, so that 12 台 with the note 99 is 9912 in its toText(),
#   and of a cell with one word in bold keeps the bold word only. python-calamine 0.9.1 drops a line break within a paragraph and a tab,
#   pandas 3.1.1 with odfpy the tab; both write the reading into the name, 郫都(pídū)区 is 郫都pídū区, and pyexcel-ods3 0.6.1 drops the
#   characters that have one: 区. officeparser 8.1.1, which wants Node 22, keeps all apart (and the reading in parentheses); odfdo 3.27.3
#   errs in the reading only.
# Why it matters to such a register: workbooks are passed round to be checked, and the notes of those who check stand at the doubtful
#   cells. A sum with digits put before it is a sum; values in the column beside are of the right kind.
# What we do about it: statistics leave the register as CSV and JSON, which have one text a cell. Partners who read ODS: save without
#   notes and merged cells, or compare the columns with their headings.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check fast-ods==0.3.2 python-calamine==0.9.1 pandas==3.1.1 odfpy==1.4.1 pyexcel-ods3==0.6.1 odfdo==3.27.3
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts officeparser@7.8.0 >/dev/null
cat > read.cjs <<'JS'
const { parseOffice } = require("officeparser");
parseOffice("table.ods").then((book) => console.log(JSON.stringify([
  book.content[0].children.map((row) => row.children.map((cell) => cell.text)), book.toText().split("\n")])));
JS
env/bin/python -W ignore - <<'PY'
import json
import subprocess
import sys
import zipfile
import fast_ods
import odfdo
import pandas
import pyexcel_ods3
import python_calamine

names = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text"))
names += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'


def cell(inside, kind='office:value-type="string"'):
    return f"<table:table-cell {kind}>{inside}</table:table-cell>"


def note(text):
    return f"<office:annotation><dc:creator>李</dc:creator><dc:date>2026-03-01T00:00:00</dc:date><text:p>{text}</text:p></office:annotation>"


cases = {  # cells of a row, guess
    "note at a name": (cell(note("待核实") + "<text:p>四川大学</text:p>"), ["四川大学"]),
    "note at a count": (cell(note("99") + "<text:p>12</text:p>", 'office:value-type="float" office:value="12"'), [12]),
    "word in bold": (cell("<text:p>重<text:span>庆</text:span>大学</text:p>"), ["重庆大学"]),
    "two paragraphs": (cell("<text:p>甲</text:p><text:p>乙</text:p>"), ["甲\n乙"]),
    "line break": (cell("<text:p>甲<text:line-break/>乙</text:p>"), ["甲\n乙"]),
    "tab": (cell("<text:p>甲<text:tab/>乙</text:p>"), ["甲\t乙"]),
    "three spaces": (cell('<text:p>甲<text:s text:c="3"/>乙</text:p>'), ["甲   乙"]),
    "reading": (cell("<text:p><text:ruby><text:ruby-base>郫都</text:ruby-base><text:ruby-text>pídū</text:ruby-text></text:ruby>区</text:p>"), ["郫都区"]),
    "merged with the next": ('<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="1" office:value-type="string">'
                             "<text:p>合并</text:p></table:table-cell><table:covered-table-cell/>" + cell("<text:p>后</text:p>"), ["合并", "", "后"]),
}
rows = "".join(f"<table:table-row>{cell(f'<text:p>{name}</text:p>')}{cells}</table:table-row>" for name, (cells, _) in cases.items())
with zipfile.ZipFile("table.ods", "w") as book:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    book.writestr("mimetype", kind)
    book.writestr("content.xml", f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.3"><office:body><office:spreadsheet>'
                  f'<table:table table:name="表"><table:table-column table:number-columns-repeated="4"/>{rows}</table:table></office:spreadsheet></office:body></office:document-content>')
    entries = "".join(f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>' for path, media in (("/", kind), ("content.xml", "text/xml")))
    book.writestr("META-INF/manifest.xml", '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.3" '
                  f'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</manifest:manifest>')


def table(rows):
    found = {}
    for name, *values in rows:
        values = ["" if value is None or value != value else int(value) if isinstance(value, float) else value for value in values]
        while len(values) > 1 and values[-1] == "":
            values.pop()
        found[name] = values
    return found


office, text = json.loads(subprocess.run(["node", "read.cjs"], check=True, capture_output=True, text=True).stdout)
seen = {
    "fast-ods 0.3.2": table(fast_ods.ODSParser().parse("table.ods")),
    "officeparser 7.8.0": table(office),
    "python-calamine 0.9.1": table(python_calamine.load_workbook("table.ods").get_sheet_by_index(0).to_python()),
    "pandas 3.1.1 by odfpy": table(pandas.read_excel("table.ods", engine="odf", header=None).values.tolist()),
    "pyexcel-ods3 0.6.1": table(pyexcel_ods3.get_data("table.ods")["表"]),
    "odfdo 3.27.3": table(odfdo.Document("table.ods").body.tables[0].get_values()),
}
glued = ["郫都pídū区"]
known = {
    "fast-ods 0.3.2": {"note at a name": ["李2026-03-01T00:00:00待核实"], "note at a count": ["12"], "two paragraphs": ["甲"], "line break": ["甲乙"],
                       "tab": ["甲乙"], "three spaces": ["甲乙"], "reading": glued, "merged with the next": ["合并", "后"]},
    "officeparser 7.8.0": {"note at a name": ["待核实\n四川大学"], "note at a count": ["99\n12"], "word in bold": ["庆"], "line break": ["甲乙"],
                           "tab": ["甲乙"], "three spaces": ["甲乙"], "reading": glued, "merged with the next": ["合并", "后"]},
    "python-calamine 0.9.1": {"line break": ["甲乙"], "tab": ["甲乙"], "reading": glued},
    "pandas 3.1.1 by odfpy": {"tab": ["甲乙"], "reading": glued},
    "pyexcel-ods3 0.6.1": {"reading": ["区"]},
    "odfdo 3.27.3": {"reading": glued},
}
changed = "9912" not in text
for name, (_, guess) in cases.items():
    print(f"{name}\n  guess: {guess}")
    for reader, values in seen.items():
        if values[name] != guess:
            print(f"  seen:  {reader}: {values[name]}")
        changed |= values[name] != known[reader].get(name, guess)
print("officeparser 7.8.0, toText() of the count 12 with the note 99:", [line for line in text if "12" in line])
sys.exit("the behaviour changed" if changed else 0)
PY
