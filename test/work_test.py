#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What people do at a desk: drafts and their approval by two persons, what was opened,
alarms, notes, handover; and that a daemon killed after each step loses none of it."""

import http.client
import json

from accounts_test import OWN_PASSWORD, Browser, Person, noted
from desks import Tap, befriend, free_port, open_channel, until

TEMPLATE = {
    "approval": ["incident", "statement"],
    "duties": [{"on": "incident", "owe": ["ack"], "within": "PT24H"}],
    "limits": {"skew": "PT5M", "body": 262144, "attachment": 1048576, "attachments": 2,
               "quota": 1073741824},
}
INCIDENT = {"kind": "incident", "body": {
    "language": "en", "title": "Stolen passwords tried", "summary": "From 192.0.2.0/24.",
    "detected": "2026-11-20T23:49:00Z"}}


class Officer(Person):
    """Logged in for good: with a password of one's own, and again after a restart."""

    def __init__(self, desk, port, name, roles):
        super().__init__(desk, port, name, roles)
        assert self.login() == 201, self.browser.body
        assert self.change(OWN_PASSWORD) == 200, self.browser.body

    def get(self, path):
        status = self.browser.get(path)
        assert status == 200, f"{path}: {status} {self.browser.body}"
        return self.browser.json()

    def post(self, path, body=None, expect=None):
        status = self.browser.post(path, body)
        assert expect is None or status == expect, f"{path}: {status} {self.browser.body}"
        return status

    def upload(self, path, content):
        return upload(self.browser, path, content)


def upload(browser, path, content):
    """Not JSON: the bytes as they are."""
    line = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=30)
    line.request("POST", path, body=content, headers={
        "Origin": f"http://127.0.0.1:{browser.port}",
        "Content-Type": "application/octet-stream",
        "Cookie": f"{browser.cookie_name}={browser.cookie}"})
    answer = line.getresponse()
    browser.body = answer.read()
    line.close()
    return answer.status


def kill(desk):
    """The daemon dies and is there again."""
    desk.kill()
    desk.start().wait_ready()


def messages(person, channel, query=""):
    return person.get(f"/api/channels/{channel}/messages?form=row&people=1{query}")["messages"]


def approval(tap, north, channel, ann, ben):
    refused = north.aldis("send", channel, "incident", "--body", "-", check=False,
                          stdin=json.dumps(INCIDENT["body"]))
    tap.ok(refused.returncode != 0 and "draft in the console" in refused.stderr,
           "aldis send says what to do where the charter wants two persons")
    status = ann.post(f"/api/channels/{channel}/messages", INCIDENT)
    tap.ok(status == 403 and ann.browser.code() == "approval-required",
           "so does the API, to an officer too")
    ann.post("/api/drafts", {"channel": channel, "message": {"kind": "incident"}}, 201)
    draft = ann.browser.json()
    path = f"/api/drafts/{draft['id']}"
    tap.ok(draft["approval"] and {p["field"] for p in draft["problems"]} >= {"body.title", "body.summary"},
           "a draft says what it lacks, and that it needs a second person")
    kill(north)
    tap.ok(ann.get(path)["version"] == 1, "a draft outlives a kill, and so does the login")
    ann.post(path, {"version": 1, "message": INCIDENT}, 200)
    kill(north)
    tap.ok(ann.get(path)["message"] == INCIDENT, "its text too")
    tap.ok(ben.post(path, {"version": 1, "message": INCIDENT}) == 409 and
           ben.browser.code() == "version-conflict", "an older version is told so")
    attachments(tap, north, ann, path)
    version = ann.get(path)["version"]
    ann.post(path + "/submit", {"version": version}, 200)
    kill(north)
    tap.ok(ann.get(path)["state"] == "approval" and
           [d["id"] for d in ben.get("/api/now")["approvals"]] == [draft["id"]],
           "it waits for approval, where the other officer sees it")
    tap.ok(ann.post(path + "/approve", {"version": version}) == 403, "who wrote it can't approve it")
    local = north.aldis("draft", "show", draft["id"]).stdout
    tap.ok("a second person must approve it" in local and "Stolen passwords tried" in local,
           "aldis draft show prints it")
    ann.post(path, {"version": version, "message": INCIDENT}, 200)
    tap.ok(ben.post(path + "/approve", {"version": version}) == 409 and
           ann.get(path)["state"] == "editing", "an edit takes the request back")
    version += 1
    ann.post(path + "/submit", {"version": version}, 200)
    ben.post(path + "/return", {"version": version, "reason": "Which host?"}, 200)
    kill(north)
    tap.ok(ann.get(path)["returned"]["reason"] == "Which host?", "a return says why")
    ann.post(path + "/submit", {"version": version}, 200)
    before = len(messages(ann, channel))
    ben.post(path + "/approve", {"version": version}, 201)
    sent = ben.browser.json()["sent"]
    kill(north)
    done = ann.get(path)
    tap.ok(done["state"] == "sent" and done["sent"] == sent and done["approved"]["by"] == ben.name,
           "the second officer sends it, and that is known after a kill")
    rows = messages(ann, channel)
    tap.ok(len(rows) == before + 1 and rows[-1]["attachments"] == 1, "once, with its attachment")
    tap.ok(ben.post(path + "/approve", {"version": version}) == 201 and
           len(messages(ann, channel)) == before + 1, "said twice it goes out once")
    tap.ok(noted(north, '"what":"draft.approve"', f'"who":"{ben.name}"', sent) and
           not noted(north, "Stolen passwords"), "the audit names who, not what it says")
    return sent


def attachments(tap, north, ann, path):
    large = bytes(range(256)) * 4096
    tap.ok(ann.upload(path + "/attachments?name=large.bin", large) == 413 and
           ann.browser.json()["fields"][0]["field"] == "attachments" and
           "the charter allows 1048560 bytes" in ann.browser.json()["detail"],
           "an attachment too large is refused with the rule")
    assert ann.upload(path + "/attachments?name=trace.pcap", large[:-16]) == 201, ann.browser.body
    first = ann.browser.json()["id"]
    kill(north)
    assert ann.upload(path + "/attachments?name=more.txt", b"more") == 201, ann.browser.body
    tap.ok(ann.upload(path + "/attachments?name=third.txt", b"x") == 413 and
           "the charter allows 2 in one message" in ann.browser.json()["detail"],
           "one too many is refused with the rule")
    ann.post(f"{path}/attachments/{first}/remove", None, 200)
    kill(north)
    tap.ok([a["name"] for a in ann.get(path)["attachments"]] == ["more.txt"],
           "attachments come and go, and outlive kills")


def without_approval(tap, north, channel, wim):
    text = {"kind": "text", "body": {"language": "en", "text": "Seen here too."}}
    wim.post("/api/drafts", {"channel": channel, "message": text}, 201)
    path = "/api/drafts/" + wim.browser.json()["id"]
    wim.post(path + "/submit", {"version": 1}, 201)
    sent = wim.browser.json()["sent"]
    wim.post(path + "/submit", {"version": 1}, 201)
    kill(north)
    wim.post(path + "/submit", {"version": 1}, 201)
    tap.ok(wim.browser.json()["sent"] == sent and
           len(messages(wim, channel, "&kind=text&author=north.example")) == 1,
           "where no approval is asked one person sends, and once")
    tap.ok(wim.post("/api/drafts/check", {"channel": channel, "message": text}) == 200 and
           wim.browser.json()["recipients"][0]["desk"] == "south.example",
           "the check says who would get it")


def tokens(tap, north, port, channel):
    token = north.aldis("token", "add", "scanner", "--scopes", "read,draft").stdout.strip()
    program = Browser(port, token)
    text = {"kind": "text", "body": {"language": "en", "text": "By a program."}}
    status = program.post("/api/drafts", {"channel": channel, "message": text})
    made = program.json()
    tap.ok(status == 201 and made["by"].startswith("token:"), "a program drafts")
    path = "/api/drafts/" + made["id"]
    tap.ok(program.post(path + "/submit", {"version": 1}) == 403, "but sends only with that scope")
    tap.ok(program.post(path + "/approve", {"version": 1}) == 403, "and never approves")
    tap.ok(made["id"] in north.aldis("draft", "list").stdout, "aldis draft list shows it")
    north.aldis("draft", "discard", made["id"])
    tap.ok(made["id"] in north.aldis("draft", "list", "--state", "discarded").stdout and
           made["id"] not in north.aldis("draft", "list").stdout, "aldis draft discard discards it")


def opened(tap, north, south, channel, ann, wim):
    said = south.aldis("send", channel, "text", "--body", "-", "--wait", "20",
                       stdin='{"language":"en","text":"Look at this"}').stdout.strip()
    until(lambda: ann.get("/api/now")["unread_total"] == 1, 20, "the message is unread")
    now = ann.get("/api/now")
    tap.ok(now["unread"][0]["id"] == said and now["unread"][0]["title"] == "Look at this",
           "an unread message is on the page Now")
    alarm = next(a for a in now["alarms"] if a["subject"] == said)
    wim.post(f"/api/alarms/{alarm['id']}/mute", {"minutes": 30}, 200)
    kill(north)
    alarm = next(a for a in ann.get("/api/alarms")["alarms"] if a["subject"] == said)
    tap.ok(alarm["muted"]["by"] == wim.name, "a muted alarm stays muted over a kill")
    ann.post(f"/api/alarms/{alarm['id']}/take", None, 200)
    kill(north)
    alarm = next(a for a in ann.get("/api/alarms")["alarms"] if a["subject"] == said)
    tap.ok(alarm["taken"]["by"] == ann.name, "one that was taken too")
    tap.ok(wim.post(f"/api/alarms/{alarm['id']}/take") == 409, "a second person is told who has it")
    ann.post(f"/api/channels/{channel}/opened", {"messages": [said]}, 200)
    kill(north)
    now = wim.get("/api/now")
    tap.ok(now["unread_total"] == 0 and all(a["subject"] != said for a in now["alarms"]),
           "what one opened is opened for all, and its alarm is gone")


def handover(tap, north, ann, ben, wim):
    ann.post("/api/notes", {"version": 0, "text": "West calls at 06:00 UTC."}, 200)
    kill(north)
    tap.ok(ben.get("/api/notes")["text"].startswith("West calls"), "notes outlive a kill")
    tap.ok(ben.post("/api/notes", {"version": 0, "text": "x"}) == 409, "and have versions")
    ann.post("/api/handovers", {"to": ben.name, "notes": "Quiet."}, 201)
    offer = ann.browser.json()
    kill(north)
    path = "/api/handovers/" + offer["id"]
    tap.ok(wim.post(path + "/accept", {}) == 403 and ann.post(path + "/accept", {}) == 403,
           "only who is asked accepts the watch")
    ben.post(path + "/accept", {"note": "I have it."}, 200)
    kill(north)
    done = ann.get(path)
    tap.ok(done["state"] == "accepted" and done["note"] == "I have it." and
           done["snapshot"] == offer["snapshot"] and done["snapshot"]["peers"][0]["name"] == "south.example",
           "both have signed, and what was open then is kept")


def only_reading(tap, channel, eve):
    forbidden = [("/api/drafts", {"channel": channel, "message": {}}),
                 (f"/api/channels/{channel}/opened", {"through": 1}),
                 ("/api/notes", {"version": 1, "text": ""}),
                 ("/api/handovers", {"to": "ann", "notes": ""}),
                 ("/api/alarms/0123456789abcdef/take", {})]
    tap.ok(all(eve.post(path, body) == 403 for path, body in forbidden) and
           eve.get("/api/now")["desk"] == "north.example", "an auditor reads and does nothing")


def scenario(tap, folder):
    port = free_port()
    north = tap.desk(folder, "north.example", "--console", f"127.0.0.1:{port}").start().wait_ready()
    south = tap.desk(folder, "south.example").start().wait_ready()
    befriend([north, south])
    channel = open_channel(folder, [north, south], TEMPLATE)
    ann = Officer(north, port, "ann", "officer")
    ben = Officer(north, port, "ben", "watch,officer")
    wim = Officer(north, port, "wim", "watch")
    eve = Officer(north, port, "eve", "auditor")
    approval(tap, north, channel, ann, ben)
    without_approval(tap, north, channel, wim)
    tokens(tap, north, port, channel)
    opened(tap, north, south, channel, ann, wim)
    handover(tap, north, ann, ben, wim)
    only_reading(tap, channel, eve)
    tap.ok(north.aldis("audit", "verify", check=False).returncode == 0, "the audit's chain holds")


if __name__ == "__main__":
    Tap().play(scenario)
