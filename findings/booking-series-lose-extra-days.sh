#!/usr/bin/env bash
# What it shows: an instrument is booked for 2 March 2026 and, by RDATE, for two further days. By RFC 5545 the series is DTSTART with all its
#   RDATEs. node-ical 0.26.1 and icalevents 0.3.1 know the first day only, ical-expander 3.2.0 (by ical.js) and the package ical 14.3.1 know
#   the two further days and not the first. Where the further days have hours of their own (VALUE=PERIOD, as RFC 5545 has it) vobject 0.9.9
#   finds no day at all. recurring-ical-events 3.8.2 is right each time. And icalevents takes both hours of a day out of a series of 9 and
#   15 o'clock whose EXDATE is the 9 o'clock of that day. None of them says a word;
#   node-ical 0.27.2, which wants Node 22, finds the first day only, too.
# Why it matters to such a register: a day that is not in the answer is a free day, so the instrument is given away twice; one extra day is
#   what RDATE is there for, and a trial with an RRULE passes in all of them.
# What we do about it: a booking in the register's feeds, which are to come, will be an event of its own: no RDATE and no periods. Partners
#   who read the feeds of others: recurring-ical-events.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2 icalevents==0.3.1 vobject==0.9.9 ical==14.3.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts node-ical@0.26.1 ical-expander@3.2.0 ical.js@1.5.0 >/dev/null
cat > read.mjs <<'JS'
import { readFileSync } from "node:fs";
import ical from "node-ical";
import Expander from "ical-expander";
const text = readFileSync(process.argv[2], "utf8"), from = new Date("2026-03-01T00:00:00Z"), to = new Date("2026-04-01T00:00:00Z");
const event = Object.values(ical.sync.parseICS(text)).find((item) => item.type === "VEVENT");
const seen = { "node-ical 0.26.1": ical.expandRecurringEvent(event, { from, to }).map((item) => item.start) };
if (!text.includes("PERIOD")) {  // ical-expander ends with a type error there
  const found = new Expander({ ics: text, maxIterations: 100 }).between(from, to);
  seen["ical-expander 3.2.0"] = [...found.events, ...found.occurrences].map((item) => item.startDate.toJSDate());
}
console.log(JSON.stringify(seen));
JS
TZ=Asia/Shanghai env/bin/python -W ignore - <<'PY'
import datetime
import json
import subprocess
import sys
import zoneinfo
import icalendar
import recurring_ical_events
import vobject
from ical.calendar_stream import IcsCalendarStream
from icalevents import icalevents

zone = zoneinfo.ZoneInfo("Asia/Shanghai")
start, end = datetime.datetime(2026, 3, 1, tzinfo=zone), datetime.datetime(2026, 4, 1, tzinfo=zone)
tz = ";TZID=Asia/Shanghai"
frame = ("BEGIN:VCALENDAR|VERSION:2.0|PRODID:-//example//bookings//ZH|BEGIN:VTIMEZONE|TZID:Asia/Shanghai|BEGIN:STANDARD|DTSTART:19700101T000000|"
         "TZOFFSETFROM:+0800|TZOFFSETTO:+0800|END:STANDARD|END:VTIMEZONE|BEGIN:VEVENT|UID:a@example.org|DTSTAMP:20260101T000000Z|SUMMARY:质谱仪|"
         f"DTSTART{tz}:20260302T090000|DTEND{tz}:20260302T120000|%s|END:VEVENT|END:VCALENDAR|")
first, further = ["0302T09"], ["0304T14", "0306T09"]
cases = {
    "two further days": (f"RDATE{tz}:20260304T140000,20260306T090000", first + further,
                         {"node-ical 0.26.1": first, "icalevents 0.3.1": first, "ical-expander 3.2.0": further, "ical 14.3.1": further}),
    "two further days with hours of their own": (
        f"RDATE;VALUE=PERIOD{tz}:20260304T140000/20260304T180000,20260306T090000/PT8H", first + further,
        {"node-ical 0.26.1": first, "icalevents 0.3.1": first, "ical 14.3.1": further, "vobject 0.9.9": []}),
    "9 and 15 o'clock for two days, but not 9 on the second": (
        f"RRULE:FREQ=DAILY;BYHOUR=9,15;COUNT=4|EXDATE{tz}:20260303T090000", ["0302T09", "0302T15", "0303T15"],
        {"icalevents 0.3.1": ["0302T09", "0302T15"]}),
}
changed = False
for name, (lines, guess, known) in cases.items():
    text = (frame % lines).replace("|", "\r\n")
    with open("bookings.ics", "w", newline="") as file:
        file.write(text)
    nodes = json.loads(subprocess.run(["node", "read.mjs", "bookings.ics"], check=True, capture_output=True, text=True).stdout)
    seen = {key: [datetime.datetime.fromisoformat(value.replace("Z", "+00:00")) for value in values] for key, values in nodes.items()}
    seen |= {"icalevents 0.3.1": [one.start for one in icalevents.events(string_content=text.encode(), start=start, end=end)],
             "vobject 0.9.9": list(vobject.readOne(text).vevent.getrruleset(addRDate=True)),
             "ical 14.3.1": [one.dtstart for one in IcsCalendarStream.calendar_from_ics(text).timeline_tz(zone).overlapping(start, end)],
             "recurring-ical-events 3.8.2": [one.start for one in recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(start, end)]}
    print(f"{name}\n  guess: {guess}")
    for key, values in seen.items():
        values = sorted(value.astimezone(zone).strftime("%m%dT%H") for value in values)
        print(f"  seen:  {key}: {values}")
        changed |= values != known.get(key, guess)
sys.exit("the behaviour changed" if changed else 0)
PY
