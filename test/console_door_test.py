#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The console's door as bytes: names, origins, paths, sizes, crowds, rubbish; what stands in every
answer; and the stream of events over a restart.

SEED=n repeats a run's rubbish.
"""

import gzip
import json
import os
import random
import re
import socket
from pathlib import Path

from accounts_test import Browser, Person, noted
from desks import Tap, free_port, until

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
POLICY = ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
          "require-trusted-types-for 'script'")
CONNECTIONS_MAX = 512


class Answer:
    """What came back on a connection: status, headers by small names, body."""

    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if len(lines[0].split()) > 1 else 0
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value


def connect(port, seconds=30):
    return socket.create_connection(("127.0.0.1", port), timeout=seconds)


def send(port, data):
    """Sends these bytes and reads to the end."""
    with connect(port) as line:
        try:
            line.sendall(data)
        except OSError:
            pass  # closed before it was all sent: the answer may be there
        got = b""
        try:
            while part := line.recv(65536):
                got += part
        except OSError:
            pass
        return Answer(got)


def ask(port, path, *headers, method="GET", host=None, body=b""):
    """One request on a connection of its own."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}", "Connection: close", *headers]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return send(port, "\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def names(tap, desk, port):
    """DNS rebinding and cross-site posts."""
    good = [ask(port, path, host=host).status for host in (f"127.0.0.1:{port}", f"LocalHost:{port}")
            for path in ("/", "/api/session")]
    tap.ok(good == [200, 401, 200, 401], "its own names are answered")
    evil = [ask(port, path, host=host).status for path in ("/", "/api/session", "/api/events")
            for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port}.evil.example")]
    tap.ok(set(evil) == {421}, f"any other name gets 421 {sorted(set(evil))}")
    old = send(port, b"GET / HTTP/1.0\r\n\r\n")
    tap.ok(old.status == 421, "no name either")
    foreign = [ask(port, "/api/session", f"Origin: {origin}", "Content-Type: application/json", method="POST",
                   body=b"{}").status
               for origin in ("http://evil.example", "null", f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port}/")]
    none = ask(port, "/api/session", method="POST", body=b"{}").status
    tap.ok(foreign == [403] * 4 and none == 403, f"a post of another site's page is refused {foreign} {none}")
    until(lambda: noted(desk, "another site"), 10, "cross-site posts in the audit")
    tap.ok(True, "and in the audit")


def paths(tap, desk, port):
    """Nothing of the disk, nothing of what other doors serve."""
    tricks = ("/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/../../keys/log.key",
              "//etc/passwd", "/\\..\\etc", "/.git/config", "/desk.conf", "/keys/log.key", "/store.db", "/api/../desk.conf",
              "/api//now", "/api/%00", "/log/x/checkpoint.txt", "/api/" + "a" * 3000, "/index.php?x=../../etc/passwd")
    found = {trick: ask(port, trick) for trick in tricks}
    odd = {trick: answer.status for trick, answer in found.items() if answer.status not in (400, 401, 403, 404, 414)}
    tap.ok(not odd, f"tricks with paths lead nowhere {odd or ''}".strip())
    leaks = [trick for trick, answer in found.items() if b"root:" in answer.body or b"[desk]" in answer.body]
    tap.ok(not leaks, "and nothing leaks")
    tap.ok(ask(port, "/" + "a" * 9000).status in (400, 414), "a path without end is refused")
    until(lambda: noted(desk, "/.git/config"), 10, "path tricks in the audit")
    tap.ok(True, "they are in the audit")


def answers(tap, port):
    """What stands in each answer, whatever it says."""
    every = [ask(port, "/"), ask(port, "/", "Accept-Encoding: gzip"), ask(port, "/channels/3fa0"), ask(port, "/api/session"),
             ask(port, "/assets/gone-12345678.js"), ask(port, "/", host="evil.example"), ask(port, "/", method="HEAD"),
             ask(port, "/", method="PUT"), ask(port, "/api/nothing"), ask(port, "/.env")]
    bare = [answer.status for answer in every
            if not all(rule in answer.headers.get("content-security-policy", "") for rule in POLICY)
            or answer.headers.get("x-content-type-options") != "nosniff"
            or answer.headers.get("referrer-policy") != "no-referrer"
            or answer.headers.get("cross-origin-resource-policy") != "same-origin"
            or answer.headers.get("cross-origin-opener-policy") != "same-origin"]
    tap.ok(not bare, f"every answer carries the policy {bare or ''}".strip())
    tap.ok("unsafe" not in every[0].headers["content-security-policy"], "which allows nothing unsafe")
    tap.ok(all(answer.headers.get("cache-control") == "no-store" for answer in (every[3], every[8])), "the API's are not kept")
    head, page = every[6], every[0]
    tap.ok(head.body == b"" and int(head.headers["content-length"]) == len(page.body), "HEAD has the length alone")
    known = ask(port, "/", f"If-None-Match: {page.headers['etag']}")
    tap.ok(known.status == 304 and known.body == b"", "what is known is not sent again")
    tap.ok(gzip.decompress(every[1].body) == page.body, "packed and not, it is the same page")
    tap.ok(every[2].body == page.body, "an address of the page gets the page")


def assets(tap, port):
    """Everything that the page names is there, for good, and on this host."""
    page = ask(port, "/").body.decode()
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    if not links:
        tap.skip("the page's files", "built without the console")
        return
    tap.ok(all(link.startswith("/assets/") for link in links), f"the page names nothing of elsewhere {links}")
    found = [ask(port, link, "Accept-Encoding: gzip") for link in links]
    tap.ok(all(answer.status == 200 and "immutable" in answer.headers["cache-control"] for answer in found),
           "its files are there and need not be asked for again")
    tap.ok(re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page) is None, "no script or style within the page")
    sizes = sum(len(answer.body) for answer in found)
    print(f"# first page: {sizes} bytes in {len(found)} files")
    tap.ok(sizes <= 150_000, f"the first page's files are {sizes} bytes packed, of 150,000")


def sizes(tap, port):
    """Bodies and headers without end."""
    declared = send(port, (f"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
                           f"Content-Length: {21 << 20}\r\n\r\n").encode() + b"x" * (21 << 20))
    tap.ok(declared.status == 413, f"a body over 20 MiB is refused {declared.status}")
    bomb = gzip.compress(bytes(64 << 20))
    packed = ask(port, "/api/session", f"Origin: http://127.0.0.1:{port}", "Content-Encoding: gzip", method="POST", body=bomb)
    tap.ok(packed.status == 413, f"so is one that unpacks to more {packed.status}")
    header = ask(port, "/", "X-Long: " + "x" * 40000)
    tap.ok(header.status in (0, 400, 413, 431), f"a header without end is refused {header.status}")
    twice = ask(port, "/api/session", "Cookie: a=1", "Cookie: b=2")
    tap.ok(twice.status == 400, "two Cookie headers are one too many")


def crowd(tap, port):
    """More half-finished requests than there is room for; then somebody in earnest."""
    lines = []
    for _ in range(CONNECTIONS_MAX + 40):
        line = connect(port, 5)
        line.sendall(f"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Le".encode())
        lines.append(line)
    served = [ask(port, "/api/session").status for _ in range(5)]
    tap.ok(served == [401] * 5, f"{len(lines)} slow clients keep nobody out {served}")
    for line in lines:
        line.close()


def rubbish(tap, desk, port):
    """Random bytes, and requests with random bytes in them."""
    choice = random.Random(SEED)
    before = sorted(desk.children())
    start = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: aldis-{port}=x\r\nConnection: close\r\n\r\n".encode()
    for _ in range(300):
        data = bytearray(start if choice.random() < 0.7 else choice.randbytes(choice.randrange(1, 400)))
        for _ in range(choice.randrange(1, 8)):
            data[choice.randrange(len(data))] = choice.randrange(256)
        with connect(port) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            while True:
                try:
                    if not line.recv(65536):
                        break
                except OSError:
                    break
    tap.ok(sorted(desk.children()) == before, "rubbish stops no process")
    tap.ok(ask(port, "/api/session").status == 401, "nor service")


def log_in(tap, desk, port):
    anna = Person(desk, port, "anna", "watch,officer,administrator")
    status = anna.login()
    cookie = anna.browser.set_cookie
    tap.ok(status == 201, f"a person logs in {status}")
    tap.ok(all(part in cookie for part in ("; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=")) and
           "Secure" not in cookie, f"the cookie is for this site's requests only: {cookie.split(';', 1)[1]}")
    tap.ok(anna.change("correct horse battery staple") == 200, "and takes a password of her own")
    return anna


def packed_api(tap, anna, port):
    """The catalogue is long."""
    cookie = f"Cookie: {anna.browser.cookie_name}={anna.browser.cookie}"
    plain, packed = ask(port, "/api/kinds", cookie), ask(port, "/api/kinds", cookie, "Accept-Encoding: br, gzip")
    tap.ok(plain.status == 200 and "content-encoding" not in plain.headers, f"a long answer comes as it is {plain.status}")
    tap.ok(packed.headers.get("content-encoding") == "gzip" and gzip.decompress(packed.body) == plain.body and
           packed.headers.get("vary") == "Accept-Encoding",
           f"and packed for who takes that: {len(packed.body)} of {len(plain.body)} bytes")


class Stream:
    """GET /api/events, read as it comes."""

    def __init__(self, port, browser):
        self.line = connect(port, 20)
        self.line.sendall((f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                           f"Cookie: {browser.cookie_name}={browser.cookie}\r\n\r\n").encode())
        self.seen = b""

    def wait_for(self, text):
        while text not in self.seen:
            part = self.line.recv(65536)
            if not part:
                return False
            self.seen += part
        return True


def stream(tap, desk, anna, port):
    first = Stream(port, anna.browser)
    tap.ok(first.wait_for(b": welcome"), "a person's stream begins")
    desk.aldis("operator", "add", "berit", "--roles", "watch")
    tap.ok(first.wait_for(b'"type":"operators"'), "and tells what happens")
    desk.kill()
    tap.ok(not first.wait_for(b"never"), "it ends with the daemon")
    desk.start().wait_ready()
    second = until(lambda: reopened(port, anna.browser), 30, "a new stream")
    tap.ok(True, "after a restart the same session has a stream again")
    desk.aldis("operator", "add", "carl", "--roles", "watch")
    tap.ok(second.wait_for(b'"type":"operators"'), "which tells what happens")
    token = json.loads(desk.aldis("token", "add", "reader", "--scopes", "read", "--json").stdout)["id"]
    desk.aldis("token", "revoke", token)
    tap.ok(second.wait_for(b"\r\n0\r\n\r\n") and b'"type":"access"' in second.seen,
           "when somebody may read no more all streams end")
    tap.ok(reopened(port, anna.browser), "and whoever may has the next one at once")
    stranger = Browser(port)
    tap.ok(stranger.get("/api/events") == 401, "nobody else has one")


def reopened(port, browser):
    try:
        found = Stream(port, browser)
        return found if found.wait_for(b": welcome") else None
    except OSError:
        return None


def bearer(tap, desk, port):
    token = json.loads(desk.aldis("token", "add", "probe", "--scopes", "read", "--json").stdout)["token"]
    good = ask(port, "/api/status", f"Authorization: Bearer {token}")
    bad = ask(port, "/api/status", f"Authorization: Bearer {token[:-1]}x")
    tap.ok(good.status == 200 and bad.status == 401, f"a token opens the API, another does not {good.status} {bad.status}")


def scenario(tap, folder):
    print(f"# seed {SEED}", flush=True)
    port = free_port()
    desk = tap.desk(folder, "north.example", "--console", f"127.0.0.1:{port}").start().wait_ready()
    listening = (Path(desk.folder) / "listening").read_text().splitlines()
    tap.ok(listening[2] == f"127.0.0.1:{port}", "it says where its console listens")
    names(tap, desk, port)
    paths(tap, desk, port)
    answers(tap, port)
    assets(tap, port)
    sizes(tap, port)
    crowd(tap, port)
    rubbish(tap, desk, port)
    anna = log_in(tap, desk, port)
    packed_api(tap, anna, port)
    bearer(tap, desk, port)
    stream(tap, desk, anna, port)


if __name__ == "__main__":
    Tap().play(scenario)
