#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the comparison of quotations to test/release_quotes.json: in the programs here, in the page
and over random cases by release_quotes.mjs, where Node is. Prints TAP.

usage: release_quotes_test.py RELEASE-QUOTES RELEASE-SAMPLE [NODE]
"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
CASES = HERE / "release_quotes.json"


def in_programs(program, cases):
    lines = "".join(json.dumps({name: case[name] for name in ("article", "language", "statements")}) + "\n"
                    for case in cases)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, encoding="utf-8", check=True)
    return [json.loads(line) for line in done.stdout.split("\n")[:-1]]


def main(program, sample, node=None):
    if node is not None:
        with tempfile.TemporaryDirectory() as folder:
            release = pathlib.Path(folder) / "release.html"
            subprocess.run([sample, "60", release], check=True)
            return subprocess.run([node, HERE / "release_quotes.mjs", HERE.parent, program, release], check=False).returncode
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    found = in_programs(program, cases)
    print(f"1..{len(cases)}")
    for number, (case, answer) in enumerate(zip(cases, found), 1):
        print(f"{'ok' if answer == case['expect'] else 'not ok'} {number} - {case['name']}")
    return any(answer != case["expect"] for case, answer in zip(cases, found))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
