#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The generator refuses a book that is not strictly as it must be."""
import copy
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent
BOOK = TOOLS.parent / "spec" / "codebooks" / "default.json"


def generate(content):
    """Exit status, output and complaint of a run over these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "book.json")
        output = pathlib.Path(folder, "out.c")
        source.write_bytes(content)
        run = subprocess.run([sys.executable, TOOLS / "gen_codebooks.py", output, source],
                             capture_output=True, text=True, check=False)
        return run.returncode, output.read_text() if output.exists() else "", run.stderr


def signal(book, number):
    return next(signal for signal in book["signals"] if signal["number"] == number)


class GenCodebooks(unittest.TestCase):
    def setUp(self):
        self.book = json.loads(BOOK.read_bytes())

    def refuse(self, change, sentence):
        book = copy.deepcopy(self.book)
        change(book)
        status, output, complaint = generate(json.dumps(book).encode())
        self.assertNotEqual(status, 0, sentence)
        self.assertEqual(output, "")
        self.assertIn(sentence, complaint)

    def test_the_default_book_is_embedded_byte_for_byte(self):
        content = BOOK.read_bytes()
        status, output, complaint = generate(content)
        self.assertEqual(status, 0, complaint)
        numbers = output[output.index("book_0[] = {") + 12:output.index("};")].split(",")
        embedded = bytes(int(number, 16) for number in numbers if number.strip())
        self.assertEqual(embedded, content)
        self.assertIn(", ".join(f"0x{byte:02x}" for byte in hashlib.sha256(content).digest()),
                      output)

    def test_a_text_missing_in_one_language_is_refused(self):
        self.refuse(lambda b: signal(b, 103)["text"].pop("ru"),
                    "signal 103: the text in 'ru' is missing")
        self.refuse(lambda b: b["groups"][0]["label"].pop("zh"), "'zh' is missing")
        self.refuse(lambda b: b["sectors"][0]["label"].pop("ar"), "'ar' is missing")
        self.refuse(lambda b: b["title"].pop("id"), "'id' is missing")
        self.refuse(lambda b: b["title"].update(de="x"), "'de' is not a language")

    def test_every_language_has_the_same_parameters(self):
        self.refuse(lambda b: signal(b, 103)["text"].update(fr="Rien."),
                    "signal 103, fr: lacks the parameter {since}")
        self.refuse(lambda b: signal(b, 103)["text"].update(es="{since} {until}"),
                    "{until} is not a parameter")
        self.refuse(lambda b: signal(b, 103)["text"].update(es="{since} {"), "stray brace")
        self.refuse(lambda b: signal(b, 101)["text"].update(es="a } b"), "stray brace")
        self.refuse(lambda b: b["title"].update(en="{x}"), "not a parameter")

    def test_texts_hold_no_controls(self):
        for control in ("\n", "\u202e", "\u2066", "\u200f", "\ufeff", "\x9b"):
            self.refuse(lambda b, c=control: signal(b, 101)["text"].update(en="a" + c),
                        "control")

    def test_parameters_are_typed_and_unique(self):
        self.refuse(lambda b: signal(b, 103)["parameters"][0].update(type="date"),
                    "since has an unknown type")
        self.refuse(lambda b: signal(b, 103)["parameters"].append(
            {"name": "since", "type": "time"}), "a parameter occurs twice")
        self.refuse(lambda b: signal(b, 103)["parameters"][0].update(name="Since"),
                    "lower-case word")
        self.refuse(lambda b: signal(b, 103)["parameters"][0].update(optional=True),
                    "unknown member 'optional'")

    def test_numbers_are_in_order_and_in_a_group(self):
        self.refuse(lambda b: signal(b, 103).update(number=102), "in the order")
        self.refuse(lambda b: b["signals"][-1].update(number=1200), "belongs to no group")
        self.refuse(lambda b: b["signals"][-1].update(number=10000), "1 to 9999")
        self.refuse(lambda b: b["groups"][1].update(first=199), "do not overlap")

    def test_the_head_is_strict(self):
        self.refuse(lambda b: b.update(more=1), "unknown member 'more'")
        self.refuse(lambda b: b.update(aldis=2), "'aldis' must be 1")
        self.refuse(lambda b: b.update(version=0), "'version'")
        self.refuse(lambda b: b.update(id="A b"), "'id'")
        self.refuse(lambda b: b["languages"].remove("en"), "en is missing")

    def test_a_name_twice_in_one_object_is_refused(self):
        content = BOOK.read_text().replace('"aldis": 1,', '"aldis": 1, "aldis": 1,', 1)
        status, _, complaint = generate(content.encode())
        self.assertNotEqual(status, 0)
        self.assertIn("twice", complaint)


if __name__ == "__main__":
    unittest.main()
