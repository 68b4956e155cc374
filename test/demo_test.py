#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration, and an export of it with a thousand single bytes flipped, one at a time.

SEED=n repeats a run's choices.
"""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from desks import ALDIS, Tap, run

FLIPS = int(os.environ.get("FLIPS", "1000"))
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))


def flip(export, choice, cards):
    """Flips one bit of one byte of one file; says what was wrong, or nothing."""
    files = sorted(p for p in export.rglob("*") if p.is_file())
    sizes = [p.stat().st_size for p in files]
    at = choice.randrange(sum(sizes))
    for path, size in zip(files, sizes):
        if at < size:
            break
        at -= size
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << choice.randrange(8)
    kept = path.read_bytes()
    path.write_bytes(content)
    done = run("verify", str(export), *cards, check=False)
    path.write_bytes(kept)
    name = str(path.relative_to(export))
    if done.returncode != 1:
        return f"byte {at} of {name}: exit {done.returncode}"
    if name not in done.stdout + done.stderr:
        return f"byte {at} of {name} is not named: {done.stdout.strip()[:200]}"
    return None


def scenario(tap, folder):
    print(f"# seed {SEED}", flush=True)
    demo = Path(folder) / "demo"
    done = subprocess.run([ALDIS, "demo", "--once", "--dir", str(demo)], capture_output=True,
                          text=True, timeout=180, stdin=subprocess.DEVNULL)
    tap.ok(done.returncode == 0, "aldis demo --once ends well")
    tap.ok(done.stdout.count("VERIFIED  export") == 2 and "NOT VERIFIED" not in done.stdout,
           "both exports verify")
    tap.ok("VERIFIED  receipt" in done.stdout, "the receipt verifies")
    exports = sorted(p.parent for p in demo.rglob("manifest"))
    cards = [a for d in ("north", "south") for a in ("--trust", str(demo / d / "card.note"))]
    for export in exports:
        anonymous = run("verify", str(export), check=False)
        tap.ok(anonymous.returncode == 4 and "Compare" in anonymous.stdout,
               f"{export.name} without cards: consistent, keys not compared")
    copy = Path(folder) / "copy"
    shutil.copytree(exports[0], copy)
    choice, wrong = random.Random(SEED), []
    for _ in range(FLIPS):
        found = flip(copy, choice, cards)
        if found:
            wrong.append(found)
    for line in wrong[:10]:
        print(f"# {line}")
    tap.ok(not wrong, f"{FLIPS} flipped bytes are each found and their file named")
    victim = next(p for p in copy.rglob("*") if p.is_file() and "blobs" in str(p))
    victim.unlink()
    tap.ok(run("verify", str(copy), *cards, check=False).returncode == 1, "a missing file is found")
    shutil.rmtree(copy)
    shutil.copytree(exports[0], copy)
    (copy / "more").write_text("more")
    tap.ok(run("verify", str(copy), *cards, check=False).returncode == 1, "a file too many is found")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    Tap().play(scenario)
