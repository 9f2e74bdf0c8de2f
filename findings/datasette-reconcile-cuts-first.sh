#!/usr/bin/env bash
# What it shows: datasette-reconcile 0.6.3, which serves a table as a reconciliation service (versions 0.1 and 0.2), takes the first
#   five rows with the wanted name in them and only then gives scores and sorts. Asked for 重庆大学, it names four hospitals and an
#   institute of that university with 57 and 53, and not the university itself, which stands further down. A query's own limit of 50
#   changes nothing, and with a limit of 1 the answer is the tumour hospital. Of a column of kind REAL, 1.5 is sent as {"str": 1.5},
#   NULL as {"str": null}.
# Why it matters to such a register: names of universities are the beginnings of the names of all that belongs to them. It works in a
#   trial with a few rows, and goes wrong for the largest ones as the table grows: the exact name is not offered at all.
# What we do about it: search takes the limit after ranking, not before. Partners: set "max_limit" of the plugin to more than the most
#   names of one institution (100 brings the university first, with 100 and as a match), and keep numbers out of "extend".
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check datasette-reconcile==0.6.3 datasette==0.65.5 httpx==0.28.1 'setuptools<81'
env/bin/python -W ignore - <<'PY'
import asyncio
import json
import sqlite3
import sys
from importlib.metadata import version
from datasette.app import Datasette

names = ["重庆大学附属肿瘤医院", "重庆大学附属三峡医院", "重庆大学附属中心医院", "重庆大学附属江津医院", "重庆大学产业技术研究院", "重庆大学", "四川大学"]
with sqlite3.connect("register.db") as db:
    db.execute("CREATE TABLE organizations (id TEXT PRIMARY KEY, name TEXT, spending REAL)")
    db.executemany("INSERT INTO organizations VALUES (?, ?, ?)",
                   [(f"o{place}", name, None if place else 1.5) for place, name in enumerate(names)])


async def ask(settings, **form):
    plugin = {"datasette-reconcile": {"id_field": "id", "name_field": "name", **settings}}
    service = Datasette(["register.db"], metadata={"databases": {"register": {"tables": {"organizations": {"plugins": plugin}}}}})
    await service.invoke_startup()
    answer = await service.client.post("/register/organizations/-/reconcile", data={name: json.dumps(value) for name, value in form.items()})
    return answer.json()


async def best(settings, query):
    rows = (await ask(settings, queries={"q": query}))["q"]["result"]
    return [rows[0]["name"], rows[0]["score"], rows[0]["match"], len(rows), any(row["name"] == "重庆大学" for row in rows)]


async def main():
    print("datasette-reconcile", version("datasette-reconcile"), "datasette", version("datasette"))
    right = ["重庆大学", 100, True]
    cases = [
        ("四川大学", {}, {"query": "四川大学"}, "first with 100, a match", ["四川大学", 100, True, 1, False]),
        ("重庆大学", {}, {"query": "重庆大学"}, "first with 100, a match", ["重庆大学附属肿瘤医院", 57, False, 5, False]),
        ("重庆大学, limit 50", {}, {"query": "重庆大学", "limit": 50}, "the same, of six", ["重庆大学附属肿瘤医院", 57, False, 5, False]),
        ("重庆大学, limit 1", {}, {"query": "重庆大学", "limit": 1}, "the university alone", ["重庆大学附属肿瘤医院", 57, False, 1, False]),
        ("重庆大学, max_limit 100", {"max_limit": 100}, {"query": "重庆大学"}, "first with 100, a match", [*right, 6, True]),
    ]
    changed = False
    for name, settings, query, guess, known in cases:
        seen = await best(settings, query)
        print(f"{name}\n  guess: {guess}\n  seen:  first {seen[0]} with {seen[1]}, match {seen[2]}; {seen[3]} candidates; 重庆大学 among them: {seen[4]}")
        changed |= seen != known
    rows = (await ask({}, extend={"ids": ["o0", "o1"], "properties": [{"id": "spending"}]}))["rows"]
    values = [rows[id]["spending"] for id in ("o0", "o1")]
    print(f"spending of 1.5 and of NULL\n  guess: [{{'float': 1.5}}] and []\n  seen:  {values[0]} and {values[1]}")
    return changed or values != [[{"str": 1.5}], [{"str": None}]]


sys.exit("the behaviour changed" if asyncio.run(main()) else 0)
PY
