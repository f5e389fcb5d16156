"""The end of the story: the child's record at school social work is destroyed, by two people, and nothing shows it any more."""
import subprocess

from .failure import Failed, Refused
from .node import wait_until
from .warm_handover import SOCIAL_WORKER, YOUTH_CARE, expect

SECONDS = 120
TEAM_LEAD = "team-lead:teamleider"


def destroy(choice, tell):
    """Gives the id of the destruction."""
    here, there = choice.here, choice.there
    tell.begin("destruction")

    def smw(*words):
        return here.ask(*words, account=SOCIAL_WORKER)

    reason = ["--ground", "onterecht", "--reason", "Het dossier hoort bij een andere organisatie"]
    asked = smw("subject", "erase", choice.ref, *reason)
    approval = ["subject", "approve", asked["id"], "--fingerprint", asked["fingerprint"]]
    try:
        here.ask(*approval, account="team-lead:" + SOCIAL_WORKER.split(":")[1])
        raise Failed("one person destroyed a client alone", here)
    except Refused:
        pass
    here.ask(*approval, account=TEAM_LEAD)

    def done():
        listed = here.ask_list("destructions", "subject", "destructions", account=TEAM_LEAD)
        one = next(each for each in listed if each["id"] == asked["id"])
        return one if one["state"] == "vernietigd" and all(order["answeredAt"] for order in one["orders"]) else None

    one = wait_until(done, SECONDS, "the destruction", here)
    try:
        smw("client", "show", choice.ref)
        raise Failed("a destroyed client is still shown", here)
    except Refused:
        pass
    expect(one["client"] is None and one["fieldsErased"] > 0, "the log still names the destroyed client", here)
    destroyed = sum(order["destroyed"] for order in one["orders"])
    kept = sum(order["kept"] for order in one["orders"])
    tell.chapter("Destroyed (vernietiging)")
    tell.say(f"A social worker asks for the destruction of client {choice.ref}; a second person approves it. {here.name} withdraws the child "
             f"from matching, tells {there.name}, destroys the record with its key, and the personal fields of {one['fieldsErased']} log entries.")
    tell.done(f"The receiver answered, signed: {destroyed} fragments destroyed, {kept} kept as its own. The logs still verify.")
    return asked["id"]


def prove(choice, destruction, network, verifier, log, out):
    """Has knoop-verify check the proof of the destruction against the cards, the convenant and the exported log of who destroyed."""
    path = out / "vernietiging.txt"
    choice.here.run("subject", "proof", destruction, "--out", path, account=SOCIAL_WORKER)
    cards = [word for card in network.cards() for word in ("--card", card)]
    done = subprocess.run([verifier, "destruction", path, "--convenant", network.convenant, "--export", log, *cards],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"knoop-verify does not accept the proof of the destruction: {done.stdout.strip()} {done.stderr.strip()}", choice.here)
    return path


def receipt(choice, network, verifier, out):
    """Has knoop-verify check the receipt of what was given, which outlives the record: as who gave keeps it, and as who got."""
    here, there = choice.here, choice.there
    kept = [one for one in here.ask_list("receipts", "receipt", "list", account=SOCIAL_WORKER) if one["peer"] == there.id and one["given"]]
    expect(len(kept) == 1, f"{len(kept)} receipts of the destroyed client are kept instead of one", here)
    texts = []
    for node, other, account in ((here, there, SOCIAL_WORKER), (there, here, YOUTH_CARE)):
        path = out / f"ontvangstbewijs-{node.id}.txt"
        node.run("receipt", "export", other.id, kept[0]["exchange"], "--out", path, account=account)
        done = subprocess.run([verifier, "receipt", path, "--convenant", network.convenant], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"knoop-verify does not accept the receipt of a destroyed client: {done.stdout.strip()} {done.stderr.strip()}", node)
        texts.append(path.read_text(encoding="utf-8"))
    expect(texts[0] == texts[1], "the two sides keep different receipts", here)
    return out / f"ontvangstbewijs-{here.id}.txt"
