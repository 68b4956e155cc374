#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Formats of others between two desks: what north wrote leaves as a STIX bundle or as events of
MISP, comes into another channel; every field is still there, what has no place is listed."""

import json
from pathlib import Path
from uuid import UUID

from advisory import advisory
from desks import Tap, befriend, open_channel, run, until, wait_open

LIMITS = {"skew": "PT2S", "body": 262144, "attachment": 8388608, "attachments": 64,
          "quota": 1073741824}
INCIDENT = {
    "language": "en", "title": "Phishing of officials", "summary": "Mails with \"links\".\nMany.",
    "detected": "2026-11-20T23:49:00Z", "detected_fidelity": "minute",
    "started": "2026-11-19T00:00:00Z", "started_fidelity": "day", "stage": "early",
    "category": "fraud", "incident_type": "phishing", "determination": "confirmed",
    "severity": "high", "sectors": ["government"], "countries": ["ID"], "affected_systems": 12,
    "observables": [{"type": "domain", "value": "mail.example.org", "note": "sender"},
                    {"type": "other", "value": "a USB stick"},
                    {"type": "ip", "value": "2001:db8::1"},
                    {"type": "hash", "value": "d41d8cd98f00b204e9800998ecf8427e"}],
    "confidence": 70, "source_reliability": "B", "reference": "CERT-7",
}
THREAD = [
    ("incident", None, INCIDENT),
    ("incident.update", 0, {"language": "en", "summary": "Contained.", "started": "2026-11-21T12:00:00+07:00",
                          "ended": "2026-11-21T04:00:00Z", "ended_fidelity": "hour"}),
    ("assessment", 0, {"language": "en", "text": "The same group.", "confidence": 40,
                       "source_reliability": "C", "basis": "Two samples"}),
    ("measure", 0, {"measure": "sanctions", "language": "en", "text": "Visas withdrawn",
                    "from": "2026-12-01T00:00:00Z"}),
    ("translation", 0, {"language": "id", "text": "Surat elektronik", "translator": "Sari"}),
    ("incident.close", 1, {"language": "en", "outcome": "resolved"}),
]
FOREIGN = {
    "type": "bundle", "id": "bundle--5a0e8d5a-5d0f-4c8c-9c0a-0a3d7ee1c3b7", "objects": [
        {"type": "incident", "spec_version": "2.1", "name": "Stolen laptop",
         "id": "incident--2242662b-d581-4864-8696-fff719dc0500",
         "created": "2026-10-16T01:01:01.000Z", "modified": "2026-10-17T01:01:01.000Z",
         "x_score": 9.5, "labels": ["theft"]},
        {"type": "malware", "spec_version": "2.1", "name": "m", "is_family": False,
         "id": "malware--2242662b-d581-4864-8696-fff719dc0501",
         "created": "2026-10-16T01:01:01.000Z", "modified": "2026-10-17T01:01:01.000Z"}]}

EVENT = {"Event": {
    "uuid": "5a4cb19a-f550-437f-bd29-48ed950d210f", "info": "Phishing of officials",
    "date": "2026-11-20", "timestamp": "1763683200", "threat_level_id": "1", "analysis": "2",
    "Orgc": {"name": "A CERT", "uuid": "55f6ea5e-2c60-40e5-964f-47a8950d210f"},
    "Tag": [{"name": "tlp:amber"}, {"name": 'workflow:state="draft"'}],
    "Attribute": [
        {"uuid": "5a4cb1c7-fa84-45fa-8d27-4822950d210f", "type": "ip-dst", "to_ids": True,
         "category": "Network activity", "value": "192.0.2.7", "comment": "C2"},
        {"uuid": "5a4cb1c7-fa84-45fa-8d27-4822950d2110", "type": "mutex",
         "category": "Artifacts dropped", "value": "m"}],
    "EventReport": [{"uuid": "5a4cb1c7-fa84-45fa-8d27-4822950d2111", "name": "What we saw",
                     "content": "The same group as before."}]}}


def send_thread(folder, desk, channel):
    ids = []
    for number, (kind, re, body) in enumerate(THREAD):
        path = folder / f"body{number}.json"
        path.write_text(json.dumps(body))
        more = ["--re", ids[re]] if re is not None else ["--tlp", "AMBER+STRICT"]
        ids.append(desk.aldis("send", channel, kind, "--body", str(path), *more).stdout.strip())
    return ids


def export(desk, channel, path, form):
    report = path.with_suffix(".report")
    desk.aldis("export", channel, "--format", form, "-o", str(path), "--report", str(report))
    return json.loads(path.read_text()), json.loads(report.read_text())["not_mapped"]


def written(document):
    """How often each type of object or event is in it."""
    if "response" in document:
        return ["event" for _ in document["response"]]
    return [one["type"] for one in document["objects"]]


EXPECTED = {"stix": {"incident": 2, "note": 2, "course-of-action": 1, "language-content": 1},
            "misp": {"event": 6}}


# Of draft-dulaunoy-misp-core-format: what each element must or shall have, and the categories in
# which a type may stand (of MISP's describeTypes, those types that may be written).
DEMANDED = {
    "Event": "uuid id published info threat_level_id analysis date timestamp publish_timestamp "
             "first_publication org_id orgc_id attribute_count distribution sharing_group_id Org Orgc",
    "Org": "uuid name id",
    "Attribute": "uuid id type category to_ids event_id distribution timestamp deleted value",
    "Object": "uuid id name meta-category description template_uuid template_version event_id "
              "timestamp distribution deleted Attribute",
    "EventReport": "uuid id event_id name content distribution sharing_group_id timestamp deleted",
    "Tag": "name colour exportable",
}
CATEGORIES = {
    "ip-dst": {"Network activity", "Payload delivery", "External analysis"},
    "domain": {"Network activity", "Payload delivery", "External analysis"},
    "url": {"Network activity", "Payload delivery", "External analysis"},
    "md5": {"Payload delivery", "Artifacts dropped", "Payload installation", "External analysis"},
    "text": {"Other", "Internal reference", "External analysis"}, "other": {"Other"},
}


def faults_of(name, element, event):
    """What an element of an event lacks, by the draft; booleans and UUIDs as it asks for them."""
    faults = [f"{name}: no {one}" for one in DEMANDED[name].split() if one not in element]
    for member, value in element.items():
        if member in ("published", "to_ids", "deleted", "exportable") and not isinstance(value, bool):
            faults.append(f"{name}: {member} is no truth")
        if member in ("id", "org_id", "timestamp", "attribute_count", "distribution") \
                and not (isinstance(value, str) and value.isdigit()):
            faults.append(f"{name}: {member} is no number in a text")
        if member == "uuid" and str(UUID(value)) != value:
            faults.append(f"{name}: {value} is no UUID")
    if name in ("Attribute", "Object", "EventReport") and element.get("event_id") != event["id"]:
        faults.append(f"{name}: is of another event")
    if name == "Attribute" and element["category"] not in CATEGORIES[element["type"]]:
        faults.append(f"{element['type']} in {element['category']}")
    return faults


def misp_faults(document):
    faults, uuids = [], []
    for one in document["response"]:
        event = one["Event"]
        objects = event["Object"]
        attributes = event["Attribute"] + [part for each in objects for part in each["Attribute"]]
        for name, elements in (("Event", [event]), ("Org", [event["Org"], event["Orgc"]]),
                               ("Tag", event["Tag"]), ("Attribute", attributes),
                               ("Object", objects), ("EventReport", event["EventReport"])):
            faults += [fault for each in elements for fault in faults_of(name, each, event)]
        uuids += [each["uuid"] for each in [event, *attributes, *objects, *event["EventReport"]]]
        if int(event["attribute_count"]) != len(attributes):
            faults.append("attribute_count is wrong")
    if len(set(uuids)) != len(uuids):
        faults.append("two elements with one UUID")
    return faults


def round_trip(tap, folder, north, south, first, second, form):
    document, listed = export(north, first, folder / "north.json", form)
    again, _ = export(north, first, folder / "again.json", form)
    tap.ok(document == again and (folder / "north.json").read_bytes()
           == (folder / "again.json").read_bytes(), f"{form}: exported twice, the bytes are the same")
    types = written(document)
    tap.ok(all(types.count(name) == count for name, count in EXPECTED[form].items()),
           f"{form}: each message is there")
    tap.ok(any(one["what"] == "text" for one in listed), f"{form}: what is not there is listed")
    if form == "misp":
        faults = misp_faults(document)
        tap.ok(not faults, f"misp: the events are as the core format asks {faults[:3] or ''}".strip())
    dry = json.loads(south.aldis("--json", "import", str(folder / "north.json"),
                                 "--dry-run").stdout)
    tap.ok(len(dry["messages"]) == len(THREAD) and people(south, second) == [],
           f"{form}: a dry run says what would be sent, and sends nothing")
    done = json.loads(south.aldis("--json", "import", str(folder / "north.json"),
                                  "--channel", second).stdout)
    new = {one["kind"]: one["id"] for one in done["messages"]}
    for kind, re, body in THREAD:
        shown = south.json("show", second, new[kind])
        tap.ok(shown["body"] == body, f"{form}: every field of {kind} has come back")
        if re is not None:
            tap.ok(shown["re"] == new[THREAD[re][0]], f"{form}: {kind} answers what it answered")
    tap.ok(south.json("show", second, new["incident"])["tlp"] == "AMBER+STRICT",
           f"{form}: so has the mark")
    count = len(people(south, second))
    south.aldis("import", str(folder / "north.json"), "--channel", second)
    tap.ok(len(people(south, second)) == count, f"{form}: imported twice, nothing is sent twice")


def people(desk, channel):
    kinds = {kind for kind, _, _ in THREAD}
    return [one for one in desk.json("list", channel)["messages"] if one["kind"] in kinds]


def of_others(tap, folder, south, channel):
    path = folder / "foreign.json"
    path.write_text(json.dumps(FOREIGN))
    done = json.loads(south.aldis("--json", "import", str(path), "--channel", channel).stdout)
    shown = south.json("show", channel, done["messages"][0]["id"])
    tap.ok(shown["body"]["title"] == "Stolen laptop"
           and shown["body"]["reference"] == FOREIGN["objects"][0]["id"],
           "an incident of another tool becomes a message")
    tap.ok({"x_score", "labels", "malware"} <= {one["what"] for one in done["not_mapped"]},
           "what has no place is listed")
    path.write_text(json.dumps(EVENT))
    done = json.loads(south.aldis("--json", "import", str(path), "--channel", channel).stdout)
    incident, report = (south.json("show", channel, one["id"]) for one in done["messages"])
    tap.ok(incident["tlp"] == "AMBER" and incident["body"]["severity"] == "high"
           and incident["body"]["observables"] == [
               {"type": "ip", "value": "192.0.2.7", "note": "C2"}]
           and report["kind"] == "assessment" and report["re"] == incident["id"],
           "an event of another MISP becomes an incident and what was reported of it")
    tap.ok({"mutex", 'workflow:state="draft"', "to_ids", "analysis", "Orgc"}
           <= {one["what"] for one in done["not_mapped"]}, "what has no place is listed")
    count = len(people(south, channel))
    south.aldis("import", str(path), "--channel", channel)
    tap.ok(len(people(south, channel)) == count, "nor is it sent twice")
    for text, word in (('{"type":"report"}', "bundle"), ("[" * 1000, "deep"),
                       ('{"Event":7}', "MISP"), ('{"type":"bundle","objects":7}', "list")):
        path.write_text(text)
        failed = run("-d", str(south.folder), "import", str(path), "--channel", channel,
                     check=False)
        tap.ok(failed.returncode != 0 and word in failed.stderr and failed.stdout == "",
               f"refused with a sentence: {failed.stderr.strip()}")


def advisories(tap, folder, north, south, channel):
    """All real advisories, or some of ours, arrive byte for byte and are named."""
    real = sorted((Path(__file__).resolve().parents[2] / "shared/data/csaf").glob("*.json"))
    files = [path.read_bytes() for path in real] or [json.dumps(advisory(n)).encode()
                                                     for n in range(3)]
    body = folder / "text.json"
    body.write_text('{"language":"en","text":"An advisory"}')
    named = 0
    for number in range(0, len(files), 20):
        part, attach = files[number:number + 20], []
        for index, content in enumerate(part):
            path = folder / f"advisory{index}.json"
            path.write_bytes(content)
            attach += ["--attach", str(path)]
        message = north.aldis("send", channel, "text", "--body", str(body), *attach).stdout.strip()
        count = len(part)
        shown = until(lambda m=message, c=count: (
            lambda text: text if text.count("\nadvisory  ") == c else None)(
                south.aldis("show", channel, m, check=False).stdout), 30, "advisories arrive")
        told = {(one["id"], one["tlp"], one["title"])
                for one in south.json("show", channel, message)["advisories"]}
        for content in part:
            document = json.loads(content)["document"]
            tlp = document["distribution"]["tlp"]["label"]
            named += f"  {document['tracking']['id']}  TLP:{tlp}  {document['title']}" in shown \
                and (document["tracking"]["id"], tlp, document["title"]) in told
    tap.ok(named == len(files), f"{named} advisories of {len(files)} are shown with id, TLP, title")
    broken = advisory(1)
    del broken["document"]["tracking"]["id"]
    (folder / "broken.json").write_text(json.dumps(broken))
    message = north.aldis("send", channel, "text", "--body", str(body), "--attach",
                          str(folder / "broken.json"), "--attach", str(body)).stdout.strip()
    shown = north.aldis("show", channel, message).stdout
    tap.ok("breaks its schema: CSAF: document.tracking.id is missing" in shown
           and shown.count("\nadvisory  ") == 1, "one that breaks its schema says where")


def scenario(tap, folder):
    folder = Path(folder)
    north, south = (tap.desk(folder, f"{side}.example").start() for side in ("north", "south"))
    for desk in (north, south):
        desk.wait_ready()
    befriend([north, south])
    first = open_channel(folder, [north, south])
    for body in (262144, 262143):
        open_channel(folder, [south, north], {"limits": LIMITS | {"body": body}})
    channels = [one["id"] for one in south.json("status")["channels"]]
    second, third = (one for one in channels if one != first)
    wait_open([north, south])
    send_thread(folder, north, first)
    north.aldis("send", first, "text", "--body", "-",
                stdin='{"language":"en","text":"for no other format"}')
    round_trip(tap, folder, north, south, first, second, "stix")
    round_trip(tap, folder, north, south, first, third, "misp")
    of_others(tap, folder, south, second)
    advisories(tap, folder, north, south, first)


Tap().play(scenario)
