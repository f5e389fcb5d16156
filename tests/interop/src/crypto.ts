// docs/spec/crypto.md: hashes, signatures, seals. The group and its proofs are in group.ts, signed notes in note.ts.
import * as sodium from "libsodium-wrappers-sumo";
import { randomBytes } from "node:crypto";
import { Bytes, join, labelled, refuse, u16, u8, utf8, zeros } from "./bytes";

/** To be awaited once, before anything else here. */
export const ready: Promise<void> = sodium.ready;

export const random = (count: number): Bytes => Uint8Array.from(randomBytes(count));
export const sha256 = (...parts: (Bytes | string)[]): Bytes => sodium.crypto_hash_sha256(join(...parts));
export const sha512 = (...parts: (Bytes | string)[]): Bytes => sodium.crypto_hash_sha512(join(...parts));

/** libsodium's one-shot function wants keys of 32 bytes; HMAC takes any. */
export function hmacSha512(key: Bytes, input: Bytes): Bytes {
  const state = sodium.crypto_auth_hmacsha512_init(key);
  sodium.crypto_auth_hmacsha512_update(state, input);
  return sodium.crypto_auth_hmacsha512_final(state);
}

export function hkdf(salt: Bytes, key: Bytes, info: Bytes, size: number): Bytes {
  const prk = hmacSha512(salt, key);
  let output = zeros(0);
  let block = zeros(0);
  for (let number = 1; output.length < size; number++) {
    block = hmacSha512(prk, join(block, info, u8(number)));
    output = join(output, block);
  }
  return output.slice(0, size);
}

// Ed25519

export interface SigningKey {
  publicKey: Bytes;
  secret: Bytes;
}

export function signingKey(seed: Bytes): SigningKey {
  const pair = sodium.crypto_sign_seed_keypair(seed);
  return { publicKey: pair.publicKey, secret: pair.privateKey };
}

export const signRaw = (key: SigningKey, input: Bytes): Bytes => sodium.crypto_sign_detached(input, key.secret);
export const verifyRaw = (publicKey: Bytes, input: Bytes, signature: Bytes): boolean =>
  sodium.crypto_core_ed25519_is_valid_point(publicKey) && sodium.crypto_sign_verify_detached(signature, input, publicKey);

export const sign = (key: SigningKey, label: string, input: Bytes): Bytes => signRaw(key, labelled(label, input));
export function mustVerify(publicKey: Bytes, label: string, input: Bytes, signature: Bytes): void {
  if (!verifyRaw(publicKey, labelled(label, input), signature)) refuse("bad-signature", `a signature for ${label} does not hold`);
}

// X25519

export interface ExchangeKey {
  publicKey: Bytes;
  secret: Bytes;
}

export const exchangeKey = (secret: Bytes): ExchangeKey => ({ publicKey: sodium.crypto_scalarmult_base(secret), secret });

function shared(secret: Bytes, publicKey: Bytes): Bytes {
  try {
    return sodium.crypto_scalarmult(secret, publicKey); // refuses a result of zeros
  } catch {
    return refuse("bad-key", "an X25519 key is of small order");
  }
}

// Sealing to a public key

const TAG = 16;
const NONCE = 24;

function boxKey(secret: Bytes, ours: Bytes, label: string, ephemeral: Bytes, recipient: Bytes, psk: Bytes | null): { key: Bytes; nonce: Bytes } {
  const info = labelled("knoop/v1/seal", u16(utf8(label).length), label, ephemeral, recipient, u8(psk ? 1 : 0));
  const output = hkdf(psk ?? zeros(32), shared(secret, ours), info, 32 + NONCE);
  return { key: output.slice(0, 32), nonce: output.slice(32) };
}

export function seal(label: string, recipient: Bytes, psk: Bytes | null, plaintext: Bytes, associated: Bytes, ephemeralSecret = random(32)): Bytes {
  const ephemeral = exchangeKey(ephemeralSecret);
  const { key, nonce } = boxKey(ephemeral.secret, recipient, label, ephemeral.publicKey, recipient, psk);
  return join(ephemeral.publicKey, aead(key, nonce, plaintext, associated));
}

export function unseal(label: string, recipient: ExchangeKey, psk: Bytes | null, sealed: Bytes, associated: Bytes): Bytes {
  if (sealed.length < 32 + TAG) refuse("cannot-open", "a sealed box is too short");
  const ephemeral = sealed.slice(0, 32);
  const { key, nonce } = boxKey(recipient.secret, ephemeral, label, ephemeral, recipient.publicKey, psk);
  return unaead(key, nonce, sealed.slice(32), associated);
}

// Encryption with a shared key

export const encrypt = (key: Bytes, plaintext: Bytes, associated: Bytes, nonce = random(NONCE)): Bytes =>
  join(nonce, aead(key, nonce, plaintext, associated));

export function decrypt(key: Bytes, encrypted: Bytes, associated: Bytes): Bytes {
  if (encrypted.length < NONCE + TAG) refuse("cannot-open", "a ciphertext is too short");
  return unaead(key, encrypted.slice(0, NONCE), encrypted.slice(NONCE), associated);
}

const aead = (key: Bytes, nonce: Bytes, plaintext: Bytes, associated: Bytes): Bytes =>
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associated, null, nonce, key);

function unaead(key: Bytes, nonce: Bytes, ciphertext: Bytes, associated: Bytes): Bytes {
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, ciphertext, associated, nonce, key);
  } catch {
    return refuse("cannot-open", "a ciphertext does not open");
  }
}
