// docs/spec/codec.md: messages as MessagePack arrays, each with exactly one byte string.
import { decode as unpack, encode as pack } from "@msgpack/msgpack";
import { Bytes, equal, refuse, utf8 } from "./bytes";

type Tree = null | boolean | number | string | Bytes | Tree[];

/** How one kind of value is written and read. `read` refuses whatever is not of the kind. */
export interface Kind<T> {
  write(value: T): Tree;
  read(tree: Tree): T;
}
export type Of<K> = K extends Kind<infer T> ? T : never;

const LONGEST = 1024 * 1024 + 4096;
const DEEPEST = 8;

export function encode<T>(kind: Kind<T>, value: T): Bytes {
  return Uint8Array.from(pack(kind.write(value)));
}

/** Reads by structure, then writes again: one byte that differs refuses the message. */
export function decode<T>(kind: Kind<T>, bytes: Bytes): T {
  if (bytes.length > LONGEST) refuse("over-limit", "the message is too long");
  let tree: Tree;
  try {
    tree = unpack(bytes, { maxArrayLength: 65536, maxMapLength: 0, maxExtLength: 0 }) as Tree;
  } catch (problem) {
    return refuse("bad-encoding", `no MessagePack: ${String(problem)}`);
  }
  if (depth(tree) > DEEPEST) refuse("over-limit", "arrays lie too deep");
  const value = kind.read(tree);
  if (!equal(encode(kind, value), bytes)) refuse("bad-encoding", "not the one form this message has");
  return value;
}

const depth = (tree: Tree): number => (Array.isArray(tree) ? 1 + Math.max(0, ...tree.map(depth)) : 0);

function whole(least: number, most: number): Kind<number> {
  const check = (value: Tree): number => {
    if (typeof value !== "number") return refuse("bad-format", "a number is missing");
    if (!Number.isSafeInteger(value) || value < least || value > most) refuse("bad-value", `${value} is out of range`);
    return value;
  };
  return { write: check, read: check };
}

export const U8 = whole(0, 0xff);
export const U16 = whole(0, 0xffff);
export const U32 = whole(0, 0xffffffff);
export const U64 = whole(0, Number.MAX_SAFE_INTEGER); // more than this program ever counts to
export const Time = whole(Date.UTC(1900, 0, 1), Date.UTC(2200, 0, 1) - 1);
export const Day = whole(-25567, 84005);
export const choice = (...numbers: number[]): Kind<number> => {
  const check = (value: Tree): number =>
    typeof value === "number" && numbers.includes(value) ? value : refuse("bad-value", `${String(value)} is none of ${numbers}`);
  return { write: check, read: check };
};

export const Flag: Kind<boolean> = {
  write: (value) => value,
  read: (tree) => (typeof tree === "boolean" ? tree : refuse("bad-format", "a yes or no is missing")),
};

export function text(limit: number): Kind<string> {
  const check = (value: Tree): string => {
    if (typeof value !== "string") return refuse("bad-format", "a text is missing");
    if (value.includes("\0")) refuse("bad-value", "a text holds U+0000");
    if (utf8(value).length > limit) refuse("over-limit", `a text is longer than ${limit} bytes`);
    return value;
  };
  return { write: check, read: check };
}

export function bytes(limit: number): Kind<Bytes> {
  const check = (value: Tree): Bytes => {
    if (!(value instanceof Uint8Array)) return refuse("bad-format", "bytes are missing");
    if (value.length > limit) refuse("over-limit", `there are more than ${limit} bytes`);
    return value;
  };
  return { write: check, read: (tree) => Uint8Array.from(check(tree)) };
}

export function fixed(size: number): Kind<Bytes> {
  const any = bytes(size);
  const check = (value: Bytes): Bytes => (value.length === size ? value : refuse("bad-length", `there are not ${size} bytes`));
  return { write: (value) => any.write(check(value)), read: (tree) => check(any.read(tree)) };
}

export function optional<T>(kind: Kind<T>): Kind<T | null> {
  return {
    write: (value) => (value === null ? null : kind.write(value)),
    read: (tree) => (tree === null ? null : kind.read(tree)),
  };
}

function array(tree: Tree): Tree[] {
  return Array.isArray(tree) ? tree : refuse("bad-format", "an array is missing");
}

export function list<T>(kind: Kind<T>, limit: number, least = 0): Kind<T[]> {
  const check = <E>(values: E[]): E[] =>
    values.length >= least && values.length <= limit ? values : refuse("over-limit", `a list has ${values.length} elements`);
  return {
    write: (values) => check(values).map((value) => kind.write(value)),
    read: (tree) => check(array(tree)).map((value) => kind.read(value)),
  };
}

/** A message: an array of its fields in the order in which they stand here. */
export function message<F extends Record<string, Kind<any>>>(fields: F): Kind<{ [N in keyof F]: Of<F[N]> }> {
  const entries = Object.entries(fields);
  return {
    write: (value) => entries.map(([name, kind]) => kind.write(value[name])),
    read: (tree) => {
      const values = array(tree);
      if (values.length !== entries.length) refuse("bad-format", `a message has ${values.length} fields instead of ${entries.length}`);
      return Object.fromEntries(entries.map(([name, kind], at) => [name, kind.read(values[at]!)])) as { [N in keyof F]: Of<F[N]> };
    },
  };
}
