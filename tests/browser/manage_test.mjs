// The administrator, the monitor and the team lead: health, partners, users, keys of programs, import, reports.
import assert from "node:assert/strict";
import { HOSTILE, LONG, ask } from "./ask.mjs";

const SMW = "smw-de-rietkraag", BJZ = "bjz-veenstroom";

/** What the node says, changed on its way to the page, as long as `work` lasts. */
async function changed(page, address, change, work) {
  await page.route(address, async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const answer = await route.fetch();
    const body = await answer.json();
    change(body);
    await route.fulfill({ json: body });
  });
  await work();
  await page.unroute(address);
}
const file = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

export const tests = {
  "an administrator sees how the node is, and what it does not do yet": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await desk.open(page, "/gezondheid", "Gezondheid van het knooppunt");
    await page.getByText("De klok loopt goed.").waitFor();
    await page.getByText("Dit knooppunt maakt nog geen back-up").waitFor();
    assert.equal(await page.getByRole("list", { name: "De vingerafdruk in woorden, in vier groepen" }).getByRole("listitem").count(), 4);
    await desk.looksRight(page, "gezondheid");
  },

  "a clock that stepped is confirmed by somebody who looked; what else is wrong is said": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await changed(page, "**/api/v1/status", (body) => {
      const at = new Date(Date.now() - 3_600_000).toISOString();
      body.clock = { sure: false, step: "back", before: body.now, after: at, clock: at };
      Object.assign(body.convenant, { expiresInDays: 12 });
      Object.assign(body.log, { state: "urgent", discloses: true });
      body.troubles.push({ code: "peer-unreachable", side: "peer", detail: LONG });
    }, async () => {
      await desk.open(page, "/gebruikers", "Gebruikers en rollen");
      await desk.open(page, "/gezondheid", "Gezondheid van het knooppunt");
      await page.getByText("De klok is teruggesprongen.").waitFor();
      await page.getByText("Het convenant verloopt over 12 dagen.").waitFor();
      await desk.looksRight(page, "gezondheid-mis");
      await page.getByRole("button", { name: "De klok staat goed" }).press("Enter");
      await page.getByRole("dialog").getByText("Staat de klok goed?").waitFor();
      await page.keyboard.press("Escape");
      assert.equal(await page.getByRole("dialog").count(), 0);
    });
  },

  "partners show the state of each link, and a fingerprint to read aloud": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await desk.open(page, "/ketenpartners", "Ketenpartners");
    await page.getByText("2 van de 2 verbindingen zijn in orde").waitFor({ timeout: 60_000 });
    await desk.looksRight(page, "ketenpartners");
    await page.getByRole("link", { name: "Bureau Jeugdzorg Veenstroom" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Bureau Jeugdzorg Veenstroom" }).waitFor();
    const words = await page.getByRole("list", { name: "De vingerafdruk in woorden, in vier groepen" }).getByRole("listitem").allInnerTexts();
    assert.equal(words.join(" ").trim().split(/\s+/).length, 16);
    await desk.looksRight(page, "ketenpartner");
    // The other organisation shows the same words as its own.
    const there = await desk.at(BJZ, "els");
    const own = await ask(there, "GET", "/cards/own");
    assert.equal(own.fingerprint.words.replaceAll(" · ", " "), words.join(" ").trim().replace(/\s+/g, " "));
  },

  "what is wrong with a link, and whose turn it is, stands at the link": async (desk) => {
    const page = await desk.at(SMW, "ad");
    const spoil = (body) => {
      const [one, two] = body.peers ?? [body, {}];
      Object.assign(one, { connected: false, ready: false, queued: 12, deadLetters: 1, trouble: { code: "not-a-member", side: "ours", detail: HOSTILE } });
      Object.assign(two, { connected: false, ready: false, lastHeard: undefined });
      if (body.matching) Object.assign(body.matching.peers[0], { trouble: LONG, hints: [{ day: "2026-11-01", hint: "burst" }] });
    };
    await changed(page, "**/api/v1/status", spoil, async () => {
      await desk.open(page, "/gebruikers", "Gebruikers en rollen");
      await desk.open(page, "/ketenpartners", "Ketenpartners");
      await page.getByText("Wij zijn aan zet.").first().waitFor();
      await page.getByText("niet te bereiken").first().waitFor();
      await desk.looksRight(page, "ketenpartners-mis");
      const id = (await ask(page, "GET", "/peers")).peers[0].id;
      await changed(page, "**/api/v1/peers/*", spoil, async () => {
        await page.evaluate((to) => { location.hash = to; }, `/ketenpartners/${id}`);
        await page.getByRole("button", { name: "Hervatten" }).waitFor();
        await desk.looksRight(page, "ketenpartner-mis");
      });
    });
    await changed(page, "**/api/v1/status", (body) => { body.peers = []; }, async () => {
      await desk.open(page, "/gebruikers", "Gebruikers en rollen");
      await desk.open(page, "/ketenpartners", "Ketenpartners");
      await page.getByText("Er zijn nog geen ketenpartners").waitFor();
      await desk.looksRight(page, "ketenpartners-leeg");
    });
  },

  "a partner that cannot be reached is seen, and that it is back": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await desk.region.tell("stop ggd-veenstroom");
    await desk.open(page, "/gezondheid", "Gezondheid van het knooppunt");
    for (let turn = 0; turn < 60; ++turn) {
      const { peers } = await ask(page, "GET", "/peers");
      if (peers.some((peer) => !peer.connected)) break;
      await new Promise((done) => setTimeout(done, 500));
    }
    await desk.open(page, "/ketenpartners", "Ketenpartners");
    await page.getByText("niet te bereiken").waitFor();
    await desk.region.tell("start ggd-veenstroom");
  },

  "messages that were not applied are settled by the privacy officer": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await desk.open(page, "/ketenpartners/berichten", "Berichten die niet verwerkt zijn");
    await page.getByText("Alle berichten zijn verwerkt").waitFor();
    await desk.looksRight(page, "berichten-leeg");
    await changed(page, "**/api/v1/dead-letters", (body) => {
      body.deadLetters.push({ id: 5, from: BJZ, type: "ReleaseOffer", subject: null, sent: new Date().toISOString(), received: new Date().toISOString(), code: "bad-value", sentence: LONG + HOSTILE });
    }, async () => {
      await desk.open(page, "/ketenpartners", "Ketenpartners");
      await desk.open(page, "/ketenpartners/berichten", "Berichten die niet verwerkt zijn");
      await page.getByRole("button", { name: "Afhandelen: Bericht van Bureau Jeugdzorg Veenstroom" }).press("Enter");
      await page.getByRole("button", { name: "Afhandelen", exact: true }).click();
      await page.getByText("vul in hoe het is opgelost").first().waitFor();
      await desk.looksRight(page, "berichten");
    });
  },

  "a user is added by keyboard, gets another role, loses a second step, is switched off and on": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await desk.open(page, "/gebruikers", "Gebruikers en rollen");
    await page.getByRole("link", { name: "marit" }).waitFor();
    await desk.looksRight(page, "gebruikers");
    await page.getByRole("link", { name: "Gebruiker toevoegen" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Gebruiker toevoegen" }).waitFor();
    await page.getByRole("button", { name: "Gebruiker toevoegen" }).press("Enter");
    await page.getByText("gebruik ten minste 12 tekens").first().waitFor();
    await desk.looksRight(page, "gebruiker-toevoegen-fout");
    await page.getByLabel("Naam", { exact: true }).fill(HOSTILE);
    await page.keyboard.press("Tab");
    await page.keyboard.type("nieuw.iemand");
    await page.keyboard.press("Tab");
    await page.getByLabel("Rol", { exact: true }).selectOption("professional");
    await page.keyboard.press("Tab");
    await page.keyboard.type("een zin die niemand raadt");
    await page.keyboard.press("Enter");
    await page.getByText("De gebruiker nieuw.iemand is toegevoegd.").waitFor();
    await page.getByRole("link", { name: "nieuw.iemand" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: HOSTILE }).waitFor();
    await page.getByLabel("Rol", { exact: true }).selectOption("monitor");
    await page.getByRole("button", { name: "Rol wijzigen" }).press("Enter");
    await page.getByText("nieuw.iemand is nu: Monitor.").waitFor();
    await page.getByLabel("Nieuw wachtwoord").fill("nog een zin die niemand raadt");
    await page.getByRole("button", { name: "Wachtwoord instellen" }).press("Enter");
    await page.getByText("nieuw.iemand heeft een nieuw wachtwoord.").waitFor();
    await desk.looksRight(page, "gebruiker");
    await page.getByRole("button", { name: "Uitzetten" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Uitzetten" }).press("Enter");
    await page.getByText("nieuw.iemand is uitgezet.").waitFor();
    await page.getByRole("button", { name: "Aanzetten" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Aanzetten" }).press("Enter");
    await page.getByText("nieuw.iemand is weer aangezet.").waitFor();
    await desk.open(page, "/gebruikers/account/ad", "Ad Mulder");
    assert.equal(await page.getByRole("button", { name: "Uitzetten" }).count(), 0, "nobody locks out themselves");
  },

  "a key of a program is shown once, and ends": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await desk.open(page, "/gebruikers/sleutels", "API-sleutels");
    await page.getByText("Er zijn nog geen sleutels").waitFor();
    await desk.looksRight(page, "api-sleutels-leeg");
    await page.getByLabel("Naam van het programma").fill("dossiersysteem");
    await page.getByLabel("Waarvoor").fill("alles");
    await page.getByRole("button", { name: "Sleutel maken" }).press("Enter");
    await page.getByText("gebruik woorden als imports:write of status:read").first().waitFor();
    await page.getByLabel("Waarvoor").fill("imports:write status:read");
    await page.getByRole("button", { name: "Sleutel maken" }).press("Enter");
    await page.getByText("Dit is de sleutel van dossiersysteem.").waitFor();
    const key = await page.locator("code.secret").innerText();
    assert.match(key, /^knoop_/);
    await page.evaluate(() => { document.querySelector("code.secret").textContent = "knoop_voorbeeld-van-een-sleutel"; });
    await desk.looksRight(page, "api-sleutels");
    await page.getByRole("button", { name: "Ik heb hem" }).press("Enter");
    assert.ok(!(await page.content()).includes(key), "the key is gone");
    await page.getByRole("button", { name: "Beëindigen: dossiersysteem" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Beëindigen" }).press("Enter");
    await page.getByText("De sleutel van dossiersysteem is beëindigd.").waitFor();
  },

  "files are tried first, refused rows are listed without values, then they are read in": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await desk.open(page, "/import", "Import en export");
    await desk.looksRight(page, "import");
    await page.getByRole("button", { name: "Eerst proberen" }).press("Enter");
    await page.getByText("Kies eerst een bestand.").waitFor();
    const head = "client_ref;bsn;voornamen;voorvoegsel;achternaam;geboortedatum;geslacht;postcode;huisnummer;toevoeging;gemeentecode;ouder1_bsn;ouder2_bsn\n";
    const good = "SMW-2001;;Fenna;;Proef;2016-05-01;V;9991AB;1;;0193;;\n", bad = "SMW-2002;123456789;Fout;;Proef;2016-05-01;V;9991AB;1;;0193;;\n";
    await page.getByLabel(/^Cliënten/).setInputFiles(file("clients.csv", head + good + bad));
    await page.getByRole("button", { name: "Eerst proberen" }).press("Enter");
    await page.getByText("De proef is klaar. Er is niets veranderd.").waitFor();
    await page.getByText("1 regel afgewezen").waitFor();
    await page.getByRole("region", { name: "Afgewezen regels" }).getByText("bsn").first().waitFor();
    await page.getByText("voldoet niet aan de elfproef: dit is geen BSN, zoek een tikfout").first().waitFor();
    await page.getByRole("region", { name: "De eerste regels: clients.csv" }).getByText("nieuw").waitFor();
    await page.getByText("13 velden gelezen").press("Enter");
    await page.getByRole("region", { name: "Kolomnamen: clients.csv" }).getByText("geboortedatum").first().waitFor();
    assert.ok(!(await page.locator("main").innerText()).includes("123456789"));
    await desk.looksRight(page, "import-proef");
    const [list] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Lijst opslaan" }).press("Enter")]);
    assert.match(list.suggestedFilename(), /afgewezen-regels/);
    await page.getByRole("button", { name: "Deze bestanden inlezen" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Inlezen" }).press("Enter");
    await page.getByText("De bestanden zijn ingelezen.").waitFor();
    await desk.looksRight(page, "import-klaar");
  },

  "JSON is read too; an import is given up half way, and stands in the list of earlier ones": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await desk.open(page, "/gezondheid", "Gezondheid van het knooppunt");
    await desk.open(page, "/import", "Import en export");
    await page.getByLabel("Vorm van cliënten en betrokkenheid").selectOption("json");
    const rows = (count) => Array.from({ length: count }, (_, n) => JSON.stringify({ client_ref: `SMW-J${n}`, voornamen: "Proef", achternaam: `Json${n}`, geboortedatum: "2016-05-01", geslacht: "V" })).join("\n");
    await page.getByLabel(/^Cliënten/).setInputFiles(file("clients.jsonl", rows(3)));
    await page.getByRole("button", { name: "Eerst proberen" }).press("Enter");
    await page.getByText("alle regels goed").waitFor();
    await page.getByLabel(/^Cliënten/).setInputFiles(file("clients.jsonl", rows(2000)));
    let second = () => undefined;
    const stopped = new Promise((done) => { second = done; });
    await page.route("**/clients/chunks/1", async (route) => {
      await stopped;
      await route.continue();
    });
    await page.getByRole("button", { name: "Eerst proberen" }).press("Enter");
    const [given] = await Promise.all([page.waitForResponse((answer) => answer.request().method() === "DELETE"), page.getByRole("button", { name: "Import afbreken" }).press("Enter")]);
    assert.equal(given.status(), 200);
    second();
    await page.getByText("Er is niets ingelezen.").waitFor();
    await page.unroute("**/clients/chunks/1");
    await page.getByRole("link", { name: "Eerdere imports" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Eerdere imports" }).waitFor();
    await page.getByText("afgebroken").first().waitFor();
    await desk.looksRight(page, "import-eerder");
    await page.getByRole("row").filter({ hasText: "1 regel afgewezen" }).filter({ hasText: "proef" }).first().getByRole("link").press("Enter");
    await page.getByRole("region", { name: "Afgewezen regels" }).getByText("elfproef").waitFor();
    await desk.looksRight(page, "import-eerder-een");
  },

  "a file with columns of other names is read by the names that were kept for it": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await ask(page, "PUT", "/import-mappings/dossiersysteem", { otherColumns: "ignore", clients: [
      { field: "client_ref", column: "Nummer" }, { field: "geslacht", column: "Sekse", values: [{ from: "Vrouw", to: "V" }] }] });
    await desk.open(page, "/gezondheid", "Gezondheid van het knooppunt");
    await desk.open(page, "/import", "Import en export");
    await page.getByLabel("Kolomnamen").selectOption("dossiersysteem");
    await page.getByLabel(/^Cliënten/).setInputFiles(file("clients.csv", "Nummer;Sekse;achternaam;geboortedatum;kleur\nSMW-3001;Vrouw;Proef;2016-05-01;groen\n"));
    await page.getByRole("button", { name: "Eerst proberen" }).press("Enter");
    await page.getByText("alle regels goed").waitFor();
    await page.getByText("1 kolom overgeslagen").press("Enter");
    await page.getByRole("region", { name: "Kolomnamen: clients.csv" }).getByText("Sekse").waitFor();
    assert.ok(!(await page.locator("main").innerText()).includes("groen"), "no value of a row");
  },

  "a file in many pieces shows how far it is; one that cannot be read says why": async (desk) => {
    const page = await desk.at(SMW, "ad");
    await desk.open(page, "/gezondheid", "Gezondheid van het knooppunt");
    await desk.open(page, "/import", "Import en export");
    const head = "client_ref;bsn;voornamen;voorvoegsel;achternaam;geboortedatum;geslacht;postcode;huisnummer;toevoeging;gemeentecode;ouder1_bsn;ouder2_bsn\n";
    const rows = Array.from({ length: 2500 }, (_, n) => `SMW-P${n};;Proef;;Proef${n};2016-05-01;V;9991AB;${n};;0193;;\n`).join("");
    await page.getByLabel(/^Cliënten/).setInputFiles(file("clients.csv", head + rows));
    await page.getByRole("button", { name: "Eerst proberen" }).press("Enter");
    await page.getByRole("progressbar").waitFor();
    await page.getByText("alle regels goed").waitFor({ timeout: 60_000 });
    await page.getByLabel(/^Cliënten/).setInputFiles(file("clients.csv", `verkeerde;kop\n${HOSTILE}\n`));
    await page.getByRole("button", { name: "Eerst proberen" }).press("Enter");
    await page.getByText("mislukt").or(page.locator(".utrecht-alert--error")).first().waitFor();
    await desk.looksRight(page, "import-fout");
  },

  "reports are charts with their numbers beside them": async (desk) => {
    const page = await desk.at(SMW, "femke");
    await desk.open(page, "/rapportage", "Rapportage");
    await page.getByRole("img", { name: /Matches: Zeker/ }).waitFor();
    // What is known of a few families is not told: the region of the tests has no more.
    await page.getByRole("row", { name: /minder dan 5/ }).first().waitFor();
    await desk.looksRight(page, "rapportage");
    const lead = await desk.at(SMW, "tess");
    await desk.open(lead, "/rapportage", "Rapportage");
    await lead.getByRole("heading", { level: 2, name: "Taken naar termijn" }).waitFor();
    await desk.looksRight(lead, "rapportage-taken");
  },

  "a year's figures are columns by month, with what is small left out": async (desk) => {
    const page = await desk.at(SMW, "tess");
    await desk.open(page, "/team", "Werkvoorraad van het team");
    const months = Array.from({ length: 12 }, (_, at) => ({ month: `2026-${String(at + 1).padStart(2, "0")}`, leadDays: at > 5 ? 9 + at : null,
      matches: at === 2 ? { count: null, inTime: null, late: null } : { count: 20 + at, inTime: at === 3 ? null : 12, late: at === 3 ? null : 5 },
      asked: { count: 10 + at, arrived: 5, wrong: 5 }, received: { count: 0, arrived: 0, wrong: 0 } }));
    await page.route("**/api/v1/figures", (route) => route.fulfill({ json: { smallestTold: 5, months, circles: { count: 60, two: 40, three: 15, more: 5 } } }));
    await desk.open(page, "/rapportage", "Rapportage");
    await page.getByRole("img", { name: /^Matches per maand: januari 2026 20, februari 2026 21, maart 2026 minder dan 5/ }).waitFor();
    const table = page.getByRole("table", { name: "Matches per maand" });
    await table.getByRole("row", { name: "januari 2026 20 12 5 3" }).waitFor();
    await table.getByRole("row", { name: "april 2026 23 niet getoond niet getoond niet getoond" }).waitFor();
    await page.getByRole("table", { name: "Overdrachten die wij vroegen" }).getByRole("row", { name: "december 2026 21 5 5 11 20 dagen" }).waitFor();
    await page.getByText("Er was het afgelopen jaar niets om te tellen.").waitFor();
    await page.getByRole("img", { name: "Organisaties rond één kind: twee 40, drie 15, vier of meer 5" }).waitFor();
    await desk.looksRight(page, "rapportage-jaar");
    await page.unroute("**/api/v1/figures");
  },

  "nobody reaches a screen of another role": async (desk) => {
    const page = await desk.at(SMW, "ad");
    for (const path of ["/logboek", "/toestemmingen", "/verzoeken", "/inzage/SMW-1001", "/clienten", "/vernietigen"]) await desk.open(page, path, "Deze pagina is er niet");
    const officer = await desk.at(SMW, "femke");
    for (const path of ["/gebruikers", "/import", "/clienten/SMW-1001/dossier"]) await desk.open(officer, path, "Deze pagina is er niet");
  },
};
