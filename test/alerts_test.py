#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alerts by mail and webhook: what they say, until when, and what happens when nobody is there."""

import base64
import email
import hashlib
import hmac
import http.server
import json
import os
import ssl
import subprocess
import threading
import time
from pathlib import Path

from desks import Tap, befriend, free_port, open_channel, until
from local_api import ask

PYTHON = "/usr/bin/python3"  # Debian's, which has aiosmtpd
SECRET = "whsec_" + base64.b64encode(os.urandom(32)).decode()
TITLE, TEXT = "Phishing at the ministry", "We saw strange letters."
TOLERANCE_S = 300


class Mailbox:
    """A real SMTP server in a process of its own."""

    def __init__(self, folder, port, *tls):
        self.file = Path(folder) / "mails"
        self.process = subprocess.Popen(
            [PYTHON, str(Path(__file__).with_name("smtp_sink.py")), str(port), str(self.file), *tls],
            stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def mails(self):
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return [json.loads(line) for line in lines]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()


class Receiver:
    """A real HTTP receiver."""

    def __init__(self, tls=None):
        self.posts, self.failures = [], 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((self.path, dict(self.headers), body))
                receiver.failures -= receiver.failures > 0
                self.send_response(503 if receiver.failures else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def verify(secret, headers, body, now=None):
    """What a receiver does by Standard Webhooks 1.0.0: the JSON, or ValueError."""
    sent, stamp = headers["webhook-id"], headers["webhook-timestamp"]
    if not secret.startswith("whsec_") or "." in sent or not stamp.isdigit():
        raise ValueError("not of the form")
    if abs((now or time.time()) - int(stamp)) > TOLERANCE_S:
        raise ValueError("too old, or of the future")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    mac = hmac.new(key, f"{sent}.{stamp}.".encode() + body, hashlib.sha256).digest()
    for signature in headers["webhook-signature"].split(" "):
        version, _, value = signature.partition(",")
        if version == "v1" and hmac.compare_digest(value.encode(), base64.b64encode(mac)):
            return json.loads(body)
    raise ValueError("no signature fits")


def is_refused(*args, **more):
    try:
        verify(*args, **more)
    except ValueError:
        return True
    return False


def text_of(mail):
    return email.message_from_string(mail["data"]).get_payload(decode=True).decode()


def settings(mail_port, hook_port, **more):
    return {"email": {"url": f"smtp://127.0.0.1:{mail_port}", "tls": "none",
                      "from": "desk@north.example", "to": ["watch@north.example"]},
            "webhook": {"url": f"http://127.0.0.1:{hook_port}/alerts?from=north", "secret": SECRET},
            "content": False, "repeat_minutes": 1, **more}


def send(desk, channel, kind, **body):
    status, answer = ask(desk, "POST", f"/api/channels/{channel}/messages",
                         {"kind": kind, "body": {"language": "en", **body}})
    assert status == 201, answer


def refusals(tap, north):
    wrong = settings(25, 80)
    wrong["email"]["to"].append("officer@north.example\r\nBcc: all@north.example")
    status, answer = ask(north, "POST", "/api/alerts", wrong)
    tap.ok(status == 400 and answer["fields"][0]["field"] == "email.to[1]",
           "an address with an end of line is refused with the name of its field")
    wrong = settings(25, 80)
    wrong["webhook"]["url"] = "http://127.0.0.1:80/\r\nHost: evil.example"
    status, answer = ask(north, "POST", "/api/alerts", wrong)
    tap.ok(status == 400 and answer["fields"][0]["field"] == "webhook.url", "so is such a URL")
    wrong["webhook"] = {"url": "http://127.0.0.1:80/", "secret": "a key that both know"}
    status, answer = ask(north, "POST", "/api/alerts", wrong | {"email": None})
    tap.ok(status == 400 and answer["fields"][0]["field"] == "webhook.secret", "and a secret of another form")
    tap.ok(ask(north, "POST", "/api/alerts/test")[0] == 409, "nowhere to send a test to: said")
    shown = ask(north, "GET", "/api/alerts")[1]
    tap.ok(shown["email"] is None and shown["webhook"] is None, "nothing of it was kept")


def first(tap, north, mailbox, hook, mail_port):
    status, answer = ask(north, "POST", "/api/alerts", settings(mail_port, hook.port))
    tap.ok(status == 200 and SECRET not in json.dumps(answer)
           and answer["webhook"]["has_secret"] and "webhook_secret" not in answer,
           "the secret goes in and not out")
    tap.ok(ask(north, "POST", "/api/alerts/test")[0] == 202, "a test is on its way")
    until(lambda: mailbox.mails() and hook.posts, 20, "the test arrives")
    tap.ok("This is a test" in text_of(mailbox.mails()[0])
           and verify(SECRET, *hook.posts[0][1:])["type"] == "alert.test",
           "the test arrives by both ways")


def without_content(tap, north, south, channel, mailbox, hook):
    send(south, channel, "text", text=TEXT)
    until(lambda: len(mailbox.mails()) > 1 and len(hook.posts) > 1, 30, "an alert by both ways")
    mail, (path, headers, body) = mailbox.mails()[1], hook.posts[1]
    said = text_of(mail)
    tap.ok(mail["from"] == "desk@north.example" and mail["to"] == ["watch@north.example"]
           and mail["helo"] == "north.example", "the mail's envelope")
    tap.ok("north.example: 1 item needs somebody, since 20" in said, "it says how many, since when")
    everything = mail["data"] + said + body.decode()
    tap.ok(TEXT not in everything and "south.example" not in everything
           and base64.b64encode(TEXT.encode()).decode()[:-4] not in everything,
           "it says neither what nor who")
    alert = verify(SECRET, headers, body)
    tap.ok(path == "/alerts?from=north" and headers["webhook-id"] == alert["alert"]
           and headers["Content-Type"] == "application/json", "a receiver verifies the webhook")
    tap.ok((alert["type"], alert["desk"], alert["items"], alert["new"]) == ("alert", "north.example", 1, 1)
           and "timestamp" in alert and "details" not in alert, "the webhook's object")
    forged(tap, headers, body)


def forged(tap, headers, body):
    """What somebody without the secret could try."""
    stamp = int(headers["webhook-timestamp"])
    other = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    refused = {
        "a changed body": is_refused(SECRET, headers, body.replace(b'"items":1', b'"items":0')),
        "a body with a blank more": is_refused(SECRET, headers, body + b" "),
        "another id": is_refused(SECRET, headers | {"webhook-id": "0" * 24}, body),
        "another time": is_refused(SECRET, headers | {"webhook-timestamp": str(stamp + 1)}, body),
        "a replay": is_refused(SECRET, headers, body, now=stamp + TOLERANCE_S + 1),
        "another secret": is_refused(other, headers, body),
    }
    tap.ok(all(refused.values()), f"what is forged is refused {[w for w, is_so in refused.items() if not is_so] or ''}")


def made_here(tap, north, mail_port, hook):
    """The desk makes the secret, tells it once, and makes another one when it is asked to."""
    def change(**webhook):
        return ask(north, "POST", "/api/alerts", settings(mail_port, hook.port) | {
            "email": None, "webhook": {"url": f"http://127.0.0.1:{hook.port}/made", **webhook}})[1]

    secret = change().get("webhook_secret", "")
    tap.ok(len(base64.b64decode(secret.removeprefix("whsec_"))) == 32, "a secret is made for a new URL")
    tap.ok("webhook_secret" not in change() and secret not in json.dumps(ask(north, "GET", "/api/alerts")[1]),
           "told once, and kept")
    hook.failures, before = 2, len(hook.posts)
    ask(north, "POST", "/api/alerts/test")
    until(lambda: len(hook.posts) > before + 1, 30, "the repetition")
    one, other = (headers for _, headers, _ in hook.posts[before:before + 2])
    tap.ok(all(verify(secret, *post[1:]) for post in hook.posts[before:before + 2])
           and one["webhook-id"] == other["webhook-id"]
           and int(one["webhook-timestamp"]) < int(other["webhook-timestamp"]),
           "tried again it keeps its id, has a new time, and verifies")
    renewed = change(secret=None)["webhook_secret"]
    before = len(hook.posts)
    ask(north, "POST", "/api/alerts/test")
    until(lambda: len(hook.posts) > before, 30, "a test with the new secret")
    tap.ok(renewed != secret and verify(renewed, *hook.posts[before][1:])
           and is_refused(secret, *hook.posts[before][1:]), "a renewed secret counts at once")
    tap.ok(secret not in json.dumps(ask(north, "GET", "/api/audit?limit=1000")[1])
           and renewed not in json.dumps(ask(north, "GET", "/api/audit?limit=1000")[1]), "no secret is in the audit")
    change(secret="")
    before = len(hook.posts)
    ask(north, "POST", "/api/alerts/test")
    until(lambda: len(hook.posts) > before, 30, "an unsigned test")
    tap.ok("webhook-signature" not in hook.posts[before][1] and "webhook-id" in hook.posts[before][1],
           "an empty secret is none")


def until_taken(tap, north, south, channel, hook):
    before = len(hook.posts)
    until(lambda: len(hook.posts) > before, 90, "the repetition")
    alert = json.loads(hook.posts[before][2])
    tap.ok((alert["items"], alert["new"]) == (1, 0), "repeated while nobody takes it")
    alarm = ask(north, "GET", "/api/alarms")[1]["alarms"][0]
    tap.ok(ask(north, "POST", f"/api/alarms/{alarm['id']}/take")[0] == 200, "somebody takes it")
    before = len(hook.posts)
    send(south, channel, "text", text="Something else.")
    until(lambda: len(hook.posts) > before, 30, "the next alert")
    alert = json.loads(hook.posts[before][2])
    tap.ok((alert["items"], alert["new"]) == (1, 1), "what was taken is not told of any more")


def with_content(tap, north, south, channel, mailbox, hook, mail_port):
    ask(north, "POST", "/api/alerts", settings(mail_port, hook.port, content=True))
    before = len(hook.posts)
    send(south, channel, "incident", title=TITLE, summary=TEXT, detected="2026-11-20T23:49:00Z")
    until(lambda: len(hook.posts) > before, 30, "an alert with content")
    details = json.loads(hook.posts[before][2])["details"]
    tap.ok(any((one.get("title"), one.get("kind"), one.get("peer")) ==
               (TITLE, "incident", "south.example") for one in details), "with content: kind, title, peer")
    until(lambda: any(TITLE in text_of(mail) for mail in mailbox.mails()), 30, "and the mail")
    tap.ok(not any(TEXT in text_of(mail) for mail in mailbox.mails()), "never the text")


def state(desk):
    return ask(desk, "GET", "/api/alerts")[1]["state"]


def nobody_there(tap, folder, north, south, channel, mailbox, mail_port, hook):
    ask(north, "POST", "/api/alerts", settings(mail_port, hook.port, what=["unread"]))
    until(lambda: state(north)["email"]["queued"] == 0, 60, "all is out")
    mailbox.stop()
    known = len(mailbox.mails())
    send(south, channel, "text", text="While the mail server is away.")
    until(lambda: state(north)["email"]["queued"] > 0 and state(north)["email"]["last_error"], 60,
          "a failure is shown")
    tap.ok("can't be reached" in state(north)["email"]["last_error"]
           and state(north)["email"]["failing_since"] != "never", "the failure is a sentence")
    tap.ok("can't be reached" in ask(north, "GET", "/api/now")[1]["alerts"][0]["why"],
           "what needs somebody now shows it too")
    north.kill()
    north.start().wait_ready()
    tap.ok(state(north)["email"]["queued"] > 0, "over the daemon's death it is kept")
    mailbox = Mailbox(folder, mail_port)
    until(lambda: len(mailbox.mails()) > known and state(north)["email"]["queued"] == 0, 120,
          "the mail arrives")
    tap.ok(state(north)["email"]["last_error"] == "", "and arrives when the server is back")
    return mailbox


def wrong_certificates(tap, folder, north):
    files = [str(Path(folder) / name) for name in ("mail.crt", "mail.key")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=x",
                    "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    port = free_port()
    mailbox, hook = Mailbox(folder, port, *files), Receiver(files)
    known = len(mailbox.mails())
    wrong = settings(port, hook.port)
    wrong["email"]["tls"] = "starttls"
    wrong["email"].update(name="desk", password="hush")
    wrong["webhook"]["url"] = f"https://127.0.0.1:{hook.port}/"
    status, answer = ask(north, "POST", "/api/alerts", wrong)
    assert status == 200, answer
    ask(north, "POST", "/api/alerts/test")
    said = until(lambda: {way: it["last_error"] for way, it in state(north).items()
                          if "certificate" in it["last_error"]} or None, 60, "refused certificates")
    until(lambda: all("certificate" in it["last_error"] for it in state(north).values()), 60, "both")
    tap.ok("vouches" in state(north)["email"]["last_error"]
           and "vouches" in state(north)["webhook"]["last_error"],
           f"a certificate that nobody vouches for is said: {said}")
    tap.ok(len(mailbox.mails()) == known and not hook.posts, "nothing was sent to them")
    mailbox.stop()
    hook.stop()
    wrong["webhook"]["url"] = f"http://127.0.0.1:{free_port()}/"
    ask(north, "POST", "/api/alerts", wrong)
    ask(north, "POST", "/api/alerts/test")
    until(lambda: "can't be reached" in state(north)["webhook"]["last_error"], 60, "a refused connection")
    tap.ok("Connection refused" in state(north)["webhook"]["last_error"],
           "a refused connection is a sentence")
    whats = [row["what"] for row in ask(north, "GET", "/api/audit?limit=100")[1]["entries"]]
    tap.ok({"alerts.change", "alerts.test", "alert.failing"} <= set(whats), "the audit has it")
    audit = json.dumps(ask(north, "GET", "/api/audit?limit=1000")[1])
    tap.ok("hush" not in audit and SECRET not in audit, "and no password")


def scenario(tap, folder):
    north = tap.desk(folder, "north.example").start()
    south = tap.desk(folder, "south.example").start()
    for desk in (north, south):
        desk.wait_ready()
    befriend([north, south])
    channel = open_channel(folder, [north, south], {"duties": []})
    mail_port = free_port()
    mailbox, hook = Mailbox(folder, mail_port), Receiver()
    try:
        refusals(tap, north)
        made_here(tap, north, mail_port, hook)
        hook.posts.clear()
        first(tap, north, mailbox, hook, mail_port)
        without_content(tap, north, south, channel, mailbox, hook)
        until_taken(tap, north, south, channel, hook)
        with_content(tap, north, south, channel, mailbox, hook, mail_port)
        mailbox = nobody_there(tap, folder, north, south, channel, mailbox, mail_port, hook)
    finally:
        mailbox.stop()
        hook.stop()
    wrong_certificates(tap, folder, north)


if __name__ == "__main__":
    Tap().play(scenario)
