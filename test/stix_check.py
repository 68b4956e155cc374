# SPDX-License-Identifier: Apache-2.0
"""What OASIS demands of a STIX 2.1 bundle, for the types that Aldis writes: properties and their
types, required ones, enumerations, ids, times, references. Written from STIX 2.1 (OASIS Standard) and
the draft of Incident Core of July 2024; it knows nothing of how Aldis makes a bundle."""

import json
import re
import uuid

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
ID = re.compile(rf"[a-z0-9][a-z0-9-]*[a-z0-9]--{UUID}")
TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?Z")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
NAME = re.compile(r"[a-z0-9_]{1,250}")
PROPERTY = re.compile(r"[a-z][a-z0-9_]{2,249}")
EXTENSION = re.compile(rf"extension-definition--{UUID}")
OBSERVABLE_SPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
CORE = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
EVENT = "extension-definition--4ca6de00-5b0d-45ef-a1dc-ea7279ea910e"
EXTENSION_TYPES = ("new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension")
FIDELITY = ("year", "month", "day", "hour", "minute", "second")
HASHES = {"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-512": 128, "SHA3-256": 64, "SHA3-512": 128}

TEXT = lambda v: isinstance(v, str) and v != ""
STRING = lambda v: isinstance(v, str)
STAMP = lambda v: isinstance(v, str) and TIME.fullmatch(v) is not None
NUMBER = lambda v: isinstance(v, int) and not isinstance(v, bool)
PERCENT = lambda v: NUMBER(v) and 0 <= v <= 100
FLAG = lambda v: isinstance(v, bool)


def ref(*types):
    """An id, of one of these types or of any."""
    return lambda v: isinstance(v, str) and ID.fullmatch(v) is not None and (not types or v.split("--")[0] in types)


def one_of(*words):
    return lambda v: v in words


def some(check):
    """A list that is not empty."""
    return lambda v: isinstance(v, list) and v != [] and all(check(one) for one in v)


def reference(value):
    return (isinstance(value, dict) and TEXT(value.get("source_name")) and set(value) > {"source_name"}
            and set(value) <= {"source_name", "description", "url", "hashes", "external_id"})


def hashes(value):
    return isinstance(value, dict) and value != {} and all(
        isinstance(text, str) and re.fullmatch("[0-9a-fA-F]+", text) and len(text) == HASHES.get(name, len(text))
        for name, text in value.items())


def contents(value):
    return isinstance(value, dict) and value != {} and all(
        LANGUAGE.fullmatch(language) and isinstance(texts, dict) and texts != {} and all(NAME.fullmatch(n) for n in texts)
        for language, texts in value.items())


COMMON = {"type": TEXT, "spec_version": one_of("2.1"), "id": ref(), "created_by_ref": ref("identity"), "created": STAMP,
          "modified": STAMP, "revoked": FLAG, "labels": some(STRING), "confidence": PERCENT,
          "lang": lambda v: isinstance(v, str) and LANGUAGE.fullmatch(v) is not None, "external_references": some(reference),
          "object_marking_refs": some(ref("marking-definition")), "granular_markings": some(lambda v: isinstance(v, dict)),
          "extensions": lambda v: isinstance(v, dict) and v != {}}
OBJECT = ("type", "spec_version", "id", "created", "modified")  # of SDO and SRO
MARKED = {name: COMMON[name] for name in ("type", "spec_version", "id", "object_marking_refs", "granular_markings", "extensions")}
SIGHTED = {**MARKED, "defanged": FLAG}

# type: its own properties, what is required beside those of its class, and what its id is made of
DOMAIN = {
    "incident": ({"name": TEXT, "description": STRING}, ("name",)),
    "note": ({"abstract": STRING, "content": TEXT, "authors": some(STRING), "object_refs": some(ref())},
             ("content", "object_refs")),
    "course-of-action": ({"name": TEXT, "description": STRING}, ("name",)),
    "identity": ({"name": TEXT, "description": STRING, "roles": some(STRING), "identity_class": TEXT,
                  "sectors": some(STRING), "contact_information": STRING}, ("name",)),
    "relationship": ({"relationship_type": lambda v: isinstance(v, str) and re.fullmatch("[a-z0-9-]+", v),
                      "description": STRING, "source_ref": ref(), "target_ref": ref(), "start_time": STAMP,
                      "stop_time": STAMP}, ("relationship_type", "source_ref", "target_ref")),
    "event": ({"name": STRING, "description": STRING, "event_types": some(STRING), "goal": STRING,
               "start_time": STAMP, "start_time_fidelity": one_of(*FIDELITY), "end_time": STAMP,
               "end_time_fidelity": one_of(*FIDELITY),
               "status": one_of("not-occurred", "ongoing", "occurred", "pending", "undetermined")}, ("status", "extensions")),
    "language-content": ({"object_ref": ref(), "object_modified": STAMP, "contents": contents}, ("object_ref", "contents")),
    "extension-definition": ({"name": TEXT, "description": STRING, "schema": TEXT, "version": TEXT,
                              "extension_types": some(one_of(*EXTENSION_TYPES)),
                              "extension_properties": some(STRING)},
                             ("created_by_ref", "name", "schema", "version", "extension_types")),
}
OBSERVABLE = {
    "ipv4-addr": ({"value": TEXT}, ("value",), ("value",)),
    "ipv6-addr": ({"value": TEXT}, ("value",), ("value",)),
    "domain-name": ({"value": TEXT}, ("value",), ("value",)),
    "url": ({"value": TEXT}, ("value",), ("value",)),
    "email-addr": ({"value": TEXT, "display_name": STRING}, ("value",), ("value",)),
    "file": ({"hashes": hashes, "name": TEXT, "size": NUMBER}, (), ("hashes", "name", "extensions", "parent_directory_ref")),
    "user-account": ({"user_id": TEXT, "account_login": TEXT, "account_type": TEXT}, (),
                     ("account_type", "user_id", "account_login")),
}
CORE_PROPERTIES = {
    "extension_type": one_of("property-extension"),
    "determination": one_of("blocked", "confirmed", "failed-attempt", "false-positive", "suspected"),
    "investigation_status": one_of("closed", "new", "open"), "criticality": PERCENT, "incident_types": some(TEXT),
    "event_refs": some(ref("event")),
}


def values_of(value):
    yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from values_of(one)


def check_properties(one, known, required):
    for name in required:
        if name not in one:
            yield f"{name} is missing"
    for name, value in one.items():
        if name not in known:
            yield f"{name} is no property of it"
        elif not known[name](value):
            yield f"{name} has a value it must not have: {value!r}"


def check_extensions(one):
    for name, value in one.get("extensions", {}).items():
        if not EXTENSION.fullmatch(name) or value.get("extension_type") not in EXTENSION_TYPES:
            yield f"extension {name} has not the form of one"
        yield from (f"{one} is too short or no name of a property" for one in value if not PROPERTY.fullmatch(one))
        if name == CORE:
            yield from check_properties(value, CORE_PROPERTIES, ("extension_type", "determination", "investigation_status"))
    if one["type"] == "event" and one["extensions"].get(EVENT) != {"extension_type": "new-sdo"}:
        yield "an event without the extension that defines it"
    if one["type"] == "event" and "start_time" in one and one.get("end_time", one["start_time"]) < one["start_time"]:
        yield "an event that ends before it starts"


def check_observable(one):
    known, required, made_of = OBSERVABLE[one["type"]]
    yield from check_properties(one, {**SIGHTED, **known}, ("type", "id", *required))
    if one["type"] == "file" and not {"hashes", "name"} & set(one):
        yield "a file needs hashes or a name"
    parts = {name: one[name] for name in made_of if name in one}
    if "hashes" in parts:  # one of them, by preference
        names = [name for name in ("MD5", "SHA-1", "SHA-256", "SHA-512") if name in parts["hashes"]] or list(parts["hashes"])
        parts["hashes"] = {names[0]: parts["hashes"][names[0]]}
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if one["id"] != f"{one['type']}--{uuid.uuid5(OBSERVABLE_SPACE, text)}":
        yield "its id is not made of its properties"


def check_marking(one):
    known = {**COMMON, "name": TEXT, "definition_type": TEXT, "definition": lambda v: isinstance(v, dict)}
    del known["modified"], known["revoked"], known["labels"], known["confidence"], known["lang"]
    yield from check_properties(one, known, ("type", "spec_version", "id", "created"))
    if "extensions" not in one and "definition" not in one:
        yield "a marking that marks nothing"


def check_object(one):
    kind = one.get("type")
    if not ref(kind)(one.get("id")):
        yield "its id is not one of its type"
    if kind == "marking-definition":
        yield from check_marking(one)
    elif kind in OBSERVABLE:
        yield from check_observable(one)
    elif kind in DOMAIN:
        known, required = DOMAIN[kind]
        yield from check_properties(one, {**COMMON, **known}, (*OBJECT, *required))
        if one.get("modified", "") < one.get("created", ""):
            yield "modified before it was created"
    else:
        yield "a type that is not known here"
    if any(value is None or value == [] for value in values_of(one)):
        yield "null, or an empty list"
    yield from check_extensions(one)


def check_references(bundle):
    """Whatever is referred to is in the bundle, and translated in its version."""
    objects = {one["id"]: one for one in bundle["objects"]}
    for one in bundle["objects"]:
        for name, value in ((n, v) for part in values_of(one) if isinstance(part, dict) for n, v in part.items()):
            named = value if name.endswith("_refs") else [value] if name.endswith("_ref") else []
            for target in named:
                if target not in objects:
                    yield f"{one['id']}: {name} names {target}, which is not there"
        if one["type"] == "language-content" and one["object_ref"] in objects:
            if one["object_modified"] != objects[one["object_ref"]]["modified"]:
                yield f"{one['id']}: translates another version"
        if one["type"] == "relationship" and {"relationship", "bundle"} & {
                one["source_ref"].split("--")[0], one["target_ref"].split("--")[0]}:
            yield f"{one['id']}: relates what can't be related"


def faults_of(bundle):
    """What is wrong with a bundle, a sentence each."""
    faults = list(check_properties(bundle, {"type": one_of("bundle"), "id": ref("bundle"),
                                            "objects": some(lambda v: isinstance(v, dict))}, ("type", "id")))
    if faults:
        return faults
    ids = [one.get("id") for one in bundle["objects"]]
    faults += [f"{one} twice" for one in {one for one in ids if ids.count(one) > 1}]
    for one in bundle["objects"]:
        faults += [f"{one.get('id')}: {fault}" for fault in check_object(one)]
    return faults or list(check_references(bundle))
