// What a professional does on a day, by keyboard alone: a match, consent and a warme overdracht between two organisations, the dossier, and the plan.
import assert from "node:assert/strict";
import { day } from "./days.mjs";
import { arrived, choose, confirms, corrects, goTo, hears, lands, press, tabTo, type } from "./keyboard.mjs";

const SMW = "smw-de-rietkraag", BJZ = "bjz-veenstroom";
const OTHER = "Bureau Jeugdzorg Veenstroom", HERE = "School-maatschappelijk werk De Rietkraag";
const DAAN = "Daan Kuipers";

const marit = (desk) => desk.at(SMW, "marit");
const joris = (desk) => desk.at(BJZ, "joris");

/** What the other organisation sends stands on the page by itself. */
const appears = (locator) => locator.first().waitFor({ timeout: 45_000 });

/** The work list of all; its own list goes first, and with it whatever had the focus there. */
async function everybodysWork(desk, page) {
  await goTo(desk, page, "Werkvoorraad", "Werkvoorraad");
  const asked = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/api/v1/work" && !answer.url().includes("owner="));
  await press(page, "Van iedereen");
  await asked;
  await desk.settled(page);
}

async function find(desk, page, surname, name) {
  await goTo(desk, page, "Cliënten", "Cliënten");
  await type(page, "Achternaam", surname);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name }).waitFor();
  await press(page, name);
}

/** "04-04-2027": a day within a few weeks whose number is that of its month, so that the order in which a browser asks them does not matter. */
function sameInEveryOrder() {
  for (let ahead = 2; ; ++ahead) {
    const [year, month, date] = day(ahead).split("-");
    if (month === date) return `${date}-${month}-${year}`;
  }
}

/** One of Daan's parts; why his dossier is opened is said once. */
async function daan(desk, page, part) {
  await find(desk, page, "kui", DAAN);
  const reason = page.getByRole("heading", { level: 1, name: "Waarom opent u dit dossier?" });
  await reason.or(page.getByRole("heading", { level: 1, name: DAAN })).waitFor();
  if (await reason.isVisible()) {
    await press(page, "Ik begeleid deze jeugdige", "Space");
    await press(page, "Dossier openen");
  }
  await arrived(desk, page, DAAN);
  await press(page, new RegExp(`^${part}$`));
  await page.locator("main [aria-current=page]").getByText(part, { exact: true }).waitFor();
  await arrived(desk, page, DAAN);
}

/** What the other side did in between is refused first, and fetched; then it is said again. */
async function record(desk, page, button, said) {
  for (let attempt = 0; attempt < 3; ++attempt) {
    await press(page, button);
    await page.getByText(said).or(page.getByText("Iemand anders heeft dit intussen gewijzigd")).first().waitFor();
    if (await page.getByText(said).count() > 0) return hears(page, said);
    await desk.settled(page);
  }
  assert.fail(`${button} was refused three times`);
}

/** Opens what a button opens, with the focus in its first field, fills in words where there are any, and sends it. */
async function act(page, button, field, words) {
  await appears(page.getByRole("button", { name: button, exact: true }));
  await press(page, new RegExp(`^${button}$`));
  await lands(page, field);
  if (words) await type(page, ...words);
  await press(page, new RegExp(`^${button}$`));
}

export const tests = {
  "by keyboard: a client is found, and opened with a reason": async (desk) => {
    const page = await marit(desk);
    await goTo(desk, page, "Cliënten", "Cliënten");
    await type(page, "BSN", "123456789");
    await page.keyboard.press("Enter");
    await corrects(page, /geen geldig BSN/, "BSN");
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    await tabTo(page, "Achternaam", "Shift+Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("proef");
    await page.keyboard.press("Enter");
    await hears(page, "1 cliënt gevonden");
    await press(page, "Fenna Proef");
    await arrived(desk, page, "Waarom opent u dit dossier?");
    await press(page, "Dossier openen");
    await corrects(page, "Reden: kies een reden", "Ik begeleid deze jeugdige");
    for (let count = 0; count < 4; ++count) await page.keyboard.press("ArrowDown");
    await type(page, "Welke reden?", "Zij meldde zich vandaag.");
    await press(page, "Dossier openen");
    await arrived(desk, page, "Fenna Proef");
  },

  "by keyboard: an involvement is registered, extended and closed": async (desk) => {
    const page = await marit(desk);
    await press(page, /^Betrokkenheid$/);
    await page.getByText("U bent hier nog niet betrokken").waitFor();
    await arrived(desk, page, "Fenna Proef");
    await press(page, "Betrokkenheid vastleggen");
    await arrived(desk, page, "Betrokkenheid vastleggen");
    await press(page, "Betrokkenheid vastleggen");
    await corrects(page, "Telefoon: vul een telefoonnummer", "Telefoon");
    await page.keyboard.type("099-5550101");
    await type(page, "Afweging", "Zij vroeg zelf om een gesprek.");
    await press(page, "De jeugdige en de ouders weten ervan", "Space");
    await press(page, "Betrokkenheid vastleggen");
    await hears(page, "Uw betrokkenheid is vastgelegd");
    await arrived(desk, page, "Fenna Proef");

    await press(page, "Verlengen");
    await lands(page, "Tot en met");
    await press(page, "Annuleren");
    await lands(page, "Verlengen");
    await page.keyboard.press("Enter");
    await press(page, "Verlengen");
    await hears(page, "Uw betrokkenheid loopt nu tot en met");
    await lands(page, "Verlengen");
    await press(page, "Afsluiten");
    await lands(page, "Reden van afsluiten");
    await press(page, "Afsluiten");
    await corrects(page, "Reden van afsluiten: schrijf", "Reden van afsluiten");
    await page.keyboard.type("Het gesprek was genoeg.");
    await press(page, "Afsluiten");
    await hears(page, "De betrokkenheid is afgesloten");
    await lands(page, "Nu betrokken");
  },

  "by keyboard: a match, from the work list to its outcome": async (desk) => {
    const here = await marit(desk), there = await joris(desk);
    await everybodysWork(desk, here);
    await press(here, /^Match: /);
    await arrived(desk, here, /^Match met/);
    await press(here, "‹ Matches");
    await arrived(desk, here, "Matches");
    await press(here, `Cliënt SMW-1002 en ${OTHER}`);
    await arrived(desk, here, `Match met ${OTHER}`);
    await press(here, "Vastleggen");
    await corrects(here, "Wilt u contact: kies", "Ja, ik wil contact");
    await here.keyboard.press("Space");
    await press(here, "Vastleggen");
    await hears(here, /^Vastgelegd. Zodra de andere organisatie ook contact wil/);
    await lands(here, `Match met ${OTHER}`);

    await goTo(desk, there, "Matches", "Matches");
    await press(there, `Cliënt BJZ-2002 en ${HERE}`);
    await arrived(desk, there, `Match met ${HERE}`);
    await press(there, "Ja, ik wil contact", "Space");
    await press(there, "Vastleggen");
    for (const page of [here, there]) {
      await appears(page.getByRole("button", { name: "Contact vastleggen" }));
      await lands(page, "Match met");   // what came from the other side took the focus from nobody
      await choose(page, "Hoe was er contact?", "in");
      await record(desk, page, "Contact vastleggen", "Het contact is vastgelegd");
    }
    for (const page of [here, there]) {
      await press(page, "dezelfde jeugdige", "Space");
      await record(desk, page, "Uitkomst vastleggen", "De uitkomst is vastgelegd");
    }
    await appears(here.getByText("u: dezelfde jeugdige; de ander: dezelfde jeugdige"));
  },

  "by keyboard: consent is recorded in the guided form": async (desk) => {
    const page = await marit(desk);
    await daan(desk, page, "Toestemming");
    await press(page, "Toestemming vastleggen");
    await arrived(desk, page, "Toestemming vastleggen");
    await choose(page, "Met welke organisatie", "Bureau");
    await press(page, "Vastleggen");
    await corrects(page, "Wat mag worden gedeeld: kruis", "Aanleiding");
    await page.keyboard.press("Space");
    await press(page, /^Krachten/, "Space");
    await type(page, "Naam: ouder met gezag", "Moeder van Daan");
    await press(page, "Deze ouder heeft alleen gezag", "Space");
    await type(page, "Hoe is de identiteit nagegaan?", "Paspoort gezien");
    await type(page, "Hoe is het gezag nagegaan?", "Gezagsregister geraadpleegd");
    await press(page, "Ik heb verteld dat intrekken altijd kan", "Space");
    await press(page, "Tekst maken");
    await hears(page, "De tekst staat hieronder.");
    await tabTo(page, /^Vastleggen$/, "Shift+Tab");
    await page.keyboard.press("Enter");
    await hears(page, "Vastgelegd. Vanaf nu geldt dit bij elke verstrekking.");
    await arrived(desk, page, DAAN);
  },

  "by keyboard: a warme overdracht is asked, received, talked over, made, and ended": async (desk) => {
    const here = await marit(desk), there = await joris(desk);
    await daan(desk, here, "Overdrachten");
    await press(here, "Overdracht aanvragen");
    await arrived(desk, here, "Overdracht aanvragen");
    await press(here, "Aanvragen");
    await corrects(here, "Doel: schrijf wat u vraagt", "Doel");
    await here.keyboard.type("Hulp bij het slapen.");
    await press(here, "Aanvragen");
    await hears(here, "De aanvraag is onderweg");
    await arrived(desk, here, `Warme overdracht aan ${OTHER}`);

    await everybodysWork(desk, there);
    await appears(there.getByRole("link", { name: "Overdracht: antwoorden op de aanvraag" }));
    await press(there, "Overdracht: antwoorden op de aanvraag");
    await arrived(desk, there, `Warme overdracht van ${HERE}`);
    await press(there, "Weigeren");
    await lands(there, "Waarom weigert u?");
    await press(there, "Annuleren");
    await lands(there, "Weigeren");
    await tabTo(there, "Accepteren", "Shift+Tab");
    await there.keyboard.press("Enter");
    await lands(there, "Toelichting");
    await press(there, "Accepteren");
    await hears(there, "Vastgelegd: accepteren.");
    await lands(there, /^(Warme overdracht van|Wat kunt u nu doen)/); // while it is on its way there is nothing to do

    await act(here, "Driegesprek plannen", "Datum van het driegesprek", ["Plaats", "Op school"]);
    await hears(here, "Vastgelegd: driegesprek plannen.");
    await appears(there.getByRole("button", { name: "Driegesprek is gevoerd" }));
    await act(here, "Driegesprek is gevoerd", "Toelichting", ["Toelichting", "Zijn moeder was erbij."]);
    await appears(here.getByRole("button", { name: "Overdragen", exact: true }));
    await press(here, "Zonder gegevens over anderen", "Space");
    await lands(here, "Zonder gegevens over anderen");
    await here.getByRole("checkbox", { name: /^Opa haalt op/ }).waitFor();
    await tabTo(here, /^Opa haalt op/, "Shift+Tab");
    await here.keyboard.press("Space");
    await press(here, /^Overdragen$/);
    await confirms(here, "Overdragen");
    await hears(here, "Overgedragen. Zodra");

    await act(there, "Cliënt is aangekomen", "Toelichting");
    await act(there, "Terugkoppelen", "gestart", ["Terugkoppeling", "De hulp is gestart."]);
    await appears(here.getByText("De hulp is gestart."));
    await act(here, "Afronden", "Toelichting");
    await confirms(here, "Afronden");
    await hears(here, "Vastgelegd: afronden.");
    await lands(here, "Warme overdracht aan");

    await press(there, "Lezen in het dossier");
    await there.getByRole("heading", { level: 1, name: "Waarom opent u dit dossier?" }).or(there.getByRole("heading", { level: 1, name: DAAN })).waitFor();
    if (await there.getByRole("button", { name: "Dossier openen" }).isVisible()) {
      await press(there, "Ik begeleid deze jeugdige", "Space");
      await press(there, "Dossier openen");
    }
    await arrived(desk, there, DAAN);
    await there.getByRole("heading", { name: "Ouders zoeken hulp bij het slapen" }).waitFor();
    assert.equal(await there.getByText("Opa haalt op").count(), 0, "what was withheld stayed");
  },

  "by keyboard: a fragment is read, and another written": async (desk) => {
    const page = await marit(desk);
    await daan(desk, page, "Dossier");
    await press(page, "Lezen: Opa haalt op");
    await page.getByText("Opa haalt op woensdag van school.").waitFor();
    await lands(page, "Opa haalt op");
    await tabTo(page, "Fragment vastleggen", "Shift+Tab");
    await page.keyboard.press("Enter");
    await arrived(desk, page, "Fragment vastleggen");
    await choose(page, "Rubriek", "F05");
    await press(page, "Vastleggen");
    await corrects(page, "Titel: vul een titel in", "Titel");
    await page.keyboard.type("Slaapt met een lampje");
    await press(page, "Feit", "Space");
    await type(page, "Tekst", "Daan slaapt met een lampje aan.");
    await press(page, "Vastleggen");
    await hears(page, "Het fragment staat in het dossier.");
    await arrived(desk, page, DAAN);
  },

  "by keyboard: sharing without consent, and that the client knows": async (desk) => {
    const page = await marit(desk);
    await daan(desk, page, "Toestemming");
    await press(page, "Delen zonder toestemming");
    await arrived(desk, page, "Delen zonder toestemming");
    await press(page, "Grond vastleggen");
    await lands(page, "Ondertoezichtstelling");
    await page.keyboard.press("Space");
    await choose(page, "Met welke organisatie", "Bureau");
    await press(page, /^Opa haalt op/, "Space");
    await type(page, "Redenen", "Nodig voor de uitvoering van de ondertoezichtstelling.");
    await press(page, "Grond vastleggen");
    await corrects(page, "Beschikking, vraag of wetsartikel: ", "Beschikking");
    await page.keyboard.type("Beschikking van de kinderrechter");
    await type(page, "Met welke collega is overlegd", "gedragswetenschapper");
    await press(page, "Grond vastleggen");
    await confirms(page, "Grond vastleggen");
    await hears(page, "De grond is vastgelegd");
    await lands(page, "Grond vastleggen");
    await press(page, "De cliënt is geïnformeerd");
    await type(page, "Hoe en door wie", "In een gesprek, met uitleg.");
    await press(page, "De cliënt is geïnformeerd");
    await hears(page, "Vastgelegd dat de cliënt het weet.");
    await lands(page, "Vastgelegde gronden");
  },

  "by keyboard: when care ends, and the plan of aftercare": async (desk) => {
    const page = await marit(desk);
    await daan(desk, page, "Plan en overleg");
    await press(page, "Einde van de zorg vastleggen");
    const ends = sameInEveryOrder();
    await tabTo(page, "De zorg eindigt op");
    await page.keyboard.type(ends.replaceAll("-", ""));
    assert.equal(await page.getByLabel("De zorg eindigt op").inputValue(), ends.split("-").reverse().join("-"));
    await press(page, "Einde van de zorg vastleggen");
    await hears(page, "Het einde van de zorg is vastgelegd.");
    await type(page, "Wat is afgesproken", "Over een half jaar belt school met zijn moeder.");
    await press(page, "Nazorgplan vastleggen");
    await hears(page, "Het nazorgplan is vastgelegd.");
    await lands(page, "Nazorg");
  },

  "by keyboard: a consent is withdrawn, after a question": async (desk) => {
    const page = await marit(desk);
    await daan(desk, page, "Toestemming");
    await press(page, "Intrekken");
    await page.getByRole("dialog").waitFor();
    await lands(page, "Annuleren");
    await confirms(page, "Intrekken");
    await hears(page, "De toestemming is ingetrokken");
    await lands(page, "Wat nu geldt");
  },
};
