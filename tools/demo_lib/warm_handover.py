"""The story: a school social worker and Bureau Jeugdzorg find out that they know the same child, and hand over warmly.

Every step asks the nodes and checks what they answer; the words are for a reader, the checks for everybody."""
from datetime import date, timedelta

from . import follow_up
from .failure import Failed
from .logs import PRIVACY_OFFICER
from .node import wait_until

ANSWER_SECONDS = 60
SENSITIVE = ("F06", "F08", "F11", "F12", "F13")
SOCIAL_WORKER = "professional:schoolmaatschappelijk-werk"
YOUTH_CARE = "professional:jeugdzorg"


def expect(true, sentence, node):
    if not true:
        raise Failed(sentence, node)


def age_on(day, born):
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def givers(born, today):
    """Who gives consent (R3.2): under 12 the parents, from 12 child and parents, from 16 the youth alone."""
    age = age_on(today, born)
    return ["parent"] if age < 12 else ["parent", "youth"] if age < 16 else ["youth"]


class Choice:
    """The client the story is about."""

    def __init__(self, here, there, match, fragments, born):
        self.here, self.there = here, there
        self.match = match["id"]
        self.ref = match["clientRef"]
        self.fragments = fragments
        self.categories = sorted({fragment["category"] for fragment in fragments})
        self.born = born


def choose(here, there, matches, peer_matches):
    """A client of `here` without a BSN, with a possible match at `there` and fragments of at least three categories."""
    known_there = {match["id"]: match for match in peer_matches}
    for match in sorted(matches, key=lambda match: match["clientRef"]):
        if match["peer"] != there.id or match["class"] != "possible" or match["id"] not in known_there:
            continue
        row = here.organisation.client_rows[match["clientRef"]]
        if row["bsn"]:
            continue
        listed = here.ask_list("fragments", "fragment", "list", match["clientRef"], account=SOCIAL_WORKER)
        choice = Choice(here, there, match, listed, date.fromisoformat(row["geboortedatum"]))
        if len(choice.categories) >= 3:
            return choice
    raise Failed(f"{here.name} lists no possible match with {there.name} of a client with fragments of three categories", here)


class Story:
    PURPOSE = "Hulp thuis is nodig"
    FEEDBACK = "De hulp is gestart"

    def __init__(self, choice, teller, today):
        self.choice, self.tell, self.today = choice, teller, today
        self.here, self.there = choice.here, choice.there
        self.excluded_category = self.refused_category = None

    def account(self, node):
        return SOCIAL_WORKER if node is self.here else YOUTH_CARE

    def smw(self, *words):
        return self.here.ask(*words, account=SOCIAL_WORKER)

    def bjz(self, *words):
        return self.there.ask(*words, account=YOUTH_CARE)

    def officer(self, *words):
        return self.here.ask(*words, account=PRIVACY_OFFICER)

    def wait(self, happened, what, node):
        return wait_until(happened, ANSWER_SECONDS, what, node)

    def match_at(self, node):
        return node.ask("match", "show", self.choice.match, account=self.account(node))

    def run(self):
        self.run_until_withdrawal()
        self.views()
        self.aftercare()
        self.withdrawal()
        self.review()

    def views(self):
        follow_up.views(self.here, self.choice.ref, SOCIAL_WORKER, self.there, self.tell)

    def aftercare(self):
        follow_up.aftercare(self.there, self.match_at(self.there)["clientRef"], YOUTH_CARE, self.today, self.tell)

    def run_until_withdrawal(self):
        for part in (self.possible_match, self.contact, self.outcome, self.consent, self.request, self.answer, self.conversation,
                     self.ground, self.transfer, self.arrival, self.leaver, self.feedback):
            part()

    def possible_match(self):
        self.tell.begin("a possible match")
        mine, theirs = self.match_at(self.here), self.match_at(self.there)
        expect(not mine.get("contact") and not theirs.get("contact"), "contact data crossed before anybody chose contact", self.here)
        self.tell.chapter("A child that two organisations know")
        self.tell.say(f"{self.here.name} knows client {self.choice.ref}. School social work may not use the BSN, so there is only a "
                      f"possible match (mogelijke match) with {self.there.name}. Both sides see why, and nothing more:")
        self.tell.lines([f"evidence: {', '.join(mine['evidence'])}", "names, birth date, contact data of the other side: not shown"])
        self.tell.done("Neither side has seen anything of the other's record.")

    def contact(self):
        self.tell.begin("both choose contact")
        self.smw("match", "contact", self.choice.match)
        expect(not self.match_at(self.here).get("contact"), "contact data came though the other side had not chosen", self.here)
        self.tell.chapter("Both choose to make contact")
        self.tell.say("The school social worker chooses contact. Nothing happens yet: no answer and 'no' look the same.")
        self.bjz("match", "contact", self.choice.match)
        got = {}
        for node in (self.here, self.there):
            got[node.id] = self.wait(lambda node=node: self.match_at(node).get("contact"), "the other side's contact data", node)
        self.tell.say("Then the professional of Bureau Jeugdzorg chooses contact too, and each gets the other's contact data:")
        self.tell.lines([f"{node.name} may call {got[node.id]['name']}, {got[node.id]['function']}, {got[node.id]['phone']}"
                         for node in (self.here, self.there)])
        self.tell.done("Contact data crossed once both had chosen.")

    def outcome(self):
        self.tell.begin("outcome of the contact")
        self.smw("match", "outcome", self.choice.match, "same")
        self.bjz("match", "outcome", self.choice.match, "same")
        for node in (self.here, self.there):
            self.wait(lambda node=node: self.match_at(node)["outcome"] == {"own": "same", "peer": "same"}, "both outcomes", node)
        self.tell.done("They call, find that it is the same youth, and both record it.")

    def consent(self):
        self.tell.begin("consent")
        # What the family refuses is a sensitive category if there is any; another is left out of their yes.
        sensitive = [category for category in self.choice.categories if category in SENSITIVE]
        self.refused_category = (sensitive or self.choice.categories)[-1]
        others = [category for category in self.choice.categories if category != self.refused_category]
        self.consented, self.excluded_category = others[:-1], others[-1]
        until = self.today + timedelta(days=365)
        who = ["--from", self.today, "--until", until, "--way", "oral", "--identity", "paspoort gezien",
               "--authority", "gezagsregister geraadpleegd"]
        for giver in givers(self.choice.born, self.today):
            who += ["--giver", giver]
        about = ["--recipient", self.there.id, "--purpose", "warme-overdracht"]
        text = self.smw("consent", "text", "print", *about, "--categories", ",".join(self.consented), "--exclude", self.excluded_category,
                        "--until", until)["text"]
        expect("intrekken" in text and self.there.name in text, "the text does not say to whom, or that consent can be withdrawn", self.here)
        self.consent_id = self.smw("consent", "record", "--client", self.choice.ref, *about, "--answer", "partly",
                                   "--categories", ",".join(self.consented), "--exclude", self.excluded_category, *who)["id"]
        self.smw("consent", "record", "--client", self.choice.ref, *about, "--answer", "no", "--categories", self.refused_category, *who)
        self.tell.chapter("Consent")
        self.tell.say(f"The social worker talks with the family, shows them the text that explains it, and records what they say "
                      f"(toestemming). Partly yes: to {self.there.name}, for this hand-over, {', '.join(self.consented)}, but not "
                      f"{self.excluded_category}. And no to {self.refused_category}.")
        shown = self.smw("fragment", "preview", "--client", self.choice.ref, "--recipient", self.there.id,
                         "--categories", ",".join(self.choice.categories))
        decided = {item["category"]: item["decision"] if item["decision"] == "permit" else item["reason"] for item in shown["categories"]}
        expected = {category: "permit" for category in self.consented} | {self.excluded_category: "excluded", self.refused_category: "refused"}
        expect(decided == expected, f"the preview says {decided} instead of {expected}", self.here)
        self.tell.lines([f"{item['category']} {item['label']}: {'may go' if item['decision'] == 'permit' else 'stays. ' + item['explanation']}"
                         for item in shown["categories"]])
        self.tell.done("A consent in part and a refusal are recorded, with who spoke, how that was checked, and the text they saw.")

    def request(self):
        self.tell.begin("request of a warm hand-over")
        self.handover = self.smw("handover", "request", "--match", self.choice.match, "--purpose", self.PURPOSE,
                                 "--urgency", "normal", "--categories", ",".join(self.choice.categories))["id"]
        self.wait(lambda: self.state(self.there) == "aangevraagd", "the request to arrive", self.there)
        expect(self.received() == [], "a fragment arrived with the request", self.there)
        self.tell.chapter("The warm hand-over (warme overdracht)")
        expect(self.look(self.there)["responsible"] == "afzender", "the responsibility passed on with the request", self.there)
        self.tell.done(f"{self.here.name} asks {self.there.name} to take over: the purpose crosses, no content, and it stays responsible.")

    def answer(self):
        self.tell.begin("answer to the request")
        self.bjz("handover", "accept", self.handover)
        self.wait(lambda: self.state(self.here) == "geaccepteerd", "the acceptance to arrive", self.here)
        self.tell.done(f"{self.there.name} accepts.")

    def conversation(self):
        self.tell.begin("conversation of three")
        self.smw("handover", "plan", self.handover, "--date", self.today + timedelta(days=2))
        self.wait(lambda: self.state(self.there) == "gesprek gepland", "the planned conversation", self.there)
        self.smw("handover", "held", self.handover)
        self.wait(lambda: self.state(self.there) == "gesprek gevoerd", "the conversation", self.there)
        self.tell.done("Family and both professionals talk together (driegesprek).")

    def ground(self):
        self.tell.begin("sharing on a ground")
        self.item = next(fragment["id"] for fragment in self.choice.fragments if fragment["category"] == self.refused_category)
        ground = self.smw("ground", "record", "--client", self.choice.ref, "--kind", "ondertoezichtstelling", "--recipient", self.there.id,
                          "--item", self.item, "--reasons", "Nodig voor de uitvoering van de ondertoezichtstelling",
                          "--source", "Beschikking van de kinderrechter; vraag van de jeugdbeschermer", "--consulted", "gedragswetenschapper",
                          "--until", self.today + timedelta(days=14))
        expect(ground["force"] == "verplichting", f"the ground is shown as {ground['force']}", self.here)
        self.ground_id = ground["id"]
        self.tell.chapter("What has to be shared all the same")
        self.tell.say(f"A court placed the child under supervision (ondertoezichtstelling), and {self.there.name} asks for what it needs to "
                      f"carry that out: {ground['law']}. The social worker consults a colleague, chooses one fragment of "
                      f"{self.refused_category}, and writes down why.")
        self.tell.lines([ground["explanation"], f"review by the privacy officer: before {ground['review']['due']}",
                         f"telling the family: before {ground['telling']['due']}"])
        self.tell.done("One fragment may go without consent; the node will not forget the review and the telling.")

    def transfer(self):
        self.tell.begin("release of the fragments")
        decided = self.smw("handover", "transfer", self.handover)
        permitted = {item["category"]: item["label"] for item in decided["categories"] if item["decision"] == "permit"}
        denied = {item["category"]: item for item in decided["categories"] if item["decision"] == "deny"}
        expected = sorted([*self.consented, self.refused_category])
        expect(sorted(permitted) == expected, f"permitted were {sorted(permitted)} instead of {expected}", self.here)
        expect(list(denied) == [self.excluded_category], f"denied were {sorted(denied)} instead of {self.excluded_category}", self.here)
        expect(denied[self.excluded_category]["reason"] == "excluded", f"denied for {denied[self.excluded_category]['reason']}", self.here)
        self.wait(lambda: sorted({item["category"] for item in self.received()}) == expected, "the fragments", self.there)
        expect(all(item["text"] for item in self.received()), "a released fragment has no text", self.there)
        on_ground = [item["id"] for item in self.received() if item["category"] == self.refused_category]
        expect(on_ground == [self.item], f"on the ground went {len(on_ground)} fragments, not the one that was chosen", self.there)
        for node in (self.here, self.there):
            self.wait(lambda node=node: self.look(node)["responsible"] == "ontvanger", "the responsibility to pass on", node)
        self.tell.chapter("What leaves")
        self.tell.lines([f"{category} {label}: released, readable at {self.there.name}" +
                         (" (one fragment, on the ground)" if category == self.refused_category else "")
                         for category, label in permitted.items()] +
                        [f"{category} {item['label']}: stays. {item['explanation']}" for category, item in denied.items()])
        self.tell.done(f"{len(self.received())} fragments went, after a signed receipt; one category stayed, as the family wants. "
                       f"From here on {self.there.name} is responsible.")

    def arrival(self):
        self.tell.begin("arrival")
        self.bjz("handover", "arrived", self.handover)
        # The ontvanger's copy moves last, when the afzender has taken its event.
        for node in (self.here, self.there):
            self.wait(lambda node=node: self.state(node) == "aangekomen", "the arrival to be told and taken", node)
        self.tell.done("The youth came to the first appointment, and the sender hears it.")

    def leaver(self):
        follow_up.leaver(self.there, YOUTH_CARE, self.handover, self.tell)

    def feedback(self):
        self.tell.begin("feedback")
        self.bjz("handover", "feedback", self.handover, "--event", "started", "--text", self.FEEDBACK)
        self.wait(lambda: self.state(self.here) == "teruggekoppeld", "the feedback", self.here)
        self.smw("handover", "close", self.handover)
        self.wait(lambda: self.state(self.there) == "afgerond", "the closing", self.there)
        self.tell.done("Feedback (terugkoppeling) comes back, and the hand-over is closed.")

    def withdrawal(self):
        self.tell.begin("withdrawal of the consent")
        before = self.received()
        self.smw("consent", "withdraw", self.consent_id)
        consented = lambda: [item for item in self.received() if item["id"] != self.item]
        self.wait(lambda: all(item["state"] == "locked" for item in consented()), "the fragments on loan to be locked", self.there)
        locked, after = consented(), self.received()
        expect(len(after) == len(before) and not any(item.get("text") for item in locked), "a locked fragment still shows its text", self.there)
        expect([item["state"] for item in after if item["id"] == self.item] == ["on-loan"], "what rests on the ground was locked", self.there)
        acknowledged = lambda: [one for one in self.withdrawals() if one["applied"]]
        told = self.wait(acknowledged, "the acknowledgement of the withdrawal", self.here)
        expect([(one["to"], one["locked"]) for one in told] == [(self.there.id, len(locked))],
               f"acknowledged was {[(one['to'], one['locked']) for one in told]}, and {len(locked)} fragments were locked", self.here)
        expect(self.withdrawals("--open") == [], "a withdrawal that is acknowledged is still open", self.here)
        counts = self.counts("withdrawals")
        expect(counts == {"open": 0, "overdue": 0}, f"the status counts {counts} withdrawals", self.here)
        self.tell.chapter("The family thinks again")
        self.tell.say("Consent is withdrawn. Every organisation that got something on it is told at once, and says what it did:")
        self.tell.lines([f"{one['to']}: told {one['sent']}, acknowledged {one['applied']}, {one['locked']} locked, {one['flagged']} flagged"
                         for one in told] + ["open: none; overdue: none"])
        self.tell.done(f"{self.there.name} locked the {len(locked)} fragments it had on loan. "
                       "The one that went on the ground does not rest on consent, and stays.")

    def review(self):
        self.tell.begin("review of the ground")
        waiting = self.officer("ground", "reviews")
        expect([ground["id"] for ground in waiting] == [self.ground_id], "the ground does not wait for its review", self.here)
        self.officer("ground", "review", self.ground_id, "--verdict", "terecht", "--words", "De vraag past bij de beschikking")
        expect(self.officer("ground", "reviews") == [], "the reviewed ground waits still", self.here)
        expect([ground["id"] for ground in self.smw("ground", "to-tell")] == [self.ground_id], "nobody has to tell the family", self.here)
        self.smw("ground", "told", self.ground_id, "--how", "In een gesprek, met uitleg van de beschikking")
        expect(self.smw("ground", "to-tell") == [], "the family is told, and still on the list", self.here)
        self.tell.chapter("Somebody else looks at it")
        counts = self.counts("grounds")
        expect(not any(counts.values()), f"the status counts {counts} of grounds that are done", self.here)
        self.tell.done("The privacy officer finds the ground in the queue and judges it justified; the social worker tells the family.")

    def withdrawals(self, *options):
        """Who was told of the withdrawal, as the node of the afzender lists it."""
        listed = self.here.ask_list("withdrawals", "consent", "withdrawals", *options, account=SOCIAL_WORKER)
        return [one for one in listed if one["consent"] == self.consent_id]

    def counts(self, what):
        """What still waits at the afzender, as its status counts it."""
        return self.here.ask("status")[what]

    def look(self, node):
        """The hand-over as this node has it, if it has."""
        listed = node.ask_list("handovers", "handover", "list", account=self.account(node))
        return next((handover for handover in listed if handover["id"] == self.handover), {"state": None, "responsible": None})

    def state(self, node):
        return self.look(node)["state"]

    def received(self):
        return self.there.ask_list("fragments", "fragment", "received", "--handover", self.handover, account=YOUTH_CARE)
