"""tools/bench: measures Knoop. See tools/bench."""
import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True
TOOLS = Path(__file__).resolve().parent.parent
if __package__ in (None, ""):
    sys.path.insert(0, str(TOOLS))

from bench_lib import api, audit, beside, events, fill, growth, matching  # noqa: E402
from bench_lib.report import Report  # noqa: E402
from demo_lib.failure import Failed  # noqa: E402

# Name of the sub-command -> module with a sentence (its docstring), options(parser) and run(options, report).
SUBJECTS = {"matching": matching, "audit": audit, "api": api, "events": events, "fill": fill, "growth": growth, "beside": beside}


def main():
    parser = argparse.ArgumentParser(prog="tools/bench", description="Measures Knoop; docs/performance.md says what the figures mean.")
    subjects = parser.add_subparsers(dest="subject", required=True)
    for name, module in SUBJECTS.items():
        own = subjects.add_parser(name, help=module.__doc__.split("\n")[0], description=module.__doc__)
        own.add_argument("--json", action="store_true", help="print JSON instead of a table")
        own.add_argument("--program", type=Path, default=TOOLS.parent / "build/release/tools/knoop", help="the node to measure")
        own.add_argument("--bare", type=Path, default=TOOLS.parent / "build/release/tools/knoop-bench-bare", help=argparse.SUPPRESS)
        own.add_argument("--scale", type=Path, default=TOOLS.parent / "build/release/tools/knoop-bench-scale", help=argparse.SUPPRESS)
        own.add_argument("--out", type=Path, default=TOOLS.parent / "build/bench", help="folder for the databases (build/bench)")
        module.options(own)
    options = parser.parse_args()
    report = Report(options.subject, options.json)
    try:
        SUBJECTS[options.subject].run(options, report)
    except Failed as failed:
        print(f"tools/bench: {failed}", file=sys.stderr)
        if failed.node:
            print("\n".join(failed.node.last_lines()), file=sys.stderr)
        return 1
    report.print()
    return 0 if report.kept() else 3


if __name__ == "__main__":
    sys.exit(main())
