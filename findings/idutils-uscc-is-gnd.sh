#!/usr/bin/env bash
# What it shows: idutils 1.7.1 (it recognizes identifiers for the InvenioRDM repositories) takes the social credit code of every public
#   institution (12...) for a record of the German authority file GND and normalizes it to its first ten digits: all the institutions
#   that one office registered come out as very few numbers. A division code becomes a PubMed number, and "GB/T 2260-2007" a handle.
# Why it matters to such a register: universities and institutes are public institutions. A repository that harvests them and compares
#   normalized identifiers merges strangers into one organization.
# What we do about it: identifiers have members of their own (uscc, ror_id, nrii_unit_code), never one "identifier" whose kind is
#   guessed. Partners: give the scheme yourself, and ROR in its URL form, which is recognized rightly.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check idutils==1.7.1
env/bin/python - <<'PY'
import sys
import idutils

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, place, 31) for place in range(17)]


def whole(body):
    return body + ALPHABET[-sum(ALPHABET.index(sign) * weight for sign, weight in zip(body, WEIGHTS)) % 31]


def organization_code(eight):
    check = -sum(int(sign) * weight for sign, weight in zip(eight, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    return eight + ("X" if check == 10 else str(check))


codes = [whole("12500000" + organization_code(str(45040000 + step * 7))) for step in range(1000)]
known = [code for code in codes if "gnd" in idutils.detect_identifier_schemes(code)]
normal = {idutils.normalize_pid(code, "gnd") for code in known}
print("idutils", idutils.__version__)
print(f"{len(codes)} different codes of public institutions, such as {codes[0]}\n  guess: no scheme that it knows")
print(f"  seen:  gnd for {len(known)} of them, and {len(normal)} different after normalizing: {sorted(normal)}")
others = {value: idutils.detect_identifier_schemes(value) for value in ("500105", "GB/T 2260-2007", "https://ror.org/04e6h1p91")}
print(f"  seen:  {others}")
expected = {"500105": ["pmid"], "GB/T 2260-2007": ["handle"], "https://ror.org/04e6h1p91": ["ror", "url"]}
sys.exit("the behaviour changed" if len(known) != len(codes) or normal != {"gnd:1250000045"} or others != expected else 0)
PY
