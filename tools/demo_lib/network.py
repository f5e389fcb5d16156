"""Makes a network of the region's organisations: nodes, cards, a convenant, and every node at work."""
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from .days import DUTCH, dutch_day, dutch_noon
from .failure import Failed
from .node import Node, free_ports, wait_until

MANAGERS = 3
THRESHOLD = 2
READY_SECONDS = 120
# Of organisation and manager keys that nobody needs tomorrow.
PASSPHRASE = "alleen voor dit voorbeeld"


def offset_to(today, now=None):
    """Seconds that a node's clock must run ahead for it to be noon of that day now; 0 on the day itself."""
    now = now or datetime.now(DUTCH)
    if today == dutch_day(now):
        return 0
    return round(dutch_noon(today).timestamp() - now.timestamp())


def everywhere(nodes, work, width=None):
    """Does the work for every node, some at a time; the results in the order of the nodes."""
    with ThreadPoolExecutor(width or os.cpu_count() or 2) as pool:
        return list(pool.map(work, nodes))


class Network:
    def __init__(self, region, folder, sockets, program, today, consoles=False):
        self.folder = folder
        self.convenant = folder / "convenant.note"
        self.auditor = None  # a folder for the auditor's keys, if the convenant is to name one
        self.witnesses = 0  # so many of each log, named by the convenant
        self.guests = []  # cards of members whose nodes somebody else runs
        offset = offset_to(today)
        count = len(region.organisations)
        ports = free_ports(count * (2 if consoles else 1))
        web_ports = ports[count:] or [None] * count
        self.nodes = [Node(organisation, folder / organisation.id, sockets, program, port, offset, web_port=web_port)
                      for organisation, port, web_port in zip(region.organisations, ports, web_ports)]

    def of_kind(self, kind):
        """The first node of an organisation of this kind."""
        for node in self.nodes:
            if node.organisation.kind == kind:
                return node
        raise Failed(f"the region has no organisation of the kind {kind}, and the hand-over needs one")

    def cards(self):
        return [node.card for node in self.nodes] + self.guests

    def init(self):
        def one(node):
            node.write_configuration()
            node.run("init", "--id", node.id, "--name", node.name, "--kind", node.organisation.kind, "--endpoint", node.endpoint,
                     "--organisation-key", node.organisation_key, "--key-file", node.key_file, "--card-out", node.card,
                     passphrase=PASSPHRASE)

        everywhere(self.nodes, one)

    def agree(self):
        """The convenant: three managers, of whom two must sign."""
        first = self.nodes[0]
        keys = [self.folder / f"manager-{number + 1}.key" for number in range(MANAGERS)]
        for number, key in enumerate(keys, 1):
            first.run("convenant", "manager-key", "--name", f"Beheerder {number}", "--out", key, passphrase=PASSPHRASE)
        words = ["convenant", "draft", "--name", "Convenant jeugdhulp", "--threshold", THRESHOLD, "--out", self.convenant]
        for card in self.cards():
            words += ["--card", card]
        for key in keys:
            words += ["--manager", key]
        if self.witnesses:
            words += ["--witnesses", self.witnesses]
        if self.auditor:
            self.auditor.mkdir(parents=True, exist_ok=True)
            first.run("convenant", "auditor-key", "--name", "Auditor", "--out", self.auditor / "auditor.key",
                      "--public-out", self.auditor / "auditor.txt", passphrase=PASSPHRASE)
            words += ["--auditor", self.auditor / "auditor.txt", "--sample", 40]
        first.run(*words)
        for key in keys[:THRESHOLD]:
            first.run("convenant", "sign", "--key", key, self.convenant, passphrase=PASSPHRASE)

    def install(self):
        def one(node):
            for card in self.cards():
                if card != node.card:
                    node.run("card", "import", card)
            node.run("convenant", "install", self.convenant)

        everywhere(self.nodes, one)

    def start(self):
        for node in self.nodes:
            node.start()

    def reachable(self):
        for node in self.nodes:
            wait_until(node.status, READY_SECONDS, f"{node.name} to answer its command line", node)

    def connected(self):
        for node in self.nodes:
            wait_until(lambda node=node: self.greeted(node), READY_SECONDS, f"{node.name} to greet all other nodes", node)

    def greeted(self, node):
        status = node.status()
        return status and len(status["peers"]) == len(self.cards()) - 1 and all(peer["ready"] for peer in status["peers"])

    def stop(self):
        for node in self.nodes:
            node.ask_to_stop()
        return {node.id: node.stop() for node in self.nodes}
