#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Metrics and probes of running desks: the page read strictly, its numbers against what happens,
who may ask; and a desk that may not write."""

import http.client
import json
import shutil
import time
from pathlib import Path

from accounts_test import Browser
from desks import Tap, befriend, free_port, open_channel, until
from exposition import Exposition
from local_api import Local

PROBES = ("/-/healthy", "/-/ready")


def get(desk, path, method="GET"):
    """Status, type and text, at the socket."""
    connection = Local(desk)
    connection.request(method, path)
    answer = connection.getresponse()
    return answer.status, answer.getheader("Content-Type"), answer.read().decode()


def page(desk):
    status, kind, text = get(desk, "/metrics")
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8"), (status, kind, text)
    return Exposition(text)


def say(desk, channel, text, *more):
    body = json.dumps({"language": "en", "text": text})
    return desk.aldis("send", channel, "text", "--body", "-", *more, stdin=body).stdout.strip()


def strict(tap):
    """The reader refuses what Prometheus would, and more: else it shows nothing."""
    head = "# HELP aldis_x X.\n# TYPE aldis_x gauge\n"
    wrong = {
        "no TYPE": "# HELP aldis_x X.\naldis_x 1\n",
        "twice": head + "aldis_x 1\naldis_x 2\n",
        "twice with labels": head + 'aldis_x{a="1",b="2"} 1\naldis_x{b="2",a="1"} 1\n',
        "torn apart": head + "# HELP aldis_y Y.\n# TYPE aldis_y gauge\naldis_x 1\n",
        "a bare quote": head + 'aldis_x{a="""} 1\n',
        "a bare backslash": head + 'aldis_x{a="\\x"} 1\n',
        "no number": head + "aldis_x one\n",
        "a counter without _total": "# HELP aldis_x X.\n# TYPE aldis_x counter\naldis_x 1\n",
        "milliseconds": "# HELP aldis_x_ms X.\n# TYPE aldis_x_ms gauge\naldis_x_ms 1\n",
        "no end of line": head + "aldis_x 1",
    }

    def passes(text):
        try:
            Exposition(text)
        except AssertionError:
            return False
        return True

    tap.ok(passes(head + 'aldis_x{a="\\"\\\\\\n"} 1\naldis_x 2.5\n'), "the reader takes what is right")
    tap.ok(not [what for what, text in wrong.items() if passes(text)], "and nothing else")


def agrees_with_status(tap, north, channel):
    metrics, status = page(north), north.json("status")
    logs = status["channels"][0]["logs"]
    for name, member in (("entries", "entries"), ("signed_entries", "signed"),
                         ("cosigned_entries", "cosigned")):
        found = {labels["desk"]: value for labels, value in metrics.all(f"aldis_log_{name}")}
        tap.ok(found == {log["desk"]: log[member] for log in logs}, f"{name} of each log as in the status")
    tap.ok(metrics.value("aldis_ready") == 1 and metrics.value("aldis_channel_ready", channel=channel) == 1
           and not metrics.all("aldis_channel_blocked"), "the desk may write")
    tap.ok(metrics.value("aldis_build_info", desk="north.example", version=status["version"]) == 1,
           "name and version")
    tap.ok(metrics.value("aldis_receipt_waiting_entries", channel=channel, desk="south.example") == 0
           and not metrics.all("aldis_receipt_waiting_since_timestamp_seconds"), "no message waits")
    tap.ok(metrics.value("aldis_peer_reachable", desk="south.example") == 1
           and abs(metrics.value("aldis_peer_last_heard_timestamp_seconds", desk="south.example")
                   - time.time()) < 120, "the peer was heard")
    tap.ok(abs(metrics.value("aldis_time_seconds") - time.time()) < 5, "the desk's clock")
    titles = [text for text in get(north, "/metrics")[2].split("\n") if "scenario" in text]
    tap.ok(not titles, "no title of a channel is told")


def counts_what_happens(tap, north, channel):
    before = page(north)
    say(north, channel, "One more.", "--wait", "30")
    get(north, "/api/nonesuch")
    after = page(north)

    def grew(name, **labels):
        return after.value(name, **labels) - before.value(name, **labels)

    counted = {name: grew(name) for name in (
        "aldis_entries_written_total", "aldis_receipts_received_total",
        "aldis_store_commit_duration_seconds_count")}
    tap.ok(counted["aldis_entries_written_total"] == 1
           and all(value >= 1 for value in counted.values()), f"a message is counted {counted}")
    tap.ok(grew("aldis_signatures_total", key="log") >= 1, "and its signature")
    tap.ok(grew("aldis_turns_total") >= 2 and grew("aldis_store_commit_duration_seconds_sum") > 0,
           "turns, and the time of commits")
    tap.ok(grew("aldis_http_requests_total", door="local", code="4xx") == 1
           and grew("aldis_http_requests_total", door="local", code="2xx") >= 2
           and grew("aldis_http_requests_total", door="link", code="2xx") >= 0, "requests by door and class")
    tap.ok(after.value("aldis_process_resident_memory_bytes", process="desk") > 1 << 20
           and after.value("aldis_process_resident_memory_bytes", process="front") > 1 << 20,
           "memory of the processes")
    started = after.value("aldis_process_start_time_seconds", process="desk")
    tap.ok(started == before.value("aldis_process_start_time_seconds", process="desk")
           and 0 < time.time() - started < 600, "when it was started")
    shrunk = [(name, labels) for (name, labels), value in before.samples.items()
              if before.kinds.get(name) == "counter" and after.samples.get((name, labels), -1) < value]
    tap.ok(not shrunk, "no counter falls")
    tap.ok(after.value("aldis_store_size_bytes") > 0 and after.value("aldis_store_pages") > 0, "the store")


def who_may(tap, north, port):
    """The console's door: metrics for tokens that may read, probes for all who know its name."""
    tokens = {scope: north.aldis("token", "add", scope, "--scopes", scope).stdout.strip()
              for scope in ("read", "draft", "send")}
    stranger = Browser(port)
    tap.ok(stranger.get("/metrics") == 401, "no metrics for strangers")
    tap.ok([Browser(port, tokens[scope]).get("/metrics") for scope in tokens] == [200, 403, 403],
           "metrics for a token with scope read")
    tap.ok([stranger.get(path) for path in PROBES] == [200, 200] and stranger.body == b"ok\n",
           "probes without login")
    foreign = [door_status(port, path, host="evil.example") for path in (*PROBES, "/metrics")]
    tap.ok(foreign == [421] * 3, f"not under another host's name {foreign}")
    tap.ok([stranger.post(path) for path in PROBES] == [404, 404]
           and [get(north, path, "POST")[0] for path in PROBES] == [404, 404], "GET alone")
    tap.ok([door_status(port, path, "HEAD") for path in PROBES] == [200, 200], "or HEAD")
    tap.ok(stranger.get("/-/nonesuch") == 404 and stranger.get("/-") == 404, "nothing else is there")
    return tokens["read"]


def door_status(port, path, method="GET", host=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, headers={"Host": host} if host else {})
    status = connection.getresponse().status
    connection.close()
    return status


def peer_away(tap, north, south, channel):
    south.stop()
    before = time.time()
    say(north, channel, "While south is away.")
    metrics = until(lambda: (lambda m: m if m.value("aldis_peer_reachable", desk="south.example") == 0
                             and m.all("aldis_receipt_waiting_since_timestamp_seconds") else None)(page(north)),
                    60, "south is missed")
    since = metrics.value("aldis_receipt_waiting_since_timestamp_seconds", channel=channel, desk="south.example")
    tap.ok(metrics.value("aldis_receipt_waiting_entries", channel=channel, desk="south.example") >= 1
           and before - 2 <= since <= time.time(), "a message waits, and since when")
    tap.ok(metrics.value("aldis_peer_calls_failed_total", desk="south.example") >= 1, "calls that failed")
    tap.ok(metrics.value("aldis_ready") == 1, "the desk may still write")


def not_ready(tap, north, south, channel, port, token):
    """North starts while nobody can show it what it last saw; then with a store that is too old."""
    north.stop()
    north.start().wait_ready()
    status, _, text = get(north, "/-/ready")
    tap.ok(status == 503 and text.startswith("not ready\n1 of 1 channels")
           and f"channel {channel} waiting (unseen): " in text, "503 while it waits, with the reason")
    metrics = page(north)
    tap.ok(metrics.value("aldis_ready") == 0
           and metrics.value("aldis_channel_blocked", channel=channel, state="waiting", why="unseen") == 1,
           "the metrics say so too")
    stranger, program = Browser(port), Browser(port, token)
    tap.ok((stranger.get("/-/ready"), stranger.body) == (503, b"not ready\n"), "strangers learn no reason")
    tap.ok(program.get("/-/ready") == 503 and b"unseen" in program.body, "a token that may read does")
    tap.ok(get(north, "/-/healthy")[0] == 200, "it is healthy all the same")
    south.start().wait_ready()
    until(lambda: get(north, "/-/ready")[0] == 200, 60, "south shows it")
    tap.ok(True, "ready when a member has shown what it saw")


def frozen(tap, folder, north, channel):
    backup = Path(folder) / "old.db"
    north.aldis("backup", str(backup))
    say(north, channel, "After the backup.", "--wait", "30")
    north.stop()
    for name in ("store.db", "store.db-wal", "store.db-shm"):
        (north.folder / name).unlink(missing_ok=True)
    shutil.copy(backup, north.folder / "store.db")
    north.start().wait_ready()
    text = until(lambda: (lambda t: t if "frozen" in t else None)(get(north, "/-/ready")[2]), 60, "frozen")
    behind = ("behind-guard", "behind-member")  # the second once south has shown what it holds
    tap.ok(any(f"channel {channel} frozen ({why}): " in text for why in behind), "a frozen desk says why")
    blocked = page(north).all("aldis_channel_blocked")
    tap.ok(blocked in [[({"channel": channel, "state": "frozen", "why": why}, 1)] for why in behind], "with a word for it")
    until(lambda: page(north).value("aldis_alarms_untaken", what="frozen") == 1, 30, "the alarm")
    tap.ok(True, "and an alarm is counted")


def scenario(tap, folder):
    strict(tap)
    port = free_port()
    north = tap.desk(folder, "north.example", "--console", f"127.0.0.1:{port}").start()
    south = tap.desk(folder, "south.example").start()
    for desk in (north, south):
        desk.wait_ready()
    tap.ok(get(north, "/-/ready")[::2] == (200, "ok\n"), "without a channel nothing is amiss")
    befriend([north, south])
    channel = open_channel(folder, [north, south])
    until(lambda: page(north).value("aldis_channel_ready", channel=channel) == 1
          and page(north).all("aldis_duties_open") and not any(r["queued"] for r in
          north.json("status")["channels"][0]["receipts"]), 60, "the channel is open")
    say(north, channel, "Hello.", "--wait", "30")
    agrees_with_status(tap, north, channel)
    counts_what_happens(tap, north, channel)
    token = who_may(tap, north, port)
    peer_away(tap, north, south, channel)
    not_ready(tap, north, south, channel, port, token)
    frozen(tap, folder, north, channel)


if __name__ == "__main__":
    Tap().play(scenario)
