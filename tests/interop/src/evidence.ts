// docs/spec/identifiers.md, section 4: what the matched kinds say, in sixteenths of a bit.
import { IdentifierKind } from "./identifiers";

export type Class = "certain" | "possible" | "family" | "pending" | "none";

/** 0 has none, 1 has one that is not proven yet, 2 proven. */
export type BsnStatus = 0 | 1 | 2;

interface Says {
  date?: number;
  surname?: number;
  first?: number;
  household?: number;
}

const SAME_DATE = 199;
const PART = 108;
const FIRST_LETTER = 55;
const DEMOGRAPHIC: Record<string, Says> = {
  exact: { date: 148, surname: PART, first: 119 },
  initial: { date: SAME_DATE, surname: PART, first: FIRST_LETTER },
  "full-name": { date: SAME_DATE, surname: PART },
  front: { date: SAME_DATE, surname: 55, first: 99 },
  "surname-end": { date: SAME_DATE, surname: 38, first: 119 },
  consonants: { date: SAME_DATE, surname: PART, first: 94 },
  vowels: { date: SAME_DATE, surname: PART, first: 87 },
  home: { date: 148, first: FIRST_LETTER, household: 250 },
  tail: { date: SAME_DATE, surname: PART, first: 63 },
  ends: { date: SAME_DATE, surname: PART, first: 84 },
};
const NAMES_DIFFER = -480;
const POSSIBLE = 352;
const FAMILY = 224;

export function demographicWeight(kinds: string[]): number {
  const said = kinds.flatMap((kind) => DEMOGRAPHIC[kind] ?? []);
  const best = (field: keyof Says): number => Math.max(0, ...said.map((says) => says[field] ?? 0));
  const differ = kinds.includes("full-name") && best("first") <= FIRST_LETTER;
  return best("date") + best("surname") + best("first") + best("household") + (differ ? NAMES_DIFFER : 0);
}

export function familyWeight(kinds: string[]): number {
  const household = kinds.includes("address") ? 250 : kinds.includes("address-alone") ? 228 : 0;
  return household + (kinds.includes("parent-bsn") ? 304 : 0);
}

export function classOf(matched: IdentifierKind[], ours: BsnStatus, theirs: BsnStatus): Class {
  const kinds = matched.map((kind) => IdentifierKind[kind]!);
  if (kinds.includes("bsn")) return "certain";
  const twoYouths = ours === 2 && theirs === 2;
  const found = !twoYouths && demographicWeight(kinds) >= POSSIBLE ? "possible" : familyWeight(kinds) >= FAMILY ? "family" : "none";
  return found !== "none" && ours > 0 && theirs > 0 && !twoYouths ? "pending" : found;
}
