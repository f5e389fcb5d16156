// Rights of data subjects: requests with their terms, the subject report, reviews, destruction with four eyes.
import assert from "node:assert/strict";
import { HOSTILE, LONG, ask } from "./ask.mjs";
import { day } from "./days.mjs";

const SMW = "smw-de-rietkraag", BJZ = "bjz-veenstroom";

/** Shows a screen anew with what the node would have said. */
async function with_answer(page, address, body, path, heading, work) {
  await page.route(address, (route) => (route.request().method() === "GET" ? route.fulfill({ json: body }) : route.continue()));
  await page.evaluate(() => { location.hash = "#/overzicht"; });
  await page.getByRole("heading", { level: 1, name: "Wat vraagt aandacht" }).waitFor();
  await page.evaluate((to) => { location.hash = to; }, path);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  await work();
  await page.unroute(address);
}

export const tests = {
  "a request is recorded by keyboard alone, with what is missing said first": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await desk.open(page, "/verzoeken", "Verzoeken van betrokkenen");
    await page.getByText("Er staat geen verzoek open").waitFor();
    await desk.looksRight(page, "verzoeken-leeg");
    await page.getByRole("link", { name: "Verzoek vastleggen" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Verzoek vastleggen" }).waitFor();
    await page.getByRole("button", { name: "Verzoek vastleggen" }).press("Enter");
    await page.getByText("vul het kenmerk van de cliënt in").first().waitFor();
    await desk.looksRight(page, "verzoek-vastleggen-fout");
    await page.getByRole("link", { name: /Kenmerk van de cliënt/ }).press("Enter");
    await page.keyboard.type("BESTAAT-NIET");
    await page.getByLabel(/^Inzage/).press("Space");
    await page.getByLabel("Wie vraagt het?").fill("moeder");
    await page.getByLabel("Het verzoek in eigen woorden").fill(HOSTILE);
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "Verzoek vastleggen" }).press("Enter");
    await page.getByText("Dit is er niet").or(page.locator(".utrecht-alert--error")).first().waitFor();
    await page.getByLabel("Kenmerk van de cliënt").fill("SMW-1001");
    await page.getByRole("button", { name: "Verzoek vastleggen" }).press("Enter");
    await page.getByText(/Het verzoek is vastgelegd. Antwoord uiterlijk/).waitFor();
    await page.getByRole("heading", { level: 1, name: "Inzage: cliënt SMW-1001" }).waitFor();
    await page.getByText(HOSTILE).waitFor();
    await desk.looksRight(page, "verzoek");
  },

  "a request gets more time once, a statement, and an answer that closes it": async (desk) => {
    const page = await desk.at(SMW, "femke");
    const made = await ask(page, "POST", "/subject-requests", { client: "SMW-1002", kind: "correctie", who: "vader", words: "Er staat een verkeerde school." });
    await desk.open(page, `/verzoeken/${made.id}`, "Verbetering: cliënt SMW-1002");
    await page.getByText("Meer tijd nemen").press("Enter");
    await page.getByLabel("Waarom is meer tijd nodig?").fill("De school moet het eerst nakijken.");
    await page.getByRole("button", { name: "Termijn verlengen" }).press("Enter");
    await page.getByText(/De termijn is verlengd tot/).waitFor();
    await page.getByText("ja, één keer").waitFor();
    assert.equal(await page.getByText("Meer tijd nemen").count(), 0);
    await page.getByText("Eigen verklaring toevoegen").click();
    await page.getByLabel("Verklaring").fill("Ons kind zit op een andere school.");
    await page.getByRole("button", { name: "Toevoegen aan het dossier" }).click();
    await page.getByText("De verklaring staat in het dossier.").waitFor();
    await page.getByLabel(/^ingewilligd/).check();
    await page.getByLabel("Toelichting").fill("De school is verbeterd.");
    await page.getByRole("button", { name: "Verzoek beantwoorden" }).click();
    await page.getByRole("dialog").getByText("Dit verzoek beantwoorden?").waitFor();
    await desk.looksRight(page, "verzoek-bevestigen");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Verzoek beantwoorden" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Verzoek beantwoorden" }).press("Enter");
    await page.getByText("Het verzoek is beantwoord.").waitFor();
    await page.getByText("Beantwoord op").waitFor();
    assert.equal(await page.getByRole("button", { name: "Verzoek beantwoorden" }).count(), 0);
    await desk.open(page, "/verzoeken", "Verzoeken van betrokkenen");
    assert.equal(await page.getByText("cliënt SMW-1002").count(), 0);
    await page.getByRole("button", { name: "Alle", exact: true }).click();
    await page.getByText("cliënt SMW-1002").waitFor();
    await desk.looksRight(page, "verzoeken");
  },

  "late requests and very long texts are shown as they should": async (desk) => {
    const page = await desk.at(SMW, "femke");
    const one = (id, days, more) => ({ id: String(id).repeat(32), client: `SMW-${id}`, kind: "inzage", state: "open", who: "moeder", received: day(days - 30), due: day(days), extended: false, overdue: days < 0,
      closed: null, notes: [], ...more });
    await with_answer(page, "**/api/v1/subject-requests*", { requests: [one(1, -3), one(2, 2, { who: LONG.slice(0, 200) }), one(3, 20, { client: "K".repeat(64) })] }, "/verzoeken", "Verzoeken van betrokkenen", async () => {
      await page.getByText("3 dagen te laat").waitFor();
      await desk.looksRight(page, "verzoeken-te-laat");
    });
  },

  "the subject report is a page in plain Dutch that prints on its own": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await desk.open(page, "/inzage", "Inzageoverzicht");
    await page.getByLabel("Kenmerk van de cliënt").fill("SMW-1001");
    await page.getByLabel("Kenmerk van de cliënt").press("Enter");
    await page.getByRole("heading", { level: 2, name: "Wie zag of kreeg uw gegevens, en waarom" }).waitFor();
    await page.getByText("Wie heeft uw gegevens bekeken").waitFor();
    await desk.looksRight(page, "inzageoverzicht");
    await page.evaluate(() => { window.print = () => { document.documentElement.dataset.printed = "yes"; }; });
    await page.getByRole("button", { name: "Afdrukken of bewaren als PDF" }).press("Enter");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.printed), "yes");
    await page.emulateMedia({ media: "print" });
    for (const hidden of [".frame-header", ".frame-nav", ".frame-footer"]) assert.equal(await page.locator(hidden).isVisible(), false, hidden);
    assert.ok(await page.locator(".sheet--report").isVisible());
    await page.setViewportSize({ width: 794, height: 1123 });
    await desk.photograph(page, "inzageoverzicht-afdruk");
    const paper = await page.pdf({ format: "A4" });
    assert.ok(paper.length > 10_000);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ media: null });
    await desk.open(page, "/inzage", "Inzageoverzicht");
    await page.getByLabel("Kenmerk van de cliënt").fill("BESTAAT-NIET");
    await page.getByLabel("Kenmerk van de cliënt").press("Enter");
    await page.locator(".utrecht-alert--error").waitFor();
    await desk.looksRight(page, "inzageoverzicht-fout");
  },

  "sharing without consent is judged by somebody else, with words": async (desk) => {
    const page = await desk.at(SMW, "femke"), care = await desk.at(SMW, "marit");
    await with_answer(page, "**/api/v1/ground-reviews", { grounds: [] }, "/toetsen", "Delen zonder toestemming toetsen", async () => {
      await page.getByText("Er is niets te toetsen").waitFor();
      await desk.looksRight(page, "toetsen-leeg");
    });
    const { fragments } = await ask(care, "GET", "/clients/SMW-1002?purpose=acute%20zorg");
    await ask(care, "POST", "/grounds", { client: "SMW-1002", kind: "noodsituatie", recipient: BJZ, items: [fragments[0].id], reasons: `Acute onveiligheid. ${HOSTILE}`, consulted: "T. Vos" });
    await desk.open(page, "/overzicht", "Wat vraagt aandacht");
    await desk.open(page, "/toetsen", "Delen zonder toestemming toetsen");
    await page.getByText("T. Vos").first().waitFor();
    await page.getByRole("button", { name: "Toetsen: Noodsituatie, SMW-1002" }).press("Enter");
    await page.getByRole("button", { name: "Oordeel vastleggen" }).click();
    await page.getByText("kies terecht of onterecht").first().waitFor();
    await desk.looksRight(page, "toetsen");
    await page.getByLabel(/^Terecht/).check();
    await page.getByLabel("Toelichting").fill("Zorgvuldig afgewogen, collega geraadpleegd.");
    await page.getByRole("button", { name: "Oordeel vastleggen" }).press("Enter");
    await page.getByText("Het oordeel is vastgelegd.").waitFor();
    await desk.open(page, "/toetsen/informeren", "Cliënten die nog geïnformeerd moeten worden");
    await page.getByText(/cliënt SMW-1002/).waitFor();
    await desk.looksRight(page, "toetsen-informeren");
  },

  "readings in an emergency wait for a judgement too": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await desk.open(page, "/toetsen/nood", "Inzagen in nood toetsen");
    await page.getByText("Er is geen inzage in nood te toetsen").waitFor();
    const at = new Date(Date.now() - 2 * 86_400_000).toISOString();
    await with_answer(page, "**/api/v1/emergency-reads", { emergencyReads: [{ id: 7, client: "SMW-1001", reason: LONG, fragments: 3, by: "marit", at, review: { due: day(-2), overdue: true, verdict: null } }] },
      "/toetsen/nood", "Inzagen in nood toetsen", async () => {
        await page.getByText("2 dagen te laat").waitFor();
        await desk.looksRight(page, "toetsen-nood");
      });
  },

  "who asks for a destruction does not approve it; another does, and the proof is a file": async (desk) => {
    const page = await desk.at(SMW, "femke"), lead = await desk.at(SMW, "tess");
    await desk.open(page, "/vernietigen/bewaartermijnen", "Bewaartermijnen");
    await page.getByText("Er is niets dat nu weg moet").waitFor();
    await desk.looksRight(page, "bewaartermijnen-leeg");
    await desk.open(page, "/vernietigen", "Vernietigen");
    await page.getByText("Er is nog geen vernietiging gevraagd").waitFor();
    await desk.looksRight(page, "vernietigen-leeg");
    await page.getByRole("link", { name: "Vernietiging aanvragen" }).press("Enter");
    await page.getByLabel("Kenmerk van de cliënt").fill("SMW-1006");
    await page.getByLabel(/^Het had niet vastgelegd mogen worden/).check();
    await page.getByLabel("Reden").fill("Dubbel ingelezen bij de import.");
    await desk.looksRight(page, "vernietiging-aanvragen");
    await page.getByRole("button", { name: "Aanvragen" }).press("Enter");
    await page.getByText("De vernietiging is aangevraagd.").waitFor();
    await page.getByText("U vroeg dit zelf; een ander keurt het goed.").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Goedkeuren/ }).count(), 0);
    await desk.looksRight(page, "vernietigen");

    await desk.open(lead, "/vernietigen", "Vernietigen");
    await lead.getByRole("button", { name: "Goedkeuren: Alle gegevens van cliënt SMW-1006" }).press("Enter");
    await lead.getByRole("dialog").getByText("Dat kan niet ongedaan worden gemaakt.").waitFor();
    await lead.keyboard.press("Escape");
    assert.equal(await lead.getByText("wacht op goedkeuring").count(), 1);
    await lead.getByRole("button", { name: "Goedkeuren: Alle gegevens van cliënt SMW-1006" }).press("Enter");
    await lead.getByRole("dialog").getByRole("button", { name: "Goedkeuren" }).press("Enter");
    await lead.getByText("De vernietiging is goedgekeurd en wordt uitgevoerd.").waitFor();

    await assert.doesNotReject(async () => {
      for (let turn = 0; turn < 40; ++turn) {
        const { destructions } = await ask(page, "GET", "/destructions");
        if (destructions.some((one) => one.state === "vernietigd")) return;
        await new Promise((done) => setTimeout(done, 500));
      }
      throw new Error("it is never destroyed");
    });
    await desk.open(page, "/overzicht", "Wat vraagt aandacht");
    await desk.open(page, "/vernietigen", "Vernietigen");
    await page.getByText("Alle gegevens van een gewiste cliënt").waitFor();
    await desk.looksRight(page, "vernietigd");
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /Bewijs ophalen/ }).press("Enter")]);
    assert.match(file.suggestedFilename(), /bewijs-van-vernietiging/);
  },

  "what may not be kept leads to asking for its destruction": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await with_answer(page, "**/api/v1/retention-due*", { due: [
      { client: "SMW-9001", pastAge: true, deceased: false, caseRuns: false, keepUntil: "2026-10-01", fragments: [] },
      { client: "L".repeat(64), pastAge: false, deceased: true, caseRuns: true, keepUntil: null, fragments: [{}, {}] }], next: null }, "/vernietigen/bewaartermijnen", "Bewaartermijnen", async () => {
      await page.getByText("ouder dan 23").waitFor();
      await desk.looksRight(page, "bewaartermijnen");
      await page.getByRole("link", { name: "Aanvragen voor SMW-9001" }).press("Enter");
    });
    await page.getByRole("heading", { level: 1, name: "Vernietiging aanvragen" }).waitFor();
    assert.equal(await page.getByLabel("Kenmerk van de cliënt").inputValue(), "SMW-9001");
  },
};
