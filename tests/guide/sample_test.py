#!/usr/bin/env python3
"""examples/dossier-client against two real nodes: registers an involvement, hears of the match, asks for fragments and fetches them.

usage: sample_test.py KNOOP
"""
import json
import os
import select
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from region import CLIENTS, ROOT, Pair  # noqa: E402

SAMPLE = ROOT / "examples/dossier-client/dossier_client.py"
PATIENCE = 60
PROGRAM = None
SCOPES = ("clients:read", "involvements:write", "matches:read", "events:read", "fragment-requests:write", "received-fragments:read")


class Sample(unittest.TestCase):
    def run_sample(self, *words, fails=False):
        done = subprocess.run([sys.executable, SAMPLE, *words], capture_output=True, text=True, env=self.environment, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode != 0, fails, done.stderr)
        return done.stderr if fails else [json.loads(line) for line in done.stdout.splitlines()]

    def first_line(self, process):
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
        self.assertTrue(ready, "the client heard of no match")
        return json.loads(process.stdout.readline())

    def test_from_an_involvement_to_the_fragments_of_another_organisation(self):
        with Pair(PROGRAM) as pair:
            pair.import_into(pair.ours, "C-1", {"client": CLIENTS})
            key = pair.folder / "key"
            key.write_text(pair.key("ecd", "--role", "professional", *(word for scope in SCOPES for word in ("--scope", scope))), encoding="ascii")
            self.environment = {**os.environ, "KNOOP_NODE": pair.ours.web, "KNOOP_KEY_FILE": str(key), "PYTHONUNBUFFERED": "1"}

            listening = subprocess.Popen([sys.executable, SAMPLE, "listen"], stdout=subprocess.PIPE, text=True, env=self.environment)
            self.addCleanup(listening.stdout.close)
            self.addCleanup(listening.wait)
            self.addCleanup(listening.kill)
            register = ("register", "--client", "C-1", "--until", pair.day(300), "--name", "A. Voorbeeld", "--function", "werker",
                        "--phone", "099-5550100", "--email", "a@smw.example")
            registered = self.run_sample(*register)
            self.assertEqual(registered[0]["until"], pair.day(300))
            self.assertEqual(self.run_sample(*register)[0]["id"], registered[0]["id"])   # again: the same one, not another
            match = self.first_line(listening)
            self.assertEqual((match["clientRef"], match["peer"]), ("C-1", pair.other.id))

            self.run_sample("ask", match["id"], "--goal", "samen verder", "--occasion", "aanmelding", "--category", "F05")
            deadline = time.monotonic() + PATIENCE
            fragments = []
            while not fragments and time.monotonic() < deadline:
                pair.answer_requests()
                fragments = self.run_sample("fetch", "--client", "C-1")
            self.assertEqual([(one["category"], one["text"]) for one in fragments], [("F05", "Slaapt slecht.")])

            self.assertIn("not-found", self.run_sample("ask", "0" * 32, "--goal", "x", "--occasion", "x", "--category", "F05", fails=True))
            key.write_text("knoop_" + "0" * 64, encoding="ascii")
            self.assertIn("not-signed-in", self.run_sample("fetch", "--client", "C-1", fails=True))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = Path(sys.argv.pop(1))
    unittest.main(verbosity=2)
