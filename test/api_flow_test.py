#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What holds over several requests of the local API: a key makes a repeated sending harmless,
pages followed to their end show each row once while others write, and who follows the events
misses nothing that a restart did not announce."""

import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor

from accounts_test import OWN_PASSWORD, Person
from api_test import INCIDENT, TEXT, World
from desks import Tap, befriend, free_port, open_channel, until, wait_open

DUTIES = {"duties": [{"on": "query", "owe": ["answer"], "within": "PT24H"}]}


def text(words):
    return {"kind": "text", "body": {"language": "en", "text": words}}


def restart(world):
    world.north.kill()
    world.north.start().wait_ready()


# ---- keys

def keyed(world, message, key, who="all"):
    answer = world.post(f"/api/channels/{world.channel}/messages", message, who, Idempotency_Key=key)
    return answer.status, answer.json()


def keys(tap, world):
    status, first = keyed(world, text("once"), "k-1")
    tap.ok(status == 201 and keyed(world, text("once"), "k-1") == (201, first),
           "sent again under its key a message keeps its id")
    tap.ok(keyed(world, text("once"), "k-1", "token-send") == (201, first), "by a program too")
    restart(world)
    tap.ok(keyed(world, text("once"), "k-1") == (201, first), "after a kill too")
    status, problem = keyed(world, text("twice"), "k-1")
    tap.ok(status == 409 and " " in problem["detail"], f"another one under it: 409, {problem.get('detail')}")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: keyed(world, text("at once"), "k-2"), range(16)))
    tap.ok(len({json.dumps(answer) for answer in answers}) == 1 and answers[0][0] == 201,
           "sixteen at once under one key are one message")
    for key, why in (("k" * 101, "longer"), ("k\tx", "printable")):
        status, problem = keyed(world, text("never"), key)
        tap.ok(status in (400, 413) and why in problem["detail"], f"a key that is none: {problem['detail']}")
    found = follow(world.get, f"/api/channels/{world.channel}/messages?limit=1000&kind=text",
                   "messages", "from")
    said = [message["body"]["text"] for message in found]
    tap.ok(said.count("once") == 1 and said.count("at once") == 1 and "twice" not in said
           and "never" not in said, "the channel holds each once")


# ---- pages

class Writer:
    """Others who write while pages are read: in a thread until it is left."""

    def __init__(self, *acts):
        self.acts, self.count, self.failed = acts, 0, []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(act,)) for act in acts]

    def run(self, act):
        while not self.over.is_set():
            try:
                act(self.count)
                self.count += 1
            except Exception as error:  # pylint: disable=broad-except
                self.failed.append(error)
                return

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        until(lambda: self.count >= 3 or self.failed, 30, "others write")
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def follow(get, path, rows, cursor="cursor", forward="next"):
    """All rows by following `next`; each page is asked for once."""
    found, at = [], None
    for _ in range(10000):
        page = get(path if at is None else f"{path}&{cursor}={at}")
        found += page[rows]
        at = page.get(forward)
        if at is None:
            return found
    raise AssertionError(f"{path} has no end")


def each_once(tap, what, before, found, name, moved=()):
    """Of those that were there before none is lost, and their order is kept. None stands twice
    but for those that wait, and those that `moved`."""
    names = [name(row) for row in found]
    settled = [name(row) for row in found if "waiting" not in row.get("flags", [])]
    twice = sorted({n for n in settled if settled.count(n) > 1} - set(moved))
    settled = list(dict.fromkeys(settled))
    lost = [n for n in before if n not in set(names)]
    kept = [n for n in settled if n in set(before)]
    tap.ok(not twice and not lost and kept == before,
           f"{what}: {len(found)} rows in their order, none twice {twice[:5] or ''}, none lost {lost[:5] or ''}")


def behind_late(now, found):
    """Messages that stand behind one that came into the order while pages were read."""
    seen = {row["id"] for row in found}
    first = next((at for at, name in enumerate(now) if name not in seen), len(now))
    return set(now[first:])


def send(world, message, who="token-send"):
    answer = world.post(f"/api/channels/{world.channel}/messages", message, who)
    assert answer.status == 201, answer.body


def pages_of_messages(tap, world):
    lines = "\n".join(json.dumps(text(f"line {n}")) for n in range(300))
    world.send("POST", f"/api/channels/{world.channel}/messages", lines.encode(), "token-send",
               kind="application/x-ndjson")
    path = f"/api/channels/{world.channel}/messages?limit=7&form=row"

    def name(row):
        return row["id"]

    def south_writes(count):
        world.south.aldis("send", world.channel, "text", "--body", "-",
                          stdin=json.dumps({"language": "en", "text": f"south {count}"}))

    before = [m["id"] for m in world.get(path.replace("limit=7", "limit=1000"))["messages"]
              if "waiting" not in m["flags"]]
    with Writer(lambda n: send(world, text(f"north {n}")), south_writes) as writer:
        forward = follow(world.get, path, "messages", "from")
        people = follow(world.get, path + "&people=1", "messages", "from")
        kinds = follow(world.get, path + "&kind=text&author=north.example", "messages", "from")
    tap.ok(not writer.failed and writer.count > 3, f"{writer.count} messages were written meanwhile")
    now = [m["id"] for m in world.get(path.replace("limit=7", "limit=1000"))["messages"]]
    each_once(tap, "messages from the first on", before, forward, name, behind_late(now, forward))
    # Of those that moved behind a late one, that page may have shown one twice.
    mine = list(dict.fromkeys(row["id"] for row in forward if row["id"] in set(before)
                              and row.get("kind") == "text" and row["own"]))
    each_once(tap, "with filters", mine, kinds, name, behind_late(now, kinds))
    tap.ok(len(people) >= len(mine), "only people's")
    positions = {row["position"] for row in forward}
    tap.ok(positions == set(range(len(positions))), "positions have no gaps")
    with Writer(lambda n: send(world, text(f"more {n}")), south_writes):
        total = world.get(path)["total"]
        found, at = [], total
        while at is not None:
            page = world.get(f"{path}&before={at}")
            found, at = page["messages"] + found, page.get("previous")
    now = [m["id"] for m in world.get(path.replace("limit=7", "limit=1000"))["messages"]]
    each_once(tap, "and back from the last", before, found, name, behind_late(now, found))


def pages_of_incidents(tap, world):
    for n in range(12):
        send(world, {**INCIDENT, "body": {**INCIDENT["body"], "title": f"Incident {n}"}})
    path = "/api/incidents?limit=2"
    before = [row["id"] for row in world.get("/api/incidents?limit=1000")["incidents"]]
    with Writer(lambda n: send(world, INCIDENT)) as writer:
        found = follow(world.get, path, "incidents")
    tap.ok(not writer.failed, "incidents are reported meanwhile")
    each_once(tap, "incidents", before, found, lambda row: row["id"])


def pages_of_audit(tap, world):
    before = [row["index"] for row in world.get("/api/audit?limit=1000")["entries"]]
    notes = {"version": world.get("/api/notes")["version"]}

    def write(n):
        answer = world.post("/api/notes", {"version": notes["version"], "text": f"note {n}"})
        assert answer.status == 200, answer.body
        notes["version"] = answer.json()["version"]

    with Writer(write) as writer:
        found = follow(world.get, "/api/audit?limit=9", "entries")
        picked = follow(world.get, "/api/audit?limit=9&what=message.", "entries")
    tap.ok(not writer.failed and writer.count > 3, "rows are written meanwhile")
    each_once(tap, "rows of the audit", before, found, lambda row: row["index"])
    indexes = [row["index"] for row in found]
    tap.ok(indexes == list(range(indexes[0], -1, -1)), "down to the first")
    tap.ok([row["index"] for row in picked] ==
           [row["index"] for row in found if row["what"].startswith("message.")], "with a filter too")


def pages_of_handovers(tap, world):
    def offer(n):
        answer = world.post("/api/handovers", {"to": "officer", "notes": f"{n}"})
        assert answer.status == 201, answer.body
        answer = world.post(f"/api/handovers/{answer.json()['id']}/withdraw")
        assert answer.status == 200, answer.body

    for n in range(45):
        offer(n)
    with Writer(offer) as writer:
        newest = world.get("/api/handovers?")["handovers"][0]["id"]
        found = follow(world.get, "/api/handovers?", "handovers")
    tap.ok(not writer.failed, "handovers are offered meanwhile")
    names = [row["id"] for row in found]
    wanted = [f"h{n}" for n in range(int(newest[1:]), 0, -1)]
    each_once(tap, "handovers", wanted, found, lambda row: row["id"])
    tap.ok(names[-1] == "h1", "down to the first")


# ---- events

class Follower:
    """Reads the stream as a page does: when it ends, it asks again."""

    def __init__(self, world, who):
        self.world, self.who = world, who
        self.events, self.connections, self.over = [], 0, False
        self.line = None
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        until(lambda: self.connections == 1, 20, "the stream is open")

    def run(self):
        while not self.over:
            try:
                self.read()
            except (OSError, http.client.HTTPException, AttributeError, ValueError):
                pass

    def read(self):
        self.line = http.client.HTTPConnection("127.0.0.1", self.world.port, timeout=60)
        self.line.request("GET", "/api/events", headers=self.world.identity(self.who))
        answer = self.line.getresponse()
        assert answer.status == 200, answer.status
        self.connections += 1
        while line := answer.readline():
            if line.startswith(b"data: "):
                self.events.append(json.loads(line[6:]))

    def types(self):
        return {event["type"] for event in self.events}

    def close(self):
        self.over = True
        self.line.sock and self.line.sock.shutdown(2)
        self.thread.join(20)


def changes(world):
    """What each kind of event comes from."""
    channel = f"/api/channels/{world.channel}"

    def draft():
        world.post("/api/drafts", {"channel": world.channel, "message": TEXT})

    def notes():
        world.post("/api/notes", {"version": world.get("/api/notes")["version"], "text": "x"})

    def handover():
        made = world.post("/api/handovers", {"to": "officer", "notes": "x"}).json()
        world.post(f"/api/handovers/{made['id']}/withdraw")

    def operators():
        world.post("/api/operators/officer", {"full_name": "An officer"})

    def opened():
        world.south.aldis("send", world.channel, "text", "--body", "-", "--wait", "20",
                          stdin='{"language":"en","text":"to be opened"}')
        world.post(f"{channel}/opened", {"through": world.get(f"{channel}/messages")["total"]})

    def verify():
        world.post(f"{channel}/verify")

    return {"draft": draft, "notes": notes, "handover": handover, "operators": operators,
            "opened": opened, "verify": verify}


def events(tap, world):
    follower, reader = Follower(world, "all"), Follower(world, "token-read")
    for kind, act in changes(world).items():
        act()
        until(lambda: kind in follower.types() and kind in reader.types(), 20, f"the event {kind}")
        tap.ok(True, f"an event of type {kind} comes, to people and programs")
    tap.ok(all(isinstance(event.get("type"), str) for event in follower.events), "each has a type")
    said = json.dumps(follower.events)
    tap.ok("to be opened" not in said and "As agreed" not in said, "and no content")
    restart(world)
    until(lambda: follower.connections >= 2 and reader.connections >= 2, 30, "they are there again")
    tap.ok(True, "after a kill of the daemon both streams are open again, with the same session")
    follower.events.clear()
    changes(world)["draft"]()
    until(lambda: "draft" in follower.types(), 20, "events go on")
    tap.ok(True, "and events go on")
    refused = world.send("GET", "/api/events", who="token-draft")
    tap.ok(refused.status == 403 and world.send("GET", "/api/events", who="nobody").status == 401,
           "who may not read gets no stream")
    follower.close()
    reader.close()


def people(world):
    for name, roles in (("all", "watch,officer,administrator,auditor"), ("officer", "officer")):
        person = world.people[name] = Person(world.north, world.port, name, roles)
        assert person.login() == 201 and person.change(OWN_PASSWORD) == 200, person.browser.body
    for scope in ("read", "draft", "send"):
        world.tokens[f"token-{scope}"] = world.north.aldis("token", "add", scope, "--scopes",
                                                           scope).stdout.strip()


def scenario(tap, folder):
    port = free_port()
    north = tap.desk(folder, "north.example", "--console", f"127.0.0.1:{port}")
    south = tap.desk(folder, "south.example")
    for desk in (north, south):
        desk.start().wait_ready()
    befriend([north, south])
    world = World(folder, north, south, port)
    world.channel = open_channel(folder, [north, south], DUTIES)
    wait_open([north, south])
    people(world)
    events(tap, world)
    pages_of_messages(tap, world)
    pages_of_incidents(tap, world)
    pages_of_audit(tap, world)
    pages_of_handovers(tap, world)
    keys(tap, world)


if __name__ == "__main__":
    Tap().play(scenario)
