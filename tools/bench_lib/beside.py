"""Two nodes beside existing tools that find common identifiers: OpenMined's psi.js, and circl's VOPRF where Debian's Go is."""
import glob
import json
import os
import shutil
import subprocess
from pathlib import Path

from demo_lib.failure import Failed
from . import clients
from .pair import Pair

SOURCES = Path(__file__).resolve().parent.parent / "bench_beside"
IDENTIFIERS = 16  # of each client that clients.py makes


def options(parser):
    parser.add_argument("--registrations", type=int, default=2000, help="of each side (2000)")
    parser.add_argument("--slices", type=int, default=5, help="of each tool, alternating (5)")
    parser.add_argument("--go", default=shutil.which("go") or next(iter(sorted(glob.glob("/usr/lib/go-*/bin/go"))), ""), help="Debian's Go")
    parser.add_argument("--gopath", type=Path, default=Path("/usr/share/gocode"), help="where Debian's Go packages lie (/usr/share/gocode)")


class Absent(Exception):
    """Why a tool is not measured."""


def psi_js(options):
    """Fetches psi.js below the build folder; the command that runs it."""
    if not shutil.which("npm") or not shutil.which("node"):
        raise Absent("there is no Node with npm here")
    folder = Path(options.out).resolve() / "beside-tools"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCES / name, folder / name)
    if not (folder / "node_modules/@openmined/psi.js").is_dir():
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Absent("npm could not fetch it; is the network there?")
    return ["node", str(SOURCES / "psi.cjs"), str(folder)]


def circl(options):
    """Builds the Go program; the command that runs it."""
    if not options.go:
        raise Absent("there is no Go here (Debian: golang-go)")
    if not (options.gopath / "src/github.com/cloudflare/circl").is_dir():
        raise Absent("its package is not here (Debian: golang-github-cloudflare-circl-dev)")
    program = Path(options.out).resolve() / "beside-tools/circl"
    program.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": str(options.gopath), "GOCACHE": str(program.parent / "go-cache")}
    done = subprocess.run([options.go, "build", "-o", str(program), "."], cwd=SOURCES / "circl", env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Absent(f"it could not be built: {done.stderr.strip().splitlines()[-1:]}")
    return [str(program)]


def identifiers(numbers):
    """As many, and as different, as a node makes of these people."""
    return [f"{kind} {' '.join(clients.client(number).values())}" for number in numbers for kind in range(IDENTIFIERS)]


def measured(command, sets):
    done = subprocess.run(command, input=json.dumps(sets), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"'{command[0]}' failed: {done.stderr.strip()}")
    answer = json.loads(done.stdout)
    if answer["found"] != len(set(sets["server"]) & set(sets["client"])):
        raise Failed(f"'{command[0]}' found {answer['found']} common identifiers")
    return answer["cpu"]


def run(options, report):
    tools = {}
    for name, make in (("psi.js 2.0.6", psi_js), ("circl VOPRF", circl)):
        try:
            tools[name] = make(options)
        except Absent as why:
            report.say(f"{name} is skipped: {why}")
            report.note(f"{name}: skipped, {why}.")
    count = options.registrations // IDENTIFIERS
    here, there = range(count), range(count - max(1, count // 50), 2 * count - max(1, count // 50))
    sets = {"server": identifiers(here), "client": identifiers(there)}
    each = {name: [] for name in ("two nodes", *tools)}
    pair = Pair(options.program, options.out / "beside")
    try:
        pair.fill(here, there)
        for slice_number in range(options.slices):
            cost = pair.first_load()
            pair.stop()
            each["two nodes"].append(cost.cpu)
            for name, command in tools.items():
                each[name].append(measured(command, sets))
            report.say(f"slice {slice_number + 1}: " + ", ".join(f"{name} {values[-1]:.2f} s" for name, values in each.items()) + " of CPU")
    finally:
        pair.close()
    for name, values in each.items():
        report.add(f"{name}: CPU for {len(sets['server'])} identifiers of each side", values, "s")
    for name in tools:
        report.add(f"{name} ÷ two nodes", [other / own for other, own in zip(each[name], each["two nodes"])])
    report.note("Two nodes: both learn the matches, every evaluation is proven, over CurveZMQ between two processes with encrypted stores that are "
                "durable after each step, batches filled with dummies, claims and notices included. The other tools: one process in memory, one side "
                "learns the common identifiers; circl's evaluations are proven, psi.js's are not.")
