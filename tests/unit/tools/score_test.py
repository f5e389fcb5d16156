#!/usr/bin/env python3
"""tools/score counts each pair once, knows the three kinds, and refuses what cannot be a match."""
import subprocess
import tempfile
import unittest
from pathlib import Path

SCORE = Path(__file__).resolve().parents[3] / "tools/score"
TRUTH = """person_id;family_id;organisation;client_ref;active;has_bsn
P1;G1;a;1;1;1
P1;G1;b;1;1;1
P1;G1;c;1;1;0
P2;G1;b;2;1;1
P3;G2;a;3;1;0
P3;G2;b;3;0;1
P4;G3;a;4;1;1
"""
# certain: a1-b1. possible: a1-c1, b1-c1. family: a1-b2, c1-b2 (b1-b2 is within one organisation, P3 is active at one only).
HEADER = "organisation_a;client_ref_a;organisation_b;client_ref_b;kind\n"
ALL = "a;1;b;1;certain\na;1;c;1;possible\nb;1;c;1;possible\na;1;b;2;family\nc;1;b;2;family\n"


def score(matches, *options, truth=TRUTH):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "truth.csv").write_text(truth, encoding="utf-8")
        Path(folder, "matches.csv").write_text(matches, encoding="utf-8")
        done = subprocess.run([SCORE, folder, Path(folder, "matches.csv"), *options], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


class Score(unittest.TestCase):
    def test_everything_found(self):
        status, output = score(HEADER + ALL)
        self.assertEqual(status, 0, output)
        self.assertEqual(output.count("recall 1.000  precision 1.000"), 3)

    def test_a_pair_listed_from_both_sides_counts_once(self):
        status, output = score(HEADER + ALL + "b;1;a;1;certain\n")
        self.assertEqual(status, 0, output)
        self.assertIn("found     1", output)

    def test_what_is_missed_lowers_recall(self):
        status, output = score(HEADER + ALL.replace("a;1;c;1;possible\n", ""), "--show", "5")
        self.assertEqual(status, 1, output)
        self.assertIn("recall 0.500  precision 1.000", output)
        self.assertIn("missed: a 1 = c 1", output)

    def test_what_is_wrong_lowers_precision(self):
        status, output = score(HEADER + ALL + "a;4;b;1;certain\n", "--show", "5")
        self.assertEqual(status, 1, output)
        self.assertIn("recall 1.000  precision 0.500", output)
        self.assertIn("wrong: a 4 = b 1", output)

    def test_the_wrong_kind_is_a_miss_and_a_mistake(self):
        _, output = score(HEADER + ALL.replace("b;1;certain", "b;1;possible"))
        self.assertIn("certain   to find     1  found     0  right     0  recall 0.000  precision 1.000", output)
        self.assertIn("possible  to find     2  found     3  right     2  recall 1.000  precision 0.667", output)

    def test_the_least_can_be_chosen(self):
        self.assertEqual(score(HEADER + ALL.replace("a;1;c;1;possible\n", ""), "--possible", "0.5,1")[0], 0)

    def test_nothing_to_find_is_no_failure(self):
        self.assertEqual(score(HEADER, truth=TRUTH.splitlines()[0] + "\n")[0], 0)

    def test_what_cannot_be_a_match_is_refused(self):
        for line, words in (("a;9;b;1;certain", "no active involvement"), ("a;1;b;3;certain", "no active involvement"),
                            ("b;1;b;2;family", "between two organisations"), ("a;1;b;1;sure", "no such kind")):
            status, output = score(HEADER + line + "\n")
            self.assertEqual(status, 2, output)
            self.assertIn(words, output)
        self.assertEqual(score("a;b\n1;2\n")[0], 2)


if __name__ == "__main__":
    unittest.main()
