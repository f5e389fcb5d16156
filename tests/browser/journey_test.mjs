// Two professionals at two organisations bring one child from a match to a finished warme overdracht, each in a browser of their own.
import assert from "node:assert/strict";

const SMW = "smw-de-rietkraag", BJZ = "bjz-veenstroom";
const OTHER = "Bureau Jeugdzorg Veenstroom", HERE = "School-maatschappelijk werk De Rietkraag";

const marit = (desk) => desk.at(SMW, "marit");
const joris = (desk) => desk.at(BJZ, "joris");

/** Until what the other node sends is on the page by itself: nobody reloads. */
async function appears(locator) {
  await locator.first().waitFor({ timeout: 45_000 });
}

async function confirmed(page, name) {
  await page.getByRole("dialog").getByRole("button", { name }).click();
}

/** Tab until something with this name has the focus. */
async function reach(page, name) {
  for (let count = 0; count < 80; ++count) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const one = document.activeElement;
      return (one.labels?.[0] ?? one).textContent.trim();
    });
    if (name.test(here)) return;
  }
  assert.fail(`${name} cannot be reached by keyboard`);
}

async function openClient(desk, page, ref) {
  await page.evaluate((to) => { location.hash = to; }, `/clienten/${ref}`);
  const reason = page.getByRole("heading", { level: 1, name: "Waarom opent u dit dossier?" });
  const card = page.getByRole("navigation", { name: "Onderdelen van dit dossier" });
  await reason.or(card).first().waitFor();
  if (await reason.isVisible()) {
    await page.getByLabel("Ik begeleid deze jeugdige").check();
    await page.getByRole("button", { name: "Dossier openen" }).click();
  }
  await card.waitFor();
  await desk.settled(page);
}

/** What the other side does in between is refused first, and fetched; then one looks and says it again, as a person would. */
async function record(desk, page, button, said) {
  for (let attempt = 0; attempt < 3; ++attempt) {
    await page.getByRole("button", { name: button }).click();
    await page.getByText(said).or(page.getByText("Iemand anders heeft dit intussen gewijzigd")).first().waitFor();
    if (await page.getByText(said).count() > 0) return;
    await desk.settled(page);
  }
  assert.fail(`${button} was refused three times`);
}

/** What the node sends of a list, with this done to each. */
async function changed(page, address, list, change) {
  await page.route(address, async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    body[list].forEach(change);
    await route.fulfill({ response: answer, json: body });
  });
}

export const tests = {
  "werkvoorraad: what is due is there, soonest first, and leads to its task": async (desk) => {
    const page = await marit(desk);
    await desk.open(page, "/werk", "Werkvoorraad");
    const rows = page.locator(".work__item");
    await appears(rows);
    assert.ok(await rows.count() >= 4);
    await page.getByText("Betrokkenheid: verlengen of afsluiten").waitFor();
    const due = await page.locator(".work__due .soft").allInnerTexts();
    assert.ok(due.length >= 4);
    await desk.looksRight(page, "werkvoorraad");
    await page.getByRole("button", { name: "Van iedereen" }).click();
    await desk.settled(page);
    await page.getByRole("link", { name: /^Match:/ }).first().click();
    await page.getByRole("heading", { level: 1, name: /^Match met/ }).waitFor();
  },

  "cliënt zoeken: by name, with a reason that is asked, and nothing for who is not there": async (desk) => {
    const page = await marit(desk);
    await desk.open(page, "/clienten", "Cliënten");
    await page.getByLabel("Achternaam").fill("bestaatniet");
    await page.getByRole("button", { name: "Zoeken" }).click();
    await page.getByText("Geen cliënt gevonden").waitFor();
    await desk.looksRight(page, "clienten-geen");
    await page.getByLabel("BSN").fill("123456789");
    await page.getByRole("button", { name: "Zoeken" }).click();
    await page.getByRole("link", { name: /geen geldig BSN/ }).waitFor();
    await page.getByLabel("BSN").fill("");
    await page.getByLabel("Achternaam").fill("ber");
    await page.getByLabel("Achternaam").press("Enter");
    await page.getByRole("link", { name: "Yara van den Berg" }).waitFor();
    await desk.looksRight(page, "clienten");
    await page.getByRole("link", { name: "Yara van den Berg" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Waarom opent u dit dossier?" }).waitFor();
    await desk.looksRight(page, "reden-van-inzage");
    await page.getByRole("button", { name: "Dossier openen" }).click();
    await page.getByRole("link", { name: /kies een reden/ }).waitFor();
    await page.getByLabel("Ik begeleid deze jeugdige").check();
    await page.getByRole("button", { name: "Dossier openen" }).click();
    await page.getByRole("heading", { level: 1, name: "Yara van den Berg" }).waitFor();
    await page.getByRole("heading", { name: "Wie betrokken is" }).waitFor();
    await desk.settled(page);
    await desk.looksRight(page, "clientkaart-begin");
  },

  "betrokkenheid: register, extend, close, told or not": async (desk) => {
    const page = await marit(desk);
    await openClient(desk, page, "SMW-1006");
    await page.getByRole("link", { name: "Betrokkenheid", exact: true }).click();
    await page.getByText("U bent hier nog niet betrokken").waitFor();
    await desk.looksRight(page, "betrokkenheid-leeg");
    await page.getByRole("link", { name: "Betrokkenheid vastleggen" }).click();
    await page.getByRole("heading", { level: 1, name: "Betrokkenheid vastleggen" }).waitFor();
    await page.getByRole("button", { name: "Betrokkenheid vastleggen" }).click();
    await page.getByRole("link", { name: /vul een telefoonnummer of een e-mailadres in/ }).waitFor();
    await page.getByLabel("Telefoon").fill("099-5550101");
    await page.getByLabel("Afweging").fill("Ouders vroegen om hulp bij het naar school gaan.");
    await page.getByLabel("De jeugdige en de ouders weten ervan").check();
    await desk.looksRight(page, "betrokkenheid-vastleggen");
    await page.getByRole("button", { name: "Betrokkenheid vastleggen" }).click();
    await page.getByText("Uw betrokkenheid is vastgelegd").waitFor();
    await page.getByRole("button", { name: "Verlengen" }).click();
    await page.getByRole("button", { name: "Verlengen" }).click();
    await page.getByText("Uw betrokkenheid loopt nu tot en met").waitFor();
    await desk.looksRight(page, "betrokkenheid");
    await page.getByRole("button", { name: "Afsluiten" }).click();
    await page.getByLabel("Reden van afsluiten").fill("De hulp is afgerond.");
    await page.getByRole("button", { name: "Afsluiten" }).click();
    await page.getByText("De betrokkenheid is afgesloten").waitFor();
  },

  "by keyboard alone: from the work list to a match, a choice, what is wrong with it, and out of the question": async (desk) => {
    const page = await marit(desk);
    await desk.open(page, "/werk", "Werkvoorraad");
    await page.getByRole("heading", { level: 1 }).focus();
    await reach(page, /^Match: beoordelen/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /^Match met/ }).waitFor();
    await desk.settled(page);
    await desk.focused(page, "h1");
    await reach(page, /^Geen contact|^Ja, ik wil contact/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await reach(page, /^Vastleggen$/);
    await page.keyboard.press("Enter");
    await page.getByText("kies een reden").first().waitFor();
    await desk.focused(page, "[role=group]");   // focus goes to what is wrong
    await reach(page, /^Waarom geen contact: /);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    await reach(page, /^Vastleggen$/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await page.getByText("Vastgelegd: geen contact").count(), 0, "Escape did it all the same");
  },

  "match: both want contact, they call, and it is the same youth": async (desk) => {
    const here = await marit(desk), there = await joris(desk);
    await openClient(desk, here, "SMW-1001");
    await here.getByRole("link", { name: OTHER }).first().click();
    await here.getByRole("heading", { level: 1, name: `Match met ${OTHER}` }).waitFor();
    await here.getByText("Het kan dezelfde jeugdige zijn").waitFor();
    await desk.looksRight(here, "match-mogelijk");
    await here.getByLabel("Ja, ik wil contact").check();
    await here.getByRole("button", { name: "Vastleggen" }).click();
    await here.getByText(`Wacht op ${OTHER}`).first().waitFor();

    await openClient(desk, there, "BJZ-2001");
    await there.getByRole("link", { name: HERE }).first().click();
    await there.getByRole("heading", { level: 1, name: `Match met ${HERE}` }).waitFor();
    assert.equal(await there.getByText("Marit de Vries").count(), 0, "contact data crossed too early");
    await there.getByLabel("Ja, ik wil contact").check();
    await there.getByRole("button", { name: "Vastleggen" }).click();
    await appears(there.getByText("Marit de Vries"));
    await appears(here.getByText("Joris Bakker"));
    await desk.looksRight(here, "match-contact");
    for (const page of [here, there]) await record(desk, page, "Contact vastleggen", "Het contact is vastgelegd");
    for (const page of [here, there]) {
      await page.getByLabel("dezelfde jeugdige").check();
      await record(desk, page, "Uitkomst vastleggen", "De uitkomst is vastgelegd");
    }
    await appears(here.getByText("u: dezelfde jeugdige; de ander: dezelfde jeugdige"));
    await desk.settled(here);
    await desk.looksRight(here, "match-afgehandeld");
  },

  "toestemming: guided by age, with a text to print and a preview": async (desk) => {
    const page = await marit(desk);
    await page.getByRole("link", { name: "Toestemming vastleggen" }).click();
    await page.getByRole("heading", { level: 1, name: "Toestemming vastleggen" }).waitFor();
    await page.getByText("Van twaalf tot zestien jaar beslissen de jeugdige en de ouders met gezag samen").waitFor();
    await page.getByRole("button", { name: "Vastleggen", exact: true }).click();
    await page.getByRole("link", { name: /vertel eerst dat intrekken altijd kan/ }).waitFor();
    await desk.looksRight(page, "toestemming-fout");
    await page.getByLabel("Gedeeltelijk").check();
    for (const one of ["Persoon en contact", "Aanleiding", "Krachten"]) await page.getByLabel(new RegExp(one)).check();
    await page.getByLabel("Naam: ouder met gezag").fill("Sara van den Berg");
    await page.getByLabel("Deze ouder heeft alleen gezag").check();
    await page.getByLabel("Hoe is de identiteit nagegaan?").fill("Paspoort gezien");
    await page.getByLabel("Hoe is het gezag nagegaan?").fill("Gezagsregister geraadpleegd");
    await page.getByLabel("Ik heb verteld dat intrekken altijd kan").check();
    await page.getByRole("button", { name: "Tekst maken" }).click();
    await page.locator(".sheet").getByText(/intrekken/).first().waitFor();
    await page.locator(".sheet").getByText(new RegExp(OTHER)).first().waitFor();
    await page.getByText("Stil in de klas sinds de herfst").waitFor();
    await desk.looksRight(page, "toestemming-vastleggen");
    await page.getByRole("button", { name: "Vastleggen", exact: true }).click();
    await page.getByText("Vastgelegd. Vanaf nu geldt dit bij elke verstrekking.").waitFor();
    await page.getByText("gedeeltelijk, geldt").waitFor();
    await desk.looksRight(page, "toestemming");
  },

  "warme overdracht: asked, accepted, talked over, handed over, arrived, told back, closed": async (desk) => {
    const here = await marit(desk), there = await joris(desk);
    await openClient(desk, here, "SMW-1001");
    await here.getByRole("link", { name: "Overdrachten", exact: true }).last().click();
    await here.getByRole("link", { name: "Overdracht aanvragen" }).click();
    await here.getByRole("heading", { level: 1, name: "Overdracht aanvragen" }).waitFor();
    await here.getByLabel("Aan welke organisatie").selectOption({ label: OTHER });
    await here.getByLabel("Doel").fill("Hulp thuis is nodig, naast de gesprekken op school.");
    await here.getByText("Niet alles kan mee").waitFor();
    await desk.settled(here);
    await desk.looksRight(here, "overdracht-aanvragen");
    await here.getByRole("button", { name: "Aanvragen" }).click();
    await here.getByText("De aanvraag is onderweg").waitFor();

    await desk.open(there, "/werk", "Werkvoorraad");
    await there.getByRole("button", { name: "Van iedereen" }).click();
    await appears(there.getByRole("link", { name: /Overdracht: antwoorden op de aanvraag/ }));
    await there.getByRole("link", { name: /Overdracht: antwoorden op de aanvraag/ }).click();
    await there.getByRole("heading", { level: 1, name: new RegExp(`van ${HERE}`) }).waitFor();
    await there.getByText("Hulp thuis is nodig, naast de gesprekken op school.").first().waitFor();
    await desk.looksRight(there, "overdracht-ontvangen");
    await there.getByRole("button", { name: "Accepteren" }).click();
    await there.getByRole("button", { name: "Accepteren" }).click();
    await there.getByText("Vastgelegd: accepteren").waitFor();

    await appears(here.getByRole("button", { name: "Driegesprek plannen" }));
    await here.getByRole("button", { name: "Driegesprek plannen" }).click();
    await here.getByLabel("Plaats").fill("Op school, kamer 4");
    await here.getByRole("button", { name: "Driegesprek plannen" }).click();
    await appears(there.getByRole("button", { name: "Driegesprek is gevoerd" }));
    await appears(here.getByRole("button", { name: "Driegesprek is gevoerd" }));
    await here.getByRole("button", { name: "Driegesprek is gevoerd" }).click();
    await here.getByLabel("Toelichting").fill("Yara, haar moeder en wij beiden waren erbij.");
    await here.getByRole("button", { name: "Driegesprek is gevoerd" }).click();

    await appears(here.getByRole("button", { name: "Overdragen" }));
    await desk.settled(here);
    await desk.looksRight(here, "overdracht-overdragen");
    assert.equal(await here.getByText("gaat mee").count(), 3);
    assert.equal(await here.getByText("blijft hier", { exact: true }).count(), 3);
    await here.getByRole("button", { name: "Overdragen" }).click();
    await desk.photograph(here, "bevestigen");
    await confirmed(here, "Overdragen");
    await here.getByText("Zodra Bureau Jeugdzorg Veenstroom de ontvangst bevestigt").waitFor();

    await appears(there.getByText("Er zijn 3 fragmenten ontvangen."));
    await appears(there.getByRole("button", { name: "Cliënt is aangekomen" }));
    await there.getByRole("button", { name: "Cliënt is aangekomen" }).click();
    await there.getByRole("button", { name: "Cliënt is aangekomen" }).click();
    await appears(there.getByRole("button", { name: "Terugkoppelen" }));
    await there.getByRole("button", { name: "Terugkoppelen" }).click();
    await there.getByRole("textbox", { name: "Terugkoppeling" }).fill("De hulp thuis is gestart; wij komen elke week.");
    await desk.looksRight(there, "terugkoppelen");
    await there.getByRole("button", { name: "Terugkoppelen" }).click();

    await appears(here.getByText("De hulp thuis is gestart; wij komen elke week."));
    await here.getByRole("button", { name: "Afronden" }).click();
    await here.getByRole("button", { name: "Afronden" }).click();
    await confirmed(here, "Afronden");
    await appears(there.getByText("Afgerond").first());
    await desk.settled(here);
    await desk.looksRight(here, "overdracht-afgerond");
    await desk.open(here, "/overdrachten", "Overdrachten");
    await desk.looksRight(here, "overdrachten");
  },

  "a moment shows as its day in the Netherlands, a day as itself": async (desk) => {
    const page = await marit(desk);
    await changed(page, "**/api/v1/handovers*", "handovers", (one) => { one.created = "2026-11-22T23:30:00Z"; });
    await desk.open(page, "/werk", "Werkvoorraad");
    await desk.open(page, "/overdrachten", "Overdrachten");
    await page.getByText("23 november 2026").first().waitFor();
    await page.unrouteAll();
    await changed(page, "**/api/v1/handovers*", "handovers", (one) => { one.created = "2026-11-22"; });
    await desk.open(page, "/werk", "Werkvoorraad");
    await desk.open(page, "/overdrachten", "Overdrachten");
    await page.getByText("22 november 2026").first().waitFor();
    await page.unrouteAll();
  },

  "cliëntkaart and dossier afterwards: who is involved, what was received, with source and until when": async (desk) => {
    const here = await marit(desk), there = await joris(desk);
    await openClient(desk, here, "SMW-1001");
    await here.getByText("Tijdlijn in woorden").waitFor();
    await desk.looksRight(here, "clientkaart");
    await openClient(desk, there, "BJZ-2001");
    await there.getByRole("link", { name: "Dossier", exact: true }).click();
    await there.getByText("Valt sinds de herfst stil in de klas en vraagt zelf om een gesprek.").waitFor();
    await there.getByText(new RegExp(`Van ${HERE}, voor warme overdracht, te lezen tot en met`)).first().waitFor();
    await desk.looksRight(there, "dossier-ontvangen");
    await there.getByRole("link", { name: "Plan en overleg" }).click();
    await there.getByText("Er is nog geen plan vastgelegd").waitFor();
    await desk.settled(there);
    await desk.looksRight(there, "plan");
  },

  "dossier: read what is ours and write a fragment": async (desk) => {
    const page = await marit(desk);
    await openClient(desk, page, "SMW-1002");
    await page.getByRole("link", { name: "Dossier", exact: true }).click();
    await page.getByRole("button", { name: "Lezen: Opa haalt op" }).click();
    await page.getByText("Opa haalt op woensdag van school.").waitFor();
    await desk.looksRight(page, "dossier");
    await page.getByRole("link", { name: "Fragment vastleggen" }).click();
    await page.getByLabel("Rubriek").selectOption({ index: 5 });
    await page.getByLabel("Titel").fill("Slaapt weer door");
    await page.getByLabel("Feit", { exact: false }).first().check();
    await page.getByLabel("Tekst").fill("Daan vertelt dat hij de laatste week elke nacht doorslaapt.");
    await desk.looksRight(page, "fragment-vastleggen");
    await page.getByRole("button", { name: "Vastleggen", exact: true }).click();
    await page.getByText("Het fragment staat in het dossier.").waitFor();
    await page.getByRole("heading", { name: "Slaapt weer door" }).waitFor();
  },

  "delen zonder toestemming: on a named ground, with reasons and a colleague": async (desk) => {
    const page = await marit(desk);
    await openClient(desk, page, "SMW-1001");
    await page.getByRole("link", { name: "Toestemming", exact: true }).click();
    await page.getByRole("link", { name: "Delen zonder toestemming" }).click();
    await page.getByText("Vraag eerst toestemming").waitFor();
    await page.getByRole("button", { name: "Grond vastleggen" }).click();
    await page.getByRole("button", { name: "Grond vastleggen" }).click();
    await page.getByRole("link", { name: /overleg eerst met een collega/ }).waitFor();
    await page.getByLabel("Ondertoezichtstelling").check();
    await page.getByLabel("Met welke organisatie").selectOption({ label: OTHER });
    await page.getByLabel(/Zorgen om de thuissituatie/).check();
    await page.getByLabel("Redenen").fill("Nodig voor de uitvoering van de ondertoezichtstelling.");
    await page.getByLabel("Beschikking, vraag of wetsartikel").fill("Beschikking van de kinderrechter; vraag van de jeugdbeschermer");
    await page.getByLabel("Met welke collega is overlegd").fill("gedragswetenschapper");
    await desk.looksRight(page, "delen-zonder-toestemming");
    await page.getByRole("button", { name: "Grond vastleggen" }).click();
    await confirmed(page, "Grond vastleggen");
    await page.getByText("De grond is vastgelegd").waitFor();
    await page.locator("summary", { hasText: "De cliënt is geïnformeerd" }).click();
    await page.getByLabel("Hoe en door wie").fill("In een gesprek, met uitleg van de beschikking.");
    await page.getByRole("button", { name: "De cliënt is geïnformeerd" }).click();
    await page.getByText("Vastgelegd dat de cliënt het weet.").waitFor();
    await desk.looksRight(page, "grond");
  },

  "toestemming intrekken: asked first, and what was on loan is locked at the other side": async (desk) => {
    const here = await marit(desk), there = await joris(desk);
    await openClient(desk, there, "BJZ-2001");
    await there.getByRole("link", { name: "Dossier", exact: true }).click();
    await there.getByText("Valt sinds de herfst stil in de klas").waitFor();
    await openClient(desk, here, "SMW-1001");
    await here.getByRole("link", { name: "Toestemming", exact: true }).click();
    await here.getByRole("button", { name: "Intrekken" }).click();
    await here.getByRole("dialog").getByRole("button", { name: "Annuleren" }).press("Enter");
    await here.getByText("gedeeltelijk, geldt").waitFor();
    await here.getByRole("button", { name: "Intrekken" }).click();
    await confirmed(here, "Intrekken");
    await here.getByText("De toestemming is ingetrokken").waitFor();
    await appears(there.getByText("op slot"));
    assert.equal(await there.getByText("Valt sinds de herfst stil in de klas").count(), 0);
    await desk.looksRight(there, "dossier-op-slot");
  },
};
