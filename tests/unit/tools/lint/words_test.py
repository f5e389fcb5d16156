#!/usr/bin/env python3
"""tools/lint/words must find what is planted and pass what is allowed."""
import subprocess
import tempfile
import unittest
from pathlib import Path

WORDS = Path(__file__).resolve().parents[4] / "tools/lint/words"
CODES = "crypto/base/error_codes.h"


def run(name, text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        done = subprocess.run([WORDS, "--root", folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def number_that_passes(start):
    """The first number from `start` that passes the elfproef: computed here, since none may stand in the repository."""
    for number in range(start, start + 100):
        digits = f"{number:09d}"
        if sum(w * int(d) for w, d in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits)) % 11 == 0:
            return digits
    raise AssertionError("no such number")


class WordsFindsWhatItMust(unittest.TestCase):
    def found(self, name, text, line, words):
        status, output = run(name, text)
        self.assertEqual(status, 1, output)
        self.assertIn(f"{name}:{line}: ", output)
        self.assertIn(words, output)

    def passes(self, name, text):
        status, output = run(name, text)
        self.assertEqual(status, 0, output)

    def test_a_number_that_could_be_a_bsn_r1_3(self):
        for start in (10_000_000, 234_000_000, 999_800_000):
            bsn = number_that_passes(start)
            self.found("a.cpp", f'ok\nf("{bsn}");\n', 2, "BSN")
            self.found("a.csv", f"x;{bsn};y\n", 1, "BSN")

    def test_numbers_of_the_test_range_and_the_printed_examples_pass(self):
        self.passes("a.cpp", f'f("{number_that_passes(999_900_000)}", "111222333", "123456782");\n')

    def test_numbers_that_fail_the_elfproef_or_are_part_of_something_longer_pass(self):
        bsn = number_that_passes(234_000_000)
        self.passes("a.cpp", f"{int(bsn) + 1:09d} 0.{bsn} {bsn}0 a{bsn} {bsn}f\n")

    def test_unfinished_work(self):
        self.found("a.cpp", "int x;\n// TO" + "DO: the rest\n", 2, "finish it")
        self.found("a.md", "FIX" + "ME\n", 1, "finish it")

    def test_error_codes_are_unique_alike_and_sorted(self):
        self.passes(CODES, '  /* one */ \\\n  X(a_b, "a-b") \\\n  X(c, "c")\n  /* two */ \\\n  X(b, "b")\n')
        self.found(CODES, 'X(a, "a")\nX(b, "b")\nX(a, "a")\n', 3, "given away on line 1")
        self.found(CODES, 'X(a_b, "a_b")\n', 1, "not written alike")
        self.found(CODES, 'X(b, "b")\nX(a, "a")\n', 2, "belongs before b")

    def test_lock_files_name_no_address(self):
        self.found("third_party/package-lock.json", '{\n"resolved": "https://example.test/x.tgz"\n}\n', 2, "integrity")

    def test_line_ends(self):
        self.found("a.md", "text", 1, "no end")
        self.found("a.md", "one\r\n", 1, "carriage return")
        self.found("a.md", "one\ntwo \n", 2, "space")
        self.passes("tests/vectors/a.txt", "one \r\ntwo")


if __name__ == "__main__":
    unittest.main()
