# SPDX-License-Identifier: Apache-2.0
"""Real desks for scenarios: folders in a temporary place, daemons on free loopback ports.

A scenario prints TAP through `Tap`; every daemon is stopped by its own process id.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

os.environ.pop("ALDIS_DESK", None)  # each call names its desk, or none
ALDIS = os.environ.get("ALDIS", "build/aldis")
ALDISD = os.environ.get("ALDISD", "build/aldisd")
PORTS = range(16384, 32768)
HELD = []


def free_port():
    """A TCP port that no other test takes before this process ends, also while nobody listens on it.

    This process holds UDP's port of the same number, and test/browser/desks.mjs does alike. PORTS
    lie below those that Linux gives out by itself.
    """
    for port in random.sample(PORTS, len(PORTS)):
        held = socket.socket(type=socket.SOCK_DGRAM)
        try:
            held.bind(("127.0.0.1", port))
            with socket.socket() as s:
                s.bind(("127.0.0.1", port))
        except OSError:
            held.close()
            continue
        HELD.append(held)
        return port
    raise OSError("every port is taken")


def until(condition, seconds, what):
    """Waits for a condition that another process brings about; the wait is its only timing."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"gave up after {seconds} s: {what}")
        time.sleep(0.02)


class Desk:
    """One desk: its folder, its daemon."""

    def __init__(self, folder, name, *more):
        self.folder, self.name, self.port = Path(folder) / name.split(".")[0], name, free_port()
        self.daemon = None
        self.log = open(Path(folder) / f"{name}.log", "ab")
        listen = f"127.0.0.1:{self.port}"
        run("init", str(self.folder), "--name", name, "--listen", listen,
            "--url", f"https://{listen}", *more)

    def start(self):
        self.daemon = subprocess.Popen([ALDISD, str(self.folder)], stdin=subprocess.DEVNULL,
                                       stdout=self.log, stderr=self.log)
        return self

    def kill(self):
        """The whole daemon dies at once: its supervisor goes first and takes the rest along."""
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait()

    def stop(self):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.terminate()
            self.daemon.wait(20)
        self.daemon = None

    def children(self):
        path = f"/proc/{self.daemon.pid}/task/{self.daemon.pid}/children"
        try:
            return [int(pid) for pid in open(path).read().split()]
        except OSError:
            return []

    def aldis(self, *args, **more):
        return run("-d", str(self.folder), *args, **more)

    def json(self, *args):
        return json.loads(self.aldis(*args, "--json").stdout)

    def wait_ready(self, seconds=30):
        until(lambda: self.aldis("status", check=False).returncode == 0, seconds,
              f"{self.name} answers")
        return self


def run(*args, check=True, stdin=None, timeout=120):
    """Runs `aldis`; a failure shows what it said."""
    done = subprocess.run([ALDIS, *args], input=stdin, capture_output=True, text=True,
                          timeout=timeout)
    if check and done.returncode != 0:
        raise AssertionError(f"aldis {' '.join(args)}: {done.returncode}: {done.stderr.strip()}")
    return done


def befriend(desks):
    """All trust each other."""
    for desk in desks:
        for other in desks:
            if other is not desk:
                desk.aldis("trust", str(other.folder / "card.note"), "--compared")


def open_channel(folder, desks, template=None):
    """A charter signed and joined by all; returns the channel's id."""
    folder = Path(folder)
    draft = ["charter", "draft", "--title", "scenario"]
    for other in desks[1:]:
        draft += ["--member", str(other.folder / "card.note")]
    if template:
        (folder / "template.json").write_text(json.dumps(template))
        draft += ["--template", str(folder / "template.json")]
    text = desks[0].aldis(*draft).stdout
    for desk in desks:
        (folder / "charter").write_text(text)
        text = desk.aldis("charter", "sign", str(folder / "charter")).stdout
    (folder / "charter.note").write_text(text)
    for desk in desks:
        desk.aldis("charter", "join", str(folder / "charter.note"))
    return desks[0].json("status")["channels"][0]["id"]


def wait_open(desks):
    """Until all logs of their channels may be written to."""
    until(lambda: all(log["state"] == "ready" for desk in desks for channel in desk.json("status")["channels"]
                      for log in channel["logs"]), 30, "logs are open")


def open_pair(tap, folder, template=None):
    """North and south, running, friends, with a channel open between them; and its id."""
    pair = [tap.desk(folder, "north.example"), tap.desk(folder, "south.example")]
    for desk in pair:
        desk.start().wait_ready()
    befriend(pair)
    channel = open_channel(folder, pair, template)
    wait_open(pair)
    return *pair, channel


class Tap:
    """Counts checks, and ends the scenario in order even when one raises."""

    def __init__(self):
        self.count, self.failed, self.desks = 0, 0, []

    def ok(self, good, what):
        self.count += 1
        self.failed += 0 if good else 1
        print(f"{'ok' if good else 'not ok'} {self.count} - {what}", flush=True)

    def skip(self, what, why):
        self.count += 1
        print(f"ok {self.count} - {what} # skip {why}", flush=True)

    def desk(self, folder, name, *more):
        desk = Desk(folder, name, *more)
        self.desks.append(desk)
        return desk

    def play(self, scenario):
        folder = tempfile.mkdtemp(prefix="aldis-")
        try:
            scenario(self, folder)
        except Exception:  # pylint: disable=broad-except
            traceback.print_exc()
            self.ok(False, "the scenario went through to its end")
            for log in Path(folder).glob("*.log"):
                print(f"# {log.name}:\n" + log.read_text(errors="replace")[-3000:],
                      file=sys.stderr)
        finally:
            for desk in self.desks:
                desk.stop()
            shutil.rmtree(folder, ignore_errors=True)
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)
