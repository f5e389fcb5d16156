// What people type stays text: in every field of every form, and where it is shown afterwards.
import assert from "node:assert/strict";

const SMW = "smw-de-rietkraag";
const PROBE = `"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}`;

/** Fills every field that takes text, in whatever form is open. */
async function fillAll(page) {
  const fields = page.locator("main").locator("input[type=text], input[type=tel], input[type=email], input[type=password], textarea");
  for (let index = 0; index < (await fields.count()); ++index) if (await fields.nth(index).isVisible()) await fields.nth(index).fill(PROBE);
  return fields.count();
}

async function nothingRan(page) {
  assert.equal(await page.locator("main img, main script").count(), 0);
  assert.equal(await page.evaluate(() => window.alerted ?? 0), 0);
}

export const tests = {
  "markup in every field of every form stays text": async (desk) => {
    const page = await desk.at(SMW, "marit");
    await page.evaluate(() => { location.hash = "/clienten/SMW-1003"; });
    await page.getByLabel("Een andere reden").check();
    await page.getByLabel("Welke reden?").fill(PROBE);
    await page.getByRole("button", { name: "Dossier openen" }).click();
    await page.getByRole("navigation", { name: "Onderdelen van dit dossier" }).waitFor();
    let filled = 0;
    for (const [where, button] of [["clienten", "Zoeken"], ["clienten/SMW-1003/betrokkenheid/nieuw", "Betrokkenheid vastleggen"], ["clienten/SMW-1003/dossier/nieuw", "Vastleggen"],
      ["clienten/SMW-1003/toestemming/nieuw", "Vastleggen"], ["clienten/SMW-1003/overdrachten/nieuw", "Aanvragen"]]) {
      await page.evaluate((to) => { location.hash = `/${to}`; }, where);
      await page.getByRole("button", { name: button, exact: true }).waitFor();
      filled += await fillAll(page);
      await page.getByRole("button", { name: button, exact: true }).click();
      await desk.settled(page);
      await nothingRan(page);
    }
    assert.ok(filled > 12, `${filled} fields`);
  },

  "markup that was stored is shown as text": async (desk) => {
    const page = await desk.at(SMW, "marit");
    await page.evaluate(() => { location.hash = "/clienten/SMW-1003/dossier/nieuw"; });
    await page.getByLabel("Rubriek").selectOption({ index: 5 });
    await page.getByLabel("Titel").fill(PROBE);
    await page.getByLabel("Feit", { exact: false }).first().check();
    await page.getByRole("textbox", { name: "Tekst" }).fill(PROBE);
    await page.getByRole("button", { name: "Vastleggen", exact: true }).click();
    await page.getByText("Het fragment staat in het dossier.").waitFor();
    await page.getByRole("button", { name: /Lezen: "><img/ }).click();
    await page.locator("p.pre", { hasText: PROBE }).waitFor();
    await nothingRan(page);
  },

  "an address with markup, or of another role, leads nowhere": async (desk) => {
    const page = await desk.at(SMW, "marit");
    for (const where of [`/clienten/${encodeURIComponent(PROBE)}/../x`, "/javascript:alert(1)", "/gebruikers", "/%zz"]) {
      await page.evaluate((to) => { location.hash = to; }, where);
      await page.getByRole("heading", { level: 1, name: "Deze pagina is er niet" }).waitFor();
      await nothingRan(page);
    }
    await desk.looksRight(page, "pagina-niet-gevonden");
  },

  "the node away: the page says so, keeps what was filled in, and goes on when it is back": async (desk) => {
    const page = await desk.at(SMW, "marit");
    await page.evaluate(() => { location.hash = "/clienten"; });
    await page.getByLabel("Achternaam").fill("kui");
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Zoeken" }).click();
    await page.getByText("Het knooppunt is niet te bereiken").waitFor();
    await desk.looksRight(page, "niet-bereikbaar");
    assert.equal(await page.getByLabel("Achternaam").inputValue(), "kui");
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Zoeken" }).click();
    await page.getByRole("link", { name: "Daan Kuipers" }).waitFor();
  },

  "English, and dark, for who wants that": async (desk) => {
    const page = await desk.at(SMW, "marit");
    await page.evaluate(() => { location.hash = "/werk"; });
    await page.getByLabel("Weergave").selectOption("dark");
    await page.getByLabel("Taal").selectOption("en");
    await page.getByRole("heading", { level: 1, name: "Work list" }).waitFor();
    await desk.settled(page);
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
    await desk.looksRight(page, "werkvoorraad-engels-donker");
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Work list" }).waitFor();
    await page.getByLabel("Language").selectOption("nl");
    await page.getByLabel("Weergave").selectOption("system");
    await page.getByRole("heading", { level: 1, name: "Werkvoorraad" }).waitFor();
  },

  "a language that cannot be fetched leaves the page as it was, and says so": async (desk) => {
    const page = await desk.stranger(SMW);
    await page.goto("/");
    await page.route("**/console/en-*.js", (route) => route.abort());
    await page.getByLabel("Taal").selectOption("en");
    await page.getByText("Het knooppunt is niet te bereiken. Controleer uw verbinding en probeer het opnieuw; wat u invulde, staat er nog.").waitFor();
    assert.equal(await page.getByLabel("Taal").inputValue(), "nl");
    await page.getByRole("heading", { level: 1, name: "Aanmelden" }).waitFor();
    await page.context().close();
  },

  "a first sign-in sets up the second factor, from the picture or by typing": async (desk) => {
    const admin = await desk.at(SMW, "ad");
    const page = await desk.stranger(SMW);
    const made = await admin.evaluate(async () => {
      const { csrfToken } = await (await fetch("/api/v1/session")).json();
      const answer = await fetch("/api/v1/accounts", { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken, "Idempotency-Key": crypto.randomUUID() },
        body: JSON.stringify({ name: "nieuw", role: "professional", displayName: "Nienke Nieuw", password: "voorbeeld van een wachtwoord" }) });
      return answer.status;
    });
    assert.equal(made, 201);
    await page.goto("/");
    await page.getByLabel("Gebruikersnaam").fill("nieuw");
    await page.getByLabel("Wachtwoord").fill("voorbeeld van een wachtwoord");
    await page.getByRole("button", { name: "Aanmelden" }).click();
    await page.getByRole("heading", { level: 1, name: "Tweede stap instellen" }).waitFor();
    await page.getByRole("img", { name: /QR-code/ }).waitFor();
    await desk.looksRight(page, "tweede-stap");
    await page.getByText("Kunt u niet scannen?").click();
    const secret = (await page.locator("code").innerText()).replace(/\s/g, "");
    await page.getByLabel("Code", { exact: true }).fill(await desk.region.code({ node: SMW, secret }));
    await page.getByRole("button", { name: "Bevestigen" }).click();
    await page.getByRole("heading", { level: 1, name: "Werkvoorraad" }).waitFor();
    await desk.settled(page);
    await page.getByText("Nienke Nieuw").waitFor();
    await page.context().close();
  },
};
