// Live updates: the node says that something changed on a topic (never what), and the page asks anew for what it shows. When the
// connection is cut, the page asks every half minute instead. Nobody at the keyboard: no asking, or a session would never end.
const TOPICS = ["work", "matches", "handovers", "consents", "records", "fragments", "imports", "audit", "peers", "rights", "accounts"] as const;
export type Topic = (typeof TOPICS)[number];

const POLL = 30_000;
const AWAKE = 10 * 60_000;

interface Listener { topics: readonly Topic[]; what: () => void }
const listeners = new Set<Listener>();
let source: EventSource | undefined;
let timer: ReturnType<typeof setInterval> | undefined;
let lastInput = Date.now();

for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { lastInput = Date.now(); }, { capture: true, passive: true });

function awake(): boolean { return document.visibilityState === "visible" && Date.now() - lastInput < AWAKE; }

function tell(topic?: Topic): void {
  if (!awake()) return;
  for (const one of [...listeners]) if (!topic || one.topics.includes(topic)) one.what();
}

/** What is shown may be old: asks anew for all of it. */
export function refresh(): void { tell(); }

export function startLive(): void {
  stopLive();
  timer = setInterval(() => {
    if (source?.readyState !== EventSource.OPEN) tell();
    if (source?.readyState === EventSource.CLOSED && awake()) listen();
  }, POLL);
  listen();
}

function listen(): void {
  source?.close();
  source = new EventSource("/api/v1/events");
  for (const topic of TOPICS) source.addEventListener(topic, () => tell(topic));
}

export function stopLive(): void {
  source?.close();
  source = undefined;
  clearInterval(timer);
}

/** Calls `what` when something changed on one of the topics; returns how to stop that. */
export function onTopic(topics: readonly Topic[], what: () => void): () => void {
  const one = { topics, what };
  listeners.add(one);
  return () => listeners.delete(one);
}
