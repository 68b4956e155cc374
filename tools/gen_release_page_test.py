#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What gen_release_page.py takes and refuses; that the policy of the page it makes holds for what is in it. TAP."""
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "tools/gen_release_page.py"
INPUTS = [ROOT / "spec/kinds.json", ROOT / "spec/codebooks/default.json"]
PAGE = ("<!doctype html><meta content=\"style-src '@STYLE_HASH@'; script-src '@SCRIPT_HASH@'\">"
        "<style>@STYLE@</style><script id=data>@DATA@</script><script>@SCRIPT@</script>")


def run(folder, page):
    out = [folder / name for name in ("out.c", "out.head", "out.tail")]
    done = subprocess.run([sys.executable, TOOL, page, *INPUTS, *out], capture_output=True, text=True, check=False)
    return done, out


def small_page(folder, **files):
    for name, text in {"page.html": PAGE, "page.css": "p {}", "page.js": "start();", **files}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def hash_of(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def bytes_of(c, name):
    literal = re.search(rf"{name}_text\[\] =\n(.*?);", c, re.S)[1]
    return bytes(int(digits, 8) for digits in re.findall(r"\\(\d{3})", literal))


def the_page_allows_its_own_script_and_style_alone(folder):
    done, (_, head, tail) = run(folder, ROOT / "src/release/page")
    assert done.returncode == 0, done.stderr
    page = head.read_text(encoding="utf-8") + tail.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    style, = re.findall(r"<style>(.*?)</style>", page, re.S)
    _, script = re.findall(r"<script[^>]*>(.*?)</script>", page, re.S)
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    assert f"style-src '{hash_of(style)}'" in policy and f"script-src '{hash_of(script)}'" in policy
    assert not re.search(r"\s(on\w+|style|src|href)=", page.replace(style, "").replace(script, "")), "no handlers, no links"
    for way in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "new Function", "fetch(", "XMLHttp",
                "localStorage", "sessionStorage", "indexedDB", "document.cookie", "window.open", "location"):
        assert way not in script, way


def the_c_holds_the_same_bytes(folder):
    done, (c, head, tail) = run(folder, small_page(folder))
    assert done.returncode == 0, done.stderr
    text = c.read_text(encoding="utf-8")
    for name, path in (("release_page_head", head), ("release_page_tail", tail)):
        assert bytes_of(text, name) == path.read_bytes() and f"{len(path.read_bytes())}}};" in text
    assert head.read_text().endswith("<script id=data>") and tail.read_text().startswith("</script>")


def scripts_stand_by_name_and_the_page_last(folder):
    done, (_, _, tail) = run(folder, small_page(folder, **{"z.js": "z();", "a.js": "a();"}))
    assert done.returncode == 0, done.stderr
    assert re.search(r"a\(\);z\(\);start\(\);\}\)\(\);", tail.read_text())


def the_catalogue_has_the_languages_of_the_page(folder):
    _, (_, _, tail) = run(folder, small_page(folder))
    kinds, books = (json.loads(re.search(rf"const {name} = (.*);", tail.read_text())[1]) for name in ("KINDS", "BOOKS"))
    incident, = [kind for kind in kinds["kinds"] if kind["name"] == "incident"]
    assert set(incident["label"]) == {"en", "id"} and "help" not in incident and incident["fields"]
    book, = books
    assert book == hashlib.sha256(INPUTS[1].read_bytes()).hexdigest()
    assert all(set(signal) == {"number", "text"} and set(signal["text"]) == {"en", "id"} for signal in books[book]["signals"])


def what_would_break_the_page_is_refused(folder):
    for name, files, why in [("1", {"a.js": "\"</SCRIPT>\""}, "end its own element"), ("2", {"a.js": "// <!--"}, "end its own element"),
                             ("3", {"page.css": "/* </style> */"}, "end its own element"),
                             ("4", {"page.html": PAGE.replace("@STYLE@", "")}, "@STYLE@ once")]:
        (folder / name).mkdir()
        done, out = run(folder / name, small_page(folder / name, **files))
        assert done.returncode == 1 and why in done.stderr, (name, done.stderr)
        assert not out[0].exists()


TESTS = [the_page_allows_its_own_script_and_style_alone, the_c_holds_the_same_bytes, scripts_stand_by_name_and_the_page_last,
         the_catalogue_has_the_languages_of_the_page, what_would_break_the_page_is_refused]

if __name__ == "__main__":
    print(f"1..{len(TESTS)}")
    failed = 0
    for number, test in enumerate(TESTS, 1):
        try:
            with tempfile.TemporaryDirectory() as name:
                test(Path(name))
            print(f"ok {number} - {test.__name__.replace('_', ' ')}")
        except AssertionError as error:
            failed = 1
            print(f"not ok {number} - {test.__name__.replace('_', ' ')}: {error}")
    sys.exit(failed)
