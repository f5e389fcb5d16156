// Our log and its witnesses, drawn: a line that is whole and has a check where a witness confirmed what counts, and a broken one where it is
// behind. The table beside it says the same.
import { organisationName } from "../../app/session";
import { t } from "../../app/text";
import type { KnownLog } from "./proof";
import { keepsUp } from "./proof";

const WIDTH = 720, ROW = 64, LEFT = 220, RIGHT = 390;

/** As much of a name as fits, the whole of it stands in the table. */
function short(name: string, most: number): string { return name.length > most ? `${name.slice(0, most - 1).trimEnd()}…` : name; }

export function WitnessPicture({ log }: { log: KnownLog }) {
  const witnesses = log.witnessedBy;
  const height = Math.max(150, witnesses.length * ROW + 16);
  const middle = height / 2;
  const share = log.size > 0 ? Math.min(1, log.witnessedSize / log.size) : 0;
  const text = t.officer.proof;
  const told = [text.good(log.witnessedSize, log.size),
    ...witnesses.map((one) => text.pictureWitness(organisationName(one.id), one.size ?? 0, keepsUp(one, log)))].join(" ");
  return (
    <figure class="picture" tabIndex={0} role="region" aria-label={text.picture}>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={told}>
        {witnesses.map((one, index) => {
          const y = (height - witnesses.length * ROW) / 2 + index * ROW + ROW / 2, good = keepsUp(one, log);
          return (
            <g key={one.id}>
              <path class={good ? "picture__line" : "picture__line picture__line--weak"} d={`M${LEFT} ${middle} C ${LEFT + 100} ${middle}, ${RIGHT - 100} ${y}, ${RIGHT} ${y}`} />
              <rect class="picture__box" x={RIGHT} y={y - 26} width={WIDTH - RIGHT - 4} height={52} rx={8} />
              <text x={RIGHT + 44} y={y - 4} class="picture__strong">{short(organisationName(one.id), 32)}</text>
              <text x={RIGHT + 44} y={y + 15} class="picture__soft">{good ? text.pictureConfirmed(one.size ?? 0) : text.pictureBehind(one.size ?? 0)}</text>
              <circle class={good ? "picture__mark" : "picture__mark picture__mark--weak"} cx={RIGHT + 22} cy={y} r={12} />
              <path class="picture__sign" d={good ? `M${RIGHT + 16} ${y} l4 5 l8 -10` : `M${RIGHT + 22} ${y - 6} v6 l4 3`} />
            </g>
          );
        })}
        <rect class="picture__box picture__box--own" x={4} y={middle - 58} width={LEFT - 4} height={116} rx={10} />
        <text x={20} y={middle - 30} class="picture__strong">{text.own}</text>
        <text x={20} y={middle - 8} class="picture__soft">{text.lines(log.size)}</text>
        <rect class="picture__bar" x={20} y={middle + 8} width={LEFT - 36} height={12} rx={6} />
        <rect class="picture__bar picture__bar--full" x={20} y={middle + 8} width={(LEFT - 36) * share} height={12} rx={6} />
        <text x={20} y={middle + 42} class="picture__soft">{text.pictureShare(log.witnessedSize)}</text>
      </svg>
    </figure>
  );
}
