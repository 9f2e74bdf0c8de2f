#!/usr/bin/env bash
# What it shows: under Python 3.11 pint 0.25.3, the last for it, reads 10 ㎡ as the bare number 10, 25 ℃ as 25, 5 ㎜ and 5 ㎏ as 5, and 20 ℃/min as 20 per
#   minute. The signs of one character in which Chinese data sheets write their units are no letters to Python's tokenizer, and pint passes
#   over what that reports as an error. It is not that the unit is unknown: 台 (a set) and 元 raise UndefinedUnitError, and kg/㎡ ends in an
#   AssertionError. A money sign goes the same way: 10 ￥ is 10. Under Python 3.12 and newer, whose tokenizer is another one, the very same
#   pint raises UndefinedUnitError for each. quantities 0.16.4, unyt 3.2.0, mathjs 15.2.0 and js-quantities 1.8.0 raise an error anyhow.
# Why it matters to such a register: floor areas, temperatures and masses come out of such data sheets. A bare number adds to other bare
#   numbers, so 10 ㎡ and 5 ㎏ make 15. What was tried on a new Python and is refused there goes through on a server with an older one.
# What we do about it: quantities have a number and a unit code, each on its own, and unknown codes are refused. Partners: give pint the two
#   apart, Quantity(10, "㎡"): that is an error on every Python; the names that it knows are m² and degC.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check pint==0.25.3 quantities==0.16.4 unyt==3.2.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mathjs@15.2.0 js-quantities@1.8.0 >/dev/null
cat > read.cjs <<'JS'
const math = require("mathjs"), Qty = require("js-quantities");
const ask = (read) => { try { return String(read()); } catch { return "an error"; } };
console.log(JSON.stringify(process.argv.slice(2).map((text) => [ask(() => math.unit(text)), ask(() => Qty(text))])));
JS
env/bin/python -W ignore - <<'PY'
import json
import subprocess
import sys
import pint
import quantities
import unyt

registry = pint.UnitRegistry()
error = "an error"


def ask(read):
    try:
        return str(read())
    except Exception as problem:
        return f"{error} ({type(problem).__name__})"


cases = {"10 ㎡": "10 dimensionless", "25 ℃": "25 dimensionless", "-80 ℃": "-80 dimensionless", "5 ㎜": "5 dimensionless",
         "5 ㎏": "5 dimensionless", "10 ㎾": "10 dimensionless", "20 ℃/min": "20.0 / minute", "10 ￥": "10 dimensionless",
         "10 m²": "10 meter ** 2", "5 台": f"{error} (UndefinedUnitError)", "5 元": f"{error} (UndefinedUnitError)",
         "3 kg/㎡": f"{error} (AssertionError)"}
old = sys.version_info < (3, 12)
if not old:
    cases = {text: known if unit == "m²" else f"{error} (UndefinedUnitError)" for text, known in cases.items() for unit in [text.split(" ")[1]]}
nodes = json.loads(subprocess.run(["node", "read.cjs", *cases], check=True, capture_output=True, text=True).stdout)
print(f"Python {sys.version.split()[0]}, pint 0.25.3; quantities 0.16.4, unyt 3.2.0, mathjs 15.2.0, js-quantities 1.8.0")
changed = False
for (text, known), node in zip(cases.items(), nodes):
    number, unit = text.split(" ")
    seen = ask(lambda: registry.Quantity(text))
    others = [ask(lambda: quantities.Quantity(float(number), unit)), ask(lambda: unyt.unyt_quantity.from_string(text)), *node]
    silent = [one for one in others if not one.startswith(error)]
    print(f"{text}\n  guess: {'10 meter ** 2' if unit == 'm²' else error}\n  seen:  pint: {seen}; others without an error: {len(silent)} of 4")
    changed |= seen != known or (unit != "m²" and bool(silent))
total = ask(lambda: registry.Quantity("10 ㎡") + registry.Quantity("5 ㎏"))
print(f"10 ㎡ and 5 ㎏ together\n  guess: {error}\n  seen:  pint: {total}")
apart = ask(lambda: registry.Quantity(10, "㎡"))
print(f"10 and ㎡ apart: {apart}")
changed |= not apart.startswith(error) or (not total.startswith(error) if not old else total != "15 dimensionless")
sys.exit("the behaviour changed" if changed else 0)
PY
