// The focus is never lost. When what had it goes from the page, it moves: to the form that came in its place; back to the button that opened
// a form when that closes; else to the heading of the part it was in. Without this, somebody at the keyboard, or who listens, would be at the
// top of the page after every button that vanishes.

/** What had the focus last, and everything around it, from the inside out. */
let path: HTMLElement[] = [];
/** By which button a form was opened, and within what. */
const openers = new WeakMap<Element, { within: Element; name: string }>();

/** To a heading, or something else that takes no focus by itself. */
export function land(where: HTMLElement | null | undefined): void {
  if (!where) return;
  if (!where.hasAttribute("tabindex")) where.tabIndex = -1;
  where.focus();
}

export function keepFocus(): void {
  addEventListener("focusin", (event) => {
    path = [];
    for (let one = event.target; one instanceof HTMLElement; one = one.parentElement) path.push(one);
  });
  new MutationObserver(move).observe(document.body, { childList: true, subtree: true });
}

const nameOf = (button: Element): string => button.getAttribute("aria-label") ?? button.textContent ?? "";

function move(records: readonly MutationRecord[]): void {
  const lost = path[0];
  if (!lost || document.activeElement !== document.body) return; // it was taken away by nobody, or is somewhere again
  if (!records.some((record) => [...record.removedNodes].some((one) => one.contains(lost)))) return;
  if (lost.isConnected) return lost.focus(); // a list put it elsewhere
  const closed = path.map((one) => (one.isConnected ? undefined : openers.get(one))).find((one) => one);
  const opener = closed && [...closed.within.querySelectorAll("button")].find((one) => nameOf(one) === closed.name);
  if (opener?.isConnected) return opener.focus();
  if (lost instanceof HTMLButtonElement && lost.type === "button" && opened(lost, records)) return;
  for (const one of path.filter((around) => around.isConnected)) {
    if (one.tabIndex >= 0) return one.focus();
    const heading = one.matches("section, article, li") && one.querySelector<HTMLElement>("h2, h3");
    if (heading) return land(heading);
  }
  const title = document.querySelector<HTMLElement>("main h1");
  if (title) land(title);
  else document.documentElement.dataset.moved = "yes"; // the screen is still to come, and takes it
}

/** A form came where the button was: its first field is what one wants next. */
function opened(button: HTMLButtonElement, records: readonly MutationRecord[]): boolean {
  const around = path.find((one) => one.isConnected && one.matches("section, article, .card, main"));
  const added = records.flatMap((record) => [...record.addedNodes]).filter((one): one is HTMLElement => one instanceof HTMLElement && one.isConnected);
  const form = added.map((one) => (one.matches("form") ? one : one.querySelector("form"))).find((one) => one);
  const field = form?.querySelector<HTMLElement>("input:not([disabled]), select, textarea");
  if (!form || !field || !around?.contains(form)) return false;
  openers.set(form, { within: around, name: nameOf(button) });
  const chosen = field instanceof HTMLInputElement && field.type === "radio" ? form.querySelector<HTMLElement>(`[name="${field.name}"]:checked`) : null;
  (chosen ?? field).focus();
  return true;
}
