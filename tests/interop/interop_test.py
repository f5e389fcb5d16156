#!/usr/bin/env python3
"""A region of which one organisation runs the second implementation, written from docs/spec: it joins two real nodes."""
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/integration/region")]
import support  # noqa: E402
from demo_lib.network import Network  # noqa: E402
from demo_lib.node import wait_until  # noqa: E402

CLIENT = HERE / "build/main.js"
PATIENCE_SECONDS = 90


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
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        sockets = tempfile.TemporaryDirectory(prefix="knoop-")
        self.addCleanup(sockets.cleanup)
        self.folder = Path(scratch.name)
        self.region = support.make_region(self.folder / "region")
        theirs = next(organisation for organisation in self.region.organisations if organisation.kind == "bjz")
        self.region.organisations.remove(theirs)
        self.network = Network(self.region, self.folder / "nodes", sockets.name, support.PROGRAM, self.region.last_start())
        self.nodes = self.network.nodes
        self.client = Client(theirs, self.folder / "client", self.nodes[0].clock_offset)
        self.addCleanup(self.stop)
        self.network.init()
        self.client.make_card([node.card for node in self.nodes])
        self.network.guests.append(self.client.card)
        self.network.agree()
        self.network.install()
        self.network.start()
        self.network.reachable()

    def stop(self):
        self.client.stop()
        for node in self.nodes:
            node.kill_if_running()

    def test_the_second_implementation_takes_part(self):
        self.client.start(cards=[node.card for node in self.nodes], convenant=self.network.convenant, psks={})
        for node in self.nodes:
            self.client.wait_for("ready", peer=node.id)
            self.client.wait_for("acknowledged", peer=node.id)
        for node in self.nodes:
            wait_until(lambda node=node: self.network.greeted(node), PATIENCE_SECONDS, f"{node.id} to greet the client", node)


if __name__ == "__main__":
    support.main()
