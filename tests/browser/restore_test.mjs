// A node that was set back to a copy: its privacy officer sees what was lost and opens the next log; others believe that log, or not. Comes last:
// afterwards a node is another than before.
import assert from "node:assert/strict";
import { HOSTILE, LONG, ask } from "./ask.mjs";
import { day } from "./days.mjs";

const SMW = "smw-de-rietkraag", BJZ = "bjz-veenstroom", GGD = "ggd-veenstroom";

/** What a family said before the copy was made. */
function agreed(recipient, more = {}) {
  return { client: "GGD-3001", answer: "yes", recipient, purpose: "warme-overdracht", categories: ["F05"], until: day(100), textVersion: "2026-1", toldWithdrawable: true,
    identity: "paspoort", authority: "gezagsregister", way: "oral", givers: [{ capacity: "youth", who: "Yara" }, { capacity: "parent", who: "moeder" }], ...more };
}

export const tests = {
  "an officer learns that nothing was lost, and what a restore is": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await desk.open(page, "/logboek", "Logboek");
    await page.getByRole("link", { name: "Na herstel" }).press("Enter");
    await page.getByText("Ons logboek is heel").waitFor();
    await page.getByText("Geen ketenpartner is verdergegaan in een volgend logboek").waitFor();
    await desk.looksRight(page, "logboek-herstel-heel");
  },

  "the next log of a node that was set back is opened by its officer, with a reason": async (desk) => {
    const care = await desk.at(GGD, "hanna");
    for (const consent of [agreed(BJZ), agreed(SMW), agreed(SMW, { purpose: "consult", once: true })]) await ask(care, "POST", "/consents", consent);
    for (const command of ["stop", "copy", "start"]) await desk.region.tell(`${command} ${GGD}`);
    // Others hear of more of the log than the copy has.
    await care.goto("/");
    await desk.signIn(care, desk.region.account(GGD, "hanna"));
    await ask(care, "GET", "/clients/GGD-3001?purpose=gesprek");
    const witness = await desk.at(BJZ, "els");
    const size = (await ask(care, "GET", "/status")).log.size;
    for (let turn = 0; ; ++turn) {
      const { logs } = await ask(witness, "GET", "/audit-heads");
      if (logs.some((log) => log.id === GGD && log.size >= size)) break;
      assert.ok(turn < 300, "the others never hear of the newest head");
      await new Promise((done) => setTimeout(done, 200));
    }
    for (const command of ["stop", "restore", "start"]) await desk.region.tell(`${command} ${GGD}`);

    const page = await desk.at(GGD, "olga");
    await desk.open(page, "/logboek/herstel", "Na een herstel");
    await page.getByRole("heading", { level: 3, name: "Het volgende logboek openen" }).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Logboek openen" }).click();
    await page.getByText("vraag eerst na wat er is gebeurd").first().waitFor();
    await desk.looksRight(page, "logboek-herstel");
    await page.getByLabel("Ik heb nagevraagd wat er is gebeurd").check();
    await page.getByLabel("Waarom gaat het logboek zo verder?").fill("De schijf was stuk; de kopie van vannacht is teruggezet.");
    await page.getByRole("button", { name: "Logboek openen" }).press("Enter");
    await page.getByRole("dialog").getByText("Dit kan niet ongedaan worden gemaakt").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Logboek openen" }).press("Enter");
    await page.getByText("Logboek 2 is geopend.").waitFor();
    await page.getByText("Ons logboek is heel").waitFor();

    await desk.open(witness, "/logboek/herstel", "Na een herstel");
    await witness.getByRole("article", { name: "GGD Veenstroom JGZ 4-19: logboek 2" }).getByText("klopt").waitFor({ timeout: 60_000 });
    await desk.looksRight(witness, "logboek-herstel-ander");
  },

  "consents in doubt are looked at by a professional, whom the work list and the client lead there": async (desk) => {
    const officer = await desk.at(GGD, "olga");
    await desk.open(officer, "/overzicht", "Wat vraagt aandacht");
    await officer.getByRole("link", { name: "Toestemmingen nakijken na herstel" }).press("Enter");
    await officer.getByRole("heading", { level: 1, name: "Toestemmingen nakijken na herstel" }).waitFor();
    await officer.getByRole("cell", { name: "GGD-3001" }).waitFor();
    await desk.looksRight(officer, "toestemmingen-nakijken-functionaris");
    await desk.open(officer, "/werk/nakijken", "Deze pagina is er niet");
    await assert.rejects(ask(officer, "POST", "/consent-doubts", { client: "GGD-3001", how: "gebeld" }), /403/);

    const page = await desk.at(GGD, "hanna");
    await page.goto("/");
    await desk.signIn(page, desk.region.account(GGD, "hanna"));
    await page.getByText("Van 1 cliënt zijn de toestemmingen nog niet nagekeken").waitFor();
    await desk.looksRight(page, "werkvoorraad-na-herstel");
    await page.getByRole("link", { name: "Nakijken" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Toestemmingen nakijken na herstel" }).waitFor();
    await page.getByRole("link", { name: "Cliënt GGD-3001" }).waitFor();
    await desk.looksRight(page, "toestemmingen-nakijken");
    await desk.open(page, "/clienten/GGD-3001", "Waarom opent u dit dossier?");
    await page.getByLabel("Ik begeleid deze jeugdige").check();
    await page.getByRole("button", { name: "Dossier openen" }).click();
    await page.getByText("De toestemmingen van deze cliënt gelden nu niet").waitFor();
    assert.equal(await page.getByText("ja, geldt").count(), 0, "nothing is said to hold");
    await page.getByText("nog nakijken").first().waitFor();
    await desk.looksRight(page, "clientkaart-na-herstel");

    await page.getByRole("link", { name: "Nakijken" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Toestemming nakijken" }).waitFor();
    await page.getByText("toestemming voor één keer").waitFor();
    await page.getByRole("button", { name: "Nagekeken" }).press("Enter");
    await page.getByText("kies of dit nog geldt").first().waitFor();
    await page.getByText("schrijf hoe u dit weet").first().waitFor();
    await desk.looksRight(page, "toestemming-nakijken-fout");
    await page.getByRole("group", { name: "Geldt de toestemming nog? (Bureau Jeugdzorg Veenstroom, warme overdracht)" }).getByLabel("Ja, dit klopt").check();
    await page.getByRole("group", { name: "Geldt de toestemming nog? (School-maatschappelijk werk De Rietkraag, warme overdracht)" }).getByLabel("Nee, dit geldt niet meer").check();
    await page.getByLabel("Hoe weet u dat?").fill("Ondertekende formulieren gezien; de moeder zei nee tegen school.");
    await desk.looksRight(page, "toestemming-nakijken");
    await page.getByRole("button", { name: "Nagekeken" }).press("Enter");
    await page.getByRole("dialog").getByText("Eén vervalt meteen").waitFor();
    await page.keyboard.press("Escape");
    assert.equal((await ask(page, "GET", "/status")).consentDoubts.open, 1, "nothing was confirmed");
    await page.getByRole("button", { name: "Nagekeken" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Nagekeken" }).press("Enter");
    await page.getByText("De toestemmingen van cliënt GGD-3001 zijn nagekeken.").waitFor();
    await page.getByText("Er is niets na te kijken").waitFor();
    await desk.looksRight(page, "toestemmingen-nakijken-leeg");
    const { consents, doubtedSince } = await ask(page, "GET", "/consents?client=GGD-3001");
    assert.equal(doubtedSince, null);
    assert.deepEqual(consents.map((one) => [one.recipient, one.standing]), [[BJZ, "in-force"], [SMW, "withdrawn"], [SMW, "used"]]);
    await desk.open(page, "/werk", "Werkvoorraad");
    await desk.settled(page);
    assert.equal(await page.getByText("nog niet nagekeken").count(), 0);
    await desk.open(page, "/clienten/GGD-3001/toestemming/nakijken", "Toestemming nakijken");
    await page.getByText("De toestemmingen van deze cliënt zijn nagekeken").waitFor();
  },

  "a later log that hides something is let through with a reason only": async (desk) => {
    const page = await desk.at(SMW, "femke");
    let state = "refused", sent;
    await page.route("**/api/v1/member-incarnations", (route) => route.fulfill({ json: { incarnations: [
      { id: BJZ, incarnation: 2, goesOnFrom: 120, seen: new Date().toISOString(), state, hides: `${HOSTILE}\n${LONG}` }] } }));
    await page.route("**/api/v1/member-incarnations/*/allowance", (route) => {
      sent = route.request();
      state = "allowed";
      return route.fulfill({ json: { id: BJZ, state } });
    });
    await desk.open(page, "/logboek", "Logboek");
    await desk.open(page, "/logboek/herstel", "Na een herstel");
    await page.getByText("Dit logboek laat regels weg die hier bekend zijn").waitFor();
    await page.getByRole("button", { name: "Toch toelaten: Bureau Jeugdzorg Veenstroom" }).press("Enter");
    await page.getByRole("button", { name: "Toch toelaten" }).click();
    await page.getByText("vul in waarom u het toelaat").first().waitFor();
    await page.getByText("De kop die is weggelaten").click();
    await desk.looksRight(page, "logboek-herstel-geweigerd");
    await page.getByLabel("Waarom laat u dit logboek toe?").fill("Gebeld met E. Hoek: de laatste minuten waren niet meer te herstellen.");
    await page.getByRole("button", { name: "Toch toelaten" }).press("Enter");
    await page.getByText("Het logboek van Bureau Jeugdzorg Veenstroom is toegelaten.").waitFor();
    await page.getByText("toegelaten", { exact: true }).waitFor();
    assert.ok(sent.url().endsWith(`/member-incarnations/${BJZ}/allowance`));
    assert.match(sent.postDataJSON().reason, /^Gebeld met E. Hoek/);
    await page.unrouteAll();
  },
};
