"""Two organisations that know one child, for the guide and for the sample: ours, whose dossier system talks to its node, and another one."""
import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from bench_lib.process import UnixConnection  # noqa: E402
from demo_lib.days import dutch_today  # noqa: E402
from demo_lib.network import Network  # noqa: E402
from bench_lib.pair import Member  # noqa: E402

COLLEAGUE = "professional:b.voorbeeld"
CLIENTS = ("client_ref;bsn;voornamen;voorvoegsel;achternaam;geboortedatum;geslacht;postcode;huisnummer;toevoeging;gemeentecode;ouder1_bsn;ouder2_bsn\n"
           "{ref};999990019;Eva;;Voorbeeld;2015-03-04;V;1234AB;1;;;;\n")
INVOLVEMENTS = ("client_ref;soort;vanaf;tot;professional;functie;telefoon;email\n"
                "{ref};ketenregistratie;{since};{until};B. Voorbeeld;casemanager;099-5550200;b.voorbeeld@bjz.example\n")


class Region:
    organisations = [Member("smw-een", "School-maatschappelijk werk Een", "smw"), Member("bjz-twee", "Bureau Jeugdzorg Twee", "bjz")]


class Pair:
    """A context: both nodes run, the other one has the child with a fragment and a consent, and answers when it is asked."""

    def __init__(self, program):
        self._scratch = tempfile.TemporaryDirectory(prefix="knoop-guide-")
        self.folder = Path(self._scratch.name)
        self.today = dutch_today()
        self.network = Network(Region, self.folder / "nodes", self.folder / "s", program, self.today, consoles=True)
        self.ours, self.other = self.network.nodes

    def __enter__(self):
        try:
            (self.folder / "s").mkdir()
            self.network.init()
            self.network.agree()
            self.network.install()
            self.network.start()
            self.network.reachable()
            self.network.connected()
            self.know_the_child()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, problem, trace):
        if problem is not None:
            for node in self.network.nodes:
                print(f"--- {node.log}", *node.last_lines(30), sep="\n", file=sys.stderr)
        for node in self.network.nodes:
            node.kill_if_running()
        self._scratch.cleanup()

    def import_into(self, node, ref, files):
        for noun, text in files.items():
            path = self.folder / f"{noun}.csv"
            path.write_text(text.format(ref=ref, since=self.day(-30), until=self.day(300)), encoding="utf-8")
            node.run(noun, "import", path)

    def day(self, days):
        return (self.today + timedelta(days=days)).isoformat()

    def know_the_child(self):
        self.import_into(self.other, "B-1", {"client": CLIENTS, "involvement": INVOLVEMENTS})
        self.colleague("POST", "/api/v1/fragments", {"clientRef": "B-1", "category": "F05", "title": "Aanleiding", "nature": "feit",
                                                     "author": "B. Voorbeeld", "date": self.day(-20), "text": "Slaapt slecht.", "persons": ["jeugdige"]})
        self.colleague("POST", "/api/v1/consents", {
            "client": "B-1", "answer": "yes", "recipient": self.ours.id, "purpose": "warme-overdracht", "categories": ["F05"], "until": self.day(60),
            "textVersion": self.colleague("GET", "/api/v1/consent-texts")["texts"][0]["version"], "toldWithdrawable": True, "identity": "paspoort", "authority": "gezagsregister", "givers": ["parent"]})

    def colleague(self, method, target, body=None):
        """What somebody at the other organisation does."""
        connection = UnixConnection(self.other.socket)
        try:
            connection.request(method, target, None if body is None else json.dumps(body),
                               {"X-Knoop-As": COLLEAGUE, "Content-Type": "application/json"})
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status >= 300:
            raise AssertionError(f"the other organisation: {method} {target}: {answer.status} {told}")
        return told

    def answer_requests(self):
        """Whatever was asked of the other organisation and waits; true when there was something."""
        waiting = self.colleague("GET", "/api/v1/fragment-requests")["requests"]
        for one in waiting:
            self.colleague("POST", f"/api/v1/fragment-requests/{one['from']}/{one['exchange']}/answer", {})
        return bool(waiting)

    def key(self, *words):
        """A key of ours, as `knoop key create` shows it."""
        return self.ours.ask("key", "create", *words)["key"]
