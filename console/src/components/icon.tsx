// The few pictures of the console: drawn here, so that nothing is fetched. Each stands beside words that say the same.
const PATHS = {
  check: "M4 12.5 9.5 18 20 6.5",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5.5l3.5 2",
  warning: "M12 3 22 20H2L12 3ZM12 9.5v5M12 17.2v.3",
  cross: "M5 5l14 14M19 5 5 19",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v6M12 7.2v.3",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  back: "M15 5l-7 7 7 7",
  up: "M12 20V5M5.5 11.5 12 5l6.5 6.5",
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"
      stroke-linejoin="round"><path d={PATHS[name]} /></svg>
  );
}

/** The sign of Knoop: two lines that cross. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#14506b" stroke="#ffffff80" />
      <g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"><path d="M8 21c6 0 10-10 16-10" /><path d="M8 11c6 0 10 10 16 10" /></g>
    </svg>
  );
}
