#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proofs as a stranger gets them: a silence, a record statement, made by real desks and verified
in an empty folder by somebody who has nothing but the members' cards; copies that were changed
are refused with the reason."""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from desks import ALDIS, Tap, befriend, open_channel, until

TEMPLATE = {"duties": [{"on": "query", "owe": ["answer"], "within": "PT3S"}],
            "limits": {"skew": "PT2S", "body": 262144, "attachment": 8388608, "attachments": 64,
                       "quota": 1073741824}}
TAMPERED = 200


def verify(folder, path, *cards):
    """`aldis verify` by somebody who never had a desk."""
    command = [str(Path(ALDIS).resolve()), "verify", str(path)]
    for card in cards:
        command += ["--trust", str(card)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60,
                          env={"PATH": os.environ["PATH"]})


def tampered(proof, number):
    """A copy that differs in one place: a byte flipped, removed or replaced."""
    chance = random.Random(number)
    at = chance.randrange(proof.index(b"\n") + 1, len(proof))
    how = number % 3
    if how == 0:
        return proof[:at] + bytes([proof[at] ^ (1 << chance.randrange(7))]) + proof[at + 1:]
    if how == 1:
        return proof[:at] + proof[at + 1:]
    return proof[:at] + (b"B" if proof[at:at + 1] == b"A" else b"A") + proof[at + 1:]


def refuses_tampered(folder, path):
    """Is each of 200 changed copies refused, with a reason?"""
    proof, copy = path.read_bytes(), folder / "copy"
    for number in range(TAMPERED):
        copy.write_bytes(tampered(proof, number))
        done = verify(folder, copy)
        said = done.stdout.strip().splitlines()
        if done.returncode != 1 or len(said) < 2 or not said[0].startswith("NOT VERIFIED"):
            print(f"# copy {number}: {done.returncode} {done.stdout} {done.stderr}")
            return False
    return True


def shows(tap, folder, path, cards, words, what):
    """Verified with the cards, only consistent without, and says all of these words."""
    done = verify(folder, path, *cards)
    for word in words:
        tap.ok(word in done.stdout, f"{what} says '{word}'")
        if word not in done.stdout:
            print("# " + done.stdout.replace("\n", "\n# ") + done.stderr)
    tap.ok(done.returncode == 0, f"{what} is verified by the cards alone")
    tap.ok(verify(folder, path).returncode == 4, f"{what} is told from compared keys")
    tap.ok(refuses_tampered(folder, path), f"{what}: each of {TAMPERED} changed copies is refused")


def make_silence(tap, north, channel):
    """North asks, south stores it and does not answer."""
    question = north.aldis("send", channel, "query", "--body", "-", "--wait", "20",
                           stdin='{"language":"en","question":"Is this yours?"}').stdout.strip()
    early = north.aldis("silence", channel, question, "-o", "-", check=False)
    tap.ok(early.returncode == 1, "a silence that is none yet is refused")

    def made():
        # what is sent after the deadline shows that the question was not taken back
        north.aldis("send", channel, "text", "--body", "-",
                    stdin='{"language":"en","text":"We are waiting."}')
        done = north.aldis("silence", channel, question, "--debtor", "south.example", "-o",
                           str(north.folder.parent / "silence"), check=False)
        return done.returncode == 0

    until(made, 60, "the silence can be proven")
    return north.folder.parent / "silence"


def make_statement(tap, north, south, channel):
    """North states the record, south agrees."""
    printed = north.aldis("statement", channel).stdout
    tap.ok('"entries":' in printed and '"logs":' in printed, "what would be stated is printed")
    stated = north.aldis("statement", channel, "--send", "--wait", "20").stdout.strip()
    until(lambda: south.aldis("show", channel, stated, check=False).returncode == 0, 30,
          "south has the statement")
    south.aldis("send", channel, "record.agree", "--re", stated, "--wait", "20")
    path = north.folder.parent / "statement"

    def has_agreement():
        north.aldis("statement", channel, stated, "-o", str(path))
        return b'"agreements":[{' in path.read_bytes()

    until(has_agreement, 30, "the agreement is in the proof")
    return path


def equivocation(tap, folder):
    """Real desks don't fork: this proof is that of a test's desks."""
    subprocess.run([os.environ["PROOF_SAMPLE"], str(folder)], check=True)
    shows(tap, folder, folder / "equivocation", [folder / "south.example"],
          ["south.example has signed two different histories of its log",
           "one has 5 entries with the root ", "needs nobody's word"],
          "the proof of equivocation")


def scenario(tap, folder):
    north, south = tap.desk(folder, "north.example"), tap.desk(folder, "south.example")
    for desk in (north, south):
        desk.start().wait_ready()
    befriend([north, south])
    channel = open_channel(folder, [north, south], TEMPLATE)
    cards = [desk.folder / "card.note" for desk in (north, south)]
    silence = make_silence(tap, north, channel)
    statement = make_statement(tap, north, south, channel)
    with tempfile.TemporaryDirectory(prefix="aldis-") as empty:
        shows(tap, Path(empty), silence, cards,
              ["south.example held this question (north.example#", "owed answer until ",
               "holds none", "not shown: why there is no answer"], "the proof of silence")
        shows(tap, Path(empty), statement, cards,
              ["north.example states (north.example#", "south.example agrees (south.example#"],
              "the record statement")
        equivocation(tap, Path(empty))
    none = north.aldis("evidence", "-o", "-", check=False)
    tap.ok(none.returncode != 0, "without evidence there is no proof of equivocation")


if __name__ == "__main__":
    tap_ = Tap()
    tap_.play(scenario)
    sys.exit(tap_.failed > 0)
