#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual pages: clean under mandoc, and of the same commands, options, settings and
functions as the program. A page and a program that name different things are a fault,
whichever of the two is wrong."""

import os
import re
import subprocess
from pathlib import Path

from desks import ALDIS, Tap, run

SOURCE = Path(os.environ.get("ALDIS_SOURCE", Path(__file__).resolve().parent.parent))
MAN = SOURCE / "man"
# Known to every command, and described once for all of them.
EVERYWHERE = {"-d", "--json"}
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
WORD = re.compile(r"[a-z][a-z-]*$")


def commands():
    return re.findall(r"^  (\S+) ", run("help").stdout, re.MULTILINE)


def ways_of_help():
    """{(command, subcommand or none): options} of what `aldis help` prints."""
    ways = {}
    for command in commands():
        for line in run("help", command).stdout.split("\n  ")[0].splitlines():
            words = line.split()[2:]
            sub = words[0] if words and WORD.match(words[0]) else ""
            ways.setdefault((command, sub), set()).update(OPTION.findall(" ".join(words)))
    return ways


def ways_of_page():
    """The same of the heads of the items in aldis(1)."""
    ways = {}
    for line in (MAN / "aldis.1").read_text(encoding="utf-8").splitlines():
        if not line.startswith(".It Cm "):
            continue
        words = line.removeprefix(".It Cm ").split()
        sub = words[1] if len(words) > 1 and WORD.match(words[1]) else ""
        # mdoc writes --wait as Fl -wait and -o as Fl o.
        options = {f"-{name}" for name in re.findall(r"\bFl (-?[a-z-]+)", line)}
        ways.setdefault((words[0], sub), set()).update(options)
    return ways


def difference(here, there):
    """Names what is in one of two dictionaries of sets and not in the other."""
    for way in sorted(here.keys() | there.keys()):
        name = " ".join(way).strip()
        if way not in here or way not in there:
            yield f"{name}: {'only on the page' if way in there else 'not on the page'}"
            continue
        for option in sorted(here[way] ^ there[way]):
            where = "only on the page" if option in there[way] else "not on the page"
            yield f"{name} {option}: {where}"


def known_options():
    """Every option in the tables of the commands' sources."""
    found = set()
    for path in (SOURCE / "src" / "cli").glob("*.c"):
        if not path.name.endswith("_test.c"):
            found.update(re.findall(r'\{"(--?[a-z-]+)", OPTION_', path.read_text(encoding="utf-8")))
    return found - EVERYWHERE


def settings():
    """What desk.conf may say, by the table that reads it."""
    text = (SOURCE / "src" / "folder" / "folder.c").read_text(encoding="utf-8")
    return set(re.findall(r'strcmp\(setting, "(\w+)\.(\w+)"\)', text))


def functions():
    """The functions of the public header."""
    text = (SOURCE / "include" / "aldis" / "aldis.h").read_text(encoding="utf-8")
    return set(re.findall(r"\b(aldis_\w+)\(", text))


def check(tap, faults, what):
    for fault in faults:
        print(f"# {fault}")
    tap.ok(not faults, what)


def lint(tap):
    for page in sorted(MAN.glob("*.[1-9]")):
        done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", page], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = done.stdout.splitlines() or [f"status {done.returncode}"] * (done.returncode != 0)
        check(tap, said, f"{page.name} is clean under mandoc")


def play(tap, _):
    lint(tap)
    ways = ways_of_help()
    check(tap, list(difference(ways, ways_of_page())),
          "aldis(1) has the commands and options that `aldis help` prints, and no others")
    check(tap, sorted(known_options() ^ (set().union(*ways.values()) - EVERYWHERE)),
          "`aldis help` prints the options that the commands know, and no others")

    check(tap, [command for command in commands()
                if run(command, "--help").stdout != run("help", command).stdout],
          "`aldis COMMAND --help` says what `aldis help COMMAND` says")

    aldisd = (MAN / "aldisd.8").read_text(encoding="utf-8")
    described = set(re.findall(r"^\.It Sy \[(\w+)\] (\w+)", aldisd, re.MULTILINE))
    check(tap, sorted(map(str, settings() ^ described)),
          "aldisd(8) has the settings of desk.conf, and no others")

    libaldis = (MAN / "libaldis.3").read_text(encoding="utf-8")
    named = set(re.findall(r"\bF[no] (aldis_\w+\*?)", libaldis))
    lacking = {name for name in functions()
               if not any(re.fullmatch(word.replace("*", r"\w+"), name) for word in named)}
    extra = {word for word in named if not any(
        re.fullmatch(word.replace("*", r"\w+"), name) for name in functions())}
    check(tap, sorted(lacking | extra), "libaldis(3) names the functions of the header")


Tap().play(play)
