# SPDX-License-Identifier: Apache-2.0
"""spec/openapi.yaml as a program reads it: its operations, what may be answered to them, and
requests that break it. Knows no desk and sends nothing."""

import copy
import json
import re
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

MAY_SECURITY = {
    "read": [{"session": ["watch", "officer", "administrator", "auditor"]}, {"token": ["read"]}],
    "people": [{"session": ["watch", "officer", "administrator", "auditor"]}],
    "watch": [{"session": ["watch", "officer"]}],
    "draft": [{"session": ["watch", "officer"]}, {"token": ["draft"]}],
    "send": [{"session": ["watch", "officer"]}, {"token": ["send"]}],
    "officer": [{"session": ["officer"]}],
    "release": [{"session": ["officer"]}, {"token": ["send"]}],
    "admin": [{"session": ["administrator"]}],
    "audit": [{"session": ["administrator", "auditor"]}],
    "self": [{"session": []}],
    "anyone": [],
    "local": [],
}
JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"
OTHER_TYPE = {"string": 7, "integer": "seven", "boolean": "yes", "object": [], "array": {}, "null": 1}


class Contract:
    """The document, with references resolved and objects of answers closed."""

    def __init__(self, path):
        self.document = yaml.safe_load(Path(path).read_text())
        self.operations = {}
        for template, item in self.document["paths"].items():
            for method in ("get", "post"):
                if method in item:
                    operation = Operation(self, method.upper(), template, item)
                    assert operation.id not in self.operations, operation.id
                    self.operations[operation.id] = operation

    def resolve(self, node):
        while "$ref" in node:
            place = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                place = place[part.replace("~1", "/")]
            node = place
        return node

    def flat(self, schema):
        """Without references and allOf; an object that lists its members has no others."""
        schema = copy.copy(self.resolve(schema))
        for part in schema.pop("allOf", []):
            schema = self.joined(schema, self.flat(part))
        if "properties" in schema:
            schema["properties"] = {name: self.flat(value)
                                    for name, value in schema["properties"].items()}
            schema.setdefault("additionalProperties", False)
        if isinstance(schema.get("additionalProperties"), dict):
            schema["additionalProperties"] = self.flat(schema["additionalProperties"])
        if "items" in schema:
            schema["items"] = self.flat(schema["items"])
        for either in ("anyOf", "oneOf"):
            if either in schema:
                schema[either] = [self.flat(part) for part in schema[either]]
        return schema

    def joined(self, one, other):
        both = {**other, **one}
        properties = dict(one.get("properties", {}))
        for name, value in other.get("properties", {}).items():
            properties[name] = (self.joined(properties[name], value) if name in properties
                                else value)
        if properties:
            both["properties"] = properties
        both["required"] = sorted(set(one.get("required", [])) | set(other.get("required", [])))
        return both


class Operation:
    """One method of one path."""

    def __init__(self, contract, method, template, item):
        raw = item[method.lower()]
        self.method, self.template = method, template
        self.id, self.tags, self.may = raw["operationId"], raw["tags"], raw["x-may"]
        self.security = raw.get("security")
        self.parameters = [contract.resolve(p) for p in
                           item.get("parameters", []) + raw.get("parameters", [])]
        for parameter in self.parameters:
            parameter["schema"] = contract.flat(parameter["schema"])
        body = raw.get("requestBody", {})
        self.body_required = body.get("required", False)
        self.bodies = {kind: contract.flat(content.get("schema", {}))
                       for kind, content in body.get("content", {}).items()}
        self.responses = {}
        for status, response in raw["responses"].items():
            content = contract.resolve(response).get("content", {})
            self.responses[int(status)] = {kind: Draft202012Validator(contract.flat(media.get("schema", {})))
                                           for kind, media in content.items()}

    def names(self, place):
        return [p for p in self.parameters if p["in"] == place]

    def roles(self):
        return {role for way in self.security for role in way.get("session", [])}

    def scopes(self):
        return {scope for way in self.security for scope in way.get("token", [])}

    def complaint(self, status, kind, body):
        """Why this answer is not one that the document lets expect; None when it is."""
        if status not in self.responses:
            return f"{status} is not documented: {body[:200]!r}"
        kind = (kind or "").split(";")[0]
        if kind not in self.responses[status]:
            return f"{status} with type {kind!r} is not documented"
        if kind not in (JSON_TYPE, PROBLEM_TYPE):
            return None
        try:
            value = json.loads(body)
        except ValueError:
            return f"{status}: not JSON: {body[:100]!r}"
        error = next(self.responses[status][kind].iter_errors(value), None)
        if error is None:
            return None
        while error.context:
            error = max(error.context, key=lambda e: len(e.absolute_path))
        where = "/".join(str(p) for p in error.absolute_path)
        return f"{status}: {where or 'the body'}: {error.message[:300]}"

    def problem(self, status, kind, body):
        """As complaint, and it has to be a problem with a sentence."""
        if status < 400:
            return f"answered {status}: {body[:120]!r}"
        found = self.complaint(status, kind, body)
        if found:
            return found
        detail = json.loads(body)["detail"]
        return None if " " in detail.strip() else f"{status}: no sentence: {detail!r}"

    def misfit(self, body):
        """Why the document does not let this JSON body be sent; None when it does."""
        if not isinstance(body, dict):
            return None
        error = next(Draft202012Validator(self.bodies[JSON_TYPE]).iter_errors(body), None)
        return error and error.message

    def wrong_queries(self):
        """Parameters that the document does not let pass: (what, name, value)."""
        yield "an unknown parameter", "nonsense", "1"
        for parameter in self.names("query"):
            schema, name = parameter["schema"], parameter["name"]
            for value in wrong_texts(schema):
                yield f"{name}={value[:20]}", name, value

    def wrong_bodies(self, right):
        """Bodies that break the document where the right one does not: (what, type, bytes)."""
        if JSON_TYPE not in self.bodies:
            yield from wrong_free_bodies(self)
            return
        for what, text in BROKEN_JSON.items():
            if text or self.body_required:
                yield what, JSON_TYPE, text
        schema = self.bodies[JSON_TYPE]
        for what, value in wrong_values(schema, right):
            yield what, JSON_TYPE, json.dumps(value).encode()


def wrong_free_bodies(operation):
    if not operation.bodies:
        yield "a body where none belongs", JSON_TYPE, b'{"nonsense": 1}'
        yield "malformed JSON where nothing belongs", JSON_TYPE, b"{"
    if "text/plain" in operation.bodies:
        yield "no note", "text/plain", b"nonsense"
        yield "an empty note", "text/plain", b""
        yield "a note without end", "text/plain", b"x" * (1 << 20)


BROKEN_JSON = {
    "malformed JSON": b'{"name": ',
    "no JSON at all": b"",
    "something behind it": b"{} {}",
    "an array": b"[]",
    "null": b"null",
    "deep nesting": b'{"a":' * 20000 + b"1" + b"}" * 20000,
    "deep arrays": b"[" * 50000,
    "no UTF-8": b'{"\xff\xfe": 1}',
    "a lone surrogate": b'{"\\ud800": 1}',
    "a NUL": b'{"a\x00": 1}',
    "a huge number": b'{"version": 1e999999}',
}


def wrong_texts(schema):
    if schema.get("type") == "integer":
        yield "x"
        yield ""
        yield "1.5"
        yield str(schema.get("minimum", 0) - 1)
        yield str(schema["maximum"] + 1) if "maximum" in schema else "9" * 30
    if "enum" in schema:
        yield "7" if schema.get("type") == "integer" else "nonsense"
    elif "pattern" in schema:
        yield "no such form"
    if "minLength" in schema:
        yield ""
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)


def wrong_values(schema, right):
    """Values like the right one with one thing wrong."""
    assert isinstance(right, dict), right
    yield "an unknown member", {**right, "nonsense": 1}
    for name in schema.get("required", []):
        yield f"no {name}", {k: v for k, v in right.items() if k != name}
    for name, member in schema.get("properties", {}).items():
        for what, value in wrong_members(member):
            yield f"{name}: {what}", {**right, name: value}
        inner = right.get(name)
        if isinstance(inner, dict) and "properties" in member:
            for what, value in wrong_values(member, inner):
                yield f"{name}: {what}", {**right, name: value}


def wrong_members(schema):
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    for kind in kinds:
        yield "another type", OTHER_TYPE[kind]
    if kinds and "null" not in kinds:
        yield "null", None
    if "enum" in schema:
        yield "an unknown word", "nonsense"
    if "pattern" in schema:
        yield "another form", "no such form"
    if "minimum" in schema:
        yield "too small", schema["minimum"] - 1
    if "maximum" in schema:
        yield "too large", schema["maximum"] + 1
    if schema.get("minLength", 0) > 0:
        yield "empty", ""
    if "maxLength" in schema:
        yield "too long", "x" * (schema["maxLength"] + 1)
    if schema.get("minItems", 0) > 0:
        yield "no items", []
    if schema.get("type") == "string":
        yield "oversized", "x" * (1 << 20)
    if schema.get("type") == "array":
        for what, value in wrong_members(schema["items"]):
            yield f"an item: {what}", [value]


def routes_of(source):
    """The table of src/console/api.c: (method, path with *, who may), and the paths that peers
    read, which stand beside it and are for the socket."""
    text = Path(source).read_text()
    table = re.search(r"static const struct route routes\[\] = \{(.*?)\n\};", text, re.S)[1]
    rows = re.findall(r'\{DESK_(GET|POST), "([^"]+)", MAY_(\w+),', re.sub(r"\s+", " ", table))
    assert len(rows) == table.count("{"), "each row of the table is understood"
    words = {"nobody_yet": "anyone"}
    found = {(method, "/" + path): words.get(may.lower(), may.lower()) for method, path, may in rows}
    prefixes = re.search(r"prefixes\[\] = \{(.*?)\};", text, re.S)[1]
    for prefix in re.findall(r'"(/[a-z]+/)"', prefixes):
        found["GET", prefix + "*/*"] = "local"
    return found
