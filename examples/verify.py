#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifies whatever left an Aldis desk with libaldis, by ctypes: nothing but Python and the library.

    verify.py FILE [CARD...]

FILE is a receipt, the folder of an export, a proof, a release, a part of a pouch; a CARD is the card of
a desk whose digits you have compared. Prints what the file shows, the digits of the desks, of a proof
of silence who owed what until when, and of a release who consented and its conversation. The exit
status is the answer, as of `aldis verify`. The library is found as every other is; ALDIS_LIBRARY
names it elsewhere.
"""

import ctypes
import ctypes.util
import json
import os
import sys
import unicodedata
from datetime import datetime, timezone
from pathlib import Path

OK, NO, USAGE, FAILED, UNANCHORED = range(5)
ERROR_LEN = 320

# Enumerations of <aldis/aldis.h>; their values never change.
COUNT_WITHHELD = 9
SILENCE_GRADES = {1: "its own word", 2: "witnesses", 3: "the creditor's word alone"}
DEBTOR, CREDITOR, QUESTION, QUESTION_KIND = range(4)
SILENCE_DUE, SILENCE_AS_OF = 3, 4
RELEASE_GRADES = {1: "one-sided", 2: "by originator", 3: "joint"}
RELEASE_CODE, RELEASE_TITLE = 0, 4
RELEASE_ANSWERS = {0: "has not answered", 1: "consented", 2: "refused"}
MESSAGE_ID, MESSAGE_DESK, MESSAGE_KIND, MESSAGE_LINE, MESSAGE_TLP, MESSAGE_ANSWERS = range(6)

# They turn the direction of what stands around them.
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Bytes(ctypes.Structure):
    """struct aldis_bytes."""
    _fields_ = [("data", ctypes.c_void_p), ("len", ctypes.c_size_t)]

    def copy(self):
        return ctypes.string_at(self.data, self.len) if self.len else b""


def load():
    """The library, with the types of what is called here."""
    name = os.environ.get("ALDIS_LIBRARY") or ctypes.util.find_library("aldis") or "libaldis.so.0"
    lib = ctypes.CDLL(name)
    result, text, integer = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    size, time = ctypes.c_size_t, ctypes.c_int64
    cards = ctypes.POINTER(Bytes)
    for function, returns, takes in (
            ("aldis_version", text, []),
            ("aldis_verify_path", integer, [text, cards, size, ctypes.POINTER(result), text]),
            ("aldis_result_free", None, [result]),
            ("aldis_result_kind", text, [result]),
            ("aldis_result_is_consistent", integer, [result]),
            ("aldis_result_reason", text, [result]),
            ("aldis_result_statement_count", size, [result]),
            ("aldis_result_statement", text, [result, size]),
            ("aldis_result_desk_count", size, [result]),
            ("aldis_result_desk_name", text, [result, size]),
            ("aldis_result_desk_fingerprint", text, [result, size]),
            ("aldis_result_desk_is_anchored", integer, [result, size]),
            ("aldis_result_count", ctypes.c_uint64, [result, integer]),
            ("aldis_silence_grade", integer, [result]),
            ("aldis_silence_text", text, [result, integer]),
            ("aldis_silence_time", time, [result, integer]),
            ("aldis_release_grade", integer, [result]),
            ("aldis_release_text", text, [result, integer]),
            ("aldis_release_answer_count", size, [result]),
            ("aldis_release_answer_desk", text, [result, size]),
            ("aldis_release_answer", integer, [result, size]),
            ("aldis_release_answer_sent", time, [result, size]),
            ("aldis_message_count", size, [result]),
            ("aldis_message_text", text, [result, size, integer]),
            ("aldis_message_sent", time, [result, size]),
            ("aldis_message_is_full", integer, [result, size]),
            ("aldis_message_body", Bytes, [result, size]),
            ("aldis_message_attachment_count", size, [result, size]),
            ("aldis_message_attachment_id", text, [result, size, size]),
            ("aldis_message_attachment_size", ctypes.c_uint64, [result, size, size]),
            ("aldis_attachment", integer, [result, text, ctypes.POINTER(Bytes)])):
        getattr(lib, function).restype = returns
        getattr(lib, function).argtypes = takes
    return lib


def clean(text):
    """What others wrote, without what a terminal obeys or what turns the direction of a line."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return "".join("?" if c in BIDI or unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)


def when(seconds):
    if not seconds:
        return "-"
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Result:
    """What a check found. Freed at the end of `with`; strings are copied out of it."""

    def __init__(self, lib, path, cards):
        self.lib, self.pointer = lib, ctypes.c_void_p()
        error = ctypes.create_string_buffer(ERROR_LEN)
        array = (Bytes * len(cards))(*(Bytes(ctypes.cast(ctypes.c_char_p(card), ctypes.c_void_p),
                                             len(card)) for card in cards))
        self.answer = lib.aldis_verify_path(os.fsencode(path), array, len(cards),
                                            ctypes.byref(self.pointer), error)
        self.error = error.value.decode("utf-8", "replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lib.aldis_result_free(self.pointer)
        self.pointer = None

    def __bool__(self):
        return bool(self.pointer)

    def __getattr__(self, name):
        """self.silence_time(3) is aldis_silence_time(result, 3)."""
        function = getattr(self.lib, "aldis_" + name)

        def call(*arguments):
            value = function(self.pointer, *arguments)
            return clean(value) if isinstance(value, bytes) else value
        return call

    def each(self, what):
        return range(getattr(self, what + "_count")())

    def attachment_of(self, index, nth):
        """Its id, its size, and its content, None when that is not there."""
        content, name = Bytes(), self.message_attachment_id(index, nth)
        is_here = self.lib.aldis_attachment(self.pointer, name.encode(), ctypes.byref(content))
        return name, self.message_attachment_size(index, nth), content.copy() if is_here else None


def print_found(found):
    print(found.result_kind())
    if not found.result_is_consistent():
        print(f"NO: {found.result_reason()}")
    for i in found.each("result_statement"):
        print(found.result_statement(i))
    for i in found.each("result_desk"):
        mark = "" if found.result_desk_is_anchored(i) else "  compare these"
        print(f"{found.result_desk_name(i)}  {found.result_desk_fingerprint(i)}{mark}")


def print_silence(found):
    print(f"\n{found.silence_text(DEBTOR)} did not answer {found.silence_text(CREDITOR)}'s message "
          f"{found.silence_text(QUESTION)} ({found.silence_text(QUESTION_KIND)})")
    print(f"  due    {when(found.silence_time(SILENCE_DUE))}")
    print(f"  as of  {when(found.silence_time(SILENCE_AS_OF))}")
    print(f"  by     {SILENCE_GRADES[found.silence_grade()]}")


def print_body(body):
    """The members of the JSON; as it is, when its author did not write any."""
    try:
        members = json.loads(body)
        lines = [f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
                 for name, value in members.items()]
    except (ValueError, AttributeError, RecursionError):
        lines = [body]
    for line in lines:
        print("    " + clean(line))


def print_message(found, i):
    words = [when(found.message_sent(i)), found.message_text(i, MESSAGE_ID),
             found.message_text(i, MESSAGE_KIND) or "(breaks the rules)"]
    if tlp := found.message_text(i, MESSAGE_TLP):
        words.append("TLP:" + tlp)
    if answered := found.message_text(i, MESSAGE_ANSWERS):
        words.append("to " + answered)
    print("  ".join(words))
    if found.message_is_full(i):
        print_body(found.message_body(i).copy())
    else:
        print("    (shown without its content)")
    for nth in range(found.message_attachment_count(i)):
        name, size, content = found.attachment_of(i, nth)
        print(f"    attachment {name[:16]}, {size} bytes, {'withheld' if content is None else 'here'}")


def print_release(found):
    print(f"\n'{found.release_text(RELEASE_TITLE)}': the release is {RELEASE_GRADES[found.release_grade()]}.")
    for i in found.each("release_answer"):
        print(f"  {found.release_answer_desk(i)} {RELEASE_ANSWERS[found.release_answer(i)]}  "
              f"{when(found.release_answer_sent(i))}")
    print(f"{found.result_count(COUNT_WITHHELD)} messages are withheld. The others:\n")
    for i in found.each("message"):
        print_message(found, i)


def main():
    if len(sys.argv) < 2:
        print("usage: verify.py FILE [CARD...]", file=sys.stderr)
        return USAGE
    try:
        cards, lib = [Path(path).read_bytes() for path in sys.argv[2:]], load()
    except OSError as error:
        print(f"verify.py: {error}", file=sys.stderr)
        return FAILED
    with Result(lib, sys.argv[1], cards) as found:
        if not found:
            print(f"verify.py: {clean(found.error)}", file=sys.stderr)
            return found.answer
        print_found(found)
        if code := found.release_text(RELEASE_CODE):
            print(f"failed: {code}")
        if found.silence_grade():
            print_silence(found)
        if found.release_grade():
            print_release(found)
        return found.answer


if __name__ == "__main__":
    sys.exit(main())
