#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The local API against its contract, spec/openapi.yaml: every operation sent right and wrong to
a running desk, by everybody who may and who may not; keys that make a repeated sending safe; pages
under writes; the stream of events over a restart."""

import hashlib
import http.client
import json
import os
import re
import socket
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlencode

from accounts_test import OWN_PASSWORD, Person, totp
from advisory import advisory
from contract import JSON_TYPE, MAY_SECURITY, Contract, routes_of
from desks import Tap, befriend, free_port, open_channel, run, until, wait_open

SOURCE = Path(os.environ.get("ALDIS_SOURCE", "."))
ROLES = ("watch", "officer", "administrator", "auditor")
SCOPES = ("read", "draft", "send")
NOBODY, LOCAL = "nobody", "local"
TEMPLATE = {
    "approval": ["statement"],
    "duties": [{"on": "query", "owe": ["answer"], "within": "PT3S"}],
    "limits": {"skew": "PT2S", "body": 262144, "attachment": 1048576, "attachments": 64,
               "quota": 1073741824},
}
QUERY = {"kind": "query", "body": {"language": "en", "question": "Is 192.0.2.7 yours?"}}
TEXT = {"kind": "text", "body": {"language": "en", "text": "As agreed."}}
STATEMENT = {"kind": "statement", "body": {"language": "en", "text": "All is well."}}
INCIDENT = {"kind": "incident", "body": {
    "language": "en", "title": "Stolen passwords tried", "summary": "From 192.0.2.0/24.",
    "detected": "2026-11-20T23:49:00Z"}}
# What names nothing, for each part of a path; and what can't be a name.
UNKNOWN = {
    "channel": ("nonesuch",), "desk": ("nobody.example", "No Name"), "index": ("999999", "x", "-1"),
    "blob": ("0" * 64, "zz"), "digest": ("0" * 64, "zz"), "origin": ("0" * 64, "zz"),
    "alarm": ("0" * 16, "zz"), "draft": ("d999999", "zz"), "file": ("999999", "zz"),
    "handover": ("h999999", "zz"), "name": ("nobody", "No Name"), "id": ("00000000", "zz"),
    "number": ("999", "x"), "path": ("nonsense", "tile/0/x"),
}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.type = headers.get("Content-Type")

    def json(self):
        return json.loads(self.body)


class Socket(http.client.HTTPConnection):
    """The API at the socket in the desk's folder."""

    def __init__(self, desk):
        super().__init__("localhost", timeout=60)
        self.file = str(desk.folder / "aldisd.sock")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.file)


class Request:
    """What is sent for an operation. `who` is a name of World.people, of World.tokens, or LOCAL."""

    def __init__(self, body=None, who="all", expect=(200,), query=None, kind=JSON_TYPE, headers=None,
                 **path):
        self.body, self.who, self.expect = body, who, expect
        self.query, self.kind, self.headers, self.path = query or {}, kind, headers or {}, path


class World:
    """Two desks, the console's door of one, and what there is to ask about."""

    def __init__(self, folder, north, south, port):
        self.folder, self.north, self.south, self.port = Path(folder), north, south, port
        self.people, self.tokens, self.made = {}, {}, {}

    def connection(self, who):
        if who == LOCAL:
            return Socket(self.north)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def identity(self, who):
        if who in self.tokens:
            return {"Authorization": f"Bearer {self.tokens[who]}"}
        if who in (NOBODY, LOCAL):
            return {}
        browser = self.people[who].browser
        return {"Cookie": f"{browser.cookie_name}={browser.cookie}"}

    def send(self, method, path, body=None, who="all", kind=JSON_TYPE, **headers):
        sent = {**self.identity(who), **{name.replace("_", "-"): v for name, v in headers.items()}}
        if method == "POST":
            sent = {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": kind, **sent}
        line = self.connection(who)
        line.request(method, path, body=body, headers=sent)
        got = line.getresponse()
        answer = Answer(got.status, got.headers, b"" if got.headers["Content-Type"] ==
                        "text/event-stream" else got.read())
        line.close()
        return answer

    def get(self, path, who=LOCAL):
        answer = self.send("GET", path, who=who)
        assert answer.status == 200, (path, answer.status, answer.body)
        return answer.json()

    def post(self, path, value=None, who="all", **headers):
        return self.send("POST", path, None if value is None else json.dumps(value).encode(), who,
                         **headers)

    def perform(self, operation, request, **instead):
        """Sends one; `instead` replaces parts: path, query, body, kind, who, method."""
        path = operation.template
        for name, value in {**request.path, **instead.get("path", {})}.items():
            path = path.replace("{" + name + "}", quote(str(value), safe="/#" if name == "path" else ""))
        query = {**request.query, **instead.get("query", {})}
        body = instead.get("body", request.body)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        return self.send(instead.get("method", operation.method),
                         path + ("?" + urlencode(query) if query else ""), body,
                         instead.get("who", request.who), instead.get("kind", request.kind),
                         **request.headers)

    def state(self):
        """What a request that is refused must leave as it is."""
        channel = f"/api/channels/{self.channel}"
        found = {path: self.get(path) for path in (
            f"{channel}/messages?people=1&limit=1000&form=row", f"{channel}/charters", "/api/cards",
            "/api/notes", "/api/handovers", "/api/alerts", "/api/operators", "/api/tokens", "/api/channels",
            "/api/drafts", "/api/drafts?state=sent", "/api/drafts?state=discarded", "/api/alarms")}
        return json.dumps(steady(found), sort_keys=True)


PASSING = ("time", "used", "last_login", "total", "last_heard", "last_error", "logs", "receipts",
           "state", "last_check", "queued", "reachable", "words", "asked_witnesses", "position",
           "overdue", "snapshot")


def steady(value):
    """Without what moves by itself."""
    if isinstance(value, dict):
        is_draft = "changed_by" in value
        return {name: steady(member) for name, member in value.items()
                if name not in PASSING or is_draft and name == "state"}
    return [steady(item) for item in value] if isinstance(value, list) else value


# ---- the right requests, in an order in which each finds what it needs

def draft(world, message=None):
    answer = world.post("/api/drafts", {"channel": world.channel, "message": message or TEXT})
    assert answer.status == 201, answer.body
    return answer.json()


def submitted(world):
    """A statement by one officer that waits for another one."""
    kept = draft(world, STATEMENT)
    answer = world.post(f"/api/drafts/{kept['id']}/submit", {"version": kept["version"]})
    assert answer.status == 200, answer.body
    return kept


def handover(world, to="officer"):
    answer = world.post("/api/handovers", {"to": to, "notes": "Two questions are open."})
    assert answer.status == 201, answer.body
    return answer.json()


def alarm(world):
    return next(a["id"] for a in world.get("/api/alarms")["alarms"] if a["what"] == "overdue")


def with_file(world):
    kept = draft(world)
    answer = world.send("POST", f"/api/drafts/{kept['id']}/attachments?name=a.txt", b"x",
                        kind="application/octet-stream")
    assert answer.status == 201, answer.body
    return {"draft": kept["id"], "file": answer.json()["id"]}


def key_change(world):
    draft_path, signed = world.folder / "card", world.folder / "key-change"
    draft_path.write_text(world.north.aldis("key", "new").stdout)
    signed.write_text(run("root", "sign", str(world.north.folder / "root"), str(draft_path),
                          "--key-change").stdout)
    return signed.read_bytes()


def pouch(world):
    files = world.south.json("pouch", "out", world.channel, world.north.name,
                             "-o", str(world.folder / f"pouch{len(list(world.folder.glob('pouch*')))}"))
    return Path(files["files"][0]).read_bytes()


def manifest(world, **choice):
    """A manifest drafted now."""
    answer = world.post(f"/api/channels/{world.channel}/releases/draft", choice)
    assert answer.status == 200, answer.body
    return answer.json()["text"]


def release(world):
    """A release that north asks for; asked for once."""
    if "release" not in world.said:
        answer = world.post(f"/api/channels/{world.channel}/releases",
                            {"manifest": manifest(world), "language": "en", "text": "To end rumours."})
        assert answer.status == 201, answer.body
        world.said["release"] = answer.json()["sent"]
    return message_of(world, "release")


def release_draft(world):
    """A draft that carries a manifest."""
    text = manifest(world, others="envelope")
    kept = draft(world, {"kind": "release.request", "body": {
        "language": "en", "text": "Why", "manifest": hashlib.sha256(text.encode()).hexdigest()}})
    answer = world.send("POST", f"/api/drafts/{kept['id']}/attachments?name=manifest.txt", text.encode(),
                        kind="application/octet-stream")
    assert answer.status == 201, answer.body
    return kept["id"]


def asked_by_south(world):
    """A release that south asks for, and its digest."""
    text = world.south.aldis("release", "draft", world.channel).stdout
    path = world.folder / "manifest"
    path.write_text(text, encoding="utf-8")
    request = world.south.aldis("release", "request", world.channel, str(path), "--text", "Ours").stdout
    world.said["asked"] = request.strip()
    where = message_of(world, "asked")
    path = f"/api/channels/{world.channel}/releases/{where['desk']}/{where['index']}"
    until(lambda: world.send("GET", path, who=LOCAL).status == 200, 20, "south's manifest is here")
    return hashlib.sha256(text.encode()).hexdigest()


def login(world):
    person = world.people["spare"]
    return {"name": "spare", "password": person.password, "code": totp(person.secret, 1)}


def new_password(world):
    person = world.people["spare"]
    old, person.password = person.password, person.password + " again"
    return {"password": old, "new_password": person.password}


def offered(world):
    return {"to": "officer", "notes": "Quiet."}


def in_channel(world, **more):
    return {"channel": world.channel, **more}


def message_of(world, which):
    desk, index = world.said[which].split("#")
    return {"channel": world.channel, "desk": desk, "index": index}


def blob_of(world):
    return {**message_of(world, "file"), "blob": world.blob}


def body_of_draft(world):
    return {"version": 1, "message": {**TEXT, "tlp": "AMBER"}}


def origin(world, desk):
    logs = world.get(f"/api/channels/{world.channel}/record")["logs"]
    name = next(log["origin"] for log in logs if log["desk"] == desk)
    return hashlib.sha256(name.encode()).hexdigest()


RIGHT = {
    "getStatus": lambda w: Request(),
    "getEvents": lambda w: Request(),
    "getOwnCard": lambda w: Request(),
    "listCards": lambda w: Request(),
    "trustCard": lambda w: Request({"card": (w.south.folder / "card.note").read_text(), "compared": True},
                                   expect=(201,)),
    "listChannels": lambda w: Request(),
    "joinChannel": lambda w: Request((w.folder / "charter.note").read_bytes(), kind="text/plain",
                                     expect=(201,)),
    "getChannel": lambda w: Request(**in_channel(w)),
    "listRosters": lambda w: Request(**in_channel(w)),
    "getKinds": lambda w: Request(),
    "getCodebook": lambda w: Request(digest=w.codebook),
    "listAllPledges": lambda w: Request(query={"all": 1}),
    "listPledgeTexts": lambda w: Request(),
    "listIncidents": lambda w: Request(query={"open": 1, "limit": 10, "channel": w.channel}),
    "getIncident": lambda w: Request(**message_of(w, "incident")),
    "listCharters": lambda w: Request(**in_channel(w)),
    "getPapers": lambda w: Request(**in_channel(w)),
    "getLogEnd": lambda w: Request(**in_channel(w), expect=(409,)),
    "listMessages": lambda w: Request(**in_channel(w), query={
        "from": 0, "limit": 3, "kind": "text", "since": "2020-01-01T00:00:00Z",
        "author": w.north.name, "line": "technical", "people": 1, "overdue": 0}),
    "sendMessages": lambda w: Request(TEXT, **in_channel(w), query={"wait": 20}, expect=(201,)),
    "uploadAttachment": lambda w: Request(b"bytes", **in_channel(w), kind="application/octet-stream",
                                          query={"salted": 0}, expect=(201,)),
    "getMessage": lambda w: Request(**message_of(w, "query"), query={"wait": 1}),
    "markOpened": lambda w: Request({"messages": [w.said["theirs"]]}, **in_channel(w)),
    "listDuties": lambda w: Request(**in_channel(w), query={"all": 1, "at": "2030-01-01T00:00:00Z"}),
    "listPledges": lambda w: Request(**in_channel(w), query={"all": 1}),
    "listConsultations": lambda w: Request(**in_channel(w), query={"all": 1}),
    "getReceipt": lambda w: Request(**message_of(w, "query"), query={"from": w.south.name}),
    "getBlob": lambda w: Request(**blob_of(w)),
    "getAttachmentContent": lambda w: Request(**blob_of(w)),
    "proveSilence": lambda w: Request(**message_of(w, "query"), query={"debtor": w.south.name}),
    "getStatement": lambda w: Request(**in_channel(w), query={"from": "2020-01-01T00:00:00Z"}),
    "proveStatement": lambda w: Request(**message_of(w, "statement")),
    "getRecord": lambda w: Request(**in_channel(w)),
    "startVerify": lambda w: Request(**in_channel(w), expect=(202,)),
    "getVerify": lambda w: Request(**in_channel(w)),
    "getEvidence": lambda w: Request(number=0, expect=(404,)),
    "proveEvidence": lambda w: Request(number=0, expect=(404,)),
    "getNow": lambda w: Request(),
    "listAlarms": lambda w: Request(),
    "muteAlarm": lambda w: Request({"minutes": 5}, alarm=alarm(w)),
    "unmuteAlarm": lambda w: Request(alarm=alarm(w)),
    "takeAlarm": lambda w: Request(alarm=alarm(w)),
    "getNotes": lambda w: Request(),
    "writeNotes": lambda w: Request({"version": w.get("/api/notes")["version"], "text": "Quiet."}),
    "offerHandover": lambda w: Request(offered(w), expect=(201,)),
    "listHandovers": lambda w: Request(),
    "getHandover": lambda w: Request(handover=w.get("/api/handovers")["handovers"][0]["id"]),
    "acceptHandover": lambda w: Request({"note": "Taken."}, who="officer",
                                        handover=w.get("/api/handovers")["handovers"][0]["id"]),
    "withdrawHandover": lambda w: Request(handover=handover(w)["id"]),
    "createDraft": lambda w: Request({"channel": w.channel, "message": STATEMENT}, expect=(201,)),
    "checkDraft": lambda w: Request({"channel": w.channel, "message": STATEMENT}),
    "listDrafts": lambda w: Request(query={"state": "editing", "channel": w.channel}),
    "getDraft": lambda w: Request(draft=draft(w)["id"]),
    "saveDraft": lambda w: Request(body_of_draft(w), draft=draft(w)["id"]),
    "attachFile": lambda w: Request(b"bytes", draft=draft(w)["id"], query={"name": "a.txt", "salted": 0},
                                    kind="application/octet-stream", expect=(201,)),
    "removeFile": lambda w: Request(**with_file(w)),
    "submitDraft": lambda w: Request({"version": 1}, draft=draft(w)["id"], expect=(201,)),
    "returnDraft": lambda w: Request({"version": 1, "reason": "Which?"}, who="officer",
                                     draft=submitted(w)["id"]),
    "approveDraft": lambda w: Request({"version": 1}, who="officer", draft=submitted(w)["id"],
                                      expect=(201,)),
    "discardDraft": lambda w: Request(draft=draft(w)["id"]),
    "getDraftRelease": lambda w: Request(draft=release_draft(w)),
    "draftRelease": lambda w: Request({
        "since": "2020-01-01T00:00:00Z", "until": "2040-01-01T00:00:00Z", "others": "full",
        "full": [w.said["query"]], "envelope": [w.said["theirs"]], "withheld": [w.said["statement"]],
        "attachments": [], "cover": {"en": "What we said", "id": "Yang kami katakan"}}, **in_channel(w)),
    "askRelease": lambda w: Request({"manifest": manifest(w, others="envelope"), "language": "en",
                                     "text": "To end rumours."}, **in_channel(w), expect=(201,)),
    "listReleases": lambda w: Request(query={"before": 9, "limit": 2}, **in_channel(w)),
    "getRelease": lambda w: Request(**release(w)),
    "buildRelease": lambda w: Request(**release(w), query={"one_sided": 1}),
    "answerRelease": lambda w: Request({"manifest": asked_by_south(w), "answer": "refuse",
                                        "language": "en", "text": "Not yet."}, expect=(201,),
                                       **message_of(w, "asked")),
    "makePouch": lambda w: Request(**in_channel(w), desk=w.south.name,
                                   query={"after": "0.0.0.0", "part_size": 4096},
                                   expect=(201,)),
    "listWaitingPouches": lambda w: Request(),
    "takePouch": lambda w: Request(pouch(w), kind="application/octet-stream"),
    "acceptLog": lambda w: Request(**in_channel(w)),
    "checkStore": lambda w: Request(),
    "backUp": lambda w: Request({"path": str(w.folder / "copy.db")}, who=LOCAL, expect=(201,)),
    "recoverLog": lambda w: Request(expect=(202,)),
    "acceptClock": lambda w: Request(),
    "getSession": lambda w: Request(),
    "changePassword": lambda w: Request(new_password(w), who="spare"),
    "login": lambda w: Request(login(w), who=NOBODY, expect=(201,)),
    "logout": lambda w: Request(who="spare"),
    "listOperators": lambda w: Request(),
    "addOperator": lambda w: Request({"name": "new.one", "full_name": "N. O.", "roles": ["watch"]},
                                     expect=(201,)),
    "changeOperator": lambda w: Request({"full_name": "New One", "roles": ["auditor"], "disabled": True},
                                        name="new.one"),
    "resetOperator": lambda w: Request(name="new.one", expect=(201,)),
    "listTokens": lambda w: Request(),
    "addToken": lambda w: Request({"name": "siem", "scopes": ["read"], "until": "2040-01-01T00:00:00Z"},
                                  expect=(201,)),
    "revokeToken": lambda w: Request(id=w.get("/api/tokens")["tokens"][-1]["id"]),
    "listAudit": lambda w: Request(query={
        "limit": 5, "who": "all", "what": "draft.", "subject": "d", "q": "draft",
        "since": "2020-01-01T00:00:00Z", "until": "2040-01-01T00:00:00Z"}),
    "exportAudit": lambda w: Request(query={"since": "2020-01-01T00:00:00Z"}),
    "verifyAudit": lambda w: Request(),
    "readLog": lambda w: Request(who=LOCAL, origin=origin(w, w.north.name), path="checkpoint"),
    "readMirror": lambda w: Request(who=LOCAL, origin=origin(w, w.south.name), path="checkpoint"),
    "readBlob": lambda w: Request(who=LOCAL, origin=origin(w, w.north.name), blob=w.blob),
    "setAlerts": lambda w: Request({
        "email": {"url": f"smtp://127.0.0.1:{w.port}", "from": "desk@north.example",
                  "to": ["duty@north.example"], "tls": "none"},
        "webhook": {"url": f"http://127.0.0.1:{w.port}/hook", "secret": "whsec_" + "c2VjcmV0" * 4}, "content": False,
        "what": ["frozen"], "repeat_minutes": 60}),
    "getAlerts": lambda w: Request(),
    "getMetrics": lambda w: Request(),
    "getHealthy": lambda w: Request(),
    "getReady": lambda w: Request(),
    "testAlerts": lambda w: Request(expect=(202,)),
    "announceKeys": lambda w: Request(key_change(w), kind="text/plain", expect=(201,)),
}


# ---- right and wrong

def try_right(world, operation, request):
    answer = world.perform(operation, request)
    found = operation.complaint(answer.status, answer.type, answer.body)
    if answer.status not in request.expect:
        return f"{answer.status}, not {request.expect}: {answer.body[:300]!r}"
    return found


def wrong_requests(operation, request):
    """(what, what is replaced): each breaks one thing of the right request."""
    for what, name, value in operation.wrong_queries():
        yield what, {"query": {name: value}}
    for parameter in operation.names("path"):
        for value in UNKNOWN[parameter["name"]]:
            yield f"{parameter['name']} {value[:12]}", {"path": {parameter["name"]: value}}
    if operation.method == "POST":
        for what, kind, body in operation.wrong_bodies(request.body):
            yield what, {"body": body, "kind": kind}


def try_wrong(world, operation, request):
    """Each wrong request gets a documented problem: the complaints, and how many were sent."""
    complaints, count = [], 0
    for what, instead in wrong_requests(operation, request):
        answer = world.perform(operation, request, **instead)
        found = operation.problem(answer.status, answer.type, answer.body)
        count += 1
        if found:
            complaints.append(f"{what}: {found}")
    return complaints, count


def try_people(world, operation, request):
    """Who may not is told so; who is not logged in too."""
    complaints = []

    def expect(who, status, code):
        answer = world.perform(operation, request, who=who)
        found = operation.problem(answer.status, answer.type, answer.body)
        if not found and (answer.status, answer.json().get("code")) != (status, code):
            found = f"{answer.status}, not {status} {code}"
        if found:
            complaints.append(f"{who}: {found}")

    if operation.may == "anyone" or "reading" in operation.tags:
        return complaints
    expect(NOBODY, 401, "login-required")
    for role in ROLES:
        if operation.may == "local" or operation.may != "self" and role not in operation.roles():
            expect(role, 403, "not-allowed")
    for scope in SCOPES:
        if scope not in operation.scopes():
            expect(f"token-{scope}", 403, "not-allowed")
    return complaints


def try_methods(world, operation, request, contract):
    complaints = []
    known = {o.method for o in contract.operations.values() if same_path(o, operation)}
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        if method in known:
            continue
        answer = world.perform(operation, request, method=method, body=None)
        if answer.status not in (404, 405) or b'"detail":"' not in answer.body:
            complaints.append(f"{method}: {answer.status} {answer.body[:100]!r}")
    return complaints


def starred(operation):
    return re.sub(r"\{[^}]*\}", "*", operation.template)


def same_path(one, other):
    return starred(one) == starred(other)


def try_operation(tap, world, contract, operation):
    request = RIGHT[operation.id](world)
    misfit = operation.misfit(request.body)
    assert misfit is None, f"{operation.id}: the document does not let this be sent: {misfit}"
    before = world.state()
    wrong, count = try_wrong(world, operation, request)
    refused = try_people(world, operation, request)
    refused += try_methods(world, operation, request, contract)
    after = world.state()
    if before != after:
        wrong.append(f"something changed: {difference(before, after)}")
    found = try_right(world, operation, request)
    tap.ok(not wrong, f"{operation.id}: {count} wrong requests get their problem and change nothing")
    show(wrong)
    tap.ok(not refused, f"{operation.id}: refused to whom it is not for")
    show(refused)
    tap.ok(found is None, f"{operation.id}: answered as documented")
    show([found] if found else [])


def show(complaints):
    for line in complaints[:40]:
        print(f"#   {line}", flush=True)


def difference(before, after):
    at = next(i for i, (a, b) in enumerate(zip(before + "\0", after + "\0")) if a != b)
    return f"{before[max(0, at - 150):at + 60]} … {after[at:at + 60]}"


# ---- the table and the document

def coverage(tap, contract):
    routes = routes_of(SOURCE / "src" / "console" / "api.c")
    documented = {(o.method, starred(o)): o.may for o in contract.operations.values()}
    missing = sorted(set(routes) - set(documented))
    tap.ok(not missing, f"every route is documented {missing or ''}")
    extra = sorted(set(documented) - set(routes))
    tap.ok(not extra, f"every documented operation has a route {extra or ''}")
    other = sorted(at for at in set(routes) & set(documented) if routes[at] != documented[at])
    tap.ok(not other, f"the document says of each who may {other or ''}")
    insecure = [o.id for o in contract.operations.values() if o.security != MAY_SECURITY[o.may]]
    tap.ok(not insecure, f"and so does its security {insecure or ''}")
    untested = sorted(set(contract.operations) ^ set(RIGHT))
    tap.ok(not untested, f"every operation is sent here {untested or ''}")


# ---- what there is to ask about

def people(world):
    for name, roles in (("all", ",".join(ROLES)), ("spare", "watch"), *((r, r) for r in ROLES)):
        person = world.people[name] = Person(world.north, world.port, name, roles)
        assert person.login() == 201, person.browser.body
        assert person.change(OWN_PASSWORD) == 200, person.browser.body
    for scope in SCOPES:
        made = world.north.aldis("token", "add", scope, "--scopes", scope).stdout.strip()
        world.tokens[f"token-{scope}"] = made


def say(world, desk, message, re_=None):
    args = ["send", world.channel, message["kind"], "--wait", "20"]
    args += ["--re", re_] if re_ else []
    args += ["--body", "-"] if "body" in message else []
    return desk.aldis(*args, stdin=json.dumps(message["body"]) if "body" in message else None
                      ).stdout.strip()


def reply(world, kind, to, **body):
    """South answers what north said; both hold it then."""
    until(lambda: world.south.aldis("show", world.channel, to, check=False).returncode == 0, 30,
          f"south holds {to}")
    said = say(world, world.south, {"kind": kind, **({"body": body} if body else {})}, to)
    until(lambda: world.north.aldis("show", world.channel, said, check=False).returncode == 0, 30,
          f"north holds {said}")
    return said


def converse(world):
    """Of the kinds that lists and registers are made of."""
    north = world.north
    say(world, north, {"kind": "roster", "body": {
        "language": "en", "authority": "The council", "roles": [
            {"role": "Duty officer", "hours": "always", "languages": ["en"], "contact": "by telephone"}]}})
    offer = say(world, north, {"kind": "pledge.offer", "body": json.loads(
        north.aldis("pledges", "--text", "non-interference").stdout)})
    reply(world, "pledge.accept", offer)
    reply(world, "translation", offer, language="de", text="Nichts.", translator="A", reviewer="B")
    request = say(world, north, {"kind": "consultation.request", "body": {
        "language": "en", "subject": "Ports", "agenda": ["One"]}})
    reply(world, "consultation.accept", request)
    minutes = reply(world, "consultation.record", request, language="en", date="2026-11-21T10:00:00Z",
                    text="We spoke.")
    say(world, north, {"kind": "consultation.agree"}, minutes)
    reply(world, "answer", say(world, north, QUERY), answer="no")
    late = say(world, north, QUERY)
    until(lambda: world.south.aldis("show", world.channel, late, check=False).returncode == 0, 30,
          "south holds it")
    world.south.aldis("ack", world.channel, late, "--not-understood", "--paraphrase", "A host.")
    north.aldis("cancel", world.channel, late, "--reason", "It is ours.", "--wait", "20")
    reply(world, "incident", world.said["incident"], **INCIDENT["body"])


def stage(world):
    """Messages of all sorts, a question nobody answers."""
    world.said = {"query": say(world, world.north, QUERY), "incident": say(world, world.north, INCIDENT),
                  "theirs": say(world, world.south, TEXT)}
    secret = world.folder / "trace.bin"
    secret.write_bytes(b"what was seen" * 100)
    (world.folder / "advisory.json").write_text(json.dumps(advisory(1)))
    broken = advisory(2)
    del broken["document"]["title"]
    (world.folder / "broken.json").write_text(json.dumps(broken))
    done = world.north.aldis("send", world.channel, "text", "--body", "-", "--attach", str(secret),
                             "--attach", str(world.folder / "advisory.json"), "--attach",
                             str(world.folder / "broken.json"), "--wait", "20",
                             stdin=json.dumps(TEXT["body"]))
    world.said["file"] = done.stdout.strip()
    world.blob = world.get(f"/api/channels/{world.channel}/messages/"
                           + world.said["file"].replace("#", "/"))["attachments"][0]["blob"]
    world.codebook = hashlib.sha256((SOURCE / "spec/codebooks/default.json").read_bytes()).hexdigest()
    world.said["statement"] = world.north.aldis("statement", world.channel, "--send", "--wait",
                                                "20").stdout.strip()
    until(lambda: any(a["what"] == "overdue" for a in world.get("/api/alarms")["alarms"]), 30,
          "the question is overdue")
    until(lambda: world.north.aldis("list", world.channel).stdout.count("theirs") >= 0 and
          world.send("GET", f"/api/channels/{world.channel}/messages/"
                     + world.said["theirs"].replace("#", "/"), who=LOCAL).status == 200, 30,
          "south's message is here")
    say(world, world.north, TEXT)  # what is sent after the deadline shows the silence
    converse(world)


def sweep(tap, world, contract):
    """All that there is by now, in every form, is as documented."""
    complaints, count = [], 0

    def look(name, path):
        nonlocal count
        count += 1
        answer = world.send("GET", path)
        found = contract.operations[name].complaint(answer.status, answer.type, answer.body)
        if found or answer.status != 200:
            complaints.append(f"{path}: {answer.status} {found}")
        return answer.json()

    channel = f"/api/channels/{world.channel}"
    messages = look("listMessages", f"{channel}/messages?limit=1000")["messages"]
    look("listMessages", f"{channel}/messages?limit=1000&form=row")
    for message in messages:
        look("getMessage", f"{channel}/messages/{message['id'].replace('#', '/')}")
    for name, path in (("listPledges", f"{channel}/pledges?all=1"), ("listAllPledges", "/api/pledges?all=1"),
                       ("listConsultations", f"{channel}/consultations?all=1"),
                       ("listRosters", f"{channel}/rosters"), ("listDuties", f"{channel}/duties?all=1"),
                       ("getNow", "/api/now"), ("listIncidents", "/api/incidents"),
                       ("listAudit", "/api/audit?limit=1000"), ("getStatus", "/api/status"),
                       ("getVerify", f"{channel}/verify"), ("getRecord", f"{channel}/record"),
                       ("listOperators", "/api/operators"), ("listHandovers", "/api/handovers")):
        look(name, path)
    for state in ("editing", "approval", "returned", "sent", "discarded"):
        look("listDrafts", f"/api/drafts?state={state}")
    for incident in world.get("/api/incidents")["incidents"]:
        look("getIncident", f"{channel}/incidents/{incident['id'].replace('#', '/')}")
    kinds = {message["kind"] for message in messages if "kind" in message}
    tap.ok(not complaints, f"{count} answers about {len(kinds)} kinds of messages are as documented")
    show(complaints)


def scenario(tap, folder):
    contract = Contract(SOURCE / "spec" / "openapi.yaml")
    coverage(tap, contract)
    port = free_port()
    north = tap.desk(folder, "north.example", "--console", f"127.0.0.1:{port}")
    south = tap.desk(folder, "south.example")
    for desk in (north, south):
        desk.start().wait_ready()
    befriend([north, south])
    world = World(folder, north, south, port)
    world.channel = open_channel(folder, [north, south], TEMPLATE)
    wait_open([north, south])
    people(world)
    stage(world)
    for name in RIGHT:
        if name in contract.operations:
            try_operation(tap, world, contract, contract.operations[name])
    sweep(tap, world, contract)


if __name__ == "__main__":
    Tap().play(scenario)
