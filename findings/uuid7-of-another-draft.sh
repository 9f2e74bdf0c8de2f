#!/usr/bin/env bash
# What it shows: uuid7 0.1.0 (PyPI) implements a draft of version 7 that counts seconds in 36 bits, not RFC 9562, which counts
#   milliseconds in 48: it takes an identifier of November 2025 for one of August 1983, and what it makes today is dated 2203 by
#   everybody else. The version digit is 7 on both sides, so no check refuses either.
# Why it matters to such a register: its identifiers are of version 7, and partners read the time of creation from them, or sort their own
#   identifiers between ours. With this package all our records are older than theirs, for two centuries.
# What we do about it: identifiers are opaque and order means nothing to partners; times are members of their own (created_at). Whoever
#   must read one: larzuuid 0.1.0 and edwh-uuid7 0.2.3 read it rightly, as this script shows.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check uuid7==0.1.0 larzuuid==0.1.0 edwh-uuid7==0.2.3
env/bin/python - <<'PY'
import sys
from datetime import datetime, timezone
from uuid import UUID

import edwh_uuid7
import larzuuid
import uuid_extensions

known = UUID("019abf00-0000-7000-8000-000000000001")
guess = datetime.fromtimestamp((known.int >> 80) / 1000, timezone.utc)
seen = uuid_extensions.uuid_to_datetime(known)
others = [larzuuid.uuid7_timestamp(str(known)), edwh_uuid7.uuid7_to_datetime(known)]
made = uuid_extensions.uuid7()
dated = datetime.fromtimestamp((made.int >> 80) / 1000, timezone.utc)
print(f"{known}, version {known.version}\n  guess: {guess}\n  seen:  uuid7 0.1.0: {seen}\n  seen:  larzuuid, edwh-uuid7: {others}")
print(f"an identifier that uuid7 0.1.0 makes now, version {made.version}\n  guess: {datetime.now(timezone.utc):%Y}\n  seen:  {dated:%Y}")
sys.exit("the behaviour changed" if seen.year != 1983 or any(other != guess for other in others) or dated.year < 2200 or made.version != 7 else 0)
PY
