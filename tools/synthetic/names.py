"""Names as they live side by side in a Dutch town: with prefixes, diacritics, double names and call names.

Each culture: surnames as (prefix, name), commonest first (drawn by rank, so that unrelated people share names), and
first names by sex as "official:call name" where the two differ.
"""
from .chance import Chance

DUTCH_SURNAMES = """
de Jong|Jansen|de Vries|van den Berg|Bakker|van Dijk|Visser|Smit|Meijer|de Boer|Mulder|de Groot|Bos|Vos|Peters|Hendriks
van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smits|de Graaf|van der Meer|van der Linden|Kok|Jacobs|de Haan|Vermeulen
van den Heuvel|van der Veen|van den Broek|de Bruijn|de Bruin|van der Heijden|Schouten|van Beek|Willems|van Vliet|Hoekstra
Maas|Verhoeven|Koster|van Dam|van der Wal|Prins|Blom|Huisman|Peeters|Kuipers|van Veen|van Dongen|Postma|Veenstra|Kramer
van den Brink|Scholten|van Wijk|Timmermans|Groen|Gerritsen|Bosman|van der Laan|Martens|van Es|Hofman|Ypma|Zijlstra
in 't Veld|van 't Hof|op den Akker|ten Brinke|ter Haar|te Velde|uit den Boogaard|von Hebel|de la Court|Bloemendaal
van der Wijngaart|Appelman|Boonstra|Cornelissen|Doornbos|Eikelboom|Feenstra|Grootjans|Haverkamp|IJsbrandy|Kloosterman
Lammertink|Moerman|Nijhuis|Oosterhuis|Pijnenburg|Roelofs|Sijtsma|Terpstra|Uittenbogaard|Vreugdenhil|Wiersma|Zandvliet
""".replace("\n", "|")

DUTCH_GIRLS = """
Emma|Julia|Sophie|Tess|Sara|Nora|Mila|Saar|Yara|Zoë|Eva|Anna|Lotte|Noor|Fleur|Lisa|Lieke|Elin|Isa|Roos|Fenna|Jasmijn
Femke|Maud|Puck|Veerle|Noëlle|Anaïs|Renée|Loïs|Chloé|Daniëlle|Fabiënne|Rosalie|Evi|Milou|Indy|Bo|Sterre|Hannah
Elisabeth:Lisa|Johanna:Joke|Maria:Mia|Catharina:Cato|Wilhelmina:Mina|Margaretha:Greet|Hendrika:Rika|Geertruida:Truus
Anne-Fleur|Marie-Louise:Loes|Anne Sophie:Annesoof|Alexandra:Sandra|Petronella:Nel|Jacoba:Coby|Aleida:Leida
""".replace("\n", "|")
DUTCH_BOYS = """
Noah|Sem|Lucas|Daan|Levi|Finn|Luuk|Bram|Mees|James|Milan|Sam|Benjamin|Gijs|Thijs|Jesse|Ruben|Lars|Tijn|Hugo|Siem|Jens
Stijn|Teun|Daniël|Raphaël|Joël|André|Boaz|Mats|Cas|Floris|Jurre|Pim|Ties|Guus|Tygo|Fedde|Sjoerd|Wiebe
Johannes:Jan|Cornelis:Kees|Hendrik:Henk|Wilhelmus:Wim|Gerardus:Gerard|Petrus:Piet|Antonius:Ton|Jacobus:Jaap
Jan-Willem|Pieter-Jan:Pieter|Alexander:Sander|Maximiliaan:Max|Theodorus:Theo|Franciscus:Frans|Adrianus:Ad|Matthijs:Thijs
""".replace("\n", "|")

CULTURES = {
    "dutch": (DUTCH_SURNAMES, DUTCH_GIRLS, DUTCH_BOYS),
    "turkish": (
        "Yılmaz|Kaya|Demir|Çelik|Şahin|Öztürk|Aydın|Arslan|Doğan|Kılıç|Koç|Kurt|Özdemir|Şimşek|Güneş|Yıldırım|Çetin|Bulut",
        "Zeynep|Elif|Defne|Ayşe|Büşra|Gül|Esra|Merve|İrem|Sümeyye|Tuğba|Aylin|Nur|Melisa|Ebrar|Hatice|Şeyma",
        "Emir|Yusuf|Mustafa|Ömer|Kerem|Eymen|Çağan|Ali|Mehmet|Ahmet|Burak|Doğukan|Furkan|Umut|Barış|Hüseyin|Oğuz"),
    "moroccan": (
        "El Idrissi|Benali|Bouzid|Ait Lahcen|El Khattabi|Chaoui|Ouali|Azzouzi|El Bakkali|Haddou|El Yousfi|Amrani|Ben Haddou"
        "|Ouazzani|El Fassi|Tahiri|Saidi|Bouchaib|Aït Benhaddou",
        "Fatima|Fatima Zahra:Fatima|Salma|Yasmina|Nour|Aïcha|Khadija|Hafsa|Inès|Malak|Sofia|Imane|Zineb|Amal|Ikram|Loubna",
        "Mohamed|Mohammed|Mohamed-Amine:Amine|Ayoub|Bilal|Ilyas|Ilias|Anass|Hamza|Zakaria|Youssef|Jamal|Karim|Soufiane"
        "|Abdelkarim:Karim|Abderrahman:Abder|Nordin|Reda"),
    "surinamese": (
        "Ramdin|Jagroep|Baldewsingh|Kalpoe|Ramsaran|Bhikhari|Pinas|Vreden|Sedney|Tjon A Fat|Kromosoeto|Sewnarain|Gopal"
        "|Biharie|Lieveld|Landveld|Amatsoemarto|Wongsodikromo|Lie A Kwie|van der Kust",
        "Shanti|Anjali|Priya|Roshni|Chanel|Gwendolyn:Gwen|Sharmila|Dewi|Sarita|Naomi|Shaniqua|Merelva|Radjni",
        "Ravi|Rishi|Amar|Vinod|Shaquille:Shaq|Dylano|Giovanni:Gio|Jermaine|Clyde|Rakesh|Soenil|Orlando|Ruel"),
    "polish": (
        "Nowak|Kowalski|Wiśniewski|Wójcik|Kamiński|Lewandowski|Zieliński|Szymański|Woźniak|Dąbrowski|Kozłowski|Mazur"
        "|Jankowski|Kwiatkowski|Łukasik",
        "Zuzanna:Zuzia|Julia|Maja|Hanna|Aleksandra:Ola|Małgorzata:Gosia|Katarzyna:Kasia|Oliwia|Wiktoria|Łucja|Agnieszka:Aga",
        "Jakub:Kuba|Szymon|Antoni:Antek|Filip|Wojciech:Wojtek|Michał|Mateusz|Kacper|Bartłomiej:Bartek|Łukasz|Paweł"),
    "other": (
        "Al Hariri|Tesfay|Gebremedhin|Khalil|Nguyễn|Chen|Martina|Cijntje|Hassan|Abdi|Mohamud|Sarkis|Popescu|Ivanova|da Silva"
        "|dos Santos|Okafor|Mensah|García|Rodríguez|Haile|Osman",
        "Amina|Lina|Mariam|Selam|Linh|Mei|Ilse-Marie|Sherazade|Nahla|Saba|Bruna|Ana|Chiara|Abigail|Leïla|Ruta",
        "Omar|Yonas|Samuel|Minh|Wei|Abdullahi|Elias|Danait|Mihai|João|José|Kofi|Emeka|Abel|Adam|Said"),
}
CULTURE_WEIGHTS = {"dutch": 66, "turkish": 9, "moroccan": 10, "surinamese": 5, "polish": 4, "other": 6}

PREFIXES = ("van den", "van der", "van de", "van 't", "in 't", "op den", "uit den", "de la", "van", "de", "den", "ten",
            "ter", "te", "von", "da", "dos")

# Brothers and sisters whose parents liked a sound: a first letter and a birth date do not tell them apart.
ALIKE = {
    "V": (("Lotte", "Lotta"), ("Anna", "Anne"), ("Sara", "Sarah"), ("Julia", "Juliette"), ("Noor", "Nora"), ("Eva", "Evi"),
          ("Mila", "Mil"), ("Fatima", "Fatiha"), ("Elif", "Elin"), ("Maja", "Maya")),
    "M": (("Jan", "Johan"), ("Tim", "Tom"), ("Sem", "Sam"), ("Thijs", "Thijmen"), ("Luuk", "Lucas"), ("Daan", "Dean"),
          ("Mohamed", "Mohammed"), ("Ilyas", "Ilias"), ("Ali", "Alim"), ("Jens", "Jesse")),
}


def split_prefix(surname):
    """("van den", "Berg") of "van den Berg"."""
    for prefix in PREFIXES:
        if surname.startswith(prefix + " "):
            return prefix, surname[len(prefix) + 1:]
    return "", surname


def _listed(text):
    return [entry for entry in text.split("|") if entry]


SURNAMES = {culture: [split_prefix(name) for name in _listed(lists[0])] for culture, lists in CULTURES.items()}
FIRST_NAMES = {
    culture: {sex: [tuple((entry.split(":") * 2)[:2]) for entry in _listed(lists[index])] for sex, index in (("V", 1), ("M", 2))}
    for culture, lists in CULTURES.items()
}


def for_sex(culture, surname, sex):
    """A Polish surname in -ski is -ska for a girl."""
    if culture == "polish" and sex == "V" and surname.endswith("ski"):
        return surname[:-1] + "a"
    return surname


class Lists:
    """The names that a population bears: surnames and first names by culture, and how often each culture comes."""

    def __init__(self, surnames, first_names, weights):
        self.surnames, self.first_names, self.weights = surnames, first_names, weights


def of(kind, seed):
    return _invented(Chance(seed, "names")) if kind == "invented" else Lists(SURNAMES, FIRST_NAMES, CULTURE_WEIGHTS)


def _invented(chance):
    """Names that no rule can have been fitted to: syllables, with what makes names hard (prefixes, diacritics, doubled letters)."""
    starts = "b|bl|br|c|ch|d|dr|f|fl|g|gr|h|j|k|kl|kr|l|m|n|p|pr|q|r|s|sch|sl|st|t|tr|v|w|z|ł|ş|ç|".split("|")
    vowels = "a|e|i|o|u|aa|ee|oo|ij|y|ie|oe|ui|eu|ou|ä|ë|ö|é|ı".split("|")
    weights = [8 if len(v) == 1 and v.isascii() else 2 if v.isascii() else 1 for v in vowels]
    ends = "|n|r|s|l|m|t|k|nd|ns|rs|kk|ss|ll|ck|dt|sz".split("|")

    def word(syllables):
        text = "".join(chance.pick(starts) + chance.weighted(vowels, weights) + (chance.pick(ends) if chance.happens(0.5) else "")
                       for _ in range(syllables))
        return text[:1].upper() + text[1:]

    def several(count, make):
        out = []
        while len(out) < count:
            made = make()
            if len(made) > 2 and made not in out:
                out.append(made)
        return out

    surnames = several(300, lambda: word(chance.weighted((1, 2, 3), (1, 4, 2))))
    with_prefix = [(chance.pick(PREFIXES) if chance.happens(0.25) else "", name) for name in surnames]
    first_names = {sex: [(name, name) for name in several(250, lambda: word(chance.weighted((1, 2, 3), (1, 4, 1))))] for sex in "VM"}
    return Lists({"invented": with_prefix}, {"invented": first_names}, {"invented": 1})
