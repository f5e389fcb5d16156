#!/usr/bin/env python3
"""What matching finds in synthetic regions of other names, seeds and errors, without nodes (offline_matches).

Beside the least recall and precision: of brothers and sisters every pair that can be found on paper is found. Which those are is
worked out here once more, in other words than the program's: a parent's BSN in both records, or one address and one first letter
of a surname. How many pairs that are is the region's affair: the records decide it, no key can.
"""
import csv
import subprocess
import sys
import tempfile
import unicodedata
import unittest
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = None


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def tussenvoegsels():
    """The list that docs/spec/identifiers.md prints."""
    lines = (ROOT / "docs/spec/identifiers.md").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("> "))
    words = []
    for line in lines[start:]:
        if not line.startswith("> "):
            return set(words)
        words += line[2:].split()
    return set(words)


PREFIXES = tussenvoegsels()


def plain(text):
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(str.maketrans("łıø", "lio")))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def first_letters(row):
    letters = set()
    for half in plain(f"{row['voorvoegsel']} {row['achternaam']}").replace("'", " ").split("-"):
        words = half.split()
        while words and words[0] in PREFIXES:
            del words[0]
        if words:
            letters.add("i" if words[0][0] == "y" else words[0][0])
    return letters


def address(row):
    if not row["postcode"]:
        return None
    return row["postcode"].replace(" ", ""), row["huisnummer"], plain(row["toevoeging"]).replace("-", "").replace(" ", "")


class Made:
    """A region, what was found in it, and what is true."""

    def __init__(self, folder, *options):
        subprocess.run([ROOT / "tools/region", "--out", folder, *map(str, options)], check=True, stdout=subprocess.DEVNULL)
        matches = Path(folder, "matches.csv")
        subprocess.run([PROGRAM, folder, matches], check=True, stderr=subprocess.DEVNULL)
        self.found = {kind: set() for kind in ("certain", "possible", "family")}
        for row in table(matches):
            self.found[row["kind"]].add(frozenset([(row["organisation_a"], row["client_ref_a"]), (row["organisation_b"], row["client_ref_b"])]))
        self.rows = {(o["id"], row["client_ref"]): row for o in table(Path(folder, "organisations.csv")) for row in table(Path(folder, o["id"], "clients.csv"))}
        self.truth = {(row["organisation"], row["client_ref"]): row for row in table(Path(folder, "truth.csv")) if row["active"] == "1"}
        same, family = self.pairs("person_id"), self.pairs("family_id")
        certain = {pair for pair in same if all(self.truth[key]["has_bsn"] == "1" for key in pair)}
        self.true = {"certain": certain, "possible": same - certain, "family": family - same}

    def pairs(self, group):
        members = defaultdict(list)
        for key, row in self.truth.items():
            members[row[group]].append(key)
        return {frozenset(pair) for keys in members.values() for pair in combinations(keys, 2) if pair[0][0] != pair[1][0]}

    def recall(self, kind):
        return len(self.found[kind] & self.true[kind]) / max(1, len(self.true[kind]))

    def precision(self, kind):
        return len(self.found[kind] & self.true[kind]) / max(1, len(self.found[kind]))

    def brothers_and_sisters_on_paper(self):
        lodgers = Counter((organisation, address(row)) for (organisation, _), row in self.rows.items())

        def keys(key):
            row = self.rows[key]
            out = {row["ouder1_bsn"], row["ouder2_bsn"]} - {""}
            if address(row) and lodgers[key[0], address(row)] <= 6:
                out |= {(address(row), letter) for letter in first_letters(row)}
            return out

        return {pair for pair in self.true["family"] if set.intersection(*map(keys, pair))}


class Regions(unittest.TestCase):
    def check(self, *options, least_family=0.0):
        with tempfile.TemporaryDirectory() as folder:
            made = Made(folder, "--scale", 0.6, *options)
        with self.subTest(" ".join(map(str, options))):
            for kind in made.true:
                self.assertGreater(len(made.true[kind]), 100, kind)
            self.assertEqual((made.recall("certain"), made.precision("certain")), (1.0, 1.0))
            self.assertGreaterEqual(made.recall("possible"), 0.95)
            self.assertGreaterEqual(made.precision("possible"), 0.97)
            self.assertGreaterEqual(made.precision("family"), 0.95)
            self.assertGreaterEqual(made.recall("family"), least_family)
            # Twins with names alike may be shown as possible instead.
            self.assertEqual(made.brothers_and_sisters_on_paper() - made.found["family"] - made.found["possible"], set())

    def test_records_kept_as_usual(self):
        for seed in (101, 102, 103):
            self.check("--seed", seed)

    def test_well_kept_records(self):
        for seed in (104, 105):
            self.check("--seed", seed, "--errors", "mild", least_family=0.85)

    def test_invented_names(self):
        for seed in (106, 107, 108):
            self.check("--seed", seed, "--names", "invented")
        self.check("--seed", 109, "--names", "invented", "--errors", "mild", least_family=0.85)

    def test_records_kept_worse_than_anywhere(self):
        self.check("--seed", 110, "--errors", "harsh")
        self.check("--seed", 111, "--errors", "harsh", "--names", "invented")

    def test_twice_the_usual_errors(self):
        self.check("--seed", 112, "--factor", 2)

    def test_without_any_bsn(self):
        with tempfile.TemporaryDirectory() as folder:
            made = Made(folder, "--scale", 0.6, "--seed", 113, "--rate", "no_bsn=1")
        self.assertEqual(made.found["certain"], set())
        self.assertGreaterEqual(made.recall("possible"), 0.95)
        self.assertGreaterEqual(made.precision("possible"), 0.97)  # no number tells twins and namesakes apart

    def test_wrong_use_is_said(self):
        with tempfile.TemporaryDirectory() as folder:
            for words in ([], [folder], [folder, f"{folder}/m.csv"], [folder, f"{folder}/m.csv", "--else"]):
                done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 2)
                self.assertTrue(done.stderr)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} OFFLINE_MATCHES [a test's name]...")
    PROGRAM = Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)
