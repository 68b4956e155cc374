#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the console: build_web.py SOURCE OUT STAMP DEPFILE; or build_web.py --modules SOURCE.

SOURCE is web/, OUT the folder that Vite fills, STAMP a file written when that went well, DEPFILE
tells ninja what it was made of. The packages of package-lock.json are fetched by `npm ci` into
SOURCE/node_modules only when that file, or Node, is another than before: so a second build needs
no network. Several builds may share one SOURCE: a lock keeps npm alone in there.
"""
import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

MARK = ".aldis-modules"


class Fault(Exception):
    """What a person must do something about."""


@contextlib.contextmanager
def locked(source, how):
    """Holds the lock beside node_modules; how: fcntl.LOCK_EX or LOCK_SH."""
    with open(source / ".node_modules.lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, how)
        yield


def digest_of(source):
    """What node_modules must have been made of to be of use."""
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    text = (source / "package-lock.json").read_bytes() + (source / "package.json").read_bytes()
    return hashlib.sha256(text + node.split(".")[0].encode()).hexdigest()


def is_current(source, digest):
    mark = source / "node_modules" / MARK
    return mark.is_file() and mark.read_text(encoding="ascii") == digest


def run(command, source, why):
    """Quiet when all is well; else everything it said, and why."""
    env = os.environ | {"CI": "1", "npm_config_update_notifier": "false", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=source, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stdout)
        raise Fault(why)


def fetch_modules(source):
    """node_modules as package-lock.json says, scripts of packages never run."""
    digest = digest_of(source)
    with locked(source, fcntl.LOCK_SH):
        if is_current(source, digest):
            return
    with locked(source, fcntl.LOCK_EX):
        if is_current(source, digest):
            return
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], source,
            f"npm could not fetch what {source / 'package-lock.json'} names; it needs the network once.\n"
            "A desk without its console needs no Node: meson configure BUILD -Dconsole=disabled")
        (source / "node_modules" / MARK).write_text(digest, encoding="ascii")


def parts_of(source):
    """Every file and folder that the result depends on: a new file changes its folder."""
    yield Path(__file__).resolve()
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(f for f in folders if f not in ("node_modules", "dist") and not f.startswith("."))
        # Vite leaves and removes files beside its configuration: that folder's time says nothing.
        if Path(folder) != source:
            yield Path(folder)
        yield from (Path(folder) / name for name in sorted(files)
                    if not name.startswith(".") and ".timestamp-" not in name)


def build(source, out, stamp, depfile):
    fetch_modules(source)
    parts = [str(part).replace(" ", "\\ ") for part in parts_of(source)]
    with locked(source, fcntl.LOCK_SH):
        run(["node", "node_modules/vite/bin/vite.js", "build", "--outDir", str(out), "--emptyOutDir",
             "--logLevel", "warn"], source, "the console could not be built; the lines above say why")
    depfile.write_text(f"{stamp}: {' '.join(parts)}\n", encoding="utf-8")
    stamp.write_text("", encoding="ascii")


def main(argv):
    try:
        if len(argv) == 3 and argv[1] == "--modules":
            fetch_modules(Path(argv[2]).resolve())
        elif len(argv) == 5:
            source, out = Path(argv[1]).resolve(), Path(argv[2]).resolve()
            build(source, out, Path(argv[3]), Path(argv[4]))
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except (Fault, OSError, subprocess.CalledProcessError) as fault:
        print(f"build_web: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
