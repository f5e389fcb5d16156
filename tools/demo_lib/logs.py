"""Exports every node's audit log and has knoop-verify check them, as an outsider would."""
import json
import subprocess

from .failure import Failed
from .network import everywhere


PRIVACY_OFFICER = "privacy-officer:fg"


def export(nodes, out):
    """{node id: file}"""
    def one(node):
        path = out / f"{node.id}.audit.jsonl"
        node.run("audit", "export", "--out", path, account=PRIVACY_OFFICER)
        return path

    return dict(zip([node.id for node in nodes], everywhere(nodes, one)))


def verify(files, convenant, verifier):
    """The verifier's report of each log; the first that is not accepted ends the demo."""
    done = subprocess.run([verifier, "--json", "--convenant", convenant, *files], capture_output=True, text=True, check=False)
    try:
        reports = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise Failed(f"knoop-verify ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}") from None
    for report in reports:
        if not report["accepted"]:
            why = report["error"]["sentence"] if "error" in report else "; ".join(finding["sentence"] for finding in report["findings"])
            raise Failed(f"knoop-verify does not accept {report['file']}: {why}")
    if done.returncode != 0 or len(reports) != len(files):
        raise Failed(f"knoop-verify ended with {done.returncode} and {len(reports)} reports of {len(files)} logs")
    return reports
