"""Which organisations there are, and to whom each gives care."""
from dataclasses import dataclass

from .chance import Chance

KINDS = {
    # kind of organisation: (youngest, oldest age in its care, weight, functions of its professionals, reference prefix)
    "smw": (4, 18, 3.2, ("schoolmaatschappelijk werker", "maatschappelijk werker"), "SMW"),
    "bjz": (0, 22, 2.2, ("gezinsvoogd", "casemanager", "gedragswetenschapper"), "BJZ"),
    "cjg": (0, 22, 3.4, ("opvoedconsulent", "jeugdverpleegkundige", "gezinscoach"), "CJG"),
    "jgz-0-4": (0, 3, 2.0, ("jeugdarts", "jeugdverpleegkundige"), "JGZ"),
    "jgz-4-19": (4, 18, 1.2, ("jeugdarts", "jeugdverpleegkundige"), "GGD"),
    "ggz": (4, 22, 1.7, ("behandelaar", "regiebehandelaar"), "GGZ"),
    "leerplicht": (5, 22, 1.7, ("leerplichtambtenaar", "RMC-consulent"), "LPL"),
    "mee": (0, 22, 1.2, ("cliëntondersteuner", "consulent"), "MEE"),
    "huisarts": (0, 22, 0.9, ("huisarts", "praktijkondersteuner"), "HAP"),
    "veilig-thuis": (0, 17, 0.8, ("vertrouwensarts", "medewerker"), "VTH"),
}

# In this order: a region of two has a school social worker and an agency for youth care, which is what a hand-over needs.
ORGANISATIONS = (
    ("smw-de-rietkraag", "School-maatschappelijk werk De Rietkraag", "smw"),
    ("bjz-veenstroom", "Bureau Jeugdzorg Veenstroom", "bjz"),
    ("cjg-molenhoek", "CJG Molenhoek", "cjg"),
    ("jgz-veenstroom-0-4", "JGZ Veenstroom 0-4", "jgz-0-4"),
    ("ggd-veenstroom-4-19", "GGD Veenstroom JGZ 4-19", "jgz-4-19"),
    ("ggz-jeugd-lindelaan", "GGZ Jeugd De Lindelaan", "ggz"),
    ("leerplicht-veenstroom", "Leerplicht en RMC Veenstroom", "leerplicht"),
    ("mee-waterrand", "MEE Waterrand", "mee"),
    ("smw-het-kompas", "School-maatschappelijk werk Het Kompas", "smw"),
    ("cjg-sluiswijk", "CJG Sluiswijk", "cjg"),
    ("huisartsen-de-brug", "Huisartsengroep De Brug", "huisarts"),
    ("veilig-thuis-veenstroom", "Veilig Thuis Veenstroom", "veilig-thuis"),
)

MOST = 40


@dataclass
class Organisation:
    id: str
    name: str
    kind: str  # as in KINDS

    @property
    def written_kind(self):
        return "jgz" if self.kind.startswith("jgz") else self.kind

    @property
    def has_bsns(self):
        return self.kind != "smw"  # school social work may often not use the number (R1.3)

    def takes(self, age):
        youngest, oldest, *_ = KINDS[self.kind]
        return youngest <= age <= oldest


def organisations(count):
    listed = [Organisation(*entry) for entry in ORGANISATIONS[:count]]
    kinds = [kind for kind in KINDS if not kind.startswith("jgz") and kind not in ("bjz", "veilig-thuis")]
    while len(listed) < count:
        number = len(listed) + 1
        kind = kinds[number % len(kinds)]
        listed.append(Organisation(f"{kind}-team-{number}", f"{kind.upper() if len(kind) < 4 else kind.capitalize()} Team {number}", kind))
    return listed


def give_care(seed, population, listed):
    """Fills Youth.places. Children of known families get care more often, and from several at once."""
    chance = Chance(seed, "care")
    today = population.today
    for youth in population.youths:
        if not chance.happens(0.62 if youth.family.known else 0.06):
            continue
        fitting = [organisation for organisation in listed if organisation.takes(youth.age(today))]
        wanted = chance.weighted((1, 2, 3, 4), (42, 36, 16, 6))
        while fitting and len(youth.places) < wanted:
            chosen = chance.weighted(fitting, [KINDS[o.kind][2] for o in fitting])
            fitting.remove(chosen)
            youth.places.append(chosen)
    _see_to_a_hand_over(chance, population, listed)


def _see_to_a_hand_over(chance, population, listed):
    """Whatever the scale: three youths at least in care of school social work and of youth care, so that the story can be told."""
    worker = next((o for o in listed if o.kind == "smw"), None)
    agency = next((o for o in listed if o.kind == "bjz"), None)
    if not worker or not agency:
        return
    shared = sum(worker in youth.places and agency in youth.places for youth in population.youths)
    candidates = [y for y in population.youths if worker.takes(y.age(population.today)) and y.bsn and agency not in y.places]
    chance.shuffle(candidates)
    for youth in candidates[:max(0, 3 - shared)]:
        youth.places.extend(o for o in (worker, agency) if o not in youth.places)
