"""How a record differs from the person: the errors and habits of those who type, and of the systems they type in."""
import calendar
import unicodedata
from datetime import timedelta

# Three kinds of region. `usual` is what dossier systems that follow the municipal register show against each other: one record in
# twenty without an address, few old ones, a parent's BSN in both records of four in ten pairs of brothers and sisters, and nine in ten
# of those pairs with an address or a parent's BSN in common on paper. `mild` has about half of its errors. `harsh` is worse than any
# region known: every third moved child stands at its old address and children of separated parents at either, so a quarter to a third
# of those pairs share neither; no key can find them, and the least recall of family matches is out of reach.
# Name: (mild, usual, harsh: the chance that a record has it; what it is). `--rate NAME=VALUE` sets one.
PROFILES = ("mild", "usual", "harsh")
RATES = {
    "typo_first_name": (0.010, 0.020, 0.030, "a slip of the finger in the first names"),
    "typo_surname": (0.020, 0.040, 0.030, "a slip of the finger in the surname"),
    "spelling": (0.005, 0.010, 0.020, "a surname written as it sounds: ij/y, c/k, ph/f, dt/t"),
    "stripped": (0.100, 0.200, 0.300, "diacritics lost"),
    "letters_lost": (0.000, 0.005, 0.020, "letters with diacritics turned into question marks"),
    "upper_case": (0.020, 0.040, 0.060, "the surname in capitals"),
    "prefix_in_surname": (0.020, 0.040, 0.060, "the tussenvoegsel in the surname's field"),
    "prefix_lost": (0.002, 0.005, 0.010, "no tussenvoegsel"),
    "half_of_double": (0.100, 0.200, 0.250, "one half of a double surname"),
    "first_name_only": (0.200, 0.300, 0.300, "the first of several first names"),
    "initials": (0.025, 0.050, 0.060, "initials for the first names"),
    "call_name": (0.020, 0.040, 0.080, "the call name for the first names"),
    "shortened": (0.015, 0.030, 0.030, "the first four letters of the first name"),
    "day_month_swapped": (0.004, 0.008, 0.008, "day and month of birth swapped"),
    "day_off_by_one": (0.004, 0.008, 0.006, "the birth date a day off"),
    "day_off_by_ten": (0.003, 0.006, 0.004, "the birth date ten days off, in the same month"),
    "year_off_by_one": (0.0005, 0.001, 0.002, "the birth year one off"),
    "sex_unknown": (0.010, 0.020, 0.020, "sex not recorded"),
    "sex_wrong": (0.002, 0.004, 0.004, "the wrong sex"),
    "old_address": (0.015, 0.030, 0.300, "the address before a move, for those who moved"),
    "other_parent": (0.015, 0.030, 0.400, "the other parent's address, where the parents live apart"),
    "addition_otherwise": (0.050, 0.100, 0.150, "an addition in another writing, where there is one"),
    "addition_lost": (0.005, 0.010, 0.040, "no addition, where there is one"),
    "no_address": (0.025, 0.050, 0.050, "no address"),
    "no_bsn": (0.040, 0.080, 0.080, "no BSN, at an organisation that uses it"),
    "no_parent_bsn": (0.200, 0.270, 0.450, "no parents' BSNs, at an organisation that uses them"),
    "postcode_space": (0.300, 0.300, 0.500, "the postcode with its space"),
}


def rates_of(profile, factor=1.0):
    column = PROFILES.index(profile)
    return {name: min(1.0, entry[column] * factor) for name, entry in RATES.items()}


NEIGHBOURS = {"a": "qs", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
              "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
              "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x"}
SOUNDS = (("ij", "y"), ("y", "ij"), ("ck", "k"), ("c", "k"), ("ph", "f"), ("dt", "t"), ("sz", "s"), ("oo", "o"), ("ee", "e"),
          ("uy", "ui"), ("ui", "uy"), ("s", "z"))
LETTERS_WITHOUT_DECOMPOSITION = str.maketrans({"ł": "l", "Ł": "L", "ı": "i", "ø": "o", "Ø": "O"})


def stripped(text):
    plain = unicodedata.normalize("NFD", text.translate(LETTERS_WITHOUT_DECOMPOSITION))
    return "".join(c for c in plain if not unicodedata.combining(c))


def with_letters_lost(text):
    """What a system of another alphabet leaves: Y?lmaz. The first letter was put right by hand."""
    return text[:1] + "".join(c if c.isascii() or not c.isalpha() else "?" for c in text[1:])


def typo(chance, word):
    """One slip: two letters swapped, one doubled, one lost, or a neighbour on the keyboard."""
    if len(word) < 3:
        return word
    i = chance.between(1, len(word) - 2)
    kind = chance.below(4)
    if kind == 0:
        return word[:i] + word[i + 1] + word[i] + word[i + 2:]
    if kind == 1:
        return word[:i] + word[i] + word[i:]
    if kind == 2:
        return word[:i] + word[i + 1:]
    near = NEIGHBOURS.get(word[i].lower())
    return word[:i] + chance.pick(near) + word[i + 1:] if near else word


def as_it_sounds(chance, word):
    fitting = [(a, b) for a, b in SOUNDS if a in word[1:]]
    if not fitting:
        return word
    a, b = chance.pick(fitting)
    return word[0] + word[1:].replace(a, b, 1)


class Errors:
    """One clerk at one organisation: happens(name) says whether this record has that error."""

    def __init__(self, chance, rates):
        self.chance = chance
        self.rates = rates

    def happens(self, name):
        return self.chance.happens(self.rates[name])

    def first_names(self, youth):
        written = list(youth.first_names)
        if self.happens("call_name"):
            written = [youth.call_name]
        elif self.happens("initials"):
            return "".join(name[0] + "." for name in written)
        elif self.happens("first_name_only"):
            written = written[:1]
        if self.happens("shortened") and len(written[0]) > 5:
            written = [written[0][:4]]
        text = " ".join(written)
        if self.happens("typo_first_name"):
            text = typo(self.chance, text)
        return text

    def surname(self, youth):
        """(prefix, surname) as the two fields of the record."""
        prefix, name, second_prefix, second = youth.surname
        if second and self.happens("half_of_double"):
            if self.chance.happens(0.5):
                prefix, name = second_prefix, second
            second = ""
        if self.happens("spelling"):
            name = as_it_sounds(self.chance, name)
        if self.happens("typo_surname"):
            name = typo(self.chance, name)
        if second:
            name = f"{name}-{second_prefix} {second}" if second_prefix else f"{name}-{second}"
        if prefix and self.happens("prefix_lost"):
            prefix = ""
        if prefix and self.happens("prefix_in_surname"):
            prefix, name = "", f"{prefix} {name}"
        if self.happens("upper_case"):
            name = name.upper()
        return prefix, name

    def born(self, youth, today):
        born = youth.born
        if self.happens("day_month_swapped") and born.day <= 12:
            born = born.replace(month=born.day, day=born.month)
        elif self.happens("day_off_by_one"):
            born += timedelta(days=self.chance.pick((-1, 1)))
        elif self.happens("day_off_by_ten"):
            days = [day for day in (born.day - 10, born.day + 10) if 1 <= day <= calendar.monthrange(born.year, born.month)[1]]
            born = born.replace(day=self.chance.pick(days))
        elif self.happens("year_off_by_one"):
            year = born.year + self.chance.pick((-1, 1))
            born = born.replace(year=year, day=min(born.day, calendar.monthrange(year, born.month)[1]))
        # A clerk's system takes no birth date that has not come yet, and nobody who is too old (R1.4).
        return born if born <= today and (born.year + 23, born.month, born.day) > (today.year, today.month, today.day) else youth.born

    def sex(self, youth):
        if self.happens("sex_unknown"):
            return "O"
        if self.happens("sex_wrong"):
            return "V" if youth.sex == "M" else "M"
        return youth.sex

    def address(self, youth):
        address = youth.address
        if youth.old_address and self.happens("old_address"):
            address = youth.old_address
        elif youth.family.second_address and address == youth.family.address and self.happens("other_parent"):
            address = youth.family.second_address
        return address

    def postcode(self, address):
        return f"{address.postcode[:4]} {address.postcode[4:]}" if self.happens("postcode_space") else address.postcode

    def addition(self, address):
        """2-hoog, 2 hoog, 2HOOG; B, b; or none."""
        text = address.addition
        if text and self.happens("addition_lost"):
            return ""
        if text and self.happens("addition_otherwise"):
            text = self.chance.pick((text.lower(), text.upper(), text.replace("-", " "), text.replace("-", "")))
        return text
