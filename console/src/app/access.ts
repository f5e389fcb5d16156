// Why a client's record is opened: asked once a client, kept while the page is open, sent with every read, and in the log.
import { current } from "./session";

const known = new Map<string, string>();

export function purposeFor(ref: string): string | undefined { return known.get(`${current().session?.account} ${ref}`); }
export function setPurpose(ref: string, purpose: string): void { known.set(`${current().session?.account} ${ref}`, purpose); }
