# SPDX-License-Identifier: Apache-2.0
"""The runner must never make a run look better than it was: each way to fail is counted."""

import unittest

from run_tests import Tally, count_test


def tally_of(stdout, result="OK", stderr="", returncode=0):
    tally = Tally()
    count_test({"name": "t", "result": result, "stdout": stdout, "stderr": stderr,
                "returncode": returncode}, tally)
    return tally


class CountTest(unittest.TestCase):
    def test_counts_single_cases_of_several_groups(self):
        tally = tally_of("1..2\nok 1 - a\nnoise\nok 2 - b\n# ok - g\n1..1\nok 1 - c\n# ok - h\n")
        self.assertEqual(tally.line(), "3 passed, 0 failed")

    def test_counts_a_program_without_cases_as_one(self):
        self.assertEqual(tally_of("all fine\n").line(), "1 passed, 0 failed")

    def test_counts_each_failed_case_and_shows_the_output_once(self):
        tally = tally_of("1..3\nnot ok 1 - a\n# 1 != 2\nok 2 - b\nnot ok 3 - c\n", "FAIL", "why", 2)
        self.assertEqual(tally.line(), "1 passed, 2 failed")
        self.assertEqual([bool(output) for _, output in tally.failures], [True, False])
        self.assertIn("why", tally.failures[0][1])

    def test_counts_a_failed_case_whatever_the_exit_status_says(self):
        # 256 failures wrap to status 0 and 77 mean 'skipped' to meson.
        for result in ("OK", "SKIP"):
            self.assertFalse(tally_of("1..1\nnot ok 1 - a\n", result).is_good())

    def test_counts_skips_of_cmocka_and_of_scenarios(self):
        tally = tally_of("1..3\nok 1 - a\nnot ok 2 # SKIP b\nok 3 - c # skip no such vectors\n")
        self.assertEqual(tally.line(), "1 passed, 0 failed, 2 skipped")

    def test_counts_a_skipped_program(self):
        self.assertEqual(tally_of("", "SKIP", returncode=77).line(), "0 passed, 0 failed, 1 skipped")

    def test_counts_a_crash_a_timeout_and_a_leak_after_good_cases(self):
        for result in ("FAIL", "TIMEOUT", "ERROR", "INTERRUPT"):
            tally = tally_of("1..1\nok 1 - a\n", result, "LeakSanitizer", 1)
            self.assertEqual(tally.line(), "1 passed, 1 failed")

    def test_counts_a_plan_that_was_not_finished(self):
        self.assertEqual(tally_of("1..2\nok 1 - a\n").line(), "1 passed, 1 failed")

    def test_nothing_run_is_not_good(self):
        self.assertFalse(Tally().is_good())
        self.assertFalse(tally_of("", "SKIP").is_good())


if __name__ == "__main__":
    unittest.main()
