#!/usr/bin/env bash
# What it shows: openapi-core 0.23.1 (checks requests and answers against an OpenAPI 3.1 document) reads as JSON only application/json and
#   one vendor type. A body of application/merge-patch+json or application/problem+json is judged as raw bytes, so every right PATCH
#   and every right error answer is "not of type object", although the document says what they are.
# Why it matters to such a register: partners put this check into gateways and contract tests. Each PATCH is stopped, and a 412 or 422,
#   which they need most, becomes a fault of the contract.
# What we do about it: the media types are those of RFC 7396 and RFC 9457 and stay. Partners give the two deserializers in the
#   configuration, as the second half of this script does; then nulls, unknown members and empty patches are judged rightly.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check openapi-core==0.23.1
env/bin/python - <<'PY'
import json
import sys
from importlib.metadata import version

from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "A register", "version": "1"},
    "paths": {"/labs/{ref}": {
        "parameters": [{"name": "ref", "in": "path", "required": True, "schema": {"type": "string"}}],
        "patch": {
            "requestBody": {"required": True, "content": {"application/merge-patch+json": {"schema": {
                "type": "object", "additionalProperties": False, "minProperties": 1,
                "properties": {"approved_on": {"type": ["string", "null"], "format": "date"}}}}}},
            "responses": {"412": {"description": "Changed meanwhile", "content": {"application/problem+json": {"schema": {
                "type": "object", "required": ["status"], "properties": {"status": {"type": "integer"}}}}}}}}}},
}


def judge(config):
    contract = OpenAPI.from_dict(DOCUMENT, config=config)
    request = MockRequest("http://localhost", "patch", "/labs/one", data=b'{"approved_on": null}', content_type="application/merge-patch+json")
    answer = MockResponse(b'{"status": 412}', status_code=412, content_type="application/problem+json")
    checked = [contract.unmarshal_request(request), contract.unmarshal_response(request, answer)]
    return [(one.body if hasattr(one, "body") else one.data, [str(fault.__cause__)[:120] for fault in one.errors]) for one in checked]


print("openapi-core", version("openapi-core"))
print("guess: the patch and the problem are read as JSON and accepted")
plain = judge(None)
for what, (value, faults) in zip(("patch", "problem"), plain):
    print(f"seen:  {what}: value {value}, faults {faults}")
told = judge(Config(extra_media_type_deserializers={kind: json.loads for kind in ("application/merge-patch+json", "application/problem+json")}))
print("told:  ", told)
refused = all(value is None and "not valid for schema of type object" in str(faults) for value, faults in plain)
sys.exit(0 if refused and told == [({"approved_on": None}, []), ({"status": 412}, [])] else "the behaviour changed")
PY
