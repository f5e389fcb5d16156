// Files of fragments and forms: added in pieces, fetched as they were, received at the other side; filled with what is known.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ask } from "./ask.mjs";
import { day } from "./days.mjs";

const SMW = "smw-de-rietkraag", BJZ = "bjz-veenstroom";

/** As many bytes as wanted, beginning as a PDF does. */
function pdf(bytes) {
  const out = Buffer.alloc(bytes, 7);
  out.write("%PDF-1.7\n");
  return out;
}

async function dossierOf(desk, page, ref) {
  await page.evaluate((to) => { location.hash = to; }, `/clienten/${ref}/dossier`);
  const reason = page.getByRole("heading", { level: 1, name: "Waarom opent u dit dossier?" }), parts = page.getByRole("navigation", { name: "Onderdelen van dit dossier" });
  await reason.or(parts).first().waitFor();
  if (await reason.isVisible()) {
    await page.getByLabel("Ik begeleid deze jeugdige").check();
    await page.getByRole("button", { name: "Dossier openen" }).click();
  }
  await page.getByRole("heading", { name: "Eigen fragmenten" }).waitFor();
  await desk.settled(page);
}

export const tests = {
  "a file is added with its progress, and comes back byte by byte": async (desk) => {
    const page = await desk.at(SMW, "marit");
    await dossierOf(desk, page, "SMW-1002");
    await page.getByRole("link", { name: "Bijlage toevoegen" }).click();
    await page.getByRole("heading", { level: 1, name: "Bijlage toevoegen" }).waitFor();
    await page.getByLabel("Bestand").setInputFiles({ name: "brief.txt", mimeType: "text/plain", buffer: Buffer.from("hallo") });
    await page.getByRole("button", { name: "Bijlage toevoegen" }).click();
    await page.getByRole("link", { name: /kies een pdf, jpg of png/ }).waitFor();
    await desk.looksRight(page, "bijlage-fout");
    const bytes = pdf(600_000);
    await page.getByLabel("Bestand").setInputFiles({ name: "verslag.pdf", mimeType: "application/pdf", buffer: bytes });
    await page.getByLabel("Titel").fill("Verslag van het gesprek");
    await page.getByLabel("Hoort bij").selectOption({ label: "Opa haalt op" });
    let go;
    const held = new Promise((done) => { go = done; });
    await page.route("**/pieces/1", async (route) => { await held; await route.continue(); });
    await page.getByRole("button", { name: "Bijlage toevoegen" }).click();
    await page.getByText("verslag.pdf wordt opgeslagen").waitFor();
    assert.equal(await page.locator("progress").getAttribute("max"), "3");
    await desk.looksRight(page, "bijlage-toevoegen");
    go();
    await page.getByText("De bijlage staat in het dossier.").waitFor();
    await page.unrouteAll({ behavior: "wait" });
    await page.getByText("Hoort bij: Opa haalt op").waitFor();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Downloaden: Verslag van het gesprek" }).click()]);
    assert.equal(file.suggestedFilename(), "verslag.pdf");
    assert.ok(readFileSync(await file.path()).equals(bytes), "what came back is another file");
    await desk.looksRight(page, "dossier-bijlage");
  },

  "a file that is stopped halfway is not kept": async (desk) => {
    const page = await desk.at(SMW, "marit");
    await dossierOf(desk, page, "SMW-1002");
    await page.getByRole("link", { name: "Bijlage toevoegen" }).click();
    await page.getByLabel("Bestand").setInputFiles({ name: "foto.pdf", mimeType: "application/pdf", buffer: pdf(600_000) });
    await page.getByLabel("Titel").fill("Half verstuurd");
    let go;
    const held = new Promise((done) => { go = done; });
    await page.route("**/pieces/1", async (route) => { await held; await route.continue(); });
    const given = page.waitForRequest((request) => request.method() === "DELETE");
    await page.getByRole("button", { name: "Bijlage toevoegen" }).click();
    await page.getByRole("button", { name: "Stoppen" }).click();
    go();
    await page.getByText("De bijlage is niet bewaard.").waitFor();
    await given;
    await page.unrouteAll({ behavior: "wait" });
    await dossierOf(desk, page, "SMW-1002");
    assert.equal(await page.getByText("Half verstuurd").count(), 0);
  },

  "a form fills itself, names what is missing, and prints without the console around it": async (desk) => {
    const page = await desk.at(SMW, "marit");
    await dossierOf(desk, page, "SMW-1001");
    await page.getByRole("link", { name: "Formulieren" }).click();
    await page.getByRole("heading", { name: "Kies een formulier" }).waitFor();
    await desk.settled(page);
    await desk.looksRight(page, "formulieren");
    await page.getByRole("link", { name: "Integraal screeningsformulier" }).click();
    await page.getByText(/verplichte gegevens ontbreken/).waitFor();
    await page.locator(".sheet").getByText("Valt sinds de herfst stil in de klas en vraagt zelf om een gesprek.").waitFor();
    await desk.looksRight(page, "formulier");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.getByText(/verplichte gegevens ontbreken/).isVisible(), false);
    assert.ok(await page.locator(".sheet").isVisible());
    await page.emulateMedia({ media: "screen" });
  },

  "a file of another organisation arrives with its fragment, and is fetched": async (desk) => {
    const here = await desk.at(SMW, "marit"), there = await desk.at(BJZ, "joris");
    const bytes = pdf(300_000);
    await dossierOf(desk, here, "SMW-1001");
    await here.getByRole("link", { name: "Bijlage toevoegen" }).click();
    await here.getByLabel("Bestand").setInputFiles({ name: "tekening.pdf", mimeType: "application/pdf", buffer: bytes });
    await here.getByLabel("Titel").fill("Tekening van Yara");
    await here.getByRole("button", { name: "Bijlage toevoegen" }).click();
    await here.getByText("De bijlage staat in het dossier.").waitFor();
    await ask(here, "POST", "/consents", { client: "SMW-1001", answer: "yes", recipient: BJZ, purpose: "warme-overdracht", categories: ["F18"], until: day(100), textVersion: "2026-1",
      toldWithdrawable: true, identity: "paspoort", authority: "gezagsregister", way: "oral", givers: [{ capacity: "youth", who: "Yara" }, { capacity: "parent", who: "moeder" }] });
    const { matches } = await ask(there, "GET", "/matches?client=BJZ-2001");
    const match = matches.find((one) => one.peer === SMW);
    const asked = await ask(there, "POST", "/fragment-requests", { peer: SMW, match: match.id, purpose: "warme-overdracht", occasion: "Yara begint hier.", goal: "Zien wat Yara tekende.", categories: ["F18"] });
    for (let turn = 0; ; ++turn) {
      const { requests } = await ask(here, "GET", "/fragment-requests");
      const one = requests.find((request) => request.exchange === asked.exchange);
      if (one) {
        await ask(here, "POST", `/fragment-requests/${one.from}/${one.exchange}/answer`, {});
        break;
      }
      assert.ok(turn < 200, "the request did not arrive");
      await here.waitForTimeout(100);
    }
    await dossierOf(desk, there, "BJZ-2001");
    const button = there.getByRole("button", { name: "Downloaden: tekening.pdf" });
    await button.waitFor({ timeout: 45_000 });
    await desk.looksRight(there, "dossier-bijlage-ontvangen");
    const [file] = await Promise.all([there.waitForEvent("download"), button.click()]);
    assert.ok(readFileSync(await file.path()).equals(bytes), "what arrived is another file");
  },
};
