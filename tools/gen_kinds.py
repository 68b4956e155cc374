#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generates the C table of kinds from spec/kinds.json.

The catalogue is read strictly: an unknown member, a missing label or a limit that makes
no sense stops the build with a sentence that names the place. The digest is that of the
file's bytes, so that every desk built from the same file judges by the same catalogue.

usage: gen_kinds.py spec/kinds.json OUT.c
"""
import hashlib
import json
import re
import sys

TYPES = {
    "text": "TEXT", "language": "LANGUAGE", "time": "TIME", "integer": "INTEGER",
    "boolean": "BOOLEAN", "choice": "CHOICE", "hash": "HASH", "desk": "DESK",
    "message": "MESSAGE", "base64": "BASE64", "object": "OBJECT", "list": "LIST",
}
WITH_LIMITS = {"text", "integer", "base64", "list"}
WORD = re.compile(r"[a-z][a-z0-9.-]{0,39}")
CHOICE = re.compile(r"[A-Za-z][A-Za-z0-9.-]{0,39}")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
NUMBER_MAX = 2**53 - 1


class Invalid(Exception):
    pass


def require(condition, where, rule):
    if not condition:
        raise Invalid(f"{where}: {rule}")


def members(value, where, required, optional=()):
    require(isinstance(value, dict), where, "must be an object")
    for name in value:
        require(name in required or name in optional, where, f"unknown member {name!r}")
    for name in required:
        require(name in value, where, f"{name!r} is missing")


def unique_pairs(pairs):
    result = dict(pairs)
    require(len(result) == len(pairs), "catalogue", "a name occurs twice in an object")
    return result


def check_labels(value, where, languages):
    members(value, where, languages)
    for text in value.values():
        require(isinstance(text, str) and 0 < len(text) <= 300, where,
                "a label has 1 to 300 characters")


def check_limits(field, where):
    require("max" in field, where, "'max' is missing")
    least, most = field.get("min", 0), field["max"]
    for number in (least, most):
        require(type(number) is int and abs(number) <= NUMBER_MAX, where,
                "'min' and 'max' are whole numbers")
    require(least <= most, where, "'min' is above 'max'")
    require(field["type"] == "integer" or least >= 0, where, "'min' is negative")


def check_choices(choices, where, languages):
    require(isinstance(choices, list) and choices, where, "needs choices")
    for choice in choices:
        members(choice, where, ("value", "label"))
        require(isinstance(choice["value"], str) and CHOICE.fullmatch(choice["value"]),
                where, "a choice is a word")
        check_labels(choice["label"], f"{where}, {choice['value']}", languages)
    values = [choice["value"] for choice in choices]
    require(len(set(values)) == len(values), where, "a choice occurs twice")


def check_type(field, where, languages, own_members, optional=()):
    kind = field.get("type") if isinstance(field, dict) else None
    require(isinstance(kind, str) and kind in TYPES, where, "unknown or missing type")
    extra = {"choice": ["choices"], "object": ["fields"], "list": ["of"]}.get(kind, [])
    limits = ["min", "max"] if kind in WITH_LIMITS else []
    members(field, where, [*own_members, "type", *extra], [*optional, *limits])
    if limits:
        check_limits(field, where)
    if kind == "choice":
        check_choices(field["choices"], where, languages)
    if kind == "object":
        check_fields(field["fields"], where, languages)
    if kind == "list":
        check_type(field["of"], f"{where}, element", languages, [])


def check_fields(fields, where, languages):
    require(isinstance(fields, list) and len(fields) <= 32, where,
            "fields are a list of at most 32")
    for field in fields:
        require(isinstance(field, dict) and isinstance(field.get("name"), str)
                and FIELD_NAME.fullmatch(field["name"]), where,
                "a field's name is a lower-case word")
        at = f"{where}.{field['name']}"
        check_type(field, at, languages, ["name", "label"], ["required"])
        check_labels(field["label"], at, languages)
        require(isinstance(field.get("required", False), bool), at,
                "'required' is true or false")
    names = [field["name"] for field in fields]
    require(len(set(names)) == len(names), where, "a field occurs twice")


def check_kind(kind, languages):
    members(kind, "a kind", ("name", "automatic", "body", "re", "label", "help", "fields"))
    name = kind["name"]
    require(isinstance(name, str) and WORD.fullmatch(name), "a kind",
            "its name is a lower-case word of at most 40 bytes")
    require(isinstance(kind["automatic"], bool), name, "'automatic' is true or false")
    require(kind["body"] in ("required", "optional", "none"), name,
            "'body' is required, optional or none")
    require(kind["re"] in ("required", "optional"), name, "'re' is required or optional")
    check_labels(kind["label"], name, languages)
    check_labels(kind["help"], name, languages)
    check_fields(kind["fields"], name, languages)
    require(kind["body"] != "none" or not kind["fields"], name,
            "fields without a body")


def expand_groups(catalogue):
    """Puts the fields of a group where a list of fields names it."""
    members(catalogue["groups"], "groups", (), catalogue["groups"])
    used = set()
    for kind in catalogue["kinds"]:
        fields = []
        for field in kind["fields"] if isinstance(kind.get("fields"), list) else []:
            if not isinstance(field, dict) or "group" not in field:
                fields.append(field)
                continue
            members(field, kind.get("name"), ("group",))
            require(field["group"] in catalogue["groups"], kind.get("name"),
                    f"there is no group {field['group']!r}")
            used.add(field["group"])
            fields += catalogue["groups"][field["group"]]
        kind["fields"] = fields
    require(used == set(catalogue["groups"]), "groups", "one is used nowhere")


def check_catalogue(catalogue):
    members(catalogue, "catalogue", ("aldis", "languages", "kinds"), ("groups",))
    require(catalogue["aldis"] == 1, "catalogue", "'aldis' must be 1")
    languages = catalogue["languages"]
    require(isinstance(languages, list) and "en" in languages, "catalogue",
            "'languages' must hold en")
    require(isinstance(catalogue["kinds"], list) and catalogue["kinds"], "catalogue",
            "'kinds' is a list")
    catalogue.setdefault("groups", {})
    expand_groups(catalogue)
    for kind in catalogue["kinds"]:
        check_kind(kind, languages)
    names = [kind["name"] for kind in catalogue["kinds"]]
    require(len(set(names)) == len(names), "catalogue", "a kind occurs twice")
    require("open" in names, "catalogue", "the kind open is missing")


def c_string(text):
    """A C literal; bytes outside printable ASCII as octal, which can't run on."""
    out = ""
    for byte in text.encode():
        if byte in b'"\\' or byte == ord("?"):
            out += "\\" + chr(byte)
        elif 0x20 <= byte < 0x7f:
            out += chr(byte)
        else:
            out += f"\\{byte:03o}"
    return f'"{out}"'


def c_bool(value):
    return "true" if value else "false"


class Writer:
    """Emits innermost arrays first, each under a number of its own."""

    def __init__(self):
        self.lines = []
        self.count = 0

    def symbol(self, prefix):
        self.count += 1
        return f"{prefix}_{self.count}"

    def choices(self, field):
        symbol = self.symbol("choices")
        values = ", ".join(c_string(choice["value"]) for choice in field["choices"])
        self.lines.append(f"static const char *const {symbol}[] = {{{values}, NULL}};")
        return symbol

    def field(self, field, name, label):
        kind = field["type"]
        parts = [f".name = {c_string(name)}", f".type = RECORD_FIELD_{TYPES[kind]}",
                 f".required = {c_bool(field.get('required', False))}",
                 f".label = {c_string(label)}"]
        if kind in WITH_LIMITS:
            parts.append(f".min = {field.get('min', 0)}")
            parts.append(f".max = {field['max']}")
        if kind == "choice":
            parts.append(f".choices = {self.choices(field)}")
        if kind == "object":
            parts.append(f".fields = {self.fields(field['fields'])}")
            parts.append(f".field_count = {len(field['fields'])}")
        if kind == "list":
            symbol = self.symbol("element")
            element = self.field(field["of"], name, label)
            self.lines.append(f"static const struct record_field {symbol}[] = "
                              f"{{{element}}};")
            parts.append(f".fields = {symbol}")
            parts.append(".field_count = 1")
        return "{" + ", ".join(parts) + "}"

    def fields(self, fields):
        if not fields:
            return "NULL"
        rows = [self.field(field, field["name"], field["label"]["en"])
                for field in fields]
        symbol = self.symbol("fields")
        body = ",\n\t".join(rows)
        self.lines.append(f"static const struct record_field {symbol}[] = "
                          f"{{\n\t{body},\n}};")
        return symbol

    def kind(self, kind):
        fields = self.fields(kind["fields"])
        return (f"{{.name = {c_string(kind['name'])}, "
                f".is_automatic = {c_bool(kind['automatic'])}, "
                f".has_body = {c_bool(kind['body'] != 'none')}, "
                f".body_optional = {c_bool(kind['body'] == 'optional')}, "
                f".needs_re = {c_bool(kind['re'] == 'required')}, "
                f".fields = {fields}, .field_count = {len(kind['fields'])}, "
                f".label = {c_string(kind['label']['en'])}, "
                f".help = {c_string(kind['help']['en'])}}}")

    def table(self, catalogue, digest):
        kinds = sorted(catalogue["kinds"], key=lambda kind: kind["name"].encode())
        rows = ",\n\t".join(self.kind(kind) for kind in kinds)
        digest_bytes = ", ".join(f"0x{byte:02x}" for byte in digest)
        return "\n".join([
            "/* Generated by tools/gen_kinds.py from spec/kinds.json. */",
            '#include "record/kinds.h"',
            "",
            *self.lines,
            f"static const struct record_kind table[] = {{\n\t{rows},\n}};",
            "const struct record_kind *const record_kinds = table;",
            f"const size_t record_kind_count = {len(kinds)};",
            f"const struct hash record_kinds_digest = {{{{{digest_bytes}}}}};",
            "",
        ])


def main(arguments):
    if len(arguments) != 3:
        sys.exit(__doc__)
    with open(arguments[1], "rb") as file:
        content = file.read()
    try:
        catalogue = json.loads(content, object_pairs_hook=unique_pairs)
        check_catalogue(catalogue)
    except (Invalid, ValueError) as error:
        sys.exit(f"{arguments[1]}: {error}")
    text = Writer().table(catalogue, hashlib.sha256(content).digest())
    with open(arguments[2], "w", encoding="ascii") as file:
        file.write(text)


if __name__ == "__main__":
    main(sys.argv)
