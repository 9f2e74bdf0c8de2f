#!/usr/bin/env bash
# What it shows: py-reconciliation-service-api 0.2.1, a client for version 0.2 of the Reconciliation Service API, takes settings for
#   httpx (headers, timeouts, certificates) when a service is set up and uses them for the manifest only. All queries go out without
#   them: with no token, with another user agent, and after httpx's own five seconds. It sends whatever it is given in one batch too,
#   five queries to a service whose manifest says two, and forgets the description of each candidate.
# Why it matters to such a register: whoever has a token sees more than the public does. Asked as nobody, a service does not fail, it
#   answers with what is public: a partner finds no candidate for an organization that it may see, and registers it once more.
# What we do about it: a second organization with the same credit code is refused (409), whoever asked before and how. Partners: make
#   the client by its class, ReconciliationService(url, manifest, httpx_args), and cut batches yourselves.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check py-reconciliation-service-api==0.2.1 httpx==0.26.0 pydantic==2.5.3
env/bin/python - <<'PY'
# A service after version 0.2 of the specification that shows one organization more to who has a token.
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from urllib.parse import parse_qs
from py_reconciliation_service_api import ReconciliationService, build_reconciliation_service
from py_reconciliation_service_api.models.reconciliation import ReconciliationQuery

MANIFEST = {"versions": ["0.2"], "name": "Organizations", "identifierSpace": "https://register.example/organizations/",
            "schemaSpace": "https://register.example/kinds/", "batchSize": 2}
PUBLIC, ALL = ["重庆大学"], ["重庆大学", "川渝共建联合实验室"]
came = []


class Service(BaseHTTPRequestHandler):
    def answer(self, document, size):
        came.append((self.command, self.headers.get("Authorization"), size))
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(MANIFEST, 0)

    def do_POST(self):
        queries = json.loads(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["queries"][0])
        names = ALL if self.headers.get("Authorization") == "Bearer t" else PUBLIC
        self.answer({key: {"result": [{"id": name, "name": name, "description": "an organization", "score": 100, "match": True}
                                      for name in names if name == query["query"]]} for key, query in queries.items()}, len(queries))

    def log_message(self, *_):
        pass


os.environ["NO_PROXY"] = "127.0.0.1"
server = HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/reconcile"
settings = {"headers": {"Authorization": "Bearer t"}}
service = build_reconciliation_service(url, httpx_args=settings)
queries = [ReconciliationQuery(query=name) for name in [*ALL, "四川大学", "西南大学", "西华大学"]]
found = [[one.id for one in answer.result] for answer in service.reconcile_batch(queries)]
described = hasattr(service.reconcile(queries[0]).result[0], "description")
seen = list(came)
by_class = ReconciliationService(url, service._manifest, settings)
again = [one.id for one in by_class.reconcile(queries[1]).result]
server.shutdown()

print("py-reconciliation-service-api", version("py-reconciliation-service-api"))
print(f"requests (method, token, queries)\n  guess: all with the token, of 2, 2 and 1 queries\n  seen:  {seen[:2]}")
print(f"川渝共建联合实验室, which is shown to who has a token\n  guess: found\n  seen:  {found[1]}; by the class: {again}")
print(f"the description of a candidate\n  guess: kept\n  seen:  {described}")
known = (seen[:2] == [("GET", "Bearer t", 0), ("POST", None, 5)] and found == [["重庆大学"], [], [], [], []]
         and not described and again == ["川渝共建联合实验室"])
sys.exit(0 if known else "the behaviour changed")
PY
