#!/usr/bin/env bash
# What it shows: pysdmx 1.21.0 and sdmxthon 2.6.11 read SDMX-CSV by letting pandas guess what each column is, and make texts of the
#   guesses afterwards. Sectors 01 and 09 become 1 and 9, a code 1E3 becomes 1000.0 and 1234567890123456.78 loses a digit; where one
#   value of the column has a letter, pysdmx leaves all as they are. To sdmxthon NA is no code but nothing, and makes 1.0 of the 01
#   beside it. Of a file with appended and deleted rows, which version 2.0 of the format allows, both leave out the deleted ones without
#   a word.
# Why it matters to such a register: sectors (GB/T 4754) are digits, some with zeros in front, and a partner that takes figures into its
#   own tables joins by them: agriculture (01) finds nothing. What was withdrawn here stays there for good.
# What we do about it: a deletion is an item of its own in the feed of changes, and codes and money are texts in JSON. Partners: read
#   such files with sdmx1 2.28.0, which keeps every code and gives a set to append and one to delete.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check 'pysdmx[data]==1.21.0' sdmxthon==2.6.11 sdmx1==2.28.0 pandas==3.1.1
env/bin/python -W ignore - <<'PY'
import sys
from importlib.metadata import version
from pathlib import Path
import pysdmx.io
import sdmx
import sdmx.model.v21 as model
from sdmxthon.api.api import read_sdmx

structure = model.DataStructureDefinition(id="LABS", maintainer=model.Agency(id="CN"), version="1.0")
for name in ("SECTOR", "TIME_PERIOD"):
    structure.dimensions.append(model.Dimension(id=name))
structure.measures.append(model.PrimaryMeasure(id="OBS_VALUE"))


def read(rows):
    lines = ["STRUCTURE,STRUCTURE_ID,ACTION,SECTOR,TIME_PERIOD,OBS_VALUE"]
    lines += [f"dataflow,CN:LABS(1.0),{action},{sector},2025,{value}" for action, sector, value in rows]
    Path("figures.csv").write_text("\n".join(lines) + "\n")
    columns = ["SECTOR", "OBS_VALUE"]
    one = [(part.action.name, *map(str, row)) for part in pysdmx.io.read_sdmx("figures.csv", validate=False).data
           for row in part.data[columns].values]
    two = [tuple(map(str, row)) for part in read_sdmx("figures.csv", validate=False).content.values()
           for row in part.data[columns].values]
    three = [(part.action.name[0].upper(), str(row.key.values["SECTOR"].value), row.value)
             for part in sdmx.read_sdmx("figures.csv", structure=structure).data for row in part.obs]
    return one, two, three


cases = {
    "sectors of digits": ([("I", "01", "12"), ("I", "09", "0"), ("I", "13", "7")],
                          [("Information", "1", "12"), ("Information", "9", "0"), ("Information", "13", "7")],
                          [("1", "12"), ("9", "0"), ("13", "7")]),
    "sectors, one of them NA": ([("I", "01", "12"), ("I", "NA", "0")],
                                [("Information", "01", "12"), ("Information", "NA", "0")], [("1.0", "12"), ("nan", "0")]),
    "a code like a number, an amount": ([("I", "1E3", "1234567890123456.78"), ("I", "2E3", "0.10")],
                                        [("Information", "1000.0", "1234567890123456.8"), ("Information", "2000.0", "0.1")],
                                        [("1000.0", "1234567890123456.8"), ("2000.0", "0.1")]),
    "one row appended, one deleted": ([("A", "A01", "12"), ("D", "A02", "")], [("Append", "A01", "12")], [("A01", "12.0")]),
}
print(*(f"{name} {version(name)}" for name in ("pysdmx", "sdmxthon", "sdmx1")))
changed = False
for name, (rows, *known) in cases.items():
    one, two, three = read(rows)
    print(f"{name}: {rows}\n  guess: as in the file\n  seen:  pysdmx: {one}\n         sdmxthon: {two}\n         sdmx1: {three}")
    changed |= [one, two] != known or three != rows
sys.exit("the behaviour changed" if changed else 0)
PY
