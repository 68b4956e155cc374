#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fifty consoles look at one desk while nothing happens.

A desk in a channel of 1,000 messages with another one; fifty people are logged in, each with an
open stream of events, and each of their pages reads again every 60 s what Now and the alarm bar
show, as the console's own pages do. Prints the processor time of all the desk's processes, in per
cent of a core; the floor is the same desk in the same channel before anybody logged in. And the
memory of all its processes. --json as aldis-bench does.
"""
import http.client
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
sys.path.insert(0, str(ROOT / "bench"))

from accounts_test import Person  # noqa: E402  pylint: disable=wrong-import-position
from desks import Desk, befriend, free_port, open_channel, until  # noqa: E402  pylint: disable=wrong-import-position
from fleet import family, proportional_kib  # noqa: E402  pylint: disable=wrong-import-position

CONSOLES = int(os.environ.get("CONSOLES", "50"))
MESSAGES = int(os.environ.get("MESSAGES", "1000"))
SECONDS = int(os.environ.get("SECONDS", "30"))
PAGE_PERIOD_S = 60
PAGES = ("/api/now", "/api/alarms")


def report(name, value, unit, floor=None, goal=""):
    ratio = value / floor if floor else None
    if "--json" in sys.argv[1:]:
        print(json.dumps({"name": name, "value": round(value, 4), "unit": unit,
                          "floor": None if floor is None else round(floor, 4),
                          "ratio": None if ratio is None else round(ratio, 2)}), flush=True)
        return
    beside = "" if floor is None else f"  floor {floor:.4g}  ratio {ratio:.2f}"
    print(f"{name:<20} {value:>18.4g} {unit}{beside}  {goal}".rstrip(), flush=True)


def cpu_ns(pid):
    """Of all its processes and their threads."""
    total = 0
    for member in family(pid):
        for task in Path(f"/proc/{member}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total


def per_cent(pid, seconds, meanwhile):
    before, start = cpu_ns(pid), time.monotonic()
    meanwhile(seconds)
    return (cpu_ns(pid) - before) / ((time.monotonic() - start) * 1e7)


class Console:
    """A browser with the page Now: a stream, and a connection that is kept for requests."""

    def __init__(self, desk, port, number):
        person = Person(desk, port, f"p{number:02}", "watch,officer")
        if person.login() != 201 or person.change("correct horse battery staple") != 200:
            raise AssertionError(f"{person.name} can't log in")
        self.cookie = {"Cookie": f"{person.browser.cookie_name}={person.browser.cookie}"}
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.stream = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.stream.request("GET", "/api/events", headers=self.cookie)
        if self.stream.getresponse().status != 200:
            raise AssertionError(f"{person.name} gets no events")

    def read(self, path):
        self.line.request("GET", path, headers={**self.cookie, "Accept-Encoding": "gzip"})
        answer = self.line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status} {body[:200]}")


def look(consoles, seconds):
    """The requests of so many pages, evenly spread."""
    wanted = [(console, path) for console in consoles for path in PAGES]
    start, gap = time.monotonic(), PAGE_PERIOD_S / len(wanted)
    for number in range(int(seconds / gap)):
        time.sleep(max(0.0, start + number * gap - time.monotonic()))
        console, path = wanted[number % len(wanted)]
        console.read(path)
    time.sleep(max(0.0, start + seconds - time.monotonic()))


def fill(desk, channel):
    lines = "".join(json.dumps({"kind": "text", "body": {"language": "en", "text": f"Message {n}"}}) + "\n"
                    for n in range(MESSAGES))
    desk.aldis("send", "--stream", channel, stdin=lines)


def measure(folder, desks):
    port = free_port()
    desks.append(Desk(folder, "north.example", "--console", f"127.0.0.1:{port}"))
    desks.append(Desk(folder, "south.example"))
    for desk in desks:
        desk.start().wait_ready()
    befriend(desks)
    channel = open_channel(folder, desks, {"duties": []})
    until(lambda: desks[0].json("status")["channels"][0]["logs"][0]["cosigned"] > 0, 60, "the channel is open")
    fill(desks[0], channel)
    until(lambda: all(log["cosigned"] == log["entries"] for log in desks[0].json("status")["channels"][0]["logs"]),
          120, "all is cosigned")
    time.sleep(3)
    pid = desks[0].daemon.pid
    bare = per_cent(pid, SECONDS, time.sleep)
    with ThreadPoolExecutor(4) as pool:
        consoles = list(pool.map(lambda number: Console(desks[0], port, number), range(CONSOLES)))
    for console in consoles:
        for path in PAGES:
            console.read(path)
    time.sleep(3)
    busy = per_cent(pid, SECONDS, lambda seconds: look(consoles, seconds))
    report("consoles_idle_cpu", busy, "%", bare, "<= 5")
    report("consoles_pss", sum(map(proportional_kib, family(pid))) / 1024, "MiB")


def main():
    desks = []
    with tempfile.TemporaryDirectory(prefix="aldis-consoles-") as folder:
        try:
            measure(folder, desks)
        finally:
            for desk in desks:
                desk.stop()


if __name__ == "__main__":
    main()
