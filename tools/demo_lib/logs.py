"""Exports every node's audit log and has knoop-verify check them, as an outsider would."""
import json
import subprocess

from .failure import Failed
from .network import everywhere
from .node import wait_until


PRIVACY_OFFICER = "privacy-officer:fg"


WITNESSED_SECONDS = 150


def wait_until_witnessed(nodes):
    """Each node's own log as `knoop audit heads` shows it, once enough witnesses have cosigned what it held at the beginning."""
    sizes = {node.id: node.status()["log"]["size"] for node in nodes}

    def witnessed(node):
        logs = node.ask("audit", "heads", account=PRIVACY_OFFICER)["logs"]
        own = next(log for log in logs if log["own"])
        return own if own["watched"] and own["witnessedSize"] >= sizes[node.id] else None

    return [wait_until(lambda node=node: witnessed(node), WITNESSED_SECONDS, f"{node.name}'s log to be witnessed", node, every=1)
            for node in nodes]


def export(nodes, out):
    """{node id: file}"""
    def one(node):
        path = out / f"{node.id}.audit.jsonl"
        node.run("audit", "export", "--reason", "nagaan of de demo klopt", "--out", path, account=PRIVACY_OFFICER)
        return path

    return dict(zip([node.id for node in nodes], everywhere(nodes, one)))


def subject_report(node, client, path):
    """Writes the page for one client, and gives the report itself."""
    node.run("subject", "report", client, "--html", "--out", path, account=PRIVACY_OFFICER)
    page = path.read_text(encoding="utf-8")
    if "<script" in page or "http://" in page or "https://" in page:
        raise Failed("the client's report would run or fetch something", node)
    return node.ask("subject", "report", client, account=PRIVACY_OFFICER)


def verify(files, convenant, verifier, page=None):
    """The verifier's report of each log; the first that is not accepted ends the demo. page: where its one page in Dutch goes."""
    one_page = ["--report", page] if page else []
    done = subprocess.run([verifier, "--json", "--convenant", convenant, *one_page, *files], capture_output=True, text=True, check=False)
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
