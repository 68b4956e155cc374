#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One answer from two readers: what C and the page's script say of releases that were tampered with, or signed and odd."""

import collections
import json
import os
import subprocess
import tempfile
from pathlib import Path

from desks import Tap

SOURCE = Path(os.environ["ALDIS_SOURCE"])
SAMPLE, HEAVY, CODES, TAIL = (os.environ[name] for name in ("RELEASE_SAMPLE", "RELEASE_HEAVY", "RELEASE_CODES", "RELEASE_TAIL"))
SEED = 1


def output(*command, stdin=None):
    done = subprocess.run([str(part) for part in command], input=stdin, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]}: {done.stderr[-2000:]}")
    return done.stdout


def codes(folder, *order):
    """What both say of each file, with what was done to it."""
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    paths = "".join(f"{folder / case['file']}\n" for case in cases)
    in_c = output(CODES, *order, stdin=paths).splitlines()
    in_page = output("node", SOURCE / "test/release_codes.mjs", TAIL, SOURCE / "src/release/page/page.js", *order, stdin=paths).splitlines()
    if not len(cases) == len(in_c) == len(in_page):
        raise AssertionError("not one answer for each file")
    return [(case["what"], c, page) for case, c, page in zip(cases, in_c, in_page)]


def agree(tap, rows, what):
    different = [row for row in rows if row[1] != row[2]]
    for row in different[:20]:
        print(f"# {row[0]}: {row[1]} in C, {row[2]} in the page")
    tap.ok(not different, f"{len(rows)} {what}: C and the page say the same of each")


# What release_heavy.c is to write, and what is to be said of it. Those that are accepted keep within the bounds.
HEAVY_FILES = {
    "members=3 charters=3 renew=1 cards=2 witnesses=2 cosigned=1 answers=1 entries=3 seen=1 open=1 bodies=9": "ok joint",
    "members=200 charters=3 left=100": "ok one-sided",
    "cards=100": "ok one-sided",
    "charters=511 lines=254": "ok one-sided",
    "charters=513 lines=254": "charter-signature",
    "charters=67 lines=254 pad=500000": "charter-signature",
    "charters=66 witnesses=1000": "charter-signature",
    "charters=200 entries=1000 seen=1 open=1": "ok one-sided",
    "members=100 charters=20 ends=199": "ok one-sided",
    "members=100 charters=2 left=90 ends=199": "ok one-sided",
    "charters=511 lines=254 ends=199": "log-end",
}


def heavy(tap, folder):
    """What costs most to check is checked soon, or refused by both."""
    folder.mkdir()
    cases = []
    for number, what in enumerate(HEAVY_FILES):
        output(HEAVY, folder / f"{number}.html", *what.split())
        cases.append({"file": f"{number}.html", "what": what})
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    rows = codes(folder)
    agree(tap, rows, "heavy releases")
    wrong = [(what, c) for what, c, _ in rows if not c.startswith(HEAVY_FILES[what])]
    print("".join(f"# {what}: {c[:60]}\n" for what, c in wrong), end="")
    tap.ok(not wrong, "papers have bounds, and up to these they are followed")


def scenario(tap, folder):
    folder = Path(folder)
    sample = folder / "sample.html"
    output(SAMPLE, 4, sample)
    said = output(CODES, stdin=f"{sample}\n")
    tap.ok(said == "ok joint\n", "the sample is joint as it is")
    print("#", output("python3", SOURCE / "test/release_tamper.py", sample, folder / "tampered", "--seed", SEED).strip())
    rows = codes(folder / "tampered")
    agree(tap, rows, "tampered copies")
    counts = collections.Counter(row[1] for row in rows)
    print("#", ", ".join(f"{count} {code}" for code, count in counts.most_common()))
    tap.ok(not any(code.startswith("ok") for code in counts), "none is accepted")
    tap.ok(len(rows) >= 500 and len(counts) >= 18, "of all sorts")
    print("#", output("python3", SOURCE / "test/release_insider.py", sample, folder / "odd", "--seed", SEED).strip())
    rows = codes(folder / "odd")
    agree(tap, rows, "signed oddities")
    grades = {what.removeprefix("amendment followed, "): c for what, c, _ in rows if what.startswith("amendment")}
    tap.ok(grades["good"] == "ok joint", "a release under two charters is joint")
    tap.ok(grades["to one that is nowhere"] == "ok one-sided", "one that goes on under a charter that is not shown is not")
    grades = {what.removeprefix("pretended, "): c for what, c, _ in rows if what.startswith("pretended")}
    tap.ok(grades["nothing is shown"] == "ok one-sided east.example north.example south.example west.example" and
           grades["nothing is shown, all consent"] == "ok joint", "who shows nothing needs the consent of all")
    tap.ok(grades["some left out"] == "ok one-sided east.example south.example" and
           grades["some left out, leave shown"] == "ok joint" and grades["some left out, with their signatures"] == "ok joint",
           "who is left out without its signature must consent, unless its leave is shown")
    good = [row[1] for row in rows if "as it should be" in row[0] or "named with a URL" in row[0]]
    tap.ok(len(good) > 4 and all(code.startswith("ok ") for code in good), "what is not odd is accepted")
    ended(tap, folder)
    heavy(tap, folder / "heavy")


def ended(tap, folder):
    """A log was ended, and its desk goes on in a successor."""
    sample = folder / "ended.html"
    output(SAMPLE, "4+", sample)
    print("#", output("python3", SOURCE / "test/release_tamper.py", sample, folder / "ended-tampered", "--seed", SEED, "--count", 150).strip())
    rows = codes(folder / "ended-tampered")
    agree(tap, rows, "tampered copies of a release with the end of a log")
    tap.ok(not any(code.startswith("ok") for _, code, _ in rows), "none of them is accepted")
    print("#", output("python3", SOURCE / "test/release_ended.py", sample, folder / "ended").strip())
    rows = codes(folder / "ended")
    agree(tap, rows, "releases with odd ends of logs")
    wanted = [case["answer"] for case in json.loads((folder / "ended/cases.json").read_text(encoding="utf-8"))]
    wrong = [(what, code, answer) for (what, code, _), answer in zip(rows, wanted) if answer not in (None, code)]
    for what, code, answer in wrong[:20]:
        print(f"# {what}: {code} instead of {answer}")
    tap.ok(not wrong, "and it is what it must be")
    rows = [row for row in codes(folder / "ended", "--order") if "#" in row[1]]
    agree(tap, rows, "of them in their order")
    tap.ok(len(rows) > 20, "which is told of those that are accepted")


if __name__ == "__main__":
    Tap().play(scenario)
