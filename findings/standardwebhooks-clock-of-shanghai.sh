#!/usr/bin/env bash
# What it shows: standardwebhooks 1.1.0, the reference package for Python, and svix 2.9.1, which uses it, take a datetime to sign with, and
#   replace its zone by UTC in place of converting it. Of 09:00 in Shanghai, the moment 01:00 UTC, they sign the moment 09:00 UTC: eight
#   hours off the webhook-timestamp that datetime.timestamp() gives, so every receiver refuses the message with "No matching signature
#   found", which says nothing about a time. A moment without a zone is taken for UTC, while timestamp() takes it for local time. Only a
#   datetime in UTC is signed rightly; the package for npm 1.1.1 takes a Date and has no such case.
# Why it matters to such a register: a sender under Asia/Shanghai keeps its moments there. On a server or a CI whose zone is UTC all passes,
#   and on site every delivery fails; people then look for a wrong secret and make new ones.
# What we do about it: webhooks are to come; what is signed will be the text of the header itself, made once. Partners: sign with
#   moment.astimezone(timezone.utc), and test with TZ=Asia/Shanghai.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check standardwebhooks==1.1.0 svix==2.9.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts standardwebhooks@1.1.1 >/dev/null
cat > verify.cjs <<'JS'
const { Webhook } = require("standardwebhooks");
const [secret, body, headers] = JSON.parse(process.argv[2]);
try { new Webhook(secret).verify(body, headers); console.log("accepted"); } catch (problem) { console.log(problem.message); }
JS
cat > sign.cjs <<'JS'
const { Webhook } = require("standardwebhooks");
const [secret, id, seconds, body] = JSON.parse(process.argv[2]);
console.log(new Webhook(secret).sign(id, new Date(seconds * 1000), body));
JS
TZ=Asia/Shanghai env/bin/python -W ignore - <<'PY'
import base64
import datetime
import json
import subprocess
import sys
import zoneinfo
import standardwebhooks
import svix.webhooks

secret = "whsec_" + base64.b64encode(b"a made-up secret of 32 bytes, ok").decode()
body = json.dumps({"type": "booking.created", "data": {"instrument": "质谱仪"}}, ensure_ascii=False)
utc = datetime.datetime.now(datetime.timezone.utc)
moments = {"in UTC": utc, "in Asia/Shanghai": utc.astimezone(zoneinfo.ZoneInfo("Asia/Shanghai")),
           "local, without a zone": utc.astimezone(zoneinfo.ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)}


def node(script, *values):
    return subprocess.run(["node", script, json.dumps(values)], check=True, capture_output=True, text=True).stdout.strip()


changed = False
for package, sign in {"standardwebhooks 1.1.0": standardwebhooks.Webhook(secret).sign, "svix 2.9.1": svix.webhooks.Webhook(secret).sign}.items():
    for name, moment in moments.items():
        seconds = int(moment.timestamp())
        headers = {"webhook-id": "msg_1", "webhook-timestamp": str(seconds), "webhook-signature": sign("msg_1", moment, body)}
        try:
            standardwebhooks.Webhook(secret).verify(body, headers)
            own = "accepted"
        except standardwebhooks.WebhookVerificationError as problem:
            own = str(problem)
        other = node("verify.cjs", secret, body, headers)
        off = [hours for hours in range(-12, 13) if node("sign.cjs", secret, "msg_1", seconds + hours * 3600, body) == headers["webhook-signature"]]
        print(f"{package}, signed by a moment {name}\n  guess: accepted; 0 hours off\n  seen:  by Python: {own}; by npm: {other}; {off[0]} hours off")
        known = ("accepted", "accepted", [0]) if name == "in UTC" else ("No matching signature found", "No matching signature found", [8])
        changed |= (own, other, off) != known
sys.exit("the behaviour changed" if changed else 0)
PY
