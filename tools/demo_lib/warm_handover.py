"""The story: a school social worker and Bureau Jeugdzorg find out that they know the same child, and hand over warmly.

Every step asks the nodes and checks what they answer; the words are for a reader, the checks for everybody."""
from datetime import date, timedelta

from .failure import Failed
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

    def __init__(self, here, there, match, categories, born):
        self.here, self.there = here, there
        self.match = match["id"]
        self.ref = match["clientRef"]
        self.categories = categories
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
        categories = sorted({fragment["category"] for fragment in listed})
        if len(categories) >= 3:
            return Choice(here, there, match, categories, date.fromisoformat(row["geboortedatum"]))
    raise Failed(f"{here.name} lists no possible match with {there.name} of a client with fragments of three categories", here)


class Story:
    PURPOSE = "Hulp thuis is nodig"
    FEEDBACK = "De hulp is gestart"

    def __init__(self, choice, teller, today):
        self.choice, self.tell, self.today = choice, teller, today
        self.here, self.there = choice.here, choice.there
        self.refused_category = None

    def account(self, node):
        return SOCIAL_WORKER if node is self.here else YOUTH_CARE

    def smw(self, *words):
        return self.here.ask(*words, account=SOCIAL_WORKER)

    def bjz(self, *words):
        return self.there.ask(*words, account=YOUTH_CARE)

    def wait(self, happened, what, node):
        return wait_until(happened, ANSWER_SECONDS, what, node)

    def match_at(self, node):
        return node.ask("match", "show", self.choice.match, account=self.account(node))

    def run(self):
        self.run_until_withdrawal()
        self.withdrawal()

    def run_until_withdrawal(self):
        for part in (self.possible_match, self.contact, self.outcome, self.consent, self.request, self.answer, self.conversation,
                     self.transfer, self.arrival, self.feedback):
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
        # Everything but one category, so that something stays behind for want of consent: a sensitive one if there is any.
        sensitive = [category for category in self.choice.categories if category in SENSITIVE]
        self.refused_category = (sensitive or self.choice.categories)[-1]
        self.consented = [category for category in self.choice.categories if category != self.refused_category]
        words = ["consent", "record", "--client", self.choice.ref, "--recipient", self.there.id, "--categories", ",".join(self.consented),
                 "--purpose", "warme-overdracht", "--from", self.today, "--until", self.today + timedelta(days=365), "--way", "oral",
                 "--identity", "paspoort gezien", "--authority", "gezagsregister geraadpleegd"]
        for giver in givers(self.choice.born, self.today):
            words += ["--giver", giver]
        self.consent_id = self.smw(*words)["id"]
        self.tell.chapter("Consent")
        self.tell.say(f"The social worker talks with the family and records their consent (toestemming): to {self.there.name}, for this "
                      f"hand-over, for {', '.join(self.consented)}. About {self.refused_category} nothing is said, and nothing said is no.")
        self.tell.done("Consent recorded.")

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

    def transfer(self):
        self.tell.begin("release of the fragments")
        decided = self.smw("handover", "transfer", self.handover)
        permitted = {item["category"]: item["label"] for item in decided["categories"] if item["decision"] == "permit"}
        denied = {item["category"]: item for item in decided["categories"] if item["decision"] == "deny"}
        expect(sorted(permitted) == self.consented, f"permitted were {sorted(permitted)} instead of {self.consented}", self.here)
        expect(list(denied) == [self.refused_category], f"denied were {sorted(denied)} instead of {self.refused_category}", self.here)
        expect(denied[self.refused_category]["reason"] == "no-consent", f"denied for {denied[self.refused_category]['reason']}", self.here)
        self.wait(lambda: sorted({item["category"] for item in self.received()}) == self.consented, "the fragments", self.there)
        expect(all(item["text"] for item in self.received()), "a released fragment has no text", self.there)
        for node in (self.here, self.there):
            self.wait(lambda node=node: self.look(node)["responsible"] == "ontvanger", "the responsibility to pass on", node)
        self.tell.lines([f"{category} {label}: released, readable at {self.there.name}" for category, label in permitted.items()] +
                        [f"{category} {item['label']}: stays. {item['explanation']}" for category, item in denied.items()])
        self.tell.done(f"{len(self.received())} fragments went, after a signed receipt; one category was refused for want of consent. "
                       f"From here on {self.there.name} is responsible.")

    def arrival(self):
        self.tell.begin("arrival")
        self.bjz("handover", "arrived", self.handover)
        # The ontvanger's copy moves last, when the afzender has taken its event.
        for node in (self.here, self.there):
            self.wait(lambda node=node: self.state(node) == "aangekomen", "the arrival to be told and taken", node)
        self.tell.done("The youth came to the first appointment, and the sender hears it.")

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
        self.wait(lambda: all(item["state"] == "locked" for item in self.received()), "the fragments on loan to be locked", self.there)
        after = self.received()
        expect(len(after) == len(before) and not any(item.get("text") for item in after), "a locked fragment still shows its text", self.there)
        self.tell.chapter("The family thinks again")
        self.tell.done(f"Consent is withdrawn; {self.there.name} locked the {len(after)} fragments it had on loan.")

    def look(self, node):
        """The hand-over as this node has it, if it has."""
        listed = node.ask_list("handovers", "handover", "list", account=self.account(node))
        return next((handover for handover in listed if handover["id"] == self.handover), {"state": None, "responsible": None})

    def state(self, node):
        return self.look(node)["state"]

    def received(self):
        return self.there.ask_list("fragments", "fragment", "received", "--handover", self.handover, account=YOUTH_CARE)
