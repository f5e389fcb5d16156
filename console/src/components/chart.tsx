// A chart of bars with its numbers as a table beside it: the picture shows, the table tells. Nothing is said by colour alone.
import { t } from "../app/text";
import { Table } from "./basic";

export interface Bar { name: string; count: number; tone?: "danger" | "warning" | "good" | "plain" }

const WIDTH = 640, ROW = 38, LEFT = 240;

function short(name: string): string { return name.length > 28 ? `${name.slice(0, 27).trimEnd()}…` : name; }

export function BarChart({ label, head, rows }: { label: string; head: readonly [string, string]; rows: readonly Bar[] }) {
  const most = Math.max(1, ...rows.map((row) => row.count));
  const height = rows.length * ROW + 12;
  return (
    <div class="chart">
      <figure class="picture" tabIndex={0} role="region" aria-label={t.administrator.report.picture(label)}>
        <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${label}: ${rows.map((row) => `${row.name} ${row.count}`).join(", ")}`}>
          {rows.map((row, index) => {
            const y = index * ROW + 8, wide = ((WIDTH - LEFT - 60) * row.count) / most;
            return (
              <g key={row.name}>
                <text x={LEFT - 12} y={y + 19} text-anchor="end">{short(row.name)}</text>
                <rect class={`chart__bar chart__bar--${row.tone ?? "plain"}`} x={LEFT} y={y} width={Math.max(wide, row.count > 0 ? 3 : 0)} height={26} rx={3} />
                <text x={LEFT + wide + 8} y={y + 19} class="picture__strong">{row.count}</text>
              </g>
            );
          })}
          <line class="chart__axis" x1={LEFT} x2={LEFT} y1={2} y2={height - 4} />
        </svg>
      </figure>
      <Table caption={label} head={head} rows={rows.map((row) => [row.name, String(row.count)])} />
    </div>
  );
}
