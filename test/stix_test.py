#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""STIX 2.1 of other tools (data/stix) read, sent between two desks, and written again on the other side:
what is carried, and exactly what is not. Our own bundles against the rules of OASIS. And bundles that mean
harm: each ends with a sentence or a list, and nothing is sent."""

import copy
import hashlib
import json
import shutil
import time
from pathlib import Path

from desks import Tap, open_pair, run, until
from stix_check import faults_of

DATA = Path(__file__).resolve().parent / "data/stix"
KINDS = Path(__file__).resolve().parent.parent / "spec/kinds.json"
AUTOMATIC = {kind["name"] for kind in json.loads(KINDS.read_text(encoding="utf-8"))["kinds"] if kind.get("automatic")}
CORE = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
ALDIS_EXTENSION = "extension-definition--81960d46-91bf-4cfb-bb9b-a2a9b0e97c33"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
TIME = "2026-01-01T00:00:00.000Z"
# Of the envelope of an object, or answered by other means; what they say is asserted in the expected files.
OUTSIDE = {"id", "type", "spec_version", "created", "modified", "created_by_ref", "object_marking_refs", "object_refs",
           "object_ref", "object_modified", "extensions", "external_references", "contents"}


def read(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def dry(path):
    done = run("--json", "import", str(path), "--dry-run", "--language", "en", check=False, timeout=60)
    return done.returncode, done.stderr.strip(), json.loads(done.stdout) if done.returncode == 0 else None


def listed(report):
    return sorted((one["where"], one["what"], one["why"]) for one in report["not_mapped"])


def exported(desk, channel, path):
    desk.aldis("export", channel, "--format", "stix", "-o", str(path), "--report", f"{path}.report")
    return json.loads(path.read_text(encoding="utf-8"))


# Of other tools


def is_carried(tap, name, foreign, report, bundle, ids):
    """Each property of an object that became a message is the same on the other side, or listed."""
    whats = {(one["where"], one["what"]) for one in report["not_mapped"]}
    ours = {one["extensions"][ALDIS_EXTENSION]["message"]: one for one in bundle["objects"]
            if ALDIS_EXTENSION in one.get("extensions", {})}
    newest = {}
    for one in sorted(foreign["objects"], key=lambda one: one.get("modified", "")):
        newest[one["id"]] = one
    lost = []
    for message in report["messages"]:
        before, after = newest[message["from"]], ours[ids[message["from"]]]
        lost += [(before["id"], prop) for prop in set(before) - OUTSIDE
                 if before[prop] is not False and before[prop] not in after.values()
                 and (before["id"], prop) not in whats]
    tap.ok(not lost, f"{name}: what an object says is there on the other side, or listed {lost[:3]}")


def of_another_tool(tap, folder, north, south, channel, name):
    foreign, expected = read(f"{name}.json"), read(f"{name}.expected.json")
    code, _, report = dry(DATA / f"{name}.json")
    tap.ok(code == 0 and listed(report) == sorted(map(tuple, expected["not_mapped"])),
           f"{name}: the {len(expected['not_mapped'])} differences are listed, no other")
    done = json.loads(south.aldis("--json", "import", str(DATA / f"{name}.json"), "--channel", channel,
                                  "--language", "en").stdout)
    tap.ok(listed(done) == listed(report), f"{name}: sent, it lists the same")
    ids = {one["from"]: one["id"] for one in done["messages"]}
    froms = {one["id"]: one["from"] for one in done["messages"]}
    north.aldis("show", channel, done["messages"][-1]["id"], "--wait", "20")
    got = []
    for one in done["messages"]:
        shown = north.json("show", channel, one["id"])
        got.append({"from": one["from"], "kind": shown["kind"], "tlp": shown.get("tlp"),
                    "re": froms.get(shown.get("re")), "body": shown["body"]})
    tap.ok(got == expected["messages"], f"{name}: the other desk has the {len(got)} messages, field by field")
    bundle = exported(north, channel, folder / f"{name}.out.json")
    faults = faults_of(bundle)
    tap.ok(not faults, f"{name}: what it exports keeps the rules of STIX 2.1 {faults[:3]}")
    is_carried(tap, name, foreign, done, bundle, ids)


def writes(folder, bundle):
    path = folder / "bundle.json"
    path.write_text(json.dumps(bundle, ensure_ascii=False), encoding="utf-8")
    return path


# Wrong types for every property

RIGHT = {
    "incident": {"name": "A name", "description": "What", "confidence": 50, "lang": "en", "external_references": [
        {"source_name": "aldis-reference", "external_id": "R-1"}], "object_marking_refs": [AMBER], "created_by_ref":
        "identity--00000000-0000-4000-8000-000000000001", "modified": TIME, "revoked": False,
        "extensions": {CORE: {"extension_type": "property-extension", "determination": "suspected",
                              "investigation_status": "open", "criticality": 50, "incident_types": ["phishing"],
                              "events": [{"event_ref": "event--00000000-0000-4000-8000-000000000002"}]}}},
    "note": {"abstract": "A title", "content": "A text", "confidence": 50, "lang": "en",
             "object_refs": ["incident--00000000-0000-4000-8000-000000000003"]},
    "course-of-action": {"name": "Do it", "description": "Now", "lang": "en"},
    "language-content": {"object_ref": "incident--00000000-0000-4000-8000-000000000003", "object_modified": TIME,
                         "contents": {"id": {"description": "Apa"}}, "created_by_ref":
                         "identity--00000000-0000-4000-8000-000000000001"},
}
WRONG = [None, True, 7, -1, 7.5, 1e300, "", "x", [], {}, [None], [7], ["x"], [[]], [{}], {"x": 7}, {"x": {"x": []}}, "\U0001f600"]
AROUND = [
    {"type": "identity", "id": "identity--00000000-0000-4000-8000-000000000001", "name": "N", "created": TIME, "modified": TIME},
    {"type": "event", "id": "event--00000000-0000-4000-8000-000000000002", "status": "occurred", "created": TIME,
     "modified": TIME, "start_time": "2026-01-01T00:00:00Z"},
    {"type": "incident", "id": "incident--00000000-0000-4000-8000-000000000003", "name": "Base", "description": "Base",
     "created": TIME, "modified": TIME, "spec_version": "2.1"},
]


def paths_of(value, path=()):
    """Every place in a value, the outside first."""
    if path:
        yield path
    for key, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths_of(one, (*path, key))


def put(value, path, wrong):
    changed = copy.deepcopy(value)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = wrong
    return changed


def is_as_good(right, path, wrong):
    """The same type, which may stand there, or says nothing."""
    for key in path:
        right = right[key]
    if isinstance(right, bool) or isinstance(wrong, bool):
        return isinstance(right, bool) and isinstance(wrong, bool)
    return (isinstance(right, str) and isinstance(wrong, str) or wrong == [] and isinstance(right, list)
            or wrong == {} and isinstance(right, dict) or right == wrong
            or isinstance(right, int) and isinstance(wrong, int) and wrong > 0)


def mutants():
    """Objects with one thing wrong each, and of each type one with nothing wrong."""
    number = 100
    for kind, right in RIGHT.items():
        base = {"type": kind, "spec_version": "2.1", "created": TIME, "modified": TIME, **right}
        for path in [()] + list(paths_of(base)):
            for wrong in WRONG if path else [None]:
                if path and (path[0] in ("type", "id", "spec_version") or is_as_good(base, path, wrong)):
                    continue
                number += 1
                yield kind, path, wrong, {**(put(base, path, wrong) if path else base),
                                          "id": f"{kind}--00000000-0000-4000-8000-{number:012}"}


def has_wrong_types(tap, folder):
    tried = list(mutants())
    bundle = {"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000",
              "objects": AROUND + [one for _, _, _, one in tried]}
    code, words, report = dry(writes(folder, bundle))
    assert code == 0, words
    items, made = {}, {one["from"] for one in report["messages"]}
    for one in report["not_mapped"]:
        items.setdefault(one["where"], []).append(one["what"])
    usual = {kind: sorted(items.get(one["id"], [])) for kind, path, _, one in tried if not path}
    assert all(one["id"] in made for _, path, _, one in tried if not path)
    silent = [(kind, path, wrong) for kind, path, wrong, one in tried
              if path and sorted(items.get(one["id"], [])) == usual[kind] and path[0] not in usual[kind]]
    tap.ok(not silent, f"{len(tried)} objects with a wrong value in every place: each is told of {silent[:5]}")


EVENT = {
    "uuid": "00000000-0000-4000-8000-000000000001", "info": "An event", "date": "2026-01-01", "timestamp": "1767225600",
    "threat_level_id": "2", "analysis": "1", "distribution": "1", "Orgc": {"name": "O"}, "published": True,
    "Tag": [{"name": "tlp:amber"}, {"name": "misp:confidence-level=\"usually-confident\""}],
    "Attribute": [{"uuid": "00000000-0000-4000-8000-000000000003", "type": "domain", "category": "Network activity",
                   "value": "example.org", "to_ids": True, "comment": "c", "timestamp": "1767225600"}],
    "EventReport": [{"uuid": "00000000-0000-4000-8000-000000000006", "name": "R", "content": "Text"}]}
UNREAD = {"uuid", "date", "timestamp", "published", "analysis", "distribution", "Orgc", "category", "to_ids"}  # as scalars


def has_wrong_types_in_misp(tap, folder):
    """The same for an event of MISP, whose scalars may be texts, numbers or truths."""
    tried = [((), None, EVENT)]
    for path in paths_of(EVENT):
        for wrong in WRONG:
            says_nothing = wrong in (None, "", [], {}) and wrong is not True
            is_scalar = not isinstance(wrong, (list, dict, float)) and path[-1] in UNREAD
            if not says_nothing and not is_scalar and path[0] not in ("uuid", "Orgc") and not is_as_good(EVENT, path, wrong):
                tried.append((path, wrong, put(EVENT, path, wrong)))
    events = []
    for number, (_, _, event) in enumerate(tried):  # ids of their own, all alike
        text = json.dumps(event).replace("00000000-0000-4000-8000", f"00000000-0000-4000-9{number:03}")
        events.append({"Event": json.loads(text)})
    code, words, report = dry(writes(folder, {"response": events}))
    assert code == 0, words
    told = [sorted((one["what"], one["why"]) for one in report["not_mapped"] if f"-4000-9{number:03}-" in one["where"])
            for number in range(len(tried))]
    silent = [tried[number][:2] for number in range(1, len(tried)) if told[number] == told[0]]
    tap.ok(not silent, f"{len(tried)} events of MISP with a wrong value in every place: each is told of {silent[:5]}")


# What is refused as a whole


def bundle_of(*objects):
    return {"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": list(objects)}


def incident(number, **more):
    return {"type": "incident", "spec_version": "2.1", "id": f"incident--00000000-0000-4000-8000-{number:012}",
            "created": TIME, "modified": TIME, "name": f"Incident {number}", "description": "What", **more}


def note(number, *about):
    return {"type": "note", "spec_version": "2.1", "id": f"note--00000000-0000-4000-8000-{number:012}", "created": TIME,
            "modified": TIME, "content": f"Note {number}",
            "object_refs": [f"note--00000000-0000-4000-8000-{one:012}" for one in about]}


def nested(depth):
    return json.dumps(bundle_of(incident(1)))[:-3] + ',"x":' + "[" * depth + "]" * depth + "}]}"


def refused_ones():
    good = json.dumps(bundle_of(incident(1)))
    yield "nothing", b"", "JSON"
    yield "half a bundle", good[:-20].encode(), "JSON"
    yield "something behind the bundle", good.encode() + b"{}", "behind"
    yield "bytes that are no UTF-8", good.replace("What", "Wh\xff").encode("latin-1"), "UTF-8"
    yield "a text in UTF-16", good.encode("utf-16"), ""
    yield "half a surrogate", good.replace("What", "\\ud800").encode(), "surrogate"
    yield "a NUL", good.replace("What", "\\u0000").encode(), "0000"
    yield "a name twice", good.replace('"name"', '"created"').encode(), "twice"
    yield "too deep", nested(63).encode(), "deep"
    yield "a thousand deep", b"[" * 1000, "deep"
    yield "a number that is none", good.replace('"What"', "01").encode(), ""
    yield "another thing", b'{"type":"report"}', "bundle"
    yield "a list", b"[]", ""
    yield "objects that are no list", b'{"type":"bundle","objects":{"a":1}}', "list"
    yield "100,001 objects", json.dumps(bundle_of(*[{}] * 100001)).encode(), "100000"
    yield "nine million values", b'{"type":"bundle","objects":[' + b"0," * 9000000 + b"0]}", ""
    yield "a CSAF advisory", json.dumps({"document": {"csaf_version": "2.0"}}).encode(), ""


def state_of(desk, channel):
    """What people wrote here; of other desks, and by desks themselves, something may come at any time."""
    messages = sorted(one["id"] for one in desk.json("list", channel)["messages"]
                      if one["id"].startswith(desk.name + "#") and one["kind"] not in AUTOMATIC)
    return messages, desk.aldis("draft", "list", "--json").stdout


def refuses(tap, folder, south, channel):
    before, path = state_of(south, channel), folder / "refused.json"
    for what, text, word in refused_ones():
        path.write_bytes(text)
        begun = time.monotonic()
        done = run("-d", str(south.folder), "import", str(path), "--channel", channel, check=False, timeout=60)
        words = done.stderr.strip()
        tap.ok(done.returncode not in (0, 139) and words.count("\n") == 0 and word in words and done.stdout == ""
               and time.monotonic() - begun < 10, f"{what}: {words.replace(str(folder), '')}")
    now = state_of(south, channel)
    tap.ok(now == before, "after all that no message, no draft")
    if now != before:
        print("#", before, now)


# What is read, and has no place


def reads(tap, folder, bundle, what, check):
    begun = time.monotonic()
    code, words, report = dry(writes(folder, bundle))
    spent = time.monotonic() - begun
    tap.ok(code == 0 and spent < 10 and check(report), f"{what} ({spent:.1f} s): {words.splitlines()[:1]}")


def is_hostile(tap, folder):
    def many(report, kind, count):
        return sum(one["kind"] == kind for one in report["messages"]) == count
    ring = [note(number, number % 1000 + 1) for number in range(1, 1001)]
    reads(tap, folder, bundle_of(*ring, note(2000, 2000)), "a ring of a thousand notes, and one about itself",
          lambda report: many(report, "assessment", 1001))
    line = [note(number, number + 1) for number in range(99999)]
    reads(tap, folder, bundle_of(*line, incident(1)), "100,000 objects, each about the next",
          lambda report: many(report, "assessment", 99999) and many(report, "incident", 1))
    loop = [incident(number, extensions={ALDIS_EXTENSION: {
        "extension_type": "property-extension", "kind": "incident.update", "answers": "x#1",
        "answers_ref": f"incident--00000000-0000-4000-8000-{number % 3 + 1:012}"}}) for number in (1, 2, 3)]
    reads(tap, folder, bundle_of(*loop), "updates of each other in a ring",
          lambda report: not report["messages"] and any(one["what"] == "answers" for one in report["not_mapped"]))
    translation = {"type": "language-content", "spec_version": "2.1", "created": TIME, "modified": TIME,
                   "id": "language-content--00000000-0000-4000-8000-000000000001",
                   "object_ref": "language-content--00000000-0000-4000-8000-000000000001",
                   "contents": {"id": {"description": "Apa"}}}
    reads(tap, folder, bundle_of(translation), "a translation of itself", lambda report: not report["messages"])
    same = [incident(1, name=f"Version {number}") for number in range(1000)]
    reads(tap, folder, bundle_of(*same), "one id a thousand times",
          lambda report: many(report, "incident", 1) and len(report["not_mapped"]) >= 999)
    reads(tap, folder, bundle_of(incident(1, name="x" * 20000000)), "a name of 20 MB",
          lambda report: not report["messages"] and len(json.dumps(report)) < 10000)
    reads(tap, folder, bundle_of(incident(1, id="incident--" + "x" * 1000000)), "an id of 1 MB",
          lambda report: not report["messages"] and len(json.dumps(report)) < 10000)
    reads(tap, folder, bundle_of(incident(1, **{f"x_{number}": number for number in range(2000)})), "2,000 properties",
          lambda report: not report["messages"] and report["not_mapped"])
    reads(tap, folder, json.loads(nested(61)), "as deep as may be", lambda report: many(report, "incident", 1))
    reads(tap, folder, bundle_of(incident(1, object_marking_refs=AMBER)), "a mark that can't be read",
          lambda report: not report["messages"])
    reads(tap, folder, bundle_of(incident(1, name="\u202e\u0007<script>\U0001f600", lang="xx-" * 100)), "texts that mean harm",
          lambda report: len(report["not_mapped"]) >= 1)


# CSAF


def advisory():
    return {"document": {
        "category": "csaf_base", "csaf_version": "2.0", "title": "An advisory",
        "publisher": {"category": "vendor", "name": "N", "namespace": "https://example.org"},
        "distribution": {"tlp": {"label": "GREEN"}},
        "tracking": {"id": "EX-1", "current_release_date": TIME, "initial_release_date": TIME, "status": "final",
                     "version": "1", "revision_history": [{"date": TIME, "number": "1", "summary": "First"}]}},
        "product_tree": {}, "vulnerabilities": [{"scores": [{"cvss_v3": {"baseScore": 9.8}}]}]}


def broken_ones():
    """An advisory with one required member gone, or another type in its place."""
    right = advisory()
    for path in paths_of(right):
        if path[0] == "vulnerabilities" and len(path) > 1 or path[-1] == 0 or path == ("document",):
            continue
        if path[-1] not in ("product_tree", "vulnerabilities", "distribution", "tlp", "csaf_version"):
            yield path, without(right, path)
        if path[-1] != "csaf_version":  # else it is no advisory
            yield path, put(right, path, 7)


def without(value, path):
    changed = copy.deepcopy(value)
    at = changed
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return changed


def send_files(folder, desk, channel, files):
    attach = []
    for number, content in enumerate(files):
        path = folder / f"file{number}"
        path.write_bytes(content)
        attach += ["--attach", str(path)]
    return desk.aldis("send", channel, "text", "--body", "-", *attach,
                      stdin='{"language":"en","text":"Files"}').stdout.strip()


def hash_of(content):
    return hashlib.sha256(content).hexdigest()


def advisories(tap, folder, north, south, channel):
    """What came as a file leaves as the same file, the whole record exported on the other side."""
    real = sorted((Path(__file__).resolve().parents[2] / "shared/data/csaf").glob("*.json"))
    files = [path.read_bytes() for path in real] or [json.dumps(advisory()).encode()]
    for number in range(0, len(files), 20):
        send_files(folder, north, channel, files[number:number + 20])
    wanted = {hash_of(content) for content in files}

    def arrived():
        out = folder / "record"
        shutil.rmtree(out, ignore_errors=True)
        if south.aldis("export", channel, str(out), check=False).returncode != 0:
            return False
        return wanted <= {hash_of(path.read_bytes()[16:]) for path in out.rglob("*") if path.is_file()}
    until(arrived, 60, "all advisories are in the other desk's export")
    tap.ok(True, f"{len(wanted)} advisories sent, and exported on the other side: no byte differs")
    bundle = exported(south, channel, folder / "beside.json")
    rows = json.loads((folder / "beside.json.report").read_text(encoding="utf-8"))["not_mapped"]
    texts = [one for one in rows if one["what"] == "text"]
    tap.ok(not faults_of(bundle) and len(texts) == (len(files) + 19) // 20,
           "as STIX they don't go out, which is listed for each message that carries them")


def texts_of(desk, channel):
    """How many messages people sent: desks write receipts by themselves."""
    return sum(one["kind"] in {"text", *(kind for kind, _, _ in THREAD)} for one in desk.json("list", channel)["messages"])


def breaks_its_schema(tap, folder, north, channel):
    broken = list(broken_ones())
    before, shown = texts_of(north, channel), ""
    for number in range(0, len(broken), 60):
        files = [json.dumps(one).encode() for _, one in broken[number:number + 60]]
        shown += north.aldis("show", channel, send_files(folder, north, channel, files)).stdout
    lines = [line for line in shown.splitlines() if line.startswith("advisory  ")]
    told = [line.split("breaks its schema: ")[1] for line in lines if "breaks its schema: CSAF: " in line]
    missed = [path for path, _ in broken if not any(str(path[-1]) in one for one in told)]
    tap.ok(len(told) == len(lines) == len(broken) and not missed,
           f"{len(broken)} advisories that break their schema are told, each with the member {missed[:3]}")
    tap.ok(texts_of(north, channel) == before + (len(broken) + 59) // 60, "and nothing else came of them")


# Of our own

THREAD = [
    ("incident", None, {
        "language": "en", "title": "Phishing of officials", "summary": "Mails with \"links\".", "confidence": 70,
        "detected": "2026-11-20T23:49:00Z", "started": "2026-11-19T00:00:00Z", "started_fidelity": "day",
        "ended": "2026-11-21T00:00:00Z", "ended_fidelity": "hour", "incident_type": "phishing", "determination": "confirmed",
        "severity": "critical", "reference": "CERT-7", "source_reliability": "B", "observables": [
            {"type": "ip", "value": "192.0.2.1"}, {"type": "ip", "value": "2001:db8::1", "note": "seen twice"},
            {"type": "prefix", "value": "198.51.100.0/24"}, {"type": "prefix", "value": "2001:db8::/32"},
            {"type": "domain", "value": "mail.example.org"}, {"type": "url", "value": "https://example.org/?a=\"b\"&c=\u00e9"},
            {"type": "hash", "value": "d41d8cd98f00b204e9800998ecf8427e"}, {"type": "hash", "value": "a" * 64},
            {"type": "email", "value": "a@example.org"}, {"type": "file", "value": "run \u00fcber.exe"},
            {"type": "account", "value": "root"}, {"type": "other", "value": "a USB stick"}]}),
    ("incident", None, {"language": "id", "title": "Tanpa apa-apa", "summary": "Hanya ini.", "detected": "2026-11-20T23:49:00Z"}),
    ("incident.update", 0, {"language": "en", "summary": "Contained."}),
    ("incident.update", 0, {"language": "en", "summary": "Odd.", "started": "2026-11-20T00:00:00Z", "ended": "2026-11-19T00:00:00Z"}),
    ("incident.update", 0, {"language": "en", "summary": "Here.", "started": "2026-11-20T07:00:00+07:00"}),
    ("assessment", 0, {"language": "en", "text": "The same group.", "title": "Who", "confidence": 0}),
    ("assessment", None, {"language": "en", "text": "About nothing."}),
    ("measure", 0, {"measure": "sanctions", "language": "en", "text": "Visas withdrawn"}),
    ("measure", None, {"measure": "sanctions", "language": "en", "text": "More"}),
    ("translation", 0, {"language": "id", "text": "Surat elektronik", "translator": "Sari"}),
    ("translation", 5, {"language": "id", "text": "Kelompok yang sama.", "translator": "Sari"}),
    ("incident.close", 0, {"language": "en", "outcome": "resolved"}),
]


def keeps_the_rules(tap, folder, north, channel):
    ids = []
    for kind, re, body in THREAD:
        more = ["--re", ids[re]] if re is not None else ["--tlp", "AMBER+STRICT"]
        ids.append(north.aldis("send", channel, kind, "--body", "-", *more, stdin=json.dumps(body)).stdout.strip())
    bundle = exported(north, channel, folder / "own.json")
    faults = faults_of(bundle)
    tap.ok(len(bundle["objects"]) > len(THREAD) + 20 and not faults,
           f"{len(bundle['objects'])} objects of our own keep the rules of STIX 2.1 {faults[:3]}")
    broken = copy.deepcopy(bundle)
    for one in broken["objects"]:
        one["modified"] = "2026-01-01"
    tap.ok(len(faults_of(broken)) >= len(bundle["objects"]), "the check finds what breaks them")


def scenario(tap, folder):
    folder = Path(folder)
    north, south, channel = open_pair(tap, folder)
    keeps_the_rules(tap, folder, north, channel)
    for path in sorted(DATA.glob("*.expected.json")):
        of_another_tool(tap, folder, north, south, channel, path.name.removesuffix(".expected.json"))
    refuses(tap, folder, south, channel)
    has_wrong_types(tap, folder)
    has_wrong_types_in_misp(tap, folder)
    is_hostile(tap, folder)
    advisories(tap, folder, north, south, channel)
    breaks_its_schema(tap, folder, north, channel)


if __name__ == "__main__":
    Tap().play(scenario)
