"""Registering with a peer, beside the same operations in the group done bare by libsodium."""
import json
import os
import subprocess

from demo_lib.failure import Failed
from .pair import Pair

IDENTIFIERS = 16  # of each client that clients.py makes
COMMON = 0.02     # of the clients are with both organisations


def options(parser):
    parser.add_argument("--registrations", type=int, default=20000, help="of each side in a first load (20000)")
    parser.add_argument("--slices", type=int, default=10, help="of each kind, alternating (10)")


def bare(options, count, cores):
    """Seconds of processor time for the operations of `count` registrations, for each operation."""
    command = [str(options.bare), str(count), str(len(cores))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=lambda: os.sched_setaffinity(0, cores))
    if done.returncode != 0:
        raise Failed(f"'{' '.join(command)}' failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def first_load(options, report, pair, cores, where):
    of_all, of_group, of_wall, handles = [], [], [], 0
    for slice_number in range(options.slices):
        cost = pair.first_load(cores)
        pair.stop()
        handles = cost.registered
        alone = bare(options, handles, cores)
        of_all.append(alone["cpu"] / cost.cpu)
        of_group.append(alone["group"] / cost.cpu)
        of_wall.append(alone["wall"] / cost.wall)
        report.say(f"{where}, slice {slice_number + 1}: {handles} handles, nodes {cost.cpu:.2f} s of CPU in {cost.wall:.2f} s, "
                   f"libsodium {alone['cpu']:.2f} s in {alone['wall']:.2f} s, ratio {of_all[-1]:.3f}")
    report.add(f"first load ÷ bare rate, {where}", of_all, at_least=0.85)
    report.add(f"first load ÷ (hash + two multiplications), {where}", of_group)
    report.add(f"first load ÷ bare rate by the clock on the wall, {where}", of_wall)
    report.add(f"handles of both sides, {where}", handles, unit="handles")


def run(options, report):
    all_cores = os.sched_getaffinity(0)
    pair = Pair(options.program, options.out / "matching")
    try:
        clients = options.registrations // IDENTIFIERS
        report.say(f"filling two nodes with {clients} clients each")
        pair.fill(clients, int(clients * COMMON))
        first_load(options, report, pair, {min(all_cores)}, "one core")
        first_load(options, report, pair, all_cores, f"{len(all_cores)} cores")
    finally:
        pair.close()
    report.note("Ratios are of processor time (both node processes, all threads), so that other work on the machine changes them little; "
                "the line by the clock on the wall is what it looks like when the machine is otherwise idle.")
