#!/usr/bin/env python3
"""A region of which one organisation runs the second implementation, written from docs/spec: it joins two real nodes."""
import csv
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest
from datetime import date, timedelta
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/integration/region")]
import support  # noqa: E402
from demo_lib import imports, logs, matching, warm_handover  # noqa: E402
from demo_lib.network import Network  # noqa: E402
from demo_lib.node import wait_until  # noqa: E402

CLIENT = HERE / "build/main.js"
PATIENCE_SECONDS = 120


class Client:
    """The other program: commands go in and events come out, both as lines of JSON."""

    def __init__(self, organisation, folder, clock_offset):
        self.organisation, self.folder, self.clock_offset = organisation, folder, clock_offset
        self.card = folder / "card.note"
        self.events, self._arrived = [], queue.Queue()
        self.process = None

    def make_card(self, others):
        self.folder.mkdir(parents=True)
        subprocess.run(["node", CLIENT, "card", self.folder, self.organisation.id, self.organisation.name, self.organisation.kind,
                        str(self.clock_offset), *others], check=True)

    def start(self, **files):
        files["clockOffset"] = self.clock_offset
        self.process = subprocess.Popen(["node", CLIENT, "run", self.folder, json.dumps(files, default=str)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._arrived.put(json.loads(line))
        self._arrived.put(None)

    def say(self, **command):
        print(json.dumps(command), file=self.process.stdin, flush=True)

    def ask(self, say, **about):
        self.events = [event for event in self.events if event["event"] != say]
        self.say(say=say, **about)
        return self.wait_for(say, **about)

    def wait_for(self, event, **about):
        """The first event of this name and content, also an earlier one."""
        deadline, seen = time.monotonic() + PATIENCE_SECONDS, 0
        while True:
            for happened in self.events[seen:]:
                if happened["event"] in ("dead", "refused"):
                    raise AssertionError(f"the client could not take something: {happened}")
                if happened["event"] == event and about.items() <= happened.items():
                    return happened
            seen = len(self.events)
            try:
                arrived = self._arrived.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no event '{event}' {about} came; the last ones: {self.events[-5:]}") from None
            if arrived is None:
                raise AssertionError(f"the client ended before the event '{event}' {about}")
            self.events.append(arrived)

    def stop(self):
        if self.process is None:
            return
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Interop(unittest.TestCase):
    def setUp(self):
        self.logs = {}
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        sockets = tempfile.TemporaryDirectory(prefix="knoop-")
        self.addCleanup(sockets.cleanup)
        self.folder = Path(scratch.name)
        self.region = support.make_region(self.folder / "region", scale=0.06)
        self.offline = self.folder / "offline.csv"
        subprocess.run([support.OFFLINE_MATCHES, self.region.folder, self.offline], check=True, stderr=subprocess.DEVNULL)
        today = self.region.last_start()
        theirs = next(organisation for organisation in self.region.organisations if organisation.kind == "bjz")
        self.region.organisations.remove(theirs)
        self.network = Network(self.region, self.folder / "nodes", sockets.name, support.PROGRAM, today)
        self.today = today
        self.nodes = self.network.nodes
        self.client = Client(theirs, self.folder / "client", self.nodes[0].clock_offset)
        self.addCleanup(self.stop)
        self.network.init()
        self.client.make_card([node.card for node in self.nodes])
        self.network.guests.append(self.client.card)
        self.network.agree()
        self.network.install()
        self.preshared = self.folder / "preshared"
        self.nodes[0].run("peer", "preshared", "make", theirs.id, "--out", self.preshared)
        self.nodes[0].run("peer", "preshared", "install", theirs.id, "--file", self.preshared)
        self.network.start()
        self.network.reachable()

    def stop(self):
        self.client.stop()
        for node in self.nodes:
            node.kill_if_running()
            self.logs[node.id] = node.last_lines(30)

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        outcome = super().run(result)
        if len(result.failures) + len(result.errors) > before:
            for name, lines in (self.logs | {"the client": self.client.events[-30:]}).items():
                print(f"--- {name}", *lines, sep="\n", file=sys.stderr)
        return outcome

    def wait(self, happened, what, node):
        return wait_until(happened, PATIENCE_SECONDS, what, node)

    def test_the_second_implementation_takes_part(self):
        self.join()
        self.match()
        self.contact()
        self.request_about_nothing()
        self.hand_over()
        self.withdraw()
        self.hand_over_to_a_node()
        self.client_gone()
        self.verify()

    def join(self):
        """One pair has a preshared key, the other has none."""
        self.client.start(cards=[node.card for node in self.nodes], convenant=self.network.convenant, clients=self.client.organisation.clients,
                          involvements=self.client.organisation.involvements,
                          fragments=self.client.organisation.fragments, psks={self.nodes[0].id: self.preshared})
        for node in self.nodes:
            self.client.wait_for("ready", peer=node.id)
            self.client.wait_for("acknowledged", peer=node.id)
            self.wait(lambda node=node: self.network.greeted(node), f"{node.id} to greet the client", node)

    def match(self):
        imports.import_all(self.nodes)
        matching.wait_until_matched(self.nodes, lambda registered, evaluated: None)
        own = self.client.organisation.id
        lists = {node: [match for match in listed if match["peer"] == own] for node, listed in matching.listed(self.nodes).items()}
        kinds = {match["id"]: match["evidence"] for listed in lists.values() for match in listed}
        lists[own] = []
        for node in self.nodes:
            told = self.wait(lambda node=node: self.noticed(node), "every notice to be receipted", node)
            for match in told["matches"]:
                lists[own].append(match | {"peer": node.id})
                self.assertEqual(match["evidence"], kinds[match["id"]])
                self.assertEqual(match["class"] == "certain", bool(match["contact"]), match)
            counts = told["counts"]
            self.assertGreater(counts["largeProofsGiven"], 0, counts)
            self.assertGreater(counts["largeProofsChecked"], 0, counts)
        found = {(frozenset([(a, ref_a), (b, ref_b)]), kind) for a, ref_a, b, ref_b, kind in matching.join(lists)}
        self.assertEqual({kind for _, kind in found}, {"certain", "possible", "family"})
        with open(self.offline, encoding="utf-8", newline="") as file:
            expected = {(frozenset([(row["organisation_a"], row["client_ref_a"]), (row["organisation_b"], row["client_ref_b"])]), row["kind"])
                        for row in csv.DictReader(file, delimiter=";") if own in (row["organisation_a"], row["organisation_b"])}
        self.assertEqual(found, expected)
        self.lists = lists

    def noticed(self, node):
        """What the client tells, once contact data of every certain match, and of no other, have crossed and were receipted."""
        told = self.client.ask("matches", peer=node.id)
        return told if all(match["receipted"] == (match["class"] == "certain") for match in told["matches"]) else None

    # From here on one child: known to the school social worker, by a possible match, and to the client.

    def smw(self, *words):
        return self.nodes[0].ask(*words, account=warm_handover.SOCIAL_WORKER)

    def told(self):
        listed = self.client.ask("matches", peer=self.nodes[0].id)["matches"]
        return next(match for match in listed if match["id"] == self.child.match)

    def say(self, **command):
        self.client.say(peer=self.nodes[0].id, **command)

    def contact(self):
        here, own = self.nodes[0], self.client.organisation.id
        self.assertEqual(here.organisation.kind, "smw")
        there = types.SimpleNamespace(id=own, name=own)
        self.child = warm_handover.choose(here, there, self.lists[here.id], [m for m in self.lists[own] if m["peer"] == here.id])
        self.say(say="choose", match=self.child.match)
        self.smw("match", "contact", self.child.match)
        contact = self.wait(lambda: self.smw("match", "show", self.child.match).get("contact"), "the client's contact data", here)
        self.wait(lambda: self.told()["contact"] and self.told()["receipted"], "contact data to have crossed", here)
        row = next(row for row in self.client.organisation.involvement_rows if row["client_ref"] == self.told()["clientRef"])
        self.assertEqual((contact["name"], contact["phone"]), (row["professional"], row["telefoon"]))
        self.smw("match", "outcome", self.child.match, "same")
        self.say(say="conclude", match=self.child.match, outcome=1)
        self.wait(lambda: self.smw("match", "show", self.child.match)["outcome"] == {"own": "same", "peer": "same"}, "the client's outcome", here)
        self.wait(lambda: self.told()["outcome"] == 1, "the node's outcome", here)

    def request_about_nothing(self):
        """What the node does not know with the asker looks like a plain no."""
        self.say(say="ask", match="00" * 16, purpose=2, categories=[1, 5])
        refusal = self.client.wait_for("refusal")
        self.assertEqual(refusal["denied"], [{"category": 1, "reason": 10}, {"category": 5, "reason": 10}])

    def hand_over(self):
        here, today = self.nodes[0], self.today
        categories = self.child.categories
        consented = [category for category in categories if category not in warm_handover.SENSITIVE][:-1]
        givers = [word for giver in warm_handover.givers(self.child.born, today) for word in ("--giver", giver)]
        self.consent = self.smw("consent", "record", "--client", self.child.ref, "--recipient", self.client.organisation.id, "--categories",
                                ",".join(consented), "--purpose", "warme-overdracht", "--from", today, "--until", today + timedelta(days=365),
                                "--way", "oral", "--identity", "paspoort gezien", "--authority", "gezagsregister geraadpleegd", *givers)["id"]
        handover = self.smw("handover", "request", "--match", self.child.match, "--purpose", "Hulp thuis is nodig", "--urgency", "normal",
                            "--categories", ",".join(categories))["id"]

        def reaches(state):
            self.client.wait_for("handover", handover=handover, state=state)
            self.wait(lambda: self.smw("handover", "show", handover)["state"] == state, f"'{state}'", here)

        def act(event, **about):
            self.say(say="act", handover=handover, event=event, **about)

        reaches("aangevraagd")
        act("accepteren")
        reaches("geaccepteerd")
        act("accepteren")  # no longer possible: answered with the state as it is
        self.client.wait_for("not-taken", handover=handover)
        self.smw("handover", "plan", handover, "--date", today + timedelta(days=2))
        reaches("gesprek gepland")
        act("gesprek voeren")
        reaches("gesprek gevoerd")
        self.smw("handover", "transfer", handover)
        released = self.client.wait_for("fragments")
        held = [json.loads(line) for line in here.organisation.fragments.read_text(encoding="utf-8").splitlines()]
        expected = sorted((int(fragment["category"][1:]), fragment["title"], fragment["text"]) for fragment in held
                          if fragment["client_ref"] == self.child.ref and fragment["category"] in consented)
        self.assertEqual(sorted((each["category"], each["title"], each["text"]) for each in released["fragments"]), expected)
        self.fragments = len(expected)
        reaches("overgedragen")
        self.assertEqual(self.smw("handover", "show", handover)["responsible"], "ontvanger")
        act("aangekomen melden")
        reaches("aangekomen")
        act("terugkoppelen", feedback=2, words="De hulp is gestart")
        reaches("teruggekoppeld")
        self.smw("handover", "close", handover)
        reaches("afgerond")

    def withdraw(self):
        self.smw("consent", "withdraw", self.consent)
        self.assertEqual(self.client.wait_for("withdrawn")["locked"], self.fragments)
        self.wait(lambda: "consent.withdrawal-acknowledged" in self.logged(), "the withdrawal to be acknowledged", self.nodes[0])

    def hand_over_to_a_node(self):
        """The other way round: the client is the afzender, a node with a certain match the ontvanger."""
        there, account = self.nodes[1], warm_handover.YOUTH_CARE
        with open(self.client.organisation.fragments, encoding="utf-8") as file:
            held = [json.loads(line) for line in file]
        match = next(match for match in self.lists[self.client.organisation.id] if match["peer"] == there.id and match["class"] == "certain"
                     and any(fragment["client_ref"] == match["clientRef"] for fragment in held))
        held = [fragment for fragment in held if fragment["client_ref"] == match["clientRef"]]
        categories = sorted({int(fragment["category"][1:]) for fragment in held})

        def node(*words):
            return there.ask("handover", *words, account=account)

        def say(**command):
            self.client.say(peer=there.id, **command)

        def received():
            return there.ask_list("fragments", "fragment", "received", "--handover", handover, account=account)

        def reaches(state):
            self.client.wait_for("handover", handover=handover, state=state)
            self.wait(lambda: node("show", handover)["state"] == state, f"'{state}'", there)

        say(say="request", match=match["id"], categories=categories)
        handover = self.client.wait_for("handover", peer=there.id, state="aangevraagd")["handover"]
        self.wait(lambda: any(each["id"] == handover for each in there.ask_list("handovers", "handover", "list", account=account)), "the request", there)
        node("accept", handover)
        reaches("geaccepteerd")
        say(say="act", handover=handover, event="gesprek plannen", date=(self.today - date(1970, 1, 1)).days + 2)
        reaches("gesprek gepland")
        node("held", handover)
        reaches("gesprek gevoerd")
        say(say="release", handover=handover)
        self.assertEqual(self.client.wait_for("receipt", peer=there.id)["fragments"], len(held))
        reaches("overgedragen")
        self.assertEqual(sorted((each["category"], each["text"]) for each in received()), sorted((each["category"], each["text"]) for each in held))
        node("arrived", handover)
        reaches("aangekomen")
        node("feedback", handover, "--event", "started", "--text", "De hulp is gestart")
        reaches("teruggekoppeld")
        say(say="act", handover=handover, event="afronden")
        reaches("afgerond")
        say(say="withdraw")
        self.assertEqual(self.client.wait_for("withdrawal-applied", peer=there.id)["locked"], len(held))
        self.assertEqual({each["state"] for each in received()}, {"locked"})

    def client_gone(self):
        """A node withdraws what it registered of a client who is no longer its concern; the match ends at both sides."""
        here, match = self.nodes[0], self.child.match
        involvement = next(each for each in here.ask_list("involvements", "involvement", "list", account=warm_handover.SOCIAL_WORKER)
                           if each["clientRef"] == self.child.ref)
        self.smw("involvement", "close", involvement["id"], "--reason", "Afgerond")
        self.wait(lambda: all(each["id"] != match for each in self.client.ask("matches", peer=here.id)["matches"]), "the match to end", here)

    def logged(self):
        return self.nodes[0].run("audit", "show", "--limit", 100, account=logs.PRIVACY_OFFICER)

    def verify(self):
        """What the nodes say of all this holds: also each disclosure with the client's receipt before it."""
        matching.troubles(self.nodes, [node.status() for node in self.nodes])  # nothing could not be applied
        self.assertIn("release.receipt-received", self.logged())
        reports = logs.verify(list(logs.export(self.nodes, self.folder).values()), self.network.convenant, support.VERIFIER)
        self.assertEqual(len(reports), len(self.nodes))


if __name__ == "__main__":
    support.main()
