"""One organisation's own records: its clients as its dossier system would export them, and the involvements of its people."""
from datetime import timedelta

from . import names
from .care import KINDS
from .chance import Chance
from .errors import Errors, stripped, with_letters_lost

CLIENT_FIELDS = ("client_ref", "bsn", "voornamen", "voorvoegsel", "achternaam", "geboortedatum", "geslacht", "postcode",
                 "huisnummer", "toevoeging", "gemeentecode", "ouder1_bsn", "ouder2_bsn")
INVOLVEMENT_FIELDS = ("client_ref", "soort", "vanaf", "tot", "professional", "functie", "telefoon", "email")
LONGEST = 730  # days: R2.2 allows two years


class Records:
    def __init__(self, seed, organisation, index, population, rates):
        self.organisation = organisation
        self.today = population.today
        self.chance = Chance(seed, f"records/{organisation.id}")
        self.errors = Errors(self.chance, rates)
        self.professionals = self._professionals(index)
        self.clients, self.involvements, self.truth = [], [], []
        self.involved = []  # (youth, client_ref, involvement) for the fragments
        for number, youth in enumerate(self._in_the_files(population), 1):
            self._add(f"{KINDS[organisation.kind][4]}-{200000 + 7 * number}", youth)

    def _in_the_files(self, population):
        """All children of its age for youth health care; elsewhere those in care, and some who were."""
        organisation, today = self.organisation, self.today
        everybody = organisation.written_kind == "jgz"
        chosen = [youth for youth in population.youths
                  if organisation in youth.places
                  or (organisation.takes(youth.age(today)) and self.chance.happens(0.97 if everybody else 0.02))]
        self.chance.shuffle(chosen)
        return chosen

    def _professionals(self, index):
        functions = KINDS[self.organisation.kind][3]
        people = []
        for number in range(1, 7):
            sex = self.chance.pick("VM")
            first = self.chance.pick(names.FIRST_NAMES["dutch"][sex])[1]
            prefix, surname = self.chance.pick(names.SURNAMES["dutch"])
            people.append({
                "professional": " ".join(filter(None, (first, prefix, surname))),
                "functie": self.chance.pick(functions),
                "telefoon": f"099-555{index:02d}{number:02d}",
                "email": f"medewerker{number}@{self.organisation.id}.example",
            })
        return people

    def _add(self, reference, youth):
        client = self._client(reference, youth)
        self.clients.append(client)
        active = self.organisation in youth.places
        if active:
            involvement = self._involvement(reference, youth)
            self.involvements.append(involvement)
            self.involved.append((youth, reference, involvement))
        self.truth.append({
            "person_id": youth.id, "family_id": youth.family.id, "organisation": self.organisation.id, "client_ref": reference,
            "active": int(active), "has_bsn": int(bool(client["bsn"]))})

    def _client(self, reference, youth):
        errors = self.errors
        prefix, surname = errors.surname(youth)
        first_names = errors.first_names(youth)
        if errors.happens("stripped"):
            first_names, surname = stripped(first_names), stripped(surname)
        elif errors.happens("letters_lost"):
            first_names, surname = with_letters_lost(first_names), with_letters_lost(surname)
        address = errors.address(youth)
        client = dict.fromkeys(CLIENT_FIELDS, "")
        client |= {"client_ref": reference, "voornamen": first_names, "voorvoegsel": prefix, "achternaam": surname,
                   "geboortedatum": errors.born(youth, self.today).isoformat(), "geslacht": errors.sex(youth),
                   "gemeentecode": address.municipality}
        if not errors.happens("no_address"):
            client |= {"postcode": errors.postcode(address), "huisnummer": address.number, "toevoeging": errors.addition(address)}
        if self.organisation.has_bsns:
            if not errors.happens("no_bsn"):
                client["bsn"] = youth.bsn
            if not errors.happens("no_parent_bsn"):
                for field, bsn in zip(("ouder1_bsn", "ouder2_bsn"), youth.family.parent_bsns):
                    client[field] = bsn
        return client

    def _involvement(self, reference, youth):
        chance = self.chance
        since = self.today - timedelta(days=chance.below(min(600, max(1, (self.today - youth.born).days))))
        until = since + timedelta(days=LONGEST if chance.happens(0.8) else chance.between(620, LONGEST))
        # Youth health care sees every child: being involved means that somebody there is worried.
        worried = self.organisation.written_kind == "jgz" or chance.happens(0.2)
        return {"client_ref": reference, "soort": "signaal" if worried else "ketenregistratie", "vanaf": since.isoformat(),
                "tot": until.isoformat(), **chance.pick(self.professionals)}
