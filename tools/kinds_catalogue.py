# SPDX-License-Identifier: Apache-2.0
"""Reads spec/kinds.json, strictly.

An unknown member, a missing label or a limit that makes no sense raises Invalid with a
sentence that names the place. What is returned has groups put in and defaults filled, so
that those who write from it need no rules of their own.
"""
import copy
import hashlib
import json
import re

# type: whether it has limits, and what else its fields have
TYPES = {
    "text": True, "language": False, "time": False, "integer": True, "boolean": False,
    "choice": False, "hash": False, "desk": False, "message": False, "base64": True,
    "country": False, "address": False, "prefix": False, "domain": False, "technique": False,
    "duration": False, "digest": False, "object": False, "list": True,
}
# types whose values are short texts of a form, which a choice may ask of another field
FORMS = {"address", "prefix", "domain", "technique", "country", "duration", "digest"}
EXTRA = {"choice": ["choices"], "object": ["fields"], "list": ["of"]}
PLACES = {"choice": {"choices"}, "list": {"min", "max", "of"}, "text": {"min", "max"},
          "integer": {"min", "max"}, "base64": {"min", "max"}}
# words around the fields of a kind, and what is put into them
WORDS = {
    "automatic": set(), "re_required": {"kinds"}, "re_optional": {"kinds"},
    "re_none": set(), "kinds_any": set(), "kinds_person": set(), "starts": set(),
    "meets": set(), "always": set(), "no_body": set(), "body_optional": set(), "fields": set(),
}
WORD = re.compile(r"[a-z][a-z0-9.-]{0,39}")
CHOICE = re.compile(r"[A-Za-z][A-Za-z0-9.-]{0,39}")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
NUMBER_MAX = 2**53 - 1
FIELDS_MAX = 32  # the check of a body keeps one bit for each
DEPTH_MAX = 5    # of objects and lists in a body; nobody fills in deeper forms


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


def check_labels(value, where, languages, most=300):
    members(value, where, languages)
    for text in value.values():
        require(isinstance(text, str) and 0 < len(text) <= most, where,
                f"a label has 1 to {most} characters")


def check_phrases(phrases, where, names, languages):
    """Texts with places such as {min}; every language has the same ones."""
    members(phrases, where, names)
    for name, texts in phrases.items():
        check_labels(texts, f"{where}, {name}", languages)
        for text in texts.values():
            require(set(re.findall(r"\{([a-z]*)\}", text)) == names[name],
                    f"{where}, {name}",
                    "its places must be " + (", ".join(sorted(names[name])) or "none"))


def check_limits(field, where):
    require("max" in field, where, "'max' is missing")
    least, most = field.setdefault("min", 0), field["max"]
    for number in (least, most):
        require(type(number) is int and abs(number) <= NUMBER_MAX, where,
                "'min' and 'max' are whole numbers")
    require(least <= most, where, "'min' is above 'max'")
    require(field["type"] == "integer" or least >= 0, where, "'min' is negative")


def check_choices(choices, where, languages):
    require(isinstance(choices, list) and choices, where, "needs choices")
    for choice in choices:
        members(choice, where, ("value", "label"), ("form",))
        require(choice.get("form") is None or choice["form"] in FORMS, where,
                f"there is no form {choice.get('form')!r}")
        require(isinstance(choice["value"], str) and CHOICE.fullmatch(choice["value"]),
                where, "a choice is a word")
        check_labels(choice["label"], f"{where}, {choice['value']}", languages)
    values = [choice["value"] for choice in choices]
    require(len(set(values)) == len(values), where, "a choice occurs twice")


def check_type(field, where, languages, own_members, optional=(), depth=1):
    kind = field.get("type") if isinstance(field, dict) else None
    require(isinstance(kind, str) and kind in TYPES, where, "unknown or missing type")
    require(depth <= DEPTH_MAX, where, "too deep")
    limits = ["min", "max"] if TYPES[kind] else []
    limits += ["by"] if kind == "text" and own_members else []
    members(field, where, [*own_members, "type", *EXTRA.get(kind, [])],
            [*optional, *limits])
    if TYPES[kind]:
        check_limits(field, where)
    if kind == "choice":
        check_choices(field["choices"], where, languages)
    if kind == "object":
        check_fields(field["fields"], where, languages, depth + 1)
    if kind == "list":
        check_type(field["of"], f"{where}, element", languages, [], depth=depth + 1)


def check_fields(fields, where, languages, depth=1):
    require(isinstance(fields, list) and len(fields) <= FIELDS_MAX, where,
            f"fields are a list of at most {FIELDS_MAX}")
    for field in fields:
        require(isinstance(field, dict) and isinstance(field.get("name"), str)
                and FIELD_NAME.fullmatch(field["name"]), where,
                "a field's name is a lower-case word")
        at = f"{where}.{field['name']}"
        check_type(field, at, languages, ["name", "label"], ["required"], depth)
        check_labels(field["label"], at, languages)
        require(isinstance(field.setdefault("required", False), bool), at,
                "'required' is true or false")
    names = [field["name"] for field in fields]
    require(len(set(names)) == len(names), where, "a field occurs twice")
    for field in fields:
        check_by(field, fields, where)


def check_by(field, fields, where):
    """A text whose form is that of a choice beside it."""
    if "by" not in field:
        return
    others = [other for other in fields if other["name"] == field["by"]]
    require(others and others[0]["type"] == "choice" and others[0]["required"], where,
            f"{field['name']}: 'by' names no required choice beside it")
    require(any("form" in choice for choice in others[0]["choices"]), where,
            f"{field['name']}: no choice of {field['by']} has a form")


def check_duty(kind, name):
    """What it may name, start and meet."""
    answers = kind.setdefault("answers", "any")
    require(answers in ("any", "person")
            or (isinstance(answers, list) and answers
                and all(isinstance(other, str) for other in answers)), name,
            "'answers' is any, person, or a list of kinds")
    require(kind["re"] != "none" or answers == "any", name, "it answers, but names nothing")
    kind.setdefault("always", kind["automatic"])
    for member in ("starts", "meets", "always"):
        require(isinstance(kind[member], bool), name, f"{member!r} is true or false")
    require(not (kind["automatic"] and kind["starts"]), name,
            "what a desk writes by itself starts no duty")
    require(kind["always"] or not kind["automatic"], name,
            "what a desk writes by itself is always allowed")


def check_kind(kind, languages):
    members(kind, "a kind", ("name", "automatic", "body", "re", "starts", "meets", "label",
                             "help", "fields"), ("answers", "always"))
    name = kind["name"]
    require(isinstance(name, str) and WORD.fullmatch(name), "a kind",
            "its name is a lower-case word of at most 40 bytes")
    require(isinstance(kind["automatic"], bool), name, "'automatic' is true or false")
    require(kind["body"] in ("required", "optional", "none"), name,
            "'body' is required, optional or none")
    require(kind["re"] in ("required", "optional", "none"), name,
            "'re' is required, optional or none")
    check_duty(kind, name)
    check_labels(kind["label"], name, languages)
    check_labels(kind["help"], name, languages, 600)
    check_fields(kind["fields"], name, languages)
    require(kind["body"] != "none" or not kind["fields"], name, "fields without a body")
    require(kind["body"] == "optional" or kind["body"] == "none"
            or any(field["required"] for field in kind["fields"]), name,
            "a body without a required field can be left out: say optional")


def check_answers(kinds):
    """Names in 'answers' are kinds, each once, and what is required can be there."""
    names = {kind["name"] for kind in kinds}
    for kind in kinds:
        if not isinstance(kind["answers"], list):
            continue
        require(len(set(kind["answers"])) == len(kind["answers"]), kind["name"],
                "a kind occurs twice in 'answers'")
        for other in kind["answers"]:
            require(other in names, kind["name"], f"it answers {other!r}, which is no kind")


class Expansion:
    """Puts groups of fields and named choices where they are named."""

    def __init__(self, catalogue):
        self.groups = catalogue.pop("groups", {})
        self.choices = catalogue.pop("choices", {})
        for where, lists in (("groups", self.groups), ("choices", self.choices)):
            require(isinstance(lists, dict)
                    and all(isinstance(one, list) for one in lists.values()), where,
                    "must be lists by name")
        self.used = set()

    def named(self, lists, name, where):
        require(isinstance(name, str) and name in lists, where, f"there is no {name!r}")
        self.used.add(name)
        return copy.deepcopy(lists[name])

    def field(self, field, where):
        if not isinstance(field, dict):
            return field
        if isinstance(field.get("choices"), str):
            field["choices"] = self.named(self.choices, field["choices"], where)
        if "fields" in field:
            field["fields"] = self.fields(field["fields"], where)
        if "of" in field:
            field["of"] = self.field(field["of"], where)
        return field

    def fields(self, fields, where):
        require(isinstance(fields, list), where, "'fields' is a list")
        expanded = []
        for field in fields:
            if isinstance(field, dict) and "group" in field:
                members(field, where, ("group",))
                group = self.named(self.groups, field["group"], where)
                require(not any(isinstance(one, dict) and "group" in one for one in group),
                        where, "a group holds no group")
                expanded += [self.field(one, where) for one in group]
            else:
                expanded.append(self.field(field, where))
        return expanded

    def check_all_used(self):
        unused = (set(self.groups) | set(self.choices)) - self.used
        require(not unused, "catalogue", f"used nowhere: {', '.join(sorted(unused))}")


def expand(catalogue):
    expansion = Expansion(catalogue)
    for kind in catalogue["kinds"]:
        require(isinstance(kind, dict), "a kind", "must be an object")
        where = str(kind.get("name"))
        require("fields" in kind, where, "'fields' is missing")
        kind["fields"] = expansion.fields(kind["fields"], where)
    expansion.check_all_used()


def check_catalogue(catalogue):
    members(catalogue, "catalogue", ("aldis", "languages", "types", "words", "kinds"),
            ("groups", "choices"))
    require(catalogue["aldis"] == 1, "catalogue", "'aldis' must be 1")
    languages = catalogue["languages"]
    require(isinstance(languages, list) and languages[:1] == ["en"]
            and len(set(languages)) == len(languages)
            and all(re.fullmatch(r"[a-z]{2,3}", language) for language in languages),
            "catalogue", "'languages' are codes, en first")
    check_phrases(catalogue["types"], "types",
                  {name: PLACES.get(name, set()) for name in TYPES}, languages)
    check_phrases(catalogue["words"], "words", WORDS, languages)
    require(isinstance(catalogue["kinds"], list) and catalogue["kinds"], "catalogue",
            "'kinds' is a list")
    expand(catalogue)
    for kind in catalogue["kinds"]:
        check_kind(kind, languages)
    names = [kind["name"] for kind in catalogue["kinds"]]
    require(len(set(names)) == len(names), "catalogue", "a kind occurs twice")
    require("open" in names, "catalogue", "the kind open is missing")
    check_answers(catalogue["kinds"])


def load(content):
    """The catalogue in these bytes, with themselves under 'bytes', their digest under
    'digest'."""
    try:
        catalogue = json.loads(content, object_pairs_hook=unique_pairs)
    except ValueError as error:
        raise Invalid(f"catalogue: {error}") from error
    check_catalogue(catalogue)
    catalogue["bytes"] = content
    catalogue["digest"] = hashlib.sha256(content).digest()
    return catalogue
