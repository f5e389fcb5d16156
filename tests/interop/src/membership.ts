// docs/spec/membership.md: cards and the convenant, as far as a member needs them to take part.
import { parse, TomlTable } from "smol-toml";
import { Bytes, fromHex, hex, must, refuse, utf8 } from "./bytes";
import { ExchangeKey, SigningKey, sha256 } from "./crypto";
import { parseNote, signedBy, writeNote } from "./note";

export interface Card {
  member: Bytes;
  id: string;
  kind: string;
  number: number;
  endpoints: string[];
  signing: Bytes;
  sealing: Bytes;
  transport: Bytes;
  note: Bytes; // as it came: that, and nothing made of it, is passed on
}

export interface Member {
  id: string;
  member: Bytes;
  quota: number;
}

export interface Convenant {
  number: number;
  hash: Bytes;
  network: Bytes;
  minimumProtocol: number;
  familyMatching: boolean;
  addressAlone: boolean;
  members: Member[];
}

/** The secret keys behind a card. */
export interface OwnKeys {
  organisation: SigningKey;
  signing: SigningKey;
  witness: SigningKey;
  sealing: ExchangeKey;
  transport: ExchangeKey;
}

function document(text: string, kind: string): TomlTable {
  if (!text.startsWith(`# knoop/${kind}/v1\n`)) refuse("bad-format", `this is no ${kind} of version 1`);
  return parse(text);
}

const aText = (table: TomlTable, name: string): string => {
  const value = table[name];
  return typeof value === "string" ? value : refuse("bad-format", `'${name}' is no text`);
};
const aNumber = (table: TomlTable, name: string): number => {
  const value = table[name];
  return typeof value === "number" ? value : refuse("bad-format", `'${name}' is no number`);
};
const aFlag = (table: TomlTable, name: string, otherwise: boolean): boolean => (table[name] ?? otherwise) === true;
const aKey = (table: TomlTable, name: string): Bytes => {
  const key = fromHex(aText(table, name));
  return key.length === 32 ? key : refuse("bad-key", `'${name}' has not 32 bytes`);
};
const tables = (table: TomlTable, name: string): TomlTable[] => (table[name] ?? []) as TomlTable[];

export function readCard(bytes: Bytes): Card {
  if (bytes.length > 64 * 1024) refuse("over-limit", "a card is too long");
  const note = parseNote(bytes);
  const signer = must(note.signatures[0], "signature").name;
  // The name is the key: the signature is checked before the text is parsed.
  if (!signedBy(note, signer, fromHex(signer))) refuse("bad-signature", "nobody signed this card");
  const card = document(note.text, "card");
  if (aText(card, "organisation_key") !== signer) refuse("bad-signature", "another organisation signed this card");
  const keys = card.keys as TomlTable;
  return {
    member: fromHex(signer),
    id: aText(card, "id"),
    kind: aText(card, "kind"),
    number: aNumber(card, "number"),
    endpoints: (card.endpoints ?? []) as string[],
    signing: aKey(keys, "signing"),
    sealing: aKey(keys, "sealing"),
    transport: aKey(keys, "transport"),
    note: bytes,
  };
}

/** A card of a member that dials out only. */
export function writeCard(keys: OwnKeys, id: string, name: string, kind: string, from: Date, until: Date): Bytes {
  const member = hex(keys.organisation.publicKey);
  const text = `# knoop/card/v1
id = "${id}"
name = "${name}"
kind = "${kind}"
number = 1
organisation_key = "${member}"
dials_out_only = true
valid_from = "${from.toISOString()}"
valid_until = "${until.toISOString()}"

[keys]
signing = "${hex(keys.signing.publicKey)}"
witness = "${hex(keys.witness.publicKey)}"
sealing = "${hex(keys.sealing.publicKey)}"
transport = "${hex(keys.transport.publicKey)}"
`;
  return utf8(writeNote(text, member, keys.organisation));
}

/** The first version of a network: it is signed by the threshold of its own managers, and its hash is the network. */
export function readConvenant(bytes: Bytes): Convenant {
  if (bytes.length > 768 * 1024) refuse("over-limit", "a convenant is too long");
  const note = parseNote(bytes);
  const convenant = document(note.text, "convenant");
  const managers = new Set(tables(convenant, "manager").map((manager) => aText(manager, "key")));
  const signed = [...managers].filter((key) => signedBy(note, key, fromHex(key)));
  const threshold = aNumber(convenant, "threshold");
  if (threshold * 2 <= managers.size || signed.length < threshold) refuse("bad-signature", "too few managers signed this convenant");
  if (aNumber(convenant, "number") !== 1) refuse("bad-value", "this program begins at a convenant's first version");
  const hash = sha256(note.text);
  return {
    number: 1,
    hash,
    network: hash,
    minimumProtocol: aNumber(convenant, "minimum_protocol"),
    familyMatching: aFlag(convenant, "family_matching", true),
    addressAlone: aFlag(convenant, "address_alone", false),
    members: tables(convenant, "member").map((member) => ({
      id: aText(member, "id"),
      member: aKey(member, "organisation_key"),
      quota: aNumber(member, "quota_handles"),
    })),
  };
}
