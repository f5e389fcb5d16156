// Days as a node counts them: those of the Netherlands.
const DUTCH = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Amsterdam" });

/** "2026-11-06": so many days after today. */
export function day(ahead = 0) {
  const date = new Date(`${DUTCH.format(new Date())}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + ahead);
  return date.toISOString().slice(0, 10);
}
