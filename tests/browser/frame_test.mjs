// Signing in and out, the frame around the screens, and what the page lets nobody do.
import assert from "node:assert/strict";

const SMW = "smw-de-rietkraag";

export const tests = {
  "the first view is small, compressed, kept by its name, and asks nobody else": async (desk) => {
    const page = await desk.stranger(SMW);
    let sum = 0;
    page.on("response", async (response) => {
      const path = new URL(response.url()).pathname;
      if (path.startsWith("/api/")) return;
      sum += Number(response.headers()["content-length"]);
      assert.equal(response.headers()["content-encoding"], "gzip", path);
      if (path !== "/") assert.match(response.headers()["cache-control"], /immutable/, path);
    });
    await page.goto("/");
    await page.getByRole("heading", { name: "Aanmelden" }).waitFor();
    assert.ok(sum > 10_000 && sum < 150 * 1024, `${sum} bytes`);
    // docs/performance.md has these figures. How long painting takes says more of the machine than of the page, so it has no limit here.
    const seen = await page.evaluate(() => new Promise((done) => {
      const out = { paint: 0, shift: 0 };
      new PerformanceObserver((list) => { for (const one of list.getEntries()) out.paint = one.startTime; }).observe({ type: "largest-contentful-paint", buffered: true });
      new PerformanceObserver((list) => { for (const one of list.getEntries()) out.shift += one.value; }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done(out), 500);
    }));
    console.log(`        first view: ${(sum / 1024).toFixed(1)} KiB compressed, largest paint after ${Math.round(seen.paint)} ms, layout shift ${seen.shift.toFixed(3)}`);
    assert.ok(seen.paint > 0);
    assert.ok(seen.shift < 0.1, `${seen.shift}`);
    await desk.looksRight(page, "aanmelden");
    await page.context().close();
  },

  "who fills in nothing is told what is missing, and gets there by keyboard": async (desk) => {
    const page = await desk.stranger(SMW);
    await page.goto("/");
    await page.getByRole("button", { name: "Aanmelden" }).click();
    await page.getByText("Controleer wat u invulde").waitFor();
    await desk.looksRight(page, "aanmelden-fout");
    await page.getByRole("link", { name: /Wachtwoord/ }).press("Enter");
    await desk.focused(page, "input[type=password]");
    await page.context().close();
  },

  "a wrong password and a wrong code are refused": async (desk) => {
    const page = await desk.stranger(SMW);
    await page.goto("/");
    await page.getByLabel("Gebruikersnaam").fill("niemand");
    await page.getByLabel("Wachtwoord").fill("een verkeerd wachtwoord");
    await page.getByRole("button", { name: "Aanmelden" }).click();
    await page.getByText("Controleer wat u invulde").or(page.locator(".utrecht-alert--error")).first().waitFor();
    assert.equal(await page.getByRole("button", { name: "Afmelden" }).count(), 0);
    await page.context().close();
  },

  "a professional signs in by keyboard alone, finds the work list, and signs out": async (desk) => {
    const account = desk.region.account(SMW, "tess");
    const page = await desk.stranger(SMW);
    await page.goto("/");
    await page.getByLabel("Gebruikersnaam").waitFor();
    await page.keyboard.press("Tab"); // past the link to the content
    await page.keyboard.press("Tab");
    await page.keyboard.type(account.name);
    await page.keyboard.press("Tab");
    await page.keyboard.type(account.password);
    await page.keyboard.press("Enter");
    await desk.focused(page, "[autocomplete=one-time-code]");
    await page.keyboard.type(await desk.region.code(account));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Werkvoorraad" }).waitFor();
    await desk.focused(page, "main h1");
    await desk.settled(page);
    await page.getByText("Tess Vos").waitFor();
    await page.getByRole("button", { name: "Afmelden" }).press("Enter");
    await page.getByRole("heading", { name: "Aanmelden" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Aanmelden" }).waitFor();
    await page.context().close();
  },

  "who leaves the desk is signed out after half an hour, and nothing stays on the screen": async (desk) => {
    const page = await desk.stranger(SMW);
    await page.clock.install();
    await page.goto("/");
    await desk.signIn(page, desk.region.account(SMW, "tess"));
    await page.getByRole("heading", { level: 1, name: "Werkvoorraad" }).waitFor();
    await desk.settled(page);
    await page.clock.fastForward("31:00");
    await page.getByText("U bent afgemeld omdat er een tijd niets gebeurde").waitFor();
    assert.equal(await page.getByText("Tess Vos").count(), 0);
    await page.context().close();
  },

  "the frame stands in no other page, and its policy lets nothing else run": async (desk) => {
    const page = await desk.stranger(SMW);
    const answer = await page.goto("/");
    const policy = answer.headers()["content-security-policy"];
    for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'"]) assert.ok(policy.includes(rule), rule);
    assert.equal(answer.headers()["x-frame-options"], "DENY");
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      try {
        script.textContent = "window.ran = true";
        document.body.append(script);
      } catch {
        return "refused";
      }
      return window.ran ?? "refused";
    });
    assert.equal(ran, "refused");
    desk.wrong = desk.wrong.filter((one) => !/Content Security Policy|TrustedScript|This document requires/.test(one));
    await page.context().close();
  },

  "a session that is taken along elsewhere does nothing": async (desk) => {
    const page = await desk.at(SMW, "marit");
    const cookies = await page.context().cookies();
    assert.equal(cookies.length, 1);
    assert.ok(cookies[0].httpOnly && cookies[0].secure && cookies[0].sameSite === "Strict");
    assert.equal(await page.evaluate(() => document.cookie), "");
    // The cookie alone changes nothing: the token is not in it, and no script can read what another page got.
    const stolen = await desk.browser.newContext({ baseURL: desk.region.nodes[SMW].address });
    await stolen.addCookies(cookies);
    const changed = await stolen.request.post("/api/v1/involvements", { data: {} });
    assert.equal(changed.status(), 403);
    const elsewhere = await stolen.request.get("/api/v1/work", { headers: { Origin: "https://elders.example" } });
    assert.equal(elsewhere.status(), 403);
    await stolen.close();
  },
};
