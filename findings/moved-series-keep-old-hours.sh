#!/usr/bin/env bash
# What it shows: a weekly booking of an instrument is moved from 9 to 14 o'clock, from 16 March 2026 on (RECURRENCE-ID;RANGE=THISANDFUTURE,
#   the one range that RFC 5545 has). node-ical 0.26.1, icalevents 0.3.1 and the Python package ical 14.3.1 move that one day and leave all
#   after it at 9 o'clock. ical-expander 3.2.0 and recurring-ical-events 3.8.2 are right. Of a booking moved from 2 February to 10 March
#   node-ical finds nothing when it is asked for March: it looks for what was moved among the days of the series within March. Its 0.27.2,
#   which wants Node 22, finds that, but leaves the hours as 0.26.1 does; npm on Node 20 gives 0.26.1. Nothing raises an error.
# Why it matters to such a register: whoever asks an instrument's calendar whether 14 o'clock is free hears yes, and comes to a room in use.
# What we do about it: in the register's feeds, which are to come, each booking will be an event of its own: no ranges, no series. Partners who
#   read the feeds of others: ical-expander or recurring-ical-events.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2 icalevents==0.3.1 ical==14.3.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts node-ical@0.26.1 ical-expander@3.2.0 >/dev/null
cat > read.mjs <<'JS'
import { readFileSync } from "node:fs";
import ical from "node-ical";
import Expander from "ical-expander";
const text = readFileSync("bookings.ics", "utf8"), from = new Date("2026-02-28T16:00:00Z"), to = new Date("2026-03-31T16:00:00Z");
const event = Object.values(ical.sync.parseICS(text)).find((item) => item.type === "VEVENT");
const found = new Expander({ ics: text, maxIterations: 100 }).between(from, to);
console.log(JSON.stringify({ "node-ical 0.26.1": ical.expandRecurringEvent(event, { from, to }).map((item) => item.start),
  "ical-expander 3.2.0": [...found.events, ...found.occurrences].map((item) => item.startDate.toJSDate()) }));
JS
TZ=Asia/Shanghai env/bin/python -W ignore - <<'PY'
import datetime
import json
import subprocess
import sys
import zoneinfo
import icalendar
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream
from icalevents import icalevents

zone, tz = zoneinfo.ZoneInfo("Asia/Shanghai"), ";TZID=Asia/Shanghai"
start, end = datetime.datetime(2026, 3, 1, tzinfo=zone), datetime.datetime(2026, 4, 1, tzinfo=zone)
frame = ("BEGIN:VCALENDAR|VERSION:2.0|PRODID:-//example//bookings//ZH|BEGIN:VTIMEZONE|TZID:Asia/Shanghai|BEGIN:STANDARD|DTSTART:19700101T000000|"
         "TZOFFSETFROM:+0800|TZOFFSETTO:+0800|END:STANDARD|END:VTIMEZONE|%sEND:VCALENDAR|")
head = "UID:a@example.org|DTSTAMP:20260101T000000Z|"
series = (f"BEGIN:VEVENT|{head}DTSTART{tz}:%s|DURATION:PT3H|RRULE:%s|END:VEVENT|"
          f"BEGIN:VEVENT|{head}RECURRENCE-ID%s{tz}:%s|DTSTART{tz}:%s|DURATION:PT3H|END:VEVENT|")
left = ["0302T09", "0309T09", "0316T14", "0323T09", "0330T09"]
cases = {"moved to 14 o'clock from 16 March on": (
             series % ("20260302T090000", "FREQ=WEEKLY;COUNT=5", ";RANGE=THISANDFUTURE", "20260316T090000", "20260316T140000"),
             ["0302T09", "0309T09", "0316T14", "0323T14", "0330T14"], dict.fromkeys(("node-ical 0.26.1", "icalevents 0.3.1", "ical 14.3.1"), left)),
         "moved from 2 February to 10 March": (
             series % ("20260202T090000", "FREQ=MONTHLY;COUNT=2", "", "20260202T090000", "20260310T090000"),
             ["0302T09", "0310T09"], {"node-ical 0.26.1": ["0302T09"]})}
changed = False
for name, (lines, guess, known) in cases.items():
    text = (frame % lines).replace("|", "\r\n")
    with open("bookings.ics", "w", newline="") as file:
        file.write(text)
    seen = json.loads(subprocess.run(["node", "read.mjs"], check=True, capture_output=True, text=True).stdout)
    seen = {key: [datetime.datetime.fromisoformat(value.replace("Z", "+00:00")) for value in values] for key, values in seen.items()}
    seen |= {"icalevents 0.3.1": [one.start for one in icalevents.events(string_content=text.encode(), start=start, end=end)],
             "ical 14.3.1": [one.dtstart for one in IcsCalendarStream.calendar_from_ics(text).timeline_tz(zone).overlapping(start, end)],
             "recurring-ical-events 3.8.2": [one.start for one in recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(start, end)]}
    seen = {key: sorted(value.astimezone(zone).strftime("%m%dT%H") for value in values) for key, values in seen.items()}
    print(f"{name}\n  guess: {guess}")
    for key, values in seen.items():
        print(f"  seen:  {key}: {values}")
        changed |= values != known.get(key, guess)
sys.exit("the behaviour changed" if changed else 0)
PY
