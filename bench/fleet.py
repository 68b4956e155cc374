#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""25 real desks, each a daemon of its own with its database, in one channel on loopback.

A pledge is offered until all have cosigned it, then accepted by all until every acceptance
is cosigned by all. Prints the time and the memory of all processes, as a table or, with
--json, as aldis-bench does. No floor: it is the work of 25 machines done by one.
"""
import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("ALDIS", str(ROOT / "build" / "aldis"))
os.environ.setdefault("ALDISD", str(ROOT / "build" / "aldisd"))
sys.path.insert(0, str(ROOT / "test"))

from desks import Desk, open_channel, until  # noqa: E402  pylint: disable=wrong-import-position

DESKS = 25
OFFER = {"language": "en", "title": "No first use",
         "text": "We will not be the first to attack with these means."}


def report(name, value, unit):
    if "--json" in sys.argv[1:]:
        print(json.dumps({"name": name, "value": round(value, 4), "unit": unit,
                          "floor": None, "ratio": None}))
    else:
        print(f"{name:<20} {value:>18.4g} {unit}")


def family(pid):
    """The process and all that it started."""
    pids = [pid]
    for child in open(f"/proc/{pid}/task/{pid}/children").read().split():
        pids += family(int(child))
    return pids


def proportional_kib(pid):
    for line in open(f"/proc/{pid}/smaps_rollup"):
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def is_ready(desk):
    logs = desk.json("status")["channels"][0]["logs"]
    return all(log["cosigned"] == log["entries"] > 0 for log in logs)


def measure(folder, desks):
    # the files of 25 desks are made here, so that only the talking is measured
    with ThreadPoolExecutor(4) as pool:
        for number in range(DESKS):
            desks.append(Desk(folder, f"desk{number:02}.example"))
        list(pool.map(lambda desk: desk.start().wait_ready(), desks))
        channel = open_channel(folder, desks, {"duties": []})
        until(lambda: all(pool.map(is_ready, desks)), 300, "all logs are open and cosigned")
    start = time.monotonic()
    pledge = desks[0].aldis("send", channel, "pledge.offer", "--body", "-", "--wait", "60",
                            stdin=json.dumps(OFFER)).stdout.strip()
    report("fleet_offer", time.monotonic() - start, "s")
    until(lambda: all(pledge in desk.aldis("list", channel, "--kind", "pledge.offer").stdout
                      for desk in desks), 60, "all have the offer")
    start = time.monotonic()
    with ThreadPoolExecutor(DESKS) as pool:
        list(pool.map(lambda desk: desk.aldis("send", channel, "pledge.accept", "--re", pledge,
                                              "--wait", "120"), desks[1:]))
    report("fleet_accept", time.monotonic() - start, "s")
    pids = [pid for desk in desks for pid in family(desk.daemon.pid)]
    report("fleet_processes", len(pids), "")
    report("fleet_pss", sum(map(proportional_kib, pids)) / 1024, "MiB")


def main():
    desks = []
    with tempfile.TemporaryDirectory(prefix="aldis-fleet-") as folder:
        try:
            measure(folder, desks)
        finally:
            for desk in desks:
                desk.stop()


if __name__ == "__main__":
    main()
