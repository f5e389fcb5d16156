#!/usr/bin/env python3
"""A region for browser tests: three real nodes with consoles on free ports, a few children that two of them know, and accounts.

usage: region.py KNOOP [--hostile]

--hostile: Bureau Jeugdzorg sends markup wherever it may say something.

Writes one line of JSON when all is ready: {"nodes": {id: {"name", "address", "offset", "accounts": {name: {…}}}}}. Each line it then reads is
a command: "stop ID", "start ID", "copy ID" (of a stopped node's data), "restore ID" (that copy in its place),
"openid ID ISSUER" (people may sign in there, from the next start on), "person ID NAME ROLE SUBJECT" (an account of whom the issuer calls so).
Stops when its input ends.
"""
import csv
import json
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from demo_lib import accounts, imports, matching  # noqa: E402
from demo_lib.days import dutch_today  # noqa: E402
from demo_lib.network import Network  # noqa: E402
from demo_lib.region import Region  # noqa: E402

TODAY = dutch_today()
SMW, BJZ, GGD = "smw-de-rietkraag", "bjz-veenstroom", "ggd-veenstroom"
ORGANISATIONS = ((SMW, "School-maatschappelijk werk De Rietkraag", "smw"), (BJZ, "Bureau Jeugdzorg Veenstroom", "bjz"),
                 (GGD, "GGD Veenstroom JGZ 4-19", "jgz"))

CLIENT_FIELDS = ("client_ref", "bsn", "voornamen", "voorvoegsel", "achternaam", "geboortedatum", "geslacht", "postcode", "huisnummer",
                 "toevoeging", "gemeentecode", "ouder1_bsn", "ouder2_bsn")
INVOLVEMENT_FIELDS = ("client_ref", "soort", "vanaf", "tot", "professional", "functie", "telefoon", "email")

# First names, prefix, surname, years and days since birth, gender, postcode, house number, BSN.
CHILDREN = {
    "yara": ("Yara", "van den", "Berg", 13, 200, "V", "9991AB", "14", "999900018"),
    "daan": ("Daan", "", "Kuipers", 8, 90, "M", "9991AB", "31", "999900031"),
    "noor": ("Noor", "", "El Amrani", 16, 120, "V", "9992CD", "7", "999900043"),
    "sem": ("Sem", "de", "Wit", 10, 30, "M", "9992CD", "22", "999900055"),
    "lotte": ("Lotte Wilhelmina Johanna Margaretha", "van der", "Horst-van Oldenbarnevelt", 15, 300, "V", "9993EF", "101", "999900067"),
    "milan": ("Milan", "", "Jacobs", 6, 10, "M", "9993EF", "5", "999900079"),
}
REFS = {SMW: ("SMW-1001", "SMW-1002", "SMW-1003", None, "SMW-1005", "SMW-1006"),
        BJZ: ("BJZ-2001", "BJZ-2002", "BJZ-2003", "BJZ-2004", None, None),
        GGD: ("GGD-3001", None, None, "GGD-3004", None, "GGD-3006")}
# Whose client is without an involvement: nobody is told of it.
QUIET = {(SMW, "milan"), (GGD, "milan")}
PEOPLE = {SMW: ("Marit de Vries", "schoolmaatschappelijk werker", "099-5550101", "marit@rietkraag.example"),
          BJZ: ("Joris Bakker", "casemanager", "099-5550202", "joris@veenstroom.example"),
          GGD: ("Hanna Visser", "jeugdarts", "099-5550303", "hanna@ggd.example")}
ACCOUNTS = {SMW: (("marit", "professional", "Marit de Vries"), ("femke", "privacy-officer", "Femke Smit"), ("ad", "administrator", "Ad Mulder"),
                  ("tess", "team-lead", "Tess Vos")),
            BJZ: (("joris", "professional", "Joris Bakker"), ("els", "privacy-officer", "Els Hoek")),
            GGD: (("hanna", "professional", "Hanna Visser"), ("olga", "privacy-officer", "Olga Meijer"))}
FRAGMENTS = {
    "yara": (("F01", "Persoon en contact", "feit", ("jeugdige",), "Bereikbaar na schooltijd, liefst per bericht."),
             ("F05", "Stil in de klas sinds de herfst", "feit", ("jeugdige",), "Valt sinds de herfst stil in de klas en vraagt zelf om een gesprek."),
             ("F06", "Zorgen om de thuissituatie", "interpretatie", ("jeugdige", "ouder"), "Indruk: zorgt thuis veel voor de jongere kinderen. Er is weinig rust om huiswerk te maken."),
             ("F07", "Wat goed gaat", "feit", ("jeugdige",), "Heeft twee goede vriendinnen in de straat en zwemt graag."),
             ("F14", "Verzuim dit kwartaal", "feit", ("jeugdige",), "Dertien dagdelen gemist dit kwartaal, waarvan vier met bericht."),
             ("F17", "Wat Yara zelf vindt", "feit", ("jeugdige", "ouder"), "Yara wil dat er niet over maar met haar wordt gepraat.")),
    "daan": (("F05", "Ouders zoeken hulp bij het slapen", "feit", ("jeugdige",), "Na de scheiding slaapt Daan slecht."),
             ("F07", "Opa haalt op", "feit", ("jeugdige",), "Opa haalt op woensdag van school.")),
    "noor": (("F05", "Wil zelf hulp", "feit", ("jeugdige",), "Wil leren omgaan met boosheid op het plein."),
             ("F14", "Verzuim", "feit", ("jeugdige",), "Komt sinds de afspraken weer op tijd.")),
}


MARKUP = '<img src=x onerror=alert(1)><script>alert(2)</script>'


def be_hostile():
    global ORGANISATIONS
    ORGANISATIONS = tuple((one, f"{MARKUP}{name}" if one == BJZ else name, kind) for one, name, kind in ORGANISATIONS)
    PEOPLE[BJZ] = (f"{MARKUP}Joris", f"{MARKUP}manager", PEOPLE[BJZ][2], PEOPLE[BJZ][3])
    ACCOUNTS[BJZ] = (("joris", "professional", f"{MARKUP}Joris"),)


def days_ago(days):
    return TODAY - timedelta(days=days)


def write(folder):
    with open(folder / "organisations.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";", lineterminator="\n")
        rows.writerow(("id", "naam", "soort", "clients", "involvements"))
        rows.writerows((*one, 0, 0) for one in ORGANISATIONS)
    for organisation, _, _ in ORGANISATIONS:
        write_organisation(folder / organisation, organisation)


def write_organisation(folder, organisation):
    folder.mkdir(parents=True)
    clients, involvements, fragments = [], [], []
    for (key, child), ref in zip(CHILDREN.items(), REFS[organisation]):
        if ref is None:
            continue
        first, prefix, surname, years, days, gender, postcode, number, bsn = child
        born = TODAY.replace(year=TODAY.year - years, day=min(TODAY.day, 28)) - timedelta(days=days)
        clients.append((ref, "" if organisation == SMW else bsn, first, prefix, surname, born.isoformat(), gender, postcode, number, "", "0193", "", ""))
        if (organisation, key) in QUIET:
            continue
        ends = TODAY + timedelta(days=20 if key == "lotte" else 300)
        involvements.append((ref, "signaal" if key == "noor" else "ketenregistratie", days_ago(40).isoformat(), ends.isoformat(), *PEOPLE[organisation]))
        for category, title, nature, persons, text in FRAGMENTS.get(key, ()) if organisation == SMW else ():
            fragments.append({"client_ref": ref, "category": category, "title": title, "nature": nature, "author": PEOPLE[organisation][0],
                              "date": days_ago(20).isoformat(), "text": text, "persons": list(persons)})
    for name, fields, rows in (("clients", CLIENT_FIELDS, clients), ("involvements", INVOLVEMENT_FIELDS, involvements)):
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, delimiter=";", lineterminator="\n")
            out.writerow(fields)
            out.writerows(rows)
    with open(folder / "fragments.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(fragment, ensure_ascii=False) + "\n" for fragment in fragments)


def make_accounts(node):
    return {name: accounts.make(node, name, role, display).as_json() for name, role, display in ACCOUNTS[node.id]}


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--hostile"]):
        sys.exit(__doc__)
    if sys.argv[2:]:
        be_hostile()
    with tempfile.TemporaryDirectory(prefix="knoop-") as short, tempfile.TemporaryDirectory(prefix="knoop-browser-") as scratch:
        folder = Path(scratch)
        write(folder)
        network = Network(Region(folder), folder / "nodes", short, sys.argv[1], TODAY, consoles=True)
        network.witnesses = 2
        try:
            network.init()
            network.agree()
            network.install()
            network.start()
            network.reachable()
            network.connected()
            imports.import_all(network.nodes)
            matching.wait_until_matched(network.nodes, lambda *_: None)
            ready = {node.id: {"name": node.name, "address": node.web, "offset": node.clock_offset, "accounts": make_accounts(node)}
                     for node in network.nodes}
            print(json.dumps({"nodes": ready}), flush=True)
            serve(network)
        finally:
            for node in network.nodes:
                node.kill_if_running()


def copy_of(node):
    return node.folder / "copy"


def serve(network):
    nodes = {node.id: node for node in network.nodes}
    for line in sys.stdin:
        words = line.split()
        if words[:1] == ["stop"]:
            nodes[words[1]].stop()
        elif words[:1] == ["start"]:
            nodes[words[1]].start()
            network.reachable()
        elif words[:1] == ["copy"]:
            shutil.copytree(nodes[words[1]].data, copy_of(nodes[words[1]]))
        elif words[:1] == ["restore"]:
            shutil.rmtree(nodes[words[1]].data)
            copy_of(nodes[words[1]]).rename(nodes[words[1]].data)
        elif words[:1] == ["openid"]:
            with open(nodes[words[1]].config, "a", encoding="utf-8") as file:
                file.write(f'\n[openid]\nissuer = "{words[2]}"\nclient_id = "knoop"\nname = "de werkplek van Veenstroom"\n')
        elif words[:1] == ["person"]:
            nodes[words[1]].run("user", "create", words[2], "--role", words[3], "--subject", words[4])
        print(json.dumps({"done": line.strip()}), flush=True)


if __name__ == "__main__":
    main()
