#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The generator refuses a catalogue that is not strictly as it must be."""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent
CATALOGUE = TOOLS.parent / "spec" / "kinds.json"


def generate(content, name="out.c"):
    """Exit status, output and complaint of a run over these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "kinds.json")
        output = pathlib.Path(folder, name)
        source.write_bytes(content)
        run = subprocess.run([sys.executable, TOOLS / "gen_kinds.py", source, output],
                             capture_output=True, text=True, check=False)
        return run.returncode, output.read_text() if output.exists() else "", run.stderr


def kind(catalogue, name):
    return next(kind for kind in catalogue["kinds"] if kind["name"] == name)


def field(catalogue, kind_name, name):
    """A field of the kind, or of a group of fields."""
    lists = [kind(catalogue, kind_name)["fields"], *catalogue["groups"].values()]
    return next(field for fields in lists for field in fields if field.get("name") == name)


class GenKinds(unittest.TestCase):
    def setUp(self):
        self.catalogue = json.loads(CATALOGUE.read_bytes())

    def refuse(self, change, sentence):
        catalogue = copy.deepcopy(self.catalogue)
        change(catalogue)
        status, output, complaint = generate(json.dumps(catalogue).encode())
        self.assertNotEqual(status, 0, sentence)
        self.assertEqual(output, "")
        self.assertIn(sentence, complaint)

    def test_the_catalogue_itself_passes_and_gives_the_same_bytes_each_time(self):
        first = generate(CATALOGUE.read_bytes())
        self.assertEqual(first[0], 0, first[2])
        self.assertEqual(first, generate(CATALOGUE.read_bytes()))

    def test_the_reference_page_is_the_one_of_this_catalogue(self):
        status, page, complaint = generate(CATALOGUE.read_bytes(), "kinds.md")
        self.assertEqual(status, 0, complaint)
        self.assertEqual(page, CATALOGUE.with_suffix(".md").read_text(),
                         "spec/kinds.md is stale: run make")

    def test_unknown_and_missing_members_are_refused(self):
        self.refuse(lambda c: c.update(more=1), "unknown member 'more'")
        self.refuse(lambda c: kind(c, "text").update(more=1), "unknown member 'more'")
        self.refuse(lambda c: field(c, "text", "text").update(more=1), "text.text: unknown")
        self.refuse(lambda c: kind(c, "text").pop("help"), "'help' is missing")
        self.refuse(lambda c: field(c, "text", "text").pop("label"), "'label' is missing")

    def test_every_language_needs_its_label(self):
        self.refuse(lambda c: c["languages"].append("fr"), "'fr' is missing")

    def test_limits_make_sense(self):
        self.refuse(lambda c: field(c, "text", "text").pop("max"), "'max' is missing")
        self.refuse(lambda c: field(c, "text", "text").update(min=200000), "above 'max'")
        self.refuse(lambda c: field(c, "text", "text").update(min=-1), "negative")
        self.refuse(lambda c: field(c, "text", "text").update(max=1.5), "whole numbers")
        self.refuse(lambda c: field(c, "ack", "understood").update(max=1), "unknown member")

    def test_types_and_choices_are_known_and_unique(self):
        self.refuse(lambda c: field(c, "text", "text").update(type="string"), "type")
        self.refuse(lambda c: field(c, "incident", "severity").update(choices=[]), "choices")
        self.refuse(lambda c: field(c, "incident", "severity")["choices"][0].update(
            value="very low"), "a choice is a word")
        self.refuse(lambda c: field(c, "incident", "severity")["choices"].append(
            {"value": "low", "label": {"en": "x", "id": "x", "ar": "x"}}), "twice")

    def test_groups_and_named_choices_are_there_and_used(self):
        self.refuse(lambda c: kind(c, "text")["fields"].append({"group": "none"}), "'none'")
        self.refuse(lambda c: kind(c, "text")["fields"].append(
            {"group": "observable", "required": True}), "unknown member")
        self.refuse(lambda c: c["groups"].update(more=[]), "used nowhere: more")
        self.refuse(lambda c: c["groups"]["observable"].append({"group": "observable"}),
                    "a group holds no group")
        self.refuse(lambda c: c["choices"].pop("fidelity"), "there is no 'fidelity'")
        self.refuse(lambda c: c["choices"].update(fidelity=[]), "needs choices")

    def test_forms_by_a_choice_are_there(self):
        self.refuse(lambda c: c["choices"]["observable"][0].update(form="text"), "no form 'text'")
        self.refuse(lambda c: c["groups"]["observable"][1].update(by="kind"), "names no required")
        self.refuse(lambda c: c["groups"]["observable"][0].pop("required"), "names no required")
        self.refuse(lambda c: [choice.pop("form", 0) for choice in c["choices"]["observable"]],
                    "has a form")
        self.refuse(lambda c: field(c, "text", "language").update(by="text"), "unknown member")

    def test_answers_and_duties_fit_together(self):
        self.refuse(lambda c: kind(c, "answer").update(answers=["nonsense"]), "is no kind")
        self.refuse(lambda c: kind(c, "answer").update(answers=["text", "text"]), "twice")
        self.refuse(lambda c: kind(c, "answer").update(answers=[]), "list of kinds")
        self.refuse(lambda c: kind(c, "answer").update(answers="all"), "list of kinds")
        self.refuse(lambda c: kind(c, "open").update(answers=["text"]), "names nothing")
        self.refuse(lambda c: kind(c, "check").update(starts=True), "starts no duty")
        self.refuse(lambda c: kind(c, "text").update(meets="yes"), "'meets'")
        self.refuse(lambda c: kind(c, "check").update(always=False), "always allowed")
        self.refuse(lambda c: kind(c, "leave").update(body="required"), "say optional")

    def test_phrases_have_their_places_in_every_language(self):
        self.refuse(lambda c: c["types"]["text"].update(id="teks"), "max, min")
        self.refuse(lambda c: c["types"]["time"].update(en="{max}"), "none")
        self.refuse(lambda c: c["types"].pop("time"), "'time' is missing")
        self.refuse(lambda c: c["words"]["starts"].pop("id"), "'id' is missing")

    def test_names_are_words_and_unique(self):
        self.refuse(lambda c: c["kinds"].append(c["kinds"][0]), "a kind occurs twice")
        self.refuse(lambda c: kind(c, "text").update(name="Te xt"), "lower-case word")
        self.refuse(lambda c: kind(c, "text")["fields"].append(
            field(c, "text", "text")), "a field occurs twice")
        self.refuse(lambda c: c["kinds"].remove(kind(c, "open")), "open is missing")

    def test_a_name_twice_in_one_object_is_refused(self):
        content = CATALOGUE.read_text().replace('"aldis": 1,', '"aldis": 1, "aldis": 1,', 1)
        status, _, complaint = generate(content.encode())
        self.assertNotEqual(status, 0)
        self.assertIn("twice", complaint)

    def test_labels_are_c_strings_whatever_they_hold(self):
        field(self.catalogue, "text", "text")["label"]["en"] = 'a"b\\c??/\n\u0634'
        status, output, _ = generate(json.dumps(self.catalogue).encode())
        self.assertEqual(status, 0)
        self.assertIn(r'"a\"b\\c\?\?/\012\330\264"', output)


if __name__ == "__main__":
    unittest.main()
