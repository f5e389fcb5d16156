// Parts of one screen that have an address of their own.
import { usePlace } from "../app/route";

export interface Tab { to: string; label: string; count?: number }

export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const { text } = usePlace();
  return (
    <nav aria-label={label} class="no-print">
      <ul class="tabs">{tabs.map((tab) => (
        <li key={tab.to}>
          <a href={tab.to} aria-current={tab.to === `#${text}` ? "page" : undefined}>{tab.label}{tab.count ? <> <span class="tabs__count">{tab.count}</span></> : null}</a>
        </li>
      ))}</ul>
    </nav>
  );
}

/** Buttons of which one is pressed: a choice that shows something else at once. */
export function Segments<T extends string>({ label, value, change, options }: {
  label: string; value: T; change: (value: T) => void; options: readonly { value: T; label: string }[];
}) {
  return (
    <div class="segments" role="group" aria-label={label}>{options.map((one) => (
      <button key={one.value} type="button" aria-pressed={one.value === value} onClick={() => change(one.value)}>{one.label}</button>
    ))}</div>
  );
}
