#!/usr/bin/env bash
# What it shows: a Date of RFC 9651 is @ and whole seconds; the header Deprecation (RFC 9745) is one. Of a JavaScript Date that has
#   milliseconds, as new Date() has, @svta/cml-structured-field-values 1.1.6 and structured-field-values 2.0.4 make @1772357400.6, which
#   neither they themselves nor any other reader takes: http-sf 1.5.0, http-sfv 0.9.9 and structured-headers 2.1.0 refuse it. Both also
#   write a Chinese text as a String, which may have ASCII characters only. structured-headers drops the fraction and refuses the text. A
#   day alone (new Date("2026-03-01")) comes out well.
# Why it matters to such a register: by RFC 9651 a field that cannot be parsed is ignored as a whole. Partners are then never told that an
#   address goes away, and the trial with a day alone was right.
# What we do about it: the register sends no Date yet; the structured fields that it sends are those of limits, with whole numbers.
#   Partners: structured-headers, or round to seconds before.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check http-sf==1.5.0 http-sfv==0.9.9
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @svta/cml-structured-field-values@1.1.6 structured-field-values@2.0.4 structured-headers@2.1.0 >/dev/null
cat > show.mjs <<'JS'
import { decodeSfItem, encodeSfItem } from "@svta/cml-structured-field-values";
import { decodeItem, encodeItem } from "structured-field-values";
import { parseItem, serializeItem } from "structured-headers";
const ask = (work) => { try { return work(); } catch { return "an error"; } };
const values = { day: new Date("2026-03-01"), moment: new Date("2026-03-01T09:30:00.600Z"), text: "川渝" };
const writers = { "@svta/cml-structured-field-values 1.1.6": encodeSfItem, "structured-field-values 2.0.4": encodeItem,
  "structured-headers 2.1.0": (value) => serializeItem([value, new Map()]) };
const readers = { "@svta/cml-structured-field-values": decodeSfItem, "structured-field-values": decodeItem, "structured-headers": parseItem };
const read = (text) => Object.entries(readers).filter(([, reader]) => ask(() => reader(text)) !== "an error").map(([name]) => name);
console.log(JSON.stringify(Object.entries(values).map(([name, value]) => [name, Object.entries(writers).map(([writer, write]) => {
  const text = ask(() => write(value));
  return [writer, text, text === "an error" ? [] : read(text)];
})])));
JS
env/bin/python -W ignore - <<'PY'
import json
import subprocess
import sys
import http_sf
import http_sfv

error, fraction = "an error", "@1772357400.6"
guess = {"day": "@1772323200", "moment": "@1772357400", "text": f'%"%e5%b7%9d%e6%b8%9d", or {error}'}
known = {"day": ["@1772323200"] * 3, "moment": [fraction, fraction, "@1772357400"], "text": ['"川渝"', '"川渝"', error]}


def reads(text):
    found = []
    for name, read in (("http-sf", lambda: http_sf.parse(text.encode(), tltype="item")), ("http-sfv", lambda: http_sfv.Item().parse(text.encode()))):
        try:
            read()
            found.append(name)
        except Exception:
            pass
    return found


changed = False
for name, rows in json.loads(subprocess.run(["node", "show.mjs"], check=True, capture_output=True, text=True).stdout):
    print(f"{name}\n  guess: {guess[name]}")
    for (writer, text, readers), wanted in zip(rows, known[name]):
        readers = readers + (reads(text) if text != error else [])
        print(f"  seen:  {writer}: {text}, read by {len(readers)} of 5")
        changed |= text != wanted or len(readers) != {fraction: 0, error: 0, '"川渝"': 2}.get(text, 5)
sys.exit("the behaviour changed" if changed else 0)
PY
