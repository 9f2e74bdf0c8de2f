#!/usr/bin/env bash
# What it shows: chinese-workday 1.16.1 knows the holidays and make-up days to 2026, but its nextWorkday looks seven days ahead and no further.
#   The day before a holiday of seven days or more it finds none and returns null: on 30 September of nearly every year, on 27 January
#   2025, on 14 February 2026. `new Date(null)` is the year 1970. previousWorkday looks fourteen days back and finds it. ChinaHolidays 2026.2.16 for
#   Python, asked for the working days from one year into the next but one (filter_holidays), takes the holidays of the first year and
#   of the last: each Sunday and each day of the Spring Festival between them is a working day.
# Why it matters to such a register: "the next working day" is when a booking has to be answered or an instrument given back, and it is
#   wrong just on the days when it matters; a project of a year and two weeks gets 115 working days too many, with no error.
# What we do about it: bookings are to come; working days will be counted one by one, over the years between as well, and a missing answer will be
#   an error. Partners:
#   chinese-days 1.5.7 (findWorkday) and chinesecalendar 1.11.0 (get_workdays) are right in each of these cases.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check ChinaHolidays==2026.2.16 chinesecalendar==1.11.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts chinese-workday@1.16.1 chinese-days@1.5.7 >/dev/null
cat > show.mjs <<'JS'
import * as workday from "chinese-workday";
import days from "chinese-days";
const cases = [  // day, next working day, by chinese-workday
  ["2026-04-30", "2026-05-06", "2026-05-06"], ["2025-09-30", "2025-10-09", null], ["2025-01-27", "2025-02-05", null],
  ["2026-02-14", "2026-02-24", null], ["2026-09-30", "2026-10-08", null],
];
let changed = false;
console.log("chinese-workday 1.16.1 nextWorkday; chinese-days 1.5.7 findWorkday");
for (const [day, guess, known] of cases) {
  const seen = [workday.nextWorkday(day), days.findWorkday(1, day)];
  console.log(`after ${day}\n  guess: ${guess}\n  seen:  ${seen.map(String).join("; ")}`);
  changed ||= seen[0] !== known || seen[1] !== guess;
}
const lost = {};
for (let day = new Date("2011-01-01T00:00:00Z"); day < new Date("2026-12-31T00:00:00Z"); day.setUTCDate(day.getUTCDate() + 1)) {
  const text = day.toISOString().slice(0, 10);
  if (workday.isWorkday(text) && workday.nextWorkday(text) === null) (lost[text.slice(0, 4)] ??= []).push(text.slice(5));
}
console.log(`working days of 2011 to 2026 without a next one\n  guess: none\n  seen:  ${JSON.stringify(lost)}`);
console.log(`new Date(nextWorkday("2026-09-30")): ${new Date(workday.nextWorkday("2026-09-30")).toISOString()}`);
if (changed || Object.values(lost).flat().length < 16) { console.log("the behaviour changed"); process.exit(1); }
JS
TZ=Asia/Shanghai node show.mjs
TZ=Asia/Shanghai env/bin/python -W ignore - <<'PY'
import datetime
import sys
import chinese_calendar
from ChinaHolidays.ChinaHolidays import filter_holidays

start, end = datetime.datetime(2023, 12, 25), datetime.datetime(2025, 1, 5)
guess = {day for day in chinese_calendar.get_workdays(start.date(), end.date())}
seen = {day.date() for day in filter_holidays(start, end, consider_compensatory_workdays=True)}
more = sorted(seen - guess)
print("ChinaHolidays 2026.2.16, working days from 2023-12-25 to 2025-01-05")
print(f"  guess: {len(guess)} (chinesecalendar 1.11.0)\n  seen:  {len(seen)}, among them {more[0]} (a {more[0]:%A}), 2024-02-10 "
      f"(the Spring Festival): {datetime.date(2024, 2, 10) in seen}")
within = filter_holidays(datetime.datetime(2024, 1, 1), datetime.datetime(2024, 12, 31), True)
print(f"  within 2024 alone: guess: 251; seen: {len(within)}")
changed = {day.year for day in more} != {2024} or len(more) < 100 or len(within) != 251 or not guess <= seen
sys.exit("the behaviour changed" if changed else 0)
PY
