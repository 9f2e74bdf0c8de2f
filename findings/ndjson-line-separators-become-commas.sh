#!/usr/bin/env bash
# What it shows: ndjson 0.3.1 for Python reads lines of JSON (ndjson.loads, ndjson.load) by splitting at everything that Python takes for
#   a line break and putting commas between the pieces, so that all becomes one JSON array. U+2028, U+2029 and U+0085 are plain characters
#   within a JSON text, and Python splits at them: each of them becomes a comma, 第一阶段⟨U+2028⟩第二阶段 is 第一阶段,第二阶段. The number of records is
#   right and no error is raised. Its own ndjson.reader, jsonlines 4.0.0 and the packages of npm (ndjson 2.0.0, it-ndjson 2.0.0) keep the
#   text. ndjson.dumps writes these characters as escapes unless ensure_ascii is False, so a trial with its own output passes.
# Why it matters to such a register: texts pasted from word processors have U+2028 where the author pressed shift and enter. A hash over
#   what was read is that of another text than the one that both sides confirmed, and a record written back has lost its lines.
# What we do about it: U+0085 is refused in every text; U+2028 within a text is kept as it came and written as itself. Partners:
#   ndjson.reader, or json.loads for each line of a file.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check ndjson==0.3.1 jsonlines==4.0.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ndjson@2.0.0 it-ndjson@2.0.0 >/dev/null
cat > read.mjs <<'JS'
import { createReadStream } from "node:fs";
import ndjson from "ndjson";
import { parse } from "it-ndjson";
const all = async (records) => { const found = []; for await (const record of records) found.push(record.remarks); return found; };
console.log(JSON.stringify({
  "ndjson 2.0.0 of npm": await all(createReadStream("records.ndjson").pipe(ndjson.parse())),
  "it-ndjson 2.0.0": await all(parse(createReadStream("records.ndjson"))),
}));
JS
env/bin/python - <<'PY'
import io
import json
import subprocess
import sys
import jsonlines
import ndjson

wanted = ["第一阶段\u2028第二阶段", "甲\u2029乙", "前\x85后", "没有换行"]
text = "".join(json.dumps({"remarks": remarks}, ensure_ascii=False) + "\n" for remarks in wanted)
with open("records.ndjson", "w", encoding="utf-8") as file:
    file.write(text)
commas = ["第一阶段,第二阶段", "甲,乙", "前,后", "没有换行"]
seen = {"ndjson.loads 0.3.1": ndjson.loads(text), "ndjson.load": ndjson.load(io.StringIO(text)), "ndjson.reader": list(ndjson.reader(io.StringIO(text))),
        "jsonlines 4.0.0": list(jsonlines.Reader(io.StringIO(text))), "what ndjson.dumps wrote": ndjson.loads(ndjson.dumps({"remarks": remarks} for remarks in wanted))}
seen = {name: [record["remarks"] for record in records] for name, records in seen.items()}
seen |= json.loads(subprocess.run(["node", "read.mjs"], check=True, capture_output=True, text=True).stdout)
changed = False
print(f"guess: {list(map(ascii, wanted))}")
for name, values in seen.items():
    print(f"seen:  {name}: {'the same' if values == wanted else list(map(ascii, values))} {values if values != wanted else ''}")
    changed |= values != (commas if name in ("ndjson.loads 0.3.1", "ndjson.load") else wanted)
sys.exit("the behaviour changed" if changed else 0)
PY
