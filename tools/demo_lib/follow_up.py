"""What keeps a child from falling between people of one organisation: a colleague who leaves, the three views, the plan of aftercare."""
from datetime import timedelta

from .failure import Failed, Refused
from .node import wait_until

SECONDS = 60
TEAM_LEAD = "team-lead:teamleider"
MONITOR = "monitor:toezicht"
COLLEAGUE = "N. Visser"
CARE_ENDS_IN_DAYS = 150


def leaver(node, account, handover, tell):
    """The professional of this hand-over leaves: everything moves to a colleague at once."""
    tell.begin("a colleague leaves")
    name = account.split(":")[1]
    try:
        node.ask("professional", "leave", name, "--to", COLLEAGUE, account=account)
        raise Failed("somebody who is no team lead handed over a colleague's work", node)
    except Refused:
        pass
    colleague = ["--to", COLLEAGUE, "--function", "gezinsvoogd", "--phone", "020-5550123"]
    left = node.ask("professional", "leave", name, *colleague, account=TEAM_LEAD)
    moved = [one["id"] for one in left["moved"] if one["kind"] == "handover"]
    if handover not in moved or left["untaken"]:
        raise Failed(f"of the leaver's work {moved} moved, and {len(left['untaken'])} things were taken by nobody", node)
    now = node.ask("handover", "show", handover, account=account)["professional"]
    if now != COLLEAGUE:
        raise Failed(f"{now} answers for the hand-over instead of {COLLEAGUE}", node)
    tell.done(f"The professional at {node.name} leaves. {len(left['moved'])} things move to a colleague in one step, each in the log; nothing is left.")


def views(node, ref, account, coordinator, tell):
    """Where known, who signalled, who coordinates."""
    tell.begin("three views")
    seen = node.ask("client", "views", ref, account=account)
    if seen["coordinates"] is None or seen["coordinates"]["peer"] != coordinator.id:
        raise Failed(f"the views say that {seen['coordinates']} coordinates instead of {coordinator.id}", node)
    if coordinator.id not in [one["peer"] for one in seen["where"]]:
        raise Failed("the views do not say where the child is known", node)
    tell.chapter("Who is there for this child?")
    tell.lines([f"known at {one['peer']} since {one['since']}: {one['how']}" + (f", {one['state']}" if one["state"] else "") for one in seen["where"]] +
               [f"involved: {one['name']}, {one['function']}, {one['peer'] or node.id} since {one['since']}" for one in seen["signalled"]] +
               [f"coordinates: {coordinator.name} ({seen['coordinates']['professional']})"])
    tell.done("Where known, who signalled, who coordinates: what matches and hand-overs told, and nothing that had to be asked.")


def aftercare(node, ref, account, today, tell):
    """Half a year before indicated care ends, the plan for what comes after is a task."""
    tell.begin("plan of aftercare")
    ends = today + timedelta(days=CARE_ENDS_IN_DAYS)
    plan = node.ask("aftercare", "watch", "--client", ref, "--ends", ends, "--who", COLLEAGUE, account=account)

    def listed():
        items = node.ask_list("work", "work", "list", account=account)
        return next((item for item in items if item["kind"] == "aftercare" and item["id"] == plan["id"]), None)

    task = wait_until(listed, SECONDS, "the plan of aftercare on the work list", node)
    counted = [line for line in node.ask_list("statuses", "work", "status", account=MONITOR) if line["kind"] == "aftercare"]
    if sum(line["count"] for line in counted) != 1 or any("clientRef" in line for line in counted):
        raise Failed(f"the monitor sees {counted} of one plan of aftercare", node)
    node.ask("aftercare", "made", plan["id"], "--text", "In het dossier, F15", account=account)
    if listed():
        raise Failed("a plan that was made is still to be made", node)
    tell.done(f"The care at {node.name} ends on {ends}, within half a year: {task['task']} is on {task['owner']}'s list, due {task['due']}, until it "
              "is made. Who monitors sees one more task, and not whose child.")
