#!/usr/bin/env python3
"""tools/lint/traceability must find each way in which the page can say what is not so, and pass what is."""
import subprocess
import tempfile
import unittest
from pathlib import Path

LINT = Path(__file__).resolve().parents[4] / "tools/lint/traceability"
RULES = ("R2.7", "R2.8", "R5.1", "R5.2", "R5.3", "R5.4", "R5.5", "R5.6")
GOOD = ("*klaar*", "`Desk::act`, `desk::step`", 'unit: "R5.1: it goes"; sim: "R5.1: two parts"')


def page(first):
    rows = [f"| {rule} | {' | '.join(first if rule == 'R2.7' else GOOD)} |" for rule in RULES]
    return "\n".join(["| rule | state | function | test |", "| --- | --- | --- | --- |", *rows, ""])


def run(text):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = {"docs/traceability.md": text,
                 "protocol/desk.h": 'namespace knoop::desk {\nconstexpr auto name = "klaar";\nvoid step(int);\n}\n',
                 "node/desk.h": "class Desk {\n  void act(int);\n};\n",
                 "storage/none.h": "",
                 "tests/unit/desk_test.cpp": 'TEST_CASE("R5.1: it goes well") {}\n',
                 "tests/sim/desk_test.cpp": 'TEST_CASE(\n    "R5.1: two "\n    "parts") {}\n'}
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content, encoding="utf-8")
        done = subprocess.run([LINT, "--root", folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


class Traceability(unittest.TestCase):
    def found(self, row, words):
        status, output = run(page(row))
        self.assertEqual(status, 1, output)
        self.assertIn(words, output)
        self.assertIn("docs/traceability.md:3:", output)

    def test_what_is_there_passes(self):
        status, output = run(page(GOOD))
        self.assertEqual((status, output), (0, "traceability: 0 findings\n"))
        self.assertEqual(run(page(("", "`Desk`", "unit: `desk_test.cpp`")))[0], 0)
        self.assertEqual(run(page(("", "`node/desk.h`, `desk.h`", "unit: `desk_test.cpp`")))[0], 0)

    def test_what_is_not_there_is_found(self):
        self.found(("*bijna klaar*", *GOOD[1:]), "called 'bijna klaar'")
        self.found((GOOD[0], "`Desk::gone`", GOOD[2]), "Desk::gone is declared nowhere")
        self.found((GOOD[0], "`other::step`", GOOD[2]), "other::step is declared nowhere")
        self.found((*GOOD[:2], 'unit: "R5.1: two parts"'), "no unit test begins with")
        self.found((*GOOD[:2], 'unit and sim: "R5.1: it goes"'), "no sim test begins with")
        self.found((*GOOD[:2], "unit: `gone_test.cpp`"), "no test file gone_test.cpp")
        self.found((*GOOD[:2], 'integration: "never said"'), 'no integration test begins with')
        self.found((GOOD[0], "`node/gone.h`", GOOD[2]), "node/gone.h is declared nowhere")
        self.found((GOOD[0], "`knoop-gone`", GOOD[2]), "knoop-gone is declared nowhere")

    def test_a_row_that_proves_nothing_is_found(self):
        self.found(("not yet", "–", "–"), "names no function")
        self.found((*GOOD[:2], "–"), "names no test")
        self.found((*GOOD[:2], '"R5.1: it goes"'), "a unit, sim or integration test")
        self.found((*GOOD[:2], "the same"), "the same as what")

    def test_a_rule_without_a_row_is_found(self):
        status, output = run(page(GOOD).replace("| R2.8 |", "| R9.9 |"))
        self.assertEqual(status, 1, output)
        self.assertIn("R2.8 has no row", output)


if __name__ == "__main__":
    unittest.main()
