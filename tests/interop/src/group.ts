// docs/spec/crypto.md: ristretto255, hashing to it and to scalars, and the two proofs. RFC 9380, 9496, 9497.
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519";
import { Bytes, equal, join, refuse, u16, u64 } from "./bytes";
import { random, sha256, sha512 } from "./crypto";

export type Point = InstanceType<typeof ristretto255.Point>;
export type Scalar = bigint;

const { Point: Group } = ristretto255;
export const BASE: Point = Group.BASE;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (scalar: bigint): Scalar => ((scalar % ORDER) + ORDER) % ORDER;

export function readPoint(bytes: Bytes): Point {
  let point: Point;
  try {
    point = Group.fromBytes(bytes);
  } catch {
    return refuse("bad-point", "32 bytes are no canonical point");
  }
  return point.is0() ? refuse("bad-point", "a point is the identity") : point;
}

export const writePoint = (point: Point): Bytes => point.toBytes();

export function readScalar(bytes: Bytes): Scalar {
  const scalar = BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
  return scalar === 0n || scalar >= ORDER ? refuse("bad-scalar", "a scalar is zero or not reduced") : scalar;
}

export const writeScalar = (scalar: Scalar): Bytes => Uint8Array.from(Buffer.from(scalar.toString(16).padStart(64, "0"), "hex").reverse());

export const hashToGroup = (input: Bytes, tag: string): Point => ristretto255_hasher.hashToCurve(input, { DST: tag }) as unknown as Point;
export const hashToScalar = (input: Bytes, tag: string | Bytes): Scalar => ristretto255_hasher.hashToScalar!(input, { DST: tag as string });

/** Σ scalarᵢ·pointᵢ; scalars may be zero. */
export function sum(points: Point[], scalars: Scalar[]): Point {
  return Group.msm(points, scalars);
}

const sized = (...parts: Bytes[]): Bytes => join(...parts.flatMap((part) => [u16(part.length), part]));

// Proof of equal keys: RFC 9497, section 2.2.

const PROOF = 64;

function composites(context: Bytes, commitment: Bytes, inputs: Bytes[], outputs: Bytes[]): Scalar[] {
  const seed = sha512(sized(commitment, join("Seed-", context)));
  return inputs.map((input, at) => hashToScalar(join(sized(seed), u16(at), sized(input, outputs[at]!), "Composite"), join("HashToScalar-", context)));
}

const challenge = (context: Bytes, ...points: Bytes[]): Scalar => hashToScalar(join(sized(...points), "Challenge"), join("HashToScalar-", context));

export function proveEqual(key: Scalar, inputs: Bytes[], outputs: Bytes[], context: Bytes, fresh = random(32)): Bytes {
  const commitment = writePoint(BASE.multiply(key));
  const m = sum(inputs.map(readPoint), composites(context, commitment, inputs, outputs));
  const z = m.multiply(key);
  const hidden = join(writeScalar(key), fresh, sized(commitment, writePoint(m), writePoint(z), context));
  const nonce = hashToScalar(hidden, "knoop/v1/dleq-nonce");
  const c = challenge(context, commitment, writePoint(m), writePoint(z), writePoint(BASE.multiply(nonce)), writePoint(m.multiply(nonce)));
  return join(writeScalar(c), writeScalar(mod(nonce - c * key)));
}

export function verifyEqual(commitment: Bytes, inputs: Bytes[], outputs: Bytes[], proof: Bytes, context: Bytes): boolean {
  const [c, s] = readProof(proof);
  const weights = composites(context, commitment, inputs, outputs);
  const m = sum(inputs.map(readPoint), weights);
  const z = sum(outputs.map(readPoint), weights);
  const t2 = BASE.multiply(s).add(readPoint(commitment).multiply(c));
  const t3 = m.multiply(s).add(z.multiply(c));
  return challenge(context, commitment, ...[m, z, t2, t3].map(writePoint)) === c;
}

/** RFC 9497's contextString, in Knoop. */
export const dleqContext = (network: Bytes, prover: Bytes, verifier: Bytes, epoch: number, batch: Bytes): Bytes =>
  join("knoop/v1/dleq", sha256(network, prover, verifier, u64(epoch), batch));

function readProof(proof: Bytes): [Scalar, Scalar] {
  if (proof.length !== PROOF) refuse("bad-length", "a proof has not 64 bytes");
  return [readScalar(proof.slice(0, 32)), readScalar(proof.slice(32))];
}

// Proof of knowledge

const knowledge = (commitment: Bytes, t: Bytes, context: Bytes): Scalar => hashToScalar(join(sized(commitment, t), context), "knoop/v1/knowledge");

export function proveKnowledge(key: Scalar, context: Bytes, fresh = random(32)): Bytes {
  const commitment = writePoint(BASE.multiply(key));
  const nonce = hashToScalar(join(writeScalar(key), fresh, commitment, context), "knoop/v1/knowledge-nonce");
  const c = knowledge(commitment, writePoint(BASE.multiply(nonce)), context);
  return join(writeScalar(c), writeScalar(mod(nonce - c * key)));
}

export function verifyKnowledge(commitment: Bytes, proof: Bytes, context: Bytes): boolean {
  const [c, s] = readProof(proof);
  const t = BASE.multiply(s).add(readPoint(commitment).multiply(c));
  return equal(writeScalar(knowledge(commitment, writePoint(t), context)), proof.slice(0, 32));
}

