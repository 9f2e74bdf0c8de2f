#!/usr/bin/env bash
# What it shows: datamask-core 1.1.0 (masks personal data in Chinese texts by rules) takes the names of JSON members, record codes and
#   instrument models for WeChat accounts, and division codes and sums of money for QQ numbers. What comes out is still JSON, with other
#   members in it. A telephone number and an e-mail address are found, as they should be.
# Why it matters to such a register: agencies mask what they hand to a log or a language model. After this, a record has no division, no
#   digest and no amount, and two records cannot be compared; yet nothing failed.
# What we do about it: contact data are members of their own (contact), left out for readers without the right to them, so there is
#   nothing to mask in a public answer. Whoever masks: mask the values of `contact`, never the text of a whole answer.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check datamask-core==1.1.0
env/bin/python - <<'PY'
import json
import sys
from importlib.metadata import version
from datamask_core import DataMaskPipeline

record = {"code": "LAB-2023-0001", "division": "500157", "discipline": "510", "amount": "5600000.00", "digest": "sha-256:00",
          "contact": {"phone": "023-00000000", "email": "lab@example.org"}}
masked = json.loads(DataMaskPipeline(use_model=False).mask(json.dumps(record, ensure_ascii=False)))
print("datamask-core", version("datamask-core"))
print("guess: phone and e-mail are masked, everything else stays")
print("seen: ", json.dumps(masked, ensure_ascii=False))
lost = [name for name in record if name not in masked]
values = json.dumps(masked, ensure_ascii=False)
changed = lost != ["division", "discipline", "amount", "digest", "contact"] or "500157" in values or "5600000.00" in values
sys.exit("the behaviour changed" if changed else 0)
PY
