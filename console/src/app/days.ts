// Days and times in words. A day is "2026-11-06", as the node writes it; a moment ("2026-11-06T23:30:00Z") falls on its day in the Netherlands.
import { now } from "./session";
import { language, t } from "./text";

const locale = (): string => (language === "nl" ? "nl-NL" : "en-GB");

function dutchDay(at: Date): string { return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Amsterdam" }).format(at); }
/** The day of a moment; a day stays what it is. */
export function dayOf(at: string): string { return at.includes("T") ? dutchDay(new Date(at)) : at; }

function dateOf(day: string): Date { return new Date(`${dayOf(day)}T12:00:00Z`); }

/** "2026-11" in words; in a picture the month alone. */
export function monthText(month: string, short = false): string {
  return new Intl.DateTimeFormat(locale(), { month: short ? "short" : "long", ...(short ? {} : { year: "numeric" }), timeZone: "UTC" }).format(dateOf(`${month}-01`)).replace(".", "");
}

/** "6 november 2026" */
export function dayText(day: string): string {
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(dateOf(day));
}
/** "6 nov 2026" */
export function shortDay(day: string): string {
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(dateOf(day));
}
/** "6 november 2026 om 14:05", in the time zone of the Netherlands. */
export function timeText(at: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeStyle: "short", timeZone: "Europe/Amsterdam" }).format(new Date(at));
}

/** Today, by the node's clock, in the Netherlands. */
export function today(): string { return dutchDay(now()); }
export function plusDays(day: string, days: number): string {
  const date = dateOf(day);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
export function daysUntil(day: string): number {
  return Math.round((dateOf(day).getTime() - dateOf(today()).getTime()) / 86_400_000);
}
/** "vandaag", "over 3 dagen", "2 dagen te laat" */
export function dueText(day: string): string {
  const days = daysUntil(day);
  if (days === 0) return t.days.today;
  if (days === 1) return t.days.tomorrow;
  return days > 0 ? t.days.inDays(days) : t.days.late(-days);
}
export function ageOn(born: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4));
  return day.slice(5, 10) < born.slice(5, 10) ? years - 1 : years;
}
