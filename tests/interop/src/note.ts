// docs/spec/crypto.md, "Signed notes". In Knoop a signer's name is his public key in hexadecimal digits (membership.md),
// except in the heads of logs.
import { Bytes, base64, equal, fromBase64, fromUtf8, join, refuse, u8, utf8 } from "./bytes";
import { SigningKey, sha256, signRaw, verifyRaw } from "./crypto";

export interface NoteSignature {
  name: string;
  keyHash: Bytes;
  signature: Bytes;
}

export interface Note {
  text: string;
  signatures: NoteSignature[];
}

const keyHash = (name: string, publicKey: Bytes): Bytes => sha256(name, u8(0x0a), u8(0x01), publicKey).slice(0, 4);

export function writeNote(text: string, name: string, key: SigningKey): string {
  const line = base64(join(keyHash(name, key.publicKey), signRaw(key, utf8(text))));
  return `${text}\n— ${name} ${line}\n`;
}

export function parseNote(bytes: Bytes): Note {
  let whole: string;
  try {
    whole = fromUtf8(bytes);
  } catch {
    return refuse("bad-encoding", "a note is not UTF-8");
  }
  const end = whole.lastIndexOf("\n\n");
  if (end < 0 || !whole.endsWith("\n")) refuse("bad-format", "a note has no empty line before its signatures");
  if (/[\0-\x09\x0b-\x1f]/.test(whole)) refuse("bad-format", "a note holds a control character");
  const lines = whole.slice(end + 2, -1).split("\n");
  if (lines.length > 100) refuse("over-limit", "a note has more than 100 signatures");
  const signatures = lines.map((line) => {
    const found = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? refuse("bad-format", "a line of a note is no signature");
    const value = fromBase64(found[2]!);
    return { name: found[1]!, keyHash: value.slice(0, 4), signature: value.slice(4) };
  });
  return { text: whole.slice(0, end + 1), signatures };
}

/** True if this key signed, false if it did not; refused if a signature under its name is false. */
export function signedBy(note: Note, name: string, publicKey: Bytes): boolean {
  const hash = keyHash(name, publicKey);
  const own = note.signatures.filter((signature) => signature.name === name && equal(signature.keyHash, hash));
  for (const { signature } of own) {
    if (signature.length !== 64 || !verifyRaw(publicKey, utf8(note.text), signature)) refuse("bad-signature", `${name} did not sign this note`);
  }
  return own.length > 0;
}
