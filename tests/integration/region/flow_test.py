#!/usr/bin/env python3
"""tools/demo --check on a small region of three organisations: the whole job, from empty folders to verified logs."""
import csv
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import support  # noqa: E402


def demo(*words):
    return subprocess.run([sys.executable, support.ROOT / "tools/demo_lib", "--program", support.PROGRAM, "--verifier", support.VERIFIER,
                           *map(str, words)], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


def matches_in(path):
    with open(path, encoding="utf-8", newline="") as file:
        return {(frozenset([(row["organisation_a"], row["client_ref_a"]), (row["organisation_b"], row["client_ref_b"])]), row["kind"])
                for row in csv.DictReader(file, delimiter=";")}


class Flow(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def test_the_whole_job_is_done_and_can_be_verified_by_others(self):
        region = support.make_region(self.folder / "region")
        out = self.folder / "out"
        done = demo("--check", "--region", region.folder, "--out", out)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

        found = matches_in(out / "matches.csv")
        self.assertLessEqual({"certain", "possible"}, {kind for _, kind in found})
        subprocess.run([support.OFFLINE_MATCHES, region.folder, self.folder / "offline.csv"], check=True, stderr=subprocess.DEVNULL)
        self.assertEqual(found, matches_in(self.folder / "offline.csv"))  # the protocol adds nothing and loses nothing

        logs = sorted(out.glob("*.audit.jsonl"))
        self.assertEqual([log.name for log in logs], sorted(f"{organisation.id}.audit.jsonl" for organisation in region.organisations))
        changed = self.folder / "changed.jsonl"
        text = logs[0].read_text(encoding="utf-8").splitlines()
        del text[len(text) // 2]
        changed.write_text("\n".join(text) + "\n", encoding="utf-8")
        verified = subprocess.run([support.VERIFIER, "--json", *logs, changed], capture_output=True, text=True, check=False)
        self.assertNotEqual(verified.returncode, 0)
        self.assertEqual([report["accepted"] for report in json.loads(verified.stdout)], [True] * len(logs) + [False])

    def test_what_is_no_region_is_said(self):
        done = demo("--check", "--region", self.folder, "--out", self.folder / "out")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is no region", done.stderr)

    def test_what_no_demo_wrote_is_never_replaced(self):
        precious = self.folder / "precious"
        precious.write_text("mine", encoding="utf-8")
        done = demo("--check", "--out", self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(precious.read_text(encoding="utf-8"), "mine")


if __name__ == "__main__":
    support.main()
