"""A copy of a node's data from before a destruction is put back: it does not bring the destroyed client back."""
import shutil

from .failure import Failed, Refused
from .node import Node, free_ports, wait_until
from .warm_handover import SOCIAL_WORKER

READY_SECONDS = 60
JOURNAL = "knoop.db.erasures"  # which keys were destroyed: it stays where it is, and is in no backup


def take(node, folder, ready):
    """Stops the node, copies its database with its erasure keys, and starts it again; `ready` says that it is back at work."""
    stop_in_order(node)
    shutil.copytree(node.data, folder, ignore=shutil.ignore_patterns(JOURNAL, "*.lock"))
    node.start()
    wait_until(ready, READY_SECONDS, f"{node.name} to be back at work", node)
    return folder


def put_back(node, backup, folder):
    """A node of its own on the backup, beside the journal of erasures as it is now. Nobody else may be at work: it would greet them."""
    journal = node.data / JOURNAL
    if not journal.is_file() or not journal.stat().st_size:
        raise Failed("the destruction stands in no journal of erasures", node)
    if (backup / JOURNAL).exists():
        raise Failed("the journal of erasures came into the backup", node)
    restored = Node(node.organisation, folder, node.socket.parent, node.program, free_ports(1)[0], node.clock_offset)
    restored.write_configuration()
    shutil.copy(node.key_file, restored.key_file)
    shutil.copytree(backup, restored.data)
    shutil.copy(journal, restored.data / JOURNAL)
    return restored


def check(restored, destroyed, other):
    """The restored node shows another client as ever, and nothing of the destroyed one."""
    restored.start()
    try:
        wait_until(restored.status, READY_SECONDS, "the restored copy to answer", restored)
        shown = restored.ask("client", "show", other, account=SOCIAL_WORKER)
        if shown["ref"] != other:
            raise Failed("the restored copy shows another client than was asked for", restored)
        for words in (("client", "show", destroyed), ("fragment", "list", destroyed), ("consent", "list", "--client", destroyed)):
            try:
                answer = restored.ask(*words, account=SOCIAL_WORKER)
            except Refused:
                continue
            raise Failed(f"the backup brought the destroyed client back: {' '.join(words)} answers {str(answer)[:200]}", restored)
    finally:
        ending = restored.stop()
    if ending != 0:
        raise Failed(f"the restored copy did not stop by itself ({ending})", restored)


def verify_on_disk(node):
    """The log of a node that is stopped, as it lies on the disk."""
    logs = node.ask("audit", "verify")
    if not all(log["accepted"] for log in logs):
        raise Failed("the log on disk does not verify", node)
    return sum(log["entries"] for log in logs)


def stop_in_order(node):
    ending = node.stop()
    if ending != 0:
        raise Failed(f"the node did not stop by itself ({ending})", node)
