// The privacy officer: the texts of consent and what the organisation chose.
import assert from "node:assert/strict";
import { ask } from "./ask.mjs";

const SMW = "smw-de-rietkraag";
const OWN = "2027-1.ouders";

export const tests = {
  "an officer reads the texts of consent, and adds a version that never changes": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await desk.open(page, "/toestemmingen", "Toestemmingsregister");
    await page.getByRole("link", { name: "Teksten" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Toestemmingsteksten" }).waitFor();
    await page.getByText("Tekst van versie 2026-1 lezen").click();
    await page.getByText("U kunt uw toestemming altijd intrekken.").waitFor();
    await desk.looksRight(page, "toestemmingsteksten");
    await page.getByRole("link", { name: "Tekst toevoegen" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Tekst toevoegen" }).waitFor();
    const given = await page.getByLabel("De tekst").inputValue();
    await page.getByLabel("Naam van de versie").fill("2026-1");
    await page.getByLabel("De tekst").fill(given.replaceAll("{ontvanger}", "iedereen"));
    await page.getByRole("button", { name: "Versie vastleggen" }).click();
    await page.getByText("deze versie is er al").first().waitFor();
    await page.getByText("in de tekst ontbreekt: {ontvanger}").first().waitFor();
    await desk.looksRight(page, "toestemmingstekst-toevoegen");
    await page.getByLabel("Naam van de versie").fill(OWN);
    await page.getByLabel("De tekst").fill(`${given}\nBel gerust als u vragen hebt.`);
    await page.getByRole("button", { name: "Versie vastleggen" }).press("Enter");
    await page.getByText(`Versie ${OWN} is vastgelegd`).waitFor();
    await page.getByRole("article", { name: `Versie ${OWN}` }).getByText("eigen tekst").waitFor();
    const { texts } = await ask(await desk.at(SMW, "marit"), "GET", "/consent-texts");
    assert.ok(texts.some((one) => one.version === OWN && one.body.includes("Bel gerust")), "a professional can choose it");
  },

  "an officer sees what the organisation chose, and chooses anew": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await desk.open(page, "/toestemmingen/beleid", "Toestemmingsbeleid");
    await page.getByText("12 tot en met 15 jaar").waitFor();
    await desk.looksRight(page, "toestemmingsbeleid");
    const before = await ask(page, "GET", "/consent-policy");
    await page.getByRole("button", { name: "Beleid wijzigen" }).press("Enter");
    await page.getByLabel("Zij mogen meebeslissen").check();
    await page.getByLabel("De cliënt informeren binnen").fill("15");
    await page.getByRole("button", { name: "Beleid vastleggen" }).click();
    await page.getByText("vul een aantal dagen in van 1 tot en met 14").first().waitFor();
    await desk.looksRight(page, "toestemmingsbeleid-wijzigen");
    await page.getByLabel("De cliënt informeren binnen").fill("10");
    await page.getByRole("button", { name: "Beleid vastleggen" }).press("Enter");
    await page.getByText("Het beleid is vastgelegd en geldt vanaf nu.").waitFor();
    await page.getByText("niet nodig; een nee telt").waitFor();
    const chosen = await ask(page, "GET", "/consent-policy");
    assert.equal(chosen.tellingDays, 10);
    assert.equal(chosen.ages[1].elders, "may");
    assert.deepEqual({ ...chosen, ages: before.ages, tellingDays: before.tellingDays }, before, "nothing else changed");

    await page.getByRole("button", { name: "Beleid wijzigen" }).press("Enter");
    await page.getByLabel("Zij moeten ook toestemmen").check();
    await page.getByLabel("De cliënt informeren binnen").fill(String(before.tellingDays));
    await page.getByRole("button", { name: "Beleid vastleggen" }).press("Enter");
    await page.getByText("niet nodig; een nee telt").waitFor({ state: "detached" });
    assert.deepEqual(await ask(page, "GET", "/consent-policy"), before);
  },
};
