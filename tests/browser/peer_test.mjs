// Another organisation sends markup wherever it may say something: here it is text, on every screen that shows it.
import assert from "node:assert/strict";
import { ask } from "./ask.mjs";
import { day } from "./days.mjs";
import { Desk } from "./desk.mjs";
import { Region } from "./region.mjs";

const SMW = "smw-de-rietkraag", BJZ = "bjz-veenstroom";
const MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>";

/** Asks until the answer has what is wanted: what the other node sends takes a moment. */
async function until(page, path, wanted) {
  for (let turn = 0; turn < 300; ++turn) {
    const found = wanted(await ask(page, "GET", path));
    if (found) return found;
    await page.waitForTimeout(100);
  }
  throw new Error(`${path} never had what was waited for`);
}

/** Everything that crosses: a contact, a fragment, a file, a hand-over that is refused with reasons. */
async function sendAll(here, there) {
  const ours = await until(here, "/matches?client=SMW-1001", (got) => got.matches.find((one) => one.peer === BJZ));
  const theirs = await until(there, "/matches?client=BJZ-2001", (got) => got.matches.find((one) => one.peer === SMW));
  if (ours.class === "possible") {
    await ask(here, "POST", `/matches/${ours.id}/choice`, { choice: "contact" });
    await ask(there, "POST", `/matches/${theirs.id}/choice`, { choice: "contact" });
  }
  await until(here, `/matches/${ours.id}`, (got) => got.contact);
  await ask(there, "POST", "/fragments", { clientRef: "BJZ-2001", category: "F05", title: `${MARKUP}titel`, nature: "feit", author: `${MARKUP}schrijver`, date: day(-1), text: `${MARKUP}tekst`,
    persons: ["jeugdige"], source: `${MARKUP}bron` });
  const bytes = "%PDF-1.7\n";
  const { id } = await ask(there, "POST", "/attachments", { clientRef: "BJZ-2001", name: `${MARKUP}bijlage.pdf`, mediaType: "application/pdf", bytes: bytes.length });
  const put = await there.evaluate(async ([address, body]) => {
    const { csrfToken } = await (await fetch("/api/v1/session")).json();
    return (await fetch(address, { method: "PUT", headers: { "X-CSRF-Token": csrfToken, "Content-Type": "application/octet-stream" }, body })).status;
  }, [`/api/v1/attachments/${id}/pieces/0`, bytes]);
  assert.equal(put, 200);
  await ask(there, "POST", `/attachments/${id}/finish`, { title: `${MARKUP}bijlage`, author: `${MARKUP}schrijver`, date: day(), persons: ["jeugdige"], description: `${MARKUP}omschrijving` });
  await ask(there, "POST", "/consents", { client: "BJZ-2001", answer: "yes", recipient: SMW, purpose: "warme-overdracht", categories: ["F05", "F18"], until: day(60), textVersion: "2026-1",
    toldWithdrawable: true, identity: "paspoort", authority: "gezagsregister", way: "oral", givers: [{ capacity: "youth", who: "Yara" }, { capacity: "parent", who: "moeder" }] });
  const { exchange } = await ask(here, "POST", "/fragment-requests", { peer: BJZ, match: ours.id, purpose: "warme-overdracht", occasion: "Start", goal: "Kennismaken", categories: ["F05", "F18"] });
  const wanted = await until(there, "/fragment-requests", (got) => got.requests.find((one) => one.exchange === exchange));
  await ask(there, "POST", `/fragment-requests/${wanted.from}/${exchange}/answer`);
  const asked = await ask(here, "POST", "/handovers", { match: ours.id, goal: "Hulp thuis", categories: ["F05"] });
  await until(there, "/handovers?client=BJZ-2001", (got) => got.handovers.find((one) => one.id === asked.id && !one.pending));
  await ask(there, "POST", `/handovers/${asked.id}/events`, { event: "weigeren", who: `${MARKUP}Joris`, words: `${MARKUP}reden`, alternative: `${MARKUP}alternatief` });
  await until(here, `/handovers/${asked.id}`, (got) => got.state === "geweigerd");
  await until(here, "/received-attachments?client=SMW-1001", (got) => got.files.find((one) => one.state === "complete"));
  return { match: ours.id, handover: asked.id };
}

export const tests = {
  "markup that another organisation sends is text here, on every screen that shows it": async (desk) => {
    const region = await Region.start(process.env.KNOOP_PROGRAM, "--hostile");
    const room = new Desk(desk.browser, region, { screenshots: false, looks: false });
    try {
      const here = await room.at(SMW, "marit"), there = await room.at(BJZ, "joris");
      const { match, handover } = await sendAll(here, there);
      await here.evaluate(() => { location.hash = "/clienten/SMW-1001"; });
      await here.getByLabel("Ik begeleid deze jeugdige").check();
      await here.getByRole("button", { name: "Dossier openen" }).click();
      for (const [path, ...said] of [
        ["/clienten/SMW-1001", `${MARKUP}Bureau`], ["/clienten/SMW-1001/dossier", `${MARKUP}titel`, `${MARKUP}tekst`, `${MARKUP}schrijver`, `${MARKUP}Bureau`],
        ["/clienten/SMW-1001/overdrachten", `${MARKUP}Bureau`], ["/clienten/SMW-1001/plan", `${MARKUP}Bureau`], ["/clienten/SMW-1001/formulieren/screening/1", `${MARKUP}tekst`],
        ["/clienten/SMW-1001/toestemming/nieuw", `${MARKUP}Bureau`], ["/matches", `${MARKUP}Bureau`], [`/matches/${match}`, `${MARKUP}Joris`, `${MARKUP}manager`],
        ["/overdrachten", `${MARKUP}Bureau`], [`/overdrachten/${handover}`, `${MARKUP}reden`, `${MARKUP}alternatief`, `${MARKUP}Joris`], ["/werk", `${MARKUP}Bureau`],
      ]) await shows(room, here, path, said);
      const admin = await room.at(SMW, "ad"), officer = await room.at(SMW, "femke");
      await shows(room, admin, "/ketenpartners", [`${MARKUP}Bureau`]);
      await shows(room, officer, "/logboek", []);
      await room.check();
    } finally {
      for (const page of [...room.pages]) await page.context().close();
      await region.stop();
    }
  },
};

/** The screen draws all of it as text, and nothing of it as markup. */
async function shows(room, page, path, said) {
  await page.evaluate((to) => { location.hash = to; }, path);
  await room.settled(page);
  for (const one of said) {
    await page.waitForFunction((text) => document.querySelector("main").textContent.includes(text), one).catch(() => assert.fail(`${path} does not show ${one}`));
  }
  assert.equal(await page.locator("main img[src=x], main script").count(), 0, path);
}
