#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles the console's files into C: gen_assets.py FOLDER OUT.c, or gen_assets.py --none OUT.c.

FOLDER is what Vite made: index.html, and under assets/ files whose names carry a hash of their
content. Each is packed by gzip and gets an ETag; src/daemon/assets.h is the table's form. Without
a folder there is one page, which says that this aldisd was built without its console.
"""
import gzip
import hashlib
import re
import sys
from pathlib import Path

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".txt": "text/plain; charset=utf-8",
}
FILE_MAX = 4 << 20
TOTAL_MAX = 16 << 20
# As Vite writes them: eight characters of base64url behind a dash.
HASHED = re.compile(r"^/assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$")

NONE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Aldis: no console in this build</title></head>
<body>
<h1>This aldisd was built without its console</h1>
<p>The desk is complete: the command line <code>aldis</code> does all that the console does, and the
API under <code>/api</code> answers here. For the pages, build with Node.js:
<code>meson configure build -Dconsole=enabled &amp;&amp; ninja -C build</code>.</p>
</body>
</html>
"""


class Fault(Exception):
    """What is wrong with the folder."""


def read_folder(folder):
    """{"/index.html": bytes, …}, all of it."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = "/" + path.relative_to(folder).as_posix()
        if not re.fullmatch(r"/[A-Za-z0-9_./-]+", name):
            raise Fault(f"{name}: a name of other characters than letters, digits, _ - . and /")
        if path.suffix not in TYPES:
            raise Fault(f"{name}: no Content-Type is known for {path.suffix}")
        files[name] = path.read_bytes()
        if len(files[name]) > FILE_MAX:
            raise Fault(f"{name} is larger than {FILE_MAX} bytes")
    if "/index.html" not in files:
        raise Fault(f"{folder} has no index.html")
    if sum(map(len, files.values())) > TOTAL_MAX:
        raise Fault(f"all files together are larger than {TOTAL_MAX} bytes")
    return files


def array_of(name, data):
    """Bytes as a C array, sixteen a line."""
    rows = [", ".join(str(byte) for byte in data[at:at + 16]) for at in range(0, len(data), 16)]
    return f"static const unsigned char {name}[] = {{\n\t" + ",\n\t".join(rows) + "\n};\n"


def c_of(files):
    """The whole file."""
    parts = ["/* Made by tools/gen_assets.py. */\n#include \"daemon/assets.h\"\n"]
    rows = []
    # By bytes, as assets_find compares them.
    for at, (name, data) in enumerate(sorted(files.items(), key=lambda item: item[0].encode())):
        packed = gzip.compress(data, compresslevel=9, mtime=0)
        tag = hashlib.sha256(data).hexdigest()[:32]
        immutable = "true" if HASHED.match(name) else "false"
        parts.append(array_of(f"packed_{at}", packed))
        rows.append(f"\t{{\"{name}\", \"{TYPES[Path(name).suffix]}\", \"\\\"{tag}\\\"\", {immutable}, "
                    f"{len(data)}, {{packed_{at}, sizeof packed_{at}}}}},\n")
    parts.append("const struct asset assets_built[] = {\n" + "".join(rows) + "};\n"
                 f"const size_t assets_built_count = {len(rows)};\n")
    return "\n".join(parts)


def main(argv):
    if len(argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        files = {"/index.html": NONE.encode()} if argv[1] == "--none" else read_folder(Path(argv[1]))
    except Fault as fault:
        print(f"gen_assets: {fault}", file=sys.stderr)
        return 1
    Path(argv[2]).write_text(c_of(files), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
