#!/usr/bin/env bash
# What it shows: digest-fields-parse 0.1.1 says it reads the fields of RFC 9530. It reads Want-Content-Digest and Want-Repr-Digest by the
#   rules of Accept: of sha-512=0, sha-256=10, where 0 means "not acceptable", it makes the two algorithms "sha-512=0" and "sha-256=10",
#   each with the preference 1. And it writes such preferences as sha-256;q=1, which is no field of RFC 9530. Of Content-Digest it gives
#   the bytes as a text without the = at its end, which Python's base64 refuses, and where the digest has a parameter (any value of a
#   structured field may) the text is digest and parameter in one. contentdigest 1.0.0 reads all of it as RFC 9530 has it.
# Why it matters to such a register: a partner asks for the one algorithm that both sides can check. The service finds none that it knows
#   and sends no digest, or takes the first of the list, the very one that was refused.
# What we do about it: digests of records are members of JSON, with the algorithm in the text. Partners: contentdigest, or a reader of
#   structured fields.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check digest-fields-parse==0.1.1 contentdigest==1.0.0
env/bin/python - <<'PY'
import base64
import sys
from importlib.metadata import version
import contentdigest
import digest_fields_parse as other


def ask(read):
    try:
        return read()
    except Exception as problem:
        return f"an error ({type(problem).__name__})"


print("digest-fields-parse", version("digest-fields-parse"), "and contentdigest", version("contentdigest"))
changed = False
for text, guess, known in (
    ("sha-512=0, sha-256=10", {"sha-512": 0, "sha-256": 10}, {"sha-512=0": 1.0, "sha-256=10": 1.0}),
    ("sha-256=1", {"sha-256": 1}, {"sha-256=1": 1.0}),
):
    seen = {one.algorithm: one.q for one in other.parse_want_content_digest(text)}
    right = dict(contentdigest.parse_want(text))
    print(f"Want-Content-Digest: {text}\n  guess: {guess}\n  seen:  {seen}; contentdigest: {right}")
    changed |= seen != known or right != guess
written = other.serialize_want_content_digest(other.parse_want_content_digest("sha-256, sha-512;q=0.5"))
back = ask(lambda: contentdigest.parse_want(written))
print(f"written for two preferences\n  guess: sha-256=10, sha-512=5\n  seen:  {written}; read by contentdigest: {back}")
changed |= "q=0.5" not in written or not str(back).startswith("an error")
digest = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
for text, known in ((f"sha-256=:{digest}:", digest[:-1]), (f"sha-256=:{digest}:;at=1", f"{digest}:;at=1")):
    seen = dict(other.parse_content_digest(text))["sha-256"]
    usable = ask(lambda: base64.b64decode(seen) == base64.b64decode(digest))
    right = dict(contentdigest.parse(text))["sha-256"] == base64.b64decode(digest)
    print(f"Content-Digest: {text}\n  guess: {digest}, or its bytes\n  seen:  {seen}; by base64 the same: {usable}; contentdigest, its bytes: {right}")
    changed |= seen != known or not right or (usable is True and ";" not in seen)
sys.exit("the behaviour changed" if changed else 0)
PY
