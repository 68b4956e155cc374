#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Releases of a channel in which a log was ended, as someone with keys could make them.

Takes a file of `release-sample COUNT+`, in which south lost its log and goes on in a
successor, and signs it anew with other ends, logs cut or left out, other openings,
answers in odd logs. Each case says what the readers must answer.

usage: release_ended.py SAMPLE.html OUT_DIR

writes OUT_DIR/000.html … and OUT_DIR/cases.json:
[{"file": "000.html", "what": "…", "answer": "ok joint" or a code, or null: any that both give}, …]
"""
import base64
import copy
import hashlib
import json
import pathlib
import sys

from release_insider import (EAST, NORTH, SOUTH, WEST, World, b64, blob_of, charter_note, checkpoint_text, envelope,
                             key_of, leaf_of, line, log_line, odd_json, path_of, plain, root_of, withhold)
from release_tamper import in_data, set_manifest, split, written

ENDED, NEXT, EASTERN = 1, 2, 3  # logs of the sample, those of south first
ALL = (NORTH, SOUTH, EAST, WEST)


def kind_of(entry):
    return json.loads(base64.b64decode(entry)).get("kind")


class Ended(World):
    def __init__(self, sample):
        super().__init__(sample)
        self.origin = self.manifest["logs"][ENDED]["origin"]
        self.size = self.manifest["logs"][ENDED]["size"]
        self.root = self.manifest["logs"][ENDED]["root"]

    def end(self, desks=ALL, edit=None, behind=None, **members):
        """The end of south's log, signed by these desks."""
        body = {"aldis": 1, "origin": self.origin, "size": self.size, "root": self.root, "date": "2026-11-21T00:00:00Z", **members}
        text = "aldis.log-end/1\n" + (edit(plain(body)).decode("utf-8", "surrogatepass") if edit else plain(body).decode()) + "\n"
        note = charter_note(text, desks)
        return (behind(note) if behind else note), hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def set_end(self, *arguments, **members):
        """Puts it in, and has the successor name it."""
        note, digest = self.end(*arguments, **members)
        self.data["ends"] = [note]
        self.open(NEXT, {"charter": hashlib.sha256(b"").hexdigest(), "log_end": digest})
        return self

    def open(self, log, body, kind="open", mode="f"):
        part = self.data["logs"][log]
        blob, ref = blob_of(body if isinstance(body, bytes) else plain(body))
        was_full = self.modes(log)[0] == "f"
        if body is None:
            part["entries"][0] = b64(plain(envelope(kind=kind)))
        else:
            part["entries"][0] = b64(plain(envelope(kind=kind, body=ref)))
        if was_full:
            del self.data["bodies"][log][0]
        if mode == "f":
            self.data["bodies"][log].insert(0, None if body is None else b64(blob))
        if mode == "w":
            part["entries"][0] = b64(leaf_of(base64.b64decode(part["entries"][0])))
        self.set_modes(log, mode + self.modes(log)[1:])
        self.sign_log(log)
        return self

    def drop(self, *logs):
        for log in sorted(logs, reverse=True):
            for rows in (self.manifest["logs"], self.data["logs"], self.data["bodies"]):
                del rows[log]
        return self

    def shorten(self, log, size):
        modes = self.modes(log)[:size]
        self.data["logs"][log]["entries"] = self.data["logs"][log]["entries"][:size]
        self.data["bodies"][log] = self.data["bodies"][log][:modes.count("f")]
        self.set_modes(log, modes)
        self.sign_log(log)
        return self

    def append(self, log, entry, mode="e"):
        self.data["logs"][log]["entries"].append(b64(entry))
        self.set_modes(log, self.modes(log) + mode)
        self.sign_log(log)
        return self

    def consented(self, desks=ALL, **origins):
        """With the consent of these, in the newest logs that are here; origins: another one for a desk's first part."""
        set_manifest(self.data, self.manifest)
        digest = hashlib.sha256(self.data["manifest"].encode()).hexdigest()
        blob, ref = blob_of(plain({"manifest": digest, "language": "en"}))
        entry = plain(envelope(kind="release.consent", body=ref))
        self.data["answers"] = [self.answer_in(desk, entry, blob, origins.get(desk.split(".")[0])) for desk in sorted(desks)]
        return self.done(True)

    def answer_in(self, desk, entry, blob, origin):
        found = [i for i, log in enumerate(self.manifest["logs"]) if log["origin"].startswith(desk + "/")]
        leaves = self.leaves(found[-1]) if found and origin is None else []
        origin = origin or (self.manifest["logs"][found[-1]]["origin"] if found else f"{desk}/{self.manifest['channel']}")
        leaves.append(leaf_of(entry))
        text = checkpoint_text(origin, len(leaves), b64(root_of(leaves)))
        hashes = "".join(b64(hash) + "\n" for hash in path_of(leaves, len(leaves) - 1))
        proof = f"c2sp.org/tlog-proof@v1\nindex {len(leaves) - 1}\n{hashes}\n{text}\n{log_line(origin, text)}"
        return {"desk": desk, "entry": b64(entry), "body": b64(blob), "proof": proof}


def signatures(sample):
    yield "as it should be", "ok joint", Ended(sample).set_end().consented()
    for desks, answer in (((NORTH, SOUTH, EAST), "end-unsigned"), ((SOUTH,), "end-unsigned"), ((NORTH, EAST, WEST), "log-end"),
                          ((WEST, EAST, SOUTH, NORTH), "ok joint")):
        yield f"signed by {', '.join(desks)}", answer, Ended(sample).set_end(desks).consented()
    other = key_of(WEST, "root")
    for what, more, answer in (
            ("a stranger's line", lambda note: note + line("stranger/root", 1, other, b"x"), "ok joint"),
            ("a false line", lambda note: note.replace(note.splitlines()[-1], line(f"{WEST}/root", 1, other, b"x").strip()), "log-end"),
            ("a line twice", lambda note: note + note.splitlines(True)[-1], None),
            ("no lines", lambda note: note[:note.rindex("\n\n") + 2], "log-end"),
            ("a carriage return", lambda note: note.replace("\n", "\r\n"), "log-end"),
            ("a huge note", lambda note: note + ("\u2014 stranger " + b64(bytes(8000)) + "\n") * 110, "log-end"),
            ("a large note", lambda note: note + ("\u2014 stranger " + b64(bytes(8000)) + "\n") * 60, "log-end"),
            ("a smaller one", lambda note: note + ("\u2014 stranger " + b64(bytes(8000)) + "\n") * 45, "ok joint")):
        yield what, answer, Ended(sample).set_end(behind=more).consented()
    leave = plain(envelope(kind="leave"))
    yield "without east, whose leave is shown", "ok joint", \
        Ended(sample).append(EASTERN, leave).set_end((NORTH, SOUTH, WEST)).consented()
    world = Ended(sample)
    world.append(EASTERN, leave)
    world.data["logs"][EASTERN]["entries"][-1] = b64(leaf_of(leave))
    world.set_modes(EASTERN, world.modes(EASTERN)[:-1] + "w")
    yield "without east, whose leave is withheld", "end-unsigned", world.set_end((NORTH, SOUTH, WEST)).consented()
    hidden = Ended(sample)
    withhold(hidden, ENDED)
    hidden.sign_log(ENDED)
    yield "signed by all of the first charter, its log withheld", "ok joint", hidden.set_end((NORTH, SOUTH, EAST)).consented()


def forms(sample):
    good = Ended(sample).end()[0]
    for what, members, answer in (
            ("one entry less", {"size": -1}, "end-differs"), ("one entry more", {"size": 1}, "end-differs"),
            ("one entry less under the same root", {"size": -1, "root": None}, "end-differs"),
            ("another root", {"root": b64(bytes(32))}, "end-differs"), ("a root of 31 bytes", {"root": b64(bytes(31))}, "log-end"),
            ("another channel", {"origin": f"{SOUTH}/{'0' * 64}"}, "log-end"), ("nobody", {"origin": "no"}, "log-end"),
            ("a stranger", {"origin": f"{SOUTH.replace('south', 'sooth')}/CHANNEL"}, "log-end"),
            ("the second log alone", {"origin": f"{SOUTH}/CHANNEL/2"}, "log-end"),
            ("the first by number", {"origin": f"{SOUTH}/CHANNEL/1"}, "log-end"),
            ("another desk", {"origin": f"{NORTH}/CHANNEL"}, "end-differs"), ("type", {"aldis": 2}, "log-end"),
            ("a size as text", {"size": "5"}, "log-end"), ("no size", {"size": None}, "log-end"),
            ("no whole size", {"size": 1.5}, "log-end"), ("a wrong date", {"date": "2026-02-30T00:00:00Z"}, "log-end"),
            ("a member more", {"more": 1}, "log-end"), ("a size of 2^52", {"size": 2 ** 52}, "end-differs"),
            ("a size beyond", {"size": 2 ** 52 + 1}, "log-end"), ("the largest size", {"size": 2 ** 53 - 1}, "log-end"),
            ("a larger one", {"size": 2 ** 53}, "log-end"), ("a huge one", {"size": 10 ** 30}, "log-end")):
        world = Ended(sample)
        members = dict(members)
        if members.get("size") in (-1, 1):
            members["size"] += world.size
            if "root" in members:
                members["root"] = world.root
            elif members["size"] < world.size:
                members["root"] = b64(root_of(world.leaves(ENDED)[:members["size"]]))
        if "origin" in members:
            members["origin"] = members["origin"].replace("CHANNEL", world.manifest["channel"])
        yield f"an end of {what}", answer, world.set_end(**members).consented()
    for what, _ in odd_json(b'{"aldis":1,"date":"2026-11-21"}'):
        try:
            yield f"an end with {what}", None, Ended(sample).set_end(edit=lambda good, what=what: dict(odd_json(good))[what]).consented()
        except UnicodeError:
            continue
    for what, ends, answer in (("none", [], "log-other"), ("two", [good, good], "log-end"), ("no text", [""], "log-end"),
                               ("201", [good] * 201, "log-end"), ("a card", [Ended(sample).data["charters"][0]], "log-end")):
        world = Ended(sample)
        world.data["ends"] = ends
        yield f"ends: {what}", answer, world.consented()
    world = Ended(sample)
    shorter = world.end(size=world.size - 1, root=b64(root_of(world.leaves(ENDED)[:-1])))[0]
    world.data["ends"].append(shorter)
    yield "two ends of one log", "log-end", world.consented()
    for what, order, answer in (("in order", 1, "ok joint"), ("in another order", -1, "log-end")):
        world = Ended(sample).set_end()
        second = world.end(origin=world.origin + "/2", size=world.manifest["logs"][NEXT]["size"],
                           root=world.manifest["logs"][NEXT]["root"])[0]
        world.data["ends"] = [world.data["ends"][0], second][::order]
        yield f"two ends of one desk, {what}", answer, world.consented(south=world.origin + "/3")
    for what, size, answer in (("all that can be", 2 ** 52 - 5, "ok joint"), ("more than can be", 2 ** 52 - 4, "log-end")):
        world = Ended(sample)
        world.drop(NEXT)
        world.data["ends"].append(world.end(origin=world.origin + "/2", size=size)[0])
        yield f"ends of {what}", answer if world.size == 5 else None, world.consented(south=world.origin + "/3")


def logs(sample):
    yield "without the log that ended", "ok joint", Ended(sample).drop(ENDED).consented()
    yield "without the successor", "ok joint", Ended(sample).drop(NEXT).consented(south=Ended(sample).origin + "/2")
    yield "without both", "ok joint", Ended(sample).drop(ENDED, NEXT).consented(south=Ended(sample).origin + "/2")
    yield "cut before the end", "ok joint", Ended(sample).drop(NEXT).shorten(ENDED, 4).consented(south=Ended(sample).origin + "/2")
    yield "cut before the end, with the successor", "end-differs", Ended(sample).shorten(ENDED, 4).consented()
    yield "longer than its end", "end-differs", Ended(sample).append(ENDED, plain(envelope(kind="text"))).consented()
    yield "longer than its end, alone", "end-differs", \
        Ended(sample).drop(NEXT).append(ENDED, plain(envelope(kind="text"))).consented(south=Ended(sample).origin + "/2")
    for what, change, answer in (
            ("the successor first", lambda all: all.insert(ENDED, all.pop(NEXT)), "manifest-form"),
            ("the successor last", lambda all: all.append(all.pop(NEXT)), "ok joint"),
            ("the first log twice", lambda all: all.insert(NEXT, copy.deepcopy(all[ENDED])), "manifest-form")):
        world = Ended(sample)
        for rows in (world.manifest["logs"], world.data["logs"], world.data["bodies"]):
            change(rows)
        yield what, answer, world.consented()
    for name, answer in (("/1", "manifest-form"), ("/02", "manifest-form"), ("/", "manifest-form"), ("/x", "manifest-form"),
                         ("/2/2", "manifest-form"), ("/4294967296", "manifest-form"), ("/4294967295", "log-other"), ("/3", "log-other"),
                         ("/2 ", "manifest-form"), ("/-2", "manifest-form")):
        world = Ended(sample)
        world.manifest["logs"][NEXT]["origin"] = world.data["logs"][NEXT]["origin"] = world.origin + name
        world.sign_log(NEXT)
        yield f"a log {name}", answer, world.consented()


def openings(sample):
    digest = Ended(sample).end()[1]
    for what, arguments, answer in (
            ("naming no end", ({"charter": "00" * 32},), "open-other"), ("another end", ({"log_end": "00" * 32},), "open-other"),
            ("upper case", ({"log_end": digest.upper()},), "open-other"), ("a list", ({"log_end": [digest]},), "open-other"),
            ("no JSON", (b"{",), "open-other"), ("nothing", (b"",), "open-other"), ("no body", (None,), "open-other"),
            ("the end alone", ({"log_end": digest},), "ok joint"), ("another kind", ({"log_end": digest}, "text"), "open-other"),
            ("a name twice", (f'{{"log_end":"{digest}","log_end":"{digest}"}}'.encode(),), "open-other"),
            ("as envelope", ({}, "open", "e"), "ok joint"), ("withheld", ({}, "open", "w"), "ok joint"),
            ("a list around", (f'[{{"log_end":"{digest}"}}]'.encode(),), "open-other")):
        world = Ended(sample).set_end()
        yield f"opened, {what}", answer, world.open(NEXT, *arguments).consented()


def answers(sample):
    origin = Ended(sample).origin
    for name, answer in (("", "answer-signature"), ("/2", "ok joint"), ("/3", "answer-signature"), ("/1", "answer-signature"),
                         ("/02", "answer-signature"), ("/4294967296", "answer-signature"), ("/2/", "answer-signature")):
        world = Ended(sample)
        if name == "":  # behind the end of the log
            world.drop(NEXT)
            yield "answered behind the end", answer, world.consented()
        else:
            yield f"answered in {name}", answer, world.consented(south=origin + name)
    for what, other in (("another channel's", f"{SOUTH}/{'0' * 64}"), ("another desk's", f"{NORTH}/{origin.split('/')[1]}")):
        yield f"answered in {what}", "answer-signature", Ended(sample).consented(south=other)


def governed(sample):
    """Who must be asked: west became a member with the amendment that all follow in their first logs."""
    def bare(shown):
        world = Ended(sample)
        world.manifest["attachments"], world.data["attachments"] = [], {}
        for log in range(5):
            if log not in shown:
                withhold(world, log)
        return world
    for what, shown in (("the successor alone", {NEXT}), ("both", {ENDED, NEXT})):
        yield f"shown: {what}", f"ok one-sided {WEST}", bare(shown).consented((NORTH, SOUTH, EAST))
        yield f"shown: {what}, all consent", "ok joint", bare(shown).consented()
    yield "shown: the successor, its log left out", f"ok one-sided {WEST}", \
        bare({NEXT}).shorten(NEXT, 1).drop(ENDED).consented((NORTH, SOUTH, EAST))
    world = bare({ENDED, NEXT})  # south never follows the amendment, and all before its end is shown
    amend = next(i for i, entry in enumerate(world.data["logs"][ENDED]["entries"]) if kind_of(entry) == "charter.amend")
    blob, ref = blob_of(b"{}")
    world.data["logs"][ENDED]["entries"][amend] = b64(plain(envelope(kind="charter.amend", body=ref)))
    world.data["bodies"][ENDED][world.place(ENDED, amend)] = b64(blob)
    world.sign_log(ENDED)
    world.root = world.manifest["logs"][ENDED]["root"]
    world.shorten(NEXT, 1)
    yield "shown: what no amendment governs", "ok joint", copy.deepcopy(world).set_end().consented((NORTH, SOUTH, EAST))
    yield "signed by all whom the amendment left out", "ok joint", copy.deepcopy(world).set_end((NORTH, SOUTH, EAST)).consented((NORTH, SOUTH, EAST))
    with_leaf = copy.deepcopy(world)
    with_leaf.data["logs"][ENDED]["entries"][amend] = b64(with_leaf.leaves(ENDED)[amend])
    del with_leaf.data["bodies"][ENDED][with_leaf.place(ENDED, amend)]
    modes = with_leaf.modes(ENDED)
    with_leaf.set_modes(ENDED, modes[:amend] + "w" + modes[amend + 1:])
    yield "shown: with one entry of the first log withheld", f"ok one-sided {WEST}", with_leaf.set_end().consented((NORTH, SOUTH, EAST))


def left_out(sample):
    """An amendment of the others says of east that it has left; then they end a log among them."""
    few = (NORTH, SOUTH, WEST)
    text = sample["charters"][1]
    charter = json.loads(text.split("\n")[1])
    charter["members"] = [member for member in charter["members"] if member["name"] != EAST]
    text = "aldis.charter/1\n" + plain(charter).decode() + "\n"
    for what, amended_by, ended_by, leave, consents, answer in (
            ("and it is not shown", few, few, "", few, f"ok one-sided {EAST}; unsigned by {EAST}"),
            ("and it consents", few, few, "", ALL, f"ok joint; unsigned by {EAST}"),
            ("and it has signed the end", few, ALL, "", ALL, "ok joint"),
            ("and it has signed the amendment", ALL, few, "", ALL, "ok joint"),
            ("and it is shown", few, few, "e", ALL, "ok joint"), ("and it is withheld", few, few, "w", ALL, f"ok joint; unsigned by {EAST}")):
        world = Ended(sample)
        world.manifest["attachments"], world.data["attachments"] = [], {}
        for log in range(5):
            withhold(world, log)
        world.data["charters"][1] = charter_note(text, amended_by)
        world.manifest["charter"] = hashlib.sha256(text.encode()).hexdigest()
        if leave:
            entry = plain(envelope(kind="leave"))
            world.append(EASTERN, leaf_of(entry) if leave == "w" else entry, leave)
        yield f"east is left out, {what}", answer, world.set_end(ended_by).consented(consents)


def main(sample, out):
    head, text, tail = split(pathlib.Path(sample).read_bytes())
    sample, out, cases = json.loads(text), pathlib.Path(out), []
    out.mkdir(parents=True, exist_ok=True)
    for make in (signatures, forms, logs, openings, answers, governed, left_out):
        for what, answer, data in make(sample):
            name = f"{len(cases):03}.html"
            (out / name).write_bytes(head + written(data, in_data).encode("ascii") + tail)
            cases.append({"file": name, "what": f"ended, {what}", "answer": answer})
    (out / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    print(f"{len(cases)} releases of a channel in which a log was ended")


if __name__ == "__main__":
    main(*sys.argv[1:])
