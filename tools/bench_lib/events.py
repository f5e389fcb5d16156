"""How long single events hold the core thread, with the largest files that there may be: the promise is 50 ms at most."""
import json
import shutil
import statistics
import subprocess
from pathlib import Path

from demo_lib.failure import Failed

PROMISED_MS = 50
ROOT = Path(__file__).resolve().parent.parent.parent


def options(parser):
    parser.add_argument("--bytes", type=int, default=50 * 1024 * 1024, help="of the file (52428800)")
    parser.add_argument("--slices", type=int, default=3, help="runs, each with new stores (3)")


def files(options):
    """What was called -> milliseconds of each call, by processor and by the clock."""
    folder = options.out / "events"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    done = subprocess.run([str(options.scale), "files", str(folder), "--bytes", str(options.bytes)], capture_output=True, text=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)
    if done.returncode != 0:
        raise Failed(f"knoop-bench-scale failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def run(options, report):
    longest, walls, counts = {}, {}, {}
    for number in range(options.slices):
        report.say(f"slice {number + 1}: two files of {options.bytes:,} bytes")
        for what, cost in files(options).items():
            longest.setdefault(what, []).append(max(cost["cpu"]))
            walls.setdefault(what, []).extend(cost["wall"])
            counts[what] = len(cost["cpu"])
    events = {what: values for what, values in longest.items() if not what.endswith("set up")}
    report.add("the longest of all events, processor time", [max(values[i] for values in events.values()) for i in range(options.slices)],
               unit="ms", at_most=PROMISED_MS)
    for what, values in sorted(events.items(), key=lambda item: -statistics.median(item[1])):
        report.add(f"{what}, the longest of {counts[what]:,}", values, unit="ms")
    slow = {what: sum(wall > PROMISED_MS for wall in values) for what, values in walls.items()}
    everything = sum(len(values) for values in walls.values())
    report.note(f"By the clock on the wall {sum(slow.values())} of {everything:,} calls took over {PROMISED_MS} ms, the longest "
                f"{max(max(values) for values in walls.values()):.0f} ms: that holds waiting for the disk, and for whatever else the machine does.")
