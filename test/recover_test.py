#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Old databases, backups, a peer that is long gone: nothing is signed twice, nothing is lost."""

import json
import shutil
import sys
from pathlib import Path

from desks import Tap, befriend, open_channel, run, until


def say(desk, channel, text, *more):
    body = json.dumps({"language": "en", "text": text})
    return desk.aldis("send", channel, "text", "--body", "-", *more, stdin=body).stdout.strip()


def state(desk):
    own = [log for log in desk.json("status")["channels"][0]["logs"] if log["own"]][-1]
    return own["state"]


def queued(desk):
    return sum(r["queued"] for r in desk.json("status")["channels"][0]["receipts"])


def texts(desk, channel):
    rows = desk.json("list", channel, "--kind", "text")
    rows = rows["messages"] if isinstance(rows, dict) else rows
    return [row["body"]["text"] for row in rows]


def restore(desk, backup):
    for name in ("store.db", "store.db-wal", "store.db-shm"):
        (desk.folder / name).unlink(missing_ok=True)
    shutil.copy(backup, desk.folder / "store.db")


def scenario(tap, folder):
    north = tap.desk(folder, "north.example").start().wait_ready()
    south = tap.desk(folder, "south.example").start().wait_ready()
    befriend([north, south])
    channel = open_channel(folder, [north, south])
    until(lambda: state(north) == "ready" and state(south) == "ready", 60, "both are ready")
    tap.ok(say(north, channel, "before the backup", "--wait", "30").startswith("north.example#"),
           "a message gets an id")
    backup = Path(folder) / "old.db"
    north.aldis("backup", str(backup))
    tap.ok(backup.stat().st_size > 0, "a backup is made while the desk runs")
    say(north, channel, "after the backup", "--wait", "30")
    north.stop()
    restore(north, backup)
    north.start().wait_ready()
    until(lambda: state(north) == "frozen", 60, "the old database is noticed")
    tap.ok(True, "a database older than the guard freezes the log")
    waiting = say(north, channel, "written while frozen")
    tap.ok("#" not in waiting, "a message sent now waits and says so")
    north.aldis("recover")
    until(lambda: state(north) == "ready", 60, "recovered")
    tap.ok(True, "aldis recover fetches from the other desk what the backup lacked")
    until(lambda: queued(north) == 0, 60, "all is held")
    wanted = ["before the backup", "after the backup", "written while frozen"]
    tap.ok(texts(north, channel) == wanted and texts(south, channel) == wanted,
           "both sides hold all three messages, in order")

    north.stop()
    (north.folder / "guard").unlink()
    restore(north, backup)
    south.stop()
    north.start().wait_ready()
    tap.ok(state(north) == "waiting", "a machine restored as a whole waits for a member to speak")
    south.start().wait_ready()
    until(lambda: state(north) == "frozen", 90, "the member shows more")
    tap.ok(True, "and freezes when a member shows what it had forgotten")
    north.aldis("recover")
    until(lambda: state(north) == "ready", 60, "recovered")
    say(north, channel, "after both", "--wait", "60")
    tap.ok(texts(south, channel) == wanted + ["after both"], "and goes on as one history")

    south.stop()
    for i in range(20):
        say(north, channel, f"nobody hears {i}")
    tap.ok(queued(north) >= 20, "messages to a peer that is gone are visible as queued")
    south.start().wait_ready()
    until(lambda: queued(north) == 0, 120, "delivered")
    tap.ok(texts(south, channel)[-20:] == [f"nobody hears {i}" for i in range(20)],
           "and arrive in order when it returns")
    tap.ok(north.aldis("check").returncode == 0, "the store is sound")
    end_log(tap, folder, channel, north, south)


def end_log(tap, folder, channel, north, south):
    """What north signed last is in no store any more: its log ends, a successor goes on."""
    backup = Path(folder) / "before-the-end.db"
    north.aldis("backup", str(backup))
    south.stop()
    for i in range(3):
        say(north, channel, f"lost {i}")
    north.stop()
    restore(north, backup)
    south.start().wait_ready()
    north.start().wait_ready()
    until(lambda: state(north) == "frozen", 60, "the guard knows more than the store")
    early = north.aldis("recover", "--end", "no such channel", check=False)
    tap.ok(early.returncode == 3 or early.returncode == 1, "an unknown channel has no end")
    north.aldis("recover")
    last = len(texts(south, channel))
    (Path(folder) / "end").write_text(north.aldis("recover", "--end", channel).stdout)
    for desk in (north, south):
        note = run("root", "sign", str(desk.folder / "root"), str(Path(folder) / "end")).stdout
        (Path(folder) / "end").write_text(note)
    tap.ok(state(north) == "frozen", "nothing changes before all have signed")
    for desk in (north, south):
        desk.aldis("charter", "join", str(Path(folder) / "end"))
    until(lambda: state(north) == "ready", 90, "the successor may be written to")
    tap.ok(True, "a log that nobody can bring back ends, and a successor is opened")
    say(north, channel, "in the successor", "--wait", "60")
    wanted, own = texts(south, channel), texts(north, channel)
    is_one = len(wanted) == last + 1 and wanted[-1] == "in the successor" and own == wanted
    if not is_one:
        print(f"# {last} before; south: {wanted}\n# north: {own}", flush=True)
    tap.ok(is_one, "and both sides hold one record again")
    for desk in (north, south):
        tap.ok(desk.aldis("check").returncode == 0, f"the store of {desk.name} is sound")
        desk.aldis("export", channel, str(Path(folder) / f"export-{desk.name}"))
        done = run("verify", str(Path(folder) / f"export-{desk.name}"), "--trust",
                   str(north.folder / "card.note"), "--trust", str(south.folder / "card.note"),
                   check=False)
        tap.ok(done.returncode == 0, f"its export verifies ({done.stdout.splitlines()[:1]})")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    Tap().play(scenario)
