"""Waits until the nodes have matched, and joins what each of them lists into the region's matches."""
import csv
import time

from .failure import Failed
from .network import everywhere

PATIENCE_SECONDS = 120  # without any progress anywhere
PROFESSIONAL = "professional:werkvoorraad"
KINDS = ("certain", "possible", "family")


def idle(status):
    return status["matching"]["idle"] and all(peer["ready"] and peer["queued"] == 0 for peer in status["peers"])


def troubles(nodes, statuses):
    for node, status in zip(nodes, statuses):
        for peer in status["peers"]:
            if peer["deadLetters"]:
                raise Failed(f"{node.name} could not apply {peer['deadLetters']} messages of {peer['id']}", node)


def wait_until_matched(nodes, progress):
    """Until twice in a row every node says that nothing is left to do and nothing has changed in between."""
    last, last_change = None, time.monotonic()
    while True:
        statuses = everywhere(nodes, lambda node: node.status())
        if all(statuses):
            troubles(nodes, statuses)
            now = [(status["matching"], [peer["queued"] for peer in status["peers"]]) for status in statuses]
            if now == last and all(map(idle, statuses)):
                return statuses
            if now != last:
                last, last_change = now, time.monotonic()
            progress(sum(status["matching"]["registered"] for status in statuses),
                     sum(status["matching"]["evaluated"] for status in statuses))
        if time.monotonic() - last_change > PATIENCE_SECONDS:
            busy = [node for node, status in zip(nodes, statuses) if not status or not idle(status)]
            raise Failed(f"matching made no progress in {PATIENCE_SECONDS} seconds; not idle: "
                         f"{', '.join(node.name for node in busy) or 'none'}", busy[0] if busy else None)
        time.sleep(0.25)


def of_node(node):
    return node.ask_list("matches", "match", "list", account=PROFESSIONAL)


def listed(nodes):
    """What each node lists: {node id: [match, …]}."""
    return dict(zip([node.id for node in nodes], everywhere(nodes, of_node)))


def join(lists):
    """One row for each match: both sides know it by the same id, and each adds its own client's reference."""
    sides = {}
    for organisation, matches in lists.items():
        for match in matches:
            sides.setdefault(match["id"], []).append((organisation, match))
    joined = []
    for identity, both in sorted(sides.items()):
        if len(both) != 2:
            raise Failed(f"match {identity} is listed by {len(both)} nodes: {', '.join(name for name, _ in both)}")
        (a, of_a), (b, of_b) = sorted(both, key=lambda side: side[0])
        if of_a["peer"] != b or of_b["peer"] != a:
            raise Failed(f"match {identity} of {a} and {b} names other members: {of_a['peer']} and {of_b['peer']}")
        if of_a["class"] != of_b["class"]:
            raise Failed(f"match {identity} is {of_a['class']} at {a} and {of_b['class']} at {b}")
        joined.append((a, of_a["clientRef"], b, of_b["clientRef"], of_a["class"]))
    return joined


def write(joined, path):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("organisation_a", "client_ref_a", "organisation_b", "client_ref_b", "kind"))
        writer.writerows(sorted(joined))


def counts(joined):
    return {kind: sum(1 for row in joined if row[4] == kind) for kind in KINDS}
