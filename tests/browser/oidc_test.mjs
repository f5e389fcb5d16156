// Signing in at the organisation's own identity provider: a real one (tests/oidc/provider.mjs), in a browser. Comes last: the node starts anew.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BJZ = "bjz-veenstroom";
const WAY = "Aanmelden met de werkplek van Veenstroom";

/** A provider that knows this node, as long as `work` lasts. */
async function provided(desk, work) {
  const { address } = desk.region.nodes[BJZ];
  const child = spawn("node", [fileURLToPath(new URL("../oidc/provider.mjs", import.meta.url))], { stdio: ["pipe", "pipe", "ignore"] });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const issuer = (await lines.next()).value;
    child.stdin.write(`${JSON.stringify({ clients: [{ client_id: "knoop", redirect_uris: [`${address}/api/v1/session/openid-connect/callback`],
      response_types: ["code"], grant_types: ["authorization_code"], token_endpoint_auth_method: "none" }] })}\n`);
    await lines.next();
    for (const command of [`stop ${BJZ}`, `openid ${BJZ} ${issuer}`, `start ${BJZ}`, `person ${BJZ} anna professional anna-bij-veenstroom`]) await desk.region.tell(command);
    await work(issuer);
    // The one other address that a browser may go to.
    desk.wrong = desk.wrong.filter((one) => !one.startsWith(`a request elsewhere: ${issuer}/`));
  } finally {
    child.kill();
  }
}

/** Up to and with the page on which somebody ends who is called so at the provider. */
async function atProvider(desk, subject, issuer) {
  const page = await desk.stranger(BJZ);
  await page.goto("/");
  const way = page.getByRole("link", { name: WAY });
  await way.waitFor();
  if (subject === "anna-bij-veenstroom") await desk.looksRight(page, "aanmelden-werkplek");
  await way.press("Enter");
  await page.getByLabel("Naam").fill(subject);
  assert.ok(page.url().startsWith(issuer));
  await page.getByRole("button", { name: "Verder" }).press("Enter");
  return page;
}

export const tests = {
  "who signs in at the organisation's provider sets up a code once, and is asked for it from then on": async (desk) => {
    await provided(desk, async (issuer) => {
      const first = await atProvider(desk, "anna-bij-veenstroom", issuer);
      await first.getByRole("heading", { level: 1, name: "Tweede stap instellen" }).waitFor();
      await first.getByText("Kunt u niet scannen?").click();
      const secret = (await first.locator("details code").innerText()).replaceAll(" ", "");
      await first.getByRole("textbox", { name: "Code" }).fill(await desk.region.code({ secret }));
      await first.getByRole("button", { name: "Bevestigen" }).press("Enter");
      await first.getByRole("heading", { level: 1, name: "Werkvoorraad" }).waitFor();
      await first.getByRole("button", { name: "Afmelden" }).press("Enter");
      await first.getByRole("heading", { level: 1, name: "Aanmelden" }).waitFor();
      await first.context().close();

      const again = await atProvider(desk, "anna-bij-veenstroom", issuer);
      await again.getByRole("heading", { level: 1, name: "Tweede stap", exact: true }).waitFor();
      assert.equal(await again.getByRole("navigation", { name: "Hoofdmenu" }).count(), 0, "nothing of the console is there yet");
      await desk.looksRight(again, "tweede-stap-gevraagd");
      await again.getByRole("button", { name: "Bevestigen" }).press("Enter");
      await again.getByText("vul de zes cijfers in").first().waitFor();
      const code = await desk.region.code({ secret });
      await again.getByLabel("Code").fill(code === "000000" ? "000001" : "000000");
      await again.getByLabel("Code").press("Enter");
      await again.locator(".utrecht-alert--error").waitFor();
      await again.getByLabel("Code").fill(code);
      await again.getByLabel("Code").press("Enter");
      await again.getByRole("heading", { level: 1, name: "Werkvoorraad" }).waitFor();
      await again.reload();
      await again.getByRole("heading", { level: 1, name: "Werkvoorraad" }).waitFor();
      await again.context().close();

      const unknown = await atProvider(desk, "niemand-hier", issuer);
      await unknown.getByText("niemand-hier").waitFor();
      await unknown.goto("/");
      await unknown.getByRole("heading", { level: 1, name: "Aanmelden" }).waitFor();
      assert.equal(await unknown.getByRole("button", { name: "Afmelden" }).count(), 0);
      await unknown.context().close();
    });
  },
};
