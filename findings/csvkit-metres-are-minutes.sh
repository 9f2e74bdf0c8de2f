#!/usr/bin/env bash
# What it shows: the tools of csvkit 2.2.0 (by agate 1.14.2) guess what each column is and write the guesses. A column of lengths in
#   metres (10m, 2.5m, 500m) is one of minutes: csvsort and csvjson write 0:10:00, 0:02:30 and 8:20:00. Machine hours 1800h are
#   "75 days, 0:00:00", and 3d and 2w days. With one cell of
#   another unit (500mm) the column stays as it was. Names of months (May, June, July) become days of the year 1.
# Why it matters to such a register: sizes, ranges and reaches of instruments are texts with a unit. Sorting a file is not expected to
#   change it; what comes out is a valid file, and 0:10:00 does not tell whether it was ten metres or ten minutes.
# What we do about it: numbers and units are columns of their own, and the unit stands in the metadata. Partners: the option -I
#   (--no-inference) leaves every cell as it was.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check csvkit==2.2.0 agate==1.14.2 pytimeparse==1.1.8 parsedatetime==2.6
env/bin/python - <<'PY'
import csv
import subprocess
import sys
from importlib.metadata import version

columns = {  # heading: cells, what csvsort writes
    "reach": (["10m", "2.5m", "500m"], ["0:10:00", "0:02:30", "8:20:00"]),
    "hours": (["1800h", "24h", "8h"], ["75 days, 0:00:00", "1 day, 0:00:00", "8:00:00"]),
    "stay": (["3d", "2w", "1d"], ["3 days, 0:00:00", "14 days, 0:00:00", "1 day, 0:00:00"]),
    "month": (["May", "June", "July"], ["0001-05-01", "0001-06-01", "0001-07-01"]),
    "thickness": (["10m", "2.5m", "500mm"], ["10m", "2.5m", "500mm"]),
    "count": (["12套", "40余套", "3套"], ["12套", "40余套", "3套"]),
}
with open("instruments.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["name", *columns])
    writer.writerows([name, *cells] for name, *cells in zip("abc", *(cells for cells, _ in columns.values())))


def sort(*options):
    done = subprocess.run(["env/bin/csvsort", "-c", "name", *options, "instruments.csv"], check=True, capture_output=True, text=True)
    return list(csv.DictReader(done.stdout.splitlines()))


print(*(f"{name} {version(name)}" for name in ("csvkit", "agate", "pytimeparse")))
guessed, kept = sort(), sort("-I")
changed = False
for name, (cells, known) in columns.items():
    seen = [row[name] for row in guessed]
    print(f"{name}\n  guess: {cells}\n  seen:  {seen}")
    changed |= seen != known or [row[name] for row in kept] != cells
sys.exit("the behaviour changed" if changed else 0)
PY
