"""The API beside the bare cost of its queries: look-ups, work lists, consent decisions with 100,000 clients, and 200 open event streams."""
import http.client
import itertools
import json
import shutil
import socket
import subprocess
import time
from datetime import timedelta
from pathlib import Path

from demo_lib.days import dutch_today
from demo_lib.failure import Failed
from .process import UnixConnection
from .served import Filled

ROOT = Path(__file__).resolve().parent.parent.parent
KINDS = {"look-up": "look-up by BSN", "work": "work list", "decision": "consent decision with preview"}
OWNER = "meting"
SCOPES = ["clients:write", "fragments:write", "consents:write", "consent-texts:read", "aftercare:write", "release-previews:write", "work:read",
          "events:read"]
# One key may do 50 requests a second, and 300 at once; the figure is the node's, not the limit's.
KEYS = 256


def options(parser):
    parser.add_argument("--clients", type=int, default=100_000, help="own clients (100000)")
    parser.add_argument("--involved", type=int, default=5_000, help="of them with an active involvement (5000)")
    parser.add_argument("--prepared", type=int, default=100, help="of them with fragments and a consent, for the decision (100)")
    parser.add_argument("--plans", type=int, default=200, help="lines on the work list that is asked for (200)")
    parser.add_argument("--slices", type=int, default=10, help="of each kind, alternating (10)")
    parser.add_argument("--seconds", type=float, default=2.0, help="that a slice takes (2)")
    parser.add_argument("--connections", type=int, default=8, help="that ask at the same time (8)")
    parser.add_argument("--streams", type=int, default=200, help="open event streams (200)")
    parser.add_argument("--tool", type=Path, default=ROOT / "build/release/tools/knoop-bench-api")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Web:
    """Requests of the set-up, with one key after another."""

    def __init__(self, port, keys, node):
        self.port, self.keys, self.node = port, itertools.cycle(keys), node
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, method, target, body=None):
        """Status and answer."""
        self.connection.request(method, target, None if body is None else json.dumps(body),
                                {"Authorization": f"Bearer {next(self.keys)}", "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def must(self, method, target, body=None):
        status, answer = self.call(method, target, body)
        if status >= 300:
            raise Failed(f"{method} {target} was answered with {status}: {answer}", self.node)
        return answer


def make_keys(node):
    """As administrator, which the node's own Unix user is."""
    keys = []
    for number in range(KEYS):
        connection = UnixConnection(node.socket)
        body = {"name": f"meting-{number}", "role": "professional", "scopes": SCOPES}
        connection.request("POST", "/api/v1/api-keys", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 201:
            raise Failed(f"a key was refused with {answer.status}: {text}", node)
        keys.append(json.loads(text)["key"])
    return keys


def prepare(web, options, recipient):
    """Clients with three fragments and a consent; those whose age asks for other givers are left out."""
    text = web.must("GET", "/api/v1/consent-texts")["texts"][-1]["version"]
    prepared, number = [], 0
    until = (dutch_today() + timedelta(days=90)).isoformat()
    while len(prepared) < options.prepared:
        number += 1
        if number >= options.clients:
            raise Failed("too few clients whose parents decide alone", web.node)
        ref = f"D{number * 7 % options.clients:07}"
        status, _ = web.call("POST", "/api/v1/consents", {
            "client": ref, "answer": "yes", "recipient": recipient, "purpose": "warme-overdracht", "categories": ["F01", "F05", "F07"],
            "until": until, "textVersion": text, "toldWithdrawable": True, "identity": "paspoort", "authority": "gezagsregister",
            "givers": ["parent"]})
        if status != 201:
            continue
        for category in ("F01", "F05", "F07"):
            web.must("POST", "/api/v1/fragments", {
                "clientRef": ref, "category": category, "title": "Een stuk", "nature": "feit", "author": "A. Bakker", "date": str(dutch_today()),
                "text": "Een verhaal van gewone lengte. " * 30, "persons": ["jeugdige"]})
        prepared.append(ref)
    return prepared


def plan(web, options):
    """Plans of aftercare that are due: what stands on the work list."""
    ends = dutch_today() + timedelta(days=100)
    return [web.must("POST", "/api/v1/aftercare", {"client": f"D{number * 11 % options.clients:07}", "ends": ends.isoformat(), "who": OWNER})["id"]
            for number in range(1, options.plans + 1)], (ends + timedelta(days=20)).isoformat()


def tool(options, words, keys=()):
    done = subprocess.run([str(options.tool), *map(str, words)], input="\n".join(keys), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"'{options.tool.name} {words[0]}' failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def serve(filled, port):
    """With a web listener, and with the own Unix user as administrator."""
    return filled.serve(KNOOP_API_ADDRESS=f"127.0.0.1:{port}", KNOOP_API_ACCOUNTS="")


def run(options, report):
    report.say(f"filling a store with {options.clients} clients")
    filled = Filled(options, "api", clients=options.clients, involved=options.involved, peers=2, handles=options.involved, shared=0)
    copy = filled.folder.parent / "api-bare"
    shutil.rmtree(copy, ignore_errors=True)
    try:
        measure(options, report, filled, copy)
    finally:
        filled.remove()
        shutil.rmtree(copy, ignore_errors=True)


def measure(options, report, filled, copy):
    port = free_port()
    with serve(filled, port) as node:
        keys = make_keys(node)
        web = Web(port, keys, node)
        prepared = prepare(web, options, "peer-001")
        plans, later = plan(web, options)
        web.connection.close()
    shutil.copytree(Path(filled.facts["settings"]).parent, copy)
    asked = ["--clients", options.clients, "--prepared", ",".join(prepared), "--recipient", "peer-001", "--owner", OWNER, "--seconds",
             options.seconds]
    with serve(filled, port) as node:
        for kind, name in KINDS.items():
            measure_kind(options, report, port, keys, copy, asked, kind, name)
        measure_streams(options, report, port, keys, asked, plans, later, node)
        report.add("peak memory of the node", node.peak() / (1 << 20), "MiB")
    report.note(f"{options.connections} connections ask one request after another at the web listener, each with an API key; the client runs on the same "
                "cores. Bare: the SELECTs of the same requests with the values they had, prepared, in one transaction each, through SQLCipher alone "
                "on one core, on a copy of the store. What a request costs beyond them is HTTP and JSON, keeping who asked in the log, "
                "and making that durable before the answer leaves.")


def measure_kind(options, report, port, keys, copy, asked, kind, name):
    rates, bares, medians, nines, queries = [], [], [], [], 0
    for number in range(options.slices):
        bare = tool(options, ["bare", copy, "--kind", kind, *asked])
        got = tool(options, ["load", "--port", port, "--connections", options.connections, "--kind", kind, *asked], keys)
        bares.append(bare["rate"])
        queries = bare["queries"]
        rates.append(got["rate"])
        medians.append(got["p50"])
        nines.append(got["p99"])
        report.say(f"{name}, slice {number + 1}: {got['rate']:.0f} a second, its {queries:.0f} queries alone {bare['rate']:.0f}")
    report.add(f"{name} ÷ its queries alone", [a / b for a, b in zip(rates, bares)])
    report.add(f"{name}: requests", rates, "/s")
    report.add(f"{name}: p50", medians, "ms")
    report.add(f"{name}: p99", nines, "ms")
    report.add(f"{name}: its queries alone", bares, "/s")
    report.add(f"{name}: queries a request", queries)


def measure_streams(options, report, port, keys, asked, plans, later, node):
    words = ["load", "--port", port, "--connections", options.connections, "--kind", "look-up", *asked]
    alone, beside = [], []
    for _ in range(options.slices):
        alone.append(tool(options, words, keys)["rate"])
        beside.append(tool(options, [*words, "--beside", options.streams], keys)["rate"])
        report.say(f"look-ups: {alone[-1]:.0f} a second alone, {beside[-1]:.0f} beside {options.streams} streams")
    report.add(f"look-ups beside {options.streams} event streams ÷ without", [a / b for a, b in zip(beside, alone)])
    time.sleep(1)   # the last look-ups are told
    got = tool(options, ["streams", "--port", port, "--count", options.streams, "--change", ",".join(plans[:100]), "--ends", later], keys)
    report.add(f"change until its event, any of {options.streams} streams: p50", got["p50"], "ms")
    report.add(f"change until its event, any of {options.streams} streams: p99", got["p99"], "ms")
    report.add("change until the last of them has it: p50", got["lastP50"], "ms")
    report.add("change until the last of them has it: p99", got["lastP99"], "ms")
