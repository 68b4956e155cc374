#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A release between two real desks: drafted, shown, asked for, consented to; another one refused."""

import hashlib
import json
import re
from pathlib import Path

from desks import Tap, befriend, open_channel, until


def say(desk, channel, text, *more):
    return desk.aldis("send", channel, "text", "--body", "-", "--wait", "20", *more,
                      stdin=json.dumps({"language": "en", "text": text})).stdout.strip()


def digest(manifest):
    return hashlib.sha256(manifest.read_bytes()).hexdigest()


def draft(north, channel, path, *more):
    done = north.aldis("release", "draft", channel, *more)
    path.write_text(done.stdout, encoding="utf-8")
    return done.stderr


def drafts(tap, folder, north, channel, secret, answer):
    cover = folder / "cover"
    cover.write_text('{"en":"What we said","id":"Yang kami katakan"}', encoding="utf-8")
    words = draft(north, channel, folder / "one", "--withhold", secret, "--cover", str(cover))
    tap.ok(f"{answer} (text) is shown and names {secret}, which is withheld" in words,
           "the draft says what an answer gives away")
    again = draft(north, channel, folder / "all")
    modes = re.findall('"modes":"([^"]*)"', (folder / "all").read_text(encoding="utf-8"))
    tap.ok(secret not in again and len(modes) == 2 and "w" not in "".join(modes),
           "without a choice nothing is withheld")
    tap.ok(north.aldis("release", "draft", channel, "--withhold", "north.example#999",
                       check=False).returncode == 1, "what is not there can't be chosen")


def asks(tap, folder, north, south, channel):
    one = folder / "one"
    request = north.aldis("release", "request", channel, str(one), "--text", "To end rumours"
                          ).stdout.strip()
    tap.ok("#" in request, "the members are asked")
    south.aldis("show", channel, request, "--wait", "20")

    def here():
        done = south.aldis("release", "show", channel, request, check=False)
        return done.returncode == 0 and done.stdout
    shown = until(here, 20, "the manifest is here")
    tap.ok(digest(one) in shown, "the request carries the very manifest")
    tap.ok("cover (id): Yang kami katakan" in shown and "rule " in shown, "what is released is told")
    tap.ok("north.example has consented" in shown and "south.example has not answered" in shown,
           "who asks has consented")
    tap.ok("of north.example: " in shown and "1 withheld" in shown, "and how much is withheld")
    return request


def answers(tap, folder, north, south, channel, request):
    consent = south.aldis("release", "consent", channel, request).stdout.strip()

    def here():
        return consent in north.aldis("release", "show", channel, str(folder / "one")).stdout
    until(here, 20, "the consent is here")
    tap.ok("south.example has consented" in
           north.aldis("release", "show", channel, str(folder / "one")).stdout, "the consent counts")
    done = south.aldis("release", "refuse", channel, request, check=False)
    tap.ok(done.returncode == 1 and "the first answer counts" in done.stderr,
           "a consent can't be taken back")
    draft(north, channel, folder / "two", "--only", request)
    second = north.aldis("release", "request", channel, str(folder / "two"), "--text", "More",
                         ).stdout.strip()
    south.aldis("show", channel, second, "--wait", "20")
    refusal = south.aldis("release", "refuse", channel, second, "--reason", "Too early",
                          "--language", "en").stdout.strip()

    def refused():
        return refusal in north.aldis("release", "show", channel, str(folder / "two")).stdout
    until(refused, 20, "the refusal is here")
    tap.ok("south.example has refused" in
           north.aldis("release", "show", channel, str(folder / "two")).stdout, "a refusal is told")


def is_careful(tap, folder, north, south, channel):
    other = folder / "other"
    other.write_text((folder / "one").read_text(encoding="utf-8").replace('"made":"2', '"made":"3'),
                     encoding="utf-8")
    tap.ok("south.example has not answered" in
           north.aldis("release", "show", channel, str(other)).stdout,
           "a consent is to one manifest only")
    done = south.aldis("release", "request", channel, str(folder / "one"), "--text", "Me", check=False)
    tap.ok(done.returncode == 1 and "was drafted by north.example" in done.stderr,
           "nobody asks in another's name")
    other.write_text((folder / "one").read_text(encoding="utf-8").replace('{"aldis":1,', '{ "aldis":1,'),
                     encoding="utf-8")
    done = north.aldis("release", "show", channel, str(other), check=False)
    tap.ok(done.returncode != 0 and "one form" in done.stderr, "a manifest has one form")


def scenario(tap, folder):
    folder = Path(folder)
    north, south = tap.desk(folder, "north.example"), tap.desk(folder, "south.example")
    for desk in (north, south):
        desk.start().wait_ready()
    befriend([north, south])
    channel = open_channel(folder, [north, south])
    until(lambda: all(log["state"] == "ready" for desk in (north, south)
                      for log in desk.json("status")["channels"][0]["logs"]), 30, "logs are open")
    secret = say(north, channel, "A secret question")
    south.aldis("show", channel, secret, "--wait", "20")
    answer = say(south, channel, "An answer", "--re", secret)
    north.aldis("show", channel, answer, "--wait", "20")
    drafts(tap, folder, north, channel, secret, answer)
    request = asks(tap, folder, north, south, channel)
    answers(tap, folder, north, south, channel, request)
    is_careful(tap, folder, north, south, channel)


if __name__ == "__main__":
    Tap().play(scenario)
