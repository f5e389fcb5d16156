// A client's years as a picture: who was involved when, from when to when consent holds, and what was handed over. The same stands in a list
// below it, which is what a screen reader reads.
import { dayOf, plusDays, shortDay, today } from "../app/days";
import { t } from "../app/text";

export interface Span { what: string; kind: "own" | "other" | "consent" | "care"; from: string; until: string | null }

const ROW = 26, TOP = 30, WIDTH = 960, MOST = 38;

export function Timeline({ spans: given }: { spans: readonly Span[] }) {
  if (given.length === 0) return null;
  const spans = given.map((one) => ({ ...one, from: dayOf(one.from), until: one.until && dayOf(one.until) }));
  const now = today();
  const names = spans.map((one) => (one.what.length > MOST ? `${one.what.slice(0, MOST - 1)}…` : one.what));
  const left = 20 + 6.7 * Math.max(...names.map((name) => name.length));
  const first = spans.reduce((least, one) => (one.from < least ? one.from : least), now);
  const last = spans.reduce((most, one) => ((one.until ?? now) > most ? (one.until ?? now) : most), plusDays(now, 30));
  const start = new Date(first).getTime(), length = new Date(last).getTime() - start;
  const at = (day: string) => left + ((new Date(day).getTime() - start) / length) * (WIDTH - left - 20);
  const height = TOP + spans.length * ROW + 24;
  return (
    <figure class="stack-tight">
      <div class="timeline" tabIndex={0} role="group" aria-label={t.timeline.picture}>
        <svg viewBox={`0 0 ${WIDTH} ${height}`} aria-hidden="true" focusable="false">
          {years(first, last).map((year) => (
            <g key={year}><line class="timeline__line" x1={at(`${year}-01-01`)} x2={at(`${year}-01-01`)} y1={18} y2={height - 8} />
              <text class="timeline__soft" x={at(`${year}-01-01`) + 4} y={14}>{year}</text></g>
          ))}
          {spans.map((one, row) => (
            <g key={row}>
              <text x={left - 12} y={TOP + row * ROW + 15} text-anchor="end">{names[row]}</text>
              <rect class={`timeline__${one.kind}`} x={at(one.from)} y={TOP + row * ROW + 3} height={16} rx={4} width={Math.max(6, at(one.until ?? last) - at(one.from))} />
            </g>
          ))}
          <line class="timeline__today" x1={at(now)} x2={at(now)} y1={18} y2={height - 18} />
          <text x={Math.min(at(now) + 5, WIDTH - 52)} y={height - 5}>{t.timeline.today}</text>
        </svg>
      </div>
      <figcaption>
        <details class="small"><summary>{t.timeline.inWords}</summary>
          <ul>{spans.map((one, row) => <li key={row}>{one.what}: {one.until ? t.timeline.span(shortDay(one.from), shortDay(one.until)) : t.timeline.since(shortDay(one.from))}</li>)}</ul>
        </details>
      </figcaption>
    </figure>
  );
}

function years(first: string, last: string): number[] {
  const out = [];
  for (let year = Number(first.slice(0, 4)) + 1; year <= Number(last.slice(0, 4)); ++year) out.push(year);
  return out;
}
