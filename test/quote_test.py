#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`aldis quote` against a release file: verdicts, exit statuses, what it refuses. No daemon. Prints TAP."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

count = failed = 0


def ok(good, what):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {what}")


def quote(release, text, *more):
    stdin = text if isinstance(text, bytes) else text.encode()
    done = subprocess.run([os.environ["ALDIS"], "quote", str(release), "-", *more], input=stdin, capture_output=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def verdicts(release, cards):
    text = "“Wave 2 came by mail; we see no intent to destroy,” “Wave 2 came by mail; we see an intent to destroy.” “No word of this”"
    status, out, _ = quote(release, text, *cards, "--json")
    answer = json.loads(out)
    ok(status == 1 and [one["verdict"] for one in answer["quotes"]] == ["as-released", "altered", "not-in-record"],
       "as released, altered, not in the record")
    ok(answer["quotes"][1]["difference"][1:3] == [{"op": "removed", "text": "no "}, {"op": "added", "text": "an "}],
       "the difference is told")
    ok(answer["anchored"] and answer["altered"] == 1 and answer["not_in_record"] == 1, "keys are those of the cards")
    quoted = text.encode()[answer["quotes"][1]["start"]:answer["quotes"][1]["end"]].decode()
    ok(quoted == answer["quotes"][1]["text"], "places are bytes of the text")
    status, out, _ = quote(release, text)
    ok("1 as released, 1 altered, 1 not in this release" in out and "[-no -]{+an +}intent" in out, "in words")
    ok("KEYS NOT COMPARED" in out and "(en)" in out, "that keys were not compared is said")


def statuses(release, cards):
    text = "“Wave 2 came by mail”"
    ok(quote(release, text, *cards)[0] == 0, "status 0: all as released, keys compared")
    ok(quote(release, text)[0] == 4, "status 4: all as released, keys not compared")
    ok(quote(release, "nothing")[0] == 4 and "no passage in quotation marks" in quote(release, "nothing")[1],
       "a text without quotations")
    status, out, _ = quote(release, text, "--language", "id")
    ok(status == 1 and "another language" in out, "what is released in another language only")
    status, out, _ = quote(release, "\u202e“What \x1b[31m we said\u202c”".replace("\u202e", ""), *cards)
    ok("\x1b" not in out and "\u202c" not in out, "nothing that a terminal would obey is printed")


def refusals(release, folder):
    page = release.read_text()
    bad = folder / "bad.html"
    bad.write_text(page.replace('"use strict"', '"use  strict"', 1))
    status, out, err = quote(bad, "“Wave 2 came by mail”")
    ok(status == 1 and "frame" in out and "nothing was compared" in err and "AS RELEASED" not in out,
       "nothing is compared with a page whose script was changed")
    at = page.index('"bodies":') + 400
    bad.write_text(page[:at] + ("A" if page[at] != "A" else "B") + page[at + 1:])
    status, out, err = quote(bad, "“Wave 2 came by mail”", "--json")
    ok(status == 1 and json.loads(out)["consistent"] is False, "nor with tampered data")
    ok(quote(release, b"\xe2\x80\x9ccaf\xe9\xe2\x80\x9d")[0] == 3, "status 3: a text that is not UTF-8")
    ok(quote(release, b"a" * (1 << 20))[0] == 4 and quote(release, b"a" * ((1 << 20) + 1))[0] == 3, "a text of 1 MiB, and more")
    ok(quote(folder / "none", "")[0] == 3, "status 3: no such release")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        release, cards = folder / "release.html", folder / "cards"
        cards.mkdir()
        subprocess.run([os.environ["RELEASE_SAMPLE"], "20", release, cards], check=True)
        trust = [word for card in sorted(cards.iterdir()) for word in ("--trust", str(card))]
        verdicts(release, trust)
        statuses(release, trust)
        refusals(release, folder)
    print(f"1..{count}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
