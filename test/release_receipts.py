#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A release in which an author put receipts on record that are good, forged, or under a key that the file lacks, and
names another history of a log than the file has.

Takes a file of release-sample and appends `receipt` entries to north's log, for its message #2; all of it is signed
anew by north, so that every check of the file passes.

usage: release_receipts.py SAMPLE.html OUT.html

prints {"of": "north.example#2", "time": …, "receipts": [{"id": "north.example#9", "what": "holds"}, …],
"other": "north.example#13"}
"""
import json
import pathlib
import sys

from release_insider import (EAST, NORTH, SOUTH, World, Key, b64, blob_of, checkpoint_text, cosigned, envelope, key_of,
                             log_line, mirror_line, plain, root_of)
from release_tamper import in_data, split, written

TIME = 1800000123
LOG = 0  # of north
OF = 2


def receipts(world):
    """What each is, from whom it says it is, its checkpoint's text, its line."""
    origin = world.manifest["logs"][LOG]["origin"]
    size = OF + 2
    good = checkpoint_text(origin, size, b64(root_of(world.leaves(LOG)[:size])))
    other = checkpoint_text(origin, size, b64(bytes(32)))
    forged = cosigned(f"{EAST}/mirror", Pretended(key_of(EAST, "mirror")), good, TIME)
    lost = cosigned(f"{EAST}/mirror", Key("east.lost", "mirror"), good, TIME)
    yield "holds", EAST, good, mirror_line(EAST, good, TIME)
    yield "fails.signature", EAST, good, forged
    yield "fails.root", EAST, other, mirror_line(EAST, other, TIME)
    yield "unknown", EAST, good, lost


class Pretended:
    """Somebody else's key, without its secret."""

    def __init__(self, key):
        self.public = key.public

    def sign(self, message):
        return Key("nobody", "mirror").sign(message)


def append(world, kind, body, **members):
    blob, ref = blob_of(plain(body))
    entry = plain(envelope(kind=kind, body=ref, **members))
    world.data["logs"][LOG]["entries"].append(b64(entry))
    world.data["bodies"][LOG].append(b64(blob))
    world.set_modes(LOG, world.modes(LOG) + "f")


def main(sample, out):
    head, text, tail = split(pathlib.Path(sample).read_bytes())
    world = World(json.loads(text))
    origin = world.manifest["logs"][LOG]["origin"]
    made = list(receipts(world))
    told = []
    for what, desk, checkpoint, line in made:
        told.append({"id": f"{NORTH}#{len(world.data['logs'][LOG]['entries'])}", "what": what})
        append(world, "receipt", {"of": f"{NORTH}#{OF}", "from": desk,
                                  "checkpoint": checkpoint + "\n" + log_line(origin, checkpoint), "line": line})
    other = f"{NORTH}#{len(world.data['logs'][LOG]['entries'])}"
    append(world, "text", {"language": "en", "text": "x"}, seen={SOUTH: {"size": 1, "root": b64(bytes(32))}})
    world.sign_log(LOG)
    pathlib.Path(out).write_bytes(head + written(world.done(), in_data).encode("ascii") + tail)
    print(json.dumps({"of": f"{NORTH}#{OF}", "time": TIME, "receipts": told, "other": other}))


if __name__ == "__main__":
    main(*sys.argv[1:])
