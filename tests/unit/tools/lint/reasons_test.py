#!/usr/bin/env python3
"""tools/lint/reasons must find what is planted and pass what is allowed."""
import subprocess
import tempfile
import unittest
from pathlib import Path

REASONS = Path(__file__).resolve().parents[4] / "tools/lint/reasons"


def run(source, table):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("node/http/body.cpp", source), ("console/src/texts/nl/reasons.ts", table)):
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run([REASONS, "--root", folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


class ReasonsFindsWhatItMust(unittest.TestCase):
    def test_a_sentence_with_its_dutch_passes(self):
        source = 'complain(name, "is missing");\ncomplain(name, fmt::format("is longer than {} "\n  "bytes", most));\ncomplain(name, "must be one of " + all);\n'
        table = '  [/^is missing$/, "ontbreekt"],\n  [/^is longer than (\\d+) bytes$/, "is te lang"],\n  [/^must be one of (.+)$/, "moet zijn: $1"],\n'
        status, output = run(source, table)
        self.assertEqual(status, 0, output)
        self.assertIn("3 sentences", output)

    def test_a_sentence_without_dutch_is_found_with_its_line(self):
        status, output = run('\ncomplain("reason", "says nothing");\n', "")
        self.assertEqual(status, 1, output)
        self.assertIn('node/http/body.cpp:2: no Dutch in console/src/texts/nl/reasons.ts for "says nothing"', output)

    def test_a_sentence_that_changed_leaves_its_dutch_behind(self):
        status, output = run('complain(name, "is absent here");\n', '  [/^is missing$/, "ontbreekt"],\n  [/^is absent here$/, "is er niet"],\n')
        self.assertEqual(status, 1, output)
        self.assertIn("console/src/texts/nl/reasons.ts:1: no source gives such a reason", output)

    def test_the_repository_itself_has_many(self):
        done = subprocess.run([REASONS], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertGreater(int(done.stdout.rsplit("reasons: ", 1)[1].split()[0]), 100)


if __name__ == "__main__":
    unittest.main()
