// What just happened, in words: shown above the page and read aloud. A message stays until the next screen.
export interface Note { kind: "ok" | "error" | "warning" | "info"; text: string; number: number; keep: boolean }

let note: Note | undefined;
let count = 0;
const listeners = new Set<() => void>();

/** `keep`: also on the screen that comes next, for "it is done" after which the page moves on. */
export function say(kind: Note["kind"], text: string, keep = false): void {
  note = { kind, text, number: ++count, keep };
  for (const one of [...listeners]) one();
}

export function said(): Note | undefined { return note; }

/** The page moved. */
export function hush(): void {
  if (note?.keep) note = { ...note, keep: false };
  else note = undefined;
  for (const one of [...listeners]) one();
}

export function onSaid(what: () => void): () => void {
  listeners.add(what);
  return () => listeners.delete(what);
}
