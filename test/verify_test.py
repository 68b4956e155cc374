#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A check of the record while the desk runs: a flipped bit in the store is found and named."""

import json
import sqlite3
import struct

from desks import Tap, befriend, open_channel, until
from local_api import ask

MESSAGES = 400
DAMAGED = 57


def write_many(desk, channel):
    lines = [json.dumps({"kind": "text", "body": {"language": "en", "text": f"message {n}"}})
             for n in range(MESSAGES)]
    status, answer = ask(desk, "POST", f"/api/channels/{channel}/messages", "\n".join(lines),
                         **{"Content-Type": "application/x-ndjson", "Idempotency-Key": "many"})
    assert status == 201, answer
    until(lambda: desk.json("status")["channels"][0]["receipts"][0]["queued"] == 0, 60,
          "all are receipted")


def flip(desk, table, head, index):
    """One bit in item `index` of the own log; the length in front of it has `head` bytes."""
    database = sqlite3.connect(desk.folder / "store.db")
    number = own_log(database, desk)
    rows = database.execute(f"SELECT id, count, data FROM {table}").fetchall()
    for row, count, data in rows:
        first = row & (1 << 40) - 1
        if row >> 40 != number or not first <= index < first + count:
            continue
        data, at = bytearray(data), 0
        for _ in range(index - first):
            at += head + int.from_bytes(data[at:at + head], "big")
        length = int.from_bytes(data[at:at + head], "big")
        assert length > 0
        data[at + head + length // 2] ^= 1
        database.execute(f"UPDATE {table} SET data = ? WHERE id = ?", (bytes(data), row))
    database.commit()
    database.close()


def own_log(database, desk):
    for key, value in database.execute("SELECT key, value FROM log"):
        (length,) = struct.unpack(">H", value[1:3])
        if desk.name.encode() in value[3:3 + length]:
            return int.from_bytes(key, "big")
    raise AssertionError("no own log")


def verify(desk, channel):
    """Starts a check and waits for its end."""
    status, begun = ask(desk, "POST", f"/api/channels/{channel}/verify")
    assert status == 202 and begun["state"] == "running", begun

    def ended():
        found = ask(desk, "GET", f"/api/channels/{channel}/verify")[1]
        return found if found["state"] != "running" else None

    return until(ended, 60, "the check ends")


def restart(desk, change):
    desk.stop()
    change()
    desk.start().wait_ready()


def damage(tap, north, channel, table, head, sentence):
    restart(north, lambda: flip(north, table, head, DAMAGED))
    found = verify(north, channel)
    tap.ok(found["state"] == "broken" and len(found["findings"]) == 1
           and sentence in found["findings"][0], f"a bit in {table} is named: {found['findings']}")
    done = north.aldis("check", check=False)
    tap.ok(done.returncode != 0 and sentence in done.stderr, "`aldis check` says the same")
    shown = ask(north, "GET", f"/api/channels/{channel}/record")[1]
    tap.ok(shown["verify"]["state"] == "broken", "the record's page shows it")
    restart(north, lambda: flip(north, table, head, DAMAGED))
    kept = ask(north, "GET", f"/api/channels/{channel}/verify")[1]
    tap.ok(kept == found, "what was found is kept over a restart")
    tap.ok(verify(north, channel)["state"] == "sound", "the bit set right, all is sound")


def scenario(tap, folder):
    north = tap.desk(folder, "north.example").start()
    south = tap.desk(folder, "south.example").start()
    for desk in (north, south):
        desk.wait_ready()
    befriend([north, south])
    channel = open_channel(folder, [north, south])
    write_many(north, channel)
    first = ask(north, "GET", f"/api/channels/{channel}/verify")[1]
    tap.ok(first["state"] == "never" and first["findings"] == [], "never checked")
    whole = verify(north, channel)
    tap.ok(whole["state"] == "sound" and whole["done"] == whole["total"] > MESSAGES
           and whole["cosignatures"] > 0, "a whole record is sound")
    shown = ask(north, "GET", f"/api/channels/{channel}/record")[1]
    tap.ok(len(shown["logs"]) == 2 and shown["logs"][0]["receipts"][0]["member"] == "south.example"
           and shown["statement"]["entries"] > MESSAGES, "sizes, receipts and the statement")
    damage(tap, north, channel, "bodies", 4, f"the body of north.example#{DAMAGED} is damaged")
    damage(tap, north, channel, "entries", 2, f"the entry north.example#{DAMAGED} is not the one")


if __name__ == "__main__":
    Tap().play(scenario)
