#!/usr/bin/env bash
# What it shows: csvw 4.1.1 finds out whether a table is valid by counting the warnings that Python let through. Where warnings are off
#   (python -W ignore, PYTHONWARNINGS=ignore, warnings.simplefilter("ignore") in some other module), is_valid is True with any value in any
#   column: with the 30th of February, with a text for an integer, with 40 where only more is allowed. The tool csvwvalidate prints OK
#   and ends with 0. With warnings on both refuse these, but not 2025年 as a gYear, nor 2025-13 as a gYearMonth, nor P1Y where a
#   duration is two years or more.
# Why it matters to such a register: scheduled jobs are often run with warnings off, to keep their mail short; the check that should stop
#   a wrong table is then no check. Periods of indicators are years and months, the very types that are never looked at.
# What we do about it: the rules of a table are kept by the server, whatever its metadata say. Partners: run the check in a process of its
#   own with PYTHONWARNINGS=always, and give years and months a pattern ({"base": "string", "format": "[0-9]{4}"}).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check csvw==4.1.1
cat > check.py <<'PY'
import sys
from csvw import CSVW

print(CSVW(sys.argv[1], validate=True).is_valid)
PY
env/bin/python - <<'PY'
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

cases = [  # what, datatype, value, guess, seen with warnings on, seen with warnings off
    ("a good day", "date", "2025-02-28", True, True, True),
    ("30 February", "date", "2025-02-30", False, False, True),
    ("a text as an integer", "integer", "40余", False, False, True),
    ("40 where only more is allowed", {"base": "integer", "minExclusive": 40}, "40", False, False, True),
    ("code of five digits", {"base": "string", "format": "[0-9]{6}"}, "51010", False, False, True),
    ("2025年 as gYear", "gYear", "2025年", False, True, True),
    ("十五五 as gYear", "gYear", "十五五", False, True, True),
    ("2025-13 as gYearMonth", "gYearMonth", "2025-13", False, True, True),
    ("P1Y, at least P2Y", {"base": "duration", "minimum": "P2Y"}, "P1Y", False, True, True),
    ("2025年 with a pattern for years", {"base": "string", "format": "[0-9]{4}"}, "2025年", False, False, True),
]


def check(warnings, *command):
    done = subprocess.run(command, env={**os.environ, "PYTHONWARNINGS": warnings}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.returncode, done.stdout.split()[0]


print("csvw", version("csvw"))
changed = False
for what, datatype, value, guess, *known in cases:
    Path("table.csv").write_text(f"code\n{value}\n")
    column = {"name": "code", "titles": "code", "datatype": datatype}
    Path("table.csv-metadata.json").write_text(json.dumps(
        {"@context": "http://www.w3.org/ns/csvw", "url": "table.csv", "tableSchema": {"columns": [column]}}))
    seen = [check(mode, "env/bin/python", "check.py", "table.csv-metadata.json")[1] == "True" for mode in ("always", "ignore")]
    tool = [check(mode, "env/bin/csvwvalidate", "table.csv-metadata.json") for mode in ("always", "ignore")]
    print(f"{what}\n  guess: valid {guess}\n  seen:  valid {seen[0]} with warnings on, {seen[1]} with warnings off; csvwvalidate: {tool[0]}, {tool[1]}")
    changed |= seen != known or tool[1] != (0, "OK") or (tool[0] == (0, "OK")) != known[0]
sys.exit("the behaviour changed" if changed else 0)
PY
