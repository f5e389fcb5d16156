// A hostile identity provider for oidc_test.py. It signs whoever asks in as "anna" at once, and what it answers is what the test said last.
//
// usage: node hostile.mjs      prints its address, then takes lines {"mode": …}, each answered with "ok"
import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = (pair, kid) => ({ ...pair.publicKey.export({ format: "jwk" }), kid, use: "sig" });
const now = () => Math.floor(Date.now() / 1000);
const encode = (thing) => Buffer.from(typeof thing === "string" ? thing : JSON.stringify(thing)).toString("base64url");

let mode = "good";
const nonces = new Map();
const server = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += chunk));
  request.on("end", () => answer(new URL(request.url, origin), new URLSearchParams(text), response));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const origin = `http://127.0.0.1:${server.address().port}`;

function token(nonce) {
  let header = { alg: "RS256", kid: "r", typ: "JWT" };
  let claims = { iss: origin, sub: "anna", aud: "knoop", exp: now() + 300, iat: now(), nonce };
  let key = rsa.privateKey;
  const put = (more) => (claims = { ...claims, ...more });
  if (mode === "es256") (header = { alg: "ES256", kid: "e" }), (key = ec.privateKey);
  if (mode === "other client") put({ aud: "another" });
  if (mode === "other azp") put({ aud: ["knoop", "another"], azp: "another" });
  if (mode === "many audiences") put({ aud: ["knoop", "another"] });
  if (mode === "other nonce") put({ nonce: encode(randomUUID()) });
  if (mode === "no nonce") delete claims.nonce;
  if (mode === "expired") put({ exp: now() - 120, iat: now() - 240 });
  if (mode === "old") put({ iat: now() - 3600 });
  if (mode === "future") put({ iat: now() + 3600, exp: now() + 7200 });
  if (mode === "other issuer") put({ iss: "https://login.example" });
  if (mode === "no subject") delete claims.sub;
  if (mode === "stranger's key") key = stranger.privateKey;
  if (mode === "unknown kid") header.kid = "nobody";
  if (mode === "wrong kid") header.kid = "e";
  if (mode === "own key") (header.jwk = jwk(stranger, "r")), (key = stranger.privateKey);
  if (mode === "critical") header.crit = ["exp"];
  if (mode === "none") header = { alg: "none" };
  if (mode === "hs256") header = { alg: "HS256", kid: "r" };
  let body = encode(claims);
  if (mode === "twice") body = encode(JSON.stringify(claims).replace('"sub":"anna"', '"sub":"eva","sub":"anna"'));
  if (mode === "deep") body = encode('{"a":' + "[".repeat(5000) + "]".repeat(5000) + "}");
  const input = `${encode(header)}.${body}`;
  if (mode === "none") return `${input}.`;
  if (mode === "hs256") {
    const pem = rsa.publicKey.export({ type: "spki", format: "pem" });
    return `${input}.${createHmac("sha256", pem).update(input).digest("base64url")}`;
  }
  const signature = sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" });
  if (mode === "forged") signature[7] ^= 1;
  return `${input}.${signature.toString("base64url")}`;
}

function answer(url, form, response) {
  const json = (thing, status = 200) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(typeof thing === "string" ? thing : JSON.stringify(thing));
  };
  if (url.pathname === "/.well-known/openid-configuration") {
    if (mode === "down") return response.destroy();
    if (mode === "redirects") return response.writeHead(302, { Location: `${origin}/elsewhere` }).end();
    if (mode === "huge") return json(" ".repeat(2 << 20));
    const told = {
      issuer: mode === "poses as another" ? "https://login.example" : origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      jwks_uri: mode === "keys elsewhere" ? "http://login.example/keys" : `${origin}/keys`,
      authorization_response_iss_parameter_supported: true,
    };
    return json(told);
  }
  if (url.pathname === "/keys") {
    const keys = [jwk(rsa, "r"), jwk(ec, "e")];
    if (mode === "two of a name") keys.push(jwk(stranger, "r"));
    return json({ keys });
  }
  if (url.pathname === "/authorize") {
    const code = randomUUID();
    nonces.set(code, url.searchParams.get("nonce"));
    const back = new URL(url.searchParams.get("redirect_uri"));
    back.searchParams.set("code", code);
    back.searchParams.set("state", url.searchParams.get("state"));
    if (mode !== "silent redirect") back.searchParams.set("iss", mode === "mix-up" ? "https://login.example" : origin);
    return response.writeHead(302, { Location: back.href }).end();
  }
  if (url.pathname === "/token") {
    if (mode === "token down") return response.destroy();
    if (mode === "token fails") return json({ error: "server_error" }, 500);
    if (mode === "no token") return json({ access_token: "x", token_type: "Bearer" });
    if (mode === "not json") return json("<html>");
    return json({ access_token: "x", token_type: "Bearer", id_token: token(nonces.get(form.get("code"))) });
  }
  response.writeHead(404).end();
}

console.log(origin);
for await (const line of createInterface({ input: process.stdin })) {
  mode = JSON.parse(line).mode;
  console.log("ok");
}
process.exit(0);
