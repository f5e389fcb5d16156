#!/usr/bin/env python3
"""The opening audit with real processes: an epoch ends, the nodes open what is drawn, and the auditor checks it off line."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import support  # noqa: E402
from demo_lib.logs import PRIVACY_OFFICER  # noqa: E402
from demo_lib.network import PASSPHRASE  # noqa: E402
from demo_lib.node import wait_until  # noqa: E402


class Openings(unittest.TestCase):
    def verify(self, file, *words):
        """knoop-verify openings as the auditor runs it, the passphrase through a pipe."""
        reader, writer = os.pipe()
        os.write(writer, f"{PASSPHRASE}\n".encode())
        os.close(writer)
        try:
            return subprocess.run([support.VERIFIER, "openings", file, "--convenant", self.region.network.convenant, "--key",
                                   self.auditor / "auditor.key", "--passphrase-fd", str(reader), "--json", *map(str, words)],
                                  capture_output=True, text=True, stdin=subprocess.DEVNULL, pass_fds=(reader,), check=False)
        finally:
            os.close(reader)

    def test_an_epoch_is_audited(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        folder = Path(scratch.name)
        self.auditor = folder / "auditor"
        made = support.make_region(folder / "region", organisations=2)
        with support.RunningRegion(made, folder / "running", auditor=self.auditor) as self.region:
            here, there = self.region.nodes
            self.region.import_all()
            self.region.connect()
            before = self.region.matched()
            self.assertGreater(len(before), 5)
            here.run("match", "epoch", "open", there.id)

            def audited(node):
                return [each for each in node.ask("match", "openings", account=PRIVACY_OFFICER) if each["done"]]

            for node in (here, there):
                audits = wait_until(lambda node=node: audited(node), 60, "the opening audit", node)
                self.assertEqual([(each["epoch"], each["trouble"]) for each in audits], [(1, None)])
            self.assertEqual(self.region.matched(), before, "the matches outlive the epoch")

            file, listed, result = folder / "openings.jsonl", folder / "list.csv", folder / "result.note"
            here.run("match", "openings", "--peer", there.id, "--epoch", 1, "--out", file, account=PRIVACY_OFFICER)
            done = self.verify(file, "--list", listed, "--result", result)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("drawn: 40\nopened: 40\n", json.loads(done.stdout)["result"])
            rows = listed.read_text(encoding="utf-8").splitlines()[1:]
            clients = here.organisation.client_rows
            self.assertTrue(rows)
            for row in rows:
                self.assertIn(row.split(";")[2].strip('"'), clients)
            note = result.read_text(encoding="utf-8")
            self.assertIn("not in the register: 0\n", note)
            self.assertIn("\u2014 ", note)  # signed
            self.assertNotIn("99999", note.split("\u2014")[0].replace("network", ""))
            self.assertEqual(listed.stat().st_mode & 0o077, 0)

            # One handle less: found, and it has a name.
            lines = file.read_text(encoding="utf-8").splitlines()
            file.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
            done = self.verify(file)
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertEqual([finding["handle"] for finding in json.loads(done.stdout)["findings"]], [json.loads(lines[-1])["handle"]])


if __name__ == "__main__":
    support.main()
