"""Everything that is promised of matching: registering with a peer beside libsodium alone, a large store, and existing tools."""
import argparse
import json
import os
import subprocess

from demo_lib.failure import Failed
from . import beside, fill
from .pair import Pair
from .process import wait_for

IDENTIFIERS = 16       # of each client that clients.py makes
COMMON = 0.02          # of the clients are with both organisations
FULL_BATCH = 30836     # docs/spec/matching.md section 2
PARTS = ("load", "adding", "wire", "fill", "beside")


def options(parser):
    parser.add_argument("--registrations", type=int, default=20000, help="of each side in a first load (20000)")
    parser.add_argument("--first", type=int, default=100000, help="registrations before any are added (100000)")
    parser.add_argument("--slices", type=int, default=10, help="of each kind, alternating (10)")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part of it; may be repeated (all)")


def bare(options, count, cores):
    """Seconds of processor time that libsodium alone takes for `count` registrations: group, proof, and both as cpu."""
    command = [str(options.bare), str(count), str(len(cores))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=lambda: os.sched_setaffinity(0, cores))
    if done.returncode != 0:
        raise Failed(f"'{' '.join(command)}' failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def first_load(options, report, pair, cores, where):
    of_all, of_group, of_wall, each, handles = [], [], [], [], 0
    for slice_number in range(options.slices):
        cost = pair.first_load(cores)
        pair.stop()
        handles = cost.registered
        alone = bare(options, handles, cores)
        of_all.append(alone["cpu"] / cost.cpu)
        of_group.append(alone["group"] / cost.cpu)
        of_wall.append(alone["wall"] / cost.wall)
        each.append(cost.cpu / handles * 1e6)
        report.say(f"{where}, slice {slice_number + 1}: {handles} handles, nodes {cost.cpu:.2f} s of CPU in {cost.wall:.2f} s, "
                   f"libsodium {alone['cpu']:.2f} s in {alone['wall']:.2f} s, ratio {of_all[-1]:.3f}")
    report.add(f"first load ÷ bare rate, {where}", of_all, at_least=0.85)
    report.add(f"first load ÷ (hash + two multiplications), {where}", of_group)
    report.add(f"first load ÷ bare rate by the clock on the wall, {where}", of_wall)
    report.add(f"CPU of both nodes for a handle, {where}", each, unit="µs")
    report.add(f"handles of both sides, {where}", handles, unit="handles")


def load(options, report):
    all_cores = os.sched_getaffinity(0)
    pair = Pair(options.program, options.out / "load")
    try:
        clients = options.registrations // IDENTIFIERS
        common = int(clients * COMMON)
        report.say(f"filling two nodes with {clients} clients each")
        pair.fill(range(clients), range(clients - common, 2 * clients - common))
        first_load(options, report, pair, {min(all_cores)}, "one core")
        first_load(options, report, pair, all_cores, f"{len(all_cores)} cores")
    finally:
        pair.close()


def adding(options, report):
    """What is added to a load that is there, and that load, both from the import of the involvements on. Each cost is divided by libsodium's beside it, so that a machine that grows slower in
    between does not count."""
    cores = os.sched_getaffinity(0)
    pair = Pair(options.program, options.out / "adding")
    try:
        clients = options.first // IDENTIFIERS
        pair.start()
        for node in pair.nodes:
            wait_for(node, lambda s: True, f"{node.name} to answer")
        unit = bare(options, 5000, cores)["cpu"]
        idle = pair.nothing(4)
        cost = pair.addition(range(clients))
        unit = (unit + bare(options, 5000, cores)["cpu"]) / 2
        handles = cost.registered
        first = (cost.cpu - idle * cost.wall) / unit
        report.say(f"the first {handles} handles: {cost.cpu:.2f} s of CPU in {cost.wall:.2f} s")
        ratios = {1000: [], 100: []}
        for slice_number in range(options.slices):
            for count in ratios:
                more = -(-count // IDENTIFIERS)
                unit = bare(options, 5000, cores)["cpu"]
                idle = pair.nothing(4)
                cost = pair.addition(range(clients, clients + more), handles)
                clients += more
                used = cost.cpu - idle * cost.wall
                ratios[count].append(used / unit / first)
                report.say(f"adding {count}, slice {slice_number + 1}: {cost.registered - handles} handles, {used * 1e3:.0f} ms of CPU "
                           f"in {cost.wall:.2f} s beside {idle * 1e3:.1f} ms a second for nothing, ratio {ratios[count][-1]:.4f}")
                handles = cost.registered
        pair.stop()
        report.add(f"adding 1,000 to {options.first:,} ÷ the first {options.first:,}", ratios[1000], at_most=0.015)
        report.add(f"adding 100 to {options.first:,} ÷ the first {options.first:,}", ratios[100], at_most=0.003)
    finally:
        pair.close()


def wire(options, report):
    """One full batch through relays: everything from the handshake to the last acknowledgement."""
    pair = Pair(options.program, options.out / "wire", relayed=True)
    try:
        report.say("counting the bytes of a full batch")
        pair.fill(range(FULL_BATCH // IDENTIFIERS), range(0))
        cost = pair.first_load()
        pair.stop()
        if cost.registered != FULL_BATCH:
            raise Failed(f"{cost.registered} handles were registered and not the {FULL_BATCH} of one full batch")
        report.add("bytes on the wire for a registration in a full batch", pair.wire_bytes() / cost.registered, unit="bytes", at_most=80)
    finally:
        pair.close()


def whole(module):
    """A sub-command of its own, as it is without options."""
    def run_it(options, report):
        parser = argparse.ArgumentParser()
        module.options(parser)
        module.run(argparse.Namespace(**(vars(options) | vars(parser.parse_args([])))), report)
    return run_it


def run(options, report):
    parts = {"load": load, "adding": adding, "wire": wire, "fill": whole(fill), "beside": whole(beside)}
    for part in options.only or PARTS:
        parts[part](options, report)
    report.note("Ratios are of processor time (both node processes, all threads), so that other work on the machine changes them little; "
                "those by the clock on the wall say what it looks like when nothing else runs. What is added, and "
                "the first 100,000 that it is divided by, count from the import of the involvements on, less what idle nodes use.")
