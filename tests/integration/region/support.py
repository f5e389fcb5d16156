"""A small region of real nodes for a test, every connection between them through a recorder."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools"))
from demo_lib import imports, matching  # noqa: E402
from demo_lib.failure import Failed  # noqa: E402
from demo_lib.network import Network  # noqa: E402
from demo_lib.node import wait_until  # noqa: E402
from demo_lib.region import Region  # noqa: E402
from recorder import Recorder  # noqa: E402

PROGRAM = VERIFIER = OFFLINE_MATCHES = None


def main():
    """`<test> KNOOP KNOOP_VERIFY OFFLINE_MATCHES [unittest's arguments]`"""
    global PROGRAM, VERIFIER, OFFLINE_MATCHES
    if len(sys.argv) < 4:
        sys.exit(f"usage: {sys.argv[0]} KNOOP KNOOP_VERIFY OFFLINE_MATCHES [a test's name]...")
    PROGRAM, VERIFIER, OFFLINE_MATCHES = map(Path, sys.argv[1:4])
    del sys.argv[1:4]
    unittest.main(module="__main__", verbosity=2)


def make_region(folder, organisations=3, scale=0.03, seed=11, faulty=0):
    subprocess.run([ROOT / "tools/region", "--seed", str(seed), "--organisations", str(organisations), "--scale", str(scale),
                    "--faulty", str(faulty), "--out", folder], check=True, stdout=subprocess.DEVNULL)
    return Region(folder)


class RunningRegion:
    """Nodes that know each other and are at work; they can connect after connect(). A context: at its end they are gone."""

    def __init__(self, region, folder, auditor=None):
        self.region, self.folder = region, Path(folder)
        self.today = region.last_start()
        self._sockets = tempfile.TemporaryDirectory(prefix="knoop-")
        self.network = Network(region, self.folder / "nodes", self._sockets.name, PROGRAM, self.today)
        self.network.auditor = auditor
        self.nodes = self.network.nodes
        self.recorder = Recorder([node.port for node in self.nodes], self.folder / "captures")
        for node in self.nodes:
            node.announced_port = self.recorder.ports[node.port]

    def __enter__(self):
        try:
            self.network.init()
            self.network.agree()
            self.network.install()
            self.network.start()
            self.network.reachable()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, problem, trace):
        if problem is not None:
            for node in self.nodes:
                print(f"--- {node.log}", *node.last_lines(30), sep="\n", file=sys.stderr)
        try:
            for node in self.nodes:
                node.kill_if_running()
        finally:
            self.recorder.close()
            self._sockets.cleanup()

    def import_all(self):
        return imports.import_all(self.nodes)

    def connect(self):
        self.recorder.release()

    def matched(self):
        """Waits, and returns the matches as (organisation, ref, organisation, ref, class)."""
        matching.wait_until_matched(self.nodes, lambda registered, evaluated: None)
        return sorted(matching.join(matching.listed(self.nodes)))

    def dead(self):
        return [node for node in self.nodes if node.process.poll() is not None]

    def revive(self):
        """Starts again what has died, also while others are being started; returns which nodes that were."""
        started = []
        while True:
            dead = self.dead()
            for node in dead:
                node.start()
            started += dead
            try:
                self.network.reachable()
                return started
            except Failed:
                if not self.dead():
                    raise

    def whatever_dies(self, ask):
        """Asks until there is an answer; a node that died in between is started again."""
        while True:
            self.revive()
            try:
                return ask()
            except Failed:
                # The command line may notice the end of its node before the process can be waited for.
                wait_until(self.revive, 5, "the node that gave no answer to be dead")
