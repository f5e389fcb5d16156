#!/usr/bin/env python3
"""A node that dies by SIGKILL in the middle of matching or of a hand-over and is started again: the same result."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import support  # noqa: E402
from demo_lib import logs, matching, warm_handover  # noqa: E402
from demo_lib.teller import Teller  # noqa: E402


class Silent(Teller):
    def __init__(self):
        super().__init__(story=False)

    def done(self, sentence):
        pass


class Killing(warm_handover.Story):
    """The story in which nodes die. After each command `kill_for` decides about the actor and the other node."""

    def __init__(self, region, choice, kill_for):
        super().__init__(choice, Silent(), region.today)
        self.region, self.kill_for, self.killed = region, kill_for, 0

    def kill(self, node):
        self.killed += 1
        node.kill()

    def acting(self, actor, other, answer):
        # A node that dies while it is asked gives no answer, and a person looks before asking again: not what is tried here.
        self.region.recorder.clear_traps()
        self.region.revive()
        if self.kill_for == "receiver at the first byte":
            self.region.recorder.trap(self.region.recorder.bytes_passed(), lambda: self.kill(other))
        got = answer()
        if self.kill_for == "actor at once":
            self.kill(actor)
        elif self.kill_for == "actor while it sends":
            for more in (0, 3_000, 9_000):
                self.region.recorder.trap(self.region.recorder.bytes_passed() + more, lambda: self.kill(actor))
        return got

    def smw(self, *words):
        return self.acting(self.here, self.there, lambda: warm_handover.Story.smw(self, *words))

    def bjz(self, *words):
        return self.acting(self.there, self.here, lambda: warm_handover.Story.bjz(self, *words))

    def officer(self, *words):
        return self.acting(self.here, self.there, lambda: warm_handover.Story.officer(self, *words))

    def undisturbed(self, part):
        # Several requests to one node, nothing of which passes to another: the simulation stops nodes within these.
        self.region.recorder.clear_traps()
        self.region.revive()
        part()

    def leaver(self):
        self.undisturbed(super().leaver)

    def views(self):
        self.undisturbed(super().views)

    def aftercare(self):
        self.undisturbed(super().aftercare)

    def match_at(self, node):
        return self.region.whatever_dies(lambda: warm_handover.Story.match_at(self, node))

    def counts(self, what):
        return self.region.whatever_dies(lambda: warm_handover.Story.counts(self, what))

    def withdrawals(self, *options):
        return self.region.whatever_dies(lambda: warm_handover.Story.withdrawals(self, *options))

    def look(self, node):
        return self.region.whatever_dies(lambda: warm_handover.Story.look(self, node))

    def received(self):
        return self.region.whatever_dies(lambda: warm_handover.Story.received(self))


def end_state(region, story):
    """What both sides hold when the hand-over is over."""
    here, there = story.here, story.there
    return {"hand-over": [story.state(node) for node in (here, there)],
            "received": sorted((item["category"], item["state"]) for item in story.received()),
            "outcome": [story.match_at(node)["outcome"] for node in (here, there)]}


def choice_in(region):
    here, there = region.network.of_kind("smw"), region.network.of_kind("bjz")
    return warm_handover.choose(here, there, matching.of_node(here), matching.of_node(there))


class Crashes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = Path(scratch.name)
        cls.region = support.make_region(cls.folder / "region")
        with cls.running("undisturbed") as region:
            region.import_all()
            region.connect()
            cls.matches = region.matched()
            cls.matching_bytes = region.recorder.bytes_passed()
            story = warm_handover.Story(choice_in(region), Silent(), region.today)
            story.run()
            cls.end = end_state(region, story)

    @classmethod
    def running(cls, name):
        return support.RunningRegion(cls.region, cls.folder / name)

    def logs_verify(self, region):
        region.recorder.clear_traps()  # a node that dies in the middle of an export is not what is tried
        region.revive()
        files = logs.export(region.nodes, region.folder)
        logs.verify(list(files.values()), region.network.convenant, support.VERIFIER)

    def test_undisturbed_there_is_something_to_disturb(self):
        self.assertGreater(len(self.matches), 20)
        self.assertGreater(self.matching_bytes, 20_000)
        self.assertEqual(self.end["hand-over"], ["afgerond", "afgerond"])
        # What went on consent is locked after the withdrawal; the one fragment that went on a ground is not.
        self.assertEqual({state for _, state in self.end["received"]}, {"locked", "on-loan"})

    def test_matching(self):
        """Each node in turn dies first; all three die: at an eighth, at a half and at seven eighths of the traffic."""
        for first in range(3):
            with self.subTest(first=first), self.running(f"matching-{first}") as region:
                died = []

                def die(node):
                    died.append(node.id)
                    node.kill()

                victims = region.nodes[first:] + region.nodes[:first]
                for eighths, victim in zip((1, 4, 7), victims):
                    region.recorder.trap(self.matching_bytes * eighths // 8, lambda victim=victim: die(victim))
                region.import_all()
                region.connect()
                found = region.whatever_dies(region.matched)
                self.assertEqual(died, [victim.id for victim in victims], "not every node died")
                self.assertEqual(found, self.matches)
                self.logs_verify(region)

    def test_hand_over(self):
        # What an actor sends may have passed before the command line, which is another process, has said so: some kills are luck.
        for kill_for, at_least in (("actor at once", 8), ("receiver at the first byte", 8), ("actor while it sends", 1)):
            with self.subTest(kill_for=kill_for), self.running(f"hand-over-{kill_for.replace(' ', '-')}") as region:
                region.import_all()
                region.connect()
                region.matched()
                story = Killing(region, choice_in(region), kill_for)
                story.run()
                self.assertGreaterEqual(story.killed, at_least)
                self.assertEqual(end_state(region, story), self.end)
                self.assertEqual(region.whatever_dies(region.matched), self.matches)
                self.logs_verify(region)


if __name__ == "__main__":
    support.main()
