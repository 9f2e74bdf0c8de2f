#!/usr/bin/env bash
# What it shows: frictionless 5.21.0 knows version 2.0 of Data Package. But uniqueKeys of that version, with which a table "has to be
#   considered valid only if" no two rows agree in them, and the categories of a field, the list of what it may be, are nothing to it: two
#   rows with one code, and a level that is not among the categories, are valid, with neither an error nor a warning. And where there is no schema, extract takes a column
#   for integers that has digits in nine cells of ten, and gives None for the others: of twenty sectors, 01 to 19 and A1, it makes 1
#   to 19 and None. validate of the same file reports that cell; extract says nothing.
# Why it matters to such a register: a code of an instrument is unique within its owner, which only uniqueKeys can say beside a primary
#   key, and levels of laboratories are categories. A partner's "valid" is taken for a promise about both.
# What we do about it: what is to hold is also said in words of version 1 (primaryKey, unique, enum), which are checked. Partners: give
#   extract a schema with every package, and look at row.errors when reading rows.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check frictionless==5.21.0
env/bin/python -W ignore - <<'PY'
import json
import sys
from importlib.metadata import version
from pathlib import Path
from frictionless import Package, extract, validate

twice, level, over = "510100,省级,41\n510100,国家级,42\n", "510100,市级,41\n", "510100,省级,40\n"
levels = ["国家级", "省级"]
cases = [  # what, rows, properties of the schema, properties of fields, guess, seen
    ("primaryKey, one code twice", twice, {"primaryKey": ["code"]}, {}, ["primary-key"], ["primary-key"]),
    ("uniqueKeys, one code twice", twice, {"uniqueKeys": [["code"]]}, {}, ["an error of a unique key"], []),
    ("constraints.unique, one code twice", twice, {}, {"code": {"constraints": {"unique": True}}}, ["unique-error"], ["unique-error"]),
    ("enum, another level", level, {}, {"level": {"constraints": {"enum": levels}}}, ["constraint-error"], ["constraint-error"]),
    ("categories, another level", level, {}, {"level": {"categories": levels}}, ["an error of the cell"], []),
    ("exclusiveMinimum 40, the value 40", over, {}, {"count": {"constraints": {"exclusiveMinimum": 40}}}, ["constraint-error"],
     ["constraint-error"]),
]
print("frictionless", version("frictionless"))
changed = False
for what, rows, schema, more, guess, known in cases:
    Path("labs.csv").write_text("code,level,count\n" + rows)
    fields = [{"name": name, "type": kind, **more.get(name, {})} for name, kind in (("code", "string"), ("level", "string"), ("count", "integer"))]
    Path("datapackage.json").write_text(json.dumps({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json", "name": "labs",
        "resources": [{"name": "labs", "type": "table", "path": "labs.csv", "schema": {"fields": fields, **schema}}]}))
    report = Package("datapackage.json").validate()
    seen = [kind for (kind,) in report.flatten(["type"])]
    print(f"{what}\n  guess: {guess}\n  seen:  {seen}, valid {report.valid}, warnings {report.warnings}")
    changed |= seen != known or report.valid == bool(known) or report.warnings != []

codes = [f"{code:02}" for code in range(1, 20)] + ["A1"]
Path("sectors.csv").write_text("sector,labs\n" + "".join(f"{code},{place}\n" for place, code in enumerate(codes)))
seen = [row["sector"] for row in extract("sectors.csv")["sectors"]]
reported = [kind for (kind,) in validate("sectors.csv").flatten(["type"])]
print(f"extract of the sectors {codes}\n  guess: as texts, or an error\n  seen:  {seen}; validate: {reported}")
changed |= seen != [*range(1, 20), None] or reported != ["type-error"]
sys.exit("the behaviour changed" if changed else 0)
PY
