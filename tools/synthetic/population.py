"""Who lives in the region: families with their children, addresses and numbers. This is the truth behind the records."""
from dataclasses import dataclass, field
from datetime import date, timedelta

from . import names
from .chance import Chance

YOUTHS_AT_SCALE_1 = 5000
MUNICIPALITIES = (("9901", 21), ("9902", 34), ("9903", 52), ("9904", 78))  # code that does not exist, first two digits of its postcodes
OLDEST = 23
# What no record could get wrong, and what the keys of a family must live with.
MOVED = 0.35
PARENTS_APART = 0.18
OF_ANOTHER_FATHER = 0.02  # with his surname
IN_AN_INSTITUTION = 0.01


@dataclass(frozen=True)
class Address:
    postcode: str
    number: str
    addition: str
    municipality: str


@dataclass
class Family:
    id: str
    culture: str
    surname: tuple  # (prefix, name, prefix of the second half, second half); the halves are empty but for double names
    address: Address
    second_address: Address | None  # separated parents: a child is known at either
    parent_bsns: tuple
    known: bool  # care comes to families more than to children


@dataclass
class Youth:
    id: str
    family: Family
    first_names: list
    call_name: str
    surname: tuple
    born: date
    sex: str
    bsn: str
    address: Address
    old_address: Address | None
    places: list = field(default_factory=list)  # organisations at which care runs, filled by care.py

    def age(self, today):
        return today.year - self.born.year - ((today.month, today.day) < (self.born.month, self.born.day))


def passes_elfproef(digits):
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return digits != "000000000" and sum(w * int(d) for w, d in zip(weights, digits)) % 11 == 0


def never_issued_bsns():
    """All numbers of 9999xxxxx that pass the elfproef, about 9,090. The range is kept free for tests."""
    return [bsn for bsn in (f"9999{i:05d}" for i in range(100_000)) if passes_elfproef(bsn)]


class Population:
    def __init__(self, seed, scale, today, lists=None):
        self.lists = lists or names.of("listed", seed)
        self.chance = Chance(seed, "population")
        self.today = today
        self.families, self.youths = [], []
        self._taken = set()
        self._streets = {}
        self.institutions = [self._address() for _ in range(max(1, round(3 * scale)))]
        wanted = max(40, round(YOUTHS_AT_SCALE_1 * scale))
        while len(self.youths) < wanted:
            self._add_family()
        self._namesakes()
        self._move_into_institutions()
        self.without_number = self._hand_out_bsns()

    def _address(self):
        chance = self.chance
        code, area = chance.pick(MUNICIPALITIES)
        while True:
            # Streets fill up before new ones are built: neighbours share a postcode.
            street = chance.below(4 + len(self._taken) // 6)
            key = (code, street)
            if key not in self._streets:
                letters = "ABCDEFGHJKLMNPRSTVWXZ"
                self._streets[key] = f"{area}{chance.below(100):02d}{chance.pick(letters)}{chance.pick(letters)}"
            number = str(chance.between(1, 240))
            addition = chance.weighted(("", "A", "B", "C", "bis", "1", "2-hoog"), (88, 3, 3, 2, 1, 1, 2))
            address = Address(self._streets[key], number, addition, code)
            # One in a hundred households lives where another is known too: a house that was split, or moved out of.
            if address not in self._taken or chance.happens(0.01):
                self._taken.add(address)
                return address

    def _commonest(self):
        return max(self.lists.weights, key=self.lists.weights.get)

    def _surname(self, culture):
        listed = self.lists.surnames[culture]
        return self.chance.weighted(listed, [1 / (rank + 6) for rank in range(len(listed))])

    def _add_family(self):
        chance = self.chance
        culture = chance.weighted(list(self.lists.weights), list(self.lists.weights.values()))
        prefix, name = self._surname(culture)
        second = self._surname(culture if chance.happens(0.85) else self._commonest()) if chance.happens(0.07) else ("", "")
        family = Family(f"G{len(self.families) + 1:05d}", culture, (prefix, name, *second), self._address(),
                        self._address() if chance.happens(PARENTS_APART) else None, (), chance.happens(0.30))
        self.families.append(family)
        size = chance.weighted((1, 2, 3, 4, 5), (38, 39, 16, 5, 2))
        born = self.today - timedelta(days=chance.below(int(OLDEST * 365.2)))
        for _ in range(size):
            twins = chance.happens(0.03)
            first = self._add_youth(family, born)
            if twins:
                self._add_youth(family, born, like=first)
            # Hardly a year apart is possible, nine months is not.
            born += timedelta(days=chance.between(330, 1900))
            if born > self.today:
                break

    def _add_youth(self, family, born, like=None):
        chance = self.chance
        sex = chance.pick("VM")
        culture = family.culture if chance.happens(0.85) else self._commonest()
        official, call_name = self._first_name(family, culture, sex, like)
        extra = chance.weighted((0, 1, 2), (52, 38, 10))
        first_names = [official] + [chance.pick(self.lists.first_names[culture][sex])[0] for _ in range(extra)]
        surname = family.surname
        if chance.happens(OF_ANOTHER_FATHER):
            surname = (*self._surname(family.culture), "", "")
        surname = (surname[0], names.for_sex(family.culture, surname[1], sex), *surname[2:])
        moved = chance.happens(MOVED)
        youth = Youth(f"P{len(self.youths) + 1:05d}", family, first_names, call_name, surname, born, sex, "", family.address,
                      self._address() if moved else None)
        self.youths.append(youth)
        return youth

    def _first_name(self, family, culture, sex, like):
        """A name that no sibling has; now and then one that sounds like a sibling's."""
        chance = self.chance
        siblings = [youth for youth in self.youths[-8:] if youth.family is family]
        used = {youth.first_names[0] for youth in siblings}
        if like is not None or chance.happens(0.06):
            for pair in names.ALIKE[sex]:
                for mine, theirs in (pair, pair[::-1]):
                    if theirs in used and mine not in used:
                        return mine, mine
            if like is not None and not siblings[:-1] and like.sex == sex and chance.happens(0.4):
                pair = chance.pick(names.ALIKE[sex])
                like.first_names[0], like.call_name = pair[0], pair[0]
                return pair[1], pair[1]
        listed = self.lists.first_names[culture][sex]
        while True:
            official, call_name = chance.weighted(listed, [1 / (rank + 12) for rank in range(len(listed))])
            if official not in used:
                return official, call_name

    def _namesakes(self):
        """One in a hundred bears the name of somebody unrelated; a few of those even share the birth date."""
        chance = self.chance
        for youth in self.youths:
            if not chance.happens(0.01):
                continue
            other = chance.pick(self.youths)
            if other.family is youth.family or other.sex != youth.sex:
                continue
            youth.first_names, youth.call_name, youth.surname = list(other.first_names), other.call_name, other.surname
            if chance.happens(0.05):
                youth.born = other.born

    def _move_into_institutions(self):
        """Some live in a home, under an address that says nothing about family."""
        for youth in self.youths:
            if self.chance.happens(IN_AN_INSTITUTION):
                youth.old_address, youth.address = youth.address, self.chance.pick(self.institutions)

    def _hand_out_bsns(self):
        """Youths first, then parents. Above scale 1 the range runs out, and the last go without, as undocumented people do."""
        numbers = never_issued_bsns()
        self.chance.shuffle(numbers)
        without = 0
        for youth in self.youths:
            if numbers:
                youth.bsn = numbers.pop()
            else:
                without += 1
        for family in self.families:
            parents = self.chance.weighted((0, 1, 2), (6, 34, 60))
            family.parent_bsns = tuple(numbers.pop() for _ in range(min(parents, len(numbers))))
        return without
