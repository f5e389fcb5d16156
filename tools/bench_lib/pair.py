"""Two nodes that are members of one convenant and hold clients, ready to be started again and again from the same state."""
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from demo_lib.days import dutch_today
from demo_lib.failure import Failed
from demo_lib.network import Network
from demo_lib.node import free_ports
from . import clients
from .process import cpu_seconds, status, wait_for
from .relay import Relay


@dataclass
class Member:
    """What Network wants to know of an organisation."""
    id: str
    name: str
    kind: str


@dataclass
class Region:
    organisations: list


@dataclass
class Cost:
    cpu: float         # seconds of both processes together
    wall: float
    registered: int    # handles of both sides, filling included


def registered(*statuses):
    return sum(s["matching"]["registered"] for s in statuses)


class Pair:
    def __init__(self, program, folder, relayed=False):
        """relayed: the nodes find each other through relays, which count what passes."""
        self.folder = Path(folder).resolve()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.sockets = Path(tempfile.mkdtemp(prefix="knoop-bench-"))  # a socket's path must be short
        region = Region([Member("links", "Organisatie links", "gecertificeerde-instelling"),
                         Member("rechts", "Organisatie rechts", "jeugdhulpaanbieder")])
        self.network = Network(region, self.folder, self.sockets, program, dutch_today())
        self.nodes = self.network.nodes
        self.relays = []
        if relayed:
            for node, port in zip(self.nodes, free_ports(len(self.nodes))):
                node.announced_port = port
                self.relays.append(Relay(port, node.port))
        self.network.init()
        self.network.agree()
        self.network.install()

    def add(self, node, numbers, nouns=("client", "involvement")):
        """Imports these people into a running node."""
        files = clients.write(self.folder / f"import-{node.id}", numbers, dutch_today())
        for noun, path in zip(("client", "involvement"), files):
            if noun not in nouns:
                continue
            answer = node.ask(noun, "import", path)
            rejected = sum(file["rejected"] for file in answer["files"])
            if rejected:
                raise Failed(f"{rejected} rows of {path} were rejected", node)

    def fill(self, *everybody):
        """Each node imports its people while the other is down, so that nothing is registered yet: the state to return to."""
        for node, numbers in zip(self.nodes, everybody):
            node.start()
            wait_for(node, lambda s: True, f"{node.name} to answer")
            if numbers:
                self.add(node, numbers)
                until_quiet(node)
            stop(node)
            shutil.copytree(node.data, node.folder / "kept")

    def restore(self):
        for node in self.nodes:
            shutil.rmtree(node.data)
            shutil.copytree(node.folder / "kept", node.data)

    def start(self, cores=None):
        """cores: the processors that both nodes may use together; None: all."""
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores or before)
        try:
            for node in self.nodes:
                node.start()
        finally:
            os.sched_setaffinity(0, before)

    def cpu(self):
        return sum(cpu_seconds(node.process.pid) for node in self.nodes)

    def until_idle(self, more_than=0, every=0.25):
        """Until nothing is left to register, prove, claim or answer; the number of handles by then. A look every so many seconds:
        each costs the node half a millisecond."""
        while True:
            statuses = [wait_for(node, lambda s: s["matching"]["idle"], f"{node.name} to be done with matching", every=every)
                        for node in self.nodes]
            if registered(*statuses) > more_than and all(s and s["matching"]["idle"] for s in map(status, self.nodes)):
                return registered(*statuses)
            time.sleep(every)

    def first_load(self, cores=None):
        """From two processes that know nothing of each other to everything registered, evaluated and proven."""
        self.restore()
        began = time.monotonic()
        self.start(cores)
        handles = self.until_idle()
        return Cost(self.cpu(), time.monotonic() - began, handles)

    def addition(self, numbers, handles=0):
        """What it costs both running nodes when people whom the first knows come into care there. `handles`: registered before."""
        self.add(self.nodes[0], numbers, ("client",))
        before, began = self.cpu(), time.monotonic()
        self.add(self.nodes[0], numbers, ("involvement",))
        now = self.until_idle(handles, every=1)
        return Cost(self.cpu() - before, time.monotonic() - began, now)

    def nothing(self, seconds):
        """What both nodes use meanwhile when nothing happens but that we look as often: seconds of processor time a second."""
        before, began = self.cpu(), time.monotonic()
        while time.monotonic() - began < seconds:
            self.until_idle(-1, every=1)
            time.sleep(1)
        return (self.cpu() - before) / (time.monotonic() - began)

    def wire_bytes(self):
        return sum(relay.bytes for relay in self.relays)

    def stop(self):
        for node in self.nodes:
            node.ask_to_stop()
        for node in self.nodes:
            stop(node)

    def close(self):
        for node in self.nodes:
            node.kill_if_running()
        for relay in self.relays:
            relay.close()
        shutil.rmtree(self.sockets, ignore_errors=True)


def until_quiet(node, share=0.05):
    """Until the node uses next to no processor time: what follows from an import is done."""
    last = cpu_seconds(node.process.pid)
    while True:
        time.sleep(0.5)
        now = cpu_seconds(node.process.pid)
        if now - last < 0.5 * share:
            return
        last = now


def stop(node):
    if node.stop() is None:
        raise Failed(f"the node of {node.name} did not stop", node)
