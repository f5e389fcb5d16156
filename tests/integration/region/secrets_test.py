#!/usr/bin/env python3
"""No BSN, no name and no fragment text in anything that crosses a socket between nodes, in a log line, in a process's
arguments or environment, or in any file outside the encrypted database; nor readable in the database's own bytes."""
import csv
import json
import os
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import support  # noqa: E402
from demo_lib import logs, matching, warm_handover  # noqa: E402
from demo_lib.failure import Refused  # noqa: E402
from demo_lib.region import Region, rows  # noqa: E402
from demo_lib.teller import Teller  # noqa: E402
from markers import search, search_files  # noqa: E402

SURNAME = "Zwaluwnestelaar"
FIRST_NAME = "Quirijnevelt"
PROFESSIONAL = "Wielewaalverzorger"
TEXT = "Merelslag onder de kastanjeboom"
PURPOSE = "Vinkenslag na schooltijd"
FEEDBACK = "Roodborst op de vensterbank"
FAULTY_ROWS = 4


def write_rows(path, listed):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, listed[0].keys(), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)


def plant(region):
    """Every name begins with a marker, every fragment's text holds one. Returns all BSNs of the region."""
    numbers = set()
    for organisation in region.organisations:
        clients, involvements = list(rows(organisation.clients)), list(rows(organisation.involvements))
        for row in clients:
            row["achternaam"] = SURNAME + row["achternaam"].lower()
            row["voornamen"] = " ".join(name if name.endswith(".") else FIRST_NAME + name.lower() for name in row["voornamen"].split())
            numbers.update(number for number in (row["bsn"], row["ouder1_bsn"], row["ouder2_bsn"]) if re.fullmatch(r"9999\d{5}", number))
        for row in involvements:
            row["professional"] = PROFESSIONAL + row["professional"]
        write_rows(organisation.clients, clients)
        write_rows(organisation.involvements, involvements)
        said = [json.loads(line) for line in organisation.fragments.read_text(encoding="utf-8").splitlines()]
        organisation.fragments.write_text("".join(json.dumps(entry | {"text": f"{TEXT}. {entry['text']}"}, ensure_ascii=False) + "\n"
                                                  for entry in said), encoding="utf-8")
    return numbers


class Told(warm_handover.Story):
    PURPOSE, FEEDBACK = PURPOSE, FEEDBACK


class Quiet(Teller):
    def done(self, sentence):
        pass


class Secrets(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.numbers = plant(support.make_region(self.folder / "region", faulty=FAULTY_ROWS))
        self.region = Region(self.folder / "region")
        # A dozen numbers in every form, all of them as digits: enough, and done in seconds.
        self.markers = [SURNAME, FIRST_NAME, PROFESSIONAL, TEXT, PURPOSE, FEEDBACK, *sorted(self.numbers)[::max(1, len(self.numbers) // 12)]]
        # Whatever a node writes for a while, it writes here.
        (self.folder / "tmp").mkdir()
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = str(self.folder / "tmp")
        self.addCleanup(lambda: os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before))

    def nothing_in(self, content, place):
        self.assertEqual(search(content, self.markers), [], place)
        digits = {match.decode() for match in re.findall(rb"(?<![0-9A-Fa-f])9999\d{5}(?![0-9A-Fa-f])", content)}
        self.assertEqual(digits & self.numbers, set(), place)

    def nothing_in_files(self, moment):
        said, files, size = search_files(self.folder, self.markers, leave_out=[self.folder / "region"])
        self.assertEqual(said, [], moment)
        for path in self.folder.rglob("*"):
            if path.is_file() and not path.is_relative_to(self.folder / "region"):
                self.nothing_in(path.read_bytes(), f"{moment}: {path}")
        self.assertGreater(files, 20)
        self.assertGreater(size, 1_000_000)

    def nothing_in_processes(self, nodes):
        for node in nodes:
            for what in ("cmdline", "environ"):
                self.nothing_in(Path(f"/proc/{node.process.pid}/{what}").read_bytes(), f"{what} of {node.name}")

    def test_planted_texts_stay_inside_the_databases(self):
        found, _, _ = search_files(self.folder / "region", self.markers)
        for marker in self.markers[:4] + self.markers[6:]:
            self.assertTrue(any(f"'{marker}'" in line for line in found), f"{marker} was not planted, or is not found where it was")

        with support.RunningRegion(self.region, self.folder / "run") as region:
            sums = region.import_all()
            self.assertGreaterEqual(sums["clients"]["rejected"], FAULTY_ROWS)
            self.nothing_in_files("after the import")
            self.a_broken_file_is_refused_without_quoting_it(region.nodes[0])

            region.connect()
            region.matched()
            self.nothing_in_files("after matching")

            here, there = region.network.of_kind("smw"), region.network.of_kind("bjz")
            story = Told(warm_handover.choose(here, there, matching.of_node(here), matching.of_node(there)),
                         Quiet(story=False), region.today)
            story.run_until_withdrawal()
            # What had to cross did cross: so the markers were in the frames, sealed.
            self.assertTrue(all(TEXT in item["text"] for item in story.received()))
            self.assertIn(PROFESSIONAL, story.match_at(there)["contact"]["name"])
            self.assertIn(PROFESSIONAL, story.match_at(here)["contact"]["name"])
            story.withdrawal()

            logs.export(region.nodes, self.folder / "run")
            self.nothing_in_files("after the hand-over")
            self.nothing_in_processes(region.nodes)
            self.assertTrue(all(count > 10_000 for count in region.recorder.passed.values() if count), region.recorder.passed)
            self.assertGreater(region.recorder.bytes_passed(), 100_000)
            self.assertEqual({node.stop() for node in region.nodes}, {0})
        self.nothing_in_files("after the end")

    def a_broken_file_is_refused_without_quoting_it(self, node):
        broken = self.folder / "region/broken.csv"
        whole = node.organisation.clients.read_text(encoding="utf-8")
        broken.write_text(whole + f'{SURNAME};"{FIRST_NAME}', encoding="utf-8")
        with self.assertRaises(Refused) as refused:
            node.run("client", "import", broken)
        self.nothing_in(str(refused.exception).encode(), "the sentence about a broken file")


if __name__ == "__main__":
    support.main()
