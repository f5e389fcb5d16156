"""Clients for benchmarks: made-up names, each with the same number of identifiers, so that registrations can be counted.

Nobody's: BSNs are of the test range 9999xxxxx (those that pass the elfproef, some 9,000), and whoever comes after them
has none.
"""
import csv
from datetime import date, timedelta

CLIENT_FIELDS = ("client_ref", "bsn", "voornamen", "voorvoegsel", "achternaam", "geboortedatum", "geslacht", "postcode", "huisnummer",
                 "toevoeging", "gemeentecode", "ouder1_bsn", "ouder2_bsn")
INVOLVEMENT_FIELDS = ("client_ref", "soort", "vanaf", "tot", "professional", "functie", "telefoon", "email")
SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "za")
LETTERS = "abcdefghklmnprst"
SOME_STREETS = 16 ** 3


def bsns():
    """The test numbers, ascending."""
    for tail in range(100000):
        digits = f"9999{tail:05d}"
        weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
        if sum(w * int(d) for w, d in zip(weights, digits)) % 11 == 0:
            yield digits


TEST_BSNS = list(bsns())


def word(number, syllables):
    """A name nobody else has: the number in base 16, a syllable a digit."""
    out = ""
    for _ in range(syllables):
        out += SYLLABLES[number % 16]
        number //= 16
    return out


def client(number):
    """Person `number` of everybody: identifiers differ from those of all other numbers."""
    street = number % SOME_STREETS
    return {
        "client_ref": f"c{number}",
        "bsn": TEST_BSNS[number] if number < len(TEST_BSNS) else "",
        "voornamen": word(number * 7919, 3).capitalize(),
        "voorvoegsel": "",
        "achternaam": word(number, 6).capitalize(),
        "geboortedatum": (date(2008, 1, 1) + timedelta(days=28 * (number % 150) + number % 15)).isoformat(),
        "geslacht": "O",
        "postcode": f"{1000 + number % 9000}{LETTERS[street % 16]}{LETTERS[street // 16 % 16]}",
        "huisnummer": str(1 + number % 9973),
        "toevoeging": "",
        "gemeentecode": "",
        "ouder1_bsn": "",
        "ouder2_bsn": "",
    }


def write(folder, numbers, today):
    """clients.csv and involvements.csv of these people, all in care; returns both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "clients.csv", folder / "involvements.csv"
    with open(paths[0], "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CLIENT_FIELDS, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(client, numbers))
    with open(paths[1], "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(INVOLVEMENT_FIELDS)
        for number in numbers:
            writer.writerow((f"c{number}", "ketenregistratie", (today - timedelta(days=30)).isoformat(),
                             (today + timedelta(days=330)).isoformat(), "P. Rofessional", "jeugdhulpverlener", "0101234567", ""))
    return paths
