#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a page points to what is not there: a relative link, the heading behind its #,
or a source file that is named between backticks."""

import re
import sys
from pathlib import Path

SKIPPED = re.compile(r"\.git|build(-.*)?|node_modules")
LINK = re.compile(r"\]\(([^)\s]+)\)")
# A file of ours by its ending; files that Aldis makes (desk.conf, card.note) end otherwise, and
# NAME.json stands for many.
NAMED = re.compile(r"`(?:\.\./)*(?!\.|.*\b(?:NAME|AREA)\b)([\w./-]+\.(?:[ch]|py|sh|mjs|tsx?|js|json|md|yaml|map|build))`")
HEADING = re.compile(r"^#+ +(.*)", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def files_below(folder):
    for path in sorted(folder.iterdir()):
        if SKIPPED.fullmatch(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from files_below(path)
        else:
            yield path


def anchor_of(heading):
    """The id that the usual viewers give a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def check_link(page, link):
    """What is wrong with a link, or None."""
    if re.match(r"[a-z]+:", link):
        return None
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return f"{link} is not there"
    if anchor and target.suffix == ".md" and anchor not in map(
            anchor_of, HEADING.findall(FENCED.sub("", target.read_text(encoding="utf-8")))):
        return f"{link}: no such heading"
    return None


def check_tree(root):
    """The faults of all pages below a folder, and how many pages there are."""
    files = list(files_below(root))
    tails = {"/".join(parts[i:]) for path in files
             for parts in [path.relative_to(root).parts] for i in range(len(parts))}
    pages = [path for path in files if path.suffix == ".md"]
    faults = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        said = [check_link(page, link) for link in LINK.findall(FENCED.sub("", text))]
        said += [f"`{name}` is nowhere" for name in NAMED.findall(text) if name not in tails]
        faults += [f"{page.relative_to(root)}: {fault}" for fault in said if fault]
    return faults, len(pages)


def main():
    faults, count = check_tree(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    for fault in faults:
        print(fault)
    if count == 0:
        print("there is no page to look at")
    return 1 if faults or count == 0 else 0


if __name__ == "__main__":
    raise SystemExit(main())
