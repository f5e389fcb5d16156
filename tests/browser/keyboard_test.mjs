// The privacy officer's daily tasks by keyboard alone: Tab, Space, arrows, Enter and typing, from one heading to the next.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ask } from "./ask.mjs";
import { arrived, confirms, goTo, hears, lands, press, tabTo, type } from "./keyboard.mjs";

const SMW = "smw-de-rietkraag", BJZ = "bjz-veenstroom";

export const tests = {
  "by keyboard: what is odd is closed with a reason": async (desk) => {
    const page = await desk.at(BJZ, "els"), care = await desk.at(BJZ, "joris");
    await ask(care, "POST", "/own-family", { bsn: "999900043" });
    await ask(care, "GET", "/clients/BJZ-2003?purpose=gesprek");
    await goTo(desk, page, "Logboek", "Logboek");
    await press(page, "Opvallend");
    await arrived(desk, page, "Opvallend");
    const handle = "Afhandelen: Eigen familie bekeken"; // at night there are others too, also about the officer
    await page.getByRole("button", { name: handle }).waitFor();
    await press(page, handle);
    await lands(page, "Wat bleek het te zijn?");
    await page.keyboard.type("Besproken: hoorde bij het werk.");
    await press(page, "Melding afhandelen");
    await hears(page, "De melding is afgehandeld.");
    await page.getByRole("button", { name: handle }).waitFor({ state: "detached" });
  },

  "by keyboard: a request is registered": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await goTo(desk, page, "Verzoeken", "Verzoeken van betrokkenen");
    await press(page, "Verzoek vastleggen");
    await arrived(desk, page, "Verzoek vastleggen");
    await type(page, "Kenmerk van de cliënt", "SMW-1005");
    await press(page, "Inzage", "Space");
    await page.keyboard.press("ArrowDown");
    assert.ok(await page.getByLabel(/^Verbetering/).isChecked(), "arrows move within a choice");
    await type(page, "Wie vraagt het?", "jeugdige");
    await type(page, "Het verzoek in eigen woorden", "Mijn adres klopt niet.");
    await press(page, "Verzoek vastleggen");
    await arrived(desk, page, "Verbetering: cliënt SMW-1005");
    await page.getByText("Mijn adres klopt niet.").waitFor();
  },

  "by keyboard: sharing without consent is reviewed": async (desk) => {
    const page = await desk.at(SMW, "femke"), care = await desk.at(SMW, "marit");
    const { fragments } = await ask(care, "GET", "/clients/SMW-1003?purpose=acute%20zorg");
    await ask(care, "POST", "/grounds", { client: "SMW-1003", kind: "noodsituatie", recipient: BJZ, items: [fragments[0].id], reasons: "Acute onveiligheid.", consulted: "T. Vos" });
    await goTo(desk, page, "Overzicht", "Wat vraagt aandacht");
    await goTo(desk, page, "Toetsen", "Delen zonder toestemming toetsen");
    await page.getByRole("button", { name: "Toetsen: Noodsituatie, SMW-1003" }).waitFor();
    await press(page, "Toetsen: Noodsituatie, SMW-1003");
    await lands(page, "Terecht");
    await page.keyboard.press("Space");
    await type(page, "Toelichting", "Zorgvuldig afgewogen.");
    await press(page, "Oordeel vastleggen");
    await hears(page, "Het oordeel is vastgelegd.");
    await page.getByRole("button", { name: "Toetsen: Noodsituatie, SMW-1003" }).waitFor({ state: "detached" });
  },

  "by keyboard: one asks for a destruction and another approves it": async (desk) => {
    const page = await desk.at(SMW, "femke"), lead = await desk.at(SMW, "tess");
    await goTo(desk, page, "Vernietigen", "Vernietigen");
    await press(page, "Vernietiging aanvragen");
    await arrived(desk, page, "Vernietiging aanvragen");
    await type(page, "Kenmerk van de cliënt", "SMW-1005");
    await tabTo(page, "De bewaartermijn");
    for (let count = 0; count < 4 && !(await page.getByLabel(/^Het had niet vastgelegd mogen worden/).isChecked()); ++count) await page.keyboard.press("ArrowDown");
    await type(page, "Reden", "Dubbel ingelezen.");
    await press(page, "Aanvragen");
    await hears(page, "De vernietiging is aangevraagd.");
    await goTo(desk, lead, "Team", "Werkvoorraad van het team");
    await goTo(desk, lead, "Vernietigen", "Vernietigen");
    await press(lead, "Goedkeuren: Alle gegevens van cliënt SMW-1005");
    await confirms(lead, "Goedkeuren");
    await hears(lead, "De vernietiging is goedgekeurd en wordt uitgevoerd.");
  },

  "by keyboard: the log is taken along as a file": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await goTo(desk, page, "Logboek", "Logboek");
    await press(page, "Uitvoer");
    await arrived(desk, page, "Logboek uitvoeren");
    await tabTo(page, "JSON-regels");
    await page.keyboard.press("ArrowDown");
    assert.ok(await page.getByLabel("Tabel (CSV)").isChecked());
    await type(page, "Waarvoor is het bestand?", "Controle van het kwartaal");
    const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Bestand maken")]);
    assert.ok(readFileSync(await file.path(), "utf8").split("\n").length > 20);
  },
};
