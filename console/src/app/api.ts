// The one way to the node: JSON in, JSON out, problems as an error that can be shown to a person.
import { refresh } from "./live";
import { language, t } from "./text";

export interface FieldProblem { field: string | null; reason: string }

interface ProblemBody {
  status: number;
  code: string;
  message?: { nl: string; en: string };
  detail?: string;
  errors?: FieldProblem[];
}

/** What the node refused, or that it could not be reached (code "unreachable"). */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly detail: string, readonly fields: FieldProblem[]) {
    super(message);
  }
}

let csrf = "";
const etags = new Map<string, string>();
let onSignedOut: () => void = () => undefined;
let lastAsked = Date.now();

export function setCsrf(token: string): void { csrf = token; }
export function whenSignedOut(what: () => void): void { onSignedOut = what; }
/** When the node last heard of us: its sessions end when nobody asks for a while. */
export function lastRequest(): number { return lastAsked; }
export function forget(): void { csrf = ""; etags.clear(); }

interface Options {
  /** The key of this attempt: the same when it is repeated, so that nothing happens twice. */
  key?: string;
  /** The address whose ETag the change is based on. */
  basedOn?: string;
  /** Or the ETag itself, as it came with the object in a list. */
  etag?: string | undefined;
}

async function ask<T>(method: string, path: string, body: unknown, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const bytes = body instanceof Blob;
  if (body !== undefined) headers["Content-Type"] = bytes ? "application/octet-stream" : "application/json";
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  if (method === "POST") headers["Idempotency-Key"] = options.key ?? newKey();
  const etag = options.etag ?? (options.basedOn && etags.get(options.basedOn));
  if (etag) headers["If-Match"] = etag;
  lastAsked = Date.now();
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, { method, headers, body: body === undefined ? null : bytes ? body : JSON.stringify(body), cache: "no-store",
      credentials: "same-origin", redirect: "error" });
  } catch {
    throw new Refused(0, "unreachable", t.problem.unreachable, "", []);
  }
  const seen = answer.headers.get("ETag");
  if (method === "GET" && seen) etags.set(path, seen);
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : {}) as T;
  const refused = problemOf(answer.status, text);
  if (refused.code === "changed-meanwhile") refresh();
  if (answer.status === 401 && csrf && refused.code === "not-signed-in") onSignedOut();
  throw refused;
}

function problemOf(status: number, text: string): Refused {
  try {
    const body = JSON.parse(text) as ProblemBody;
    return new Refused(status, body.code, body.message?.[language] ?? t.problem.unknown, body.detail ?? "", body.errors ?? []);
  } catch {
    return new Refused(status, "unknown", t.problem.unknown, "", []);
  }
}

export function newKey(): string { return crypto.randomUUID(); }

/** A list of several pages as one: what stands beside the lists is that of the first page. */
async function whole<T extends object>(path: string): Promise<T> {
  const all = await api.get<Record<string, unknown>>(path);
  for (let next = all["next"]; typeof next === "string";) {
    const more: Record<string, unknown> = await api.get(`${path}${path.includes("?") ? "&" : "?"}cursor=${part(next)}`);
    for (const [name, items] of Object.entries(more)) if (Array.isArray(items)) (all[name] as unknown[]).push(...(items as unknown[]));
    next = more["next"];
  }
  return all as T;
}

/** A segment or value of an address. */
export const part = encodeURIComponent;

export const api = {
  get: <T>(path: string): Promise<T> => ask<T>("GET", path, undefined),
  whole,
  /** The ETag that a GET of this address had last, for a change that is decided on what it showed. */
  seen: (path: string): string | undefined => etags.get(path),
  post: <T>(path: string, body: unknown = {}, options?: Options): Promise<T> => ask<T>("POST", path, body, options),
  put: <T>(path: string, body: unknown, options?: Options): Promise<T> => ask<T>("PUT", path, body, options),
  /** Bytes as they are: a piece of a file. */
  send: <T>(path: string, bytes: Blob): Promise<T> => ask<T>("PUT", path, bytes),
  remove: <T>(path: string, options?: Options): Promise<T> => ask<T>("DELETE", path, undefined, options),
};
