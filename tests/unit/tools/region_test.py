#!/usr/bin/env python3
"""tools/region: the same seed gives the same region, of the form that an import reads, and nothing of it is real."""
import csv
import filecmp
import json
import os
import subprocess
import sys
import tempfile
import unittest
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TODAY = date(2026, 11, 1)
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))
from synthetic.errors import RATES, stripped, typo  # noqa: E402
from synthetic.chance import Chance  # noqa: E402
from synthetic.names import CULTURES, FIRST_NAMES, SURNAMES, of, split_prefix  # noqa: E402
from synthetic.population import Population, never_issued_bsns, passes_elfproef  # noqa: E402


def make(out, *options, expect=0, hash_seed="0"):
    done = subprocess.run([ROOT / "tools/region", "--out", out, *map(str, options)], capture_output=True, text=True, check=False,
                          env=os.environ | {"PYTHONHASHSEED": hash_seed})
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def all_files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())


class Region(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.dir = Path(cls.temporary.name, "region")
        make(cls.dir, "--seed", 7, "--scale", 0.3)
        cls.organisations = table(cls.dir / "organisations.csv")
        cls.truth = table(cls.dir / "truth.csv")
        cls.clients = {o["id"]: table(cls.dir / o["id"] / "clients.csv") for o in cls.organisations}
        cls.involvements = {o["id"]: table(cls.dir / o["id"] / "involvements.csv") for o in cls.organisations}
        cls.record = {(o, row["client_ref"]): row for o, listed in cls.clients.items() for row in listed}

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_one_seed_gives_the_same_bytes_and_another_seed_others(self):
        with tempfile.TemporaryDirectory() as again:
            make(again, "--seed", 7, "--scale", 0.3, hash_seed="12345")
            self.assertEqual(all_files(again), all_files(self.dir))
            _, differ, odd = filecmp.cmpfiles(self.dir, again, all_files(again), shallow=False)
            self.assertEqual((differ, odd), ([], []))
        with tempfile.TemporaryDirectory() as other:
            make(other, "--seed", 8, "--scale", 0.3)
            self.assertFalse(filecmp.cmp(Path(other, "truth.csv"), self.dir / "truth.csv", shallow=False))

    def test_eight_organisations_of_the_kinds_that_a_hand_over_needs(self):
        self.assertEqual(len(self.organisations), 8)
        kinds = Counter(o["soort"] for o in self.organisations)
        self.assertGreaterEqual(kinds["smw"], 1)
        self.assertGreaterEqual(kinds["bjz"], 1)
        for organisation in self.organisations:
            self.assertEqual(int(organisation["clients"]), len(self.clients[organisation["id"]]))
            self.assertEqual(int(organisation["involvements"]), len(self.involvements[organisation["id"]]))

    def test_every_bsn_is_valid_and_of_the_range_that_is_never_issued_r1_3(self):
        seen = 0
        for row in self.record.values():
            for field in ("bsn", "ouder1_bsn", "ouder2_bsn"):
                if row[field]:
                    seen += 1
                    self.assertRegex(row[field], r"^9999\d{5}$")
                    self.assertTrue(passes_elfproef(row[field]), row[field])
        self.assertGreater(seen, 1000)

    def test_school_social_work_has_no_bsn_r1_3(self):
        for organisation in self.organisations:
            if organisation["soort"] == "smw":
                for row in self.clients[organisation["id"]]:
                    self.assertEqual((row["bsn"], row["ouder1_bsn"], row["ouder2_bsn"]), ("", "", ""))

    def test_a_bsn_is_one_persons(self):
        owner = {}
        for row in self.truth:
            bsn = self.record[row["organisation"], row["client_ref"]]["bsn"]
            if bsn:
                self.assertEqual(owner.setdefault(bsn, row["person_id"]), row["person_id"])

    def test_records_are_of_the_form_that_an_import_takes(self):
        for row in self.record.values():
            born = date.fromisoformat(row["geboortedatum"])
            self.assertTrue(TODAY.replace(year=TODAY.year - 25) < born <= TODAY, row)
            self.assertIn(row["geslacht"], "MVO")
            self.assertTrue(row["voornamen"] and row["achternaam"], row)
            self.assertRegex(row["postcode"], r"^([1-9]\d{3} ?[A-Z]{2})?$")
            self.assertEqual(bool(row["postcode"]), bool(row["huisnummer"]))
            self.assertRegex(row["gemeentecode"], r"^99\d\d$")
        for organisation, listed in self.involvements.items():
            references = [row["client_ref"] for row in listed]
            self.assertEqual(len(references), len(set(references)))
            for row in listed:
                self.assertIn((organisation, row["client_ref"]), self.record)
                since, until = date.fromisoformat(row["vanaf"]), date.fromisoformat(row["tot"])
                self.assertTrue(since <= TODAY < until and (until - since).days <= 731, row)  # R2.2
                self.assertIn(row["soort"], ("ketenregistratie", "signaal"))
                self.assertTrue(row["email"].endswith(f"@{organisation}.example"))

    def test_fragments_belong_to_involved_clients_and_lie_within_the_involvement(self):
        for organisation, listed in self.involvements.items():
            since = {row["client_ref"]: row["vanaf"] for row in listed}
            with open(self.dir / organisation / "fragments.jsonl", encoding="utf-8") as file:
                for line in file:
                    fragment = json.loads(line)
                    self.assertLessEqual(since[fragment["client_ref"]], fragment["date"])
                    self.assertLessEqual(fragment["date"], TODAY.isoformat())
                    self.assertRegex(fragment["category"], r"^F(0[1-9]|1[0-8])$")
                    self.assertIn(fragment["nature"], ("feit", "interpretatie"))
                    self.assertEqual(set(fragment), {"client_ref", "category", "title", "nature", "author", "date", "text", "persons"})

    def test_the_truth_names_every_record_once_and_says_who_is_active_and_has_a_bsn(self):
        self.assertEqual(Counter((t["organisation"], t["client_ref"]) for t in self.truth), Counter(self.record.keys()))
        active = {(o, row["client_ref"]) for o, listed in self.involvements.items() for row in listed}
        for row in self.truth:
            key = (row["organisation"], row["client_ref"])
            self.assertEqual(row["active"] == "1", key in active)
            self.assertEqual(row["has_bsn"] == "1", bool(self.record[key]["bsn"]))

    def test_what_makes_matching_hard_is_there(self):
        people = defaultdict(list)
        families = defaultdict(set)
        for row in self.truth:
            people[row["person_id"]].append(self.record[row["organisation"], row["client_ref"]])
            families[row["family_id"]].add(row["person_id"])
        several = [rows for rows in people.values() if len(rows) > 1]
        for field in ("voornamen", "achternaam", "voorvoegsel", "geboortedatum", "geslacht", "postcode", "gemeentecode"):
            self.assertTrue(any(len({row[field] for row in rows}) > 1 for rows in several), f"{field} never differs")
        text = " ".join(row["achternaam"] + row["voornamen"] for row in self.record.values())
        self.assertTrue(any(ord(c) > 127 for c in text), "no diacritics")
        self.assertTrue(any("-" in row["achternaam"] for row in self.record.values()), "no double names")
        self.assertTrue(any(row["voornamen"].endswith(".") for row in self.record.values()), "no initials")
        self.assertTrue(any(split_prefix(row["achternaam"])[0] for row in self.record.values()), "no prefix in the surname")
        self.assertTrue(any(not row["postcode"] for row in self.record.values()), "no missing address")
        self.assertTrue(any(len(f) > 2 for f in families.values()), "no large family")
        homes = Counter((r["postcode"].replace(" ", ""), r["huisnummer"]) for r in self.record.values() if r["postcode"])
        self.assertGreater(homes.most_common(1)[0][1], 12, "no institution")

    def test_there_is_someone_to_hand_over(self):
        at = defaultdict(set)
        for row in self.truth:
            if row["active"] == "1":
                at[row["person_id"]].add(row["organisation"].split("-")[0])
        self.assertGreaterEqual(sum({"smw", "bjz"} <= places for places in at.values()), 3)
        with tempfile.TemporaryDirectory() as small:
            make(small, "--seed", 3, "--scale", 0.01, "--organisations", 2)
            at = defaultdict(set)
            for row in table(Path(small, "truth.csv")):
                if row["active"] == "1":
                    at[row["person_id"]].add(row["organisation"].split("-")[0])
            self.assertGreaterEqual(sum({"smw", "bjz"} <= places for places in at.values()), 3)

    def test_without_errors_a_youth_is_written_alike_everywhere(self):
        with tempfile.TemporaryDirectory() as clean:
            make(clean, "--seed", 7, "--scale", 0.2, "--factor", 0)
            people = defaultdict(set)
            for row in table(Path(clean, "truth.csv")):
                path = Path(clean, row["organisation"], "clients.csv")
                record = next(r for r in table(path) if r["client_ref"] == row["client_ref"]) if row["active"] == "1" else None
                if record:
                    people[row["person_id"]].add((record["voornamen"], record["achternaam"], record["geboortedatum"], record["postcode"]))
            self.assertTrue(people)
            self.assertEqual({len(forms) for forms in people.values()}, {1})

    def test_other_errors_leave_the_same_people_in_the_same_care(self):
        with tempfile.TemporaryDirectory() as other:
            make(other, "--seed", 7, "--scale", 0.3, "--errors", "harsh", "--factor", 3, "--rate", "no_bsn=0.5")
            here = {(r["person_id"], r["organisation"]) for r in self.truth if r["active"] == "1"}
            there = {(r["person_id"], r["organisation"]) for r in table(Path(other, "truth.csv")) if r["active"] == "1"}
            self.assertEqual(here, there)

    def test_rates_are_what_was_asked(self):
        with tempfile.TemporaryDirectory() as other:
            make(other, "--seed", 7, "--scale", 0.2, "--rate", "no_address=1", "--rate", "no_bsn=1")
            for organisation in table(Path(other, "organisations.csv")):
                for row in table(Path(other, organisation["id"], "clients.csv")):
                    self.assertEqual(row["postcode"] + row["bsn"], "")

    def test_faulty_rows_are_added_listed_and_not_in_the_truth(self):
        with tempfile.TemporaryDirectory() as other:
            make(other, "--seed", 7, "--scale", 0.1, "--faulty", 7)
            listed = table(Path(other, "faulty.csv"))
            self.assertEqual(len(listed), 7 * 8)
            known = {(r["organisation"], r["client_ref"]) for r in table(Path(other, "truth.csv"))}
            for row in listed:
                self.assertNotIn((row["organisation"], row["client_ref"]), known)
                references = [r["client_ref"] for r in table(Path(other, row["organisation"], "clients.csv"))]
                self.assertIn(row["client_ref"], references)

    def test_when_the_range_of_numbers_is_used_up_the_last_go_without(self):
        population = Population(1, 2.0, TODAY)
        numbers = [youth.bsn for youth in population.youths if youth.bsn]
        self.assertEqual(len(numbers), len(set(numbers)))
        self.assertEqual(len(numbers), len(never_issued_bsns()))
        self.assertEqual(population.without_number, len(population.youths) - len(numbers))
        self.assertGreater(population.without_number, 0)

    def test_wrong_options_are_refused_with_a_sentence(self):
        with tempfile.TemporaryDirectory() as out:
            for options in (("--organisations", 1), ("--organisations", 41), ("--scale", 0), ("--factor", -1), ("--errors", "none"), ("--names", "real"),
                            ("--today", "2026-02-30"), ("--seed", "x"), ("--faulty", -1)):
                self.assertIn("region: error: ", make(out, *options, expect=2))
            for setting in ("no_such=0.1", "no_bsn=2", "no_bsn", "no_bsn=x"):
                self.assertIn("--rate wants NAME=VALUE", make(out, "--rate", setting, expect=1))
            self.assertIn("typo_surname", make(out, "--rate", "list"))

    def test_forty_organisations(self):
        with tempfile.TemporaryDirectory() as out:
            make(out, "--seed", 2, "--scale", 0.1, "--organisations", 40)
            self.assertEqual(len({o["id"] for o in table(Path(out, "organisations.csv"))}), 40)


class Names(unittest.TestCase):
    def test_lists_have_no_doubles_and_no_empty_entries(self):
        for culture in CULTURES:
            for listed in (SURNAMES[culture], FIRST_NAMES[culture]["V"], FIRST_NAMES[culture]["M"]):
                self.assertEqual([entry for entry, n in Counter(listed).items() if n > 1], [])
                self.assertTrue(all(entry[-1] for entry in listed))

    def test_prefixes_are_split_from_surnames(self):
        self.assertEqual(split_prefix("van den Berg"), ("van den", "Berg"))
        self.assertEqual(split_prefix("in 't Veld"), ("in 't", "Veld"))
        self.assertEqual(split_prefix("Vandenberg"), ("", "Vandenberg"))

    def test_diacritics_are_lost_as_old_systems_lose_them(self):
        self.assertEqual(stripped("Zoë Yılmaz Łukasik Şimşek Nguyễn"), "Zoe Yilmaz Lukasik Simsek Nguyen")

    def test_a_typo_changes_little(self):
        chance = Chance(1, "typo")
        for _ in range(500):
            self.assertLessEqual(abs(len(typo(chance, "Veenstra")) - 8), 1)
        self.assertEqual(typo(chance, "Bo"), "Bo")

    def test_every_rate_is_a_probability_and_says_what_it_is(self):
        for name, (mild, usual, harsh, meaning) in RATES.items():
            self.assertTrue(0 <= mild <= usual <= 1 and 0 <= harsh <= 1 and meaning, name)

    def test_invented_names_are_a_seeds_own(self):
        one, again, other = (of("invented", seed).surnames["invented"] for seed in (1, 1, 2))
        self.assertEqual(one, again)
        self.assertLess(len(set(one) & set(other)), 10)


if __name__ == "__main__":
    unittest.main()
