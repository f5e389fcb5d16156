"""A region of real nodes does the whole job. Started by tools/demo, which builds the programs first."""
import argparse
import re
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from demo_lib import accounts as people, backup, destruction, imports, logs, matching, warm_handover  # noqa: E402
from demo_lib.days import dutch_today  # noqa: E402
from demo_lib.failure import Failed, Stopped  # noqa: E402
from demo_lib.network import MANAGERS, THRESHOLD, Network  # noqa: E402
from demo_lib.out import Out  # noqa: E402
from demo_lib.region import Region  # noqa: E402
from demo_lib.teller import Teller  # noqa: E402

SEED, SCALE = 7, 0.3
WITNESSES = 4  # of each log; one of them may be out of order


def a_day(text):
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def options():
    parser = argparse.ArgumentParser(prog="tools/demo", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--region", type=Path, metavar="DIR", help="a folder as tools/region writes it (default: a region made for the occasion)")
    parser.add_argument("--out", type=Path, metavar="DIR", default=ROOT / "build/demo",
                        help="where matches.csv, <organisation>.audit.jsonl and the nodes go; an earlier demo there is replaced (build/demo)")
    parser.add_argument("--check", action="store_true", help="no story: the exit status says whether all held")
    parser.add_argument("--no-keep", action="store_true", help="stop the nodes after the story instead of leaving them at work until Ctrl-C")
    parser.add_argument("--code", metavar="SECRET", help="only print the code that an authenticator app with this secret shows now")
    parser.add_argument("--today", type=a_day, metavar="DATE", help="the day it is for the nodes (default: the latest 'vanaf' in the region)")
    parser.add_argument("--program", type=Path, metavar="FILE", default=ROOT / "build/dev/tools/knoop", help=argparse.SUPPRESS)
    parser.add_argument("--verifier", type=Path, metavar="FILE", default=ROOT / "build/dev/tools/knoop-verify", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    chosen.keep = not (chosen.check or chosen.no_keep)
    return chosen


class Demo:
    def __init__(self, chosen, out, teller, sockets):
        self.chosen, self.out, self.tell, self.sockets = chosen, out.folder, teller, sockets
        self.network = None
        # Consoles ask for codes of an authenticator app, which knows one day: the present one.
        self.now = chosen.keep and chosen.region is None and chosen.today is None

    def run(self):
        self.region_is_there()
        self.nodes_are_there()
        self.records_are_in()
        self.who_else_is_involved()
        self.warm_handover()
        self.account()
        self.destruction()
        self.backup()

    def region_is_there(self):
        self.tell.begin("region")
        folder = self.chosen.region
        if folder is None:
            folder = self.out / "region"
            words = ["--today", dutch_today().isoformat()] if self.now else []
            subprocess.run([ROOT / "tools/region", "--seed", str(SEED), "--scale", str(SCALE), *words, "--out", folder], check=True,
                           stdout=subprocess.DEVNULL)
        self.region = Region(folder)
        self.today = self.chosen.today or (dutch_today() if self.now else self.region.last_start())
        self.tell.chapter("A region")
        self.tell.say("These organisations work for the same children. Each keeps its own records; there is no central register.")
        width = max(len(organisation.name) for organisation in self.region.organisations)
        self.tell.lines([f"{organisation.name:{width}}  {len(organisation.client_rows):6,} clients, "
                         f"{len(organisation.involvement_rows):5,} involvements" for organisation in self.region.organisations])
        self.tell.done(f"{len(self.region.organisations)} organisations; for their nodes it is {self.today}.")

    def nodes_are_there(self):
        self.tell.begin("nodes")
        self.network = Network(self.region, self.out / "nodes", self.sockets, self.chosen.program, self.today,
                               consoles=self.chosen.keep)
        self.network.witnesses = min(WITNESSES, len(self.network.nodes) - 1)
        self.network.init()
        self.tell.chapter("Each its own node")
        self.tell.done(f"{len(self.network.nodes)} nodes, each with its own keys, its own encrypted database and its own port on this machine.")
        self.tell.begin("convenant")
        self.network.agree()
        self.network.install()
        self.tell.done(f"They know each other's cards and agreed a convenant, signed by {THRESHOLD} of its {MANAGERS} managers.")
        self.tell.begin("connections")
        self.network.start()
        self.network.reachable()
        self.network.connected()
        self.tell.done(f"All {len(self.network.nodes)} nodes are at work and have greeted each other over authenticated, encrypted links.")

    def records_are_in(self):
        self.tell.begin("import")
        sums = imports.import_all(self.network.nodes)
        rejected = sum(kind["rejected"] for kind in sums.values())
        self.tell.chapter("Who else is involved?")
        self.tell.done(f"Each node imported its own files: {sums['clients']['accepted']:,} clients, {sums['involvements']['accepted']:,} "
                       f"involvements, {sums['fragments']['accepted']:,} dossier fragments; {rejected:,} rows refused.")

    def who_else_is_involved(self):
        self.tell.begin("matching")
        statuses = matching.wait_until_matched(self.network.nodes, lambda registered, evaluated: self.tell.progress(
            f"  {registered:,} pseudonyms registered, {evaluated:,} evaluated and proven"))
        self.tell.end_progress()
        self.lists = matching.listed(self.network.nodes)
        joined = matching.join(self.lists)
        matching.write(joined, self.out / "matches.csv")
        found = matching.counts(joined)
        evaluated = sum(status["matching"]["evaluated"] for status in statuses)
        self.tell.done(f"{evaluated:,} blinded identifiers were evaluated and proven between {len(self.network.nodes)} nodes: "
                       f"{found['certain']:,} certain matches (BSN), {found['possible']:,} possible and {found['family']:,} family matches.")
        if self.region.truth:
            self.tell.begin("score")
            # Possible and family matches are weighed, not proven: they are shown, not judged here.
            done = subprocess.run([ROOT / "tools/score", self.region.folder, self.out / "matches.csv", "--possible", "0,0", "--family", "0,0"],
                                  capture_output=True, text=True, check=False)
            self.tell.lines(line.rsplit("  ", 1)[0] for line in done.stdout.splitlines())
            if done.returncode != 0:
                raise Failed(f"the certain matches are not those of the region's truth:\n{done.stdout}{done.stderr}")
            self.tell.done("Compared with the truth of this made-up region: every certain match was found, and no other.")

    def warm_handover(self):
        here, there = self.network.of_kind("smw"), self.network.of_kind("bjz")
        self.choice = warm_handover.choose(here, there, self.lists[here.id], self.lists[there.id])
        warm_handover.Story(self.choice, self.tell, self.today).run()

    def account(self):
        self.tell.begin("witnesses")
        heads = logs.wait_until_witnessed(self.network.nodes)
        by = sum(len(log["witnessedBy"]) for log in heads)
        self.tell.begin("the client's report")
        self.tell.chapter("Accountable")
        told = logs.subject_report(self.choice.here, self.choice.ref, self.out / "inzage.html")
        if len(told["given"]) != 1 or told["given"][0]["organisation"] != self.choice.there.name:
            raise Failed(f"the client's report tells of {len(told['given'])} disclosures instead of the one that was", self.choice.here)
        self.tell.done(f"The family asks who saw or received what, and why. They get a page in plain Dutch: {self.out}/inzage.html")
        self.tell.begin("audit logs")
        files = logs.export(self.network.nodes, self.out)
        reports = logs.verify(list(files.values()), self.network.convenant, self.chosen.verifier, self.out / "controle.html")
        for report in reports:
            if not report["witnesses"]["judged"] or not report["witnesses"]["witnessedSize"]:
                raise Failed(f"the verifier finds no head of {report['file']} that enough witnesses cosigned: {report['witnesses']}")
        disclosures = sum(report["disclosures"] for report in reports)
        if disclosures != 1:
            raise Failed(f"the logs tell of {disclosures} disclosures instead of one")
        self.tell.done(f"Every log is confirmed by other organisations: the heads of {len(heads)} logs were cosigned by enough of their "
                       f"{by} witnesses, so nobody can rewrite what happened.")
        self.tell.done(f"All {len(reports)} logs were exported and verified off line: {sum(report['entries'] for report in reports):,} "
                       "entries, and in them one disclosure, with its decision, consent, ground and receipt before it. "
                       f"One page for the file: {self.out}/controle.html")


    def destruction(self):
        here = self.choice.here
        self.tell.begin("backup before the destruction")
        self.copy = backup.take(here, self.out / "backup", lambda: self.network.greeted(here))
        destroyed = destruction.destroy(self.choice, self.tell)
        self.tell.begin("audit logs after the destruction")
        logs.wait_until_witnessed(self.network.nodes)
        files = logs.export(self.network.nodes, self.out)
        logs.verify(list(files.values()), self.network.convenant, self.chosen.verifier)
        proof = destruction.prove(self.choice, destroyed, self.network, self.chosen.verifier, files[self.choice.here.id], self.out)
        self.tell.done(f"The proof of the destruction (bewijs van vernietiging) verifies off line too: {proof}")
        receipt = destruction.receipt(self.choice, self.network, self.chosen.verifier, self.out)
        self.tell.done("What was given can still be proven, without a word of it: both sides keep the same double-signed receipt, and it "
                       f"verifies off line: {receipt}")

    def backup(self):
        here = self.choice.here
        self.tell.begin("backup put back")
        # Nobody may hear of the copy: it would greet the others as the node that it was.
        for node in self.network.nodes:
            backup.stop_in_order(node)
        entries = backup.verify_on_disk(here)
        other = next(ref for ref in here.organisation.client_rows if ref != self.choice.ref and self.is_known(here, ref))
        backup.check(backup.put_back(here, self.copy, self.out / "restored"), self.choice.ref, other)
        self.tell.done(f"A backup of {here.name} from before, put back with its own keys, does not bring the child back: the journal of erasures, which is "
                       f"in no backup, destroys the key again before anything is read; other clients are there as ever.")
        self.tell.done(f"The log of {here.name} verified before the destruction, after it, and as it lies on the disk: {entries:,} entries.")
        if self.chosen.keep:
            self.network.start()
            self.network.reachable()
            self.tell.begin("accounts")
            self.accounts = people.make_demo(self.network, self.out / "accounts.txt")

    def is_known(self, node, ref):
        return any(match["clientRef"] == ref for match in self.lists[node.id])


def what_next(demo):
    tell = demo.tell
    here, there = demo.network.of_kind("smw"), demo.network.of_kind("bjz")
    program = demo.chosen.program
    tell.chapter("What to try next")
    tell.lines([f"{demo.chosen.verifier} {demo.out}/{here.id}.audit.jsonl",
                f"{ROOT}/tools/score {demo.region.folder} {demo.out}/matches.csv --show 3"])
    if demo.chosen.keep:
        tell.say("The nodes are up. Sign in at their consoles; the codes are those of an authenticator app that was given the secret:")
        tell.lines(people.told(demo.accounts))
        tell.say(f"The same stands in {demo.out}/accounts.txt. A code without an app: tools/demo --code SECRET. Or ask at the command line:")
        tell.lines([f"{' '.join(here.command('status'))}",
                    f"{' '.join(here.command('match', 'list', account=warm_handover.SOCIAL_WORKER))}",
                    f"{' '.join(there.command('handover', 'list', account=warm_handover.YOUTH_CARE))}",
                    f"{' '.join(there.command('audit', 'show', account=logs.PRIVACY_OFFICER))}"])
    else:
        tell.say("Without --no-keep the nodes stay at work, with consoles to sign in at.")
    tell.say(f"Everything is below {demo.out}; {program} --help names all commands.")


def explain(failed, teller, network):
    print(f"\ntools/demo: failed at: {teller.step}\n  {failed}", file=sys.stderr)
    if failed.node:
        node = failed.node
        print(f"  node: {node.name}; the end of {node.log}:", file=sys.stderr)
        for line in node.last_lines():
            print(f"  | {line}", file=sys.stderr)
    elif network:
        print(f"  the nodes' logs: {network.folder}/*/node.log", file=sys.stderr)


def stop_signals():
    def stop(number, _):
        raise Stopped(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def ignore_signals():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def main():
    chosen = options()
    if chosen.code:
        print(people.totp(chosen.code, time.time()))
        return 0
    stop_signals()
    teller = Teller(story=not chosen.check)
    demo, told = None, False
    # Short, because the path of a unix socket may not be longer than 108 bytes.
    with tempfile.TemporaryDirectory(prefix="knoop-") as sockets:
        try:
            demo = Demo(chosen, Out(chosen.out), teller, sockets)
            demo.run()
            what_next(demo)
            told = True
            if chosen.keep:
                print("\nCtrl-C stops the nodes.", flush=True)
                while True:
                    time.sleep(1)
                    for node in demo.network.nodes:
                        node.must_run()
            status = 0
        except Failed as failed:
            teller.end_progress()
            explain(failed, teller, demo and demo.network)
            status = 1
        except Stopped as stopped:
            teller.end_progress()
            status = 0 if told else 130   # after the story that is how it ends
            print(f"\ntools/demo: stopped by {stopped}", file=sys.stderr)
        finally:
            ignore_signals()
            if demo and demo.network:
                teller.begin("stopping")
                endings = demo.network.stop()
        if demo and demo.network and status == 0:
            for node, ending in endings.items():
                if ending != 0:
                    print(f"tools/demo: the node of {node} did not stop by itself ({ending})", file=sys.stderr)
                    status = 1
    if status == 0:
        print(f"\nAll held, in {time.monotonic() - teller.began:.0f} seconds." if not chosen.check
              else f"{time.monotonic() - teller.began:6.1f} s  all held", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
