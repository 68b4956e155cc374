#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What two desks released, read over TAXII 2.1 by a program that has never heard of desks; what they
withheld is in no answer; hostile requests get an answer and disturb nobody."""

import http.client
import json
import re
import socket
import ssl
import subprocess
from pathlib import Path

from desks import ALDIS, Tap, open_pair, run, until
from stix_check import faults_of

TAXII = "application/taxii+json;version=2.1"
STIX = "application/stix+json;version=2.1"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SECRETS = ["Hidden breach", "hidden.example.org", "Only an envelope", "Said in a text"]


class Server:
    """aldis taxii over these files, and a client that keeps all that it was told."""

    def __init__(self, *args):
        self.process = subprocess.Popen([ALDIS, "taxii", *map(str, args), "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.told, line = [], ""
        while not line.startswith("listening: "):
            line = self.process.stdout.readline()
            assert line, "the server did not start"
            self.told.append(line)
        self.url = line.split()[1]
        self.port = int(self.url.split(":")[2].split("/")[0])
        self.tls = None

    def ask(self, path, accept=TAXII, method="GET", body=None):
        if self.tls:
            link = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=self.tls)
        else:
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        link.request(method, path, body, {"Accept": accept} if accept else {})
        answer = link.getresponse()
        text = answer.read().decode()
        self.told.append(text + str(answer.getheaders()))
        link.close()
        return answer.status, answer, json.loads(text) if text else None

    def get(self, path):
        status, answer, body = self.ask(path)
        assert status == 200 and answer.getheader("Content-Type") == TAXII, (path, status, body)
        return answer, body

    def stop(self):
        self.process.terminate()
        return self.process.wait(20)


def send(desk, channel, kind, body, *more):
    done = desk.aldis("send", channel, kind, "--body", "-", "--wait", "20", *more, stdin=json.dumps(body))
    return done.stdout.strip()


def incident(title, domain):
    return {"language": "en", "title": title, "summary": f"{title}.", "detected": "2026-11-20T23:49:00Z",
            "severity": "high", "started": "2026-11-19T00:00:00Z", "confidence": 70,
            "observables": [{"type": "domain", "value": domain, "note": "seen"}]}


def write(north, south, channel):
    """A conversation; returns what is withheld and what is shown as an envelope."""
    first = send(north, channel, "incident", incident("Phishing", "mail.example.org"), "--tlp", "GREEN")
    hidden = send(north, channel, "incident", incident("Hidden breach", "hidden.example.org"))
    send(north, channel, "text", {"language": "en", "text": "Said in a text"})
    south.aldis("show", channel, hidden, "--wait", "20")
    send(south, channel, "assessment", {"language": "en", "text": "The same group", "confidence": 40}, "--re", first)
    send(south, channel, "assessment", {"language": "en", "text": "About what is withheld"}, "--re", hidden)
    envelope = send(south, channel, "assessment", {"language": "en", "text": "Only an envelope"}, "--re", first)
    send(south, channel, "measure", {"measure": "sanctions", "language": "en", "text": "Visas withdrawn"}, "--re", first)
    last = send(south, channel, "translation", {"language": "id", "text": "Surat", "translator": "Sari"}, "--re", first)
    north.aldis("show", channel, last, "--wait", "20")
    return hidden, envelope


def release(folder, north, south, channel, name, *choice):
    """Drafted by north, consented to by south, built; without a south, as one-sided."""
    draft, page = folder / name, folder / f"{name}.html"
    draft.write_text(north.aldis("release", "draft", channel, *choice).stdout, encoding="utf-8")
    if south is None:
        north.aldis("release", "build", channel, str(draft), "--one-sided", "-o", str(page))
        return page
    request = north.aldis("release", "request", channel, str(draft), "--text", "To end rumours").stdout.strip()
    south.aldis("show", channel, request, "--wait", "20")
    consent = until(lambda: south.aldis("release", "consent", channel, request, check=False).stdout.strip(), 20,
                    "the manifest is here")
    north.aldis("show", channel, consent, "--wait", "20")
    north.aldis("release", "build", channel, str(draft), "-o", str(page))
    return page


def collections(tap, server):
    _, told = server.get("/taxii2/")
    tap.ok(set(told) <= {"title", "description", "contact", "default", "api_roots"} and told["title"]
           and told["default"] in told["api_roots"] and told["api_roots"] == ["/releases/"], "discovery")
    _, root = server.get(told["default"])
    tap.ok(root["title"] and root["versions"] == [TAXII] and root["max_content_length"] > 0, "the API root")
    _, all_of = server.get("/releases/collections/")
    one = all_of["collections"][0]
    tap.ok(len(all_of["collections"]) == 2 and UUID.fullmatch(one["id"]) and one["can_read"] is True
           and one["can_write"] is False and one["media_types"] == [STIX], "the collections, which can't be written")
    tap.ok("joint" in one["title"] and "1 withheld" in one["description"] and "compare" in one["description"]
           and len(re.findall(r"[a-z]+\.example(?: \d{5}){12}", one["description"])) == 2,
           "a collection says its grade, what is withheld, and digits to compare")
    tap.ok("one-sided" in all_of["collections"][1]["title"], "a one-sided one says that it is")
    tap.ok(server.get(f"/releases/collections/{one['id']}/")[1] == one, "one collection alone is the same")
    again = server.get("/releases/collections/")[1]
    tap.ok(again == all_of, "asked twice, in the same order")
    return f"/releases/collections/{one['id']}/"


def objects(tap, server, base, exported):
    answer, envelope = server.get(base + "objects/")
    found = envelope["objects"]
    types = sorted(one["type"] for one in found)
    tap.ok(types == ["course-of-action", "domain-name", "event", "extension-definition", "identity", "identity",
                     "identity", "incident", "language-content", "marking-definition", "note", "note",
                     "relationship", "relationship"], f"the objects of what is shown in full: {types}")
    faults = faults_of({"type": "bundle", "id": "bundle--" + "0" * 8 + "-0000-4000-8000-" + "0" * 12,
                        "objects": found})
    tap.ok(not faults, f"each keeps the rules of STIX 2.1 {faults[:3]}")
    known = {one["id"]: one for one in exported["objects"]}
    differ = [one["id"] for one in found if known.get(one["id"]) != one]
    tap.ok(len(differ) == 1 and next(one for one in found if one["id"] == differ[0])["content"]
           == "About what is withheld", "all but the answer to what is withheld are those of `aldis export`")
    marked = next(one for one in found if one["type"] == "incident")["object_marking_refs"]
    tap.ok([known[one]["name"] for one in marked] == ["TLP:GREEN"], "with the marks of their authors")
    _, manifest = server.get(base + "manifest/")
    records = manifest["objects"]
    tap.ok([one["id"] for one in records] == [one["id"] for one in found]
           and all(TIMESTAMP.fullmatch(one["date_added"]) and one["media_type"] == STIX for one in records)
           and sorted({one["date_added"] for one in records}) == [one["date_added"] for one in records],
           "the manifest has them in the order of their adding, no two at one time")
    tap.ok(all(one["version"] == whole.get("modified", whole.get("created", one["version"]))
               for one, whole in zip(records, found)), "and their versions")
    tap.ok((answer.getheader("X-TAXII-Date-Added-First"), answer.getheader("X-TAXII-Date-Added-Last"))
           == (records[0]["date_added"], records[-1]["date_added"]), "the headers name the first and the last")
    return found, records


def one_object(tap, server, base, found):
    for one in found:
        answer, envelope = server.get(f"{base}objects/{one['id']}/")
        assert envelope == {"objects": [one]} and answer.getheader("X-TAXII-Date-Added-Last"), one["id"]
    tap.ok(True, "each object is found by its id")
    first = next(one for one in found if one["type"] == "incident")
    answer, versions = server.get(f"{base}objects/{first['id']}/versions/")
    tap.ok(versions == {"versions": [first["modified"]]} and answer.getheader("X-TAXII-Date-Added-First"),
           "its versions")
    return first


def pages(server, path, way):
    """All items, page by page; the other way on is by the time of the last."""
    items, more = [], ""
    while True:
        answer, page = server.get(f"{path}?limit=3{more}")
        assert len(page["objects"]) <= 3
        items += page["objects"]
        if not page.get("more"):
            return items
        last = answer.getheader("X-TAXII-Date-Added-Last")
        more = f"&next={page['next']}" if way == "next" else f"&added_after={last}"


def filters(tap, server, base, found, records, first):
    def ids(query, what="objects"):
        return [one["id"] for one in server.get(f"{base}{what}/?{query}")[1].get("objects", [])]
    for way in ("next", "added_after"):
        tap.ok(pages(server, base + "objects/", way) == found and pages(server, base + "manifest/", way) == records,
               f"pages by {way} add up to the whole")
    notes = [one["id"] for one in found if one["type"] == "note"]
    tap.ok(ids("match[type]=note") == notes == ids("match%5Btype%5D=note,indicator", "manifest"), "match[type]")
    tap.ok(ids(f"match[id]={notes[0]},{first['id']}&match[type]=incident") == [first["id"]], "match[id], anded")
    tap.ok(ids(f"match[version]={first['modified']}&match[type]=incident") == [first["id"]]
           and ids("match[version]=1999-01-01T00:00:00.000Z") == [] and len(ids("match[version]=all")) == len(found),
           "match[version]")
    tap.ok(ids("match[spec_version]=2.0") == [] and len(ids("match[spec_version]=2.0,2.1")) == len(found),
           "match[spec_version]")
    answer, body = server.get(base + "objects/?match[type]=malware")
    tap.ok(body == {} and TIMESTAMP.fullmatch(answer.getheader("X-TAXII-Date-Added-First")),
           "where nothing matches, the envelope is empty")
    bad = ["limit=0", "limit=x", "next=x", "added_after=now", "match[version]=newest", "match[type]=%00",
           "match[type]=a&match[type]=b", "match[spec_version]=two"]
    tap.ok([server.ask(f"{base}objects/?{query}")[0] for query in bad] == [400] * len(bad),
           "malformed filters are refused")


def refusals(tap, server, base, first):
    def refused(status, *args, **more):
        got, answer, body = server.ask(*args, **more)
        return (got == status and answer.getheader("Content-Type") == TAXII and body["title"]
                and body["http_status"] == str(status))
    tap.ok(all(refused(406, "/taxii2/", accept=accept) for accept in
               (None, "application/json", "application/taxii+json;version=2.0", STIX)), "Accept is held to")
    tap.ok(server.ask("/taxii2/", accept="application/taxii+json")[0] == server.ask("/taxii2/", accept="*/*")[0] == 200,
           "without a version, and with any type, there is an answer")
    tap.ok(all(refused(404, path) for path in
               ("/", "/taxii2", "/releases", "/releases/status/1/", "/releases/collections/x/", base + "objects",
                base + "objects/incident--0/", base + "objects/../", base + "%2e%2e/", base + "manifest/x/",
                "/releases/collections//objects/", "/.." * 100 + "/etc/passwd")), "what is not there is not found")
    tap.ok(refused(403, base + "objects/", method="POST", body='{"objects":[]}')
           and refused(403, f"{base}objects/{first['id']}/", method="DELETE"), "nothing is added or deleted")
    got, answer, _ = server.ask(base + "objects/", method="PUT", body="x")
    tap.ok(got == 405 and answer.getheader("Allow") == "GET, HEAD" and refused(405, base, method="POST", body="x"),
           "other methods are not allowed")
    got, answer, body = server.ask(base + "objects/", method="HEAD")
    tap.ok(got == 200 and body is None and int(answer.getheader("Content-Length")) > 1000
           and answer.getheader("X-TAXII-Date-Added-Last"), "HEAD has the headers alone")


def raw(server, text, close=True):
    """Sends bytes; the first line of the answer."""
    link = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    try:
        link.sendall(text)
        if not close:
            return link
        return link.recv(200).split(b"\r\n")[0].decode()
    except (BrokenPipeError, ConnectionResetError):
        return "closed"
    finally:
        if close:
            link.close()


def is_hostile(tap, server, base):
    head = b" HTTP/1.1\r\nHost: x\r\nAccept: " + TAXII.encode() + b"\r\n"
    path = base.encode() + b"objects/"
    for what, text, good in (
            ("a path that is too long", b"GET /" + b"a" * 5000 + head + b"\r\n", ("400",)),
            ("a header that is too long", b"GET /taxii2/" + head + b"X: " + b"a" * 70000 + b"\r\n\r\n", ("400", "closed")),
            ("a body that is too large", b"POST " + path + head + b"Content-Length: 70000\r\n\r\n" + b"x" * 70000, ("413",)),
            ("no HTTP", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", ("400", "closed", "")),
            ("a byte that is no text", b"GET /taxii2/\xff/" + head + b"\r\n", ("400",)),
            ("two lengths", b"POST " + path + head + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", ("400",)),
            ("two thousand ids", b"GET " + path + b"?match[id]=" + b"a," * 2050 + b"a" + head + b"\r\n", ("400",)),
            ("a thousand ids", b"GET " + path + b"?match[id]=" + b"a," * 1000 + b"a" + head + b"\r\n", ("400",)),
            ("a hundred ids", b"GET " + path + b"?match[id]=" + b"a," * 100 + b"a" + head + b"\r\n", ("200",))):
        got = raw(server, text)
        tap.ok(got == "closed" or not got and "" in good or any(one and one in got for one in good), f"{what}: {got}")
    slow = [raw(server, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n", close=False) for _ in range(100)]
    tap.ok(server.ask("/taxii2/")[0] == 200, "a hundred clients that never finish keep nobody out")
    for link in slow:
        link.close()
    tap.ok(server.ask(base + "objects/")[0] == 200 and server.process.poll() is None, "and it goes on")


def does_not_start(tap, folder, joint, one_sided):
    page, tampered, changed = joint.read_bytes(), folder / "tampered.html", folder / "changed.html"
    tampered.write_bytes(page.replace(b"function check", b"function chack", 1))
    changed.write_bytes(page.replace(b'\\"made\\":\\"20', b'\\"made\\":\\"21', 1))
    assert page not in (tampered.read_bytes(), changed.read_bytes())
    (folder / "no.html").write_text("<!doctype html><title>no</title>", encoding="utf-8")
    for what, args, word in (
            ("a changed script", [joint, tampered], "does not verify (frame)"),
            ("changed data", [changed], "does not verify (consent-other-manifest)"),
            ("a page that is no release", [folder / "no.html"], "does not verify"),
            ("a file that is not there", [folder / "none.html"], "none.html"),
            ("one-sided", [joint, one_sided], "one-sided"),
            ("the same twice", [joint, joint], "same manifest"),
            ("a certificate alone", [joint, "--tls-cert", joint], "go together"),
            ("a page for a certificate", [joint, "--tls-cert", joint, "--tls-key", joint], "PEM"),
            ("no address", [joint, "--listen", "nowhere"], "nowhere")):
        done = run("taxii", *map(str, args), check=False)
        tap.ok(done.returncode != 0 and word in done.stderr and "listening" not in done.stdout,
               f"{what}: {done.stderr.strip().splitlines()[-1]}")


def says_what_it_serves(tap, page):
    """For programs that start it, with every single thing that has no place in STIX."""
    with subprocess.Popen([ALDIS, "--json", "taxii", str(page), "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as process:
        try:
            told = json.loads(process.stdout.readline())
        finally:
            process.terminate()
        one = told["collections"][0]
        kinds = {row["what"] for row in one["not_mapped"]}
        tap.ok(told["listening"].startswith("http://127.0.0.1:") and UUID.fullmatch(one["id"]) and one["grade"] == "joint"
               and one["objects"] > 10 and {"text", "open"} <= kinds, f"what it serves, and what it can't: {sorted(kinds)}")


def speaks_tls(tap, folder, page):
    key, certificate = folder / "tls.key", folder / "tls.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=x", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
                   check=True, capture_output=True)
    server = Server(page, "--tls-cert", certificate, "--tls-key", key)
    try:
        server.tls = ssl.create_default_context(cafile=str(certificate))
        tap.ok(server.url.startswith("https://") and server.ask("/taxii2/")[0] == 200, "HTTPS with a given certificate")
        tap.ok(raw(server, b"GET /taxii2/ HTTP/1.1\r\nHost: x\r\n\r\n") in ("", "closed"), "and no plain HTTP then")
    finally:
        tap.ok(server.stop() == 0, "it ends in order")


def serves(tap, joint, one_sided, exported):
    server = Server(joint, one_sided, "--one-sided")
    try:
        base = collections(tap, server)
        found, records = objects(tap, server, base, exported)
        first = one_object(tap, server, base, found)
        filters(tap, server, base, found, records, first)
        refusals(tap, server, base, first)
        is_hostile(tap, server, base)
    finally:
        tap.ok(server.stop() == 0, "SIGTERM ends it in order")
    told = "".join(server.told)
    assert all(one in json.dumps(exported) for one in SECRETS[:3])  # an export would have told
    tap.ok("mail.example.org" in told and not [one for one in SECRETS if one in told],
           f"of {len(server.told)} answers none has what was withheld")


def scenario(tap, folder):
    folder = Path(folder)
    north, south, channel = open_pair(tap, folder)
    hidden, envelope = write(north, south, channel)
    north.aldis("export", channel, "--format", "stix", "-o", str(folder / "all.json"))
    joint = release(folder, north, south, channel, "joint", "--withhold", hidden, "--envelope", envelope)
    one_sided = release(folder, north, None, channel, "alone", "--withhold", hidden, "--envelope", envelope)
    for desk in (north, south):
        desk.stop()
    serves(tap, joint, one_sided, json.loads((folder / "all.json").read_text(encoding="utf-8")))
    does_not_start(tap, folder, joint, one_sided)
    says_what_it_serves(tap, joint)
    speaks_tls(tap, folder, joint)


if __name__ == "__main__":
    Tap().play(scenario)
