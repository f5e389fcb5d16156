// docs/spec/import.md: the organisation's own clients and involvements, from the files of its dossier system.
import { readFileSync } from "node:fs";
import { hex } from "./bytes";
import { random } from "./crypto";
import { Fragment } from "./exchange";
import { Identifier, IdentifierKind, Person, addressOf, identifiersOf } from "./identifiers";
import { Convenant } from "./membership";

const DAY = 24 * 3600 * 1000;
const SHARED_BY_MORE_THAN = 6;

export interface Contact {
  name: string;
  function: string;
  phone: string;
  email: string;
  since: number; // a day
}

/** A client with an active involvement. */
export interface Client {
  ref: string;
  identifiers: Identifier[];
  hasBsn: boolean;
  until: Date;
  contacts: Contact[];
}

type Row = Record<string, string>;

function rows(path: string): Row[] {
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  const records: string[][] = [[]];
  // A field, and what ends it.
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^;\r\n"]*))(;|\r?\n|$)/g)) {
    records[records.length - 1]!.push(quoted === undefined ? plain! : quoted.replace(/""/g, '"'));
    if (end !== ";") records.push([]);
  }
  const [names, ...values] = records.filter((record) => record.length > 1);
  return values.map((record) => Object.fromEntries(names!.map((name, at) => [name, record[at]!.trim()])));
}

export const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY;

const personOf = (row: Row): Person => ({
  bsn: row.bsn!,
  firstNames: row.voornamen!,
  infix: row.voorvoegsel!,
  surname: row.achternaam!,
  birthDate: row.geboortedatum!,
  postcode: row.postcode!,
  number: row.huisnummer!,
  addition: row.toevoeging!,
  parents: [row.ouder1_bsn!, row.ouder2_bsn!],
  geheim: false, // a mark that people set by hand
});

/** What is held of one client, in these categories. */
export function readFragments(path: string, ref: string, categories: number[]): Fragment[] {
  return readFileSync(path, "utf8").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))
    .map((held) => ({ ref: held.client_ref as string, fragment: {
      id: random(16), version: 1, provenance: 2, parent: null, withheld: [],
      content: {
        category: Number(held.category.slice(1)), title: held.title, nature: held.nature === "feit" ? 1 : 2, author: held.author, date: dayOf(held.date), text: held.text,
        persons: held.persons, source: "", schema: 1, fields: "{}", sensitive: false, retention: null,
      },
    } }))
    .filter((held) => held.ref === ref && categories.includes(held.fragment.content.category))
    .map(({ fragment }) => fragment);
}

export function readRegister(clients: string, involvements: string, convenant: Convenant, today: number): Client[] {
  const persons = new Map(rows(clients).map((row) => [row.client_ref!, personOf(row)]));
  const atAddress = new Map<string, number>();
  const addressKey = (person: Person): string => hex(addressOf(person) ?? new Uint8Array());
  for (const person of persons.values()) atAddress.set(addressKey(person), (atAddress.get(addressKey(person)) ?? 0) + 1);

  const active = new Map<string, Client>();
  for (const row of rows(involvements)) {
    if (dayOf(row.vanaf!) > today || dayOf(row.tot!) < today) continue;
    const person = persons.get(row.client_ref!);
    if (!person) throw new Error(`an involvement of ${row.client_ref}, who is no client`);
    const client = active.get(row.client_ref!) ?? {
      ref: row.client_ref!,
      identifiers: identifiersOf(person, {
        family: convenant.familyMatching,
        addressAlone: convenant.addressAlone,
        hideAddress: atAddress.get(addressKey(person))! > SHARED_BY_MORE_THAN,
      }),
      hasBsn: false,
      until: new Date(0),
      contacts: [],
    };
    client.hasBsn = client.identifiers.some(({ kind }) => kind === IdentifierKind.bsn);
    client.until = new Date(Math.max(client.until.getTime(), dayOf(row.tot!) * DAY));
    client.contacts.push({ name: row.professional!, function: row.functie!, phone: row.telefoon!, email: row.email!, since: dayOf(row.vanaf!) });
    active.set(client.ref, client);
  }
  return [...active.values()];
}
