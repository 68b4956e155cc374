#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The console's door of a running desk: who gets in, who may do what, and that what was
refused is in the audit, which can't be changed unseen."""

import base64
import hashlib
import hmac
import http.client
import json
import socket
import sqlite3
import struct
import time
from pathlib import Path

from desks import Tap, free_port, run, until

OWN_PASSWORD = "a long password of one's own"
ROLES = ("watch", "officer", "administrator", "auditor")
# Method, path, who may; an answer other than 401 and 403 means: was let through.
ROUTES = (
    ("GET", "/api/status", ROLES),
    ("GET", "/api/channels", ROLES),
    ("GET", "/api/operators", ROLES),
    ("POST", "/api/channels/0/messages", ("watch", "officer")),
    ("POST", "/api/channels/0/attachments", ("watch", "officer")),
    ("POST", "/api/cards", ("administrator",)),
    ("POST", "/api/check", ("administrator",)),
    ("POST", "/api/operators", ("administrator",)),
    ("POST", "/api/operators/nobody", ("administrator",)),
    ("GET", "/api/tokens", ("administrator",)),
    ("POST", "/api/tokens", ("administrator",)),
    ("GET", "/api/audit", ("administrator", "auditor")),
    ("GET", "/api/audit/export", ("administrator", "auditor")),
    ("POST", "/api/audit/verify", ("administrator", "auditor")),
    ("POST", "/api/backup", ()),
)


def totp(secret, steps=0):
    """RFC 6238, written here once more: not by the code that it tests."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


class Browser:
    """One person's browser, or a program with a token."""

    def __init__(self, port, token=None):
        self.port, self.token, self.cookie = port, token, None
        self.headers, self.body, self.set_cookie = {}, b"", None
        self.cookie_name = f"aldis-{port}"

    def call(self, method, path, body=None, **headers):
        own = f"http://127.0.0.1:{self.port}"
        sent = {"Origin": own, "Content-Type": "application/json"} if method == "POST" else {}
        if self.cookie:
            sent["Cookie"] = f"{self.cookie_name}={self.cookie}"
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        line.request(method, path, body=data, headers=sent)
        answer = line.getresponse()
        self.headers, self.body = answer.headers, answer.read()
        line.close()
        self.set_cookie = self.headers.get("Set-Cookie", "")
        if self.set_cookie:
            self.cookie_name, value = self.set_cookie.split(";")[0].split("=")
            self.cookie = value or None
        return answer.status

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, **headers)

    def json(self):
        return json.loads(self.body)

    def code(self):
        return self.json().get("code")


class Person:
    """An operator with password, secret and browser."""

    def __init__(self, desk, port, name, roles):
        self.name, self.browser = name, Browser(port)
        made = desk.json("operator", "add", name, "--roles", roles)
        self.password, self.secret, self.uri = made["password"], made["totp_secret"], made["otpauth"]

    def login(self, steps=0, browser=None):
        browser = browser or self.browser
        return browser.post("/api/session", {"name": self.name, "password": self.password,
                                             "code": totp(self.secret, steps)})

    def change(self, password):
        status = self.browser.post("/api/session/password",
                                   {"password": self.password, "new_password": password})
        if status == 200:
            self.password = password
        return status


def noted(desk, *texts, limit=400):
    """Does a row of the audit hold all these texts?"""
    rows = desk.aldis("audit", "list", "--limit", str(limit), "--json").stdout.splitlines()
    return any(all(text in row for text in texts) for row in rows)


def first_login(tap, desk, port):
    ada = Person(desk, port, "ada", "administrator")
    code = run("operator", "code", "-", stdin=ada.uri).stdout.strip()
    tap.ok(code in (totp(ada.secret), totp(ada.secret, -1)), "aldis operator code is RFC 6238")
    tap.ok(ada.login() == 201 and ada.browser.json()["must_change"], "the one-time password lets in")
    tap.ok("HttpOnly" in ada.browser.set_cookie and "SameSite=Strict" in ada.browser.set_cookie,
           "the cookie is for this site's requests only")
    tap.ok(ada.browser.get("/api/status") == 403 and
           ada.browser.code() == "password-change-required", "but to nothing else before it is changed")
    tap.ok(ada.change("short") == 400, "a short password is refused")
    tap.ok(ada.change(OWN_PASSWORD) == 200, "a long one is taken")
    tap.ok(ada.browser.get("/api/status") == 200, "and the desk is open")
    return ada


def refused_logins(tap, desk, port, ada):
    stranger = Browser(port)
    words = []

    def attempt(what, why, *texts, **body):
        status = stranger.post("/api/session", body)
        words.append(stranger.json().get("detail"))
        tap.ok(status == 401 and noted(desk, "login.refused", why, *texts), f"{what}: 401, noted")

    attempt("a wrong password", "wrong password", name="ada", password="x" * 14,
            code=totp(ada.secret, 1))
    attempt("an unknown name", "unknown name", name="Tr0ub4dor", password="x" * 14, code="123456")
    attempt("a code that was used", "used before", name="ada", password=ada.password,
            code=totp(ada.secret, -1))
    tap.ok(len(set(words)) == 1, "all in the same words")
    tap.ok(not noted(desk, "Tr0ub4dor"), "what was typed as a name is not in the audit")
    tap.ok(ada.login(steps=1) == 201, "the next code lets in")
    tap.ok(stranger.post("/api/session", {"name": "ada"}) == 400, "half a login: 400")


def cookies(tap, desk, port, ada):
    forger = Browser(port)
    tap.ok(forger.get("/api/status") == 401 and forger.code() == "login-required", "no cookie: 401")
    forger.cookie = "f" * 64
    tap.ok(forger.get("/api/status") == 401 and noted(desk, "refused", "never was one like it"),
           "a forged cookie: 401, noted")
    forger.cookie = "x" * 4000
    tap.ok(forger.get("/api/status") in (400, 401, 431), "an oversized one too")
    bob = Person(desk, port, "bob", "watch")
    tap.ok(bob.login() == 201 and bob.change(OWN_PASSWORD) == 200, "bob logs in")
    held = bob.browser.cookie
    tap.ok(bob.browser.post("/api/session/end") == 200 and bob.browser.cookie is None,
           "and out, which clears the cookie")
    bob.browser.cookie = held
    tap.ok(bob.browser.get("/api/status") == 401, "the session is over for who kept the cookie too")
    tap.ok(bob.login(steps=1) == 201, "bob is back")
    tap.ok(ada.browser.post("/api/operators/bob", {"disabled": True}) == 200 and
           bob.browser.get("/api/status") == 401, "who is disabled is out at once")
    tap.ok(noted(desk, "operator.change", "bob", "disabled"), "and by whom is noted")


def roles(tap, desk, port):
    for role in ROLES:
        person = Person(desk, port, f"one.{role}", role)
        person.login()
        person.change(OWN_PASSWORD)
        wrong = []
        for method, path, may in ROUTES:
            person.browser.call(method, path)
            is_refused = person.browser.body.find(b'"code":"not-allowed"') >= 0
            if is_refused == (role in may):
                wrong.append(f"{method} {path}")
        tap.ok(not wrong, f"{role} may what {role} may, {len(ROUTES)} routes {wrong or ''}")
        tap.ok(noted(desk, '"what":"refused"', f"one.{role}", "/api/backup"), f"refusals of {role} noted")


def cross_site(tap, desk, port, ada):
    tap.ok(ada.browser.post("/api/check", Origin="https://evil.example") == 403 and
           noted(desk, "another site", '"who":"ada"'), "a post of another site's page: 403, noted")
    tap.ok(ada.browser.post("/api/check", Origin="null") == 403, "of a page without origin too")
    tap.ok(Browser(port).post("/api/session", {"name": "ada", "password": "x", "code": "1"},
                              Origin="https://evil.example") == 403, "a login too")
    tap.ok(ada.browser.call("GET", "/api/status", Host="evil.example") == 421, "another host's name: 421")
    tap.ok(ada.browser.post("/api/check") == 200, "the own page may")


def tokens(tap, desk, port):
    token = desk.aldis("token", "add", "siem", "--scopes", "read").stdout.strip()
    program = Browser(port, token)
    tap.ok(program.get("/api/status") == 200, "a token reads")
    tap.ok(program.post("/api/channels/0/messages") == 403 and noted(desk, "token:", "not do that") or
           noted(desk, "this token may not do that"), "and does not send, which is noted")
    tap.ok(program.get("/api/audit") == 403 and program.get("/api/session") == 403,
           "nor does it see what is for people")
    sender = Browser(port, desk.aldis("token", "add", "bot", "--scopes", "send").stdout.strip())
    tap.ok(sender.get("/api/status") == 403, "one that sends does not read")
    tap.ok(Browser(port, token[:-1] + ("0" if token[-1] != "0" else "1")).get("/api/status") == 401,
           "a changed token: 401")
    desk.aldis("token", "revoke", token.split("_")[1])
    tap.ok(program.get("/api/status") == 401 and noted(desk, "the token is unknown, revoked or over"),
           "a revoked token: 401, noted")
    return token


def raw(port, target):
    """A request whose path no library would send."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                     "Connection: close\r\n\r\n".encode())
        answer = b""
        while chunk := line.recv(65536):
            answer += chunk
    return int(answer.split(b" ")[1])


def tricks(tap, desk, port):
    for target in ("/api/../store.db", "/api/%2e%2e/store.db", "/../../etc/passwd", "//api/status",
                   "/api/..%5cx", "/assets/../desk.conf"):
        status = raw(port, target)
        tap.ok(status == 404, f"{target}: 404, not {status}")
    tap.ok(noted(desk, '"what":"unknown"', "/api/../store.db"), "they are noted")
    tap.ok(Browser(port).get("/api/nothing") == 404, "an unknown path: 404")


def events(tap, port, ada):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", "/api/events", headers={"Cookie": f"{ada.browser.cookie_name}={ada.browser.cookie}"})
    answer = line.getresponse()
    tap.ok(answer.status == 200 and answer.headers["Content-Type"].startswith("text/event-stream"),
           "events flow to who is logged in")
    ada.browser.post("/api/operators/bob", {"full_name": "Bob"})
    found = until(lambda: b"operators" in answer.readline(), 20, "the event of a change")
    tap.ok(found, "and tell of a change")
    line.close()
    tap.ok(Browser(port).get("/api/events") == 401, "to nobody else")


def throttle(tap, desk, port):
    guesser = Browser(port)
    answers = [guesser.post("/api/session", {"name": "ada", "password": "guess", "code": "123456"})
               for _ in range(6)]
    tap.ok(answers == [401] * 5 + [429], f"the sixth guess has to wait: {answers}")
    tap.ok(1 <= int(guesser.headers["Retry-After"]) <= 60, "and is told how long")
    tap.ok(noted(desk, "login.refused", "too many tries"), "which is noted")


def restart(tap, desk, ada):
    desk.kill()
    desk.start().wait_ready()
    tap.ok(ada.browser.get("/api/status") == 200, "a session outlives a kill of the daemon")


def secrets_stay_secret(tap, folder, desk, ada, token):
    held = b"".join(path.read_bytes() for path in desk.folder.glob("store.db*"))
    held += Path(folder, "north.example.log").read_bytes()
    tap.ok(OWN_PASSWORD.encode() not in held and token.encode() not in held and
           ada.browser.cookie.encode() not in held,
           "no password, token or cookie is in the store or the log")
    tap.ok(b"$argon2id$" in held, "passwords are kept as Argon2id")


def tampering(tap, folder, desk):
    whole = Path(folder) / "audit.ndjson"
    tap.ok(desk.aldis("audit", "verify").stdout.startswith("whole:"), "the chain in the store verifies")
    desk.aldis("audit", "export", "-o", str(whole))
    done = run("audit", "verify", str(whole), "--json")
    tap.ok(json.loads(done.stdout)["ok"], "an exported one verifies without any desk")
    lines = whole.read_text().splitlines(keepends=True)
    changed = Path(folder) / "changed.ndjson"
    for what, text in (
            ("a changed name", [line.replace('"ada"', '"eve"') for line in lines[:5]] + lines[5:]),
            ("a line taken out", lines[:3] + lines[4:]),
            ("two lines exchanged", [lines[1], lines[0]] + lines[2:]),
            ("half a line", lines[:-1] + [lines[-1][:40]])):
        changed.write_text("".join(text))
        done = run("audit", "verify", str(changed), check=False)
        tap.ok(done.returncode == 1, f"{what} is found: {done.stderr.strip()}")
    head = json.loads(run("audit", "verify", str(whole), "--json").stdout)["head"]["hash"]
    changed.write_text("".join(lines[:-2]))
    tap.ok(run("audit", "verify", str(changed)).returncode == 0 and
           run("audit", "verify", str(changed), "--head", head, check=False).returncode == 1,
           "lines missing at the end are found by a head that was noted")
    tap.ok(noted(desk, "export.audit"), "the export is in the audit")
    desk.stop()
    with sqlite3.connect(desk.folder / "store.db") as store:
        found = store.execute("SELECT key, value FROM meta WHERE CAST(key AS TEXT) "
                              "LIKE 'office/audit/%' ORDER BY key").fetchall()
        key, line = next(row for row in found if b'"who":"local"' in row[1])
        store.execute("UPDATE meta SET value = ? WHERE key = ?",
                      (line.replace(b'"who":"local"', b'"who":"llama"'), key))
    store.close()
    desk.start().wait_ready()
    done = desk.aldis("audit", "verify", check=False)
    tap.ok(done.returncode == 1 and "of the audit" in done.stderr,
           f"a row changed in the database is found: {done.stderr.strip()}")


def scenario(tap, folder):
    port = free_port()
    desk = tap.desk(folder, "north.example", "--console", f"127.0.0.1:{port}").start().wait_ready()
    tap.ok(str(port) in (desk.folder / "listening").read_text(), "the door is in the file listening")
    ada = first_login(tap, desk, port)
    refused_logins(tap, desk, port, ada)
    cookies(tap, desk, port, ada)
    roles(tap, desk, port)
    restart(tap, desk, ada)
    cross_site(tap, desk, port, ada)
    token = tokens(tap, desk, port)
    tricks(tap, desk, port)
    events(tap, port, ada)
    throttle(tap, desk, port)
    secrets_stay_secret(tap, folder, desk, ada, token)
    tampering(tap, folder, desk)


if __name__ == "__main__":
    Tap().play(scenario)
