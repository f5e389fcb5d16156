// The privacy officer: what asks for attention, the log with its proof, what is odd, and the register of consents.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { HOSTILE, LONG, ask } from "./ask.mjs";
import { day } from "./days.mjs";

const SMW = "smw-de-rietkraag", BJZ = "bjz-veenstroom", GGD = "ggd-veenstroom";

/** The node answers this address with a refusal, as long as `work` lasts. */
async function refused(page, address, work) {
  await page.route(address, (route) => route.fulfill({ status: 503, contentType: "application/problem+json",
    body: JSON.stringify({ status: 503, code: "io-failed", message: { nl: "Het knooppunt kan nu niets opslaan.", en: "The node cannot store anything now." }, detail: "disk full" }) }));
  await work();
  await page.unroute(address);
}

function consentOf(client, recipient, more = {}) {
  return { client, answer: "yes", recipient, purpose: "warme-overdracht", categories: ["F05"], until: day(200),
    textVersion: "2026-1", toldWithdrawable: true, identity: "paspoort", authority: "gezagsregister", way: "oral",
    givers: [{ capacity: "youth", who: "Yara" }, { capacity: "parent", who: "moeder" }], ...more };
}

export const tests = {
  "an officer sees at once what asks for attention, and gets there by keyboard": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await page.getByRole("heading", { level: 1, name: "Wat vraagt aandacht" }).waitFor();
    await page.getByText("Verzoeken van betrokkenen").waitFor();
    await desk.looksRight(page, "functionaris-overzicht");
    await page.getByRole("link", { name: "Opvallend in het logboek" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Opvallend" }).waitFor();
    await desk.focused(page, "h1");
  },

  "an empty list of odd things says what will stand there": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await page.route("**/api/v1/hints?*", (route) => route.fulfill({ json: { hints: [] } })); // at night everybody who looks is one
    await desk.open(page, "/logboek", "Logboek");
    await desk.open(page, "/logboek/opvallend", "Opvallend");
    await page.getByText("Er is niets opvallends te bekijken").waitFor();
    await desk.looksRight(page, "logboek-opvallend-leeg");
    await page.unroute("**/api/v1/hints?*");
  },

  "the log tells who, what, when and why, goes further back, and finds what is about one client": async (desk) => {
    const page = await desk.at(SMW, "femke");
    const care = await desk.at(SMW, "marit");
    await ask(care, "GET", "/clients/SMW-1001?purpose=telefoontje%20van%20school");
    await desk.open(page, "/logboek", "Logboek");
    await page.getByText("Cliënt bekeken").first().waitFor();
    await page.getByText("telefoontje van school").first().waitFor();
    await desk.looksRight(page, "logboek");
    const before = await page.locator(".log__line").count();
    await page.getByRole("button", { name: "Eerdere regels ophalen" }).press("Enter");
    await page.getByText(/eerdere regels opgehaald/).waitFor();
    assert.ok(await page.locator(".log__line").count() > before);
    await page.getByLabel("Soort").selectOption("cliënten");
    await page.getByLabel("Medewerker, partner of woord").fill("marit");
    assert.ok(await page.locator(".log__line").count() > 0);
    for (const line of await page.locator(".log__line").allInnerTexts()) assert.match(line, /Marit de Vries/);
    await page.getByLabel("Kenmerk van één cliënt").fill("SMW-1001");
    await page.getByLabel("Kenmerk van één cliënt").press("Enter");
    await page.getByText(/^\d+ regels? over cliënt SMW-1001$/).waitFor();
    await page.getByText(/Regel \d+ in het geheel/).first().click();
    await page.getByText("Vingerafdruk van de regel").first().waitFor();
    await desk.looksRight(page, "logboek-client");
    await page.getByLabel("Medewerker, partner of woord").fill(HOSTILE);
    await page.getByText("Geen regels gevonden").waitFor();
    await desk.looksRight(page, "logboek-leeg");
  },

  "a log that the node cannot read says so, and is tried again": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await refused(page, "**/api/v1/audit-entries*", async () => {
      await desk.open(page, "/verzoeken", /./);
      await desk.open(page, "/logboek", "Logboek");
      await page.getByText("Het knooppunt kan nu niets opslaan.").waitFor();
      await desk.looksRight(page, "logboek-fout");
    });
    await page.getByRole("button", { name: "Opnieuw proberen" }).press("Enter");
    await page.locator(".log__line").first().waitFor();
  },

  "the proof of the log is seen in one glance, drawn and in words": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await desk.open(page, "/logboek/bewijs", "Bewijs van het logboek");
    await page.getByText(/Ons logboek is bevestigd tot en met regel \d+/).first().waitFor({ timeout: 60_000 });
    const told = await page.getByRole("img", { name: /Bureau Jeugdzorg Veenstroom: bevestigt/ });
    await told.waitFor({ timeout: 60_000 });
    assert.equal(await page.getByRole("region", { name: "Getuigen van ons logboek" }).getByRole("row").count(), 3);
    await page.getByRole("region", { name: "Logboeken van anderen" }).getByText("klopt").first().waitFor();
    await desk.looksRight(page, "logboek-bewijs");
  },

  "a log that nobody confirms, and others that contradict themselves, cannot be missed": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await page.route("**/api/v1/audit-heads", async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      Object.assign(body.logs[0], { state: "stopped", discloses: false, witnessedSize: 3 });
      body.logs[0].witnessedBy[0].size = 0;
      Object.assign(body.logs[1].evidence, { forks: 1 });
      body.proofs.push({ peer: body.logs[1].id, exchange: "00".repeat(16), index: 12, since: body.logs[1].heard, state: "wrong" });
      await route.fulfill({ json: body });
    });
    await desk.open(page, "/logboek", "Logboek");
    await desk.open(page, "/logboek/bewijs", "Bewijs van het logboek");
    await page.getByText("Ons logboek is te lang niet bevestigd").waitFor();
    await page.getByText("tegenstrijdig (1)").waitFor();
    await page.getByText("klopt niet").waitFor();
    await desk.looksRight(page, "logboek-bewijs-mis");
    await page.unroute("**/api/v1/audit-heads");
  },

  "the log is taken along as a file that can be checked, and as a table": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await desk.open(page, "/logboek/uitvoer", "Logboek uitvoeren");
    await page.getByLabel("Ook persoonsgegevens opnemen").check();
    await page.getByText("Het bestand bevat dan persoonsgegevens.").waitFor();
    await desk.looksRight(page, "logboek-uitvoer");
    await page.getByLabel("Ook persoonsgegevens opnemen").uncheck();
    await page.getByRole("button", { name: "Bestand maken" }).click();
    await page.getByRole("link", { name: "Waarvoor is het bestand: schrijf waarvoor het bestand is" }).waitFor();
    await page.getByLabel("Waarvoor is het bestand?").fill("Controle van het kwartaal");
    for (const [choice, end] of [["JSON-regels", ".jsonl"], ["Tabel (CSV)", ".csv"], ["FHIR AuditEvent", ".ndjson"]]) {
      await page.getByLabel(choice).check();
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Bestand maken" }).press("Enter")]);
      assert.ok(file.suggestedFilename().endsWith(end), file.suggestedFilename());
      const lines = readFileSync(await file.path(), "utf8").trim().split("\n");
      assert.ok(lines.length > 50, `${lines.length} lines`);
      if (end === ".jsonl") for (const line of lines) JSON.parse(line);
      assert.ok(!lines.join().includes("SMW-1001"), "no client stands in what was asked without personal data");
      await page.getByText("Het bestand is gemaakt").waitFor();
    }
  },

  "the register of consents is empty at first, and says how it fills": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await page.route("**/api/v1/consent-register*", (route) => route.fulfill({ json: { consents: [], next: null } }));
    await desk.open(page, "/toestemmingen", "Toestemmingsregister");
    await page.getByText("Er is nog geen toestemming vastgelegd").waitFor();
    await desk.looksRight(page, "toestemmingen-leeg");
    await page.unroute("**/api/v1/consent-register*");
    await desk.open(page, "/toestemmingen/intrekkingen", "Intrekkingen");
    await page.getByText("Alle intrekkingen zijn bevestigd").waitFor();
    await desk.looksRight(page, "intrekkingen-leeg");
  },

  "the register shows what holds, ends soon, is weak or withdrawn; hostile and long texts stay text": async (desk) => {
    const page = await desk.at(SMW, "femke"), care = await desk.at(SMW, "marit");
    await ask(care, "POST", "/consents", consentOf("SMW-1001", BJZ));
    await ask(care, "POST", "/consents", consentOf("SMW-1002", GGD, { until: day(10), givers: [{ capacity: "parent", who: HOSTILE.slice(0, 90), identity: LONG.slice(0, 200) }], othersHaveAuthority: true, exception: HOSTILE }));
    const { id } = await ask(care, "POST", "/consents", consentOf("SMW-1003", BJZ, { givers: [{ capacity: "youth", who: "Noor" }] }));
    await ask(care, "POST", `/consents/${id}/withdrawal`);
    await ask(care, "POST", "/consents", consentOf("SMW-1005", GGD, { answer: "no", everything: true, categories: undefined }));
    await desk.open(page, "/toestemmingen", "Toestemmingsregister");
    await page.getByText("Cliënt SMW-1003").first().waitFor();
    await page.getByText("Hoe is het vastgelegd?").nth(2).click();
    await desk.looksRight(page, "toestemmingen");
    // What earlier tests recorded of SMW-1001 and SMW-1003 may stand in any part.
    for (const [part, has, hasNot] of [["geldig", "SMW-1001", "SMW-1005"], ["verloopt binnen vier weken", "SMW-1002", "SMW-1005"], ["ingetrokken", "SMW-1003", "SMW-1005"],
      ["geweigerd of bezwaar", "SMW-1005", "SMW-1002"], ["onvolledig of ontgroeid", "SMW-1002", "SMW-1005"]]) {
      await page.getByLabel("Welke").selectOption(part);
      await page.getByText(`Cliënt ${has}`).first().waitFor();
      assert.equal(await page.getByText(`Cliënt ${hasNot}:`).count(), 0, part);
    }
    await page.getByLabel("Welke").selectOption("geldig");
    await page.getByLabel("Ontvanger").selectOption("GGD Veenstroom JGZ 4-19");
    await page.getByText("Cliënt SMW-1002").first().waitFor();
    assert.equal(await page.getByText("Cliënt SMW-1001:").count(), 0);
  },

  "an odd thing is looked at and closed with a reason": async (desk) => {
    const page = await desk.at(BJZ, "els"), care = await desk.at(BJZ, "joris");
    await ask(care, "POST", "/own-family", { bsn: "999900031" });
    await ask(care, "GET", "/clients/BJZ-2002?purpose=huisbezoek");
    await desk.open(page, "/logboek", "Logboek");
    await desk.open(page, "/logboek/opvallend", "Opvallend");
    await page.getByRole("button", { name: "Afhandelen: Eigen familie bekeken" }).press("Enter");
    await page.getByRole("button", { name: "Melding afhandelen" }).click();
    await page.getByText("vul in wat u hebt gevonden").first().waitFor();
    await desk.looksRight(page, "logboek-opvallend");
    await page.getByLabel("Wat bleek het te zijn?").fill(HOSTILE);
    await page.getByRole("button", { name: "Melding afhandelen" }).press("Enter");
    await page.getByText("De melding is afgehandeld.").waitFor();
    await page.getByRole("button", { name: "Alle", exact: true }).click();
    await page.getByText(HOSTILE).waitFor();
    assert.equal(await page.getByRole("button", { name: "Afhandelen: Eigen familie bekeken" }).count(), 0);
  },

  "long texts break nothing": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await page.route("**/api/v1/hints?*", (route) => route.fulfill({ json: { hints: [
      { id: 1, kind: "many-lookups", about: HOSTILE, raised: new Date().toISOString(), meaning: LONG, detail: HOSTILE, closed: null },
      { id: 2, kind: "nieuw-soort", about: "a".repeat(64), raised: new Date().toISOString(), meaning: LONG, detail: LONG, closed: { at: new Date().toISOString(), by: "b".repeat(64), reason: LONG } }] } }));
    await desk.open(page, "/logboek", "Logboek");
    await desk.open(page, "/logboek/opvallend", "Opvallend");
    await page.getByText(HOSTILE).first().waitFor();
    await desk.looksRight(page, "logboek-opvallend-lang");
    await page.unroute("**/api/v1/hints?*");
  },
};
