#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Copies of a release file whose data was tampered with; none of them may be accepted.

The page stays as it is. Every copy is another way of changing the data, at every level:
bytes, the form of JSON and base64, the manifest, notes, entries, bodies, attachments,
answers. The same file, seed and count give the same copies. The release must hold
consents: without them some members of a manifest are vouched for by nobody.

usage: release_tamper.py FILE.html OUT_DIR [--count 500] [--seed 1]

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

OPEN = b'<script type="application/json" id="release-data">'
CLOSE = b"</script>"
SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def split(file):
    """The file before its data, the data, the file behind it."""
    at = file.index(OPEN) + len(OPEN)
    end = file.index(CLOSE, at)
    return file[:at], file[at:end], file[end:]


# The one form

def units(char):
    code = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{code[i]:02X}{code[i + 1]:02X}" for i in range(0, len(code), 2))


def in_data(text):
    return '"' + re.sub('["\\\\\\x00-\\x1f<\u0080-\U0010ffff]', lambda c: SHORT.get(c[0]) or units(c[0]), text) + '"'


def in_manifest(text):
    return '"' + re.sub('["\\\\\\x00-\\x1f]', lambda c: SHORT.get(c[0]) or units(c[0]), text) + '"'


def written(value, string):
    if isinstance(value, str):
        return string(value)
    if isinstance(value, list):
        return "[" + ",".join(written(item, string) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(string(name) + ":" + written(item, string) for name, item in value.items()) + "}"
    return json.dumps(value)


def manifest_of(data):
    return json.loads(data["manifest"].split("\n")[1])


def set_manifest(data, manifest):
    data["manifest"] = "aldis.release/1\n" + written(manifest, in_manifest) + "\n"


def b64(data):
    return base64.b64encode(data).decode()


def flipped(rng, text):
    """Base64 of the same bytes but for one bit."""
    data = bytearray(base64.b64decode(text))
    if not data:
        return b64(b"\0")
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return b64(bytes(data))


def place(rng, rows):
    """Where in a list of lists something stands."""
    return rng.choice([(i, j) for i, row in enumerate(rows) for j, item in enumerate(row) if item is not None])


# Ways to change. Each takes random numbers and the data (text or parsed), and returns what it became, or None when
# there is nothing to change.

def one_byte(rng, text):
    at = rng.randrange(len(text))
    return text[:at] + bytes([text[at] ^ 1 << rng.randrange(8)]) + text[at + 1:]


def dropped_byte(rng, text):
    at = rng.randrange(len(text))
    return text[:at] + text[at + 1:]


def added_byte(rng, text):
    at = rng.randrange(len(text))
    return text[:at] + bytes([rng.choice(b"aA0=\\\"{[,: \t\n\r\x00\x7f\x80\xff")]) + text[at:]


def swapped_bytes(rng, text):
    while True:
        at = rng.randrange(len(text) - 1)
        if text[at] != text[at + 1]:
            return text[:at] + text[at + 1:at + 2] + text[at:at + 1] + text[at + 2:]


def cut(rng, text):
    return text[:rng.randrange(len(text))]


def repeated_slice(rng, text):
    at, length = rng.randrange(len(text)), rng.randrange(1, 200)
    return text[:at] + text[at:at + length] + text[at:]


def other_character(rng, text):
    found = list(re.finditer(rb"[A-Za-z0-9]", text))
    at = rng.choice(found).start()
    return text[:at] + rng.choice([b for b in (b"A", b"a", b"7", b"\xc3\xa9", b"\xff", b"\xed\xa0\x80", b"\xe2\x80\xa8",
                                               b"\x00", b"<", b"\\u0041", b"\\u003C", b"\\uD800", b"\\uDC00\\uD800")
                                   if b != text[at:at + 1]]) + text[at + 1:]


def blank(rng, text):
    """White space where JSON would allow it."""
    marks = [m.start() for m in re.finditer(rb'[\[\]{},:]', re.sub(rb'"(?:[^"\\]|\\.)*"', lambda m: b"x" * len(m[0]), text))]
    at = rng.choice(marks) + rng.randrange(2)
    return text[:at] + rng.choice([b" ", b"\n", b"\t", b"\r\n", b"\xef\xbb\xbf", b"\xc2\xa0", b"/**/"]) + text[at:]


def around(rng, text):
    before, behind = rng.choice([(b"", b"\n"), (b"\n", b""), (b" ", b" "), (b"\xef\xbb\xbf", b""), (b"", b"\x00"),
                                 (b"[", b"]"), (b"", b"{}"), (b"", text), (b"", b"</script><p>Checked: all is true.</p><script>"),
                                 (b"", b";"), (b"", b"//"), (b"", b"\x1a")])
    return before + text + behind


def other_escape(rng, text):
    ways = [(rb"\\u003C", b"\\u003c"), (rb"\\u003C", b"<"), (rb"\\n", b"\\u000A"), (rb"\\n", b"\\u000a"), (rb'\\"', b"\\u0022"),
            (rb"/", b"\\/"), (rb"\\u2014", b"\xe2\x80\x94"), (rb"\\u2014", b"\\u2013"), (rb"aldis", b"\\u0061ldis")]
    old, new = rng.choice(ways)
    found = list(re.finditer(old, text))
    if not found:
        return None
    at = rng.choice(found)
    return text[:at.start()] + new + text[at.end():]


def other_number(rng, text):
    return text.replace(b'"aldis":1,', b'"aldis":' + rng.choice(
        [b"2", b"1.0", b"1e0", b"01", b"-1", b'"1"', b"true", b"null", b"-0", b"1.0000000000000000001", b"+1", b"0x1",
         b"[1]", b"9007199254740993", b"1E400"]) + b",", 1)


def more_members(rng, text):
    name, value = rng.choice([(b"manifest", b'""'), (b"aldis", b"1"), (b"answers", b"[]"), (b"__proto__", b"{}"),
                              (b"constructor", b"1"), (b"toString", b"null"), (b"", b"{}"), (b"0", b"0"), (b"cards", b"[]")])
    member = b'"' + name + b'":' + value
    return rng.choice([text[:-1] + b"," + member + b"}", b"{" + member + b"," + text[1:]])


def nested(rng, text):
    depth = rng.choice([40, 3000, 100000])
    deep = rng.choice([(b"[", b"]"), (b'{"a":', b"}")])
    return text.replace(b'"cards":[', b'"cards":[' + deep[0] * depth + b"1" + deep[1] * depth + b",", 1)


BYTES = [(one_byte, 6), (dropped_byte, 3), (added_byte, 3), (swapped_bytes, 3), (cut, 1), (repeated_slice, 2), (other_character, 4),
         (blank, 2), (around, 2), (other_escape, 2), (other_number, 1), (more_members, 1), (nested, 1)]


def members(rng, data):
    """Members of an object in another order, missing, or one more."""
    objects = [data, *data["logs"], *data["answers"]]
    chosen = rng.choice(objects)
    names = list(chosen)
    old = dict(chosen)
    way = rng.randrange(3)
    if way == 0:
        i, j = rng.sample(range(len(names)), 2)
        names[i], names[j] = names[j], names[i]
    elif way == 1:
        names.remove(rng.choice(names))
    chosen.clear()
    chosen.update((name, old[name]) for name in names)
    if way == 2:
        chosen[rng.choice(["x", "__proto__", "length", "origin2"])] = "x"
    return data


def types(rng, data):
    wrong = rng.choice([None, True, 1, {}, [], "", ["x"], {"x": "y"}])
    name = rng.choice(["manifest", "charters", "cards", "ends", "logs", "bodies", "attachments", "answers"])
    if data[name] == wrong:
        return None
    if isinstance(data[name], list) and data[name] and rng.randrange(2):
        data[name][rng.randrange(len(data[name]))] = wrong
    else:
        data[name] = wrong
    if name in ("answers", "cards", "ends") and data[name] == []:
        return None  # nobody need have answered
    return data


def base64_variant(rng, data):
    """The same bytes, or nearly, written in another way."""
    rows = rng.choice([[log["entries"] for log in data["logs"]], data["bodies"]])
    i, j = place(rng, rows)
    text = rows[i][j]
    ways = [text.rstrip("="), text + "=", text + "\n", " " + text, text[:4] + "\n" + text[4:], text.replace("+", "-"),
            text.replace("/", "_"), text[:-1], text + "AAAA", "", text + "====", text[:8] + "=" + text[8:], text + "\u0000",
            text[:-2] + "é="]
    if text.endswith("=="):
        ways.append(text[:-3] + chr(ord(text[-3]) + 1) + "==")
    chosen = rng.choice([way for way in ways if way != text] or [None])
    if chosen is None:
        return None
    rows[i][j] = chosen
    return data


def papers(rng, data):
    """A charter, a card, the end of a log: a character, a line, all of it."""
    name = rng.choice(["charters", "charters", "cards", "ends"])
    if not data[name]:
        return None
    i = rng.randrange(len(data[name]))
    note = data[name][i]
    lines = note.split("\n")
    way = rng.randrange(6)
    if way == 0:
        at = rng.randrange(len(note))
        data[name][i] = note[:at] + ("x" if note[at] != "x" else "y") + note[at + 1:]
    elif way == 1:
        at = rng.randrange(len(lines))
        data[name][i] = "\n".join(lines[:at] + lines[at + 1:])
        if data[name][i] == note:
            return None
    elif way == 2 and name == "charters":
        del data[name][i]
    elif way == 3:
        data[name][i] = note + rng.choice(["\n", "x", " ", "\u2014 a b\n", "\n\n", "\u0000", "\r\n"])
    elif way == 4 and name == "charters":
        data[name].insert(i, note)
    elif way == 5 and len(data["charters"]) > 1 and name == "charters":
        data[name].reverse()
    else:
        data[name][i] = note.replace("\u2014", rng.choice(["-", "\u2013", "\u2014 "]), 1)
    return data


def manifest_member(rng, data):
    """A member of the manifest says something else, in the right form or not."""
    manifest = manifest_of(data)
    log = rng.choice(manifest["logs"])
    other = hashlib.sha256(rng.randbytes(8)).hexdigest()
    ways = [
        lambda: manifest.update(made="2001-01-01T00:00:00Z"), lambda: manifest.update(made="2026-02-30T00:00:00Z"),
        lambda: manifest.update(made=manifest["made"].replace("Z", ".0Z")), lambda: manifest.update(made="20261120T000000Z"),
        lambda: manifest.update(title=manifest["title"] + "x"), lambda: manifest.update(title=""),
        lambda: manifest.update(rule=rng.choice([r for r in ("joint", "originator", "confidential", "Joint", "")
                                                 if r != manifest["rule"]])),
        lambda: manifest.update(by="nobody.example"), lambda: manifest.update(by=manifest["by"].upper()),
        lambda: manifest.update(channel=other), lambda: manifest.update(charter=other),
        lambda: manifest.update(charter=manifest["charter"].upper()), lambda: manifest.update(aldis=2),
        lambda: manifest.update(cover={"en": "Another cover"}), lambda: manifest.update(cover={"id": "x", "en": "y"}),
        lambda: manifest.update(cover={"en": ""}), lambda: manifest.update(cover={"de": "x"}),
        lambda: manifest.update(cover={"en": "x" * 20001}), lambda: manifest.update(cover={"en": "\u00e9" * 10001}),
        lambda: manifest.update(cover=[]), lambda: manifest.update(attachments=manifest["attachments"] + [other]),
        lambda: manifest.update(attachments=sorted(manifest["attachments"] + [other])),
        lambda: manifest.update(attachments=manifest["attachments"] * 2), lambda: manifest.update(more=1),
        lambda: log.update(size=log["size"] + 1), lambda: log.update(size=log["size"] + 0.5), lambda: log.update(size=-1),
        lambda: log.update(size=10 ** 21), lambda: log.update(size=2 ** 53 + 1), lambda: log.update(size=str(log["size"])),
        lambda: log.update(first=log["first"] + 1), lambda: log.update(first=log["size"] + 1),
        lambda: log.update(root=b64(hashlib.sha256(other.encode()).digest())), lambda: log.update(root=log["root"][:-1]),
        lambda: log.update(root=b64(b"x" * 31)), lambda: log.update(origin=log["origin"] + "/2"),
        lambda: log.update(origin="x" + log["origin"]), lambda: log.update(origin=log["origin"].split("/")[0] + "/" + other),
        lambda: manifest["logs"].reverse(), lambda: manifest["logs"].pop(), lambda: manifest["logs"].append(dict(log)),
        lambda: manifest.update(logs=[]), lambda: log.pop("first"),
    ]
    before = copy.deepcopy(manifest)
    rng.choice(ways)()
    if manifest == before:
        return None
    set_manifest(data, manifest)
    return data


def modes(rng, data):
    """Another choice than the members consented to."""
    manifest = manifest_of(data)
    log = rng.choice(manifest["logs"])
    runs = re.findall(r"(\d+)([few])", log["modes"])
    if not runs:
        return None
    i = rng.randrange(len(runs))
    count, mode = runs[i]
    way = rng.randrange(7)
    other = rng.choice([m for m in "few" if m != mode])
    runs[i] = [(count, other), (str(int(count) + 1), mode), ("0" + count, mode), (count, mode.upper()),
               (count + mode + "1", mode), (str(int(count) - 1), mode), (count + mode + "0", other)][way]
    log["modes"] = "".join(count + mode for count, mode in runs)
    set_manifest(data, manifest)
    return data


def manifest_text(rng, data):
    """The manifest in another form."""
    text = data["manifest"]
    data["manifest"] = rng.choice([
        text[:-1], text + "\n", text.replace("\n", "\r\n"), text.replace(",", ", ", 1), text.replace("release/1", "release/2"),
        text.replace("release/1", "release/01"), "\ufeff" + text, text.replace(":1,", ":1.0,", 1), text.replace(":1,", ":1e0,", 1),
        text.replace('"aldis":1,', '"aldis":1,"aldis":1,'), text.replace('"title":"', '"title":"\\u0041', 1),
        text.replace('"by":"', '"by":"\u0000', 1), text.replace('"title":"', '"title":"\ud800', 1), text.replace("}", ",}", 1),
        text.replace('"first":0', '"first":-0', 1), text.replace('"size":', '"size":0', 1), text.replace("Z", "z", 1),
        text.replace('"channel"', '"__proto__":{},"channel"', 1), text[: len(text) // 2], ""])
    return data if data["manifest"] != text else None


def entry(rng, data):
    rows = [log["entries"] for log in data["logs"]]
    i, j = place(rng, rows)
    row = rows[i]
    way = rng.randrange(8)
    if way == 0:
        row[j] = flipped(rng, row[j])
    elif way == 1:
        del row[j]
    elif way == 2:
        row.insert(j, row[j])
    elif way == 3 and len(row) > 1:
        k = rng.choice([k for k in range(len(row)) if k != j])
        row[j], row[k] = row[k], row[j]
    elif way == 4:
        row[j] = b64(hashlib.sha256(b"\0" + base64.b64decode(row[j])).digest())
    elif way == 5:
        row.append(b64(b"{}"))
    elif way == 6:
        row[j] = b64(base64.b64decode(row[j]) + b" ")
    else:
        row[j] = b64(bytes(32))
    return data


def words(rng, data):
    """Another word in an entry or a body that is shown."""
    rows = rng.choice([[log["entries"] for log in data["logs"]], data["bodies"]])
    i, j = place(rng, rows)
    raw = base64.b64decode(rows[i][j])
    changed = raw.replace(b"e", b"a", 1)
    if changed == raw:
        return None
    rows[i][j] = b64(changed)
    return data


def checkpoint(rng, data):
    log = rng.choice(data["logs"])
    text, _, signatures = log["checkpoint"].rpartition("\n\n")
    lines = signatures.splitlines()
    way = rng.randrange(8)
    k = rng.randrange(len(lines))
    if way == 0:
        lines = lines[1:]  # the log's own
    elif way == 1:
        name, signature = lines[k].rsplit(" ", 1)
        lines[k] = name + " " + flipped(rng, signature)
    elif way == 2:
        lines.append(lines[k])
    elif way == 3:
        lines.append("\u2014 stranger.example/mirror " + b64(rng.randbytes(76)))
    elif way == 4:
        lines[k] = lines[k].replace(".example", ".exampl")
    elif way == 5:
        text = rng.choice([text.replace("\n", "\n0", 1), text + "\nextra", text.replace("example", "exampl", 1),
                           text.replace("\n", "\n1", 1)])
    elif way == 6:
        other = rng.choice(data["logs"])
        if other is log:
            return None
        lines = other["checkpoint"].rpartition("\n\n")[2].splitlines()
    else:
        other = rng.choice(data["logs"])
        if other is log:
            return None
        log["checkpoint"], other["checkpoint"] = other["checkpoint"], log["checkpoint"]
        return data
    log["checkpoint"] = text + "\n\n" + "".join(line + "\n" for line in lines)
    return data


def logs(rng, data):
    if len(data["logs"]) < 2:
        return None
    i, j = rng.sample(range(len(data["logs"])), 2)
    way = rng.randrange(4)
    if way == 0:
        data["logs"][i], data["logs"][j] = data["logs"][j], data["logs"][i]
    elif way == 1:
        del data["logs"][i]
    elif way == 2:
        data["logs"].append(data["logs"][i])
    else:
        data["logs"][i]["entries"], data["logs"][j]["entries"] = data["logs"][j]["entries"], data["logs"][i]["entries"]
    return data


def bodies(rng, data):
    i, j = place(rng, data["bodies"])
    row = data["bodies"][i]
    way = rng.randrange(8)
    if way == 0:
        row[j] = flipped(rng, row[j])
    elif way == 1:
        row[j] = None
    elif way == 2:
        del row[j]
    elif way == 3:
        row.append(row[j])
    elif way == 4 and len(row) > 1:
        k = rng.choice([k for k in range(len(row)) if k != j])
        row[j], row[k] = row[k], row[j]
    elif way == 5:
        data["bodies"].append([])
    elif way == 6:
        data["bodies"].pop()
    else:
        row[j] = b64(base64.b64decode(row[j])[:-1])
    return data


def attachments(rng, data):
    if not data["attachments"]:
        data["attachments"][hashlib.sha256(b"").hexdigest()] = ""
        return data
    name = rng.choice(list(data["attachments"]))
    value = data["attachments"][name]
    way = rng.randrange(5)
    if way == 0:
        data["attachments"][name] = flipped(rng, value)
    elif way == 1:
        del data["attachments"][name]
    elif way == 2:
        data["attachments"][hashlib.sha256(value.encode()).hexdigest()] = value
    elif way == 3:
        data["attachments"] = {(name[:-1] + ("0" if name[-1] != "0" else "1") if key == name else key): item
                               for key, item in data["attachments"].items()}
    else:
        data["attachments"] = {**{rng.choice(["5", "__proto__", "length", name.upper() + "A"]): value}, **data["attachments"]}
    return data


def answers(rng, data):
    if not data["answers"]:
        return None
    k = rng.randrange(len(data["answers"]))
    answer = data["answers"][k]
    other = rng.choice(data["answers"])
    way = rng.randrange(11)
    if way == 0:
        answer["entry"] = flipped(rng, answer["entry"])
    elif way == 1:
        answer["body"] = flipped(rng, answer["body"])
    elif way == 2:
        answer["desk"] = rng.choice(["nobody.example", answer["desk"].upper(), "", answer["desk"] + ".", "__proto__"])
    elif way == 3:
        data["answers"].insert(k, answer)
    elif way == 4 and len(data["answers"]) > 1:
        data["answers"].reverse()
    elif way == 5 and other is not answer:
        answer["proof"] = other["proof"]
    elif way == 6 and other is not answer:
        answer["entry"], answer["body"] = other["entry"], other["body"]
    elif way == 7:
        answer["proof"] = re.sub(r"\nindex (\d+)\n", lambda m: f"\nindex {int(m[1]) + rng.choice([1, 7, 2 ** 40])}\n", answer["proof"])
    elif way == 8:
        lines = answer["proof"].split("\n")
        at = rng.randrange(len(lines) - 1)
        lines[at] = rng.choice([lines[at] + " ", lines[at][:-1], "", lines[at] + "\n" + lines[at]])
        changed = "\n".join(lines)
        if changed == answer["proof"]:
            return None
        answer["proof"] = changed
    elif way == 9:
        answer["body"] = b64(base64.b64decode(answer["body"])[:16] + b'{"manifest":"' + b"0" * 64 + b'"}')
    else:
        answer["proof"] = rng.choice(["", answer["proof"].replace("@v1", "@v2"), answer["proof"].replace("index ", "index 0"),
                                      answer["proof"].replace("index", "extra AAAA\nindex"), answer["proof"] + "\n"])
    return data


def consents(rng, data):
    """All have consented to another manifest than this one."""
    manifest = manifest_of(data)
    year = rng.randrange(1990, 2025)
    manifest["made"] = f"{year}{manifest['made'][4:]}"
    set_manifest(data, manifest)
    return data


PARTS = [(members, 2), (types, 2), (base64_variant, 3), (papers, 4), (manifest_member, 6), (modes, 3), (manifest_text, 3), (entry, 6),
         (words, 3), (checkpoint, 5), (logs, 2), (bodies, 4), (attachments, 3), (answers, 5), (consents, 1)]


def own_script_again(tail):
    """The page's policy lets its own script pass, wherever it stands."""
    script = tail[tail.index(b"<script>"):tail.index(CLOSE, tail.index(b"<script>"))]

    def its_script_again(rng, text):
        return text + rng.choice([CLOSE, CLOSE + b"\n"]) + script + CLOSE + b'<p id="state" class="compared">Compared</p><script type="x">'
    return its_script_again


def tampered(rng, text, parsed, again):
    """One copy: what was done, and the data as bytes."""
    ways = [(way, is_bytes) for table, is_bytes in (([*BYTES, (again, 1)], True), (PARTS, False))
            for way, weight in table for _ in range(weight)]
    while True:
        way, is_bytes = rng.choice(ways)
        changed = way(rng, text if is_bytes else copy.deepcopy(parsed))
        if changed is not None and not is_bytes:
            changed = written(changed, in_data).encode("ascii")
        if changed is not None and changed != text:
            return way.__name__.replace("_", " "), changed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    head, text, tail = split(options.file.read_bytes())
    parsed = json.loads(text)
    if written(parsed, in_data).encode() != text or not parsed["answers"]:
        raise SystemExit("release_tamper.py: the release is not in its one form, or nobody has consented to it")
    rng, again = random.Random(options.seed), own_script_again(tail)
    options.out.mkdir(parents=True, exist_ok=True)
    cases, seen = [], {text}
    while len(cases) < options.count:
        what, changed = tampered(rng, text, parsed, again)
        if changed in seen:
            continue
        seen.add(changed)
        name = f"{len(cases):03}.html"
        (options.out / name).write_bytes(head + changed + tail)
        cases.append({"file": name, "what": what})
    (options.out / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    print(f"{len(cases)} copies, seed {options.seed}")


if __name__ == "__main__":
    main()
