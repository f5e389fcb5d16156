// The team lead: who has what to do, and handing over what a professional who leaves answers for. Comes last: afterwards it is a colleague's.
import assert from "node:assert/strict";
import { HOSTILE } from "./ask.mjs";

const SMW = "smw-de-rietkraag";
const LEAVER = "Marit de Vries", COLLEAGUE = "Sanne Kok";

async function look(page, name) {
  await page.getByLabel("Naam van de medewerker").fill(name);
  await page.getByLabel("Naam van de medewerker").press("Enter");
  await page.getByRole("heading", { level: 2, name: `Waar ${name} verantwoordelijk voor is` }).waitFor();
}
const held = (page, name) => page.getByRole("region", { name: `Waar ${name} verantwoordelijk voor is` }).getByRole("row");

export const tests = {
  "a team lead sees who has what to do, and goes on to everything of one of them": async (desk) => {
    const page = await desk.at(SMW, "tess");
    await desk.open(page, "/team", "Werkvoorraad van het team");
    const table = page.getByRole("region", { name: "Taken per medewerker" });
    await table.getByRole("row", { name: LEAVER }).waitFor();
    await table.getByRole("button", { name: `Taken: ${LEAVER}` }).press("Enter");
    await page.getByRole("heading", { level: 2, name: `Taken: ${LEAVER}` }).waitFor();
    const said = Number(await table.getByRole("row", { name: LEAVER }).getByRole("cell").nth(1).innerText());
    assert.equal(await page.locator(".work__item").count(), said);
    await desk.looksRight(page, "team-werkvoorraad");
    await page.getByRole("button", { name: `Alles van ${LEAVER}` }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Medewerker en vertrek" }).waitFor();
    assert.equal(await page.getByLabel("Naam van de medewerker").inputValue(), LEAVER);
    assert.ok(!page.url().includes("Marit"), "no address holds a name");
  },

  "an empty team, and a name that nobody has, say what to do": async (desk) => {
    const page = await desk.at(SMW, "tess");
    await desk.open(page, "/team/medewerker", "Medewerker en vertrek");
    await page.getByLabel("Naam van de medewerker").fill("");
    await page.getByRole("button", { name: "Laat zien" }).click();
    await page.getByText("vul de naam van de medewerker in").first().waitFor();
    await look(page, HOSTILE);
    await page.getByText(`Er staat niets op naam van ${HOSTILE}`).first().waitFor();
    await desk.looksRight(page, "team-medewerker-leeg");
    for (const address of ["**/api/v1/work", "**/api/v1/work?*"]) await page.route(address, (route) => route.fulfill({ json: { work: [] } }));
    await page.route("**/api/v1/fragment-requests", (route) => route.fulfill({ json: { requests: [] } }));
    await page.route("**/api/v1/clients-to-tell", (route) => route.fulfill({ json: { grounds: [] } }));
    await desk.open(page, "/team", "Werkvoorraad van het team");
    await page.getByText("Er staat niets open in het team").waitFor();
    await desk.looksRight(page, "team-leeg");
    await page.unrouteAll();
  },

  "what one client asks goes to one colleague, the rest to the work list, and somebody who is back keeps it": async (desk) => {
    const page = await desk.at(SMW, "tess");
    await desk.open(page, "/werk", "Werkvoorraad");
    await desk.open(page, "/team/medewerker", "Medewerker en vertrek");
    await look(page, LEAVER);
    const before = await held(page, LEAVER).count();
    assert.ok(before > 2);
    await desk.looksRight(page, "team-medewerker");
    await page.getByRole("button", { name: "Overdragen", exact: true }).press("Enter");
    await page.getByRole("button", { name: "Vertrek vastleggen" }).click();
    await page.getByText("kies wie het overneemt").first().waitFor();
    await page.getByLabel("Een collega", { exact: true }).check();
    await page.getByRole("button", { name: "Overdragen aan de collega" }).click();
    await page.getByText("vul de naam van de collega in").first().waitFor();
    await page.getByLabel("Naam van de collega").fill(COLLEAGUE);
    await page.getByLabel("Alleen van bepaalde cliënten").check();
    await page.getByLabel("SMW-1005", { exact: true }).check();
    await page.getByLabel("Functie").fill("schoolmaatschappelijk werker");
    await page.getByLabel("Telefoon").fill("099-5550104");
    await desk.looksRight(page, "team-overdragen");
    await page.getByRole("button", { name: "Overdragen aan de collega" }).press("Enter");
    await page.getByRole("dialog").getByText(`Van ${LEAVER} overdragen aan ${COLLEAGUE}?`).waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await held(page, LEAVER).count(), before, "nothing moved");
    await page.getByRole("button", { name: "Overdragen aan de collega" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Overdragen aan de collega" }).press("Enter");
    await page.getByText(`van ${LEAVER} sta`).waitFor();
    await page.getByText("bovenaan de werkvoorraad").first().waitFor();
    await desk.settled(page);
    assert.ok(await held(page, LEAVER).count() < before);
    assert.equal(await held(page, LEAVER).filter({ hasText: "SMW-1005" }).count(), 0);
    await desk.looksRight(page, "team-overgedragen");

    await page.getByText("Vertrok deze medewerker niet, of is die terug?").click();
    await page.getByRole("button", { name: `${LEAVER} is er weer` }).press("Enter");
    await page.getByText(`Vastgelegd: ${LEAVER} is er weer.`).waitFor();
    await look(page, COLLEAGUE);
    await held(page, COLLEAGUE).filter({ hasText: "SMW-1005" }).first().waitFor();
  },

  "everything of somebody who leaves goes over at once": async (desk) => {
    const page = await desk.at(SMW, "tess");
    await desk.open(page, "/werk", "Werkvoorraad");
    await desk.open(page, "/team/medewerker", "Medewerker en vertrek");
    await page.getByLabel("Gebruikersnaam").fill("marit");
    await look(page, LEAVER);
    await page.getByRole("button", { name: "Overdragen", exact: true }).press("Enter");
    await page.getByLabel("Een collega", { exact: true }).check();
    await page.getByLabel("Naam van de collega").fill(LEAVER.toUpperCase());
    await page.getByRole("button", { name: "Overdragen aan de collega" }).press("Enter");
    await page.getByText("dit is de medewerker die vertrekt").first().waitFor();
    await page.getByLabel("Naam van de collega").fill(COLLEAGUE);
    await page.getByRole("button", { name: "Overdragen aan de collega" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Overdragen aan de collega" }).press("Enter");
    await page.getByText("Er staat niets meer op de oude naam.").waitFor();
    await page.getByText(`Er staat niets op naam van ${LEAVER}`).waitFor();
    await look(page, COLLEAGUE);
    await held(page, COLLEAGUE).filter({ hasText: "SMW-1001" }).first().waitFor();
  },
};
