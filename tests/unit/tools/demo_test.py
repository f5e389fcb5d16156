#!/usr/bin/env python3
"""What tools/demo decides by itself: which day it is, which matches are one, who gives consent, what it may replace."""
import sys
import tempfile
import unittest
from datetime import date, datetime, timezone
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools"))
from demo_lib import accounts, matching, warm_handover  # noqa: E402
from demo_lib.days import dutch_day, dutch_noon  # noqa: E402
from demo_lib.failure import Failed  # noqa: E402
from demo_lib.network import offset_to  # noqa: E402
from demo_lib.node import free_ports, wait_until  # noqa: E402
from demo_lib.out import Out  # noqa: E402
from demo_lib.region import Region  # noqa: E402


def side(identity, peer, ref, kind="possible"):
    return {"id": identity, "peer": peer, "clientRef": ref, "class": kind}


class Days(unittest.TestCase):
    LATE = datetime(2026, 11, 22, 23, 30, tzinfo=timezone.utc)

    def test_a_day_begins_when_it_does_in_the_netherlands(self):
        self.assertEqual(dutch_day(self.LATE), date(2026, 11, 23))
        self.assertEqual(dutch_day(datetime(2026, 7, 1, 22, 30, tzinfo=timezone.utc)), date(2026, 7, 2))

    def test_a_clock_that_shows_the_day_already_is_left_alone(self):
        self.assertEqual(offset_to(date(2026, 11, 23), self.LATE), 0)
        self.assertEqual(offset_to(date(2026, 11, 22), self.LATE), -12.5 * 3600)
        self.assertEqual(dutch_noon(date(2026, 7, 1)).astimezone(timezone.utc).hour, 10)


class Join(unittest.TestCase):
    def test_both_sides_of_a_match_make_one_row(self):
        lists = {"b": [side("1", "a", "B1"), side("2", "c", "B2", "certain")], "a": [side("1", "b", "A1")],
                 "c": [side("2", "b", "C2", "certain")]}
        self.assertEqual(matching.join(lists), [("a", "A1", "b", "B1", "possible"), ("b", "B2", "c", "C2", "certain")])
        self.assertEqual(matching.counts(matching.join(lists)), {"certain": 1, "possible": 1, "family": 0})

    def test_a_match_that_only_one_side_lists_is_no_match(self):
        with self.assertRaisesRegex(Failed, "listed by 1 nodes: a"):
            matching.join({"a": [side("1", "b", "A1")], "b": []})

    def test_sides_that_disagree_are_named(self):
        with self.assertRaisesRegex(Failed, "possible at a and certain at b"):
            matching.join({"a": [side("1", "b", "A1")], "b": [side("1", "a", "B1", "certain")]})
        with self.assertRaisesRegex(Failed, "names other members"):
            matching.join({"a": [side("1", "c", "A1")], "b": [side("1", "a", "B1")]})


class Consent(unittest.TestCase):
    def test_who_gives_it_goes_by_age(self):  # R3.2
        today = date(2026, 11, 1)
        for born, expected in ((date(2014, 11, 2), ["parent"]), (date(2014, 11, 1), ["parent", "youth"]),
                               (date(2010, 11, 2), ["parent", "youth"]), (date(2010, 11, 1), ["youth"])):
            self.assertEqual(warm_handover.givers(born, today), expected, born)


class Accounts(unittest.TestCase):
    def test_codes_are_those_of_rfc_6238(self):  # its appendix B, with the last six digits
        secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        for at, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
            self.assertEqual(accounts.totp(secret, at), code)


class Surroundings(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def test_ports_are_different(self):
        self.assertEqual(len(set(free_ports(8))), 8)

    def test_waiting_in_vain_says_for_what(self):
        with self.assertRaisesRegex(Failed, "rain"):
            wait_until(lambda: None, 0, "rain")

    def test_an_earlier_demo_is_replaced_and_nothing_else(self):
        (self.folder / "out").mkdir()
        first = Out(self.folder / "out")
        (self.folder / "out/nodes").mkdir()
        (self.folder / "out/nodes/file").write_text("", encoding="utf-8")
        with self.assertRaisesRegex(Failed, "another demo"):
            Out(self.folder / "out")
        first.release()
        Out(self.folder / "out").release()
        self.assertFalse((self.folder / "out/nodes").exists())
        with self.assertRaisesRegex(Failed, "no demo wrote"):
            Out(self.folder)

    def test_a_region_lacking_a_file_is_refused(self):
        with self.assertRaisesRegex(Failed, "is no region"):
            Region(self.folder)
        (self.folder / "organisations.csv").write_text("id;naam;soort;clients;involvements\na;A;smw;0;0\n", encoding="utf-8")
        with self.assertRaisesRegex(Failed, "a/clients.csv is missing"):
            Region(self.folder)


if __name__ == "__main__":
    unittest.main()
