#!/usr/bin/env bash
# What it shows: a year for which a library has no arrangement is an error to few of them. By the holiday regulation itself 8 February
#   2027, the third day of the Spring Festival, is a day off, whatever will be moved around it. chinese-days 1.5.7, its namesake for
#   Python 0.0.2 and chinese-workday 1.16.1, all with data to 2026, call it a working day. workalendar 17.0.0
#   (data to 2023) refuses a Monday of 2026 with an error, but says "no" to Saturday, 14 February 2026, a day of work by the arrangement of
#   that year: it looks at weekends before it looks whether it knows the year. cnholidays 0.1.0 says "no" as well, and it takes its days
#   from holidays 0.109, which is right on all of these.
# Why it matters to such a register: bookings and deadlines reach into the next year from November on. A trial with a Monday raises the
#   error that one hopes for; the wrong answers come on Saturdays and in February.
# What we do about it: bookings are to come; a day of a year without an arrangement will have no answer, and say so. Partners: chinesecalendar 1.11.0 and cnworkdays
#   2026.0 refuse a year that they do not know; with holidays, ask first whether the year has substituted days.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check chinesecalendar==1.11.0 chinese-days==0.0.2 workalendar==17.0.0 cnholidays==0.1.0 \
  holidays==0.109 cnworkdays==2026.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts chinese-days@1.5.7 chinese-workday@1.16.1 >/dev/null
cat > show.mjs <<'JS'
import days from "chinese-days";
import * as workday from "chinese-workday";
const seen = { "chinese-days 1.5.7": (day) => days.isWorkday(day), "chinese-workday 1.16.1": (day) => workday.isWorkday(day) };
for (const name in seen) seen[name] = process.argv.slice(2).map(seen[name]);
console.log(JSON.stringify(seen));
JS
TZ=Asia/Shanghai env/bin/python -W ignore - <<'PY'
import datetime
import json
import subprocess
import sys
import chinese_calendar
import chinesedays
import cn_workdays
import cnholidays
import holidays
import workalendar.asia

texts = ["2026-02-14", "2026-02-16", "2027-02-08"]  # a Saturday of work, a Monday off, a Monday off of a year without an arrangement
right, error = [True, False, False], "an error"


def ask(call):
    seen = []
    for day in map(datetime.date.fromisoformat, texts):
        try:
            seen.append(bool(call(day)))
        except Exception:
            seen.append(error)
    return seen


china, old, mine = holidays.China(), workalendar.asia.China(), cnholidays.ChineseCalendar([2026, 2027])
seen = {"holidays 0.109": ask(china.is_working_day), "chinesecalendar 1.11.0": ask(chinese_calendar.is_workday),
        "cnworkdays 2026.0": ask(lambda day: cn_workdays.calculate_working_date(day, 0) == day),
        "workalendar 17.0.0": ask(old.is_working_day), "cnholidays 0.1.0": ask(mine.is_workday),
        "chinese-days 0.0.2 (Python)": ask(chinesedays.is_workday),
        **json.loads(subprocess.run(["node", "show.mjs", *texts], check=True, capture_output=True, text=True).stdout)}
known = {"holidays 0.109": right, "chinesecalendar 1.11.0": [True, False, error], "cnworkdays 2026.0": [True, False, error],
         "workalendar 17.0.0": [False, error, error], "cnholidays 0.1.0": [False, False, False]}
print("working days?", texts)
changed = False
for name, values in seen.items():
    print(f"{name}\n  guess: {right}, or an error in place of an answer\n  seen:  {values}")
    changed |= values != known.get(name, [True, False, True])
sys.exit("the behaviour changed" if changed else 0)
PY
