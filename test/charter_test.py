#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A channel over time: drafted from a template, amended, joined late, left; keys that change."""

import sys
from pathlib import Path

from desks import Tap, befriend, run, until


def write(folder, name, text):
    path = Path(folder) / name
    path.write_text(text)
    return str(path)


def sign_by(folder, text, desks):
    """The note with the lines of these desks, and what each was told before it signed."""
    said = []
    for desk in desks:
        done = desk.aldis("charter", "sign", write(folder, "to-sign", text))
        text = done.stdout
        said.append(done.stderr)
    return text, said


def hello(tap, desk, channel, text):
    """A message, with the receipts of all others."""
    body = '{"language":"en","text":"%s"}' % text
    done = desk.aldis("send", channel, "text", "--body", "-", "--wait", "60", stdin=body, check=False)
    tap.ok(done.returncode == 0 and "no receipt" not in done.stderr, f"{desk.name}: {text}")


def holds(desk, channel, text):
    return text in desk.aldis("list", channel, check=False).stdout


def open_channel(tap, folder, north, south):
    done = north.aldis("charter", "draft", "--template", "states", "--member",
                       str(south.folder / "card.note"))
    tap.ok("names no witness" in done.stderr, "a draft with duties and no witness warns")
    tap.ok('"proofs":"members"' in done.stdout, "the template states is found by its name")
    note, said = sign_by(folder, done.stdout, [north, south])
    tap.ok("who gets incident owes ack within 4 h" in said[0], "what is signed is said in words first")
    for desk in (north, south):
        joined = desk.aldis("charter", "join", write(folder, "first.note", note)).stdout
    tap.ok("open" in joined, "the channel opens when all have signed")
    return joined.split()[0]


def amend(tap, folder, channel, north, south, west):
    draft = north.aldis("charter", "draft", "--amend", channel, "--member",
                        str(west.folder / "card.note"), "--history", "none", "--title", "Three")
    tap.ok("+ Member west.example" in draft.stderr and "+ Title: Three" in draft.stderr,
           "a draft says what it changes")
    one, said = sign_by(folder, draft.stdout, [north])
    tap.ok("Against the charter in force" in said[0] and "joins without what was written" in said[0],
           "who signs sees the changes against the charter before")
    pending = north.aldis("charter", "join", write(folder, "one.note", one)).stdout
    tap.ok("is pending: not signed by south.example" in pending, "an amendment that lacks signatures is pending")
    shown = north.aldis("charter", "show", channel)
    tap.ok("in force" in shown.stderr and "waits for 2 signatures" in shown.stderr, "show says so too")
    tap.ok(north.json("status")["channels"][0]["title"] != "Three", "and it changes nothing")

    other = north.aldis("charter", "draft", "--amend", channel, "--title", "Other").stdout
    refused = north.aldis("charter", "sign", write(folder, "other", other), check=False)
    tap.ok(refused.returncode != 0 and "only one can follow" in refused.stderr,
           "a root signs one successor of a charter")

    note, _ = sign_by(folder, one, [west, south])
    for desk in (north, south):
        desk.aldis("charter", "join", write(folder, "all.note", note))
    chain = north.aldis("charter", "show", channel)
    tap.ok(chain.stdout.count("aldis.charter/1") == 2 and chain.stderr.count("in force") == 2,
           "show prints the charters one after the other")
    tap.ok("+ Title: Three" in north.aldis("charter", "show", "--text", channel).stdout,
           "and says in words what changed")
    joined = west.aldis("charter", "join", write(folder, "chain.note", chain.stdout)).stdout
    tap.ok("open" in joined and "Three" in joined, "a desk that comes late joins with the chain")
    hello(tap, west, channel, "heard by all")


def change_of(folder, desk, *roles):
    """New keys, and the key change that the root has signed."""
    draft = write(folder, "card", desk.aldis("key", "new", *roles).stdout)
    signed = run("root", "sign", str(desk.folder / "root"), draft, "--key-change").stdout
    return draft, write(folder, "key-change", signed)


def use(desk, note):
    desk.stop()
    done = desk.aldis("key", "use", note).stdout
    desk.start().wait_ready()
    return done


def change_keys(tap, folder, channel, north, south):
    draft, note = change_of(folder, north)
    tap.ok(north.aldis("key", "new", check=False).returncode != 0, "new keys are not made twice")
    tap.ok(run("root", "sign", str(north.folder / "root"), draft).stdout.startswith("aldis.card/1"),
           "the root signs a card")
    tap.ok(Path(note).read_text().startswith("aldis.key-change/1"), "and the key change that carries it")
    stranger = run("root", "sign", str(south.folder / "root"), draft, check=False)
    tap.ok(stranger.returncode != 0, "another desk's root signs neither")
    tap.ok("1 channels" in north.aldis("key", "change", note).stdout, "it is announced")
    tap.ok(north.aldis("key", "use", note, check=False).returncode != 0, "no key is moved under a running desk")
    until(lambda: north.aldis("list", channel, "--kind", "key.change").stdout.count("stored there") == 2,
          60, "all hold the key change")
    old = (north.folder / "keys" / "log.key").read_bytes()
    tap.ok("Card 2" in use(north, note), "the new keys are in use")
    tap.ok((north.folder / "keys" / "old-1" / "log.key").read_bytes() == old, "the old ones are put aside")
    hello(tap, north, channel, "by the new key")
    hello(tap, south, channel, "to the new key")

    _, note = change_of(folder, north, "--role", "link")
    early = north.aldis("key", "change", note, check=False)
    tap.ok(early.returncode != 0 and "key use" in early.stderr, "a link key is used before it is announced")
    use(north, note)
    hello(tap, north, channel, "over the next link key")
    north.aldis("key", "change", note)
    hello(tap, north, channel, "announced")
    hello(tap, south, channel, "to the next link key")


def scenario(tap, folder):
    north, south, west = (tap.desk(folder, f"{name}.example") for name in ("north", "south", "west"))
    for desk in (north, south, west):
        desk.start().wait_ready()
    befriend([north, south, west])
    channel = open_channel(tap, folder, north, south)
    hello(tap, north, channel, "before west came")
    amend(tap, folder, channel, north, south, west)
    tap.ok(not holds(west, channel, "before west came"), "without history, it does not see what was before")
    change_keys(tap, folder, channel, north, south)


if __name__ == "__main__":
    sys.exit(Tap().play(scenario))
