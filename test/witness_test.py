#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two desks and a third one as their neutral witness, named in the charter beside one that is dead.

The witness is another aldisd that has no part in the channel: it is asked over plain HTTP, sees
origins, sizes and times, and its lines come back into status, checks and exports.
"""

import socket
from pathlib import Path

from desks import Tap, befriend, free_port, open_channel, until

CHECK_S = 5


def open_door(witness):
    """Gives the witness's desk an open door and says where it is."""
    port = free_port()
    conf = witness.folder / "desk.conf"
    lines = [x for x in conf.read_text().splitlines() if "[witness]" not in x]
    conf.write_text("\n".join(lines) + f"\n[witness]\nlisten = 127.0.0.1:{port}\n")
    return f"http://127.0.0.1:{port}"


def asked(desk):
    """What status says of each witness, by name."""
    rows = desk.json("status")["channels"][0]["asked_witnesses"]
    return {row["name"]: row for row in rows}


def is_asked(desk, name, words):
    return lambda: words in asked(desk).get(name, {}).get("last_error", "")


def carried_notes(desk, channel):
    """The checkpoint notes that the desk's own checks carry, oldest first."""
    rows = desk.json("list", channel, "--kind", "check", "--author", desk.name)["messages"]
    return [note for row in rows for note in (row.get("body") or {}).get("witness", [])]


def two_desks(tap, folder, witness, url):
    """North and south under a charter with the witness and a dead one."""
    dead = tap.desk(folder, "dead.example", "--witness")
    tap.nobody = socket.socket()  # bound until the end, so that no desk gets this port
    tap.nobody.bind(("127.0.0.1", 0))
    keys = [witness.aldis("witness", "key", url).stdout,
            dead.aldis("witness", "key", f"http://127.0.0.1:{tap.nobody.getsockname()[1]}").stdout]
    tap.ok(keys[0].startswith("witness watch.example watch.example/witness+"),
           "the witness's key is a line of a policy")
    tap.ok(dead.aldis("witness", check=False).returncode == 2, "a word is missing: 2")
    north = tap.desk(folder, "north.example").start().wait_ready()
    south = tap.desk(folder, "south.example").start().wait_ready()
    befriend([north, south])
    channel = open_channel(folder, [north, south], {
        "duties": [{"every": f"PT{CHECK_S}S", "owe": "check", "grace": f"PT{CHECK_S}S"}],
        "limits": {"skew": f"PT{CHECK_S}S", "body": 262144, "attachment": 8388608,
                   "attachments": 64, "quota": 1073741824},
        "witnesses": "".join(keys) + "group both any watch.example dead.example\nquorum both\n",
        "ask_witnesses": "each"})
    return north, south, channel


def make_known(folder, witness):
    """Tells the witness whose logs it is to cosign."""
    logs = witness.aldis("witness", "logs", str(Path(folder) / "charter.note")).stdout
    (witness.folder / "witness.logs").write_text(logs)
    witness.stop()
    witness.start().wait_ready()
    return logs


def lines_in_the_record(tap, north, channel):
    notes = until(lambda: carried_notes(north, channel), 60, "a check with witness lines")
    tap.ok(any("\u2014 watch.example/witness " in note for note in notes),
           "the next check carries the witness's line")
    tap.ok(all(f"\u2014 {note.splitlines()[0]} " in note for note in notes),
           "on a checkpoint with its log's line")
    tap.ok(not any("/mirror" in note for note in notes), "and nobody else's")


def lines_in_an_export(tap, folder, north, south, channel):
    """A log that grew since it was last seen by the witness has no line on its newest checkpoint:
    exports are made until one has."""
    trust = ["--trust", str(north.folder / "card.note"), "--trust", str(south.folder / "card.note")]
    made = []

    def export():
        out = Path(folder) / f"out{len(made)}"
        made.append(out)
        north.aldis("export", channel, str(out))
        done = north.aldis("verify", str(out), *trust, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        return out if "neutral witness watch.example/witness saw" in done.stdout else None

    out = until(export, 60, "an export that the witness saw")
    tap.ok(True, "an export verifies and names the witness")
    policy = next(p for p in out.rglob("policy") if "group witnesses" in p.read_text())
    tap.ok("quorum lines" in policy.read_text(), "its policy asks for receipts and witnesses")
    checkpoint = policy.parent / "checkpoint"
    kept = [x for x in checkpoint.read_text().splitlines(True) if "/witness " not in x]
    checkpoint.write_text("".join(kept))
    tap.ok(north.aldis("verify", str(out), *trust, check=False).returncode == 1,
           "without the witness's line it does not")


def scenario(tap, folder):
    watch = tap.desk(folder, "watch.example", "--witness")
    url = open_door(watch)
    watch.start().wait_ready()
    north, south, channel = two_desks(tap, folder, watch, url)
    name, dead = "watch.example/witness", "dead.example/witness"

    until(is_asked(north, name, "operator has to add it"), 60, "the witness knows no log")
    tap.ok(True, "a witness that was not told of the log says so in status")
    until(is_asked(north, dead, "can't be reached"), 60, "the dead one is dead")
    tap.ok(True, "one that is dead is named with its error")

    logs = make_known(folder, watch)
    tap.ok(logs.count("\n") == 2 and f"north.example/{channel}+" in logs,
           "the logs of a charter are listed for the witness")
    north.stop()  # begins anew, so that it asks at once
    north.start().wait_ready()
    until(lambda: asked(north)[name]["size"] > 0, 90, "the witness cosigns")
    row = asked(north)[name]
    tap.ok(row["last_error"] == "" and row["time"] != "never", "status shows its time")
    text = north.aldis("status").stdout
    tap.ok("witness watch.example/witness: saw" in text, "also in words")

    north.aldis("send", channel, "text", "--body", "-", "--wait", "30",
                stdin='{"language":"en","text":"the dead one delays nobody"}')
    tap.ok(True, "messages get their receipts meanwhile")
    lines_in_the_record(tap, north, channel)
    lines_in_an_export(tap, folder, north, south, channel)


Tap().play(scenario)
