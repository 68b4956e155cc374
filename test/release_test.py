#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A release between two real desks: drafted, shown, asked for, consented to, built, verified; another one refused."""

import hashlib
import json
import re
from pathlib import Path

from desks import Desk, Tap, open_channel, open_pair, run, until, wait_open
from release_tamper import in_data, manifest_of, set_manifest, split, written

HARM = "</script><script>alert(1)</script><!-- é"


def say(desk, channel, text, *more):
    return desk.aldis("send", channel, "text", "--body", "-", "--wait", "20", *more,
                      stdin=json.dumps({"language": "en", "text": text})).stdout.strip()


def digest(manifest):
    return hashlib.sha256(manifest.read_bytes()).hexdigest()


def draft(north, channel, path, *more):
    done = north.aldis("release", "draft", channel, *more)
    path.write_text(done.stdout, encoding="utf-8")
    return done.stderr


def drafts(tap, folder, north, channel, secret, answer):
    cover = folder / "cover"
    cover.write_text(json.dumps({"en": "What we said " + HARM, "id": "Yang kami katakan"}), encoding="utf-8")
    words = draft(north, channel, folder / "one", "--withhold", secret, "--cover", str(cover))
    tap.ok(f"{answer} (text) is shown and names {secret}, which is withheld" in words,
           "the draft says what an answer gives away")
    again = draft(north, channel, folder / "all")
    modes = re.findall('"modes":"([^"]*)"', (folder / "all").read_text(encoding="utf-8"))
    tap.ok(secret not in again and len(modes) == 2 and "w" not in "".join(modes),
           "without a choice nothing is withheld")
    tap.ok(north.aldis("release", "draft", channel, "--withhold", "north.example#999",
                       check=False).returncode == 1, "what is not there can't be chosen")


def asks(tap, folder, north, south, channel):
    one = folder / "one"
    request = north.aldis("release", "request", channel, str(one), "--text", "To end rumours"
                          ).stdout.strip()
    tap.ok("#" in request, "the members are asked")
    south.aldis("show", channel, request, "--wait", "20")

    def here():
        done = south.aldis("release", "show", channel, request, check=False)
        return done.returncode == 0 and done.stdout
    shown = until(here, 20, "the manifest is here")
    tap.ok(digest(one) in shown, "the request carries the very manifest")
    tap.ok("cover (id): Yang kami katakan" in shown and "rule " in shown, "what is released is told")
    tap.ok("north.example has consented" in shown and "south.example has not answered" in shown,
           "who asks has consented")
    tap.ok("of north.example: " in shown and "1 withheld" in shown, "and how much is withheld")
    return request


def answers(tap, folder, north, south, channel, request):
    consent = south.aldis("release", "consent", channel, request).stdout.strip()

    def here():
        return consent in north.aldis("release", "show", channel, str(folder / "one")).stdout
    until(here, 20, "the consent is here")
    tap.ok("south.example has consented" in
           north.aldis("release", "show", channel, str(folder / "one")).stdout, "the consent counts")
    done = south.aldis("release", "refuse", channel, request, check=False)
    tap.ok(done.returncode == 1 and "the first answer counts" in done.stderr,
           "a consent can't be taken back")
    draft(north, channel, folder / "two", "--only", request)
    second = north.aldis("release", "request", channel, str(folder / "two"), "--text", "More",
                         ).stdout.strip()
    south.aldis("show", channel, second, "--wait", "20")
    refusal = south.aldis("release", "refuse", channel, second, "--reason", "Too early",
                          "--language", "en").stdout.strip()

    def refused():
        return refusal in north.aldis("release", "show", channel, str(folder / "two")).stdout
    until(refused, 20, "the refusal is here")
    tap.ok("south.example has refused" in
           north.aldis("release", "show", channel, str(folder / "two")).stdout, "a refusal is told")


def is_careful(tap, folder, north, south, channel):
    other = folder / "other"
    other.write_text((folder / "one").read_text(encoding="utf-8").replace('"made":"2', '"made":"3'),
                     encoding="utf-8")
    tap.ok("south.example has not answered" in
           north.aldis("release", "show", channel, str(other)).stdout,
           "a consent is to one manifest only")
    done = south.aldis("release", "request", channel, str(folder / "one"), "--text", "Me", check=False)
    tap.ok(done.returncode == 1 and "was drafted by north.example" in done.stderr,
           "nobody asks in another's name")
    other.write_text((folder / "one").read_text(encoding="utf-8").replace('{"aldis":1,', '{ "aldis":1,'),
                     encoding="utf-8")
    done = north.aldis("release", "show", channel, str(other), check=False)
    tap.ok(done.returncode != 0 and "one form" in done.stderr, "a manifest has one form")


# The file

def verify(desk, path, *cards):
    trust = [part for card in cards for part in ("--trust", str(card))]
    done = desk.aldis("verify", str(path), *trust, check=False)
    return done.returncode, done.stdout


def build(desk, channel, what, path, *more):
    done = desk.aldis("release", "build", channel, str(what), "-o", str(path), *more, check=False)
    return done.returncode, done.stderr


def builds(tap, folder, north, south, channel, request, secret):
    cards = [desk.folder / "card.note" for desk in (north, south)]
    code, words = build(north, channel, folder / "one", folder / "north.html")
    tap.ok(code == 0 and " is joint" in words and "south.example consented to exactly this (sent 2" in words,
           "the releaser builds it, and is told who consented when")
    until(lambda: build(south, channel, request, folder / "south.html")[0] == 0, 20, "the other desk can build it")
    for name in ("north.html", "south.html"):
        code, words = verify(north, folder / name)
        tap.ok(code == 4 and "CONSISTENT, KEYS NOT COMPARED  release" in words and " is joint" in words
               and "Compare these digits" in words, f"{name} is consistent, and the digits are to be compared")
        code, words = verify(south, folder / name, *cards)
        tap.ok(code == 0 and words.startswith("VERIFIED  release") and words.count("(by a trusted card)") == 2,
               f"{name} is verified by trusted cards")
    tap.ok(f"1 withheld (#{secret.split('#')[1]})" in words and "a page can't vouch for its own script" in words
           and "the page around it is that of Aldis " in words, "what is withheld where is told, and whose page it is")
    code, words = verify(north, folder / "north.html", cards[0])
    tap.ok(code == 4, "one card of two anchors one desk")
    piped = north.aldis("release", "build", str(folder / "one"))
    tap.ok(piped.stdout.startswith("<!doctype html>") and verify(north, folder / "north.html")[0] == 4,
           "a manifest names its channel; the file goes to standard output")
    done = north.aldis("release", "build", request, check=False)
    tap.ok(done.returncode == 2 and "of which channel?" in done.stderr, "a request does not")
    built = json.loads(north.aldis("release", "build", channel, request, "-o", str(folder / "again.html"), "--json").stdout)
    tap.ok(built["grade"] == "joint" and built["withheld"] == 1 and not built["anchored"], "or to a file, told to programs")
    facts = json.loads(run("verify", str(folder / "north.html"), "--json", check=False).stdout)
    tap.ok((facts["kind"], facts["consistent"], facts["anchored"], facts["grade"], facts["manifest"])
           == ("release", True, False, "joint", digest(folder / "one")), "programs are told the same")


def is_tampered_with(tap, folder, north):
    head, data, tail = split((folder / "north.html").read_bytes())
    other = folder / "tampered.html"

    def told(what, code, file):
        other.write_bytes(file)
        exit_code, words = verify(north, other)
        tap.ok(exit_code == 1 and f"the check that failed: {code}\n" in words and "NOT VERIFIED  release" in words, what)

    def changed(change):
        parsed = json.loads(data)
        change(parsed)
        return head + written(parsed, in_data).encode() + tail

    def swap_manifest(parsed):
        manifest = manifest_of(parsed)
        manifest["made"] = "2001-01-01T00:00:00Z"
        set_manifest(parsed, manifest)
    tap.ok(data.isascii() and b"<" not in data and b"\\u003C/script" in data,
           "texts that mean harm can end no element")
    told("a changed script", "frame", head + data + tail.replace(b"function check", b"function chack", 1))
    told("a changed style or head", "frame", head.replace(b"utf-8", b"utf-9", 1) + data + tail)
    told("markup behind the data", "data-form", head + data + b"</script><h1>Verified</h1><script>" + tail)
    told("a changed word in the cover", "consent-other-manifest", head + data.replace(b"What we said", b"What he said") + tail)
    told("a removed entry", "modes", changed(lambda parsed: parsed["logs"][0]["entries"].pop()))
    told("a changed body", "body-differs", changed(lambda parsed: parsed["bodies"][0].reverse()))
    told("a consent to another draft", "consent-other-manifest", changed(swap_manifest))
    told("no data at all", "data-form", head + tail)
    return changed


def has_a_stranger(tap, folder, north, changed):
    (folder / "elsewhere").mkdir()
    stranger = Desk(folder / "elsewhere", "north.example")
    note = (stranger.folder / "card.note").read_text(encoding="utf-8")
    other = folder / "tampered.html"
    other.write_bytes(changed(lambda parsed: parsed["cards"].append(note)))
    tap.ok("the check that failed: foreign-key" in verify(north, other)[1], "a foreign key")
    code, words = verify(north, folder / "north.html", stranger.folder / "card.note")
    tap.ok(code == 1 and "the check that failed: trusted-card" in words, "another root than that of a trusted card")


def is_one_sided(tap, folder, north, channel):
    code, words = build(north, channel, folder / "two", folder / "two.html")
    tap.ok(code == 1 and "--one-sided" in words and "south.example refused this" in words
           and not (folder / "two.html").exists(), "what was refused is not built as if nothing were")
    code, words = build(north, channel, folder / "two", folder / "two.html", "--one-sided")
    tap.ok(code == 0 and " is one-sided" in words, "but as what it is")
    code, words = verify(north, folder / "two.html")
    tap.ok(code == 4 and " is one-sided" in words and "south.example refused this" in words,
           "who gets the file is told so")
    code, words = build(north, channel, folder / "other", folder / "two.html")
    tap.ok(code == 1, "a manifest in another form is not built")


def rules(tap, folder, north, south):
    known = {channel["id"] for channel in north.json("status")["channels"]}

    def fresh(rule):
        open_channel(folder, [north, south], {"release": rule})
        ids = [channel["id"] for channel in north.json("status")["channels"]]
        channel = next(one for one in ids if one not in known)
        known.add(channel)
        wait_open([north, south])
        return channel
    channel = fresh("originator")
    own = say(north, channel, "What I saw")
    theirs = say(south, channel, "What I saw too")
    north.aldis("show", channel, theirs, "--wait", "20")
    draft(north, channel, folder / "own", "--only", own)
    code, words = build(north, channel, folder / "own", folder / "own.html")
    tap.ok(code == 1 and "is one-sided," in words and "has not signed it" in words and "aldis release request" in words,
           "a name in a draft is nobody's word")
    north.aldis("release", "request", channel, folder / "own", "--text", "What I saw")
    code, words = build(north, channel, folder / "own", folder / "own.html")
    tap.ok(code == 0 and "is by originator," in words and "no answer of south.example" in words,
           "under the rule originator one releases what is one's own")
    draft(north, channel, folder / "both")
    code, words = build(north, channel, folder / "both", folder / "both.html")
    tap.ok(code == 1 and " is one-sided" in words, "but not what others wrote")
    channel = fresh("confidential")
    say(north, channel, "Between us")
    draft(north, channel, folder / "secret")
    code, words = build(north, channel, folder / "secret", folder / "secret.html")
    tap.ok(code == 1 and "nothing is released" in words, "under the rule confidential nothing is released")
    code, words = build(north, channel, folder / "secret", folder / "secret.html", "--one-sided")
    code, words = verify(north, folder / "secret.html")
    tap.ok(code == 4 and " is one-sided" in words and "rule confidential" in words, "or it says what it is")


def scenario(tap, folder):
    folder = Path(folder)
    north, south, channel = open_pair(tap, folder)
    secret = say(north, channel, "A secret question")
    say(north, channel, HARM)
    south.aldis("show", channel, secret, "--wait", "20")
    answer = say(south, channel, "An answer", "--re", secret)
    north.aldis("show", channel, answer, "--wait", "20")
    drafts(tap, folder, north, channel, secret, answer)
    request = asks(tap, folder, north, south, channel)
    answers(tap, folder, north, south, channel, request)
    is_careful(tap, folder, north, south, channel)
    builds(tap, folder, north, south, channel, request, secret)
    has_a_stranger(tap, folder, north, is_tampered_with(tap, folder, north))
    is_one_sided(tap, folder, north, channel)
    rules(tap, folder, north, south)


if __name__ == "__main__":
    Tap().play(scenario)
