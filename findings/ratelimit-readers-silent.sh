#!/usr/bin/env bash
# What it shows: two readers of rate limit headers do not read the fields of the present draft (quoted policy names, `r` and `t`, `q` and
#   `w`). ratelimit-headers 0.1.0 (PyPI, September 2026) answers that the format is "ietf" and leaves limit, remaining and reset empty;
#   ratelimit-header-parser 0.1.0 (npm) fills all of them with NaN. retryheader 1.0.0 (PyPI, October 2026) reads all of it.
# Why it matters to such a register: a partner that copies the whole register paces itself by `remaining`. To such code None means "no limit",
#   and NaN is never less than what it waits for: it runs into 429 again and again, and nothing in its log says why.
# What we do about it: we send the fields of draft 11 and, with every 429, Retry-After in seconds. Pace by that, or read the two
#   fields with a parser of structured fields (RFC 9651).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check ratelimit-headers==0.1.0 retryheader==1.0.0
npm install --silent --no-audit --no-fund --ignore-scripts ratelimit-header-parser@0.1.0 >/dev/null
npm=$(node -e '
  const { parseRateLimit } = require("ratelimit-header-parser");
  const { limit, remaining, reset } = parseRateLimit({ ratelimit: "\"read\";r=12;t=34", "ratelimit-policy": "\"read\";q=600;w=60" });
  console.log(`limit ${limit}, remaining ${remaining}, reset ${reset}`);')
env/bin/python - "$npm" <<'PY'
import sys
import ratelimit_headers
import retryheader

headers = {"RateLimit-Policy": '"read";q=600;w=60', "RateLimit": '"read";r=12;t=34'}
seen = ratelimit_headers.parse(response_headers=headers)
quota = retryheader.parse_ratelimit_policy(headers["RateLimit-Policy"])[0]
left = retryheader.parse_ratelimit(headers["RateLimit"])[0]
print(headers)
print("guess: limit 600, remaining 12, reset in 34 seconds, by all three")
print("seen:  ratelimit-headers 0.1.0:", seen)
print("seen:  ratelimit-header-parser 0.1.0:", sys.argv[1])
print(f"seen:  retryheader 1.0.0: limit {quota.quota}, remaining {left.remaining}, reset in {left.window} seconds")
changed = (seen.source, seen.limit, seen.remaining, seen.reset) != ("ietf", None, None, None) or sys.argv[1] != "limit NaN, remaining NaN, reset Invalid Date"
changed |= (quota.quota, left.remaining, left.window) != (600, 12, 34)
sys.exit("the behaviour changed" if changed else 0)
PY
