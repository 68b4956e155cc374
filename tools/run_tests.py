#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds and runs every test, and ends with one line of figures.

Two builds: a plain one with warnings as errors, where everything runs, and one with the
address and undefined-behaviour sanitizers, where what reads foreign bytes runs again. What is
counted is the single case: cmocka's tests and the scenarios speak TAP; a program that speaks
none is one case. A crash, a time-out, a leak or a plan that was not finished is a failed case
of its own, so that no run can look better than it was.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLAN = re.compile(r"^1\.\.(\d+)\s*$")
CASE = re.compile(r"^(not )?ok\b\s*\d*\s*-?\s*(.*)$")
SKIP = re.compile(r"#\s*skip\b\s*(.*)$", re.IGNORECASE)

SANITIZER_ENV = {
    "ASAN_OPTIONS": "halt_on_error=1:abort_on_error=1:detect_leaks=1:print_summary=1",
    "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1:print_stacktrace=1",
}


@dataclass(frozen=True)
class Build:
    """A build folder, how it is configured, and which suites run in it (none: all)."""

    name: str
    folder: str
    setup: tuple
    suites: tuple = ()
    timeout_multiplier: int = 1


BUILDS = (
    Build("plain", "build-test", ("-Dwerror=true",)),
    Build("sanitized", "build-asan",
          ("-Db_sanitize=address,undefined", "-Db_lundef=false", "-Doptimization=1",
           "-Dconsole=disabled"),
          suites=("unit", "sim", "fuzz-corpus"), timeout_multiplier=4),
)


@dataclass
class Tally:
    """Cases counted so far; failures keep their name and what was printed."""

    passed: int = 0
    skipped: int = 0
    failures: list = field(default_factory=list)

    def fail(self, name, output):
        self.failures.append((name, output))

    def line(self):
        text = f"{self.passed} passed, {len(self.failures)} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text

    def is_good(self):
        return self.passed > 0 and not self.failures


def count_test(entry, tally):
    """Adds one line of meson's testlog.json to the tally."""
    output = (entry.get("stdout") or "") + (entry.get("stderr") or "")
    planned, seen, failed = 0, 0, []
    for line in (entry.get("stdout") or "").splitlines():
        if plan := PLAN.match(line):
            planned += int(plan.group(1))
        elif case := CASE.match(line):
            seen += 1
            # cmocka marks a skipped test 'not ok … # SKIP': the word decides, not the mark.
            if SKIP.search(case.group(2)):
                tally.skipped += 1
            elif case.group(1):
                failed.append(case.group(2).strip())
            else:
                tally.passed += 1

    name, result = entry["name"], entry["result"]
    if failed:
        tally.fail(f"{name}: {', '.join(failed)}", output)
        for more in failed[1:]:
            tally.fail(f"{name}: {more}", "")
    elif result == "SKIP":
        tally.skipped += 1 if seen == 0 else 0
    elif result not in ("OK", "EXPECTEDFAIL"):
        tally.fail(f"{name}: {result.lower()} (status {entry.get('returncode')})", output)
    elif seen < planned:
        tally.fail(f"{name}: ended after {seen} of {planned} cases", output)
    elif seen == 0:
        tally.passed += 1


def run_logged(command, **kwargs):
    """Runs a build step; its output is shown only when it fails. Returns whether it worked."""
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **kwargs)
    return done.returncode == 0, done.stdout


def compile_build(build, tally):
    """Configures the folder when it is new, then builds. A failure is a failed case."""
    if not (ROOT / build.folder / "build.ninja").exists():
        worked, output = run_logged(["meson", "setup", build.folder, *build.setup])
        if not worked:
            tally.fail(f"{build.name}: meson setup {build.folder}", output)
            return False
    print(f"== {build.name}: building in {build.folder}", flush=True)
    worked, output = run_logged(["ninja", "-C", build.folder])
    if not worked:
        tally.fail(f"{build.name}: ninja -C {build.folder}", output)
    return worked


def run_build(build, names, tally):
    """Runs the folder's tests and counts them from the log meson writes."""
    log = ROOT / build.folder / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    command = ["meson", "test", "-C", build.folder, "--no-rebuild",
               "--timeout-multiplier", str(build.timeout_multiplier)]
    for suite in build.suites:
        command += ["--suite", suite]
    environment = {**SANITIZER_ENV, **os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP"}
    done = subprocess.run(command + names, cwd=ROOT, stdin=subprocess.DEVNULL, env=environment,
                          check=False)
    entries = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    if done.returncode != 0 and not entries:
        tally.fail(f"{build.name}: meson test ended with status {done.returncode}", "")
    for line in entries:
        entry = json.loads(line)
        entry["name"] = f"{build.name}: {entry['name']}"
        count_test(entry, tally)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=[build.name for build in BUILDS],
                        help="only this build")
    parser.add_argument("names", nargs="*", help="only these tests, by meson's names")
    arguments = parser.parse_args()

    tally = Tally()
    for build in BUILDS:
        if arguments.only in (None, build.name) and compile_build(build, tally):
            run_build(build, arguments.names, tally)

    for name, output in tally.failures:
        print(f"\n== FAILED {name}")
        if output:
            print(output.rstrip())
    print(f"\n{tally.line()}", flush=True)
    return 0 if tally.is_good() else 1


if __name__ == "__main__":
    sys.exit(main())
