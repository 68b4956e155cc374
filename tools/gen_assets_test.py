#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What gen_assets.py takes and refuses, and that its C holds the same bytes. TAP."""
import gzip
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import gen_assets  # noqa: E402

TOOL = Path(__file__).parent / "gen_assets.py"


def files_of(text):
    """{path: (type, immutable, unpacked bytes)} read back out of the C."""
    arrays = {name: bytes(int(n) for n in re.findall(r"\d+", body))
              for name, body in re.findall(r"char (packed_\d+)\[\] = \{(.*?)\};", text, re.S)}
    rows = re.findall(r'\{"([^"]+)", "([^"]+)", "\\"[0-9a-f]{32}\\"", (true|false), (\d+), \{(packed_\d+),', text)
    found = {}
    for path, kind, immutable, length, array in rows:
        data = gzip.decompress(arrays[array])
        assert len(data) == int(length)
        found[path] = (kind, immutable == "true", data)
    return found


def run(folder, files):
    for name, data in files.items():
        path = folder / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    out = folder / "out.c"
    done = subprocess.run([sys.executable, TOOL, folder / "dist", out], capture_output=True, text=True, check=False)
    return done, out


def a_folder_comes_back_whole(folder):
    files = {"index.html": b"<p>", "assets/main-Ab3_-9xZ.js": bytes(range(256)) * 40, "assets/plain.svg": b"",
             "B.txt": b"b", "a.txt": b"a"}
    done, out = run(folder, files)
    assert done.returncode == 0, done.stderr
    found = files_of(out.read_text())
    assert {name.lstrip("/"): row[2] for name, row in found.items()} == files
    assert list(found) == sorted(found), "bsearch needs them in order"
    assert found["/assets/main-Ab3_-9xZ.js"][:2] == ("text/javascript; charset=utf-8", True)
    assert not found["/index.html"][1] and not found["/assets/plain.svg"][1]


def what_can_not_be_served_is_refused(folder):
    for name, files, why in [("1", {"assets/a.js": b""}, "no index.html"),
                             ("2", {"index.html": b"", "a.exe": b""}, "no Content-Type"),
                             ("3", {"index.html": b"", 'a".js': b""}, "other characters"),
                             ("4", {"index.html": b"x" * (gen_assets.FILE_MAX + 1)}, "larger")]:
        (folder / name).mkdir()
        done, out = run(folder / name, files)
        assert done.returncode == 1 and why in done.stderr, (name, done.stderr)
        assert not out.exists()


def without_a_console_one_page_says_so(folder):
    out = folder / "out.c"
    subprocess.run([sys.executable, TOOL, "--none", out], check=True)
    found = files_of(out.read_text())
    assert list(found) == ["/index.html"]
    assert b"without its console" in found["/index.html"][2]
    assert b"<script" not in found["/index.html"][2] and b"style" not in found["/index.html"][2]


def main():
    tests = [a_folder_comes_back_whole, what_can_not_be_served_is_refused, without_a_console_one_page_says_so]
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(Path(folder))
                verdict = "ok"
            except AssertionError as fault:
                print(f"# {fault}")
                verdict, failed = "not ok", 1
        print(f"{verdict} {number} - {test.__name__}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
