// The administrator says how the files of another system are read: made, used at once, changed by two people at a time, removed.
import assert from "node:assert/strict";
import { HOSTILE, ask } from "./ask.mjs";

const SMW = "smw-de-rietkraag";
const NAME = "leverancier-2026";
const SUPPLIED = "Nummer;Sekse;Naam;geboortedatum;\"Kleur; of stip\"\nSMW-4001;Vrouw;Proef;2016-05-01;groen\n";
const file = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

async function list(desk, page) {
  await desk.open(page, "/import", "Import en export");
  await page.getByRole("link", { name: "Kolomnamen", exact: true }).press("Enter");
  await page.getByRole("heading", { level: 1, name: "Kolomnamen" }).waitFor();
  await desk.settled(page);
}
const rule = (page, field) => page.getByRole("group", { name: new RegExp(`^${field}\\b`) });
const record = (page) => page.getByRole("button", { name: "Vastleggen", exact: true }).press("Enter");

export const tests = {
  "columns of a supplier's file become our fields, and an import reads that file at once": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await page.route("**/api/v1/import-mappings", (route) => route.fulfill({ json: { mappings: [] } }));
    await list(desk, page);
    await page.getByText("Er zijn nog geen kolomnamen vastgelegd").waitFor();
    await desk.looksRight(page, "kolomnamen-leeg");
    await page.unrouteAll({ behavior: "wait" });

    await page.getByRole("link", { name: "Kolomnamen toevoegen" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Kolomnamen toevoegen" }).waitFor();
    await page.getByLabel("Naam", { exact: true }).fill("Mijn leverancier");
    const example = page.getByLabel("Voorbeeld van een bestand: Cliënten");
    await example.setInputFiles(file("leeg.csv", "\n\n"));
    await page.getByText("In leeg.csv zijn geen kolommen te vinden.").waitFor();
    await example.setInputFiles(file("export.csv", SUPPLIED));
    await page.getByText("Nog geen veld: Nummer, Sekse, Naam, Kleur; of stip.").waitFor();
    await page.getByLabel("Kolom voor client_ref").selectOption("Nummer");
    await record(page);
    await page.getByText("gebruik 1 tot 40 kleine letters, cijfers of streepjes").first().waitFor();
    await page.getByText("vul de naam van de kolom in").first().waitFor();
    await desk.looksRight(page, "kolomnamen-fout");
    await page.getByLabel("Naam", { exact: true }).fill(NAME);
    await page.getByLabel("Kolom voor achternaam").selectOption("Nummer");
    await record(page);
    await page.getByText("deze kolom is al een ander veld").first().waitFor();
    await page.getByLabel("Kolom voor achternaam").selectOption("Naam");

    await page.getByLabel("Nog een veld van cliënten").selectOption("geslacht");
    await page.getByRole("button", { name: "Veld aanwijzen: Cliënten" }).press("Enter");
    await page.getByLabel("Kolom voor geslacht").selectOption("Sekse");
    for (const [at, theirs, ours] of [[1, "Vrouw", "V"], [2, "Vrouw", "M"]]) {
      await page.getByRole("button", { name: "Waarde vertalen: geslacht" }).press("Enter");
      await desk.focused(page, "input");
      await page.keyboard.type(theirs);
      await page.getByLabel(`Bij ons (${at})`).selectOption(ours);
    }
    await record(page);
    await page.getByText("één waarde van het bestand heeft hier twee vertalingen").first().waitFor();
    await page.getByLabel("In het bestand (2)").fill("Man");
    await page.getByLabel("Nog een veld van betrokkenheid").selectOption("soort");
    await page.getByRole("button", { name: "Veld aanwijzen: Betrokkenheid" }).press("Enter");
    await page.getByLabel("Waar komt soort vandaan?").selectOption("constant");
    await page.getByLabel("Waarde van soort").selectOption("ketenregistratie");
    await page.getByText("Nog geen veld: Kleur; of stip.").waitFor();
    await desk.looksRight(page, "kolomnamen-toevoegen");
    await record(page);
    await page.getByText(`De kolomnamen ${NAME} zijn vastgelegd.`).waitFor();
    await page.getByRole("link", { name: NAME }).waitFor();
    await desk.looksRight(page, "kolomnamen");
    const kept = await ask(page, "GET", `/import-mappings/${NAME}`);
    assert.deepEqual(kept.clients.find((one) => one.field === "geslacht"), { field: "geslacht", column: "Sekse", values: [{ from: "Vrouw", to: "V" }, { from: "Man", to: "M" }] });
    assert.deepEqual(kept.involvements, [{ field: "soort", constant: "ketenregistratie" }]);

    await page.getByRole("link", { name: "Inlezen", exact: true }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Import en export" }).waitFor();
    await page.getByLabel("Kolomnamen").selectOption(NAME);
    await page.getByLabel(/^Cliënten/).setInputFiles(file("clients.csv", SUPPLIED));
    await page.getByRole("button", { name: "Eerst proberen" }).press("Enter");
    await page.getByText("alle regels goed").waitFor();
  },

  "column names that somebody else changed meanwhile are not written over": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await list(desk, page);
    await page.getByRole("link", { name: NAME }).press("Enter");
    await page.getByRole("heading", { level: 1, name: `Kolomnamen: ${NAME}` }).waitFor();
    await page.getByLabel("Kolom voor achternaam").fill(HOSTILE.slice(0, 150));
    const kept = await ask(page, "GET", `/import-mappings/${NAME}`);
    const { name, changed, ...theirs } = kept;
    await ask(page, "PUT", `/import-mappings/${NAME}`, { ...theirs, clients: kept.clients.map((one) => (one.field === "achternaam" ? { ...one, column: "Familienaam" } : one)) });
    await record(page);
    await page.getByText("Iemand anders heeft dit intussen gewijzigd").waitFor();
    await page.getByText("Iemand anders heeft deze kolomnamen gewijzigd terwijl u bezig was").waitFor();
    await desk.looksRight(page, "kolomnamen-gewijzigd");
    await record(page);
    await page.getByRole("button", { name: "Verwijderen", exact: true }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Verwijderen", exact: true }).press("Enter");
    await page.locator(".frame-notes").getByText("Iemand anders heeft dit intussen gewijzigd").waitFor();
    await page.getByRole("button", { name: "Nieuwste versie ophalen" }).press("Enter");
    await page.getByText("Iemand anders heeft deze kolomnamen gewijzigd terwijl u bezig was").waitFor({ state: "detached" });
    assert.equal(await page.getByLabel("Kolom voor achternaam").inputValue(), "Familienaam");
    await page.getByLabel("Kolom voor achternaam").fill("Naam");
    await record(page);
    await page.getByText(`De kolomnamen ${NAME} zijn vastgelegd.`).waitFor();
    assert.equal((await ask(page, "GET", `/import-mappings/${NAME}`)).clients.find((one) => one.field === "achternaam").column, "Naam");
  },

  "column names are changed, and removed after a question; another role may not": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await list(desk, page);
    await page.getByRole("link", { name: NAME }).press("Enter");
    await page.getByRole("heading", { level: 1, name: `Kolomnamen: ${NAME}` }).waitFor();
    assert.equal(await page.getByLabel("In het bestand (2)").inputValue(), "Man");
    await rule(page, "soort").getByRole("button", { name: "Veld weghalen: soort" }).press("Enter");
    await page.getByRole("button", { name: "Weghalen: vertaling 1 van geslacht" }).press("Enter");
    await page.getByLabel("Het bestand weigeren").check();
    await record(page);
    await page.getByText(`De kolomnamen ${NAME} zijn vastgelegd.`).waitFor();
    const kept = await ask(page, "GET", `/import-mappings/${NAME}`);
    assert.deepEqual([kept.otherColumns, kept.involvements, kept.clients.find((one) => one.field === "geslacht").values], ["refuse", [], [{ from: "Man", to: "M" }]]);

    await page.getByRole("link", { name: NAME }).press("Enter");
    await page.getByRole("button", { name: "Verwijderen", exact: true }).press("Enter");
    await page.getByRole("dialog").getByText(`De kolomnamen ${NAME} verwijderen?`).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Verwijderen", exact: true }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Verwijderen", exact: true }).press("Enter");
    await page.getByText(`De kolomnamen ${NAME} zijn verwijderd.`).waitFor();
    assert.equal(await page.getByRole("link", { name: NAME }).count(), 0);
    await desk.open(page, `/import/kolomnamen/naam/${NAME}`, `Kolomnamen: ${NAME}`);
    await page.locator(".utrecht-alert--error").waitFor();
    const professional = await desk.at(SMW, "marit");
    await desk.open(professional, "/import/kolomnamen", "Deze pagina is er niet");
    await assert.rejects(ask(professional, "GET", "/import-mappings"), /403/);
  },
};
