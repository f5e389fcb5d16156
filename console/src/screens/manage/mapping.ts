// How the files of another system become ours (docs/spec/import.md, "Mappings"): fields, rules, and what makes rules unusable.
import { api, part } from "../../app/api";
import { FILES } from "./import-job";
import type { FileName } from "./import-job";

export const FIELDS: Record<FileName, readonly string[]> = {
  clients: ["client_ref", "bsn", "voornamen", "voorvoegsel", "achternaam", "geboortedatum", "geslacht", "postcode", "huisnummer", "toevoeging", "gemeentecode", "ouder1_bsn", "ouder2_bsn",
    "geheim", "instelling", "overleden"],
  involvements: ["client_ref", "soort", "vanaf", "tot", "professional", "functie", "telefoon", "email", "reden", "gesloten", "reden_einde"],
  fragments: ["client_ref", "category", "title", "nature", "author", "date", "text", "persons", "source", "schema", "sensitive", "fields", "retention"],
};
/** What every row has. */
export const REQUIRED: Record<FileName, readonly string[]> = {
  clients: ["client_ref", "achternaam", "geboortedatum"], involvements: ["client_ref", "soort", "vanaf", "tot", "professional"],
  fragments: ["client_ref", "category", "title", "nature", "author", "date", "persons"],
};
/** Fields that are no text in JSON: they may have another column, and nothing else. */
export const NO_TEXT: readonly string[] = ["persons", "fields", "sensitive", "schema"];
/** Fields with a closed list of words. */
export const WORDS: Readonly<Record<string, readonly string[]>> = {
  geslacht: ["M", "V", "O", "X"], soort: ["ketenregistratie", "signaal"], nature: ["feit", "interpretatie"], geheim: ["ja", "nee"], instelling: ["ja", "nee"],
  category: Array.from({ length: 18 }, (_, n) => `F${String(n + 1).padStart(2, "0")}`), retention: ["lopende-zaak", "dossier-20-jaar", "als-beantwoord", "als-hoofdfragment"],
};
export const MOST_VALUES = 200;

interface Source { field: string; column?: string; constant?: string; values?: { from?: string; to?: string }[] }
type Sources = Record<FileName, Source[]>;
interface Kept extends Sources { name: string; changed: string; otherColumns: "refuse" | "ignore" }

export interface Pair { from: string; to: string }
/** Where one field comes from. Of the two texts the one that `way` names counts. */
export interface Rule { field: string; way: "column" | "constant"; column: string; constant: string; values: Pair[] }
export type Rules = Record<FileName, Rule[]>;
export interface Mapping { name: string; otherColumns: string; rules: Rules; etag: string | undefined }

export const NOTHING: Mapping = { name: "", otherColumns: "ignore", rules: { clients: [], involvements: [], fragments: [] }, etag: undefined };
export const emptyRule = (field: string): Rule => ({ field, way: "column", column: "", constant: "", values: [] });
export const addressOf = (name: string): string => `/import-mappings/${part(name)}`;

const perFile = <T>(of: (file: FileName) => T): Record<FileName, T> => ({ clients: of("clients"), involvements: of("involvements"), fragments: of("fragments") });

export async function mappingAt(name: string): Promise<Mapping> {
  const kept = await api.get<Kept>(addressOf(name));
  const rules = perFile((file) => kept[file].map((one): Rule => ({
    field: one.field, way: one.constant === undefined ? "column" : "constant", column: one.column ?? one.field, constant: one.constant ?? "",
    values: (one.values ?? []).map(({ from = "", to = "" }) => ({ from, to })),
  })));
  return { name: kept.name, otherColumns: kept.otherColumns, rules, etag: api.seen(addressOf(name)) };
}

export function bodyOf({ otherColumns, rules }: Pick<Mapping, "otherColumns" | "rules">): object {
  const source = (rule: Rule): Source => {
    if (rule.way === "constant") return { field: rule.field, constant: rule.constant.trim() };
    const values = rule.values.filter((pair) => pair.from || pair.to).map(({ from, to }) => ({ ...(from && { from: from.trim() }), ...(to && { to: to.trim() }) }));
    return { field: rule.field, column: rule.column.trim(), ...(values.length > 0 && { values }) };
  };
  return { otherColumns, ...perFile((file) => rules[file].map(source)) };
}

export type Wrong = "columnMissing" | "constantMissing" | "columnTwice" | "valueTwice";
export interface Mistake { file: FileName; field: string; what: Wrong }

export function mistakesIn(rules: Rules): Mistake[] {
  const found: Mistake[] = [];
  for (const file of FILES) {
    const named = new Set(rules[file].map((one) => one.field));
    const columns = new Set(FIELDS[file].filter((field) => !named.has(field)));
    for (const { field, way, column, constant, values } of rules[file]) {
      const tell = (what: Wrong) => found.push({ file, field, what });
      if (way === "constant") {
        if (!constant.trim()) tell("constantMissing");
        continue;
      }
      if (!column.trim()) tell("columnMissing");
      else if (columns.has(column.trim())) tell("columnTwice");
      columns.add(column.trim());
      const words = values.filter((pair) => pair.from || pair.to).map((pair) => pair.from.trim());
      if (new Set(words).size < words.length) tell("valueTwice");
    }
  }
  return found;
}

const LOOKED_AT = 64 * 1024;

/** The names of the columns of a file, read here and sent nowhere; nothing when it has none that can be read. */
export async function columnsOf(file: File): Promise<string[] | undefined> {
  const text = (await file.slice(0, LOOKED_AT).text()).replace(/^\uFEFF/, "").trimStart();
  const line = text.split(/\r?\n/).find((one) => one.replace(/^\[/, "").trim()) ?? "";
  if (!/^[[{]/.test(text)) return line ? cells(line) : undefined;
  for (const piece of [text, line.trim().replace(/^\[/, "").replace(/[,\]]$/, "")]) {
    try {
      const read: unknown = JSON.parse(piece);
      const first: unknown = Array.isArray(read) ? read[0] : read;
      if (typeof first === "object" && first !== null) return Object.keys(first);
    } catch {
      // Lines of JSON are no JSON together, and a long array was cut.
    }
  }
  return undefined;
}

function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|;)(?:"((?:[^"]|"")*)"|([^;]*))/g)].map(([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain ?? "").trim()).filter(Boolean);
}
