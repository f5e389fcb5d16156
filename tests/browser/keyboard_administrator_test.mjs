// The administrator's tasks by keyboard alone, and what a team lead does when somebody leaves, or is back.
import assert from "node:assert/strict";
import { ask } from "./ask.mjs";
import { arrived, choose, confirms, corrects, goTo, hears, lands, press, tabTo, type } from "./keyboard.mjs";

const SMW = "smw-de-rietkraag";
const LEAVER = "Sanne Kok", COLLEAGUE = "Marit de Vries"; // after team_test everything is hers

const ad = (desk) => desk.at(SMW, "ad");

/** Chooses a file by the button of its field. */
async function file(page, field, name, text) {
  const asked = page.waitForEvent("filechooser"); // before Tab: the browser needs a moment to hand its question to us
  await tabTo(page, field);
  await page.keyboard.press("Enter");
  const chooser = await asked;
  await chooser.setFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByText(name).first().waitFor();
}

async function look(page, name) {
  await type(page, "Naam van de medewerker", name);
  await page.keyboard.press("Enter");
  await hears(page, new RegExp(`Waar ${name} verantwoordelijk voor is|Er staat niets op naam van ${name}`));
}

export const tests = {
  "by keyboard: a user is added, gets another role, is switched off and on": async (desk) => {
    const page = await ad(desk);
    await goTo(desk, page, "Gebruikers", "Gebruikers en rollen");
    await press(page, "Gebruiker toevoegen");
    await arrived(desk, page, "Gebruiker toevoegen");
    await press(page, "Gebruiker toevoegen");
    await corrects(page, "Naam: vul de naam in", "Naam");
    await page.keyboard.type("Tanja Toets");
    await type(page, "Gebruikersnaam", "tanja");
    await choose(page, "Rol", "Monitor");
    await type(page, "Eerste wachtwoord", "een zin die niemand raadt");
    await page.keyboard.press("Enter");
    await hears(page, "De gebruiker tanja is toegevoegd.");
    await arrived(desk, page, "Gebruikers en rollen");
    await press(page, "tanja");
    await arrived(desk, page, "Tanja Toets");
    await choose(page, "Rol", "Professional");
    await press(page, "Rol wijzigen");
    await hears(page, "tanja is nu: Professional.");
    await lands(page, "Rol wijzigen");
    await tabTo(page, "Uitzetten", "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await lands(page, "Annuleren");
    await confirms(page, "Uitzetten");
    await hears(page, "tanja is uitgezet.");
    await lands(page, "Aanzetten");
    await page.keyboard.press("Enter");
    await confirms(page, "Aanzetten");
    await hears(page, "tanja is weer aangezet.");
    await lands(page, "Uitzetten");
  },

  "by keyboard: a key for a program is made, kept, and ended": async (desk) => {
    const page = await ad(desk);
    await goTo(desk, page, "Gebruikers", "Gebruikers en rollen");
    await press(page, "API-sleutels");
    await arrived(desk, page, "API-sleutels");
    await type(page, "Naam van het programma", "rooster");
    await press(page, "Sleutel maken");
    await corrects(page, "Waarvoor: gebruik woorden", "Waarvoor");
    await page.keyboard.type("status:read");
    await press(page, "Sleutel maken");
    await lands(page, "Dit is de sleutel van rooster.");
    await press(page, "Ik heb hem");
    await page.locator("code.secret").waitFor({ state: "detached" });
    await lands(page, "API-sleutels");
    await press(page, "Beëindigen: rooster");
    await confirms(page, "Beëindigen");
    await hears(page, "De sleutel van rooster is beëindigd.");
    await lands(page, "API-sleutels");
  },

  "by keyboard: from health to a partner, and the words of the fingerprint": async (desk) => {
    const page = await ad(desk);
    await goTo(desk, page, "Gezondheid", "Gezondheid van het knooppunt");
    await press(page, "Naar ketenpartners");
    await arrived(desk, page, "Ketenpartners");
    await press(page, "Bureau Jeugdzorg Veenstroom");
    await arrived(desk, page, "Bureau Jeugdzorg Veenstroom");
    assert.equal(await page.getByRole("list", { name: "De vingerafdruk in woorden, in vier groepen" }).getByRole("listitem").count(), 4);
    await press(page, "‹ Ketenpartners");
    await arrived(desk, page, "Ketenpartners");
    await press(page, "Niet verwerkt");
    await arrived(desk, page, "Berichten die niet verwerkt zijn");
    await goTo(desk, page, "Ketenpartners", "Ketenpartners");
    await press(page, "Kaart of convenant installeren");
    await arrived(desk, page, "Kaart of convenant installeren");
    await press(page, "Kaart installeren");
    await corrects(page, "Tekst van de kaart: kies", "Tekst van de kaart");
    await page.keyboard.type("geen kaart");
    await press(page, "Kaart installeren");
    await lands(page, "Controleer wat u invulde");
  },

  "by keyboard: a clock that stepped is confirmed": async (desk) => {
    const page = await ad(desk);
    await page.route("**/api/v1/status", async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      const at = new Date(Date.now() - 3_600_000).toISOString();
      body.clock = { sure: false, step: "back", before: body.now, after: at, clock: at };
      await route.fulfill({ json: body });
    });
    await page.route("**/api/v1/clock/confirm", (route) => route.fulfill({ json: {} }));
    await goTo(desk, page, "Gezondheid", "Gezondheid van het knooppunt");
    await press(page, "De klok staat goed");
    await page.unroute("**/api/v1/status");
    await confirms(page, "De klok staat goed");
    await hears(page, "De klok is bevestigd.");
    await page.getByText("De klok loopt goed.").waitFor();
    await lands(page, "Gezondheid van het knooppunt");
    await page.unrouteAll();
  },

  "by keyboard: files with columns of their own are tried, and read in": async (desk) => {
    const page = await ad(desk);
    await ask(page, "PUT", "/import-mappings/rooster", { otherColumns: "ignore", clients: [{ field: "client_ref", column: "Nummer" }] });
    await goTo(desk, page, "Import", "Import en export");
    await press(page, "Eerst proberen");
    await hears(page, "Kies eerst een bestand.");
    await lands(page, "Cliënten");
    await file(page, "Cliënten", "clients.csv", "Nummer;achternaam;geboortedatum;geslacht\nSMW-4001;Toets;2016-05-01;V\nSMW-4002;Toets;gisteren;V\n");
    await tabTo(page, "Kolomnamen", "Shift+Tab");
    await page.keyboard.type("rooster");
    await press(page, "Eerst proberen");
    await hears(page, "De proef is klaar. Er is niets veranderd.");
    await lands(page, "Uitkomst van de proef");
    await press(page, /^4 velden gelezen/);
    await page.getByRole("region", { name: "Kolomnamen: clients.csv" }).getByText("Nummer").waitFor();
    await press(page, "Deze bestanden inlezen");
    await page.getByRole("dialog").waitFor();
    await confirms(page, "Inlezen", "Deze bestanden inlezen");
    await hears(page, "De bestanden zijn ingelezen.");
    await lands(page, "Uitkomst van de import");
    await tabTo(page, "Eerdere imports", "Shift+Tab");
    await page.keyboard.press("Enter");
    await arrived(desk, page, "Eerdere imports");
  },

  "by keyboard: a team lead hands over everything of somebody who leaves": async (desk) => {
    const page = await desk.at(SMW, "tess");
    await goTo(desk, page, "Team", "Werkvoorraad van het team");
    await page.getByRole("button", { name: `Taken: ${LEAVER}` }).waitFor();
    await press(page, `Taken: ${LEAVER}`);
    await lands(page, `Taken: ${LEAVER}`);
    await desk.focused(page, "h2");
    await press(page, `Alles van ${LEAVER}`);
    await arrived(desk, page, "Medewerker en vertrek");

    await look(page, COLLEAGUE);
    await press(page, "Vertrok deze medewerker niet, of is die terug?");
    await press(page, `${COLLEAGUE} is er weer`);
    await hears(page, `Vastgelegd: ${COLLEAGUE} is er weer.`);

    await look(page, LEAVER);
    await press(page, /^Overdragen$/);
    await lands(page, "Een collega");
    await press(page, "Annuleren");
    await lands(page, /^Overdragen$/);
    await page.keyboard.press("Enter");
    await lands(page, "Een collega");
    await page.keyboard.press("Space");
    await press(page, "Overdragen aan de collega");
    await corrects(page, "Naam van de collega: vul", "Naam van de collega");
    await page.keyboard.type(COLLEAGUE);
    await type(page, "Functie", "schoolmaatschappelijk werker");
    await type(page, "Telefoon", "099-5550101");
    await press(page, "Overdragen aan de collega");
    await confirms(page, "Overdragen aan de collega");
    await hears(page, `van ${LEAVER} sta`);
    await lands(page, `Waar ${LEAVER} verantwoordelijk voor is`);
  },
};
