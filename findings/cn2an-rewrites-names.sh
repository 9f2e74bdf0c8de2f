#!/usr/bin/env bash
# What it shows: cn2an.transform of cn2an 0.5.24 ("turn the Chinese numerals of a sentence into digits") also rewrites names, 四川大学 to
#   4川大学, 三峡 to 3峡, 五粮液 to 5粮液, and makes 35 out of 三五家 (three to five). It warns of nothing where it does so.
# Why it matters to such a register: texts of policies may be "normalized" like this before they are searched or compared. 四川 stands
#   in very many names here: lookups by name fail, and a goal of three to five laboratories becomes thirty-five.
# What we do about it: names and texts are stored and searched as they were written; amounts, counts and dates are members of their own.
#   Partners: take numbers from the phrase that holds them (cn2an.cn2an), never from whole sentences.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check cn2an==0.5.24
env/bin/python - <<'PY'
import sys
import warnings
from importlib.metadata import version
import cn2an

cases = {
    "四川大学与重庆大学共建": ("4川大学与重庆大学共建", "unchanged"),
    "三峡库区生态环境": ("3峡库区生态环境", "unchanged"),
    "九寨沟县": ("9寨沟县", "unchanged"),
    "新建三五家重点实验室": ("新建35家重点实验室", "unchanged, or 3-5"),
    "新建一百五十家重点实验室": ("新建150家重点实验室", "150"),
    "万州区": ("万州区", "unchanged"),
}
print("cn2an", version("cn2an"))
changed = False
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for text, (known, guess) in cases.items():
        seen = cn2an.transform(text, "cn2an")
        print(f"{text}\n  guess: {guess}\n  seen:  {seen}")
        changed |= seen != known
print("warnings:", [str(one.message) for one in told])
sys.exit("the behaviour changed" if changed else 0)
PY
