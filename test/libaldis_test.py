#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""libaldis as others get it: installed into an empty place, the examples built there with pkg-config alone, and
run over what two real desks let out: a receipt, a proof of silence, a release, a pouch; and changed copies."""

import importlib.util
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from desks import Tap, open_pair, until

SOURCE, BUILD = Path(os.environ["ALDIS_SOURCE"]), Path(os.environ["ALDIS_BUILD"])
EXAMPLES = SOURCE / "examples"
TEMPLATE = {"duties": [{"on": "query", "owe": ["answer"], "within": "PT3S"}],
            "limits": {"skew": "PT2S", "body": 262144, "attachment": 8388608, "attachments": 64,
                       "quota": 1073741824}}
CHANGED = 12


# Installed

def install(tap, place):
    subprocess.run(["meson", "install", "-C", str(BUILD), "--no-rebuild", "--quiet", "--destdir", str(place)],
                   check=True, capture_output=True, timeout=120)
    found = {name: next(place.rglob(name), None)
             for name in ("aldis.h", "libaldis.so", "libaldis.so.0", "libaldis.a", "libaldis.pc")}
    tap.ok(all(found.values()), "header, both forms of the library and libaldis.pc are installed")
    named = set(re.findall(r"^\.Pa (spec/\w+\.\w+)", (SOURCE / "man" / "aldis.1").read_text(), re.MULTILINE))
    pages = next(place.rglob("doc/aldis"))
    tap.ok(named and all((pages / name).is_file() for name in named), "so are the pages that aldis(1) points to")
    return found["libaldis.pc"].parent, found["libaldis.so.0"]


def flags(place, pc, *more):
    """What pkg-config says of nothing but the place."""
    done = subprocess.run(["pkg-config", *more, "--cflags", "--libs", "libaldis"], check=True, text=True,
                          capture_output=True,
                          env={**os.environ, "PKG_CONFIG_PATH": str(pc), "PKG_CONFIG_SYSROOT_DIR": str(place)})
    return done.stdout.split()


def build(tap, folder, place, pc, *more):
    folder.mkdir()
    failed = []
    for source in sorted(EXAMPLES.glob("*.c")):
        command = ["cc", "-std=gnu99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", str(folder / source.stem),
                   str(source), *flags(place, pc, *more)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            failed.append(source.name)
            print(f"# {' '.join(command)}\n# {done.stderr}", file=sys.stderr)
    tap.ok(not failed, f"the C examples build with pkg-config {' '.join(more) or 'alone'}")
    return folder


def without_shared(place, into):
    """A copy in which the static form alone is there."""
    shutil.copytree(place, into, symlinks=True)
    for path in list(into.rglob("libaldis.so*")):
        path.unlink()
    return into, next(into.rglob("libaldis.pc")).parent


class Programs:
    """The examples in C, with the shared or the static library, and in Python."""

    def __init__(self, shared, static, library):
        self.folders, self.library = {"shared": shared, "static": static}, library

    def run(self, how, name, *args):
        """How: shared, static, python. The exit status, and what was printed."""
        env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
        if how == "python":
            command, env["ALDIS_LIBRARY"] = [sys.executable, str(EXAMPLES / "verify.py")], str(self.library)
        else:
            command = [str(self.folders[how] / name)]
        if how == "shared":
            env["LD_LIBRARY_PATH"] = str(self.library.parent)
        done = subprocess.run([*command, *map(str, args)], capture_output=True, text=True, timeout=60, env=env)
        return done.returncode, done.stdout + done.stderr


# What two desks let out

def say(desk, channel, text, *more):
    return desk.aldis("send", channel, "text", "--body", "-", *more,
                      stdin=json.dumps({"language": "en", "text": text})).stdout.strip()


def make_silence(folder, north, channel):
    question = north.aldis("send", channel, "query", "--body", "-", "--wait", "20",
                           stdin='{"language":"en","question":"Is this yours?"}').stdout.strip()

    def made():
        say(north, channel, "We are waiting.")
        return north.aldis("silence", channel, question, "-o", str(folder / "silence"), check=False).returncode == 0
    until(made, 60, "the silence can be proven")
    return question


def make_release(folder, north, south, channel, secret):
    (folder / "manifest").write_text(north.aldis("release", "draft", channel, "--withhold", secret).stdout,
                                     encoding="utf-8")
    request = north.aldis("release", "request", channel, str(folder / "manifest"), "--text", "To end rumours"
                          ).stdout.strip()
    south.aldis("show", channel, request, "--wait", "20")
    south.aldis("release", "consent", channel, request)
    until(lambda: north.aldis("release", "build", channel, str(folder / "manifest"), "-o",
                              str(folder / "release.html"), check=False).returncode == 0, 20, "it can be built")


def make_pouch(folder, north, south, channel):
    south.stop()
    photo = folder / "photo"
    photo.write_bytes(random.Random(5).randbytes(20000))
    say(north, channel, "By hand, with a photo", "--attach", str(photo))
    made = north.json("pouch", "out", channel, south.name, "--part-size", "8192", "-o", str(folder / "carried"))
    return [Path(name) for name in made["files"]]


def make_all(tap, folder):
    north, south, channel = open_pair(tap, folder, TEMPLATE)
    message = say(north, channel, "Said \x1b[31mto all", "--wait", "20")
    secret = say(north, channel, "Withheld", "--wait", "20")
    north.aldis("receipt", channel, message, "--from", south.name, "-o", str(folder / "receipt.tlog-proof"))
    question = make_silence(folder, north, channel)
    make_release(folder, north, south, channel, secret)
    parts = make_pouch(folder, north, south, channel)
    return {"cards": [desk.folder / "card.note" for desk in (north, south)], "message": message, "secret": secret,
            "question": question, "parts": parts, "key": south.folder / "keys" / "box.key"}


# Checked

def shows(tap, code, printed, expected, words, what):
    missing = [word for word in words if word not in printed]
    tap.ok(code == expected and not missing, what)
    if code != expected or missing:
        print(f"# {code} instead of {expected}, lacks {missing}:\n# " + printed.replace("\n", "\n# "))


def changed_copies(path, folder):
    """Copies that differ in one byte each."""
    content = path.read_bytes()
    for number in range(CHANGED):
        at = random.Random(number).randrange(len(content) // 8, len(content) - 1)
        copy = folder / f"changed-{path.name}"
        copy.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1:])
        yield copy


def checks_files(tap, folder, programs, made):
    cards = made["cards"]
    files = {"receipt.tlog-proof": [f"south.example held message {made['message']}"],
             "silence": ["south.example did not answer", f"message {made['question']} (query)", "as of"],
             "release.html": ["is joint", "south.example consented", "1 messages are withheld",
                              made["message"], "Said", "to all"]}
    for how in ("shared", "static", "python"):
        for name, words in files.items():
            path = folder / name
            code, printed = programs.run(how, "verify_file", path, *cards)
            shows(tap, code, printed, 0, words, f"{how}: {name} is verified and read")
            tap.ok("\x1b" not in printed and "Withheld" not in printed,
                   f"{how}: {name}: no escape sequence, nothing that is withheld")
            code, printed = programs.run(how, "verify_file", path)
            shows(tap, code, printed, 3 if name.startswith("receipt") else 4, [],
                  f"{how}: {name}: without cards it says so")
            codes = [programs.run(how, "verify_file", copy, *cards)[0] for copy in changed_copies(path, folder)]
            # Of a receipt that names another desk nothing can be said: there is no card of it.
            told = (1, 3) if name.startswith("receipt") else (1,)
            tap.ok(all(code in told for code in codes), f"{how}: {name}: none of {CHANGED} changed copies is believed")
        part = made["parts"][0]
        shows(tap, *programs.run(how, "verify_file", part, *cards), 4,
              ["part 1 of", "from north.example for south.example"], f"{how}: a part of a pouch says whose it is")
    for how in ("shared", "static"):
        code, printed = programs.run(how, "verify_receipt", folder / "receipt.tlog-proof", *cards)
        shows(tap, code, printed, 0, ["south.example held message"], f"{how}: the smallest example")


def checks_pouch(tap, folder, programs, made):
    parts, cards = made["parts"], [arg for card in made["cards"] for arg in ("-c", card)]
    tap.ok(len(parts) > 2, "the pouch has several parts")
    for how in ("shared", "static"):
        code, printed = programs.run(how, "read_pouch", *reversed(parts[1:]))
        shows(tap, code, printed, 1, ["missing: 1"], f"{how}: a part that is missing is named")
        code, printed = programs.run(how, "read_pouch", *reversed(parts), *parts)
        shows(tap, code, printed, 0, ["whole: "], f"{how}: parts in any order and twice make it whole")
        code, printed = programs.run(how, "read_pouch", "-k", made["key"], *cards, *parts)
        shows(tap, code, printed, code if code in (0, 4) else 0,
              ["By hand, with a photo", "north.example signed its log", "1 attachments"],
              f"{how}: with the key it is read")
        for copy in changed_copies(parts[1], folder):
            code, printed = programs.run(how, "read_pouch", parts[0], copy, *parts[2:])
            if code != 1 or "missing: 2" not in printed:
                break
        shows(tap, code, printed, 1, ["missing: 2"], f"{how}: a changed part is told and left out")


def loses_no_memory(tap, folder, library, cards):
    """The same files over and over in one process: its memory stops growing."""
    os.environ["ALDIS_LIBRARY"] = str(library)
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("verify", EXAMPLES / "verify.py")
    verify = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(verify)
    lib, notes = verify.load(), [card.read_bytes() for card in cards]

    def go(times):
        for _ in range(times):
            for name in ("receipt.tlog-proof", "silence", "release.html", "changed-release.html", "none"):
                with verify.Result(lib, str(folder / name), notes) as found:
                    for i in found.each("message") if found else ():
                        found.message_body(i).copy()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before = go(40)
    after = go(160)
    tap.ok(after - before < 1024, f"the Python example loses no memory ({before} KiB, then {after} KiB)")


def scenario(tap, folder):
    folder = Path(folder)
    place = folder / "installed"
    pc, library = install(tap, place)
    shared = build(tap, folder / "shared", place, pc)
    static = build(tap, folder / "static", *without_shared(place, folder / "installed-static"), "--static")
    linked = subprocess.run(["ldd", str(static / "verify_file")], capture_output=True, text=True, check=True).stdout
    tap.ok("libaldis" not in linked, "the static form needs no libaldis when it runs")
    made = make_all(tap, folder)
    programs = Programs(shared, static, library)
    checks_files(tap, folder, programs, made)
    status, said = Programs(shared, static, folder / "nowhere.so").run("python", "verify_file", "none")
    tap.ok(status == 3 and "Traceback" not in said, "without the library verify.py has no answer, which is not a no")
    checks_pouch(tap, folder, programs, made)
    loses_no_memory(tap, folder, library, made["cards"])


if __name__ == "__main__":
    Tap().play(scenario)
