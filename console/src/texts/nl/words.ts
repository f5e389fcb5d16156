// Words of the node that a person reads. Most come from the node in Dutch already; English needs them all.
export const words = {
  stages: { "loopt": "loopt", "bijna verlopen": "bijna verlopen", "te laat": "te laat", "opgeschaald": "opgeschaald" } as Record<string, string>,
  tasks: {} as Record<string, string>,
  workKinds: { handover: "Overdracht", match: "Match", involvement: "Betrokkenheid", aftercare: "Nazorg", takeover: "Overname", consent: "Toestemming", telling: "Informeren", request: "Vraag om gegevens" } as Record<string, string>,
  troubles: { unreachable: "niet bereikbaar", disagree: "oneens", "agreement-broken": "afspraak niet nagekomen", "no-capacity": "geen capaciteit", safety: "acute veiligheid" } as Record<string, string>,
  handoverStates: {} as Record<string, string>,
  handoverEvents: {} as Record<string, string>,
  involvementKinds: { ketenregistratie: "Ketenregistratie", signaal: "Signaal" } as Record<string, string>,
  purposes: {
    "warme-overdracht": "warme overdracht", consult: "consult", zorgcoordinatie: "zorgcoördinatie", casusoverleg: "casusoverleg", nazorg: "nazorg", informatie: "informatie",
  } as Record<string, string>,
  answers: { yes: "ja", partly: "gedeeltelijk", no: "nee", objection: "bezwaar" } as Record<string, string>,
  capacities: { youth: "de jeugdige zelf", parent: "ouder met gezag", guardian: "voogd", representative: "wettelijk vertegenwoordiger" } as Record<string, string>,
  standings: {
    "in-force": "geldt", "not-yet": "geldt nog niet", expired: "verlopen", used: "gebruikt", withdrawn: "ingetrokken", replaced: "vervangen", outgrown: "ontgroeid",
  } as Record<string, string>,
  consentKinds: { sharing: "Delen met een andere organisatie", avg: "Verwerken van persoonsgegevens (AVG)", help: "Instemming met hulp" } as Record<string, string>,
  ways: { oral: "mondeling", written: "schriftelijk", digital: "digitaal" } as Record<string, string>,
  matchStates: {} as Record<string, string>,
  outcomes: { same: "dezelfde jeugdige", family: "familie van elkaar", other: "iemand anders" } as Record<string, string>,
  declined: { "not-needed": "niet nodig", "client-objects": "de cliënt wil het niet", known: "wij kennen elkaar al", "no-answer": "geen reactie" } as Record<string, string>,
  contactWays: { phone: "telefonisch", meeting: "in een gesprek", message: "per bericht", already: "wij hadden al contact" } as Record<string, string>,
  groundKinds: {
    ondertoezichtstelling: "Ondertoezichtstelling", "veilig-thuis": "Veilig Thuis", vervanging: "Direct betrokken vervanger", "wettelijke-plicht": "Andere wettelijke plicht",
    "conflict-van-plichten": "Conflict van plichten", noodsituatie: "Noodsituatie",
  } as Record<string, string>,
  natures: { feit: "feit", interpretatie: "interpretatie" } as Record<string, string>,
  fragmentStates: {
    "on-loan": "te lezen", locked: "op slot", "taken-over": "overgenomen", flagged: "overgenomen, toestemming ingetrokken", "lease-over": "termijn voorbij",
  } as Record<string, string>,
  genders: { M: "jongen", V: "meisje", X: "X", O: "onbekend" } as Record<string, string>,
  evidence: {
    bsn: "BSN", exact: "volledige naam en geboortedatum", initial: "naam en geboortedatum", "full-name": "naam en geboortedatum", front: "naam en geboortedatum",
    "surname-end": "naam en geboortedatum", consonants: "naam en geboortedatum", vowels: "naam en geboortedatum", tail: "naam en geboortedatum", ends: "naam en geboortedatum",
    home: "adres en geboortedatum", "parent-bsn": "BSN van een ouder", address: "adres en naam van het gezin", "address-alone": "adres van het gezin",
  } as Record<string, string>,
  feedback: { aangekomen: "aangekomen", gestart: "gestart", verloop: "hoe het loopt", afgesloten: "hoe het afliep" } as Record<string, string>,
  handoverKinds: {
    "warme overdracht": "Warme overdracht", terugverwijzing: "Terugverwijzing", nazorg: "Nazorg", consult: "Consult", inbreng: "Inbreng",
  } as Record<string, string>,
  organisationKinds: {
    smw: "school-maatschappelijk werk", bjz: "jeugdbescherming", cjg: "Centrum voor Jeugd en Gezin", jgz: "jeugdgezondheidszorg", ggz: "GGZ", leerplicht: "leerplicht",
    mee: "MEE", huisarts: "huisarts", "veilig-thuis": "Veilig Thuis", school: "school", "lokaal-team": "lokaal team",
  } as Record<string, string>,
};
