// Runs the tests of the console in order against one region: what one leaves, the next finds, as on a working day.
// usage: node main.mjs [--screenshots] [--looks] [name…]   with KNOOP_PROGRAM and KNOOP_CHROMIUM
// --screenshots writes docs/screenshots/; --looks each screen narrow and dark too, into build/browser/.
import { chromium } from "playwright-core";
import { Desk } from "./desk.mjs";
import { Region } from "./region.mjs";
import * as exports from "./export_test.mjs";
import * as files from "./files_test.mjs";
import * as frame from "./frame_test.mjs";
import * as hostile from "./hostile_test.mjs";
import * as journey from "./journey_test.mjs";
import * as keyboard from "./keyboard_test.mjs";
import * as keyboardAdministrator from "./keyboard_administrator_test.mjs";
import * as keyboardProfessional from "./keyboard_professional_test.mjs";
import * as log from "./log_test.mjs";
import * as manage from "./manage_test.mjs";
import * as mappings from "./mappings_test.mjs";
import * as oidc from "./oidc_test.mjs";
import * as peer from "./peer_test.mjs";
import * as policy from "./policy_test.mjs";
import * as restore from "./restore_test.mjs";
import * as rights from "./rights_test.mjs";
import * as team from "./team_test.mjs";

const PARTS = [frame, journey, files, hostile, log, rights, manage, mappings, policy, team, exports, keyboard, keyboardAdministrator, keyboardProfessional,
  restore, oidc, peer];

const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith("--"));

const region = await Region.start(process.env.KNOOP_PROGRAM);
const browser = await chromium.launch({ executablePath: process.env.KNOOP_CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage", "--lang=nl-NL"],
  env: { ...process.env, LANGUAGE: "nl_NL", LANG: "nl_NL.UTF-8" } });
const desk = new Desk(browser, region, { screenshots: words.includes("--screenshots"), looks: words.includes("--looks") });
let passed = 0, failed = 0;
try {
  for (const part of PARTS) {
    for (const [name, test] of Object.entries(part.tests)) {
      if (wanted.length > 0 && !wanted.some((one) => name.includes(one))) continue;
      const began = Date.now();
      try {
        await test(desk);
        await desk.check();
        passed += 1;
        console.log(`ok      ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}\n${error.stack}`);
        await desk.photographFailure(failed);
      }
    }
  }
} finally {
  await browser.close();
  await region.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
