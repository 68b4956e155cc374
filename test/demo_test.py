#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration scene by scene, interrupted and run again, and an export of it with a thousand single bytes flipped, one at a time.

SEED=n repeats a run's choices.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from accounts_test import Browser
from desks import ALDIS, Tap, run

FLIPS = int(os.environ.get("FLIPS", "1000"))
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))


def flip(export, choice, cards):
    """Flips one bit of one byte of one file; says what was wrong, or nothing."""
    files = sorted(p for p in export.rglob("*") if p.is_file())
    sizes = [p.stat().st_size for p in files]
    at = choice.randrange(sum(sizes))
    for path, size in zip(files, sizes):
        if at < size:
            break
        at -= size
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << choice.randrange(8)
    kept = path.read_bytes()
    path.write_bytes(content)
    done = run("verify", str(export), *cards, check=False)
    path.write_bytes(kept)
    name = str(path.relative_to(export))
    if done.returncode != 1:
        return f"byte {at} of {name}: exit {done.returncode}"
    if name not in done.stdout + done.stderr:
        return f"byte {at} of {name} is not named: {done.stdout.strip()[:200]}"
    return None


SCENES = {  # what must be said in each, beside the title's first words
    "1. Three parties": ["fingerprint", "$ aldisd vendor &",
                         "trust south/card.note --compared"],
    "2. They agree": ["charter draft", "open  Elections"],
    "3. The line is alive": ["  check", "Pemilihan umum berlangsung di negara XN"],
    "4. North offers a pledge": ["Pihak yang menawarkan janji ini", "in force since",
                                 "The party that offers this pledge"],
    "5. The vendor": ["--attach addresses.txt", "south.example: understood", "stored there"],
    "6. North asks south": ["Apakah kegiatan yang kami amati", '"answer":"no"',
                            "We have neither ordered"],
    "7. North asks for consultations": ["consultation.request", "owes north.example"],
    "8. Silence": ["overdue", "VERIFIED  proof of silence", "shown by its own word",
                   "south.example talks and does not answer", "not shown:"],
    "9. North states the record": ["VERIFIED  record statement", "south.example agrees",
                                   "vendor.example agrees"],
    "10. What remains": ["VERIFIED  receipt", "VERIFIED  export"],
}


def scenes(tap, told):
    """Is every scene there, in order, and whole?"""
    parts = told.split("\n== ")[1:]
    tap.ok(len(parts) == len(SCENES), "every scene is told")
    for part, (title, words) in zip(parts, SCENES.items()):
        missing = [word for word in words if word not in part]
        tap.ok(part.startswith(title) and not missing, f"{title} {missing or ''}".strip())


def stranger(tap, demo, cards):
    """The files once more, by a call of our own."""
    for name in ("stranger/silence.proof", "statement.proof", "incident.tlog-proof",
                 "answer.tlog-proof", "export-north", "export-south"):
        done = run("verify", str(demo / name), *cards, check=False)
        tap.ok(done.returncode == 0 and done.stdout.startswith("VERIFIED"), f"{name} verifies")


def interrupted(tap, folder):
    """Ctrl-C ends it, and leaves neither processes nor files."""
    place = Path(folder) / "interrupted"
    place.mkdir()
    demo = subprocess.Popen([ALDIS, "demo"], stdout=subprocess.PIPE, text=True,
                            env={**os.environ, "TMPDIR": str(place)}, stdin=subprocess.DEVNULL)
    while "charter sign" not in demo.stdout.readline():
        pass
    daemons = [int(p.name) for p in Path("/proc").glob("[0-9]*") if is_daemon_of(p, place)]
    demo.send_signal(signal.SIGINT)
    demo.stdout.read()
    tap.ok(demo.wait(60) == 3, "a signal ends it")
    tap.ok(len(daemons) >= 3 and not any(is_daemon_of(Path("/proc") / str(pid), place)
                                         for pid in daemons), "its daemons have ended")
    tap.ok(list(place.iterdir()) == [], "its folder is gone")


def consoles(tap, demo):
    """Left running, it opens each desk's console to two people with passwords of this run."""
    running = subprocess.Popen([ALDIS, "demo", "--dir", str(demo)], stdout=subprocess.PIPE, text=True,
                               env={k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")},
                               stdin=subprocess.DEVNULL)
    try:
        told = ""
        while "Ctrl-C" not in told and (line := running.stdout.readline()):
            told += line
        doors = re.findall(r"^  (\S+)  http://127\.0\.0\.1:(\d+)/$", told, re.M)
        people = re.findall(r"^    name  (\S+) +password  (\S+)\n    code  \S+ operator code (\S+)$", told, re.M)
        tap.ok([name for name, _ in doors] == ["north.example", "south.example", "vendor.example"],
               f"it says where the consoles are {doors}")
        tap.ok(len(people) == 6, f"and two people for each {[name for name, _, _ in people]}")
        found = [let_in(int(doors[at // 2][1]), *person) for at, person in enumerate(people)]
        tap.ok(found == [201] * 6, f"each of whom gets in {found}")
    finally:
        running.send_signal(signal.SIGINT)
        running.stdout.read()
        tap.ok(running.wait(60) == 0, "Ctrl-C ends it")


def let_in(port, name, password, secret):
    code = run("operator", "code", secret).stdout.strip()
    return Browser(port).post("/api/session", {"name": name, "password": password, "code": code})


def is_daemon_of(process, place):
    try:
        return str(place) in (process / "cmdline").read_text()
    except OSError:
        return False


def scenario(tap, folder):
    print(f"# seed {SEED}", flush=True)
    demo = Path(folder) / "demo"
    done = subprocess.run([ALDIS, "demo", "--once", "--dir", str(demo)], capture_output=True,
                          text=True, timeout=180, stdin=subprocess.DEVNULL)
    tap.ok(done.returncode == 0, "aldis demo --once ends well")
    if done.returncode != 0:
        print("# " + (done.stdout[-2000:] + done.stderr).replace("\n", "\n# "))
    scenes(tap, done.stdout)
    tap.ok(done.stdout.count("VERIFIED") == 6 and "NOT VERIFIED" not in done.stdout,
           "everything in it verifies")
    cards = [a for d in ("north", "south", "vendor")
             for a in ("--trust", str(demo / d / "card.note"))]
    stranger(tap, demo, cards)
    again = subprocess.run([ALDIS, "demo", "--once", "--dir", str(demo)], capture_output=True,
                           text=True, timeout=180, stdin=subprocess.DEVNULL)
    tap.ok(again.returncode == 0 and "aldis init" not in again.stdout,
           "it goes on on the same folder")
    consoles(tap, demo)
    interrupted(tap, folder)
    exports = sorted(p.parent for p in demo.rglob("manifest"))
    for export in exports:
        anonymous = run("verify", str(export), check=False)
        tap.ok(anonymous.returncode == 4 and "Compare" in anonymous.stdout,
               f"{export.name} without cards: consistent, keys not compared")
    copy = Path(folder) / "copy"
    shutil.copytree(exports[0], copy)
    choice, wrong = random.Random(SEED), []
    for _ in range(FLIPS):
        found = flip(copy, choice, cards)
        if found:
            wrong.append(found)
    for line in wrong[:10]:
        print(f"# {line}")
    tap.ok(not wrong, f"{FLIPS} flipped bytes are each found and their file named")
    victim = next(p for p in copy.rglob("*") if p.is_file() and "blobs" in str(p))
    victim.unlink()
    tap.ok(run("verify", str(copy), *cards, check=False).returncode == 1, "a missing file is found")
    shutil.rmtree(copy)
    shutil.copytree(exports[0], copy)
    (copy / "more").write_text("more")
    tap.ok(run("verify", str(copy), *cards, check=False).returncode == 1, "a file too many is found")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    Tap().play(scenario)
