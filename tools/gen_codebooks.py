#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Embeds the codebooks of spec/codebooks/ into the program.

Each book is read strictly first: a text that is missing in a language, or that names
other parameters than the signal has, stops the build with a sentence that names the
place. What is embedded is the file's bytes as they stand, because a charter names a book
by their SHA-256. The first book given is the default one.

usage: gen_codebooks.py OUT.c BOOK.json...
"""
import hashlib
import json
import re
import sys

TYPES = {"time", "duration", "count", "prefix", "domain", "hash", "sector", "country",
         "language", "message", "reference"}
BOOK_ID = re.compile(r"[a-z][a-z0-9.-]{0,39}")
SECTOR = re.compile(r"[a-z][a-z0-9.-]{0,39}")
PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,31}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
SLOT = re.compile(r"\{([^{}]*)\}")
# Controls, separators of lines, and what turns the direction of text.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
                     "\ufeff\ud800-\udfff]")
BOOKS_MAX = 16
NUMBER_MAX = 9999
LABEL_MAX = 100
TEXT_MAX = 500
PARAMETERS_MAX = 8


class Invalid(Exception):
    pass


def require(condition, where, rule):
    if not condition:
        raise Invalid(f"{where}: {rule}")


def members(value, where, required):
    require(isinstance(value, dict), where, "must be an object")
    for name in value:
        require(name in required, where, f"unknown member {name!r}")
    for name in required:
        require(name in value, where, f"{name!r} is missing")


def unique_pairs(pairs):
    result = dict(pairs)
    require(len(result) == len(pairs), "book", "a name occurs twice in an object")
    return result


def listed(value, where, most):
    require(isinstance(value, list) and 1 <= len(value) <= most, where,
            f"must be a list of 1 to {most}")
    return value


def check_text(text, where, parameters, most):
    require(isinstance(text, str) and 1 <= len(text) <= most, where,
            f"must be a text of 1 to {most} characters")
    require(not CONTROL.search(text), where, "holds a control character")
    slots = SLOT.findall(text)
    require(not re.search(r"[{}]", SLOT.sub("", text)), where, "has a stray brace")
    for name in slots:
        require(name in parameters, where, f"{{{name}}} is not a parameter of the signal")
    for name in parameters:
        require(name in slots, where, f"lacks the parameter {{{name}}}")


def check_texts(texts, where, languages, parameters=(), most=LABEL_MAX):
    require(isinstance(texts, dict), where, "must be an object of texts by language")
    for language in languages:
        require(language in texts, where, f"the text in {language!r} is missing")
    for language, text in texts.items():
        require(language in languages, where, f"{language!r} is not a language of the book")
        check_text(text, f"{where}, {language}", parameters, most)


def check_head(book):
    members(book, "book", ("aldis", "id", "version", "languages", "title", "sectors",
                           "groups", "signals"))
    require(book["aldis"] == 1, "book", "'aldis' must be 1")
    require(isinstance(book["id"], str) and BOOK_ID.fullmatch(book["id"]), "book",
            "'id' is a lower-case word")
    require(type(book["version"]) is int and 1 <= book["version"] <= 10**6, "book",
            "'version' is a number from 1 on")
    languages = listed(book["languages"], "languages", 16)
    for language in languages:
        require(isinstance(language, str) and LANGUAGE.fullmatch(language)
                and len(language) <= 15, "languages", "is a list of language tags")
    require(len(set(languages)) == len(languages), "languages", "a language occurs twice")
    require("en" in languages, "languages", "en is missing")
    check_texts(book["title"], "title", languages)


def check_sectors(book):
    values = []
    for sector in listed(book["sectors"], "sectors", 100):
        members(sector, "a sector", ("value", "label"))
        value = sector["value"]
        require(isinstance(value, str) and SECTOR.fullmatch(value), "a sector",
                "its value is a lower-case word")
        check_texts(sector["label"], f"sector {value}", book["languages"])
        values.append(value)
    require(len(set(values)) == len(values), "sectors", "a sector occurs twice")


def is_number(value):
    return type(value) is int and 1 <= value <= NUMBER_MAX


def check_groups(book):
    before = 0
    for group in listed(book["groups"], "groups", 100):
        members(group, "a group", ("first", "last", "label"))
        require(is_number(group["first"]) and is_number(group["last"]), "a group",
                f"'first' and 'last' are numbers from 1 to {NUMBER_MAX}")
        where = f"group {group['first']}"
        require(before < group["first"] <= group["last"], where,
                "groups stand in order and do not overlap")
        check_texts(group["label"], where, book["languages"])
        before = group["last"]


def check_parameters(parameters, where):
    require(isinstance(parameters, list) and len(parameters) <= PARAMETERS_MAX, where,
            f"'parameters' is a list of at most {PARAMETERS_MAX}")
    for parameter in parameters:
        members(parameter, where, ("name", "type"))
        name = parameter["name"]
        require(isinstance(name, str) and PARAMETER.fullmatch(name), where,
                "a parameter's name is a lower-case word")
        require(parameter["type"] in TYPES, where, f"{name} has an unknown type")
    names = [parameter["name"] for parameter in parameters]
    require(len(set(names)) == len(names), where, "a parameter occurs twice")
    return names


def check_signals(book):
    before = 0
    for signal in listed(book["signals"], "signals", 2000):
        members(signal, "a signal", ("number", "parameters", "text"))
        number = signal["number"]
        require(is_number(number), "a signal", f"its number is 1 to {NUMBER_MAX}")
        where = f"signal {number}"
        require(before < number, where, "signals stand in the order of their numbers")
        require(any(group["first"] <= number <= group["last"]
                    for group in book["groups"]), where, "belongs to no group")
        names = check_parameters(signal["parameters"], where)
        check_texts(signal["text"], where, book["languages"], names, TEXT_MAX)
        before = number


def check_book(content):
    book = json.loads(content, object_pairs_hook=unique_pairs)
    check_head(book)
    check_sectors(book)
    check_groups(book)
    check_signals(book)


def hex_bytes(content):
    rows = [", ".join(f"0x{byte:02x}" for byte in content[at:at + 16])
            for at in range(0, len(content), 16)]
    return ",\n\t".join(rows)


def table(books):
    lines = ["/* Generated by tools/gen_codebooks.py from spec/codebooks/. */",
             '#include "record/codebook_parts.h"', ""]
    rows = []
    for number, content in enumerate(books):
        digest = hex_bytes(hashlib.sha256(content).digest()).replace("\n\t", " ")
        lines.append(f"static const uint8_t book_{number}[] = {{\n\t{hex_bytes(content)},\n}};")
        rows.append(f"{{.bytes = {{book_{number}, sizeof book_{number}}}, "
                    f".digest = {{{{{digest}}}}}}}")
        if number == 0:
            lines.append("const struct hash record_codebook_default_digest = "
                         f"{{{{{digest}}}}};")
    body = ",\n\t".join(rows)
    lines.append(f"static const struct codebook_file files[] = {{\n\t{body},\n}};")
    lines.append("const struct codebook_file *const record_codebook_files = files;")
    lines.append(f"const size_t record_codebook_file_count = {len(books)};")
    return "\n".join(lines) + "\n"


def main(arguments):
    if not 3 <= len(arguments) <= 2 + BOOKS_MAX:
        sys.exit(__doc__)
    books = []
    for path in arguments[2:]:
        with open(path, "rb") as file:
            books.append(file.read())
        try:
            check_book(books[-1])
        except (Invalid, ValueError) as error:
            sys.exit(f"{path}: {error}")
    with open(arguments[1], "w", encoding="ascii") as file:
        file.write(table(books))


if __name__ == "__main__":
    main(sys.argv)
