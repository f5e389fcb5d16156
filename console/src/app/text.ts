// The texts in the language of whoever looks. `t` is a live binding: a change of language draws everything anew.
import { en } from "../texts/en";
import { nl } from "../texts/nl";
import type { Texts } from "../texts/nl";

export type Language = "nl" | "en";

const KEPT = "knoop.language";

export let language: Language = localStorage.getItem(KEPT) === "en" ? "en" : "nl";
export let t: Texts = language === "en" ? en : nl;
document.documentElement.lang = language;

export function setLanguage(next: Language): void {
  language = next;
  t = next === "en" ? en : nl;
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
}

/** A word that the node uses, in the language of the reader: what no list knows is shown as it came. */
export function word(list: Readonly<Record<string, string>>, value: string): string {
  return list[value] ?? value;
}
