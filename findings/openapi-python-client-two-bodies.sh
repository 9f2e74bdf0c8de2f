#!/usr/bin/env bash
# What it shows: openapi-python-client 0.29.1 writes a module that cannot be imported for a PATCH whose body may come by two media types:
#   its parameter has the type Unset, which the module does not import. It generates without a warning and ends with status 0. With one
#   media type the same operation is imported and called.
# Guessed: a second name of the same body changes nothing, or is left out with a warning.
# Why it matters to such a register: half of the generated clients send a merge patch as application/json, so that a service does well
#   to take both; whoever then documents both breaks the clients that were right.
# What we do about it: the service takes both media types; the document lists application/merge-patch+json, and names the other in words.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check openapi-python-client==0.29.1
PATH="$work/env/bin:$PATH"

# document NAME MEDIA_TYPE…: one operation whose body may come by these media types
document() {
    local name=$1 type content=""
    shift
    for type in "$@"; do
        content+="${content:+, }\"$type\": {\"schema\": {\"\$ref\": \"#/components/schemas/Patch\"}}"
    done
    cat >"$name.json" <<JSON
{"openapi": "3.1.0", "info": {"title": "A register", "version": "1"}, "paths": {"/labs/{ref}": {"patch": {"operationId": "patch_lab",
  "parameters": [{"name": "ref", "in": "path", "required": true, "schema": {"type": "string"}}],
  "requestBody": {"required": true, "content": {$content}}, "responses": {"204": {"description": "Changed"}}}}},
  "components": {"schemas": {"Patch": {"type": "object", "properties": {"remarks": {"type": "string"}}}}}}
JSON
    openapi-python-client generate --path "$name.json" --output-path "$name" --meta none --fail-on-warning >/dev/null 2>&1
}

document one application/merge-patch+json
document two application/merge-patch+json application/json
python3 -c 'import sys; print("openapi-python-client 0.29.1, Python", sys.version.split()[0])'
env/bin/python -c 'from one.api.default import patch_lab; print("one media type: imported")'
if env/bin/python -c 'from two.api.default import patch_lab' 2>said; then
    echo "changed: the module of two media types can be imported" >&2
    exit 1
fi
tail -n 1 said
grep -q "NameError: name 'Unset' is not defined" said
