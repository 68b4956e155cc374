#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The catalogue is the only place where a kind is described: one is added to a copy of it, and
the program built from that documents, skeletons, validates and sends it with no change in C."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import desks
from desks import Tap, befriend, open_channel, run, until

SOURCE = Path(os.environ.get("ALDIS_SOURCE", Path(__file__).resolve().parent.parent))
def both(en, indonesian, arabic="نص"):
    return {"en": en, "id": indonesian, "ar": arabic}


# Every type of field but the ones that hold others is in it once.
KIND = {
    "name": "weather.report", "automatic": False, "body": "required", "re": "optional",
    "answers": ["text", "weather.report"], "starts": True, "meets": True,
    "label": both("Weather at the desk", "Cuaca di meja", "الطقس في المركز"),
    "help": both("What the weather is like where the desk stands.", "Keadaan cuaca di tempat meja."),
    "fields": [
        {"name": "wind", "type": "integer", "min": 0, "max": 12, "label": both("Wind force", "Angin")},
        {"name": "sky", "type": "choice", "required": True, "label": both("Sky", "Langit"), "choices": [
            {"value": "clear", "label": both("Clear", "Cerah")},
            {"value": "overcast", "label": both("Overcast", "Mendung")}]},
        {"name": "seen_from", "type": "list", "min": 1, "max": 3, "required": True,
         "label": both("Countries it is seen from", "Terlihat dari negara"), "of": {"type": "country"}},
        {"name": "stations", "type": "list", "min": 1, "max": 2, "label": both("Stations", "Stasiun"),
         "of": {"type": "object", "fields": [
             {"name": "address", "type": "prefix", "required": True, "label": both("Address", "Alamat")},
             {"name": "host", "type": "domain", "label": both("Host", "Tuan rumah")},
             {"name": "age", "type": "duration", "label": both("Age", "Umur")}]}},
    ],
}


def build(folder):
    """The programs of a copy whose catalogue has one kind more."""
    copy = Path(folder) / "copy"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("build", "build-*", ".git",
                                                               "__pycache__"))
    catalogue = json.loads((copy / "spec/kinds.json").read_text())
    catalogue["kinds"].append(KIND)
    (copy / "spec/kinds.json").write_text(json.dumps(catalogue, ensure_ascii=False))
    out = copy / "build"
    subprocess.run(["meson", "setup", str(out), str(copy), "--optimization=0",
                    "-Ddebug=false"], check=True, capture_output=True)
    subprocess.run(["ninja", "-C", str(out), "-j2", "aldis", "aldisd"], check=True,
                   stdout=subprocess.DEVNULL)
    return str(out / "aldis"), str(out / "aldisd")


def documents(tap):
    os.environ.pop("ALDIS_DESK", None)
    os.environ.update(LC_ALL="C")
    page = run("help", "weather.report").stdout
    tap.ok("Weather at the desk" in page and "whole number, 0 to 12" in page
           and "overcast: Overcast" in page and "text, weather.report" in page,
           "help has the kind with fields, limits, choices and what it answers")
    os.environ.update(LC_ALL="id_ID.UTF-8")
    page = run("help", "weather.report").stdout
    tap.ok("Cuaca di meja" in page and "bilangan bulat, 0 sampai 12" in page, "and in Indonesian")
    os.environ.update(LC_ALL="C")
    page = run("help", "weather.report", "--language", "ar").stdout
    tap.ok("الطقس في المركز" in page and "عدد صحيح من 0 إلى 12" in page, "and in Arabic")
    tap.ok("weather.report" in run("help", "kinds").stdout, "it is among the kinds")
    shown = json.loads(run("help", "weather.report", "--json").stdout)
    tap.ok(shown["fields"][1]["choices"] == KIND["fields"][1]["choices"]
           and shown["answers"] == KIND["answers"] and shown["help"] == KIND["help"],
           "as JSON it says what the catalogue does")


def sends(tap, folder):
    north = tap.desk(folder, "north.example").start().wait_ready()
    south = tap.desk(folder, "south.example").start().wait_ready()
    befriend([north, south])
    channel = open_channel(folder, [north, south], {
        "duties": [{"on": "weather.report", "owe": ["ack"], "within": "PT24H"}]})
    tap.ok(True, "a charter may have a duty on it")
    until(lambda: north.json("status")["channels"][0]["logs"][0]["state"] == "ready", 60, "ready")

    template = north.aldis("send", channel, "weather.report", "--template").stdout
    body = json.loads(template)
    tap.ok(list(body) == ["sky", "seen_from", "wind", "stations"],
           "the skeleton has every field, those that are required first")

    tap.ok(north.aldis("send", channel, "check", "--template", check=False).returncode == 1
           and north.aldis("send", channel, "nonsense", "--template", check=False).returncode == 2,
           "what the desk writes itself has none, nor what is unknown")

    def send(change, *args):
        return north.aldis("send", channel, "weather.report", "--body", "-", *args,
                           stdin=json.dumps({**body, **change}), check=False)

    def refused(change, sentence, *args):
        done = send(change, *args)
        return done.returncode == 1 and sentence in done.stderr

    tap.ok(refused({"wind": 13}, "wind: must be 0 to 12"), "a number beyond its limit is refused")
    tap.ok(refused({"sky": "green"}, "sky: must be one of clear, overcast"), "so is another choice")
    tap.ok(refused({"stations": [{"address": "192.0.2.1/24"}]}, "stations[0].address: must be an"),
           "and a value inside a list, each with its field and the rule")
    tap.ok(refused({}, "must name a message of kind text, weather.report, not open", "--re",
                   "north.example#0"), "and an answer to what it does not answer")
    done = send({"sky": "overcast"}, "--wait", "60")
    tap.ok(done.returncode == 0 and done.stderr == "", "a good one is sent and its receipt comes")
    message = done.stdout.strip()
    shown = south.json("show", channel, message)
    tap.ok(shown["kind"] == "weather.report" and shown["body"]["sky"] == "overcast"
           and shown["flags"] == [], "and the other desk shows it, well-formed")


def scenario(tap, folder):
    programs = build(folder)
    desks.ALDIS, desks.ALDISD = programs
    documents(tap)
    sends(tap, folder)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    Tap().play(scenario)
