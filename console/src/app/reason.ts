// What the node found wrong with a field or a row, in the language of the reader.
import { language, t } from "./text";

/** Nothing when the node said it in words that the catalogue does not know. */
export function reasonIn(sentence: string): string | undefined {
  if (language === "en") return sentence;
  for (const [known, ours] of t.reasons) if (known.test(sentence)) return sentence.replace(known, ours);
  return undefined;
}
