#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pledges, minutes, receipts by people and evidence between two real desks."""

import json
from pathlib import Path

from desks import Tap, open_pair


def say(desk, channel, kind, body=None, *more):
    """Sends and waits for the receipt."""
    args = ["send", channel, kind, "--wait", "20", *more]
    if body is not None:
        args += ["--body", "-"]
    return desk.aldis(*args, stdin=None if body is None else json.dumps(body)).stdout.strip()


def shown(desk, channel, message):
    return desk.aldis("show", channel, message, "--wait", "20").stdout


def register(desk, channel, *more):
    answer = desk.json("pledges", channel, *more)
    return answer["channels"][0]["pledges"]


def pledges(tap, north, south, channel):
    shipped = north.aldis("pledges", "--text", "non-interference").stdout
    offer = say(north, channel, "pledge.offer", json.loads(shipped))
    tap.ok(register(north, channel) == [], "what is only offered is not in force")
    south.aldis("show", channel, offer, "--wait", "20")
    accept = say(south, channel, "pledge.accept", None, "--re", offer)
    north.aldis("show", channel, accept, "--wait", "20")
    ours, theirs = register(north, channel), register(south, channel)
    tap.ok(len(ours) == 1 and ours[0]["facts"]["state"] == "in force", "the pledge is in force")
    tap.ok(ours[0]["facts"] == theirs[0]["facts"], "both registers say the same")
    tap.ok(ours[0]["receipts"][0]["from"] == south.name, "the offerer holds a receipt for it")
    text = north.aldis("pledges", channel).stdout
    tap.ok("in force since" in text and accept in text and "1. The party" in text,
           "the register shows since when, the proof and the authoritative text")
    text = south.aldis("pledges", "--language", "id").stdout
    tap.ok("Pihak yang menawarkan" in text, "the text in another language")
    translation = say(south, channel, "translation",
                      {"language": "de", "text": "Nichts.\n\x1b[31m", "translator": "A", "reviewer": "B"},
                      "--re", offer)
    text = south.aldis("pledges", "--language", "de").stdout
    tap.ok("translated by A, reviewed by B" in text and "\x1b" not in text,
           "a translation names translator and reviewer, and turns nothing on")
    tap.ok(f"the original, {offer}, is authoritative" in shown(south, channel, translation),
           "a translation points at the original")
    text = shown(south, channel, offer)
    tap.ok("the original is authoritative: en" in text and "reviewed by B" in text
           and "by the author of the original" in text,
           "the message says which text is the original")
    withdraw = say(south, channel, "pledge.withdraw", None, "--re", offer)
    north.aldis("show", channel, withdraw, "--wait", "20")
    tap.ok(register(north, channel) == [], "who withdraws is bound no longer")
    tap.ok(register(north, channel, "--all")[0]["facts"]["state"] == "withdrawn",
           "and the whole register says so")
    tap.ok(north.aldis("pledges", "--text", "peace", check=False).returncode == 2,
           "an unknown text is said")


def receipts(tap, north, south, channel):
    query = say(north, channel, "query", {"language": "en", "question": "Is 192.0.2.7 yours?"})
    south.aldis("show", channel, query, "--wait", "20")
    ack = south.aldis("ack", channel, query, "--not-understood", "--paraphrase",
                      "You ask about a host.", "--wait", "20").stdout.strip()
    north.aldis("show", channel, ack, "--wait", "20")
    text = shown(north, channel, query)
    tap.ok("read by a person, not understood" in text and "You ask about a host." in text,
           "the paraphrase stands beside the message")
    ack = south.aldis("ack", channel, query, "--wait", "20").stdout.strip()
    north.aldis("show", channel, ack, "--wait", "20")
    tap.ok("south.example: understood" in shown(north, channel, query), "then it is understood")
    hold = south.aldis("hold", channel, query, "--until", "2030-01-01T00:00:00Z",
                       "--reason", "We look.", "--wait", "20").stdout.strip()
    tap.ok(": 2030-01-01T00:00:00Z" in shown(south, channel, query) and hold != "",
           "a holding reply names its date")
    tap.ok(south.aldis("hold", channel, query, check=False).returncode == 2,
           "a holding reply without a date is none")
    answer = say(south, channel, "answer", {"answer": "no"}, "--re", query)
    north.aldis("show", channel, answer, "--wait", "20")
    tap.ok("south.example: answered" in shown(north, channel, query), "an answer is said to be one")
    tap.ok(south.aldis("cancel", channel, query, check=False).returncode == 1,
           "nobody takes back what another said")
    cancel = north.aldis("cancel", channel, query, "--reason", "It is ours.", "--wait", "20")
    tap.ok("cancel" in shown(north, channel, query) and cancel.stdout.startswith("north.example#"),
           "the author takes it back")


def evidence(tap, folder, north, south, channel):
    secret = Path(folder) / "trace.bin"
    secret.write_bytes(b"what was seen" * 1000)
    said = {"language": "en", "description": "a trace of 21 November"}
    commit = say(north, channel, "evidence.commit", said, "--commit", str(secret))
    kept = list((north.folder / "evidence").iterdir())
    tap.ok(len(kept) == 1 and kept[0].stat().st_mode & 0o77 == 0, "what is committed to is kept")
    message = json.loads(south.aldis("show", channel, commit, "--wait", "20", "--json").stdout)
    tap.ok(message["body"]["hash"] == kept[0].name and "attachments" not in message,
           "the other side gets the hash and nothing else")
    for args in (["text", "--commit", str(secret)], ["evidence.commit", "--commit", str(secret)]):
        tap.ok(north.aldis("send", channel, *args, check=False).returncode == 2,
               "a commitment says what it is")
    refused = north.aldis("send", channel, "evidence.commit", "--commit", str(secret), "--body", "-",
                          stdin='{"language":"en"}', check=False)
    tap.ok(refused.returncode != 0 and "description" in refused.stderr
           and len(list((north.folder / "evidence").iterdir())) == 1,
           "what the desk refuses leaves nothing behind")
    stolen = south.aldis("send", channel, "evidence.open", "--re", commit, check=False)
    tap.ok(stolen.returncode != 0 and "keeps nothing" in stolen.stderr,
           "only who has the evidence can open it")
    opened = say(north, channel, "evidence.open", None, "--re", commit)
    tap.ok(list((north.folder / "evidence").iterdir()) == [], "opened evidence is in the record")
    for message in (commit, opened):
        south.aldis("show", channel, opened, "--wait", "20")
        tap.ok("attached is what was committed to" in shown(south, channel, message),
               "the other side sees that it is the very one")
    blob = json.loads(north.aldis("show", channel, opened, "--json").stdout)["attachments"][0]
    tap.ok(blob["size"] == 13000, "it is attached whole")
    false = say(north, channel, "text", {"language": "en", "text": "x"})
    tap.ok(north.aldis("send", channel, "evidence.open", "--re", false, check=False).returncode != 0,
           "what commits to nothing can't be opened")


def consultations(tap, north, south, channel):
    request = say(north, channel, "consultation.request",
                  {"language": "en", "subject": "Ports", "agenda": ["One", "Two"]})
    south.aldis("show", channel, request, "--wait", "20")
    say(south, channel, "consultation.accept", None, "--re", request)
    minutes = say(south, channel, "consultation.record",
                  {"language": "en", "date": "2026-11-21T10:00:00Z", "text": "We spoke."},
                  "--re", request)
    north.aldis("show", channel, minutes, "--wait", "20")
    tap.ok("not agreed by all" in north.aldis("consultations", channel).stdout,
           "minutes wait for the other side")
    agree = say(north, channel, "consultation.agree", None, "--re", minutes)
    south.aldis("show", channel, agree, "--wait", "20")
    tap.ok("minutes agreed" in south.aldis("consultations").stdout, "and are agreed")


def scenario(tap, folder):
    north, south, channel = open_pair(tap, folder)
    pledges(tap, north, south, channel)
    receipts(tap, north, south, channel)
    evidence(tap, folder, north, south, channel)
    consultations(tap, north, south, channel)


Tap().play(scenario)
