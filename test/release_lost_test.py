#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A desk lost its disk: its log is ended and goes on in a successor, and what is released of both is one record."""

import json
import shutil
import sys
from pathlib import Path

from desks import Tap, open_pair, run, until
from recover_test import restore, say, state
from release_tamper import manifest_of, split


def lose(folder, channel, north, south):
    """What north signed last is in no store any more. All sign the end of its log."""
    backup = folder / "old.db"
    north.aldis("backup", str(backup))
    south.stop()
    say(north, channel, "lost for ever")
    north.stop()
    restore(north, backup)
    south.start().wait_ready()
    north.start().wait_ready()
    until(lambda: state(north) == "frozen", 60, "the guard knows more than the store")
    north.aldis("recover")
    end = folder / "end"
    end.write_text(north.aldis("recover", "--end", channel).stdout, encoding="utf-8")
    for desk in (north, south):
        end.write_text(run("root", "sign", str(desk.folder / "root"), str(end)).stdout, encoding="utf-8")
    for desk in (north, south):
        desk.aldis("charter", "join", str(end))
    until(lambda: state(north) == "ready", 90, "the successor may be written to")


def number(message):
    return int(message.split("#")[1])


def is_here(desk, channel, what, words):
    done = desk.aldis("release", "show", channel, what, check=False)
    return done.returncode == 0 and words in done.stdout


def build(desk, channel, what, path):
    done = desk.aldis("release", "build", channel, str(what), "-o", str(path), check=False)
    return done.returncode == 0, done.stderr


def scenario(tap, folder):
    folder = Path(folder)
    north, south, channel = open_pair(tap, folder)
    asked = say(north, channel, "Is the host yours?", "--wait", "30")
    say(south, channel, "It is", "--re", asked, "--wait", "30")
    old = folder / "before"
    old.write_text(north.aldis("release", "draft", channel).stdout, encoding="utf-8")
    lose(folder, channel, north, south)
    secret = say(north, channel, "A secret, said in the successor", "--wait", "60")
    then = say(north, channel, "Said when the disk was lost", "--wait", "60")
    reply = say(south, channel, "Heard after the loss", "--re", then, "--wait", "60")
    north.aldis("show", channel, reply, "--wait", "30")
    drafted = north.aldis("release", "draft", channel, "--withhold", secret, "--envelope", asked)
    one = folder / "one"
    one.write_text(drafted.stdout, encoding="utf-8")
    manifest = json.loads(drafted.stdout.split("\n")[1])
    logs = [log for log in manifest["logs"] if log["origin"].startswith("north.example/")]
    tap.ok([log["origin"].count("/") for log in logs] == [1, 2] and number(secret) > logs[0]["size"],
           "a draft has both logs of the desk, and is chosen from by ids that go on")
    tap.ok(f"withheld: #{number(secret)}" in drafted.stderr and f"what it wrote from #{logs[0]['size']} on" in drafted.stderr,
           "and tells where the one ended")
    request = north.aldis("release", "request", channel, str(one), "--text", "To end rumours").stdout.strip()
    tap.ok(number(request) > number(then), "who lost its log asks in the next one")
    south.aldis("show", channel, request, "--wait", "30")
    until(lambda: is_here(south, channel, request, "south.example has not answered"), 30, "the manifest is here")
    consent = south.aldis("release", "consent", channel, request).stdout.strip()
    until(lambda: is_here(north, channel, str(one), consent), 30, "the consent is here")
    cards = [part for desk in (north, south) for part in ("--trust", str(desk.folder / "card.note"))]
    for desk, what in ((north, one), (south, request)):
        path = folder / f"{desk.name}.html"
        until(lambda: build(desk, channel, what, path)[0], 30, "it is built")
        done = desk.aldis("verify", str(path), *cards, check=False)
        tap.ok(done.returncode == 0 and " is joint" in done.stdout and "north.example consented to exactly this" in done.stdout,
               f"built by {desk.name} it is verified, and joint")
    tap.ok(f"it goes on with #{logs[0]['size']} in north.example, log 2" in done.stdout and
           f"1 withheld (#{number(secret)})" in done.stdout, "where the log ended is told to who verifies it")
    of_successor(tap, folder, north, then, asked, secret)
    request = north.aldis("release", "request", channel, str(old), "--text", "As drafted before", check=False)
    tap.ok(request.returncode == 0, "what was drafted before the end may still be asked for")
    built = build(north, channel, old, folder / "old.html")
    tap.ok(not built[0] and "one-sided" in built[1], "and lacks a consent as any other")
    south.stop()
    north.stop()


def of_successor(tap, folder, north, then, asked, secret):
    """Quotes, and the data that programs read."""
    path = folder / "north.example.html"
    article = folder / "article"
    article.write_text("They wrote “Said when the disk was lost” and “A secret, said in the successor”.", encoding="utf-8")
    done = north.aldis("quote", str(path), str(article), check=False)
    tap.ok(then in done.stdout and "NOT IN THIS RELEASE" in done.stdout and secret not in done.stdout,
           "a quotation from the successor is found under its id")
    _, data, _ = split(path.read_bytes())
    parsed = json.loads(data)
    tap.ok(len(parsed["ends"]) == 1 and len(manifest_of(parsed)["logs"]) == 3 and asked.startswith("north.example#"),
           "the file carries the end that all have signed")
    other = folder / "tampered.html"
    shutil.copy(path, other)
    other.write_bytes(path.read_bytes().replace(b'"ends":[', b'"ends":["",', 1))
    done = north.aldis("verify", str(other), check=False)
    tap.ok(done.returncode == 1 and "the check that failed: log-end\n" in done.stdout, "another end is refused")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    Tap().play(scenario)
