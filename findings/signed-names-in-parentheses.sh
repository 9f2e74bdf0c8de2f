#!/usr/bin/env bash
# What it shows: with RFC 9421 a request signs its parameters by "@query-param", and the value is written anew for it: by the rules of
#   HTML forms, in which all but letters, digits and * - . _ are written with %. http-message-signatures 1.0.6 of npm writes it by
#   encodeURIComponent, which leaves ( ) ! and ~ as they are. Its namesake for Python, 3.0.0, does as the RFC says, so it refuses the
#   signature of every request whose value has one of these characters: 重庆大学 is verified, 重庆大学(A区) is not. Both sides say only that the
#   signature is wrong. "@query" is the same on both sides.
# Why it matters to such a register: names of departments, models of instruments and short names stand in parentheses, as often in those
#   of ASCII. A trial with a code or a plain name passes, and what fails is taken for a wrong key.
# What we do about it: the register takes tokens and no signatures yet; if it does, it must take "@query" and be tried with such names.
#   Partners: sign "@query".
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check http-message-signatures==3.0.0 requests==2.34.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts http-message-signatures@1.0.6 >/dev/null
cat > sign.mjs <<'JS'
import { createSigner, httpbis } from "http-message-signatures";
const key = createSigner("0123456789abcdef0123456789abcdef", "hmac-sha256", "trial");
const [name, ...fields] = process.argv.slice(2);
const url = `https://register.example/api/v1/organizations?name=${encodeURIComponent(name)}`;
const signed = await httpbis.signMessage({ key, fields, params: ["keyid", "alg", "created"] }, { method: "GET", url, headers: {} });
console.log(JSON.stringify({ url, headers: signed.headers }));
JS
env/bin/python -W ignore - <<'PY'
import json
import subprocess
import sys
import requests
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature, algorithms


class Keys(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id):
        return b"0123456789abcdef0123456789abcdef"

    resolve_private_key = resolve_public_key


def verified(name, field):
    done = subprocess.run(["node", "sign.mjs", name, "@method", field], check=True, capture_output=True, text=True)
    signed = json.loads(done.stdout)
    request = requests.Request("GET", signed["url"], headers=signed["headers"]).prepare()
    try:
        HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=Keys()).verify(request)
        return True
    except InvalidSignature:
        return False


print("signed by http-message-signatures 1.0.6 of npm, verified by http-message-signatures 3.0.0 for Python")
changed = False
parameter = '"@query-param";name="name"'
for name, known in {"510100": True, "重庆大学": True, "四川 大学": True, "重庆大学(A区)": False, "甲!乙": False, "川~渝": False, "a.b-c_d*e": True}.items():
    seen = verified(name, parameter), verified(name, "@query")
    print(f"{name}\n  guess: verified\n  seen:  {'verified' if seen[0] else 'refused'}; by @query: {'verified' if seen[1] else 'refused'}")
    changed |= seen != (known, True)
sys.exit("the behaviour changed" if changed else 0)
PY
