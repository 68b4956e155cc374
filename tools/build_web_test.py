#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""build_web.py with a node and an npm that only note that they were called. TAP."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TOOL = Path(__file__).parent / "build_web.py"

NODE = """#!/bin/sh
case "$1" in
--version) echo v18.1.0 ;;
*) echo "node $*" >> "$CALLS"; echo '<p>' > "$4/index.html" ;;
esac
"""
NPM = """#!/bin/sh
echo "npm $*" >> "$CALLS"
[ -z "$OFFLINE" ] || { echo "ENOTFOUND registry"; exit 1; }
mkdir -p node_modules
"""


class World:
    """A web folder, and the two programs in front of PATH."""

    def __init__(self, folder):
        self.folder, self.web, self.out = folder, folder / "web", folder / "out"
        (self.web / "src").mkdir(parents=True)
        self.out.mkdir()
        (self.web / "package.json").write_text("{}")
        (self.web / "package-lock.json").write_text("{}")
        (self.web / "src" / "main.ts").write_text("")
        (folder / "bin").mkdir()
        for name, text in (("node", NODE), ("npm", NPM)):
            (folder / "bin" / name).write_text(text)
            (folder / "bin" / name).chmod(0o755)
        self.calls = folder / "calls"
        self.calls.write_text("")

    def build(self, **env):
        """Returns what happened, and which programs were called."""
        self.calls.write_text("")
        done = subprocess.run(
            [sys.executable, TOOL, self.web, self.out, self.folder / "stamp", self.folder / "dep"],
            capture_output=True, text=True, check=False,
            env={**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "CALLS": str(self.calls), **env})
        return done, [line.split()[0] for line in self.calls.read_text().splitlines()]


def packages_are_fetched_once(world):
    done, called = world.build()
    assert done.returncode == 0 and called == ["npm", "node"], (done.stderr, called)
    assert world.build()[1] == ["node"], "nothing has changed"
    assert world.build(OFFLINE="1")[0].returncode == 0, "so no network is needed"


def packages_are_fetched_again_when_their_list_changes(world):
    world.build()
    (world.web / "package-lock.json").write_text('{"lockfileVersion":3}')
    assert world.build()[1] == ["npm", "node"]


def without_a_network_it_says_what_to_do(world):
    done, called = world.build(OFFLINE="1")
    assert done.returncode == 1 and called == ["npm"]
    assert "ENOTFOUND registry" in done.stderr and "-Dconsole=disabled" in done.stderr, done.stderr
    assert not (world.folder / "stamp").exists()
    assert world.build()[1] == ["npm", "node"], "what failed is not taken for done"


def what_it_depends_on_is_named(world):
    (world.web / "node_modules").mkdir()
    (world.web / "node_modules" / "x.js").write_text("")
    (world.web / "vite.config.ts.timestamp-1.mjs").write_text("")
    world.build()
    text = (world.folder / "dep").read_text()
    assert text.startswith(f"{world.folder / 'stamp'}: ")
    for name in ("src/main.ts", "src", "package-lock.json"):
        assert str(world.web / name) in text.split(), name
    assert "node_modules" not in text and "timestamp" not in text
    assert str(world.web) not in text.split(), "its own time changes with each build"


def main():
    tests = [packages_are_fetched_once, packages_are_fetched_again_when_their_list_changes,
             without_a_network_it_says_what_to_do, what_it_depends_on_is_named]
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(World(Path(folder).resolve()))
                verdict = "ok"
            except AssertionError as fault:
                print(f"# {fault}")
                verdict, failed = "not ok", 1
        print(f"{verdict} {number} - {test.__name__}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
