"""Everything that is promised of the log: appending beside bare commits, checking a million entries, proofs, and releases end to end."""
import json
import os
import shutil
import subprocess
import time
from datetime import timedelta
from pathlib import Path

from demo_lib.days import dutch_today
from demo_lib.failure import Failed
from demo_lib.node import wait_until
from .pair import Pair
from .process import UnixConnection

PARTS = ("append", "verify", "disk", "proof", "release")
GROUPS = (1, 16, 256)   # events that one commit makes durable: alone, a busy node, the most there are (Node::flush)
PROMISED_GROUP = 16
ROOT = Path(__file__).resolve().parent.parent.parent
CATEGORIES = ("F01", "F02", "F03", "F04", "F05", "F07", "F09", "F10", "F14", "F15")   # ten fragments, none sensitive


def options(parser):
    parser.add_argument("--entries", type=int, default=1_000_000, help="of the log that is checked (1000000)")
    parser.add_argument("--slices", type=int, default=10, help="of each kind, alternating (10)")
    parser.add_argument("--releases", type=int, default=100, help="of ten fragments each (100)")
    parser.add_argument("--seconds", type=float, default=1.0, help="that a slice of appending takes (1)")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part of it; may be repeated (all)")
    parser.add_argument("--tool", type=Path, default=ROOT / "build/release/tools/knoop-bench-audit")
    parser.add_argument("--verifier", type=Path, default=ROOT / "build/release/tools/knoop-verify")
    parser.add_argument("--with-roles", type=Path, default=ROOT / "build/dev/tools/knoop",
                        help="the node of the releases: one that takes accounts from its own user, as a development build does")


def tool(options, *words):
    command = [str(options.tool), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"'{' '.join(command)}' failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def append(options, report):
    folder = options.out / "append"
    for group in GROUPS:
        report.say(f"appending in groups of {group}")
        got = tool(options, "append", folder, "--group", group, "--seconds", options.seconds, "--slices", options.slices)
        ratios = [a / b for a, b in zip(got["appended"], got["bare"])]
        promised = 0.5 if group == PROMISED_GROUP else None
        report.add(f"durable appends ÷ bare SQLCipher rows, {group} a commit", ratios, at_least=promised)
        report.add(f"durable appends, {group} a commit", got["appended"], unit="/s")


def verify(options, report):
    path = options.out / "million.audit.jsonl"
    options.out.mkdir(parents=True, exist_ok=True)
    report.say(f"writing a log of {options.entries:,} entries")
    size = tool(options, "write", path, "--entries", options.entries)["bytes"]
    walls, cpus, peaks, bares = [], [], [], []
    for number in range(options.slices):
        bares.append(tool(options, "bare", "--entries", options.entries)["seconds"])
        began = time.monotonic()
        process = subprocess.Popen([str(options.verifier), str(path)], stdout=subprocess.PIPE, text=True)
        out = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        walls.append(time.monotonic() - began)
        cpus.append(used.ru_utime + used.ru_stime)
        peaks.append(used.ru_maxrss / 1024)
        if status != 0 or "ACCEPTED" not in out:
            raise Failed(f"knoop-verify did not accept an honest log: {out}")
        report.say(f"slice {number + 1}: {walls[-1]:.2f} s, {cpus[-1]:.2f} s of CPU, {peaks[-1]:.0f} MB; its hashes alone {bares[-1]:.2f} s")
    path.unlink()
    million = options.entries / 1_000_000
    report.add(f"checking {options.entries:,} entries", walls, unit="s", at_most=5 * million)
    report.add("its hashes and signatures alone, on as many cores", bares, unit="s")
    report.add("checking ÷ its hashes and signatures alone", [a / b for a, b in zip(walls, bares)])
    report.add("processor time of checking", cpus, unit="s")
    report.add("most memory of checking", peaks, unit="MB", at_most=500)
    report.add("size of the export", size / 1e6, unit="MB")


def disk(options, report):
    folder = options.out / "disk"
    report.say(f"storing a log of {options.entries:,} entries, and checking it where it lies")
    got = tool(options, "disk", folder, "--entries", options.entries, "--slices", options.slices)
    shutil.rmtree(folder)
    report.add(f"checking {options.entries:,} entries in a node's own database", got["checked"], unit="s")
    report.add("most memory of storing and checking them", got["peak"], unit="MB")
    report.add("storing them, 256 a commit", options.entries / got["stored"], unit="/s")


def proof(options, report):
    got = tool(options, "proof", "--entries", options.entries)
    report.add(f"inclusion proof in {options.entries:,} entries", got["bytes"], unit="bytes")
    report.add("making it from leaves alone", got["make"] * 1e3, unit="ms")
    report.add("checking it", got["check"] * 1e6, unit="µs")


class Account:
    """One account's requests to a node, without the cost of a command line."""

    def __init__(self, node, account):
        self.node, self.account = node, account

    def call(self, method, target, body=None):
        connection = UnixConnection(self.node.socket)
        try:
            connection.request(method, target, None if body is None else json.dumps(body),
                               {"X-Knoop-As": self.account, "Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise Failed(f"{method} {target} was answered with {answer.status}: {text.decode()[:300]}", self.node)
        return json.loads(text)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def soon(happened, what, node):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        got = happened()
        if got:
            return got
        time.sleep(0.001)
    raise Failed(f"waited a minute in vain for {what}", node)


def release(options, report):
    pair = Pair(options.with_roles, options.out / "release")
    try:
        pair.fill(range(1), range(1))   # one client, known to both
        pair.restore()
        pair.start()
        pair.until_idle()
        asks, gives = pair.nodes
        here, there = Account(gives, "professional:a.bakker"), Account(asks, "professional:b.dekker")
        match = wait_until(lambda: next(iter(asks.ask_list("matches", "match", "list", account="professional:b.dekker")), None), 60, "a match", asks)
        client = next(iter(gives.ask_list("matches", "match", "list", account="professional:a.bakker")))["clientRef"]
        for category in CATEGORIES:
            gives.run("fragment", "add", "--client", client, "--category", category, "--title", "Een stuk", "--author", "A. Bakker", "--date", dutch_today(),
                      "--text", "Een verhaal van gewone lengte. " * 30, account="professional:a.bakker")
        gives.run("consent", "record", "--client", client, "--recipient", asks.id, "--purpose", "warme-overdracht", "--giver", "parent", "--giver",
                  "youth", "--from", dutch_today(), "--until", dutch_today() + timedelta(days=90), "--way", "oral", "--identity", "paspoort gezien",
                  "--authority", "gezagsregister geraadpleegd", "--categories", ",".join(CATEGORIES), account="professional:a.bakker")
        whole = []
        for number in range(options.releases):
            exchange = there.call("POST", "/api/v1/fragment-requests", {
                "peer": gives.id, "match": match["id"], "purpose": "warme-overdracht", "occasion": "aanmelding", "goal": "overdracht",
                "categories": list(CATEGORIES)})["exchange"]
            soon(lambda: [one for one in here.call("GET", "/api/v1/fragment-requests")["requests"] if one["exchange"] == exchange],
                 "the request to come", gives)
            began = time.monotonic()
            here.call("POST", f"/api/v1/fragment-requests/{asks.id}/{exchange}/answer", {})
            soon(lambda: asks_has(there, match, exchange), "the fragments to come", asks)
            whole.append((time.monotonic() - began) * 1e3)
            if number % 20 == 19:
                report.say(f"{number + 1} releases")
        report.add("a release of ten fragments, p50", percentile(whole, 0.5), unit="ms")
        report.add("a release of ten fragments, p99", percentile(whole, 0.99), unit="ms")
    finally:
        pair.close()


def asks_has(account, match, exchange):
    found = account.call("GET", f"/api/v1/received-fragments?client={match['clientRef']}")["fragments"]
    of_this = [one for one in found if one["exchange"] == exchange]
    return len(of_this) == len(CATEGORIES)


def run(options, report):
    for part in PARTS:
        if not options.only or part in options.only:
            globals()[part](options, report)
    report.note("Appends run with all that a node does for one (fields, salts, leaf, tree), the bare rows through SQLCipher alone with as "
                "many bytes. A release is timed from the professional's answer until the fragments are readable at the other side, "
                "four messages and four commits at each side later.")
