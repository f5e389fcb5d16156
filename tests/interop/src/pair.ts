// docs/spec/matching.md, sections 1 to 4: what two members compute for their pair in one epoch. No state.
import { Bytes, compare, equal, join, labelled, refuse, u16, u32, u64, u8, zeros } from "./bytes";
import { Day, Flag, Of, U16, U32, U64, choice, fixed, list, message, optional, text } from "./codec";
import { hkdf, hmacSha512, random, sha256, sha512 } from "./crypto";
import {
  BASE, Point, Scalar, dleqContext, hashToGroup, hashToScalar, proveEqual, proveKnowledge, readPoint, sum, verifyEqual, verifyKnowledge, writePoint,
} from "./group";
import { Identifier, IdentifierKind } from "./identifiers";

export const PROTOCOL = 1;
export const RULES = 1;
export const SIZES = [10, 56, 116, 255, 477, 961, 1923, 7706, 30836];
export const LARGEST_SMALL = 255;

const Range = message({ from: U32, count: U32 });
const Bsn = choice(0, 1, 2);

export const EpochOpen = message({
  epoch: U64, protocol: U16, rules: U16, versions: fixed(32), commitment: fixed(32), draw: fixed(32), proof: fixed(64), mac: fixed(32),
});
export const EpochComplete = message({ epoch: U64 });
export const RegisterBatch = message({ epoch: U64, first: U64, expires: U16, points: list(fixed(32), 30836, 1) });
export const Evaluated = message({ epoch: U64, first: U64, points: list(fixed(32), 30836, 1), proof: optional(fixed(64)) });
export const RegisterRefused = message({ epoch: U64, first: U64, why: choice(1, 2, 3, 4, 5), again: Day });
export const ProofRequest = message({ epoch: U64, first: U64, range: Range, seed: fixed(32) });
export const Proof = message({ epoch: U64, first: U64, range: Range, proof: fixed(64) });
export const BatchClosed = message({ epoch: U64, first: U64, proven: Flag });
export const Withdraw = message({ epoch: U64, number: U64, handles: list(U64, 1024, 1) });
export const WithdrawApplied = message({ epoch: U64, number: U64, hash: fixed(32), signature: fixed(64) });
export const MatchClaim = message({ claim: fixed(16), epoch: U64, version: U64, bsn: Bsn, pairs: list(message({ claimant: U64, answerer: U64 }), 256) });
export const MatchAnswer = message({
  claim: fixed(16), epoch: U64, claimVersion: U64, version: U64, groups: list(message({ group: fixed(16), bsn: Bsn, indices: list(U16, 256) }), 128),
});
export const MatchNotice = message({
  match: fixed(16), version: U64,
  contacts: list(message({ name: text(200), function: text(200), phone: text(200), email: text(200), since: Day }), 8),
});
export const MatchReceipt = message({ match: fixed(16), version: U64, hash: fixed(32), signature: fixed(64) });
export const MatchChoice = message({ match: fixed(16) });
export const MatchOutcome = message({ match: fixed(16), outcome: choice(1, 2, 3) });

/** The members of one pair in one epoch, seen from one side. */
export interface Pair {
  network: Bytes;
  self: Bytes;
  peer: Bytes;
  psk: Bytes | null;
  epoch: number;
}

const NO_SALT = zeros(0);
const members = ({ self, peer }: Pair): [Bytes, Bytes] => (compare(self, peer) < 0 ? [self, peer] : [peer, self]);
const pskOf = (pair: Pair): Bytes => pair.psk ?? zeros(32);

export const contextOf = (pair: Pair): Bytes =>
  hkdf(NO_SALT, pskOf(pair), labelled("knoop/v1/pair", pair.network, ...members(pair), u64(pair.epoch), u16(RULES)), 32);

const ownSecret = (matchingKey: Bytes, label: string, pair: Pair): Bytes =>
  hkdf(NO_SALT, matchingKey, labelled(label, pair.network, pair.self, pair.peer, u64(pair.epoch)), 32);

/** What a side derives from its matching key of the pair and epoch. */
export interface Secrets {
  scalar: Scalar;
  commitment: Bytes;
  dummyKey: Bytes;
  drawKey: Bytes;
}

export function secretsOf(matchingKey: Bytes, pair: Pair): Secrets {
  const scalar = hashToScalar(ownSecret(matchingKey, "knoop/v1/pair-scalar", pair), "knoop/v1/pair-scalar");
  return {
    scalar,
    commitment: writePoint(BASE.multiply(scalar)),
    dummyKey: ownSecret(matchingKey, "knoop/v1/dummies", pair),
    drawKey: ownSecret(matchingKey, "knoop/v1/draw", pair),
  };
}

// Opening an epoch

const drawOf = (drawKey: Bytes): Bytes => sha256(labelled("knoop/v1/draw", drawKey));

const statement = (pair: Pair, sender: Bytes, recipient: Bytes, open: Omit<Of<typeof EpochOpen>, "proof" | "mac" | "commitment">): Bytes =>
  labelled("knoop/v1/epoch", pair.network, sender, recipient, u64(open.epoch), u16(open.protocol), u16(open.rules), open.versions, open.draw);

function macOf(pair: Pair, stated: Bytes, commitment: Bytes, proof: Bytes): Bytes {
  const key = hkdf(NO_SALT, pskOf(pair), labelled("knoop/v1/epoch-mac", pair.network, ...members(pair)), 32);
  return hmacSha512(key, join(stated, commitment, proof)).slice(0, 32);
}

export function openEpoch(pair: Pair, secrets: Secrets, versions: Bytes, fresh?: Bytes): Of<typeof EpochOpen> {
  const open = { epoch: pair.epoch, protocol: PROTOCOL, rules: RULES, versions, draw: drawOf(secrets.drawKey) };
  const stated = statement(pair, pair.self, pair.peer, open);
  const proof = proveKnowledge(secrets.scalar, stated, fresh);
  return { ...open, commitment: secrets.commitment, proof, mac: macOf(pair, stated, secrets.commitment, proof) };
}

export function checkOpen(pair: Pair, own: Bytes, versions: Bytes, open: Of<typeof EpochOpen>): void {
  if (open.protocol !== PROTOCOL || open.rules !== RULES || !equal(open.versions, versions)) refuse("unknown-version", "an epoch is opened for other versions");
  readPoint(open.commitment);
  if (equal(open.commitment, own)) refuse("bad-value", "the peer shows our own commitment");
  const stated = statement(pair, pair.peer, pair.self, open);
  if (!verifyKnowledge(open.commitment, open.proof, stated)) refuse("bad-proof", "the peer does not know its scalar");
  if (!equal(open.mac, macOf(pair, stated, open.commitment, open.proof))) refuse("psk-differs", "the two ends hold different preshared keys");
}

// Registering and evaluating

export const hashIdentifier = (context: Bytes, { kind, value }: Identifier): Point =>
  hashToGroup(join(context, u8(kind), u16(value.length), value), "knoop/v1/h2g");

export const dummy = (dummyKey: Bytes, handle: number): Identifier => ({ kind: IdentifierKind.dummy, value: hmacSha512(dummyKey, u64(handle)).slice(0, 16) });

/** How many elements the next batch has when so many wait. */
export function batchSize(waiting: number): number {
  const enough = SIZES.find((size) => size >= waiting);
  if (enough === SIZES[0]) return enough!;
  if (enough !== undefined && ((enough <= LARGEST_SMALL && enough <= 1.5 * waiting) || enough <= 1.125 * waiting)) return enough;
  return SIZES.filter((size) => size <= waiting).pop()!;
}

export const batchHash = (batch: Of<typeof RegisterBatch>, products: Bytes[]): Bytes =>
  sha256(labelled("knoop/v1/batch", u64(batch.epoch), u64(batch.first), u16(batch.expires), u16(batch.points.length), ...batch.points, ...products));

export const evaluate = (scalar: Scalar, point: Bytes): Bytes => writePoint(readPoint(point).multiply(scalar));

const evaluationContext = (pair: Pair, byUs: boolean, hash: Bytes): Bytes =>
  byUs ? dleqContext(pair.network, pair.self, pair.peer, pair.epoch, hash) : dleqContext(pair.network, pair.peer, pair.self, pair.epoch, hash);

export const proveBatch = (pair: Pair, secrets: Secrets, batch: Of<typeof RegisterBatch>, products: Bytes[], fresh?: Bytes): Bytes =>
  proveEqual(secrets.scalar, batch.points, products, evaluationContext(pair, true, batchHash(batch, products)), fresh);

export const verifyBatch = (pair: Pair, peerCommitment: Bytes, batch: Of<typeof RegisterBatch>, products: Bytes[], proof: Bytes): boolean =>
  verifyEqual(peerCommitment, batch.points, products, proof, evaluationContext(pair, false, batchHash(batch, products)));

// Proofs of large batches

export type Asked = Of<typeof ProofRequest>;

export const ask = (batch: Of<typeof RegisterBatch>, from: number, count: number, seed = random(32)): Asked => ({
  epoch: batch.epoch, first: batch.first, range: { from, count }, seed,
});

export function coefficients(hash: Bytes, { range: { from, count }, seed }: Asked): Scalar[] {
  const blocks = Array.from({ length: Math.ceil(count / 64) }, (_, j) =>
    sha512(labelled("knoop/v1/coefficients", seed, hash, u32(from), u32(count), u32(j))));
  return [...join(...blocks).slice(0, count)].map(BigInt);
}

const bulkHash = (hash: Bytes, { range: { from, count }, seed }: Asked): Bytes => sha256(labelled("knoop/v1/bulk", hash, u32(from), u32(count), seed));

/** Σ cᵢ·Pᵢ over the range; null if it is the identity. */
export function combined(points: Bytes[], hash: Bytes, asked: Asked): Bytes | null {
  const { from, count } = asked.range;
  const total = sum(points.slice(from, from + count).map(readPoint), coefficients(hash, asked));
  return total.is0() ? null : writePoint(total);
}

export function proveRange(pair: Pair, secrets: Secrets, points: Bytes[], hash: Bytes, asked: Asked, fresh?: Bytes): Bytes {
  const m = combined(points, hash, asked) ?? refuse("bad-value", "a proof is asked for a sum that is the identity");
  return proveEqual(secrets.scalar, [m], [evaluate(secrets.scalar, m)], evaluationContext(pair, true, bulkHash(hash, asked)), fresh);
}

export const verifyRange = (pair: Pair, peerCommitment: Bytes, m: Bytes, z: Bytes, hash: Bytes, asked: Asked, proof: Bytes): boolean =>
  verifyEqual(peerCommitment, [m], [z], proof, evaluationContext(pair, false, bulkHash(hash, asked)));

// Tokens, matches, and what is signed

export const tokenOf = (context: Bytes, product: Bytes, epoch: number): Bytes =>
  hmacSha512(context, labelled("knoop/v1/token", product, u64(epoch))).slice(0, 16);

export const matchOf = (claim: Bytes, group: Bytes): Bytes => sha256(labelled("knoop/v1/match", claim, group)).slice(0, 16);

export const receiptInput = (match: Bytes, version: number, hash: Bytes): Bytes => join(match, u64(version), hash);
export const withdrawalInput = (epoch: number, number: number, hash: Bytes): Bytes => join(u64(epoch), u64(number), hash);
