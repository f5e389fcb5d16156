// Holds this implementation to docs/spec/vectors and to the worked examples of the pages. The first implementation reads
// the same files in tests/unit.
import { strict as assert } from "node:assert/strict";
import { test } from "node:test";
import { Bytes, Refused, equal, fromHex, hex, join, utf8, zeros } from "./bytes";
import { Day, Flag, Time, U16, U32, U64, U8, bytes, choice, decode, encode, fixed, list, message, optional, text } from "./codec";
import { decrypt, encrypt, exchangeKey, ready, seal, sign, signingKey, unseal } from "./crypto";
import { Frame, checkForm, checkPsk, openFrame, parseFrame, pskId, verifyFrame, writeFrame } from "./frame";
import { readCard, readConvenant } from "./membership";
import { parseNote, signedBy, writeNote } from "./note";
import { streamOf } from "./types";
import { blocks, page, vector, vectorBytes } from "./vectors";

const repeated = (byte: number, count = 32): Bytes => zeros(count).fill(byte);
const outcome = (work: () => void): string => {
  try {
    work();
    return "opened";
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return problem.code;
  }
};

/** A value of crypto.md, as the page prints it. */
function printed(name: string): string {
  const found = new RegExp(`^${name} = (.*)$`, "m").exec(page("crypto"));
  if (found === null) throw new Error(`crypto.md has no '${name}'`);
  return found[1]!;
}

test("codec.md: a message with each kind of field", async () => {
  await ready;
  const kind = message({
    no: Flag, u8: U8, u32: U32, u64: U64, signed: Day, time: Time, day: Day, choice: choice(200), text: text(10), bytes: bytes(10), id: fixed(16),
    noText: optional(text(10)), noHash: optional(fixed(32)), inner: optional(message({ n: U16, t: text(10) })), numbers: list(U16, 10), texts: list(text(1), 1),
    messages: list(message({}), 1),
  });
  const example = fromHex(blocks("codec", "message")[0]!.split("\n").map((line) => line.split("  ")[0]!.replace(/ /g, "")).join(""));
  const value = decode(kind, example);
  assert.deepEqual([value.u64, value.signed, value.day, value.numbers], [1048576, -300, -1, [127, 128]]);
  assert.deepEqual(encode(kind, value), example);
  for (const lenient of ["92ce00000102a56b6e6f6f70", "92cd0102d9056b6e6f6f70", "dc0002cd0102a56b6e6f6f70", "92cd0102a56b6e6f6f7000", "92cd0102a56b6e6f6fff"])
    assert.throws(() => decode(message({ n: U16, t: text(10) }), fromHex(lenient)), Refused, lenient);
});

test("crypto.md: signatures, seals, encryption, notes", async () => {
  await ready;
  const key = signingKey(repeated(0x44));
  const label = "knoop/v1/example";
  assert.equal(hex(key.publicKey), printed("public key"));
  assert.equal(hex(sign(key, label, utf8("body"))), printed("signature"));
  const recipient = exchangeKey(repeated(0x22));
  assert.equal(hex(recipient.publicKey), printed("recipient's public key"));
  for (const [name, psk] of [["sealed", repeated(0x33)], ["sealed without preshared key", null]] as const) {
    assert.equal(hex(seal(label, recipient.publicKey, psk, utf8("body"), utf8("header"), repeated(0x11))), printed(name));
    assert.deepEqual(unseal(label, recipient, psk, fromHex(printed(name)), utf8("header")), utf8("body"));
    assert.throws(() => unseal(label, recipient, psk, fromHex(printed(name)), utf8("Header")), Refused);
  }
  const encrypted = encrypt(repeated(0x55), utf8("body"), utf8("header"), repeated(0x66, 24));
  assert.equal(hex(encrypted), printed("encrypted"));
  assert.deepEqual(decrypt(repeated(0x55), encrypted, utf8("header")), utf8("body"));
  const note = writeNote("text\n", "example", key);
  assert.ok(page("crypto").includes(`\n${note}`));
  assert.ok(signedBy(parseNote(utf8(note)), "example", key.publicKey));
  assert.throws(() => signedBy(parseNote(utf8(note.replace("text", "test"))), "example", key.publicKey), Refused);
});

test("membership.md: a card and a convenant", async () => {
  await ready;
  const card = readCard(vectorBytes("card.note"));
  assert.deepEqual([card.id, card.number, card.endpoints], ["smw-voorbeeld", 2, ["tcp://knoop.voorbeeld.example:7410"]]);
  const convenant = readConvenant(vectorBytes("convenant.note"));
  assert.ok(page("membership").includes(`has the id \`${hex(convenant.network)}\``));
  assert.ok(convenant.members.some(({ member }) => equal(member, card.member)));
  for (const name of ["card.note", "convenant.note"]) {
    const changed = utf8(Buffer.from(vectorBytes(name)).toString("utf8").replace("2026", "2025"));
    assert.throws(() => (name === "card.note" ? readCard(changed) : readConvenant(changed)), Refused);
  }
});

test("frames.md: frames that open and frames that are refused", async () => {
  await ready;
  const all = vector("frame");
  const value = (name: string): Bytes => fromHex(all[name]);
  const sealing = exchangeKey(value("sealing_secret_key"));
  const check = (transmitted: Bytes, psk: Bytes | null): [Frame, Bytes] => {
    const frame = parseFrame(transmitted);
    if (!equal(frame.network, value("network"))) throw new Refused("wrong-network", "");
    if (!equal(frame.recipient, value("recipient"))) throw new Refused("wrong-recipient", "");
    if (!equal(frame.sender, value("sender"))) throw new Refused("not-a-member", "");
    checkForm(frame, streamOf(frame.type));
    verifyFrame(transmitted, value("signing_public_key"));
    checkPsk(frame, psk && pskId(psk, frame.network, frame.sender, frame.recipient));
    return [frame, openFrame(frame, sealing, psk)];
  };
  for (const entry of all.cases) {
    const psk = entry.preshared ? value("preshared_key") : null;
    const transmitted = fromHex(entry.frame);
    assert.equal(outcome(() => check(transmitted, psk)), entry.outcome, entry.name);
    if (entry.outcome !== "opened") continue;
    const [{ body: _, ...header }, opened] = check(transmitted, psk);
    assert.equal(hex(opened), entry.body, entry.name);
    const again = writeFrame(header, opened, sealing.publicKey, signingKey(value("signing_seed")), psk, value("ephemeral_secret_key"));
    assert.equal(hex(again), entry.frame, entry.name);
    assert.equal(outcome(() => check(join(transmitted, zeros(1)), psk)), "bad-encoding", "a byte behind it");
  }
});
