#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hundred advisories go out while the daemons are killed two hundred times.

The input is the folder of CISA's advisories beside the source tree when it is there, else
texts of the same size made here. SEED=n repeats a run's choices.
"""

import json
import os
import random
import signal
import sys
import threading
from pathlib import Path

from desks import Tap, befriend, open_channel, run, until

KILLS = int(os.environ.get("KILLS", "200"))
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))


def advisories():
    root = Path(os.environ.get("ALDIS_SOURCE", ".")).resolve()
    files = sorted((root / ".." / "shared" / "data" / "csaf").glob("*.json"))
    if files:
        return [(f.stem, f.read_bytes()) for f in files[:100]]
    made = random.Random(1)
    return [(f"made-{i:03}", json.dumps({"document": {"title": f"made {i}", "notes": [
        {"text": made.randbytes(2000 + 50 * i).hex()}]}}).encode()) for i in range(100)]


class Killer(threading.Thread):
    """Kills a process of either daemon at moments of its own choosing, until told to stop."""

    def __init__(self, desks):
        super().__init__()
        self.desks, self.random, self.kills = desks, random.Random(SEED), 0
        self.enough = threading.Event()

    def run(self):
        while self.kills < KILLS:
            self.enough.wait(self.random.uniform(0.02, 0.35))
            desk = self.random.choice(self.desks)
            victims = desk.children()
            if victims and self.random.random() < 0.5:
                try:
                    os.kill(self.random.choice(victims), signal.SIGKILL)
                except ProcessLookupError:
                    continue
            else:
                desk.kill()
                desk.start()
            self.kills += 1


def send_all(north, channel, folder, inputs, killer):
    """Spread over all the kills: message i goes out among kills 2·i and 2·i + 1."""
    ids = []
    for number, (name, content) in enumerate(inputs):
        until(lambda at=number * KILLS // len(inputs): killer.kills >= at, 60, "kills go on")
        attachment = Path(folder) / f"{name}.json"
        attachment.write_bytes(content)
        title = json.loads(content)["document"]["title"][:200]
        body = {"language": "en", "title": name, "summary": title,
                "detected": "2026-11-20T23:49:00Z"}
        sent = north.aldis("send", channel, "incident", "--body", "-", "--attach", str(attachment),
                           "--tlp", "CLEAR", "--key", name, stdin=json.dumps(body), timeout=300)
        ids.append(sent.stdout.strip())
    return ids


def incidents(desk, channel):
    rows = desk.json("list", channel, "--kind", "incident")
    rows = rows["messages"] if isinstance(rows, dict) else rows
    return [(row["id"], row["body"]["title"]) for row in rows]


def all_held(desk, channel):
    """Everything this desk wrote is held by the other, and nothing waits."""
    status = desk.aldis("status", "--json", check=False)
    if status.returncode != 0:
        return False
    found = [c for c in json.loads(status.stdout)["channels"] if c["id"] == channel][0]
    return all(member["queued"] == 0 for member in found["receipts"])


def scenario(tap, folder):
    print(f"# seed {SEED}", flush=True)
    north = tap.desk(folder, "north.example").start().wait_ready()
    south = tap.desk(folder, "south.example").start().wait_ready()
    befriend([north, south])
    channel = open_channel(folder, [north, south])
    inputs = advisories()
    killer = Killer([north, south])
    killer.start()
    try:
        ids = send_all(north, channel, folder, inputs, killer)
        queued_ids = [i for i in ids if "#" not in i]
        print(f"# {killer.kills} kills while sending; {len(queued_ids)} waited unsigned", flush=True)
    finally:
        killer.join()
    tap.ok(killer.kills == KILLS, f"{killer.kills} processes were killed")
    until(lambda: all_held(north, channel) and all_held(south, channel), 180, "all is held")
    sent = incidents(north, channel)
    tap.ok([title for _, title in sent] == [name for name, _ in inputs],
           "every advisory stands once, in the order it was sent")
    until(lambda: incidents(south, channel) == sent, 60, "south lists the same")
    tap.ok(True, "the other side shows the same messages in the same order")
    held = sum(1 for _ in until(lambda: attachments_held(south, channel, len(inputs)), 180,
                                "attachments are held"))
    tap.ok(held == len(inputs), f"{held} attachments are held there")
    compare_records(tap, folder, [north, south], channel, sent)


def attachments_held(desk, channel, wanted):
    rows = desk.json("list", channel, "--kind", "attachment.held")
    rows = rows["messages"] if isinstance(rows, dict) else rows
    return rows if len(rows) >= wanted else None


def compare_records(tap, folder, desks, channel, sent):
    until(lambda: all(all_held(d, channel) for d in desks), 60, "all is held")
    for desk in desks:
        out = Path(folder) / f"export-{desk.name}"
        desk.aldis("export", channel, str(out))
        cards = [a for d in desks for a in ("--trust", str(d.folder / "card.note"))]
        tap.ok(run("verify", str(out), *cards, check=False).returncode == 0,
               f"the export of {desk.name} verifies")
        tap.ok(desk.aldis("check").returncode == 0, f"the store of {desk.name} is sound")
    exports = [Path(folder) / f"export-{d.name}" for d in desks]
    same = [sorted((p.relative_to(e), p.read_bytes()) for p in e.rglob("*")
                   if p.is_file() and p.name not in ("manifest", "checkpoint", "policy"))
            for e in exports]
    tap.ok(same[0] == same[1], "both sides' records are the same bytes")
    receipt = Path(folder) / "last.tlog-proof"
    good = 0
    for message, _ in sent:
        desks[0].aldis("receipt", channel, message, "--from", desks[1].name, "-o", str(receipt))
        cards = [a for d in desks for a in ("--trust", str(d.folder / "card.note"))]
        good += run("verify", str(receipt), *cards, check=False).returncode == 0
        receipt.unlink()
    tap.ok(good == len(sent), f"{good} receipts verify")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    Tap().play(scenario)
