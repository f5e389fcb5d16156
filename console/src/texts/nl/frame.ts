export const frame = {
  skip: "Naar de inhoud",
  signOut: "Afmelden",
  navigation: "Hoofdmenu",
  nothingHere: "Deze pagina is er niet",
  nothingHereWhy: "Het adres klopt niet, of de pagina hoort bij een andere rol dan de uwe.",
  toStart: "Naar het begin",
  broken: "Er ging hier iets mis",
  brokenWhy: "Dit scherm kon niet worden getoond. Wat u al had vastgelegd, is bewaard. Ga naar het begin of laad de pagina opnieuw.",
  theme: "Weergave",
  themes: { system: "als dit apparaat", light: "licht", dark: "donker" },
  language: "Taal",
  madeOf: "Knoop: iedere organisatie houdt haar eigen dossiers.",
};
export const roles = {
  professional: "Professional",
  "team-lead": "Teamleider",
  "privacy-officer": "Privacyfunctionaris",
  administrator: "Beheerder",
  monitor: "Monitor",
  service: "Systeem",
};
export const alert = { ok: "Gelukt:", error: "Fout:", warning: "Let op:", info: "Ter informatie:" };
export const load = { waiting: "Een ogenblik…", again: "Opnieuw proberen" };
export const problem = {
  unreachable: "Het knooppunt is niet te bereiken. Controleer uw verbinding en probeer het opnieuw; wat u invulde, staat er nog.",
  unknown: "Het knooppunt gaf een antwoord dat deze pagina niet begrijpt. Laad de pagina opnieuw.",
  detail: "Wat er precies misging (in het Engels, voor de beheerder)",
};
export const form = {
  summary: "Controleer wat u invulde",
  optional: "niet verplicht",
  choose: "Maak een keuze",
  fieldWrong: "controleer wat hier staat",
  cancel: "Annuleren",
};
export const days = {
  today: "vandaag",
  tomorrow: "morgen",
  inDays: (days: number) => `over ${days} dagen`,
  late: (days: number) => (days === 1 ? "1 dag te laat" : `${days} dagen te laat`),
};
export const signIn = {
  title: "Aanmelden",
  name: "Gebruikersnaam",
  nameMissing: "vul uw gebruikersnaam in",
  password: "Wachtwoord",
  passwordMissing: "vul uw wachtwoord in",
  code: "Code",
  codeHint: "De zes cijfers die uw authenticator-app nu laat zien.",
  codeMissing: "vul de zes cijfers in",
  action: "Aanmelden",
  elsewhere: (name: string) => `Aanmelden met ${name}`,
  orHere: "Of meld u aan met een account van dit knooppunt:",
  ended: "U bent afgemeld omdat er een tijd niets gebeurde. Meld u opnieuw aan om verder te gaan.",
};
export const factor = {
  title: "Tweede stap instellen",
  askTitle: "Tweede stap",
  askIntro: "U bent bij uw organisatie aangemeld. Vul nu de code in die uw authenticator-app toont.",
  intro: "Naast uw wachtwoord hebt u een code uit een authenticator-app nodig. Dat stelt u één keer in.",
  scan: "1. Scan deze code met uw app",
  picture: "QR-code voor uw authenticator-app",
  cannotScan: "Kunt u niet scannen?",
  type: "Kies in de app voor het invoeren van een sleutel en typ deze over:",
  confirm: "2. Vul de code in die de app nu toont",
  action: "Bevestigen",
};
