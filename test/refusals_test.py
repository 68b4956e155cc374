#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a running desk refuses: strangers on its port, wrong arguments, a folder in use."""

import socket
import subprocess
import sys
from pathlib import Path

from desks import ALDISD, Tap, befriend, open_channel, run, until


def curl(port, *args, path="/log/x/checkpoint"):
    return subprocess.run(["curl", "-sk", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", *args,
                           f"https://127.0.0.1:{port}{path}"], capture_output=True, text=True,
                          check=False, env={"PATH": "/usr/bin:/bin"})


def plain_http(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
        s.sendall(b"GET /log/x/checkpoint HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            return s.recv(100)
        except OSError:
            return b""


def strangers(tap, folder, desk):
    key, cert = Path(folder) / "k.pem", Path(folder) / "c.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=x",
                    "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    tap.ok(curl(desk.port).stdout == "000", "no client certificate: no answer")
    tap.ok(curl(desk.port, "--cert", str(cert), "--key", str(key)).stdout == "000",
           "a certificate of an unknown key: no answer")
    tap.ok(curl(desk.port, "--tls-max", "1.2").stdout == "000", "TLS 1.2: no answer")
    tap.ok(b"HTTP" not in plain_http(desk.port), "plain HTTP on the TLS port: no answer")
    tap.ok(desk.aldis("status").returncode == 0, "the desk goes on")


def arguments(tap, folder, desk, channel):
    def said(code, *args, **more):
        done = desk.aldis(*args, check=False, **more)
        return done.returncode == code and done.stderr.count("\n") == 1

    tap.ok(said(2, "nonsense"), "an unknown command: 2 and one sentence")
    tap.ok(said(2, "send", channel), "a missing argument: 2 and one sentence")
    tap.ok(said(3, "list", "ffffffffffffffff") or said(1, "list", "ffffffffffffffff"),
           "an unknown channel is said")
    tap.ok(said(3, "send", channel, "text", "--body", folder + "/nowhere"), "an unreadable file: 3")
    wrong = desk.aldis("send", channel, "text", "--body", "-", stdin='{"language":"en"}', check=False)
    tap.ok(wrong.returncode != 0 and "text" in wrong.stderr, "a body without its text names the field")
    wrong = desk.aldis("send", channel, "check", "--body", "-", stdin="{}", check=False)
    tap.ok(wrong.returncode != 0, "what the desk writes itself can't be sent by hand")
    for command in ("status", "fingerprint"):
        tap.ok(run(command, check=False).returncode == 2, f"{command} of no desk at all: 2")
    tap.ok(run("-d", folder + "/none", "status", check=False).returncode == 3, "no desk there: 3")


def second_daemon(tap, desk):
    done = subprocess.run([ALDISD, str(desk.folder)], capture_output=True, text=True, timeout=60,
                          check=False, stdin=subprocess.DEVNULL)
    tap.ok(done.returncode != 0 and "another" in done.stderr, "a second aldisd on a folder is refused")


def damaged_store(tap, desk):
    desk.stop()
    store = desk.folder / "store.db"
    kept = store.read_bytes()
    store.write_bytes(b"not a database at all" * 500)
    done = subprocess.run([ALDISD, str(desk.folder)], capture_output=True, text=True, timeout=60,
                          check=False, stdin=subprocess.DEVNULL)
    tap.ok(done.returncode == 3 and "database" in done.stderr, "a damaged database is refused, once")
    store.write_bytes(kept)
    desk.start().wait_ready()
    tap.ok(True, "and with the right one it starts again")


def scenario(tap, folder):
    north = tap.desk(folder, "north.example").start().wait_ready()
    south = tap.desk(folder, "south.example").start().wait_ready()
    befriend([north, south])
    channel = open_channel(folder, [north, south])
    until(lambda: north.json("status")["channels"][0]["logs"][0]["state"] == "ready", 60, "ready")
    strangers(tap, folder, north)
    arguments(tap, folder, north, channel)
    second_daemon(tap, north)
    damaged_store(tap, south)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    Tap().play(scenario)
