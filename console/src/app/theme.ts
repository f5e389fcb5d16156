// Light, dark, or as the system says. Kept in the browser; nothing of a person.
const KEPT = "knoop.theme";

export function theme(): string { return localStorage.getItem(KEPT) ?? "system"; }

export function setTheme(next: string): void {
  localStorage.setItem(KEPT, next);
  apply();
}

export function apply(): void {
  const chosen = theme();
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}
apply();
