#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signals between two real desks, each of which reads them in its own language."""

import json
import re
import sys
from pathlib import Path

from desks import Tap, befriend, open_channel, run, until

LANGUAGES = ["en", "id", "ru", "fr", "es", "zh", "ar"]


def listing(tap):
    books = {l: json.loads(run("signal", "list", "--language", l, "--json").stdout)
             for l in LANGUAGES}
    tap.ok(all(books[l]["language"] == l for l in LANGUAGES), "the book is listed in each language")
    tap.ok(len({book["codebook"] for book in books.values()}) == 1, "it is one book in all of them")

    def slots(signal):
        return signal["number"], sorted(set(re.findall(r"\{(\w+)\}", signal["text"])))

    english = [slots(s) for s in books["en"]["signals"]]
    tap.ok(len(english) >= 60 and all([slots(s) for s in books[l]["signals"]] == english
                                      for l in LANGUAGES),
           "every signal has the same parameters in each of them")
    shown = run("signal", "show", "203", "--language", "es").stdout
    tap.ok("{sector}" in shown and "energy" in shown and "192.0.2.0/24" in shown,
           "a signal is shown with what its parameters may be")
    for arguments, code in ((["show", "199"], 1), (["show", "x"], 1), (["list", "more"], 2),
                            (["list", "--language", "de"], 1), (["list", "--book", "00"], 1),
                            (["send", "c", "101"], 2), ([], 2)):
        done = run("signal", *arguments, check=False)
        tap.ok(done.returncode == code and done.stderr.count("\n") == 1,
               f"aldis signal {' '.join(arguments)}: {code} and one sentence")
    return books["en"]["codebook"]


def conversation(tap, north, south, channel):
    sent = north.aldis("signal", "send", channel, "106", "from=2026-11-20T23:49:00Z",
                       "until=2026-11-21T06:00:00Z", "delay=PT90M", "--wait", "20",
                       "--tlp", "AMBER").stdout.strip()
    until(lambda: south.aldis("show", channel, sent, check=False).returncode == 0, 20, "it arrives")
    shown = south.aldis("show", channel, sent).stdout
    tap.ok("saluran ini hanya dilayani petugas siaga" in shown and "1 h 30 min" in shown
           and "2026-11-20 23:49:00 UTC" in shown, "south reads it in Indonesian")
    tap.ok("only the officer on call" in north.aldis("show", channel, sent).stdout,
           "north reads it in English")
    arabic = south.aldis("show", channel, sent, "--language", "ar").stdout
    tap.ok("\u20662026-11-20 23:49:00 UTC\u2069" in arabic,
           "in Arabic the values are kept from falling apart")
    tap.ok("Dari 2026-11-20 23:49:00 UTC" in south.aldis("list", channel).stdout,
           "the list begins with its words")
    tap.ok("С 2026-11-20 23:49:00 UTC" in
           south.aldis("list", channel, "--language", "ru").stdout, "in Russian if asked for")
    answer = south.aldis("signal", "send", channel, "1006", f"message={sent}", "--re", sent,
                         "--to", "north.example", "--wait", "20").stdout.strip()
    shown = south.json("show", channel, answer)
    tap.ok(shown["re"] == sent and shown["to"] == ["north.example"] and shown["flags"] == [],
           "an answer names what it answers")


def refusals(tap, north, channel, other):
    for arguments, sentence in (
            (["103"], "parameter since: is missing; it is a time such as 2026-11-20T23:49:00Z"),
            (["103", "since=noon"], "parameter since: must be a time such as 2026-11-20T23:49:00Z"),
            (["101", "since=noon"], "parameter since: signal 101 does not have it"),
            (["205", "since=2026-11-20T23:49:00Z", "domain=a b"], "parameter domain: must be")):
        done = north.aldis("signal", "send", channel, *arguments, check=False)
        tap.ok(done.returncode == 1 and sentence in done.stderr,
               f"{' '.join(arguments)}: refused with '{sentence}'")
    done = north.aldis("signal", "send", channel, "103", "noon", check=False)
    tap.ok(done.returncode == 2, "what is not NAME=VALUE: 2")
    body = json.dumps({"codebook": "ab" * 32, "number": 1})
    done = north.aldis("send", channel, "signal", "--body", "-", stdin=body, check=False)
    tap.ok(done.returncode == 1 and "not among those that the charter names" in done.stderr,
           "a book that the charter does not name is refused")
    done = north.aldis("signal", "send", other, "101", check=False)
    tap.ok(done.returncode == 1 and "not among those that the charter names" in done.stderr,
           "a channel without codebooks has no signals")


def scenario(tap, folder):
    book = listing(tap)
    north = tap.desk(folder, "north.example", "--language", "en").start()
    south = tap.desk(folder, "south.example", "--language", "id", "--language", "en").start()
    for desk in (north, south):
        desk.wait_ready()
    befriend([north, south])
    for name in ("with", "without"):
        (Path(folder) / name).mkdir()
    channel = open_channel(Path(folder) / "with", [north, south])
    tap.ok(book in (Path(folder) / "with" / "charter.note").read_text(),
           "a charter that says nothing of codebooks names the default one")
    conversation(tap, north, south, channel)
    open_channel(Path(folder) / "without", [north, south], {"codebooks": None})
    other = next(c["id"] for c in north.json("status")["channels"] if c["id"] != channel)
    refusals(tap, north, channel, other)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    Tap().play(scenario)
