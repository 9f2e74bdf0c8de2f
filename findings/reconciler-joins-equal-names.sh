#!/usr/bin/env bash
# What it shows: reconciler 0.2.2, which matches a column of a table against a service of the Reconciliation Service API, asks once for
#   all rows of an equal name. The properties that tell those rows apart are glued together with line breaks, "510700\n511700", so the
#   service finds nothing to choose by; both rows share what comes back. A value longer than 50 characters is sent cut, with "..." at
#   its end, and 106.55164321 is sent as 106.551643. It says nothing of all this, and keeps the answers of a process until its end.
# Why it matters to such a register: 市农业科学研究院, 第一人民医院 and 科学技术局 are names of many cities, which is why a partner sends the code of the
#   division along. Those are just the rows that then get no organization, or each the same one.
# What we do about it: a filter by division takes codes of six digits that exist and refuses all else, rather than finding nothing.
#   Partners: ask row by row (a column of one row), and give codes or identifiers rather than addresses.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check reconciler==0.2.2 pandas==2.3.3 numpy==1.26.4
env/bin/python -W ignore - <<'PY' 2>errors || { cat errors >&2; exit 1; }
# A service after version 0.2 of the specification: by name and, where it is given, by the code of the division.
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from urllib.parse import parse_qs

import pandas as pd
from reconciler import reconcile

REGISTER = [("o1", "市农业科学研究院", "510700"), ("o2", "市农业科学研究院", "511700"), ("o3", "四川大学", "510100")]
asked = []


class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        answers = {}
        for key, query in json.loads(form["queries"][0]).items():
            asked.append(query)
            codes = [one["v"] for one in query.get("properties", []) if one["pid"] == "division"]
            found = [(id, name) for id, name, code in REGISTER if name == query["query"] and codes in ([], [code])]
            answers[key] = {"result": [
                {"id": id, "name": name, "score": 100, "match": len(found) == 1, "type": [{"id": "organization", "name": "Organization"}]}
                for id, name in found]}
        body = json.dumps(answers).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


os.environ["NO_PROXY"] = "127.0.0.1"
server = HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
endpoint = f"http://127.0.0.1:{server.server_port}/reconcile"
table = pd.DataFrame({
    "name": ["市农业科学研究院", "市农业科学研究院", "四川大学"],
    "division": ["510700", "511700", "510100"],
    "address": ["绵阳市", "达州市", "四川省成都市武侯区一环路南一段二十四号" * 3],
    "longitude": [104.68, 107.5, 106.55164321],
})


def ask(rows, *columns):
    answer = reconcile(rows["name"], property_mapping={column: rows[column] for column in columns}, reconciliation_endpoint=endpoint)
    return [(id if isinstance(id, str) else None, match) for id, match in zip(answer["id"], answer["match"])]


print("reconciler", version("reconciler"), "pandas", pd.__version__)
whole = ask(table, "division")
sent = [one["properties"][0]["v"] for one in asked]
single = [ask(table.iloc[[place]], "division")[0] for place in range(3)]
ask(table.iloc[[2]], "address", "longitude")
address, longitude = [one["v"] for one in asked[-1]["properties"]]
before = len(asked)
ask(table, "division")
repeated = len(asked) - before
print(f"three rows, two of one name\n  guess: three queries, answered o1, o2, o3\n  seen:  {len(sent)} queries with {sent}, answered {whole}")
print(f"the same rows one by one\n  guess: o1, o2, o3\n  seen:  {single}")
print(f"an address of 57 characters, a longitude of 8 decimals\n  guess: sent whole\n  seen:  {len(address)} characters, {address[-6:]}; {longitude}")
print(f"the first question once more, as after a change of the register\n  guess: asked again\n  seen:  {repeated} queries")
server.shutdown()
known = (repeated == 0 and sent == ["510700\n511700", "510100"] and whole == [(None, False), ("o3", True)]
         and single == [("o1", True), ("o2", True), ("o3", True)] and address.endswith("...") and longitude == "106.551643")
sys.exit(0 if known else "the behaviour changed")
PY
