// Writes the vectors of docs/spec/vectors that this implementation makes: `node build/make_vectors.js`. Every random value
// is one byte repeated, so the same program writes the same files. Both implementations read them in their tests.
import { writeFileSync } from "node:fs";
import { join as path } from "node:path";
import { Bytes, equal, hex, join, u64, utf8, zeros } from "./bytes";
import { Ack, Hello, Offer, Reseal } from "./channel";
import { encode } from "./codec";
import { encrypt, ready, sha256, sign, signingKey } from "./crypto";
import { classOf } from "./evidence";
import { BasisStatement, Payload, ReleaseKey, ReleaseOffer, ReleaseReceipt, WireFragment, commitBasis, commitFragment, payloadContext, receiptBody } from "./exchange";
import { writePoint, writeScalar } from "./group";
import { EVENTS, HandoverEvent, HandoverState, STATES } from "./handover";
import { IdentifierKind } from "./identifiers";
import {
  Evaluated, EpochOpen, MatchAnswer, MatchClaim, MatchNotice, MatchReceipt, Pair, Proof, ProofRequest, RegisterBatch, ask, batchHash, coefficients, combined, contextOf,
  dummy, evaluate, hashIdentifier, matchOf, openEpoch, proveBatch, proveRange, receiptInput, secretsOf, tokenOf,
} from "./pair";

const repeated = (byte: number, count = 32): Bytes => zeros(count).fill(byte);
const NOW = Date.UTC(2026, 10, 21, 9, 30);
const TODAY = Math.floor(NOW / 86400000);

/** Bytes as digits, whatever they are in. */
function printable(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(printable);
  if (value === null || typeof value !== "object") return value;
  const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [snake(name), printable(inner)]));
}

/** The text of each file. */
const made = new Map<string, string>();

function write(name: string, content: object): void {
  const source = "Made by tests/interop/src/make_vectors.ts; every random value is one byte repeated.";
  made.set(name, `${JSON.stringify({ source, ...(printable(content) as object) }, null, 1)}\n`);
}

/** The same bytes with one of them changed. */
const changed = (bytes: Bytes, at: number): Bytes => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

function hello(): void {
  const position = { id: repeated(0xb5, 16), number: 17 };
  const nothing = { id: null, number: 0 };
  const value = {
    challenge: repeated(0xc1, 16), answer: null, protocols: [1], rules: [1, 2], convenant: { number: 3, hash: repeated(0xc2) }, cardNumber: 5, knownCards: repeated(0xc3),
    streams: [0xb1, 0xb2, 0xb3, 0xb4].map((byte, at) => ({ id: repeated(byte, 16), last: 100 * at, peer: at === 1 ? position : nothing })), ownHead: null,
    heads: ["a head"], clock: NOW, opening: null,
  };
  const bytes = encode(Hello, value);
  const offers = [{ member: repeated(0xa2), protocols: [1], rules: [1] }, { member: repeated(0xa3), protocols: [1, 2], rules: [1] }];
  const network = repeated(0xa1);
  write("hello", {
    hello: { ...value, bytes },
    ack: { positions: [nothing, position, nothing, nothing], bytes: encode(Ack, { positions: [nothing, position, nothing, nothing] }) },
    reseal: { stream: 2, id: position.id, number: 18, card: 6, bytes: encode(Reseal, { stream: 2, id: position.id, number: 18, cardNumber: 6 }) },
    versions: { network, offers, binding: sha256("knoop/v1/versions", "\0", network, ...offers.map((offer) => encode(Offer, offer))) },
    refused: [
      { name: "a byte behind it", bytes: join(bytes, zeros(1)) },
      { name: "a field less", bytes: join(Uint8Array.of(0x9b), bytes.slice(1, -1)) },
      { name: "nil for a clock", bytes: join(bytes.slice(0, -10), Uint8Array.of(0xc0, 0xc0)) },
    ],
  });
}

const WITHOUT: Pair = { network: repeated(0x09), self: repeated(0x01), peer: repeated(0x02), psk: null, epoch: 1 };
const turned = (pair: Pair): Pair => ({ ...pair, self: pair.peer, peer: pair.self });
const VERSIONS = repeated(0x07);
const MATCHING_KEYS = { a: repeated(0x15), b: repeated(0x16) };

function commitment(): void {
  const cases = [WITHOUT, { ...WITHOUT, psk: repeated(0x04), epoch: 7 }].map((pair) => {
    const [a, b] = [secretsOf(MATCHING_KEYS.a, pair), secretsOf(MATCHING_KEYS.b, turned(pair))];
    const opened = openEpoch(pair, a, VERSIONS, repeated(0x77));
    const refused = [
      { error: "unknown-version", opened: { ...opened, rules: 2 } },
      { error: "bad-point", opened: { ...opened, commitment: zeros(32) } },
      { error: "bad-value", opened: { ...opened, commitment: b.commitment } },
      { error: "bad-proof", opened: { ...opened, draw: repeated(0x66) } },
      { error: "psk-differs", opened: { ...opened, mac: changed(opened.mac, 31) } },
    ];
    return {
      preshared_key: pair.psk, epoch: pair.epoch, pair_context: contextOf(pair),
      a: { matching_key: MATCHING_KEYS.a, scalar: writeScalar(a.scalar), commitment: a.commitment, dummy_key: a.dummyKey, draw_key: a.drawKey },
      b: { matching_key: MATCHING_KEYS.b, scalar: writeScalar(b.scalar), commitment: b.commitment, dummy_key: b.dummyKey, draw_key: b.drawKey },
      fresh: repeated(0x77), epoch_open: encode(EpochOpen, opened),
      refused_by_b: refused.map((each) => ({ error: each.error, epoch_open: encode(EpochOpen, each.opened) })),
    };
  });
  write("commitment", { network: WITHOUT.network, a: WITHOUT.self, b: WITHOUT.peer, versions: VERSIONS, cases });
}

const PAIR: Pair = { ...WITHOUT, psk: repeated(0x04), epoch: 7 };
const A = (): ReturnType<typeof secretsOf> => secretsOf(MATCHING_KEYS.a, PAIR);
const B = (): ReturnType<typeof secretsOf> => secretsOf(MATCHING_KEYS.b, turned(PAIR));
const GIVEN = { network: PAIR.network, a: PAIR.self, b: PAIR.peer, preshared_key: PAIR.psk, epoch: PAIR.epoch, matching_key_of_a: MATCHING_KEYS.a, matching_key_of_b: MATCHING_KEYS.b };

function registration(): void {
  const context = contextOf(PAIR);
  const [a, b] = [A(), B()];
  const identifiers = [
    { kind: IdentifierKind.bsn, value: utf8("999999011") },
    { kind: IdentifierKind.exact, value: join(Uint8Array.of(0x07, 0xdf, 2, 6, 7), "lubbers", Uint8Array.of(4), "lize") },
    { kind: IdentifierKind["parent-bsn"], value: utf8("999999011") },
  ];
  const first = 11;
  const all = [...identifiers, ...Array.from({ length: 7 }, (_, at) => dummy(a.dummyKey, first + 3 + at))];
  const points = all.map((identifier) => evaluate(a.scalar, writePoint(hashIdentifier(context, identifier))));
  const batch = { epoch: PAIR.epoch, first, expires: 683, points };
  const products = points.map((point) => evaluate(b.scalar, point));
  const answer = { epoch: PAIR.epoch, first, points: products, proof: proveBatch(turned(PAIR), b, batch, products, repeated(0x77)) };
  const withPoint = (point: Bytes): Bytes => encode(RegisterBatch, { ...batch, points: [...points.slice(1), point] });
  const answered = (change: object): Bytes => encode(Evaluated, { ...answer, ...change });
  write("registration", {
    ...GIVEN,
    identifiers: all.map(({ kind, value }, at) => ({ handle: first + at, kind, value, point: points[at]!, token: tokenOf(context, products[at]!, PAIR.epoch) })),
    register_batch: encode(RegisterBatch, batch), batch_hash: batchHash(batch, products), evaluated: encode(Evaluated, answer),
    refused_by_evaluator: [
      { name: "the identity", error: "bad-point", register_batch: withPoint(zeros(32)) },
      { name: "a top bit", error: "bad-point", register_batch: withPoint(points[0]!.map((byte, at) => (at === 31 ? byte | 0x80 : byte))) },
      { name: "no size of a batch", error: "bad-value", register_batch: encode(RegisterBatch, { ...batch, points: points.slice(1) }) },
    ],
    refused_by_registrant: [
      { name: "two products changed places", error: "bad-proof", evaluated: answered({ points: [products[1], products[0], ...products.slice(2)] }) },
      { name: "another proof", error: "bad-proof", evaluated: answered({ proof: changed(answer.proof, 0) }) },
      { name: "a product less", error: "bad-value", evaluated: answered({ points: products.slice(1) }) },
    ],
  });
}

function proof(): void {
  const context = contextOf(PAIR);
  const [a, b] = [A(), B()];
  const points = Array.from({ length: 477 }, (_, at) => evaluate(a.scalar, writePoint(hashIdentifier(context, dummy(a.dummyKey, 1 + at)))));
  const batch = { epoch: PAIR.epoch, first: 1, expires: 683, points };
  const products = points.map((point) => evaluate(b.scalar, point));
  const hash = batchHash(batch, products);
  const ranges = [[0, 477], [238, 239]].map(([from, count]) => {
    const asked = ask(batch, from!, count!, repeated(0x23));
    const proven = proveRange(turned(PAIR), b, points, hash, asked, repeated(0x77));
    return {
      proof_request: encode(ProofRequest, asked), coefficients: Uint8Array.from(coefficients(hash, asked).map(Number)), m: combined(points, hash, asked),
      z: combined(products, hash, asked), proof: encode(Proof, { epoch: PAIR.epoch, first: 1, range: asked.range, proof: proven }),
    };
  });
  const m = combined(points, hash, ask(batch, 0, 477, repeated(0x23)))!;
  if (equal(m, ranges[1]!.m!)) throw new Error("two ranges have one sum");
  write("proof", {
    ...GIVEN, about: "a batch of 477 dummies, handles 1 to 477 of A, evaluated by B", batch_sha256: sha256(encode(RegisterBatch, batch)), batch_hash: hash, ranges,
    not_proven: { name: "the proof of one range for the sums of the other", request: 0, proof: 1, error: "bad-proof" },
  });
}

function claim(): void {
  const [claimId, group] = [repeated(0xd1, 16), repeated(0xd2, 16)];
  const message = { claim: claimId, epoch: 1, version: 2, bsn: 2, pairs: [{ claimant: 1, answerer: 4 }, { claimant: 2, answerer: 300 }] };
  const answer = { claim: claimId, epoch: 1, claimVersion: 2, version: 1, groups: [{ group, bsn: 1, indices: [0, 1] }] };
  const match = matchOf(claimId, group);
  const notice = encode(MatchNotice, { match, version: 1, contacts: [{ name: "C. Jansen", function: "gezinscoach", phone: "099-5550100", email: "", since: TODAY }] });
  const key = signingKey(repeated(0x44));
  const hash = sha256(notice);
  const signature = sign(key, "knoop/v1/match-receipt", receiptInput(match, 1, hash));
  const kinds = ["bsn", "exact", "initial", "full-name", "front", "surname-end", "consonants", "vowels", "home", "tail", "ends", "parent-bsn", "address", "address-alone"];
  const sets = [...kinds.map((kind) => [kind]), ["initial", "full-name"], ["full-name", "front", "vowels"], ["full-name", "home"], ["surname-end", "full-name"], ["address", "parent-bsn", "exact"]];
  const verdicts = sets.flatMap((set) => [[0, 0], [0, 2], [1, 2], [2, 2]].map(([one, other]) => ({
    kinds: set, bsn: [one, other], verdict: classOf(set.map((kind) => IdentifierKind[kind as keyof typeof IdentifierKind]), one as 0, other as 0),
  })));
  write("claim", {
    match_claim: encode(MatchClaim, message), match_answer: encode(MatchAnswer, answer), match, match_notice: notice,
    receipt: { signing_seed: repeated(0x44), signed: join("knoop/v1/match-receipt", "\0", match, u64(1), hash), match_receipt: encode(MatchReceipt, { match, version: 1, hash, signature }) },
    refused: [
      { name: "a status that does not exist", match_claim: encode(MatchClaim, message).map((byte, at) => (at === 21 ? 3 : byte)) },
      { name: "a byte behind it", match_claim: join(encode(MatchClaim, message), zeros(1)) },
    ],
    verdicts,
  });
}

function release(): void {
  const parties = { network: repeated(0xa1), sender: repeated(0xa2), receiver: repeated(0xa3) };
  const [senderKey, receiverKey] = [signingKey(repeated(0x41)), signingKey(repeated(0x42))];
  const fragments = [5, 11].map((category, at) => ({
    id: repeated(0xf1 + at, 16), version: 1 + at,
    content: {
      category, title: "Hulpvraag", nature: 1 + at, author: "C. Jansen", date: TODAY, text: "Gesprek gevoerd.\nZie plan.", persons: at ? ["jeugdige", "ouder"] : [],
      source: at ? "ouder" : "", schema: 1, fields: at ? '{"acuut":false}' : "{}", sensitive: at === 1, retention: at ? 2 : null,
    },
    provenance: 1 + at, parent: at ? repeated(0xf0, 16) : null, withheld: at ? ["fields.betrokken_personen"] : [],
  }));
  const bases = [{ basis: repeated(0xe1, 16), ground: null, recipient: parties.receiver, purpose: 1, until: TODAY + 365, once: false }];
  const [itemSalts, basisSalts] = [[repeated(0x51), repeated(0x52)], [repeated(0x53)]];
  const [contents, statements] = [fragments.map((each) => encode(WireFragment, each)), bases.map((each) => encode(BasisStatement, each))];
  const named = { exchange: repeated(0xe2, 16), decision: repeated(0xe3, 16) };
  const key = repeated(0x55);
  const offer = {
    ...named, about: { match: null, handover: repeated(0xe4, 16) },
    items: fragments.map(({ id, content: { category } }, at) => ({ fragment: id, category, basis: 0, commitment: commitFragment(category, itemSalts[at]!, contents[at]!) })),
    bases: statements.map((content, at) => commitBasis(basisSalts[at]!, content)), denied: [{ category: 6, reason: 10 }],
    obligations: { purpose: 1, until: TODAY + 365, onward: false }, log: { incarnation: 1, index: 17, leaf: repeated(0xe5) },
    corrects: null, form: { form: "nazorgplan", version: 1 },
    ciphertext: encrypt(key, encode(Payload, { fragments: contents, bases: statements }), payloadContext(parties, named), repeated(0x66, 24)),
  };
  const body = receiptBody(parties, offer, NOW);
  const receipt = { exchange: named.exchange, body, signature: sign(receiverKey, "knoop/v1/receipt", body) };
  const countersignature = sign(senderKey, "knoop/v1/receipt-counter", join(body, receipt.signature));
  const released = { exchange: named.exchange, key, itemSalts, basisSalts, countersignature };
  const keyed = (change: object): Bytes => encode(ReleaseKey, { ...released, ...change });
  write("release", {
    ...parties, sender_seed: repeated(0x41), receiver_seed: repeated(0x42), fragments, bases, fragment_bytes: contents, basis_bytes: statements,
    release_offer: encode(ReleaseOffer, offer), release_key: keyed({}),
    refused_keys: [
      { name: "another countersignature", error: "bad-signature", release_key: keyed({ countersignature: changed(countersignature, 0) }) },
      { name: "another key", error: "cannot-open", release_key: keyed({ key: changed(key, 0) }) },
      { name: "another salt", error: "bad-proof", release_key: keyed({ itemSalts: [itemSalts[1], itemSalts[0]] }) },
      { name: "a salt less", error: "bad-proof", release_key: keyed({ itemSalts: [itemSalts[0]] }) },
      { name: "another salt of a basis", error: "bad-proof", release_key: keyed({ basisSalts: [itemSalts[0]] }) },
    ],
  });
  write("receipt", {
    ...parties, receiver_seed: repeated(0x42), sender_seed: repeated(0x41), release_offer: encode(ReleaseOffer, offer), at: NOW, body, signature: receipt.signature,
    countersignature, release_receipt: encode(ReleaseReceipt, receipt), receipt_hash: sha256(encode(ReleaseReceipt, receipt)),
    refused: [
      { name: "another signature", error: "bad-signature", release_receipt: encode(ReleaseReceipt, { ...receipt, signature: changed(receipt.signature, 0) }) },
      {
        name: "a body about another offer, signed", error: "bad-value",
        release_receipt: ((): Bytes => {
          const other = receiptBody(parties, { ...offer, decision: repeated(0xe9, 16) }, NOW);
          return encode(ReleaseReceipt, { exchange: named.exchange, body: other, signature: sign(receiverKey, "knoop/v1/receipt", other) });
        })(),
      },
    ],
  });
}

function handover(): void {
  const ids = { handover: repeated(0xe4, 16), match: repeated(0xd3, 16) };
  const at = (name: string): number => STATES.get(name)!;
  const happening = (event: string, by: number, change: object = {}): any => ({ event: EVENTS.get(event)!, by, who: "C. Jansen, gezinscoach", words: "", date: null, minute: null, place: "", alternative: "", feedback: null, at: NOW, ...change });
  const asked = {
    handover: ids.handover, version: 1, state: at("aangevraagd"), responsible: 1,
    ask: { match: ids.match, kind: 1, earlier: null, urgency: 2, occasion: "Hulp thuis", goal: "Overname", categories: [1, 5, 11] }, happening: happening("aanvragen", 1),
  };
  const event = { handover: ids.handover, decidedIn: at("aangekomen"), version: 7, happening: happening("terugkoppelen", 2, { words: "De hulp is gestart", feedback: 2 }) };
  const planned = { ...asked, version: 3, state: at("gesprek gepland"), ask: null, happening: happening("gesprek plannen", 2, { date: TODAY + 2, minute: 14 * 60 + 30, place: "Op school" }) };
  const unmoved = { ...asked, version: 3, state: at("gesprek gepland"), ask: null, happening: null };
  const stated = encode(HandoverState, asked);
  write("handover", {
    states: [asked, planned, unmoved].map((state) => ({ ...state, bytes: encode(HandoverState, state) })), event: { ...event, bytes: encode(HandoverEvent, event) },
    refused_states: [
      { name: "state 23", bytes: stated.map((byte, index) => (index === 20 ? 23 : byte)) },
      { name: "a third party", bytes: stated.map((byte, index) => (index === 21 ? 3 : byte)) },
      { name: "a byte behind it", bytes: join(stated, zeros(1)) },
    ],
  });
}

export function vectors(): Map<string, string> {
  for (const each of [hello, commitment, registration, proof, claim, release, handover]) each();
  return made;
}

if (require.main === module)
  void ready.then(() => vectors().forEach((text, name) => writeFileSync(path(__dirname, "../../../docs/spec/vectors", `${name}.json`), text)));
