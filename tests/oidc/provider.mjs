// A real identity provider (npm's oidc-provider) for oidc_test.py: on a free port, over HTTP or with a certificate over HTTPS.
//
// usage: node provider.mjs [KEY CERTIFICATE]      prints its port, takes one line with {"clients": …, "origin"} and serves until its input ends
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const [key, certificate] = process.argv.slice(2);
const server = key
  ? createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) })
  : createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const origin = `${key ? "https" : "http"}://${key ? "localhost" : "127.0.0.1"}:${server.address().port}`;
console.log(origin);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const said = JSON.parse((await lines.next()).value);
const provider = new Provider(origin, {
  clients: said.clients,
  acrValues: ["mfa"],
  claims: { openid: ["sub"], acr: null, amr: null },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  // Whoever signs in has agreed already, as in an organisation.
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
});
provider.proxy = false;

/** The form of signing in: who it is, and with what. */
async function interaction(request, response) {
  if (request.method === "GET") {
    response.setHeader("Content-Type", "text/html");
    response.end(`<form method="post" action="${request.url}"><label>Naam <input name="login"></label><input name="acr" type="hidden"><button>Verder</button></form>`);
    return;
  }
  let text = "";
  for await (const chunk of request) text += chunk;
  const form = new URLSearchParams(text);
  const result = form.get("cancel")
    ? { error: "access_denied", error_description: "de persoon wil niet" }
    : {
        login: {
          accountId: form.get("login"),
          ...(form.get("acr") ? { acr: form.get("acr"), amr: ["pwd", "otp"] } : { amr: ["pwd"] }),
        },
      };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const callback = provider.callback();
server.on("request", (request, response) => {
  if (request.url.startsWith("/interaction/"))
    interaction(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  else callback(request, response);
});
console.log("ready");
await lines.next();
server.close();
process.exit(0);
