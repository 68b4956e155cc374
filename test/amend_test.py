#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The record of a channel that changed over time: each desk's export verifies anywhere.

Charters that follow each other, members that come late and leave, keys that change, a log
that was lost for good and goes on in another.
"""

import json
import shutil
import sys
from pathlib import Path

from desks import Tap, befriend, open_channel, run, until


def write(folder, name, text):
    path = Path(folder) / name
    path.write_text(text)
    return str(path)


def say(desk, channel, text):
    body = json.dumps({"language": "en", "text": text})
    return desk.aldis("send", channel, "text", "--body", "-", "--wait", "60", stdin=body).stdout.strip()


def own_state(desk):
    return [log for log in desk.json("status")["channels"][0]["logs"] if log["own"]][-1]["state"]


def settled(desks):
    """Every desk has receipts of all for all that it wrote."""
    def all_held():
        return all(r["queued"] == 0 for desk in desks
                   for r in desk.json("status")["channels"][0]["receipts"])
    until(all_held, 90, "all is held by all")


def amend(folder, channel, drafter, signers, *what):
    """Drafted, signed by all, joined by the drafter; the others take it from its log."""
    text = drafter.aldis("charter", "draft", "--amend", channel, *what).stdout
    for desk in signers:
        text = desk.aldis("charter", "sign", write(folder, "to-sign", text)).stdout
    drafter.aldis("charter", "join", write(folder, "amendment", text))
    return text


def charters(desk, channel):
    return desk.aldis("charter", "show", channel).stdout.count("aldis.charter/1")


def change_keys(folder, desk, channel, others):
    draft = write(folder, "card", desk.aldis("key", "new").stdout)
    signed = run("root", "sign", str(desk.folder / "root"), draft, "--key-change").stdout
    note = write(folder, "key-change", signed)
    desk.aldis("key", "change", note)
    until(lambda: desk.aldis("list", channel, "--kind", "key.change").stdout.count("stored there")
          >= others, 60, "all hold the key change")
    desk.stop()
    desk.aldis("key", "use", note)
    desk.start().wait_ready()


def export_and_verify(tap, folder, channel, desks, name, *words):
    """Exports as every desk, and verifies with the first cards of all as trusted ones."""
    trusted = [arg for card in sorted(Path(folder).glob("first-*.note"))
               for arg in ("--trust", str(card))]
    for desk in desks:
        out = Path(folder) / f"{name}-{desk.name}"
        desk.aldis("export", channel, str(out))
        done = run("verify", str(out), *trusted, check=False)
        lacking = [word for word in words if word not in done.stdout]
        tap.ok(done.returncode == 0 and not lacking, f"{name}: the export of {desk.name} verifies")
        if done.returncode != 0 or lacking:
            print(f"# {done.returncode} {done.stderr} {done.stdout} lacking: {lacking}", file=sys.stderr)
    return out, trusted


def tampered(tap, out, trusted, name, change):
    """A copy with one file changed."""
    copy = out.parent / "tampered"
    shutil.copytree(out, copy)
    path = copy / name
    change(path)
    done = run("verify", str(copy), *trusted, check=False)
    tap.ok(done.returncode == 1 and name in done.stdout + done.stderr, f"{name} changed is found")
    shutil.rmtree(copy)


def drop_signature(path):
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))


def lose_for_good(tap, folder):
    """North's newest messages are nowhere any more: its log ends, and goes on in another."""
    folder = Path(folder) / "loss"
    folder.mkdir()
    north, south = desks = [tap.desk(folder, f"{name}.example").start().wait_ready()
                            for name in ("north", "south")]
    for desk in desks:
        shutil.copy(desk.folder / "card.note", folder / f"first-{desk.name}.note")
    befriend(desks)
    channel = open_channel(folder, desks)
    for desk in desks:
        until(lambda desk=desk: own_state(desk) == "ready", 60, f"{desk.name} is ready")
        say(desk, channel, f"{desk.name} is there")
    settled(desks)
    backup = folder / "old.db"
    north.aldis("backup", str(backup))
    south.stop()
    north.aldis("send", channel, "text", "--body", "-", stdin='{"language":"en","text":"lost"}')
    north.stop()
    for name in ("store.db", "store.db-wal", "store.db-shm"):
        (north.folder / name).unlink(missing_ok=True)
    shutil.copy(backup, north.folder / "store.db")
    south.start().wait_ready()
    north.start().wait_ready()
    until(lambda: own_state(north) == "frozen", 60, "the loss is noticed")
    north.aldis("recover", check=False)
    tap.ok(own_state(north) == "frozen", "what nobody holds can't be brought back")

    note = north.aldis("recover", "--end", channel).stdout
    for desk in desks:
        note = run("root", "sign", str(desk.folder / "root"), write(folder, "end", note)).stdout
    for desk in desks:
        desk.aldis("charter", "join", write(folder, "end.note", note))
    until(lambda: own_state(north) == "ready", 90, "the successor is written")
    tap.ok(True, "a log that all declared ended goes on in another")
    say(north, channel, "after the loss")
    say(south, channel, "we heard")
    say(north, channel, "good")
    settled(desks)
    export_and_verify(tap, folder, channel, desks, "successor",
                      "was ended at", "as the root of north.example")
    out = folder / "successor-south.example"
    trusted = [arg for desk in desks
               for arg in ("--trust", str(folder / f"first-{desk.name}.note"))]
    tampered(tap, out, trusted, "log-ends/1.note", drop_signature)


def scenario(tap, folder):
    change_over_time(tap, folder)
    lose_for_good(tap, folder)


def change_over_time(tap, folder):
    names = ("north", "south", "east", "west")
    north, south, east, west = desks = [tap.desk(folder, f"{name}.example") for name in names]
    for desk in desks:
        desk.start().wait_ready()
        shutil.copy(desk.folder / "card.note", Path(folder) / f"first-{desk.name}.note")
    befriend(desks)
    channel = open_channel(folder, [north, south, east])
    for desk in (north, south, east):
        until(lambda: own_state(desk) == "ready", 60, f"{desk.name} is ready")
        say(desk, channel, f"{desk.name} is there")

    duties = json.dumps({"duties": [{"on": "incident", "owe": ["ack"], "within": "PT2H"}]})
    amend(folder, channel, north, [north, south, east], "--template", write(folder, "duties", duties))
    until(lambda: all(charters(desk, channel) == 2 for desk in (north, south, east)), 60,
          "all follow the amendment")
    say(south, channel, "under other duties")
    settled([north, south, east])
    export_and_verify(tap, folder, channel, [north, south, east], "other-duties", "charters: 2")

    change_keys(folder, south, channel, 2)
    say(south, channel, "by the new keys")
    say(north, channel, "to the new keys")
    settled([north, south, east])
    export_and_verify(tap, folder, channel, [north, south, east], "new-keys",
                      "south.example changed its keys with south.example#")

    amend(folder, channel, north, [north, south, east, west],
          "--member", str(west.folder / "card.note"), "--history", "none",
          "--member", str(south.folder / "card.note"))
    chain = north.aldis("charter", "show", channel).stdout
    west.aldis("charter", "join", write(folder, "chain", chain))
    until(lambda: own_state(west) == "ready", 60, "west is ready")
    say(west, channel, "west came late")
    for desk in (north, south, east):
        say(desk, channel, f"{desk.name} greets west")
    settled(desks)
    export_and_verify(tap, folder, channel, [north, south, east], "late-member", "charters: 3",
                      "west.example joined with amendment 2")
    export_and_verify(tap, folder, channel, [west], "from-the-late-member", "are not shown")

    east.aldis("send", channel, "leave")
    settled([north, south, west])
    until(lambda: "leave" in north.aldis("list", channel, "--kind", "leave").stdout, 60, "east left")
    amend(folder, channel, north, [north, south, west], "--remove", "east.example")
    until(lambda: all(charters(desk, channel) == 4 for desk in (north, south, west)), 60,
          "those who stay follow")
    say(north, channel, "without east")
    settled([north, south, west])
    out, trusted = export_and_verify(tap, folder, channel, [north, south, west], "left", "charters: 4",
                                     "east.example left the channel with east.example#",
                                     "east.example is a member no more since amendment 3")
    out = Path(folder) / "left-north.example"
    tampered(tap, out, trusted, "amendments/1.note", drop_signature)
    tampered(tap, out, trusted, "amendments/2.note", lambda path: path.unlink())
    tampered(tap, out, trusted, "cards/south.example.note",
             lambda path: shutil.copy(Path(folder) / "first-south.example.note", path))


if __name__ == "__main__":
    sys.exit(Tap().play(scenario))
