// docs/spec/identifiers.md, sections 1 to 3: from a client to what two organisations compare. The lists of words are read
// from the page itself.
import { Bytes, hex, join, u16, u8, utf8 } from "./bytes";
import { page } from "./vectors";

export enum IdentifierKind {
  dummy = 0,
  bsn = 1,
  exact = 2,
  initial = 3,
  "full-name" = 4,
  front = 5,
  "surname-end" = 6,
  consonants = 7,
  vowels = 8,
  home = 9,
  tail = 10,
  ends = 11,
  "parent-bsn" = 16,
  address = 17,
  "address-alone" = 18,
}

export interface Identifier {
  kind: IdentifierKind;
  value: Bytes;
}

/** As the dossier system holds it; what it does not know is empty. */
export interface Person {
  bsn: string;
  firstNames: string;
  infix: string;
  surname: string;
  birthDate: string; // YYYY-MM-DD
  postcode: string;
  number: string;
  addition: string;
  parents: string[];
  geheim: boolean;
}

export interface Rules {
  family: boolean;
  addressAlone: boolean;
  /** No key of this person's address: an institution's, or of more than 6 own clients, or of one marked geheim. */
  hideAddress: boolean;
}

const quoted = [...page("identifiers").matchAll(/(?:^> .*\n)+/gm)].map((found) => found[0].replace(/^> /gm, "").replace(/\n/g, " "));
const INFIXES = new Set(quoted[0]!.trim().split(" "));
const CALL_NAMES = new Map(quoted[1]!.split(";").map((pair) => pair.trim().split(" → ") as [string, string]));

const WITHOUT_DECOMPOSITION: Record<string, string> = {
  ƀ: "b", ɓ: "b", đ: "d", ð: "d", ɖ: "d", ɗ: "d", ə: "e", ħ: "h", ı: "i", ɨ: "i", ĸ: "k", ł: "l", ŋ: "n", ø: "o", ŧ: "t", þ: "th", æ: "ae", œ: "oe",
};

/** Full case folding, made of what the language has: the lower case of the upper case, but for Cherokee, which folds up. */
const fold = (letter: string): string =>
  /\p{Script=Cherokee}/u.test(letter) ? letter.toUpperCase() : letter === "ı" ? letter : [...letter.toLowerCase().toUpperCase()].map((upper) => upper.toLowerCase()).join("");

export function normalise(entered: string): string {
  const read = Buffer.from(utf8(entered).slice(0, 4096)).toString("utf8");
  const kept = read.replace(/[?\uFFFD\u0080-\u009F]/gu, "").replace(/\p{Cn}/gu, " ");
  const apostrophes = kept.replace(/['`\u00B4\u02B9\u02BB\u02BC\u02BD\u0374\u1FEF\u1FFD\u2018\u2019\u201B\u2032]/gu, "'");
  const folded = [...apostrophes.normalize("NFKD")].map(fold).join("").normalize("NFKD");
  const letters = [...folded.replace(/[\p{M}\p{Cf}\p{Lm}\p{Sk}]/gu, "")].map((letter) => WITHOUT_DECOMPOSITION[letter] ?? letter).join("");
  const parted = letters.replace(/[\p{Pd}\u2212]/gu, "-").replace(/[^\p{Alphabetic}\p{Nd}.,'-]/gu, " ");
  return parted.replace(/ +/g, " ").replace(/^ | $/g, "");
}

const cut = (text: string, count: number): string => [...text].slice(0, count).join("");
const sound = (text: string): string => cut(text.replace(/ij/g, "i").replace(/y/g, "i"), 16);
const first = (text: string): string => cut(text, 1);
const last = (text: string, count: number): string => [...text].slice(-count).join("");
const unique = <T>(values: T[]): T[] => [...new Set(values)];

function surnameParts(infix: string, surname: string): string[] {
  const parts = normalise(`${infix} ${surname}`).split(/[-,]/).map((piece) => {
    const words = piece.split(/[ .']/).filter((word) => word !== "");
    while (words.length > 0 && INFIXES.has(words[0]!)) words.shift();
    return sound(words.join(""));
  });
  const found = unique(parts.filter((part) => part !== "")).slice(0, 3);
  if (found.length > 0) return found;
  return [sound(normalise(surname).replace(/[-,. ']/g, ""))].filter((part) => part !== "");
}

function firstName(entered: string): { name: string; onlyInitial: boolean } {
  const word = normalise(entered).replace(/'/g, "").split(/[ ,-]/).find((part) => part !== "") ?? "";
  const name = sound(word.replace(/(?<=\p{Alphabetic})\..*$/u, ""));
  const onlyInitial = word.includes(".") || [...name].length === 1 || /^[\x00-\x7f]{1,3}$/.test(name) && !/[aeiou]/.test(name);
  return { name, onlyInitial };
}

// Dates

interface Date3 {
  year: number;
  month: number;
  day: number;
}

const lengthOf = ({ year, month }: Date3): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
const exists = (date: Date3): boolean => date.day <= lengthOf(date);

function nextDay(date: Date3): Date3 {
  const next = new Date(Date.UTC(date.year, date.month - 1, date.day + 1));
  return { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
}

const dateBytes = ({ year, month, day }: Date3): Bytes => join(u16(year), u8(Math.min(month, day)), u8(Math.max(month, day)));

function readDate(text: string): Date3 | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return found && { year: Number(found[1]), month: Number(found[2]), day: Number(found[3]) };
}

export function readBsn(entered: string): string | null {
  const digits = entered.replace(/[ .]/g, "").replace(/^\d{8}$/, "0$&");
  if (!/^\d{9}$/.test(digits) || digits === "000000000") return null;
  const total = [9, 8, 7, 6, 5, 4, 3, 2, -1].reduce((all, weight, at) => all + weight * Number(digits[at]), 0);
  return total % 11 === 0 ? digits : null;
}

const text = (value: string): Bytes => join(u8(utf8(value).length), value);

/** text(postcode) ‖ text(number) ‖ text(addition), or null without a whole address. */
export function addressOf({ postcode, number, addition }: Person): Bytes | null {
  const code = normalise(postcode).replace(/ /g, "");
  const found = /^0*(\d*)(.*)$/su.exec(normalise(number))!;
  if (!/^\d{4}[a-z]{2}$/.test(code) || found[1]!.length < 1 || found[1]!.length > 5) return null;
  const more = `${found[2]} ${normalise(addition)}`.replace(/[ .,'-]/g, "");
  return join(text(code), text(found[1]!), text(cut(more, 16)));
}

export function identifiersOf(person: Person, rules: Rules): Identifier[] {
  if (person.geheim) return [];
  const found = new Map<string, Identifier>();
  const add = (kind: IdentifierKind, ...parts: Bytes[]): void => {
    const value = join(...parts);
    found.set(`${kind} ${hex(value)}`, { kind, value });
  };
  const bsn = readBsn(person.bsn);
  if (bsn) add(IdentifierKind.bsn, utf8(bsn));

  const surnames = surnameParts(person.infix, person.surname);
  const { name, onlyInitial } = firstName(person.firstNames);
  const born = readDate(person.birthDate);
  const address = rules.hideAddress ? null : addressOf(person);
  if (born && name !== "") {
    const date = dateBytes(born);
    const near = [nextDay(born), { ...born, day: born.day + 10 }].filter(exists);
    for (const surname of surnames) {
      const s = text(surname);
      add(IdentifierKind.initial, date, s, text(first(name)));
      if (onlyInitial) continue;
      const given = text(CALL_NAMES.get(name) ?? name);
      for (const day of [born, ...near, { ...born, year: born.year + 1 }].filter(exists)) add(IdentifierKind.exact, dateBytes(day), s, given);
      add(IdentifierKind["full-name"], date, s);
      add(IdentifierKind.front, date, text(first(surname)), text(cut(name, 3)));
      add(IdentifierKind["surname-end"], date, text(last(surname, 1)), text(name));
      add(IdentifierKind.consonants, date, s, text(consonants(name)));
      if ([...name].length <= 5) add(IdentifierKind.vowels, date, s, text(first(name)), text([..."aeiou"].filter((vowel) => name.includes(vowel)).join("") || name));
      add(IdentifierKind.tail, date, s, text(last(name, 2)));
      if ([...name].length <= 4) add(IdentifierKind.ends, date, s, text(first(name)), text(last(name, 1)));
    }
    if (address) for (const day of [born, ...near]) add(IdentifierKind.home, dateBytes(day), text(first(name)), address);
  }
  if (rules.family) {
    for (const parent of person.parents.map(readBsn)) if (parent) add(IdentifierKind["parent-bsn"], utf8(parent));
    if (address) {
      for (const surname of surnames) add(IdentifierKind.address, address, text(first(surname)));
      if (rules.addressAlone) add(IdentifierKind["address-alone"], address);
    }
  }
  return [...found.values()];
}

function consonants(name: string): string {
  const letters = [...name].filter((letter) => /\p{Alphabetic}/u.test(letter) && !"aeiouj".includes(letter));
  const once = letters.filter((letter, at) => letter !== letters[at - 1]);
  const all = [...(name.startsWith("j") ? ["j"] : []), ...once];
  return all.length < 2 ? name : all.join("");
}

/** A line of the page's examples: kind and bytes. */
export const printed = ({ kind, value }: Identifier): string => `${IdentifierKind[kind]} ${hex(value)}`;
