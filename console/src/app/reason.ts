// What the node found wrong with a field or a row, in the language of the reader.
import { language, t } from "./text";

/** Nothing when the node said it in words that the catalogue does not know. */
export function reasonIn(sentence: string): string | undefined {
  if (language === "en") return sentence;
  const [, file = "", what = sentence] = /^(\w+\.(?:csv|jsonl?): )(.*)$/s.exec(sentence) ?? [];
  for (const [known, ours] of t.reasons) if (known.test(what)) return file + what.replace(known, ours);
  return undefined;
}
