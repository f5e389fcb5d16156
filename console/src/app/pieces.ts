// Files in pieces: what goes to the node, and what comes from it.
import { Refused, api } from "./api";

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** A piece may be sent again when its answer was lost. */
export async function sendPiece(address: string, piece: Blob): Promise<void> {
  for (let turn = 0; ; ++turn) {
    try {
      await api.send(address, piece);
      return;
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 0 || turn >= 3) throw error;
      await pause(1000);
    }
  }
}

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
