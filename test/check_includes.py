#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when an #include points up the layers or sideways between siblings.

Folders of src/ point one way. LAYERS is that order, lowest first; folders on one line are
siblings, which do not include each other but for what ALLOWED names. It reads the include
lines only: what the linker could still reach is the business of each folder's meson.build.
"""

import re
import sys
from pathlib import Path

LAYERS = (
    ("base",),
    ("codec",),
    ("crypto",),
    ("tlog",),
    ("record",),
    ("store", "link", "signer", "bundle", "pouch", "formats", "desk", "folder"),
    ("release",),
    ("office", "taxii"),
    ("console",),
    ("daemon", "cli", "libaldis"),
)
# The rules of a desk speak to these three through structs that the desk itself declares.
ALLOWED = {
    "store": {"desk/ports.h"},
    "link": {"desk/ports.h"},
    "signer": {"desk/ports.h"},
}
RANK = {folder: rank for rank, layer in enumerate(LAYERS) for folder in layer}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def includes_of(path):
    """The include lines of a file: line number, name, whether in quotes."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match.group(1) or match.group(2), match.group(1) is not None


def fault_of_include(folder, name):
    """Why a file in this folder must not include this name, or None."""
    target = name.split("/")[0]
    if target == "aldis":
        return None
    if "/" not in name or target not in RANK:
        return f'"{name}": the path of an own header starts at src/'
    if target == folder or name in ALLOWED.get(folder, ()):
        return None
    if RANK[target] > RANK[folder]:
        return f'"{name}": {folder} lies below {target}'
    if RANK[target] == RANK[folder]:
        return f'"{name}": {folder} and {target} are siblings'
    return None


def faults_of_source(source, path):
    """All faults of one file below src/."""
    relative = path.relative_to(source)
    folder = relative.parts[0]
    if folder not in RANK:
        return [f"{path}: the folder has no layer; add it to LAYERS"]
    found = list(includes_of(path))
    faults = []
    for number, name, is_quoted in found:
        if is_quoted and (fault := fault_of_include(folder, name)):
            faults.append(f"{path}:{number}: {fault}")
    own = relative.with_suffix(".h").as_posix()
    if path.suffix == ".c" and path.with_suffix(".h").exists() and found and found[0][1] != own:
        faults.append(f'{path}:{found[0][0]}: "{own}", its own header, comes first')
    return faults


def faults_of_public(path):
    """A public header stands alone: system headers and its own kind."""
    return [f'{path}:{number}: "{name}": a public header includes nothing of src/'
            for number, name, is_quoted in includes_of(path)
            if is_quoted and not name.startswith("aldis/")]


def check_tree(root):
    """All faults of a source tree, as printable lines, and the number of files read."""
    source, public = root / "src", root / "include"
    files = sorted(p for p in source.rglob("*") if p.suffix in (".c", ".h"))
    headers = sorted(public.rglob("*.h"))
    faults = [f for path in files for f in faults_of_source(source, path)]
    faults += [f for path in headers for f in faults_of_public(path)]
    return faults, len(files) + len(headers)


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    faults, count = check_tree(root)
    for fault in faults:
        print(fault)
    print(f"{count} files, {len(faults)} faults")
    return 1 if faults or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
