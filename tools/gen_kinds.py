#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generates from spec/kinds.json the C table of kinds, or its reference page.

The table holds the file's bytes as well, for programs that make forms of it. The digest in the table is that of the file's bytes, so that every desk built from the
same file judges by the same catalogue.

usage: gen_kinds.py spec/kinds.json OUT.c|OUT.md
"""
import sys

sys.dont_write_bytecode = True

import kinds_catalogue  # noqa: E402  pylint: disable=wrong-import-position
import kinds_page       # noqa: E402  pylint: disable=wrong-import-position


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
    """Emits innermost arrays first, equal ones once."""

    def __init__(self, languages):
        self.languages = languages
        self.lines = []
        self.symbols = {}

    def array(self, element_type, prefix, elements, separator=", "):
        """The name of a static array with these elements."""
        body = separator.join(elements)
        symbol = self.symbols.get((element_type, body))
        if symbol is None:
            symbol = f"{prefix}_{len(self.symbols) + 1}"
            self.symbols[(element_type, body)] = symbol
            self.lines.append(f"static {element_type} {symbol}[] = {{{body}}};")
        return symbol

    def texts(self, label):
        return self.array("const char *const", "texts",
                          [c_string(label[language]) for language in self.languages])

    def names(self, values):
        return self.array("const char *const", "names",
                          [*(c_string(value) for value in values), "NULL"])

    def choices(self, field):
        rows = [f"{{{c_string(choice['value'])}, {self.texts(choice['label'])}, "
                f"RECORD_FIELD_{choice.get('form', 'text').upper()}}}"
                for choice in field["choices"]]
        return self.array("const struct record_choice", "choices", rows)

    def field(self, field, name, label):
        kind = field["type"]
        parts = [f".name = {c_string(name)}", f".type = RECORD_FIELD_{kind.upper()}",
                 f".required = {c_bool(field.get('required', False))}",
                 f".label = {self.texts(label)}"]
        if kinds_catalogue.TYPES[kind]:
            parts.append(f".min = {field['min']}")
            parts.append(f".max = {field['max']}")
        if "by" in field:
            parts.append(f".by = {c_string(field['by'])}")
        if kind == "choice":
            parts.append(f".choices = {self.choices(field)}")
            parts.append(f".choice_count = {len(field['choices'])}")
        if kind == "object":
            parts.append(f".fields = {self.fields(field['fields'])}")
            parts.append(f".field_count = {len(field['fields'])}")
        if kind == "list":
            element = self.field(field["of"], name, label)
            symbol = self.array("const struct record_field", "element", [element])
            parts.append(f".fields = {symbol}")
            parts.append(".field_count = 1")
        return "{" + ", ".join(parts) + "}"

    def fields(self, fields):
        if not fields:
            return "NULL"
        rows = [self.field(field, field["name"], field["label"]) for field in fields]
        return self.array("const struct record_field", "fields", rows, ",\n\t")

    def kind(self, kind):
        answers = kind["answers"]
        listed = self.names(answers) if isinstance(answers, list) else "NULL"
        return (f"{{.name = {c_string(kind['name'])}, "
                f".is_automatic = {c_bool(kind['automatic'])}, "
                f".has_body = {c_bool(kind['body'] != 'none')}, "
                f".body_optional = {c_bool(kind['body'] == 'optional')}, "
                f".takes_re = {c_bool(kind['re'] != 'none')}, "
                f".needs_re = {c_bool(kind['re'] == 'required')}, "
                f".answers_person = {c_bool(answers == 'person')}, "
                f".answers = {listed}, "
                f".starts_duty = {c_bool(kind['starts'])}, "
                f".meets_duty = {c_bool(kind['meets'])}, "
                f".always_allowed = {c_bool(kind['always'])}, "
                f".fields = {self.fields(kind['fields'])}, "
                f".field_count = {len(kind['fields'])}, "
                f".label = {self.texts(kind['label'])}, "
                f".help = {self.texts(kind['help'])}}}")

    def phrases(self, prefix, phrases):
        return ",\n\t".join(f"[{prefix}{name.upper()}] = {self.texts(texts)}"
                            for name, texts in phrases.items())


def table(catalogue):
    languages = catalogue["languages"]
    writer = Writer(languages)
    kinds = sorted(catalogue["kinds"], key=lambda kind: kind["name"].encode())
    rows = ",\n\t".join(writer.kind(kind) for kind in kinds)
    types = writer.phrases("RECORD_FIELD_", catalogue["types"])
    type_names = ",\n\t".join(f"[RECORD_FIELD_{name.upper()}] = {c_string(name)}"
                               for name in catalogue["types"])
    words = writer.phrases("RECORD_WORD_", catalogue["words"])
    digest = ", ".join(f"0x{byte:02x}" for byte in catalogue["digest"])
    json_bytes = ",\n\t".join(
        ", ".join(str(byte) for byte in catalogue["bytes"][at:at + 24])
        for at in range(0, len(catalogue["bytes"]), 24))
    return "\n".join([
        "/* Generated by tools/gen_kinds.py from spec/kinds.json. */",
        '#include "record/kinds.h"',
        "",
        *writer.lines,
        f"static const struct record_kind table[] = {{\n\t{rows},\n}};",
        "const struct record_kind *const record_kinds = table;",
        f"const size_t record_kind_count = {len(kinds)};",
        f"const struct hash record_kinds_digest = {{{{{digest}}}}};",
        f"static const uint8_t json[] = {{\n\t{json_bytes},\n}};",
        "const struct view record_kinds_json = {json, sizeof json};",
        f"const size_t record_kinds_language_count = {len(languages)};",
        "const char *const record_kinds_languages[] = "
        f"{{{', '.join(c_string(language) for language in languages)}}};",
        f"const char *const *const record_kinds_types[] = {{\n\t{types},\n}};",
        f"const char *const record_kinds_type_names[] = {{\n\t{type_names},\n}};",
        f"const char *const *const record_kinds_words[] = {{\n\t{words},\n}};",
        "",
    ])


def main(arguments):
    if len(arguments) != 3 or not arguments[2].endswith((".c", ".md")):
        sys.exit(__doc__)
    with open(arguments[1], "rb") as file:
        content = file.read()
    try:
        catalogue = kinds_catalogue.load(content)
    except kinds_catalogue.Invalid as error:
        sys.exit(f"{arguments[1]}: {error}")
    text = table(catalogue) if arguments[2].endswith(".c") else kinds_page.page(catalogue)
    with open(arguments[2], "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(sys.argv)
