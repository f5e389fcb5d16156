// Files in pieces: what goes to the node, and what comes from it.
import { Refused, api } from "./api";

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** What may be asked again when its answer was lost. */
export async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let turn = 0; ; ++turn) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 0 || turn >= 3) throw error;
      await pause(1000);
    }
  }
}

export async function sendPiece(address: string, piece: Blob): Promise<void> { await again(() => api.send(address, piece)); }

/** The pieces of a file, each asked for with `address`. */
export async function fetchPieces(pieces: number, address: (n: number) => string, told: (done: number) => void): Promise<Uint8Array<ArrayBuffer>[]> {
  const out: Uint8Array<ArrayBuffer>[] = [];
  for (let n = 0; n < pieces; ++n) {
    const { bytes } = await api.get<{ bytes: string }>(address(n));
    out.push(Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0)));
    told(n + 1);
  }
  return out;
}
