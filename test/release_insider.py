#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Releases as someone with keys could make them: everything is signed, and something in it is odd.

Tampering with a file is told by hashes and signatures. A member may sign what it likes;
then only the strictness of the readers counts, and two readers must be equally strict.
Takes a file of release-sample, whose keys follow from names, and signs it anew with odd
entries, bodies, cards, charters, checkpoints and proofs. Some are acceptable.

usage: release_insider.py SAMPLE.html OUT_DIR [--seed 1]

writes OUT_DIR/000.html … and OUT_DIR/cases.json: [{"file": "000.html", "what": "…"}, …]
"""
import argparse
import base64
import copy
import hashlib
import json
import pathlib
import random
import re

from release_tamper import b64, in_data, in_manifest, manifest_of, set_manifest, split, written

NORTH, SOUTH, EAST, WEST = "north.example", "south.example", "east.example", "west.example"
KEYS_OF = {NORTH: "north.example", SOUTH: "south.second", EAST: "east.example", WEST: "west.example"}  # the newest of each
SALT = bytes(16)


# Ed25519 (RFC 8032), as short as it goes: a few milliseconds a signature are enough here.

P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, d - c, d + c, f + e
    return x * y % P, z * t % P, y * z % P, x * t % P


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def base_point():
    y = 4 * pow(5, -1, P) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    x = x if x % 2 == 0 else P - x
    return x, y, 1, x * y % P


BASE = base_point()


def encoded(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class Key:
    def __init__(self, name, role):
        digest = hashlib.sha512(hashlib.sha256(f"aldis.testing/1 {name} {role}".encode()).digest()).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & (2 ** 254 - 8) | 2 ** 254
        self.prefix = digest[32:]
        self.public = encoded(times(self.scalar, BASE))

    def sign(self, message):
        nonce = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % L
        point = encoded(times(nonce, BASE))
        challenge = int.from_bytes(hashlib.sha512(point + self.public + message).digest(), "little") % L
        return point + ((nonce + challenge * self.scalar) % L).to_bytes(32, "little")


class Weak:
    """A key under which one signature is good for every message, if a reader lets it pass."""

    def __init__(self, public):
        self.public = public

    def sign(self, message):
        return (1).to_bytes(32, "little") + bytes(32)


KEYS = {}


def key_of(desk, role, generation=None):
    name = (desk if role == "root" else generation or KEYS_OF[desk], role)
    if name not in KEYS:
        KEYS[name] = Key(*name)
    return KEYS[name]


def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def line(name, kind, key, message, before=b"", signature=None):
    return f"\u2014 {name} {b64(key_id(name, kind, key.public) + before + (signature or key.sign(message)))}\n"


# Papers and checkpoints

def card_note(text, keys):
    return text + "\n" + "".join(line(name, 1, key, text.encode()) for name, key in keys)


def card_keys(desk, generation=None):
    return [(f"{desk}/{role}", key_of(desk, role, generation)) for role in ("root", "log", "mirror", "link")]


def charter_note(text, desks=(NORTH, SOUTH, EAST, WEST)):
    return text + "\n" + "".join(line(f"{desk}/root", 1, key_of(desk, "root"), text.encode()) for desk in desks)


def checkpoint_text(origin, size, root):
    return f"{origin}\n{size}\n{root}\n"


def log_line(origin, text):
    desk = origin.split("/")[0]
    return line(origin, 1, key_of(desk, "log"), text.encode())


def cosigned(name, key, text, time=1800000000):
    stamp = time.to_bytes(8, "big")
    return line(name, 4, key, f"cosignature/v1\ntime {time}\n{text}".encode(), stamp)


def mirror_line(desk, text, time=1800000000):
    return cosigned(f"{desk}/mirror", key_of(desk, "mirror"), text, time)


# Trees

def root_of(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    while len(leaves) > 1:
        above = [hashlib.sha256(b"\1" + leaves[i] + leaves[i + 1]).digest() for i in range(0, len(leaves) - 1, 2)]
        leaves = above + leaves[len(leaves) & ~1:]
    return leaves[0]


def leaf_of(entry):
    return hashlib.sha256(b"\0" + entry).digest()


class World:
    """The sample, taken apart; what is changed is signed again."""

    def __init__(self, sample):
        self.data = copy.deepcopy(sample)
        self.manifest = manifest_of(self.data)

    def modes(self, log):
        runs = re.findall(r"(\d+)([few])", self.manifest["logs"][log]["modes"])
        return "".join(int(count) * mode for count, mode in runs)

    def place(self, log, index):
        """Of the body of an entry in full."""
        return self.modes(log)[:index].count("f")

    def set_modes(self, log, modes):
        self.manifest["logs"][log]["modes"] = "".join(f"{len(run[0])}{run[0][0]}" for run in re.finditer(r"(.)\1*", modes))

    def leaves(self, log):
        return [base64.b64decode(entry) if mode == "w" else leaf_of(base64.b64decode(entry))
                for entry, mode in zip(self.data["logs"][log]["entries"], self.modes(log))]

    def sign_log(self, log):
        """The log's own line alone, over what it holds now."""
        named, part = self.manifest["logs"][log], self.data["logs"][log]
        named["size"], named["root"] = len(part["entries"]), b64(root_of(self.leaves(log)))
        text = checkpoint_text(named["origin"], named["size"], named["root"])
        part["checkpoint"] = text + "\n" + log_line(named["origin"], text)
        return text

    def done(self, answers=False):
        if not answers:
            self.data["answers"] = []
        set_manifest(self.data, self.manifest)
        return self.data

    def answer(self, desk, entry, body, proof=None):
        """An answer in a log of its own making: the entry behind what the release holds of the log."""
        log = next(i for i, one in enumerate(self.manifest["logs"]) if one["origin"].startswith(desk))
        leaves = self.leaves(log) + [leaf_of(entry)]
        origin = self.manifest["logs"][log]["origin"]
        text = checkpoint_text(origin, len(leaves), b64(root_of(leaves)))
        lines = [b64(hash) + "\n" for hash in path_of(leaves, len(leaves) - 1)]
        plain = (f"c2sp.org/tlog-proof@v1\nindex {len(leaves) - 1}\n" + "".join(lines) + "\n" + text + "\n"
                 + log_line(origin, text))
        return {"desk": desk, "entry": b64(entry), "body": b64(body), "proof": proof(plain) if proof else plain}


def path_of(leaves, index):
    """RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return path_of(leaves[:half], index) + [root_of(leaves[half:])]
    return path_of(leaves[half:], index - half) + [root_of(leaves[:half])]


# Odd JSON

def envelope(**members):
    return {"aldis": 1, "kind": "text", "sent": "2026-11-20T23:50:00Z", "salt": b64(SALT), **members}


def plain(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def blob_of(content):
    blob = SALT + content
    return blob, {"blob": hashlib.sha256(blob).hexdigest(), "size": len(content)}


def odd_json(good):
    """Ways of writing an object that readers differ on; good has a string, a number, an object."""
    yield "blanks", b" \t\r\n" + good.replace(b",", b" , ").replace(b":", b" : ", 1) + b"\n "
    yield "a byte order mark", b"\xef\xbb\xbf" + good
    yield "a no-break space", good + b"\xc2\xa0"
    yield "a vertical tab", good + b"\x0b"
    yield "a zero byte", good + b"\0"
    yield "something behind", good + b"1"
    yield "a comma too many", good[:-1] + b",}"
    yield "a comment", good + b"/**/"
    yield "a name twice", good[:-1] + b"," + good[1:good.index(b",")] + b"}"
    yield "a name twice by an escape", good[:-1] + b',"\\u0061ldis":1}'
    yield "an unknown member", good[:-1] + b',"more":1}'
    yield "__proto__", good[:-1] + b',"__proto__":{}}'
    yield "__proto__ with members", good[:-1] + b',"__proto__":{"aldis":1}}'
    yield "constructor", good[:-1] + b',"constructor":1}'
    yield "an empty name", good[:-1] + b',"":1}'
    yield "a whole number with a point", good.replace(b":1", b":1.0", 1)
    yield "a number with an exponent", good.replace(b":1", b":1e0", 1)
    yield "a number with a zero in front", good.replace(b":1", b":01", 1)
    yield "a number with a plus", good.replace(b":1", b":+1", 1)
    yield "a number close to one", good.replace(b":1", b":1.00000000000000000001", 1)
    yield "minus nothing", good.replace(b":1", b":-0", 1)
    yield "a huge number", good.replace(b":1", b":" + b"9" * 400, 1)
    yield "an endless number", good.replace(b":1", b":1e999", 1)
    yield "a number as text", good.replace(b":1", b':"1"', 1)
    yield "a number in a list", good.replace(b":1", b":[1]", 1)
    yield "true", good.replace(b":1", b":true", 1)
    yield "null", good.replace(b":1", b":null", 1)
    yield "NaN", good.replace(b":1", b":NaN", 1)
    yield "single quotes", good.replace(b'"', b"'")
    yield "an escape that is not needed", good.replace(b"2026", b"\\u0032026", 1)
    yield "an escaped slash", good.replace(b'":"', b'":"\\/', 1)
    yield "an escape in lower case", good.replace(b"-11-", b"\\u002d11-", 1)
    yield "an unknown escape", good.replace(b"2026", b"\\x32026", 1)
    yield "a lone surrogate", good.replace(b'":"', b'":"\\ud800', 1)
    yield "surrogates the wrong way round", good.replace(b'":"', b'":"\\udc00\\ud800', 1)
    yield "an escaped zero", good.replace(b'":"', b'":"\\u0000', 1)
    yield "a control character", good.replace(b'":"', b'":"\x01', 1)
    yield "a DEL", good.replace(b'":"', b'":"\x7f', 1)
    yield "a line separator", good.replace(b'":"', b'":"\xe2\x80\xa8', 1)
    yield "an overlong form", good.replace(b'":"', b'":"\xc0\xaf', 1)
    yield "a surrogate in UTF-8", good.replace(b'":"', b'":"\xed\xa0\x80', 1)
    yield "beyond Unicode", good.replace(b'":"', b'":"\xf4\x90\x80\x80', 1)
    yield "a cut character", good.replace(b'":"', b'":"\xe2\x82', 1)
    yield "a noncharacter", good.replace(b'":"', b'":"\xef\xbf\xbf', 1)
    yield "an unknown member, 17 levels deep", good[:-1] + b',"more":' + b"[" * 17 + b"]" * 17 + b"}"
    yield "an unknown member, very deep", good[:-1] + b',"more":' + b"[" * 20000 + b"]" * 20000 + b"}"
    yield "a list", b"[" + good + b"]"
    yield "another value", b"1"
    yield "a text", b'"' + b"x" * 20 + b'"'
    yield "nothing", b""
    yield "null alone", b"null"


def odd_envelopes():
    good = plain(envelope())
    yield "as it should be", good
    yield from odd_json(good)
    for name in ("aldis", "kind", "sent", "salt"):
        yield f"without {name}", plain({key: value for key, value in envelope().items() if key != name})
    for name, values in {
            "kind": ["", "Text", "a" * 40, "a" * 41, "a_b", "1a", "a.", "a-", "a b", 1, None, "\u00e9", ["text"]],
            "sent": ["1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
                     "2026-02-29T00:00:00Z", "2028-02-29T00:00:00Z", "2026-11-31T00:00:00Z", "2026-13-01T00:00:00Z",
                     "2026-01-01T24:00:00Z", "2026-01-01T23:59:60Z", "2026-01-01T00:00:00z", "2026-01-01T00:00:00+00:00",
                     "2026-01-01 00:00:00Z", "2026-01-01T00:00:00.0Z", "2026-1-01T00:00:00Z", "", 0, "0000-01-01T00:00:00Z",
                     " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z\n", "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z",
                     "\u0662026-01-01T00:00:00Z", ["2026-01-01T00:00:00Z"]],
            "salt": ["", b64(bytes(15)), b64(bytes(17)), b64(bytes(16))[:-1], b64(bytes(16)).replace("AA==", "AB=="),
                     b64(bytes(16)) + "\n", "-" + b64(bytes(16))[1:], None, [b64(bytes(16))]],
            "to": [[], [NORTH], [NORTH, NORTH], ["x"], ["ab"], ["abc"], ["A.example"], ["a..b"], [".ab"], ["ab-"], ["a" * 100],
                   ["a" * 101], "north.example", [1], {}, [f"d{i:03}" for i in range(200)], [f"d{i:03}" for i in range(201)],
                   ["north.example\n"], ["n\u00f6rth"]],
            "line": ["technical", "", "a" * 15, "a" * 16, "Technical", "-a", None, 1],
            "re": ["north.example#0", "north.example#01", "north.example#", "north.example", "#1", "north.example#1#2",
                   "north.example#18446744073709551615", "north.example#18446744073709551616", "north.example#-1", "x#1",
                   "north.example#1 ", "north.example# 1", "north.example#1e3", "north.example#\u0661", 1, ["north.example#1"]],
            "tlp": ["RED", "AMBER", "AMBER+STRICT", "GREEN", "CLEAR", "WHITE", "red", "", None, ["RED"]],
            "seen": [{}, {SOUTH: {"size": 1, "root": b64(bytes(32))}}, {SOUTH: {"size": 0, "root": b64(bytes(32))}},
                     {SOUTH: {"size": -1, "root": b64(bytes(32))}}, {SOUTH: {"size": 2 ** 53 - 1, "root": b64(bytes(32))}},
                     {SOUTH: {"size": 2 ** 53, "root": b64(bytes(32))}}, {SOUTH: {"size": 1}},
                     {SOUTH: {"size": 1, "root": b64(bytes(31))}}, {SOUTH: {"size": 1, "root": b64(bytes(32)), "x": 1}},
                     {"x": {"size": 1, "root": b64(bytes(32))}}, [], None, {SOUTH: None}, {SOUTH: []},
                     {"123": {"size": 1, "root": b64(bytes(32))}, "045": {"size": 1, "root": b64(bytes(32))}},
                     {"__proto__": {"size": 1, "root": b64(bytes(32))}}, {SOUTH: {"root": b64(bytes(32)), "size": 1}},
                     {f"d{i:03}": {"size": 1, "root": b64(bytes(32))} for i in range(200)},
                     {f"d{i:03}": {"size": 1, "root": b64(bytes(32))} for i in range(201)}],
            "attachments": [[], [{"blob": "00" * 32, "size": 0}], [{"blob": "00" * 32, "size": 8388592}],
                            [{"blob": "00" * 32, "size": 8388593}], [{"blob": "00" * 32, "size": -1}],
                            [{"blob": "00" * 31, "size": 1}], [{"blob": "0A" * 32, "size": 1}], [{"size": 1}],
                            [{"blob": "00" * 32}], [{"blob": "00" * 32, "size": 1, "x": 1}], {}, None,
                            [{"blob": "00" * 32, "size": 1}] * 64, [{"blob": "00" * 32, "size": 1}] * 65,
                            [{"size": 1, "blob": "00" * 32}]],
            "aldis": [0, 2, -1, None, "1", [1]]}.items():
        for value in values:
            yield f"{name}: {str(value)[:40]}", plain(envelope(**{name: value}))
    full = plain(envelope(to=[NORTH]))
    yield "the largest", full[:-1] + b" " * (65535 - len(full)) + b"}"
    yield "larger than the largest", full[:-1] + b" " * (65536 - len(full)) + b"}"
    yield "members in another order", plain(dict(reversed(envelope(to=[NORTH], tlp="RED").items())))


def entries(sample):
    """North's last entry of the range is another one, in full, without a body."""
    for what, entry in odd_envelopes():
        world = World(sample)
        index = len(world.data["logs"][0]["entries"]) - 1
        world.data["bodies"][0][world.place(0, index)] = None
        world.data["logs"][0]["entries"][index] = b64(entry)
        world.sign_log(0)
        yield f"entry, {what}", world.done()
    world = World(sample)
    world.data["logs"][0]["entries"][5] = b64(b"x" * 65536)
    world.sign_log(0)
    yield "an entry as envelope that is larger than the largest", world.done()
    world.data["logs"][0]["entries"][5] = b64(b"")
    world.sign_log(0)
    yield "an entry as envelope that is empty", world.done()


def bodies(sample):
    contents = [("plain", b"{}"), ("not UTF-8", b"\xff\xfe"), ("empty", b""), ("no JSON", b"{"), ("a zero", b"\0"),
                ("the largest", b"x" * 262144), ("larger", b"x" * 262145), ("very deep", b"[" * 100000)]
    for what, content in contents:
        for kind in ("text", "charter.amend", "no.kind"):
            world = World(sample)
            blob, ref = blob_of(content)
            index = len(world.data["logs"][0]["entries"]) - 1
            world.data["bodies"][0][world.place(0, index)] = b64(blob)
            world.data["logs"][0]["entries"][index] = b64(plain(envelope(kind=kind, body=ref)))
            world.sign_log(0)
            yield f"body of {kind}, {what}", world.done()
    for what, ref in (("another size", {"blob": hashlib.sha256(SALT).hexdigest(), "size": 1}),
                      ("more members", {"blob": hashlib.sha256(SALT).hexdigest(), "size": 0, "x": 1}),
                      ("null", None), ("a list", [])):
        world = World(sample)
        index = len(world.data["logs"][0]["entries"]) - 1
        world.data["bodies"][0][world.place(0, index)] = b64(SALT)
        world.data["logs"][0]["entries"][index] = b64(plain(envelope(body=ref)))
        world.sign_log(0)
        yield f"body named by {what}", world.done()
    world = World(sample)
    index = len(world.data["logs"][0]["entries"]) - 1
    world.data["bodies"][0][world.place(0, index)] = b64(SALT[:8])
    ref = {"blob": hashlib.sha256(SALT[:8]).hexdigest(), "size": 0}
    world.data["logs"][0]["entries"][index] = b64(plain(envelope(body=ref)))
    world.sign_log(0)
    yield "body shorter than its salt", world.done()


def amendments(sample):
    """What moves a log on to the next charter, in ways that readers may take for another: who governs is told by grades."""
    charters = [hashlib.sha256(note[:note.rindex("\n\n") + 1].encode()).hexdigest() for note in sample["charters"]]
    good = {"charter": charters[1], "previous": charters[0], "parts": [{"text": "x"}], "signatures": "x"}
    changes = [("good", good), ("another previous", {**good, "previous": charters[1]}), ("more members", {**good, "x": 1}),
               ("no previous", {"charter": charters[1]}), ("upper case", {**good, "charter": charters[1].upper()}),
               ("no parts", {**good, "parts": []}), ("a list", {**good, "charter": [charters[1]]}),
               ("to itself", {**good, "charter": charters[0]}), ("to one that is nowhere", {**good, "charter": "00" * 32})]
    texts = [(what, plain(body)) for what, body in changes]
    texts += [(what, text) for what, text in odd_json(b'{"aldis":1,' + plain(good)[1:])][:12]
    texts += [("blanks", b" " + plain(good)), ("a name twice", plain(good)[:-1] + b',"charter":"' + charters[0].encode() + b'"}')]
    for what, text in texts:
        world = World(sample)
        amend = next(i for i, entry in enumerate(world.data["logs"][0]["entries"]) if b'"charter.amend"' in base64.b64decode(entry))
        blob, ref = blob_of(text)
        world.data["bodies"][0][world.place(0, amend)] = b64(blob)
        world.data["logs"][0]["entries"][amend] = b64(plain(envelope(kind="charter.amend", body=ref)))
        world.sign_log(0)
        yield f"amendment followed, {what}", consented(world)


def withhold(world, log):
    world.data["logs"][log]["entries"] = [b64(leaf) for leaf in world.leaves(log)]
    world.data["bodies"][log] = []
    world.set_modes(log, "w" * world.manifest["logs"][log]["size"])


def pretended(sample):
    """Nothing that counts is shown, or an amendment says of some that they have left: who consented are not all."""
    def bare():
        world = World(sample)
        world.manifest["attachments"], world.data["attachments"] = [], {}
        for log in range(4):
            withhold(world, log)
        return world
    yield "pretended, nothing is shown", consented(bare(), [])
    yield "pretended, nothing is shown, all consent", consented(bare())
    for what, leaves in {"some left out": False, "some left out, leave shown": True}.items():
        for signed in (False, True):
            world = bare()
            text = sample["charters"][1]
            charter = json.loads(text.split("\n")[1])
            charter["members"] = [one for one in charter["members"] if one["name"] in (NORTH, WEST)]
            text = "aldis.charter/1\n" + plain(charter).decode() + "\n"
            world.data["charters"][1] = charter_note(text, (NORTH, SOUTH, EAST, WEST) if signed else (NORTH, WEST))
            world.manifest["charter"] = hashlib.sha256(text.encode()).hexdigest()
            world.set_modes(3, "f")
            world.data["logs"][3], world.data["bodies"][3] = sample["logs"][3], sample["bodies"][3]
            for log in (1, 2) if leaves else ():
                world.data["logs"][log]["entries"].append(b64(plain(envelope(kind="leave"))))
                world.set_modes(log, world.modes(log) + "e")
                world.sign_log(log)
            yield f"pretended, {what}{', with their signatures' if signed else ''}", consented(world, [NORTH, WEST])


def consented(world, desks=sorted(KEYS_OF)):
    """With the consent of all, so that the grade tells who was asked."""
    set_manifest(world.data, world.manifest)
    blob, ref = blob_of(plain({"manifest": hashlib.sha256(world.data["manifest"].encode()).hexdigest(), "language": "en"}))
    entry = plain(envelope(kind="release.consent", body=ref))
    world.data["answers"] = [world.answer(desk, entry, blob) for desk in sorted(desks)]
    return world.done(True)


def cards(sample):
    text = next(note[:note.rindex("\n\n") + 1] for note in sample["cards"] + sample["charters"] if note.startswith("aldis.card/1")) \
        if sample["cards"] else None
    if text is None:
        return
    good = json.loads(text.split("\n")[1])
    generation = "south.second" if good["keys"]["log"] == b64(key_of(SOUTH, "log").public) else "south.example"

    def with_card(body, keys=None, edit=None):
        world = World(sample)
        note = card_note("aldis.card/1\n" + body + "\n", keys or card_keys(SOUTH, generation))
        world.data["cards"].append(edit(note) if edit else note)
        return world.done()
    changed = {**good, "serial": 7}
    yield "card, as it should be", with_card(plain(changed).decode())
    for what, text in odd_json(plain(changed)):
        try:
            yield f"card, {what}", with_card(text.decode())
        except UnicodeDecodeError:
            continue
    for name, values in {"serial": [0, 1, 2, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, "7", -1], "name": [EAST, "south.example.", "", 1],
                         "date": ["2026-02-30T00:00:00Z", 1], "languages": [[], ["en", "en"], ["e"], "en", ["en"] * 17, ["zh-Hans"]],
                         "urls": [["http://x"], ["https://"], ["https://a b"], ["https://x"] * 9, None, ["https://" + "x" * 293]],
                         "keys": [{}, None, [], {**good["keys"], "more": good["keys"]["log"]},
                                  {**good["keys"], "mirror": good["keys"]["log"]},
                                  {**good["keys"], "witness": good["keys"]["log"]},
                                  {**good["keys"], "box": good["keys"]["log"]}, {**good["keys"], "box": b64(bytes(31))},
                                  {key: value for key, value in good["keys"].items() if key != "box"}],
                         "more": [1], "aldis": [2]}.items():
        for value in values:
            yield f"card, {name}: {str(value)[:40]}", with_card(plain({**changed, name: value}).decode())
    for name in ("serial", "date", "languages", "urls", "keys"):
        yield f"card without {name}", with_card(plain({key: value for key, value in changed.items() if key != name}).decode())
    for weak in ((1).to_bytes(32, "little"), (P + 1).to_bytes(32, "little"), (1 | 1 << 255).to_bytes(32, "little"), bytes(32)):
        body = plain({**changed, "keys": {**good["keys"], "log": b64(weak)}}).decode()
        keys = [(name, Weak(weak) if name.endswith("/log") else key) for name, key in card_keys(SOUTH, generation)]
        yield f"card with a weak key {weak[:2].hex()}…", with_card(body, keys)
    body = plain(changed).decode()
    extra = line("stranger", 1, key_of(EAST, "root"), b"x")
    for what, edit in {
            "a stranger's line": lambda note: note + extra, "a line twice": lambda note: note + note.splitlines(True)[-1],
            "no-break space in a name": lambda note: note + extra.replace("stranger", "stran\u00a0ger"),
            "a zero-width no-break space in a name": lambda note: note + extra.replace("stranger", "stran\ufeffger"),
            "a C1 control in a name": lambda note: note + extra.replace("stranger", "stran\u0085ger"),
            "a DEL in a name": lambda note: note + extra.replace("stranger", "stran\u007fger"),
            "a plus in a name": lambda note: note + extra.replace("stranger", "stran+ger"),
            "a name of 255 bytes": lambda note: note + extra.replace("stranger", "s" * 255),
            "a name of 256 bytes": lambda note: note + extra.replace("stranger", "s" * 256),
            "a name of 200 letters in 400 bytes": lambda note: note + extra.replace("stranger", "\u00e9" * 200),
            "an empty name": lambda note: note + extra.replace("stranger", ""),
            "two blanks": lambda note: note + extra.replace("stranger ", "stranger  "),
            "a short signature": lambda note: note + "\u2014 stranger AAAAAA==\n",
            "a signature of four bytes": lambda note: note + "\u2014 stranger AAAAAA==\n".replace("AAAAAA==", "AAAAAA=="),
            "a signature of five bytes": lambda note: note + "\u2014 stranger AAAAAAA=\n",
            "a signature of 8196 bytes": lambda note: note + f"\u2014 stranger {b64(bytes(8196))}\n",
            "a signature of 8197 bytes": lambda note: note + f"\u2014 stranger {b64(bytes(8197))}\n",
            "256 lines": lambda note: note + extra * 252, "257 lines": lambda note: note + extra * 253,
            "a tab in the text": lambda note: note.replace("aldis.card/1\n", "aldis.card/1\t\n"),
            "no newline at the end": lambda note: note[:-1], "a blank line at the end": lambda note: note + "\n",
            "three newlines": lambda note: note.replace("\n\n", "\n\n\n"), "a carriage return": lambda note: note.replace("\n", "\r\n"),
            "a zero in the note": lambda note: note + "\u2014 a\0b AAAAAAA=\n",
            "a huge note": lambda note: note + ("\u2014 stranger " + b64(bytes(8000)) + "\n") * 60,
            "a huger note": lambda note: note + ("\u2014 stranger " + b64(bytes(8000)) + "\n") * 110}.items():
        yield f"card, {what}", with_card(body, edit=edit)
    first = with_card(plain(changed).decode())
    other = card_note("aldis.card/1\n" + plain({**changed, "keys": {**good["keys"], "log": b64(key_of(EAST, "log").public)}}).decode()
                      + "\n", [(f"{SOUTH}/log", key_of(EAST, "log")) if name.endswith("/log") else (name, key)
                               for name, key in card_keys(SOUTH, generation)])
    first["cards"].append(other)
    yield "two cards of one serial with other keys", first


def checkpoints(sample):
    def with_note(make):
        world = World(sample)
        text = world.sign_log(0)
        origin = world.manifest["logs"][0]["origin"]
        world.data["logs"][0]["checkpoint"] = make(text, origin)
        return world.done()

    def signed(text, origin, more=""):
        return text + "\n" + log_line(origin, text) + more
    north = [("plain", lambda text, origin: signed(text, origin)),
             ("a mirror", lambda text, origin: signed(text, origin, mirror_line(SOUTH, text))),
             ("both mirrors", lambda text, origin: signed(text, origin, mirror_line(SOUTH, text) + mirror_line(EAST, text))),
             ("mirrors before the log", lambda text, origin: text + "\n" + mirror_line(EAST, text) + log_line(origin, text)),
             ("its own mirror", lambda text, origin: signed(text, origin, mirror_line(NORTH, text))),
             ("a mirror twice", lambda text, origin: signed(text, origin, mirror_line(SOUTH, text) * 2)),
             ("a mirror at two times", lambda text, origin: signed(text, origin, mirror_line(SOUTH, text)
                                                                   + mirror_line(SOUTH, text, 1900000000))),
             ("time 0", lambda text, origin: signed(text, origin, mirror_line(SOUTH, text, 0))),
             ("time 2^63-1", lambda text, origin: signed(text, origin, mirror_line(SOUTH, text, 2 ** 63 - 1))),
             ("time 2^63", lambda text, origin: signed(text, origin, mirror_line(SOUTH, text, 2 ** 63))),
             ("the log twice", lambda text, origin: signed(text, origin, log_line(origin, text))),
             ("a mirror that signs plainly", lambda text, origin: signed(text, origin, line(f"{SOUTH}/mirror", 4,
                                                                         key_of(SOUTH, "mirror"), text.encode()))),
             ("an old mirror key", lambda text, origin: signed(text, origin, cosigned(f"{SOUTH}/mirror",
                                                               key_of(SOUTH, "mirror", "south.example"), text))),
             ("old and new mirror key", lambda text, origin: signed(text, origin, mirror_line(SOUTH, text) + cosigned(
                 f"{SOUTH}/mirror", key_of(SOUTH, "mirror", "south.example"), text)))]
    for what, make in north:
        yield f"checkpoint, {what}", with_note(make)
    for what, change in (("another origin", lambda text: text.replace("north", "nord", 1)),
                         ("an extension line", lambda text: text + "more\n"), ("a size with a zero", lambda text: text.replace("\n", "\n0", 1)),
                         ("a huge size", lambda text: re.sub("\n\\d+\n", f"\n{2 ** 63 - 1}\n", text)),
                         ("a size beyond", lambda text: re.sub("\n\\d+\n", f"\n{2 ** 63}\n", text)),
                         ("a root with blanks", lambda text: text[:-1] + " \n"), ("a root of 31 bytes", lambda text: re.sub(
                             "[^\n]+\n$", b64(bytes(31)) + "\n", text)), ("no size", lambda text: re.sub("\n\\d+\n", "\n\n", text)),
                         ("another size", lambda text: re.sub("\n\\d+\n", "\n3\n", text))):
        yield f"checkpoint of {what}", with_note(lambda text, origin: signed(change(text), origin))


def answers(sample):
    world = World(sample)
    set_manifest(world.data, world.manifest)
    digest = hashlib.sha256(world.data["manifest"].encode()).hexdigest()
    good = plain({"manifest": digest, "language": "en"})

    def with_answer(content, change=None, proof=None, **members):
        world = World(sample)
        blob, ref = blob_of(content)
        entry = plain(envelope(**{"kind": "release.consent", "body": ref, **members}))
        answer = world.answer(EAST, change(entry) if change else entry, blob, proof)
        world.data["answers"] = [answer]
        return world.done(True)
    yield "answer, as it should be", with_answer(good)
    for what, text in odd_json(b'{"aldis":1,' + good[1:-1] + b',"t":"2026-11-20"}'):
        yield f"answer, {what}", with_answer(text)
    for value in (digest.upper(), [digest], None, 1, digest + " ", digest[:-1], {}, "0" * 64):
        yield f"answer, manifest {str(value)[:30]}", with_answer(plain({"manifest": value}))
    yield "answer, manifest in escapes", with_answer(b'{"manifest":"' + b"".join(b"\\u%04x" % ord(c) for c in digest) + b'"}')
    yield "answer, not UTF-8", with_answer(good[:-1] + b',"text":"\xff"}')
    yield "answer, with a BOM", with_answer(b"\xef\xbb\xbf" + good)
    for kind in ("release.refuse", "release.request", "text", "release.consent.x"):
        yield f"answer, {kind}", with_answer(good, kind=kind)
    yield "answer without body", with_answer(good, lambda entry: plain({key: value for key, value in json.loads(entry).items()
                                                                          if key != "body"}))
    yield "answer, odd envelope", with_answer(good, lambda entry: entry + b" ")
    yield "answer, wrong envelope", with_answer(good, lambda entry: entry.replace(b'"aldis":1', b'"aldis":1.0'))
    yield "answer, large envelope", with_answer(good, lambda entry: entry[:-1] + b" " * (65536 - len(entry)) + b"}")
    for what, proof in {
            "index beyond 2^53": lambda text: re.sub("index \\d+", f"index {2 ** 53 + 1}", text),
            "index beyond 2^63": lambda text: re.sub("index \\d+", f"index {2 ** 63}", text),
            "index with a zero": lambda text: text.replace("index ", "index 0"),
            "an extra line": lambda text: text.replace("index ", "extra AAAA\nindex "),
            "a hash more": lambda text: text.replace("\n\n", "\n" + b64(bytes(32)) + "\n\n", 1),
            "64 hashes": lambda text: text.replace("\n\n", "\n" + (b64(bytes(32)) + "\n") * 64 + "\n", 1),
            "a hash with stray bits": lambda text: text.replace("\n\n", "\n" + "A" * 42 + "B=\n\n", 1),
            "a carriage return": lambda text: text.replace("\n", "\r\n", 1), "no blank line": lambda text: text.replace("\n\n", "\n", 1),
            "two blank lines": lambda text: text.replace("\n\n", "\n\n\n", 1),
            "upper case": lambda text: text.replace("c2sp", "C2SP")}.items():
        yield f"proof, {what}", with_answer(good, proof=proof)


def charters(sample):
    """The amendment says something else, and all have signed it."""
    note = sample["charters"][1]
    text = note[:note.rindex("\n\n") + 1]
    good = json.loads(text.split("\n")[1])
    witness = Key("witness.example", "log")

    def vkey(name, kind, key):
        return f"{name}+{key_id(name, kind, key.public).hex()}+{b64(bytes([kind]) + key.public)}"

    def with_charter(body, edit=None, lines=None, rule=None):
        world = World(sample)
        text = "aldis.charter/1\n" + body + "\n"
        note = charter_note(text)
        world.data["charters"][1] = edit(note) if edit else note
        world.manifest["charter"] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if rule is not None:
            world.manifest["rule"] = rule
        if lines is not None:
            text = world.sign_log(0)
            world.data["logs"][0]["checkpoint"] += lines(text)
        return world.done()
    yield "charter, as it should be", with_charter(plain(good).decode())
    for rule in ("originator", "confidential"):
        yield f"charter, rule {rule}", with_charter(plain({**good, "release": rule}).decode(), rule=rule)
    for what, odd in odd_json(plain(good)):
        try:
            yield f"charter, {what}", with_charter(odd.decode())
        except UnicodeDecodeError:
            continue
    name = "witness.example/w"
    for what, policy in {
            "named with a URL": f"witness w1 {vkey(name, 4, witness)} https://witness.example\nquorum w1\n",
            "named without": f"witness w1 {vkey(name, 4, witness)}\nquorum w1\n",
            "named with tabs": f"witness\tw1\t {vkey(name, 4, witness)} \t\nquorum  w1\n",
            "named in a group, with a comment": f"# ours\nwitness w1 {vkey(name, 4, witness)} http://w.example\ngroup g all w1\nquorum g\n",
            "commented out": f"# witness w1 {vkey(name, 4, witness)}\nquorum none\n",
            "named without a newline": f"witness w1 {vkey(name, 4, witness)}\nquorum w1",
            "named without a quorum": f"witness w1 {vkey(name, 4, witness)}\n",
            "of another id": f"witness w1 {vkey(name, 4, witness).replace('+', '+0', 1)}\nquorum w1\n",
            "whose id is wrong": f"witness w1 {name}+00000000+{b64(bytes([4]) + witness.public)}\nquorum w1\n",
            "of type 1": f"witness w1 {vkey(name, 1, witness)}\nquorum w1\n"}.items():
        body = plain({**good, "witnesses": policy}).decode()
        yield f"a witness {what}, silent", with_charter(body, lines=lambda text: "")
        yield f"a witness {what}", with_charter(body, lines=lambda text: cosigned(name, witness, text))
    mirror = vkey(f"{EAST}/mirror", 4, key_of(EAST, "mirror"))
    yield "a witness that is a mirror", with_charter(plain({**good, "witnesses": f"witness w1 {mirror}\nquorum w1\n"}).decode(),
                                                    lines=lambda text: mirror_line(EAST, text))

    def member(index, **members):
        changed = copy.deepcopy(good)
        changed["members"][index].update(members)
        return plain(changed).decode()
    for what, body in {
            "previous of another": plain({**good, "previous": "00" * 32}), "no previous": plain(
                {key: value for key, value in good.items() if key != "previous"}),
            "a member twice": plain({**good, "members": good["members"] + good["members"][:1]}),
            "one member": plain({**good, "members": good["members"][:1]}),
            "a member less": plain({**good, "members": good["members"][:2]}),
            "an empty title": plain({**good, "title": ""}), "a long title": plain({**good, "title": "x" * 200}),
            "a longer title": plain({**good, "title": "x" * 201}), "a title of two lines": plain({**good, "title": "x\ny"}),
            "an unknown rule": plain({**good, "release": "public"}), "a rule in a list": plain({**good, "release": ["joint"]}),
            "another catalogue": plain({**good, "kinds": {"digest": "00" * 32}}),
            "an unknown line": plain({**good, "lines": ["x"]}), "no line": plain({**good, "lines": []}),
            "a wrong date": plain({**good, "date": "2026-02-30T00:00:00Z"}), "a wrong nonce": plain({**good, "nonce": "AA=="}),
            "an unknown member": plain({**good, "x": 1}), "no duties": plain({key: value for key, value in good.items() if key != "duties"}),
            "no limits": plain({key: value for key, value in good.items() if key != "limits"}),
            "wrong duties": plain({**good, "duties": {}}), "wrong limits": plain({**good, "limits": {}}),
            "no languages": plain({**good, "languages": []}), "wrong holding": plain({**good, "holding": {"within": "PT1H", "times": 2}}),
            "wrong proofs": plain({**good, "proofs": "nobody"}), "wrong keep": plain({**good, "keep": "PT0S"})}.items():
        try:
            title = json.loads(body).get("title")
            data = with_charter(body.decode())
            if isinstance(title, str) and title and "\n" not in title:
                manifest = manifest_of(data)
                manifest["title"] = title
                set_manifest(data, manifest)
            yield f"charter, {what}", data
        except UnicodeDecodeError:
            continue
    for what, body in {"a fingerprint of another": member(0, fingerprint=good["members"][1]["fingerprint"]),
                       "a root of another": member(0, root=good["members"][1]["root"]),
                       "a name of another": member(0, name="nord.example"), "a card of another": member(0, card=good["members"][1]["card"]),
                       "a history": member(0, history="all"), "a wrong history": member(0, history="some"),
                       "an unknown member of a member": member(0, x=1)}.items():
        yield f"charter, {what}", with_charter(body)
    yield "charter, a stranger's line", with_charter(plain(good).decode(), lambda note: note + line("x", 1, witness, b""))
    yield "charter, a line less", with_charter(plain(good).decode(), lambda note: "".join(note.splitlines(True)[:-1]))


def all_cases(sample):
    for make in (entries, bodies, amendments, pretended, cards, checkpoints, answers, charters):
        yield from make(sample)


def random_envelopes(sample, rng, count):
    good = plain(envelope(to=[NORTH], re="north.example#1", seen={SOUTH: {"size": 3, "root": b64(bytes(32))}}, tlp="RED"))
    for _ in range(count):
        entry = bytearray(good)
        for _ in range(rng.choice([1, 1, 1, 2])):
            at = rng.randrange(len(entry))
            entry[at:at + rng.randrange(2)] = bytes([rng.choice(b'"\\{}[],:0123456789 aeE.+-\n\x00\xc3')])
        world = World(sample)
        index = len(world.data["logs"][0]["entries"]) - 1
        world.data["bodies"][0][world.place(0, index)] = None
        world.data["logs"][0]["entries"][index] = b64(bytes(entry))
        world.sign_log(0)
        yield "entry, bytes at random", world.done()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    head, text, tail = split(options.file.read_bytes())
    sample = json.loads(text)
    options.out.mkdir(parents=True, exist_ok=True)
    cases = []
    made = [*all_cases(sample), *random_envelopes(sample, random.Random(options.seed), 100)]
    for what, data in made:
        name = f"{len(cases):03}.html"
        (options.out / name).write_bytes(head + written(data, in_data).encode("ascii") + tail)
        cases.append({"file": name, "what": what})
    (options.out / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    print(f"{len(cases)} releases, seed {options.seed}")


if __name__ == "__main__":
    main()
