#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A witness of another make (sigsum-witness of bookworm-backports) cosigns a log of ours.

The package is fetched into a temporary folder and never installed; without it the checks are
skipped and say so.
"""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from desks import Tap, free_port, until  # noqa: E402

LOG = os.environ.get("SIGSUM_LOG", "build/test/interop/sigsum-log")
STEPS = ((0, 1), (1, 5), (5, 12))


def debian_mirror():
    """Where this machine gets bookworm from."""
    try:
        found = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(SUITE) $(CODENAME)"],
                               capture_output=True, text=True, check=True, timeout=30).stdout
    except (subprocess.SubprocessError, OSError):
        return None
    rows = [line.split() for line in found.splitlines()]
    return next((row[0] for row in rows if row[1:] and row[-1] == "bookworm"), None)


def fetch(folder):
    """The package's programs, or None: apt works on lists of its own, nothing else changes."""
    apt = Path(folder) / "apt"
    for part in ("lists/partial", "cache/archives/partial"):
        (apt / part).mkdir(parents=True)
    mirror = debian_mirror()
    if not mirror:
        return None
    (apt / "sources.list").write_text(f"deb {mirror} bookworm-backports main\n")
    options = [x for o in ("Dir::Etc::SourceParts=/dev/null",
                           f"Dir::Etc::SourceList={apt}/sources.list",
                           f"Dir::State::Lists={apt}/lists", f"Dir::Cache={apt}/cache",
                           "APT::Sandbox::User=root", "Acquire::Retries=0",
                           "Acquire::http::Timeout=10") for x in ("-o", o)]
    try:
        for words in (["update", "-qq"], ["download", "-qq", "sigsum-go"]):
            subprocess.run(["apt-get", *options, *words], cwd=apt, check=True, timeout=60,
                           capture_output=True, stdin=subprocess.DEVNULL)
        package = next(apt.glob("sigsum-go*.deb"))
        subprocess.run(["dpkg", "-x", str(package), str(apt / "x")], check=True, capture_output=True)
    except (subprocess.SubprocessError, OSError, StopIteration):
        return None
    return apt / "x/usr/bin"


def tool(*words, **more):
    return subprocess.run([str(w) for w in words], check=True, capture_output=True, **more).stdout


def post(port, body):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/add-checkpoint", data=body)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request,
                                                                              timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def listens(port):
    try:
        post(port, b"")
        return True
    except OSError:
        return False


def scenario(tap, folder):
    programs = fetch(folder)
    if programs is None:
        tap.skip("a witness of another make cosigns three steps", "its package can't be fetched")
        return
    folder, port = Path(folder), free_port()
    tool(programs / "sigsum-key", "generate", "-o", folder / "witness")
    witness_hex = tool(programs / "sigsum-key", "to-hex", "-k", folder / "witness.pub").decode().strip()
    log_key = tool(programs / "sigsum-key", "from-hex", input=tool(LOG, "key"))
    (folder / "log.pub").write_bytes(log_key)
    witness = subprocess.Popen(
        [str(programs / "sigsum-witness"), "-k", str(folder / "witness"), "--log-key",
         str(folder / "log.pub"), "--state-file", str(folder / "state"), f"127.0.0.1:{port}"],
        env={**os.environ, "GODEBUG": "httpmuxgo121=0"}, stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(port), 20, "the witness listens")
        for old, new in STEPS:
            status, lines = post(port, tool(LOG, "body", old, new))
            done = subprocess.run([LOG, "check", str(new), witness_hex], input=lines,
                                  capture_output=True, check=False)
            tap.ok(status == 200 and done.returncode == 0,
                   f"it cosigns {old} to {new}: {done.stdout.decode().strip()}")
        status, body = post(port, tool(LOG, "body", 1, 5))
        tap.ok(status == 409 and body == b"12\n", "a stale size is a 409 with its own")
    finally:
        witness.terminate()
        witness.wait()


if __name__ == "__main__":
    Tap().play(scenario)
