# SPDX-License-Identifier: Apache-2.0
"""The include check must go red for each fault it is there for."""

import tempfile
import unittest
from pathlib import Path

from check_includes import check_tree


def faults(files):
    """Faults of a tree made of {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return check_tree(root)[0]


class CheckIncludesTest(unittest.TestCase):
    def test_accepts_arrows_that_point_down(self):
        self.assertEqual([], faults({
            "src/desk/turn.h": "",
            "src/desk/turn.c": '#include "desk/turn.h"\n#include "record/card.h"\n#include <event.h>\n',
            "src/daemon/main.c": '#include "console/api.h"\n#include "store/store.h"\n',
        }))

    def test_finds_an_arrow_that_points_up(self):
        self.assertIn("tlog lies below record",
                      faults({"src/tlog/note.c": '#include "record/card.h"\n'})[0])

    def test_finds_an_arrow_between_siblings(self):
        for folder, name in (("store", "link/client.h"), ("desk", "store/store.h"),
                             ("bundle", "desk/ports.h"), ("cli", "daemon/config.h")):
            self.assertIn("are siblings",
                          faults({f"src/{folder}/x.c": f'#include "{name}"\n'})[0])

    def test_lets_only_three_siblings_see_the_ports_of_the_desk(self):
        for folder in ("store", "link", "signer"):
            self.assertEqual([], faults({f"src/{folder}/x.c": '#include "desk/ports.h"\n'}))
            self.assertEqual(1, len(faults({f"src/{folder}/x.c": '#include "desk/turn.h"\n'})))

    def test_finds_a_path_that_does_not_start_at_src(self):
        for name in ("note.h", "../codec/json.h", "event2/event.h"):
            self.assertEqual(1, len(faults({"src/tlog/x.c": f'#include "{name}"\n'})))

    def test_finds_a_header_of_its_own_that_does_not_come_first(self):
        self.assertEqual(1, len(faults({
            "src/tlog/note.h": "",
            "src/tlog/note.c": '#include <stdio.h>\n#include "tlog/note.h"\n',
        })))

    def test_finds_an_unknown_folder_and_a_public_header_that_leans_on_src(self):
        self.assertEqual(1, len(faults({"src/misc/x.c": ""})))
        self.assertEqual(1, len(faults({"include/aldis/verify.h": '#include "base/view.h"\n'})))


if __name__ == "__main__":
    unittest.main()
