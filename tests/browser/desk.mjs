// People at their browsers: one context for each account, with what every test does and everything that must never happen.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { smaller } from "./png.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const FAILURES = fileURLToPath(new URL("../../build/browser/", import.meta.url));
const WAIT = 15_000;
const LOOKS = [
  [1280, "light", { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }],
  [1280, "dark", { type: "rule", values: ["color-contrast"] }],
  [320, "light", { type: "rule", values: ["scrollable-region-focusable", "target-size"] }],
];

export class Desk {
  constructor(browser, region, { screenshots, looks }) {
    this.browser = browser;
    this.region = region;
    this.screenshots = screenshots;
    this.looks = looks;
    this.people = new Map();
    this.pages = new Set();
    this.wrong = [];
  }

  /** A browser at a node, nobody signed in. */
  async stranger(node, options = {}) {
    const context = await this.browser.newContext({ baseURL: this.region.nodes[node].address, locale: "nl-NL", timezoneId: "Europe/Amsterdam",
      viewport: { width: 1280, height: 800 }, colorScheme: "light", reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(WAIT);
    const page = await context.newPage();
    this.watch(page, this.region.nodes[node].address);
    return page;
  }

  watch(page, address) {
    this.pages.add(page);
    page.on("close", () => this.pages.delete(page));
    page.on("pageerror", (error) => this.wrong.push(`error in the page: ${error.message}`));
    page.on("dialog", (dialog) => {
      this.wrong.push(`a dialog of a script: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("console", (message) => {
      if (message.type() === "error" && !/Failed to load resource/.test(message.text())) this.wrong.push(`the console says: ${message.text()}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith("data:")) this.wrong.push(`a request elsewhere: ${request.url()}`);
    });
  }

  /** The page of somebody who is signed in; the same one as long as the tests run. */
  async at(node, name) {
    const key = `${node} ${name}`;
    if (!this.people.has(key)) {
      const page = await this.stranger(node);
      await page.goto("/");
      await this.signIn(page, this.region.account(node, name));
      this.people.set(key, page);
    }
    return this.people.get(key);
  }

  async signIn(page, account) {
    await page.getByLabel("Gebruikersnaam").fill(account.name);
    await page.getByLabel("Wachtwoord").fill(account.password);
    await page.getByRole("button", { name: "Aanmelden" }).click();
    await page.getByLabel("Code").fill(await this.region.code(account));
    await page.getByRole("button", { name: "Aanmelden" }).click();
    await page.getByRole("button", { name: "Afmelden" }).waitFor();
  }

  /** Goes to a screen as a link to it would, and waits until it is there. */
  async open(page, path, heading) {
    await page.evaluate((to) => { location.hash = to; }, path);
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await this.settled(page);
  }

  /** What has the focus comes to fit this: a screen takes a moment to move it. */
  async focused(page, selector) {
    await page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
  }

  /** Nothing is being asked any more. The stream of events stays open, so the network is never idle. */
  async settled(page) {
    await page.locator("main").getByText("Een ogenblik").waitFor({ state: "detached" });
    await page.waitForTimeout(50);
  }

  /** No violation that axe finds: all rules once, those of colour in dark, those of width at 320 px; and nothing wider than the screen. */
  async looksRight(page, name) {
    const before = page.viewportSize();
    await page.evaluate(AXE);
    for (const [width, theme, rules] of LOOKS) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 800 });
      const found = await page.evaluate((only) => window.axe.run(document, { runOnly: only, resultTypes: ["violations"] }), rules);
      const said = found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target} ${node.failureSummary}`));
      assert.deepEqual(said, [], `${name} at ${width} px, ${theme}`);
      if (this.looks) await page.evaluate(() => scrollTo(0, 0));
      if (this.looks) await page.screenshot({ path: `${FAILURES}${name}-${width}-${theme}.png`, fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name} at ${width} px is ${wide} px too wide`);
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(before);
    await this.photograph(page, name);
  }

  async photograph(page, name) {
    if (!this.screenshots) return;
    mkdirSync(PICTURES, { recursive: true });
    await page.evaluate(() => scrollTo(0, 0));
    // What lies below a certain height repeats what stands above it.
    const height = Math.min(1300, await page.evaluate(() => document.documentElement.scrollHeight));
    const picture = await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width: 1280, height }, animations: "disabled", caret: "hide" });
    writeFileSync(`${PICTURES}${name}.png`, smaller(picture));
  }

  async photographFailure(number) {
    mkdirSync(FAILURES, { recursive: true });
    let count = 0;
    for (const page of this.pages) await page.screenshot({ path: `${FAILURES}failure-${number}-${++count}.png`, fullPage: true }).catch(() => undefined);
    this.wrong = [];
  }

  /** What no test may cause: an error in a page, a script's dialog, a request to anybody else. */
  async check() {
    const wrong = this.wrong;
    this.wrong = [];
    assert.deepEqual(wrong, []);
  }
}
