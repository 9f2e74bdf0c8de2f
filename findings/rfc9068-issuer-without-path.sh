#!/usr/bin/env bash
# What it shows: rfc9068 1.3.2 (PyPI, validates RFC 9068 access tokens) keeps the issuer as a normalized URL and compares it with your
#   string as it stands. A token of https://register.example is refused by a validator that was told https://register.example; so
#   are issuers with a named default port or a Chinese host name.
# Why it matters to such a register: RFC 9068 and RFC 8414 compare issuers character by character, and an authorization server without
#   a path is the usual case, ours too. The partner sees "expected X, got X/" on every token and suspects the server.
# What we do about it: our `iss` stays the public URL without a slash, as in the metadata. Tell this validator the issuer with a slash
#   at the end, or use the validator of Authlib, which compares as the RFC says.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check rfc9068==1.3.2 PyJWT==2.15.1 cryptography==50.0.2
env/bin/python - <<'PY'
import sys
import time
from importlib.metadata import version

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from rfc9068 import RFC9068AccessTokenValidator
from rfc9068.core import InvalidTokenError
from rfc9068.parser import AccessTokenParser, HeaderParser, Padder, PayloadParser, SignatureParser
from rfc9068.payload import AudienceValidator, ExpirationValidator, IssuerValidator
from rfc9068.signature import PyJwtSignatureValidator

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)


def answer(issuer, told):
    now = int(time.time())
    claims = {"iss": issuer, "aud": "register", "sub": "cq-university", "client_id": "cq-university", "iat": now, "exp": now + 900, "jti": "1"}
    token = jwt.encode(claims, key, "RS256", {"typ": "at+jwt", "kid": "one"})
    validate = RFC9068AccessTokenValidator(
        AccessTokenParser(Padder(), HeaderParser(), PayloadParser(), SignatureParser()),
        PyJwtSignatureValidator(lambda kid: public, jwt.PyJWS()),
        IssuerValidator(), AudienceValidator(), ExpirationValidator(), ["RS256"], told, "register")
    try:
        validate(token)
        return "accepted"
    except InvalidTokenError as fault:
        return f"refused: {fault}"


print("rfc9068", version("rfc9068"))
print("guess: a token is accepted when the validator was told the very issuer that stands in it")
changed = False
for issuer, told, refused in (
    ("https://register.example", "https://register.example", True),
    ("https://register.example", "https://register.example/", False),
    ("https://register.example/api", "https://register.example/api", False),
    ("https://register.example:443/api", "https://register.example:443/api", True),
    ("https://登记.example/api", "https://登记.example/api", True),
):
    seen = answer(issuer, told)
    print(f"seen:  issuer {issuer}, told {told}: {seen}")
    changed |= seen.startswith("refused: Expected issuer") != refused
sys.exit("the behaviour changed" if changed else 0)
PY
