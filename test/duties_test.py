#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Duties between two real desks: a question, its clock, a holding reply, an answer, a cancel."""

import json
from datetime import datetime, timedelta, timezone

from desks import Tap, open_pair, until

TEMPLATE = {
    "duties": [{"on": "query", "owe": ["answer"], "within": "PT24H"},
               {"every": "PT1H", "owe": "check", "grace": "PT10M"}],
    "holding": {"within": "PT72H", "times": 1},
}


def say(desk, channel, kind, body=None, *more):
    args = ["send", channel, kind, "--wait", "20", *more]
    if body is not None:
        args += ["--body", "-"]
    return desk.aldis(*args, stdin=None if body is None else json.dumps(body)).stdout.strip()


def after(**delta):
    return (datetime.now(timezone.utc) + timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")


def duties(desk, channel, *more):
    done = desk.aldis("duties", channel, "--all", "--json", *more, check=False)
    return [row for row in json.loads(done.stdout)["channels"][0]["duties"] if "question" in row]


def state_of(desk, channel, question, *more):
    rows = [row for row in duties(desk, channel, *more) if row["question"] == question]
    return rows[0]["state"] if rows else None


def equal(tap, north, south, channel, at):
    ours, theirs = (duties(desk, channel, "--at", at) for desk in (north, south))
    tap.ok(ours == theirs and len(ours) > 0, f"both sides list the same for {at}")


def scenario(tap, folder):
    north, south, channel = open_pair(tap, folder, TEMPLATE)
    question = say(north, channel, "query", {"language": "en", "question": "Is this yours?"})
    until(lambda: state_of(south, channel, question) == "running", 30, "the clock runs")
    tap.ok(state_of(north, channel, question) == "running", "a question's clock runs on both sides")
    done = south.aldis("duties", channel)
    tap.ok(f"south.example owes north.example answer" in done.stdout and (" day left" in done.stdout or " min left" in done.stdout)
           and f"question {question} (query), receipt north.example#" in done.stdout,
           "who owes what, the time left, the entries that show it")
    tap.ok(done.returncode == 0, "nothing is overdue")
    later = north.aldis("duties", channel, "--at", after(hours=30), check=False)
    tap.ok(later.returncode == 1 and "overdue for" in later.stdout, "a day later it would be, and that is status 1")
    south.aldis("hold", channel, question, "--until", after(hours=48), "--wait", "20")
    until(lambda: state_of(north, channel, question, "--at", after(hours=30)) == "held", 30, "it is held")
    tap.ok(state_of(south, channel, question, "--at", after(hours=30)) == "held", "a holding reply moves the deadline")
    equal(tap, north, south, channel, after(hours=30))
    answer = say(south, channel, "answer", {"answer": "no"}, "--re", question)
    until(lambda: state_of(north, channel, question) == "met", 30, "it is met")
    until(lambda: state_of(south, channel, question) == "met", 30, "it is met")
    tap.ok(answer in south.aldis("duties", "--all").stdout, "an answer meets it")
    tap.ok(question not in south.aldis("duties").stdout, "what is met is listed only when all is wanted")
    second = say(north, channel, "query", {"language": "en", "question": "And that?"})
    until(lambda: state_of(south, channel, second) == "running", 30, "the clock runs")
    north.aldis("cancel", channel, second, "--wait", "20")
    until(lambda: state_of(south, channel, second) == "cancelled", 30, "it is cancelled")
    tap.ok(True, "who asked may cancel")
    equal(tap, north, south, channel, after(days=9))
    north.stop()
    north.start().wait_ready()
    until(lambda: state_of(north, channel, question) == "met", 30, "the list is made again")
    equal(tap, north, south, channel, after(days=9))
    tap.ok(north.aldis("duties", channel, "--at", "tomorrow", check=False).returncode != 0, "a time has its form")


Tap().play(scenario)
