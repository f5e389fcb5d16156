// Who is signed in, at which organisation, and what the node's clock says.
import { api, forget, lastRequest, setCsrf, whenSignedOut } from "./api";
import { startLive, stopLive } from "./live";

export type Role = "professional" | "team-lead" | "privacy-officer" | "administrator" | "monitor" | "service";

export interface Session {
  account: string;
  displayName: string;
  role: Role;
  csrfToken: string;
  /** "asked": signed in at the identity provider, and the account's own code is still to come. */
  secondFactor: "set" | "needed" | "asked";
}

export interface Peer { id: string; name?: string; kind?: string; connected: boolean; ready: boolean }

interface Status { now: string; member?: { id: string; name: string }; peers: Peer[]; convenant: { name: string; number: number } | null }

export interface Ways { organisation: string; password: boolean; openIdConnect: { name: string } | null }

export interface State {
  phase: "starting" | "out" | "factor" | "in";
  session?: Session;
  organisation: string;
  member: string;
  peers: Peer[];
  /** Names by account. */
  colleagues: ReadonlyMap<string, string>;
  /** Why nobody is signed in any more. */
  ended?: boolean;
  ways: Ways;
}

const nobody: State = { phase: "starting", organisation: "", member: "", peers: [], colleagues: new Map(),
  ways: { organisation: "", password: true, openIdConnect: null } };
let state = nobody;
let clockAhead = 0;
const listeners = new Set<() => void>();

export function current(): State { return state; }
export function onChange(what: () => void): () => void {
  listeners.add(what);
  return () => listeners.delete(what);
}
function change(next: Partial<State>): void {
  state = { ...state, ...next };
  for (const one of [...listeners]) one();
}

/** Whose name goes with what is done towards another organisation. */
export function mine(): { who?: string } { return state.session?.displayName ? { who: state.session.displayName } : {}; }

/** How a person of this organisation is called whom the node knows by account. */
export function personName(who: string): string {
  return (who === state.session?.account && state.session.displayName) || state.colleagues.get(who) || who;
}

/** Now, by the node's clock: terms are counted by it. */
export function now(): Date { return new Date(Date.now() + clockAhead); }
/** How an organisation is called; this one for null. */
export function organisationName(id: string | null): string {
  if (id === null || id === state.member) return state.organisation;
  return state.peers.find((peer) => peer.id === id)?.name ?? id;
}

interface Colleague { account: string; displayName: string }

async function loadSurroundings(role: Role): Promise<void> {
  // Who only watches numbers sees no names.
  const [status, { colleagues }] = await Promise.all([api.get<Status>("/status"),
    role === "monitor" ? { colleagues: [] } : api.get<{ colleagues: Colleague[] }>("/colleagues")]);
  clockAhead = new Date(status.now).getTime() - Date.now();
  change({ organisation: status.member?.name ?? "", member: status.member?.id ?? "", peers: status.peers,
    colleagues: new Map(colleagues.map((one) => [one.account, one.displayName])) });
}

/** After signing in, and after the page was loaded with a session. */
export async function enter(session: Session): Promise<void> {
  setCsrf(session.csrfToken);
  if (session.secondFactor !== "set") return change({ phase: "factor", session, ended: false });
  await loadSurroundings(session.role);
  change({ phase: "in", session, ended: false });
  startLive();
}

export async function start(): Promise<void> {
  whenSignedOut(() => leave(true));
  api.get<Ways>("/sign-in-ways").then((ways) => change({ ways }), () => undefined);
  try {
    await enter(await api.get<Session>("/session"));
  } catch {
    change({ phase: "out" });
  }
  setInterval(endWhenIdle, 30_000);
}

function leave(ended: boolean): void {
  stopLive();
  forget();
  change({ phase: "out", session: undefined, peers: [], colleagues: new Map(), ended });
}

export async function signOut(): Promise<void> {
  try {
    await api.remove("/session");
  } catch {
    // Gone already, or the node is: either way nobody stays signed in here.
  }
  leave(false);
}

const IDLE = 30 * 60_000;

/** A session that ended must not leave a client on the screen. */
function endWhenIdle(): void {
  if (state.phase === "in" && Date.now() - lastRequest() > IDLE) leave(true);
}
