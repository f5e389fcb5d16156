// Twelve months as columns of parts, with the same numbers as a table. What is too small to be told is a dotted stump without a height of its own.
import { monthText } from "../app/days";
import { t } from "../app/text";
import { Table } from "./basic";

export interface Part { name: string; tone: "good" | "danger" | "plain" }
/** Nothing: from one to four. The parts follow one another as `Part`s do. */
export interface Month { month: string; whole: number | null; parts: readonly number[] | null }

const WIDTH = 640, HIGH = 170, LEFT = 8, TOP = 24, STEP = (WIDTH - 2 * LEFT) / 12;

function Column({ at, row, parts, most }: { at: number; row: Month; parts: readonly Part[]; most: number }) {
  const x = LEFT + at * STEP + 6, wide = STEP - 12, base = TOP + HIGH;
  if (row.whole === null) return <rect class="chart__hidden" x={x} y={base - 14} width={wide} height={14} />;
  let y = base;
  const split = row.parts ?? [row.whole];
  return (
    <>
      {split.map((count, index) => {
        const high = (HIGH * count) / most;
        y -= high;
        return count > 0 && <rect key={index} class={`chart__bar chart__bar--${row.parts ? parts[index]?.tone ?? "plain" : "unsplit"}`} x={x} y={y} width={wide} height={high} />;
      })}
      {row.whole > 0 && <text x={x + wide / 2} y={y - 6} text-anchor="middle" class="picture__strong">{row.whole}</text>}
    </>
  );
}

export function MonthChart({ label, whole, parts, rows, more }: {
  label: string; whole: string; parts: readonly Part[]; rows: readonly Month[];
  /** One more column of the table. */
  more?: { name: string; of: (at: number) => string };
}) {
  const T = t.figures;
  const most = Math.max(1, ...rows.map((row) => row.whole ?? 0));
  const said = (count: number | null) => (count === null ? T.few : String(count));
  return (
    <div class="stack">
      <figure class="picture" tabIndex={0} role="region" aria-label={t.administrator.report.picture(label)}>
        <svg viewBox={`0 0 ${WIDTH} ${TOP + HIGH + 30}`} role="img" aria-label={`${label}: ${rows.map((row) => `${monthText(row.month)} ${said(row.whole)}`).join(", ")}`}>
          {rows.map((row, at) => (
            <g key={row.month}>
              <Column at={at} row={row} parts={parts} most={most} />
              <text x={LEFT + (at + 0.5) * STEP} y={TOP + HIGH + 20} text-anchor="middle" class="picture__soft">{monthText(row.month, true)}</text>
            </g>
          ))}
          <line class="chart__axis" x1={LEFT} x2={WIDTH - LEFT} y1={TOP + HIGH} y2={TOP + HIGH} />
        </svg>
      </figure>
      <p class="chart__legend">
        {parts.map((part) => <span key={part.name}><i class={`chart__key chart__bar--${part.tone}`} aria-hidden="true" />{part.name}</span>)}
        <span><i class="chart__key chart__bar--unsplit" aria-hidden="true" />{T.unsplit}</span>
        <span><i class="chart__key chart__key--hidden" aria-hidden="true" />{T.fewKey}</span>
      </p>
      <Table caption={label} head={[T.month, whole, ...parts.map((part) => part.name), ...(more ? [more.name] : [])]}
        rows={rows.map((row, at) => [monthText(row.month), said(row.whole), ...parts.map((_, index) => row.parts?.[index] ?? T.hidden), ...(more ? [more.of(at)] : [])]).reverse()} />
    </div>
  );
}
