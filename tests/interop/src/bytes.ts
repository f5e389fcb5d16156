// Byte strings: joining, comparing, and the big-endian integers of the specification.

export type Bytes = Uint8Array;

/** What another member sent, or a document said, is not as the specification has it. `code` is the specification's name for it. */
export class Refused extends Error {
  constructor(readonly code: string, sentence: string) {
    super(`${code}: ${sentence}`);
  }
}

export function refuse(code: string, sentence: string): never {
  throw new Refused(code, sentence);
}

export const utf8 = (text: string): Bytes => Uint8Array.from(Buffer.from(text, "utf8"));
export const fromUtf8 = (bytes: Bytes): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
export const hex = (bytes: Bytes): string => Buffer.from(bytes).toString("hex");
export const fromHex = (digits: string): Bytes => {
  if (!/^([0-9a-f]{2})*$/.test(digits)) refuse("bad-value", "these are no lower-case hexadecimal digits");
  return Uint8Array.from(Buffer.from(digits, "hex"));
};
export const base64 = (bytes: Bytes): string => Buffer.from(bytes).toString("base64");
export const fromBase64 = (text: string): Bytes => {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  if (base64(bytes) !== text) refuse("bad-encoding", "this is not canonical base64");
  return bytes;
};

/** Joins; a text stands for its UTF-8 bytes. */
export function join(...parts: (Bytes | string)[]): Bytes {
  return Uint8Array.from(Buffer.concat(parts.map((part) => (typeof part === "string" ? utf8(part) : part))));
}

/** `label ‖ 0x00 ‖ rest`: how nearly every hashed or signed input begins. */
export const labelled = (label: string, ...rest: (Bytes | string)[]): Bytes => join(label, "\0", ...rest);

export const zeros = (count: number): Bytes => new Uint8Array(count);
export const equal = (a: Bytes, b: Bytes): boolean => Buffer.compare(a, b) === 0;
export const compare = (a: Bytes, b: Bytes): number => Buffer.compare(a, b);

function bigEndian(size: number, value: number): Bytes {
  const bytes = zeros(size);
  let rest = BigInt(value);
  for (let at = size - 1; at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 255n);
  return bytes;
}

export const u8 = (value: number): Bytes => bigEndian(1, value);
export const u16 = (value: number): Bytes => bigEndian(2, value);
export const u32 = (value: number): Bytes => bigEndian(4, value);
export const u64 = (value: number): Bytes => bigEndian(8, value);

export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`there is no ${what}`);
  return value;
}
