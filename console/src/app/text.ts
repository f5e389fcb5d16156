// The texts in the language of whoever looks. `t` is a live binding: a change of language draws everything anew.
import { nl } from "../texts/nl";
import type { Texts } from "../texts/nl";

export type Language = "nl" | "en";

const KEPT = "knoop.language";

export let language: Language = localStorage.getItem(KEPT) === "en" ? "en" : "nl";
export let t: Texts = nl;
document.documentElement.lang = language;

/** A file of its own: who reads Dutch does not wait for it. */
const english = async (): Promise<Texts> => (await import("../texts/en")).en;

/** The texts of the language that was chosen before. Dutch when they cannot be had. */
export async function loadTexts(): Promise<void> {
  if (language === "en") await setLanguage("en").catch(() => setLanguage("nl"));
}

/** Nothing changes when the texts cannot be had. */
export async function setLanguage(next: Language): Promise<void> {
  t = next === "en" ? await english() : nl;
  language = next;
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
}

/** A word that the node uses, in the language of the reader: what no list knows is shown as it came. */
export function word(list: Readonly<Record<string, string>>, value: string): string {
  return list[value] ?? value;
}
