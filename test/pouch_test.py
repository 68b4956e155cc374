#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A month without a link: two desks talk by files that people carry.

Neither desk can reach the other: the URLs in their cards lead nowhere. Pouches go both ways, in
parts, out of order, twice, with a part lost, damaged, swapped, or for somebody else. At the end
both hold the same record; then the link comes back, and nothing of it is sent again.
"""

import base64
import hashlib
import json
from pathlib import Path

from desks import Tap, befriend, free_port, open_channel, run, until
from local_api import ask, send_bytes

DUTIES = {
    "duties": [{"on": "query", "owe": ["answer"], "within": "PT72H"}],
    "limits": {"skew": "PT5M", "body": 262144, "attachment": 8388608,
               "attachments": 64, "quota": 1073741824},
}


class Bag:
    """Where pouches lie on their way."""

    def __init__(self, folder, channel):
        self.folder, self.channel, self.count = Path(folder), channel, 0

    def make(self, maker, reader, *more):
        """The files of a pouch."""
        self.count += 1
        made = maker.json("pouch", "out", self.channel, reader.name, *more,
                          "-o", str(self.folder / f"{maker.name}-{self.count}"))
        return [Path(name) for name in made["files"]]

    def refused(self, reader, path, words):
        """What the file is refused with has these words, and nothing has changed."""
        before = counts(reader)
        done = reader.aldis("pouch", "in", str(path), check=False)
        return done.returncode == 1 and words in done.stderr and counts(reader) == before


def bring(reader, *files):
    return reader.json("pouch", "in", *[str(f) for f in files])["files"]


def counts(desk):
    """For each channel how many entries of each log the desk holds, and has cosigned or shown."""
    return {channel["id"]: {log["desk"]: (log["entries"], log["cosigned"])
                            for log in channel.get("logs", [])}
            for channel in desk.json("status")["channels"]}


def send(desk, channel, kind, body, *more):
    """The message's id; queued when the log waits."""
    return desk.aldis("send", channel, kind, "--body", "-", *more,
                      stdin=json.dumps(body)).stdout.strip()


def said(text):
    return {"language": "en", "text": text}


def texts(desk, channel):
    """The messages that both should see alike, in their joint order."""
    rows = desk.json("list", channel)["messages"]
    return [(row["id"], row["kind"], row.get("body")) for row in rows
            if row["kind"] not in ("open", "receipt", "check", "attachment.held")]


def first_pouch(tap, bag, north, south):
    """After a start with nobody in reach a person has to say that all is well."""
    channel = bag.channel
    queued = north.aldis("send", channel, "text", "--body", "-", check=False,
                         stdin='{"language":"en","text":"before the first pouch"}')
    tap.ok(queued.returncode == 0, "a message waits while no member can show anything")
    done = north.aldis("pouch", "out", channel, south.name, "-o", str(bag.folder / "refused"),
                       check=False)
    tap.ok(done.returncode == 3 and "--accept" in done.stderr and not list(
        bag.folder.glob("refused*")), "a pouch before that needs the operator's word")
    files = bag.make(north, south, "--accept")
    tap.ok(len(files) == 1, "with it there is one")
    shown = run("pouch", "show", str(files[0]), "--json")
    head = json.loads(shown.stdout)
    tap.ok((head["from"], head["to"], head["channel"]) == (north.name, south.name, channel),
           "it says from whom and for whom it is")
    tap.ok(run("verify", str(files[0]), check=False).returncode == 4,
           "verify finds it undamaged, and nobody's word for it")
    tap.ok(b"before the first" not in files[0].read_bytes(), "the message is not to be read in it")
    return files[0]


def for_others(tap, bag, north, south, east, first):
    """What south does not take."""
    tap.ok(bag.refused(east, first, f"from {north.name} for {south.name}"),
           "another desk refuses it")
    tap.ok(bag.refused(north, first, f"for {south.name}; this desk is {north.name}"),
           "so does its maker")
    text = north.aldis("charter", "draft", "--title", "later", "--member",
                       str(south.folder / "card.note")).stdout
    note = bag.folder / "later"
    for desk in (north, south):
        note.write_text(text)
        text = desk.aldis("charter", "sign", str(note)).stdout
    note.write_text(text)
    north.aldis("charter", "join", str(note))
    later = next(c["id"] for c in north.json("status")["channels"] if c["id"] != bag.channel)
    other = Bag(bag.folder, later)
    other.count = 100
    tap.ok(bag.refused(south, other.make(north, south, "--accept")[0], "no part"),
           "a pouch of a channel that south has not joined is refused")
    whole = first.read_bytes()
    bad = bag.folder / "bad.pouch"
    for at, what in ((len(whole) - 9, "a changed byte"), (60, "a changed head")):
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        tap.ok(bag.refused(south, bad, ""), f"{what} is refused")
    bad.write_bytes(whole[:len(whole) // 2])
    tap.ok(bag.refused(south, bad, "cut short"), "half a pouch is refused")
    turned = whole.replace(b"from north.example", b"from other.example")
    bad.write_bytes(turned)
    tap.ok(bag.refused(south, bad, "were changed"), "another sender in its head is refused")


def in_parts(tap, bag, north, south):
    """A large pouch in parts: backwards, with one swapped, one missing, and twice."""
    attached = bag.folder / "log.bin"
    attached.write_bytes(Path("/dev/urandom").open("rb").read(40000))
    send(north, bag.channel, "query", {"language": "en", "question": "What did your sensors see?"},
         "--attach", str(attached))
    before = counts(south)
    files = bag.make(north, south, "--part-size", "8192")
    tap.ok(len(files) >= 5, "a pouch goes into parts of the chosen size")
    rows = bring(south, *reversed(files[1:]))
    tap.ok({row["state"] for row in rows} == {"parts"} and counts(south) == before,
           "without one of them nothing is taken")
    swapped = bag.folder / "swapped.pouch"
    swapped.write_bytes(swap(files[0], files[1]))
    tap.ok(bag.refused(south, swapped, "was swapped"), "with another in its place neither")
    tap.ok(all(row["state"] == "parts" for row in bring(south, *files[2:], *files[2:])),
           "parts may come twice")
    waiting = ask(south, "GET", "/api/pouches")[1]["pouches"]
    tap.ok([(w["from"], w["parts"], w["held"], w["state"], w["missing"]) for w in waiting] ==
           [(north.name, len(files), len(files) - 2, "parts", [{"first": 1, "last": 2}])],
           "the desk tells which parts are lacking")
    south.stop()
    south.start().wait_ready()
    rows = bring(south, files[1], files[0])
    tap.ok([row["state"] for row in rows] == ["parts", "taken"] and counts(south) != before,
           "the last one brings all, also when the desk was stopped in between")
    return files


def over_the_api(tap, bag, north, south, first):
    """What the console does: the desk writes the heads, and names why it refuses."""
    status, made = ask(north, "POST", f"/api/channels/{bag.channel}/pouches/{south.name}"
                                      "?part_size=4096")
    sealed = base64.b64decode(made["sealed"])
    parts = [head.encode() + sealed[n * 4096:(n + 1) * 4096]
             for n, head in enumerate(made["heads"])]
    tap.ok(status == 201 and len(parts) == -(-len(sealed) // 4096) > 1, "a pouch and its heads")
    told = [send_bytes(south, "/api/pouches", part)[1] for part in parts]
    tap.ok([one["state"] for one in told] == ["parts"] * (len(parts) - 1) + ["taken"],
           "each head goes before its share of the bytes")
    tap.ok(ask(south, "GET", "/api/pouches")[1] == {"pouches": []}, "what is taken waits no more")
    status, told = ask(north, "POST", f"/api/channels/{bag.channel}/pouches/{south.name}"
                                      "?part_size=4095")
    tap.ok(status == 400, "a part is not smaller than 4096 bytes")
    whole = first.read_bytes()
    for bad, reader, code in (
            (b"hello", south, (400, "pouch-none")),
            (whole[:-1], south, (400, "pouch-damaged")),
            (whole, north, (403, "pouch-for-another")),
            (whole.replace(b"from north.example", b"from other.example"), south,
             (403, "pouch-changed"))):
        status, told = send_bytes(reader, "/api/pouches", bad)
        tap.ok((status, told.get("code")) == code, f"refused as {code}")
    send_bytes(south, "/api/pouches", parts[0])
    status, told = send_bytes(south, "/api/pouches",
                              parts[1].replace(b"from north.example", b"from other.example"))
    tap.ok((status, told.get("code")) == (400, "pouch-differs"), "a part of another head is told")
    told = [send_bytes(south, "/api/pouches", part) for part in
            [swap_bytes(parts[1], parts[0]), *parts[2:]]][-1]
    tap.ok((told[0], told[1].get("code")) == (400, "pouch-swapped"), "and a swapped part")


def swap(one, other):
    """The head of one part over the bytes of another, with the digest made to fit."""
    return swap_bytes(one.read_bytes(), other.read_bytes())


def swap_bytes(one, other):
    head, _, own = one.partition(b"\n\n")
    content = other.partition(b"\n\n")[2][:len(own)]
    lines = head.split(b"\n")
    lines[-1] = b"sha256 " + hashlib.sha256(content).hexdigest().encode()
    return b"\n".join(lines) + b"\n\n" + content


def both_ways(tap, bag, north, south):
    """Pouches cross each other, and come in another order than they were made."""
    send(north, bag.channel, "text", said("first"))
    older = bag.make(north, south)
    send(north, bag.channel, "text", said("second"))
    newer = bag.make(north, south)
    send(south, bag.channel, "text", said("from the other side"))
    back = bag.make(south, north, "--accept")
    row = bring(south, *newer)[0]
    tap.ok(row["state"] == "taken" and row["entries"] >= row["entries_before"] + 2,
           "the newer of two pouches brings what the older one has, too")
    row = bring(south, *older)[0]
    tap.ok(row["state"] == "taken" and row["entries"] == row["entries_before"],
           "then there is nothing new in the older one")
    row = bring(north, *back)[0]
    tap.ok(row["receipts"] > row["receipts_before"] and row["entries"] > row["entries_before"],
           "the pouch back has messages and receipts")
    send(north, bag.channel, "text", said("third"))
    third = bag.make(north, south)
    send(north, bag.channel, "text", said("fourth"))
    fourth = bag.make(north, south)
    rows = bring(south, *third) + bring(south, *fourth)
    tap.ok(rows[0]["begins"] == rows[1]["begins"] and
           all(row["entries"] > row["entries_before"] for row in rows),
           "two pouches in their order, of which the second begins where the first does")


def several_pouches(tap, bag, north, south):
    """More than one pouch holds: the second one waits for the first."""
    files = []
    for n in range(3):
        path = bag.folder / f"image{n}"
        path.write_bytes(Path("/dev/urandom").open("rb").read(4000000))
        files += ["--attach", str(path)]
    send(north, bag.channel, "text", said("three images"), *files)
    made = bag.make(north, south)
    tap.ok(len(made) == 2, "what does not fit into one pouch goes into several")
    row = bring(south, made[1])[0]
    early = row["pouch"]
    tap.ok(row["state"] == "early", "the second one waits for the first")
    row = bring(south, made[0])[0]
    tap.ok(row["state"] == "taken" and row["others"] == 1 and row["taken_too"] == [early],
           "and is taken with it")
    until(lambda: any(r["kind"] == "attachment.held" for r in
                      south.json("list", bag.channel)["messages"]), 30, "all images are held")
    return made


def carry_until_quiet(bag, north, south):
    """Pouches both ways until a round brings nothing: then both know of all receipts."""
    for _ in range(6):
        rows = bring(south, *bag.make(north, south)) + bring(north, *bag.make(south, north))
        if all(row["entries"] == row["entries_before"] and
               row["receipts"] == row["receipts_before"] for row in rows):
            return True
    return False


def record_of(desk, channel, out):
    """An export that verifies: its files but for what is the exporter's alone."""
    desk.aldis("export", channel, str(out))
    verified = desk.aldis("verify", str(out), "--trust", str(desk.folder / "card.note"),
                          check=False)
    files = {}
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.name not in ("manifest", "policy"):
            content = path.read_bytes()
            if path.name == "checkpoint":
                content = b"\n".join(content.split(b"\n")[:3])
            files[str(path.relative_to(out))] = content
    return verified.returncode in (0, 4), files


def identical(tap, bag, north, south):
    one, of_north = record_of(north, bag.channel, bag.folder / "out-north")
    two, of_south = record_of(south, bag.channel, bag.folder / "out-south")
    tap.ok(one and two, "the exports of both verify")
    tap.ok(of_north == of_south and len(of_north) > 10, "and hold the same, byte for byte")
    tap.ok(texts(north, bag.channel) == texts(south, bag.channel),
           "both list the same messages in the same order")
    at = "2027-01-01T00:00:00Z"
    duties = [json.loads(d.aldis("duties", bag.channel, "--all", "--at", at, "--json",
                                 check=False).stdout) for d in (north, south)]
    tap.ok(duties[0] == duties[1] and "overdue" in json.dumps(duties[0]),
           "both compute the same duties")


def link_again(tap, bag, north, south, ports):
    """Where the cards said that the desks are, they are again."""
    for desk, port in zip((north, south), ports):
        desk.stop()
        listen_at(desk, port)
        desk.start().wait_ready()
    held = counts(north)
    until(lambda: all(d.json("status")["channels"][0]["logs"][0]["state"] == "ready"
                      for d in (north, south)), 120, "both logs may be written to")
    send(north, bag.channel, "text", said("over the wire"), "--wait", "60")
    tap.ok(counts(south)[bag.channel][north.name][0] ==
           held[bag.channel][north.name][0] + 1, "a message comes by the link")
    tap.ok(south.json("status")["counters"]["entries_in"] == 1 and
           north.json("status")["counters"]["entries_in"] == 0,
           "and nothing of what the pouches brought comes again")


def listen_at(desk, port):
    conf = desk.folder / "desk.conf"
    conf.write_text(conf.read_text().replace(f"127.0.0.1:{desk.port}", f"127.0.0.1:{port}"))
    desk.port = port


def scenario(tap, folder):
    desks = [tap.desk(folder, f"{name}.example") for name in ("north", "south", "east")]
    ports = [desk.port for desk in desks]
    for desk in desks:  # the cards keep the old ports, at which nobody is
        listen_at(desk, free_port())
        desk.start()
    for desk in desks:
        desk.wait_ready()
    north, south, east = desks
    befriend(desks)
    bag = Bag(folder, open_channel(folder, [north, south], DUTIES))

    first = first_pouch(tap, bag, north, south)
    for_others(tap, bag, north, south, east, first)
    row = bring(south, first)[0]
    tap.ok(row["state"] == "taken" and row["entries"] == 2, "south takes its pouch")
    row = bring(south, first)[0]
    tap.ok(row["state"] == "taken" and row["entries_before"] == 2 == row["entries"],
           "twice does no harm")
    parts = in_parts(tap, bag, north, south)
    send(north, bag.channel, "text", said("x" * 9000))
    over_the_api(tap, bag, north, south, first)
    both_ways(tap, bag, north, south)
    several_pouches(tap, bag, north, south)
    tap.ok(carry_until_quiet(bag, north, south), "after some rounds nothing is left to carry")
    before = counts(south)
    rows = bring(south, *parts, first)
    tap.ok(rows[-1]["state"] == "taken" and counts(south) == before,
           "pouches that lay for weeks bring nothing more")
    identical(tap, bag, north, south)
    link_again(tap, bag, north, south, ports)


if __name__ == "__main__":
    Tap().play(scenario)
