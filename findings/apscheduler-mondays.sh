#!/usr/bin/env bash
# APScheduler 3.11.3 reads a line of a crontab (`CronTrigger.from_crontab`), and counts its days from Monday as 0, where
# cron counts from Sunday: `30 7 * * 1-5` is from Tuesday to Saturday, and 7 is an error. `0 9 1 * 1` is each Monday and
# each first of a month to cron; here it is the first of a month that is a Tuesday, twice a year or so. Words
# (`mon-fri`) mean the same everywhere. croniter 7.0.0, cronsim 2.8 and, in JavaScript, croner 11.0.1 read such lines as
# cron does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install APScheduler==3.11.3 croniter==7.0.0 cronsim==2.8
npm install --silent --no-audit --no-fund croner@11.0.1 >/dev/null
cat >next.py <<'PY'
import sys
from datetime import UTC, datetime

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim

now, line = datetime(2026, 3, 13, 10, tzinfo=UTC), sys.argv[1]
ways = {
    "APScheduler": lambda: CronTrigger.from_crontab(line, timezone=UTC).get_next_fire_time(None, now),
    "croniter": lambda: croniter(line, now).get_next(datetime),
    "cronsim": lambda: next(CronSim(line, now)),
}
for name, following in ways.items():
    try:
        print(line, name, f"{following():%a %Y-%m-%d}")
    except ValueError:
        print(line, name, "refused")
PY
cat >next.mjs <<'JS'
import { Cron } from "croner";
const line = process.argv[2];
const day = new Cron(line, { timezone: "UTC" }).nextRun(new Date("2026-03-13T10:00:00Z"));
const named = day.toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
console.log(line, "croner", named, day.toISOString().slice(0, 10));
JS
for line in '30 7 * * 1-5' '30 7 * * mon-fri' '0 9 * * 7' '0 9 1 * 1'; do
  LC_ALL=C venv/bin/python next.py "$line"
  node next.mjs "$line"
done | tee said
cat >right <<'TXT'
30 7 * * 1-5 APScheduler Sat 2026-03-14
30 7 * * 1-5 croniter Mon 2026-03-16
30 7 * * 1-5 cronsim Mon 2026-03-16
30 7 * * 1-5 croner Mon 2026-03-16
30 7 * * mon-fri APScheduler Mon 2026-03-16
30 7 * * mon-fri croniter Mon 2026-03-16
30 7 * * mon-fri cronsim Mon 2026-03-16
30 7 * * mon-fri croner Mon 2026-03-16
0 9 * * 7 APScheduler refused
0 9 * * 7 croniter Sun 2026-03-15
0 9 * * 7 cronsim Sun 2026-03-15
0 9 * * 7 croner Sun 2026-03-15
0 9 1 * 1 APScheduler Tue 2026-09-01
0 9 1 * 1 croniter Mon 2026-03-16
0 9 1 * 1 cronsim Mon 2026-03-16
0 9 1 * 1 croner Mon 2026-03-16
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
