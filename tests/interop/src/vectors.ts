// The vectors of docs/spec/vectors and the worked examples in the pages themselves.
import { readFileSync } from "node:fs";
import { join as path } from "node:path";
import { Bytes } from "./bytes";

const SPEC = path(__dirname, "../../../docs/spec");

export const page = (name: string): string => readFileSync(path(SPEC, `${name}.md`), "utf8");
export const vectorBytes = (name: string): Bytes => Uint8Array.from(readFileSync(path(SPEC, "vectors", name)));
export const vector = (name: string): any => JSON.parse(readFileSync(path(SPEC, "vectors", `${name}.json`), "utf8"));

/** The blocks of a page that are fenced with this word ("" for none). */
export function blocks(name: string, word: string): string[] {
  return [...page(name).matchAll(/^```([a-z]*)\n(.*?)^```$/gms)].filter((found) => found[1] === word).map((found) => found[2]!);
}
