#!/usr/bin/env python3
"""knoop-verify as a program: exit status, --json, and the named entry; and the format of an exported log, read again
here from docs/spec/audit.md alone with nothing but the standard library.

usage: knoop_verify_test.py PROGRAM
"""
import base64
import hashlib
import json
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
VECTOR = TESTS / "vectors" / "audit-export.jsonl"
SPECIFICATION = TESTS.parent / "docs" / "spec" / "audit.md"
PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else "knoop-verify"

FIELDS = {"index": 1, "time": 2, "event": 3, "outcome": 4, "decision": 5, "basis": 6, "receipt": 7, "peer": 8,
          "reference": 9, "action": 16, "user": 17, "responsible": 18, "role": 19, "client": 20, "object": 21,
          "purpose": 22, "authorisation": 23, "consent-profile": 24, "emergency": 25, "source": 26, "detail": 27}


def sha256(data):
    return hashlib.sha256(data).digest()


def commitment(name, field):
    if "commitment" in field:
        return bytes.fromhex(field["commitment"])
    value = field["value"].encode()
    return sha256(b"knoop/v1/audit-field\0" + struct.pack(">H", FIELDS[name]) + bytes.fromhex(field["salt"])
                  + struct.pack(">I", len(value)) + value)


def leaf(entry):
    data = b"knoop/v1/audit-entry\0"
    for name, number in sorted(FIELDS.items(), key=lambda item: item[1]):
        data += struct.pack(">H", number) + commitment(name, entry["fields"][name])
    return sha256(b"\0" + data)


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + root(leaves[:split]) + root(leaves[split:]))


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


class Format(unittest.TestCase):
    def setUp(self):
        self.lines = [json.loads(line) for line in VECTOR.read_text(encoding="utf-8").splitlines()]

    def test_leaves_and_root_follow_from_the_specification(self):
        entries = self.lines[1:-1]
        for number, entry in enumerate(entries):
            self.assertEqual(entry["index"], number)
            self.assertEqual(set(entry["fields"]), set(FIELDS))
            self.assertEqual(leaf(entry).hex(), entry["leaf"])
        origin, size, head = self.lines[-1]["checkpoint"].splitlines()[:3]
        self.assertEqual(origin, self.lines[0]["origin"])
        self.assertEqual(int(size), len(entries))
        self.assertEqual(base64.b64decode(head), root([leaf(entry) for entry in entries]))

    def test_the_example_of_the_specification_is_the_first_entry(self):
        text = SPECIFICATION.read_text(encoding="utf-8")
        first = self.lines[1]
        for value in (first["fields"]["event"]["salt"], commitment("event", first["fields"]["event"]).hex(),
                      first["leaf"], self.lines[-1]["checkpoint"].splitlines()[2]):
            self.assertIn(value, text)


def climbed(leaf, index, size, path):
    """The root that a proof of inclusion leads to (RFC 9162, 2.1.3.2)."""
    node, last = index, size - 1
    for hash_beside in path:
        if node % 2 == 1 or node == last:
            leaf = sha256(b"\1" + hash_beside + leaf)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            leaf = sha256(b"\1" + leaf + hash_beside)
        node, last = node // 2, last // 2
    return leaf if last == 0 else None


class Proof(unittest.TestCase):
    def test_the_entry_of_a_proof_of_destruction_stands_below_its_head(self):
        text = (SPECIFICATION.parent / "vectors" / "destruction.proof").read_text(encoding="utf-8")
        record, proof = text.split("\n\nc2sp.org/tlog-proof@v1\n")
        entry = next(line.split() for line in record.splitlines() if line.startswith("entry "))
        above, head = proof.split("\n\n", 1)
        lines = above.splitlines()
        leaf_hash = base64.b64decode(lines[0].removeprefix("extra "))
        index = int(lines[1].removeprefix("index "))
        self.assertEqual((str(index), leaf_hash.hex()), (entry[1], entry[2]))
        origin, size, root_hash = head.splitlines()[:3]
        self.assertIn(f"\nlog {origin}\n", record)
        path = [base64.b64decode(line) for line in lines[2:]]
        self.assertEqual(climbed(leaf_hash, index, int(size), path), base64.b64decode(root_hash))


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.lines = VECTOR.read_text(encoding="utf-8").splitlines()

    def write(self, lines):
        path = Path(self.folder.name) / "log.audit.jsonl"
        path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        return path

    def test_accepts(self):
        status, out, _ = run(VECTOR)
        self.assertEqual(status, 0)
        self.assertIn("ACCEPTED", out)
        self.assertIn("compare it with the convenant", out)
        member = json.loads(self.lines[0])["origin"].split("/")[1]
        status, out, _ = run("--json", "--member", member, VECTOR)
        self.assertEqual(status, 0)
        report = json.loads(out)[0]
        self.assertTrue(report["accepted"] and report["memberConfirmed"])
        self.assertEqual(report["entries"], 12)
        self.assertEqual(report["disclosures"], 2)

    def test_rejects_and_names_the_entry(self):
        self.lines[6] = self.lines[6].replace('"value":"success"', '"value":"refused"', 1)
        status, out, _ = run("--json", self.write(self.lines))
        self.assertEqual(status, 1)
        finding = json.loads(out)[0]["findings"][0]
        self.assertEqual((finding["code"], finding["entry"]), ("leaf-differs", 5))
        status, out, _ = run(self.write(self.lines))
        self.assertEqual(status, 1)
        self.assertIn("REJECTED", out)
        self.assertIn("entry 5", out)

    def test_says_when_it_cannot_read(self):
        self.assertEqual(run(self.write(self.lines[:-1]))[0], 2)
        self.assertEqual(run(self.write(["{}"]))[0], 2)
        self.assertEqual(run(Path(self.folder.name) / "absent")[0], 2)
        self.assertEqual(run("--member", "00" * 32, VECTOR)[0], 2)

    def test_says_when_it_is_used_wrongly(self):
        self.assertEqual(run()[0], 3)
        self.assertEqual(run("--no-such-option", VECTOR)[0], 3)
        self.assertEqual(run("--member", "short", VECTOR)[0], 3)
        self.assertEqual(run("--card", Path(self.folder.name) / "absent", VECTOR)[0], 3)
        self.assertEqual(run("--help")[0], 0)

    def test_refuses_what_is_no_proof(self):
        card = Path(self.folder.name) / "own.card"
        card.write_text(json.loads(self.lines[0])["card"], encoding="utf-8")
        bad = Path(self.folder.name) / "bad"
        bad.write_text("no proof\n", encoding="utf-8")
        for command in ("proof", "destruction"):
            self.assertEqual(run(command, bad)[0], 3)   # without a card nothing can be checked
            status, out, _ = run(command, bad, "--card", card)
            self.assertEqual(status, 1)
            self.assertIn("REJECTED", out)
            status, out, _ = run(command, Path(self.folder.name) / "absent", "--card", card, "--json")
            self.assertEqual(status, 2)
            self.assertFalse(json.loads(out)["accepted"])
            self.assertEqual(run(command, "--help")[0], 0)

    def test_writes_valid_json_whatever_the_file_is_called(self):
        path = Path(self.folder.name) / 'a "quoted" name'
        path.write_text("{}\n", encoding="utf-8")
        status, out, _ = run("--json", path)
        self.assertEqual(status, 2)
        self.assertEqual(json.loads(out)[0]["file"], str(path))


if __name__ == "__main__":
    unittest.main()
