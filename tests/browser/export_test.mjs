// The team lead takes the organisation's own records out: all of them, or those of one client; and who may not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ask } from "./ask.mjs";

const SMW = "smw-de-rietkraag";
const REASON = "Overgang naar een ander dossiersysteem";

async function begin(desk, page) {
  await desk.open(page, "/werk", "Werkvoorraad");
  await page.getByRole("link", { name: "Uitvoer", exact: true }).press("Enter");
  await page.getByRole("heading", { level: 1, name: "Eigen gegevens uitvoeren" }).waitFor();
}

async function agree(page) {
  await page.getByRole("button", { name: "Uitvoeren", exact: true }).press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Uitvoeren", exact: true }).press("Enter");
}

async function saved(page, name) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `Bewaren: ${name}` }).press("Enter")]);
  assert.equal(file.suggestedFilename(), name);
  return readFileSync(await file.path(), "utf8");
}

export const tests = {
  "an export says what leaves before it begins, and stops with nothing kept": async (desk) => {
    const page = await desk.at(SMW, "tess");
    await begin(desk, page);
    await page.getByText("In deze bestanden staan BSN's en dossierteksten").waitFor();
    await page.getByRole("button", { name: "Uitvoeren", exact: true }).press("Enter");
    await page.getByText("kies van wie").first().waitFor();
    await page.getByText("vul in waarom").first().waitFor();
    await desk.looksRight(page, "uitvoer-fout");
    await page.getByLabel("Van alle cliënten").check();
    await page.getByLabel("Waarom?").fill(REASON);
    await desk.looksRight(page, "uitvoer");
    await page.getByRole("button", { name: "Uitvoeren", exact: true }).press("Enter");
    await page.getByRole("dialog").getByText("met BSN's en dossierteksten").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("progressbar").count(), 0, "nothing began");

    let go = () => undefined;
    const held = new Promise((done) => { go = done; });
    await page.route("**/record-exports/*/involvements*", async (route) => {
      await held;
      await route.continue();
    });
    await agree(page);
    await page.getByText(/^Betrokkenheid ophalen: 0 van \d+/).waitFor();
    await desk.looksRight(page, "uitvoer-bezig");
    const ended = page.waitForResponse((answer) => answer.request().method() === "DELETE");
    await page.getByRole("button", { name: "Stoppen" }).press("Enter");
    go();
    assert.equal((await ended).status(), 200);
    await page.getByText("De uitvoer is gestopt. Er is niets bewaard.").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Bewaren/ }).count(), 0);
    await page.unrouteAll({ behavior: "wait" });
  },

  "own records of everybody come as three files, and the log says so of every client": async (desk) => {
    const page = await desk.at(SMW, "tess");
    await begin(desk, page);
    await page.getByLabel("Van alle cliënten").check();
    await page.getByLabel("Waarom?").fill(REASON);
    const ended = page.waitForResponse((answer) => answer.request().method() === "DELETE");
    await agree(page);
    await page.getByRole("heading", { level: 2, name: "De bestanden" }).waitFor();
    assert.equal((await ended).status(), 200, "the node keeps no export open");
    await page.getByText("Laat ze niet bij uw downloads staan").waitFor();
    await desk.looksRight(page, "uitvoer-klaar");
    const clients = await saved(page, "clients.csv"), involvements = await saved(page, "involvements.csv"), fragments = await saved(page, "fragments.jsonl");
    assert.match(clients, /^client_ref;bsn;voornamen;/);
    assert.match(clients, /\nSMW-1001;;Yara;van den;Berg;/);
    assert.match(involvements, /\nSMW-1002;ketenregistratie;/);
    assert.ok(fragments.trim().split("\n").map((line) => JSON.parse(line)).some((one) => one.client_ref === "SMW-1001" && one.text.includes("Valt sinds de herfst stil")));
    const row = page.getByRole("row").filter({ hasText: "clients.csv" });
    assert.equal(Number(await row.getByRole("cell").nth(2).innerText()), clients.trim().split("\n").length - 1);
    await page.getByRole("button", { name: "Klaar, wis ze uit deze pagina" }).press("Enter");
    await page.getByRole("button", { name: "Uitvoeren", exact: true }).waitFor();

    const officer = await desk.at(SMW, "femke");
    await desk.open(officer, "/overzicht", "Wat vraagt aandacht");
    await desk.open(officer, "/logboek", "Logboek");
    await officer.getByText(REASON).first().waitFor();
  },

  "one client is exported alone, as JSON; a client that is not there, and another role, are refused": async (desk) => {
    const page = await desk.at(SMW, "tess");
    await begin(desk, page);
    await page.getByLabel("Van één cliënt").check();
    await page.getByLabel("JSON").check();
    await page.getByLabel("Waarom?").fill("Verhuizing van de cliënt");
    await page.getByRole("button", { name: "Uitvoeren", exact: true }).press("Enter");
    await page.getByText("vul het dossiernummer in").first().waitFor();
    await page.getByLabel("Dossiernummer").fill("SMW-9999");
    await agree(page);
    await page.getByRole("group", { name: "Controleer wat u invulde" }).locator(".utrecht-alert--error").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Bewaren/ }).count(), 0);
    await page.getByLabel("Dossiernummer").fill("SMW-1002");
    await agree(page);
    await page.getByRole("heading", { level: 2, name: "De bestanden" }).waitFor();
    const clients = (await saved(page, "clients.jsonl")).trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(clients.map((one) => one.client_ref), ["SMW-1002"]);
    const fragments = (await saved(page, "fragments.jsonl")).trim().split("\n").map((line) => JSON.parse(line));
    assert.ok(fragments.length > 0 && fragments.every((one) => one.client_ref === "SMW-1002"));
    for (const [who, screen] of [["marit", "/uitvoer"], ["ad", "/uitvoer"], ["femke", "/uitvoer"]]) await desk.open(await desk.at(SMW, who), screen, "Deze pagina is er niet");
    await assert.rejects(ask(await desk.at(SMW, "marit"), "POST", "/record-exports", { reason: REASON }), /403/);
  },
};
