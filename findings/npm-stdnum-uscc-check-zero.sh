#!/usr/bin/env bash
# What it shows: npm's stdnum 1.12.0 refuses every unified social credit code (GB 32100) whose check character is 0: one in 31. Python's
#   python-stdnum 2.2 accepts all of them.
# Why it matters to such a register: a partner's form that checks with it turns away one honest organization in 31, and its clerk
#   "corrects" a right code. In a sample of a few dozen organizations the fault may not show at all.
# What we do about it: the register computes the check character itself, (31 - sum mod 31) mod 31, so that 0 is one like others.
#   Partners in JavaScript: send the code and read the answer, or use a check of your own.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check python-stdnum==2.2
npm install --silent --no-audit --no-fund --ignore-scripts stdnum@1.12.0 >/dev/null
env/bin/python - > codes <<'PY'
# Valid codes of made-up enterprises in Chongqing, check characters by GB 32100.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, place, 31) for place in range(17)]
for number in range(3100):
    body = f"91500112MA5U{10000 + number}"
    print(body + ALPHABET[-sum(ALPHABET.index(sign) * weight for sign, weight in zip(body, WEIGHTS)) % 31])
PY
cat > check.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { stdnum } from 'stdnum';
const codes = readFileSync('codes', 'utf8').trim().split('\n');
console.log(codes.filter((code) => !stdnum.CN.uscc.validate(code).isValid).join(' '));
JS
refused=$(node check.mjs)
env/bin/python - "$refused" <<'PY'
import sys
from stdnum.cn import uscc

codes = open("codes").read().split()
refused = sys.argv[1].split()
zero = [code for code in codes if code.endswith("0")]
refused_here = [code for code in codes if not uscc.is_valid(code)]
print("npm stdnum 1.12.0 and python-stdnum 2.2, on", len(codes), "valid codes")
print("guess: both accept all of them")
print(f"seen:  stdnum refuses {len(refused)}, such as {refused[:2]}; {len(zero)} codes end in 0; python-stdnum refuses {len(refused_here)}")
sys.exit("the behaviour changed" if refused != zero or refused_here else 0)
PY
