// One press of a button that does something at the node: busy meanwhile, and what went wrong is said.
import { useRef, useState } from "preact/hooks";
import { Refused, newKey } from "./api";
import { say } from "./say";

/** `run(work, done)`: does the work once, then says `done`. True when it worked. */
export function useAct(): { busy: boolean; run: (work: (key: string) => Promise<unknown>, done?: string) => Promise<boolean> } {
  const [busy, set] = useState(false);
  const key = useRef(newKey());
  const run = async (work: (key: string) => Promise<unknown>, done?: string): Promise<boolean> => {
    if (busy) return false;
    set(true);
    try {
      await work(key.current);
      key.current = newKey();
      if (done) say("ok", done);
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status !== 0 && error.status !== 503) key.current = newKey();
      say("error", [error.message, ...error.fields.map((one) => one.reason)].join(" "));
      return false;
    } finally {
      set(false);
    }
  };
  return { busy, run };
}
