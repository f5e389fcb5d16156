// Holds this implementation to docs/spec/vectors and to the worked examples of the pages. The first implementation reads
// the same files in tests/unit.
import { strict as assert } from "node:assert/strict";
import { test } from "node:test";
import { Bytes, Refused, equal, fromHex, hex, join, utf8, zeros } from "./bytes";
import { Day, Flag, Time, U16, U32, U64, U8, bytes, choice, decode, encode, fixed, list, message, optional, text } from "./codec";
import { decrypt, encrypt, exchangeKey, ready, seal, sign, signingKey, unseal } from "./crypto";
import { classOf, demographicWeight, familyWeight } from "./evidence";
import { Frame, checkForm, checkPsk, openFrame, parseFrame, pskId, verifyFrame, writeFrame } from "./frame";
import { BASE, dleqContext, hashToGroup, hashToScalar, proveEqual, proveKnowledge, readPoint, readScalar, verifyEqual, verifyKnowledge, writePoint, writeScalar } from "./group";
import { Hello } from "./channel";
import { ReleaseKey, ReleaseOffer, ReleaseReceipt, checkCountersignature, openRelease } from "./exchange";
import { HandoverEvent, HandoverState } from "./handover";
import { IdentifierKind, identifiersOf, printed as printedIdentifier } from "./identifiers";
import { readCard, readConvenant } from "./membership";
import { parseNote, signedBy, writeNote } from "./note";
import {
  EpochOpen, Evaluated, MatchAnswer, MatchClaim, Pair, Proof, ProofRequest, RegisterBatch, batchHash, batchSize, checkOpen, coefficients, combined, contextOf, dummy,
  evaluate, hashIdentifier, matchOf, openEpoch, proveBatch, proveRange, secretsOf, tokenOf, verifyBatch, verifyRange,
} from "./pair";
import { streamOf } from "./types";
import { vectors } from "./make_vectors";
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

test("crypto.md: the group, and both proofs", async () => {
  await ready;
  const element = hashToGroup(utf8("message"), printed("group tag"));
  const k = hashToScalar(utf8("message"), printed("scalar tag"));
  assert.equal(hex(writePoint(element)), printed("group element"));
  assert.equal(hex(writeScalar(k)), printed("scalar"));
  const context = dleqContext(repeated(0xa1), repeated(0xa2), repeated(0xa3), 7, repeated(0xa4));
  assert.equal(hex(context), page("crypto").match(/^context = ([0-9a-f]+)$/m)![1]);
  const [commitment, c0, d0] = [BASE.multiply(k), element, element.multiply(k)].map(writePoint) as [Bytes, Bytes, Bytes];
  assert.equal(hex(commitment), printed("K"));
  assert.equal(hex(d0), printed("D0"));
  const proof = fromHex(printed("equal keys proof"));
  assert.deepEqual(proveEqual(k, [c0], [d0], context, repeated(0x77)), proof);
  assert.ok(verifyEqual(commitment, [c0], [d0], proof, context));
  assert.ok(!verifyEqual(commitment, [c0], [c0], proof, context));
  assert.ok(!verifyEqual(commitment, [c0], [d0], proof, join(context, "x")));
  assert.ok(verifyEqual(commitment, [c0, d0], [d0, evaluate(k, d0)], proveEqual(k, [c0, d0], [d0, evaluate(k, d0)], context), context));
  const known = proveKnowledge(k, utf8("context"), repeated(0x88));
  assert.equal(hex(known), printed("knowledge proof"));
  assert.ok(verifyKnowledge(commitment, known, utf8("context")));
  assert.ok(!verifyKnowledge(commitment, known, utf8("another")));
  const order = fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  for (const wrong of [zeros(32), order, repeated(0xff)]) assert.throws(() => readScalar(wrong), Refused);
  const topBit = Uint8Array.from(commitment);
  topBit[31]! |= 0x80;
  for (const wrong of [zeros(32), repeated(0xff), topBit, commitment.slice(1)]) assert.throws(() => readPoint(wrong), Refused);
});

test("identifiers.md: the examples", () => {
  for (const example of blocks("identifiers", "example")) {
    const lines = example.trim().split("\n");
    const entered = new Map(lines.filter((line) => line.includes("=")).map((line) => line.split("=") as [string, string]));
    const value = (name: string): string => entered.get(name) ?? "";
    const person = {
      bsn: value("bsn"), firstNames: value("first names"), infix: value("tussenvoegsel"), surname: value("surname"), birthDate: value("birth date"),
      postcode: value("postcode"), number: value("number"), addition: value("addition"), parents: [value("parent")], geheim: value("geheim") === "yes",
    };
    const found = identifiersOf(person, { family: true, addressAlone: false, hideAddress: false }).map(printedIdentifier);
    assert.deepEqual(found.sort(), lines.filter((line) => !line.includes("=")).sort());
  }
});

test("identifiers.md: what each kind says alone", () => {
  const rows = [...page("identifiers").matchAll(/^\| ([a-z-]+) \| .* \| (-?\d+) \|$/gm)].filter(([, kind]) => kind! in IdentifierKind && kind !== "bsn");
  assert.equal(rows.length, 13);
  for (const [, kind, weight] of rows) assert.equal(demographicWeight([kind!]) + familyWeight([kind!]), Number(weight), kind);
  const { bsn, initial, front, exact } = IdentifierKind;
  assert.equal(classOf([bsn], 2, 2), "certain");
  assert.equal(classOf([initial], 0, 2), "possible");
  assert.equal(classOf([exact, front], 2, 2), "none");
  assert.equal(classOf([exact, front], 1, 2), "pending");
  assert.equal(classOf([IdentifierKind["parent-bsn"], exact], 2, 2), "family");
  assert.equal(classOf([initial, IdentifierKind["full-name"]], 0, 0), "none");
});

test("matching.md: the example", async () => {
  await ready;
  const lines = new Map(blocks("matching", "example")[0]!.trim().split("\n").map((line) => line.split(/: (?=[0-9a-f]+$)/) as [string, string]));
  const value = (start: string): Bytes => {
    const found = [...lines].filter(([name]) => name.startsWith(start));
    assert.ok(found.length >= 1, start);
    return fromHex(found[0]![1]);
  };
  const a: Pair = { network: value("network"), self: value("A"), peer: value("B"), psk: null, epoch: 1 };
  const b: Pair = { ...a, self: a.peer, peer: a.self };
  const [ofA, ofB] = [secretsOf(value("matching key of A"), a), secretsOf(value("matching key of B"), b)];
  const context = contextOf(a);
  assert.deepEqual([context, contextOf(b)], [value("pair context"), value("pair context")]);
  assert.deepEqual([writeScalar(ofA.scalar), writeScalar(ofB.scalar)], [fromHex(lines.get("a")!), fromHex(lines.get("b")!)]);
  assert.deepEqual([ofA.commitment, ofB.commitment], [value("commitment of A"), value("commitment of B")]);

  const open = decode(EpochOpen, value("EpochOpen of A"));
  checkOpen(b, ofB.commitment, value("versions"), open);
  checkOpen(b, ofB.commitment, value("versions"), openEpoch(a, ofA, value("versions")));
  assert.deepEqual({ ...open, proof: 0, mac: 0 }, { ...openEpoch(a, ofA, value("versions")), proof: 0, mac: 0 });
  assert.throws(() => checkOpen(b, ofB.commitment, value("versions"), { ...open, draw: zeros(32) }), Refused);
  assert.throws(() => checkOpen({ ...b, psk: repeated(4) }, ofB.commitment, value("versions"), open), /psk-differs/);

  const identifier = { kind: IdentifierKind.bsn, value: value("identifier, kind 1") };
  const batch = decode(RegisterBatch, value("RegisterBatch of A"));
  const points = [identifier, ...Array.from({ length: 9 }, (_, at) => dummy(ofA.dummyKey, 2 + at))].map((each) => evaluate(ofA.scalar, writePoint(hashIdentifier(context, each))));
  assert.deepEqual([points[0], dummy(ofA.dummyKey, 2).value], [value("P of A"), value("dummy of A")]);
  assert.deepEqual(batch.points, points);
  const products = points.map((point) => evaluate(ofB.scalar, point));
  const hash = batchHash(batch, products);
  assert.deepEqual(hash, value("batch hash"));
  const evaluated = decode(Evaluated, value("Evaluated of B"));
  assert.deepEqual(evaluated.points, products);
  assert.ok(verifyBatch(a, ofB.commitment, batch, products, evaluated.proof!));
  assert.ok(verifyBatch(a, ofB.commitment, batch, products, proveBatch(b, ofB, batch, products)));
  const wrong = [...products.slice(1), products[0]!];
  assert.ok(!verifyBatch(a, ofB.commitment, batch, wrong, evaluated.proof!));

  const asked = decode(ProofRequest, value("ProofRequest of A"));
  assert.deepEqual(coefficients(hash, asked), [...value("coefficients")].map(BigInt));
  const [m, z] = [combined(points, hash, asked)!, combined(products, hash, asked)!];
  assert.deepEqual([m, z], [value("M"), value("Z")]);
  assert.ok(verifyRange(a, ofB.commitment, m, z, hash, asked, decode(Proof, value("Proof of B")).proof));
  assert.ok(verifyRange(a, ofB.commitment, m, z, hash, asked, proveRange(b, ofB, points, hash, asked)));
  assert.ok(!verifyRange(a, ofB.commitment, m, m, hash, asked, decode(Proof, value("Proof of B")).proof));

  const pointOfB = evaluate(ofB.scalar, writePoint(hashIdentifier(context, identifier)));
  assert.deepEqual(pointOfB, value("P of B"));
  assert.deepEqual(tokenOf(context, products[0]!, 1), value("token of A's handle 1"));
  assert.deepEqual(tokenOf(context, evaluate(ofA.scalar, pointOfB), 1), value("token of B's handle"));
  const claim = decode(MatchClaim, value("MatchClaim of A"));
  const answer = decode(MatchAnswer, value("MatchAnswer of B"));
  assert.deepEqual([claim.pairs, answer.groups[0]!.indices], [[{ claimant: 1, answerer: 4 }], [0]]);
  assert.deepEqual(matchOf(claim.claim, answer.groups[0]!.group), fromHex(lines.get("match")!));
});

test("matching.md: the size of the next batch", () => {
  const expected = [[1, 10], [10, 10], [11, 10], [37, 10], [38, 56], [300, 255], [423, 255], [424, 477], [854, 477], [855, 961], [1000, 961], [100000, 30836]];
  for (const [waiting, size] of expected) assert.equal(batchSize(waiting!), size, String(waiting));
});

// The files of docs/spec/vectors: each is what this program makes, and what it names as refused is refused.

test("vectors: this program makes the same files", async () => {
  await ready;
  for (const [name, text] of vectors()) assert.equal(Buffer.from(vectorBytes(`${name}.json`)).toString("utf8"), text, name);
});

test("vectors: what must be refused is refused", async () => {
  await ready;
  for (const { name, bytes } of vector("hello").refused) assert.throws(() => decode(Hello, fromHex(bytes)), Refused, name);
  for (const { name, match_claim } of vector("claim").refused) assert.throws(() => decode(MatchClaim, fromHex(match_claim)), Refused, name);
  for (const { name, bytes } of vector("handover").refused_states) assert.throws(() => decode(HandoverState, fromHex(bytes)), Refused, name);
  decode(HandoverEvent, fromHex(vector("handover").event.bytes));

  const opened = vector("commitment");
  for (const entry of opened.cases) {
    const psk = entry.preshared_key && fromHex(entry.preshared_key);
    const b: Pair = { network: fromHex(opened.network), self: fromHex(opened.b), peer: fromHex(opened.a), psk, epoch: entry.epoch };
    const check = (bytes: string): void => checkOpen(b, fromHex(entry.b.commitment), fromHex(opened.versions), decode(EpochOpen, fromHex(bytes)));
    assert.equal(outcome(() => check(entry.epoch_open)), "opened");
    for (const { error, epoch_open } of entry.refused_by_b) assert.equal(outcome(() => check(epoch_open)), error);
  }
});

test("vectors: a release", async () => {
  await ready;
  const { network, sender, receiver, release_offer, sender_seed, receiver_seed, release_key, refused_keys, fragments } = vector("release");
  const parties = { network: fromHex(network), sender: fromHex(sender), receiver: fromHex(receiver) };
  const offer = decode(ReleaseOffer, fromHex(release_offer));
  const receipt = decode(ReleaseReceipt, fromHex(vector("receipt").release_receipt));
  const senderKey = signingKey(fromHex(sender_seed)).publicKey;
  const open = (bytes: string): string[] => {
    const key = decode(ReleaseKey, fromHex(bytes));
    checkCountersignature(senderKey, receipt, key.countersignature);
    return openRelease(parties, offer, key).fragments.map(({ content }) => content.text);
  };
  assert.deepEqual(open(release_key), fragments.map(({ content }: { content: { text: string } }) => content.text));
  for (const { name, error, release_key: key } of refused_keys) assert.equal(outcome(() => open(key)), error, name);
  assert.deepEqual(sign(signingKey(fromHex(receiver_seed)), "knoop/v1/receipt", receipt.body), receipt.signature);
});
