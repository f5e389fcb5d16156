"""What the dossiers say: invented sentences by category, for the involved clients."""
from datetime import date, timedelta

from .chance import Chance

# category: (title, nature, persons concerned, sentences)
CATEGORIES = {
    "F01": ("Persoon en contact", "feit", ("jeugdige",), (
        "Bereikbaar na schooltijd, liefst per bericht.", "Ouders willen eerst zelf gebeld worden.",
        "Thuis wordt vooral een andere taal gesproken; tolk gewenst bij lange gesprekken.")),
    "F02": ("Gezag en gezin", "feit", ("jeugdige", "ouder"), (
        "Beide ouders hebben gezag; uittreksel gezien.", "Ouders wonen apart en overleggen per week.",
        "Moeder heeft alleen gezag; beschikking gezien.")),
    "F03": ("Betrokkenen", "feit", ("jeugdige",), (
        "De mentor van school is het eerste aanspreekpunt.", "Een tante komt elke week langs.",
        "De voetbaltrainer weet dat er hulp is.")),
    "F05": ("Aanleiding en hulpvraag", "feit", ("jeugdige",), (
        "Valt sinds de herfst stil in de klas en vraagt zelf om een gesprek.",
        "Ouders zoeken hulp bij het naar bed brengen.", "School maakt zich zorgen over veel afwezigheid op maandag.",
        "Wil leren omgaan met boosheid op het plein.", "Na de scheiding slaapt de jeugdige slecht.")),
    "F06": ("Zorgen per leefgebied", "interpretatie", ("jeugdige",), (
        "Indruk: de jeugdige zorgt thuis veel voor de jongere kinderen.",
        "Indruk: er is weinig geld en veel spanning daarover.", "Indruk: de jeugdige heeft weinig vertrouwen in volwassenen.",
        "Indruk: het netwerk van het gezin is klein geworden.")),
    "F07": ("Krachten en netwerk", "feit", ("jeugdige",), (
        "Zwemt graag en is trots op de diploma's.", "Heeft twee goede vriendinnen in de straat.",
        "Opa haalt op woensdag van school.", "Tekent veel en laat dat graag zien.")),
    "F08": ("Ontwikkeling en gezondheid, samenvatting", "feit", ("jeugdige",), (
        "Groei volgt de eigen lijn.", "Spraak en taal passen bij de leeftijd.", "Draagt sinds kort een bril.",
        "Gehoor aan een kant verminderd; controle gepland.")),
    "F10": ("Ingezette hulp en resultaat", "feit", ("jeugdige",), (
        "Zes gesprekken gevoerd; de jeugdige slaapt weer door.", "Oudercursus begonnen, drie avonden bijgewoond.",
        "Weerbaarheidstraining afgerond.", "Huisbezoeken om de week; afspraken worden nagekomen.")),
    "F11": ("Veiligheid", "feit", ("jeugdige",), (
        "Veiligheidsafspraken gemaakt en ondertekend.", "Geen acute onveiligheid gezien bij het laatste huisbezoek.",
        "De jeugdige weet wie te bellen als het misgaat.")),
    "F14": ("Verzuim en onderwijs", "feit", ("jeugdige",), (
        "Dertien dagdelen gemist dit kwartaal, waarvan vier met bericht.", "Komt sinds de afspraken weer op tijd.",
        "Rekenen gaat vooruit, lezen blijft achter.")),
    "F15": ("Plan en afspraken", "feit", ("jeugdige",), (
        "Elke twee weken een gesprek met de jeugdige alleen.", "Ouders en school bellen elkaar op vrijdag.",
        "Na acht weken kijken we samen hoe het gaat.")),
    "F17": ("Zienswijze jeugdige en ouders", "feit", ("jeugdige", "ouder"), (
        "De jeugdige wil dat er niet over maar met hem of haar wordt gepraat.",
        "Ouders herkennen de zorgen, maar vinden ze te zwaar beschreven.", "Ouders zijn blij dat er iemand meekijkt.")),
}

KEPT_BY = {
    "smw": ("F01", "F03", "F05", "F06", "F07", "F14", "F17"),
    "bjz": ("F02", "F05", "F06", "F10", "F11", "F15", "F17"),
    "cjg": ("F01", "F05", "F06", "F07", "F10", "F15", "F17"),
    "jgz": ("F01", "F05", "F08", "F17"),
    "ggz": ("F06", "F10"),
    "leerplicht": ("F14", "F15"),
    "mee": ("F05", "F07", "F10"),
    "huisarts": ("F05", "F08"),
    "veilig-thuis": ("F02", "F11"),
}


def fragments(seed, records):
    """Yields the fragments of one organisation's involved clients, each dated within the involvement."""
    chance = Chance(seed, f"fragments/{records.organisation.id}")
    for _, reference, involvement in records.involved:
        since = date.fromisoformat(involvement["vanaf"])
        for category in KEPT_BY[records.organisation.written_kind]:
            if not chance.happens(0.8):
                continue
            title, nature, persons, sentences = CATEGORIES[category]
            written = since + timedelta(days=chance.below((records.today - since).days + 1))
            yield {"client_ref": reference, "category": category, "title": title, "nature": nature,
                   "author": involvement["professional"], "date": written.isoformat(), "text": chance.pick(sentences),
                   "persons": list(persons)}
