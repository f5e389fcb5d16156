// docs/spec/transport.md, the dialling side: a DEALER and CURVE client. A socket lives as long as its connection.
import { Dealer } from "zeromq";
import { Bytes } from "./bytes";
import { ExchangeKey } from "./crypto";

const LONGEST_MESSAGE = 1024 * 1024 + 4096;
const PAUSE = 500;

export interface Listener {
  connected(send: (bytes: Bytes) => void): void;
  received(bytes: Bytes): void;
  disconnected(): void;
}

export class Dialler {
  private socket: Dealer | null = null;
  private pause: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(
    private readonly endpoint: string,
    private readonly serverKey: Bytes,
    private readonly own: ExchangeKey,
    private readonly listener: Listener,
  ) {
    this.dial();
  }

  close(): void {
    this.closed = true;
    if (this.pause) clearTimeout(this.pause);
    this.socket?.close();
  }

  private dial(): void {
    const socket = new Dealer({
      curveServerKey: z85(this.serverKey),
      curvePublicKey: z85(this.own.publicKey),
      curveSecretKey: z85(this.own.secret),
      maxMessageSize: LONGEST_MESSAGE,
      handshakeInterval: 5000,
      heartbeatInterval: 10000,
      heartbeatTimeout: 15000,
      reconnectInterval: -1,
      immediate: true,
      linger: 0,
    });
    this.socket = socket;
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      socket.close();
      this.listener.disconnected();
      if (!this.closed) this.pause = setTimeout(() => this.dial(), PAUSE);
    };
    let last: Promise<void> = Promise.resolve();
    const send = (bytes: Bytes): void => {
      last = last.then(() => (over ? undefined : socket.send(bytes))).catch(end);
    };
    socket.events.on("handshake", () => this.listener.connected(send));
    socket.events.on("handshake:error:protocol", end);
    socket.events.on("handshake:error:auth", end);
    socket.events.on("handshake:error:other", end);
    socket.events.on("disconnect", end);
    socket.events.on("close", end);
    socket.connect(this.endpoint);
    void this.read(socket, end);
  }

  private async read(socket: Dealer, end: () => void): Promise<void> {
    try {
      for await (const parts of socket) {
        if (parts.length !== 1) return end();
        this.listener.received(Uint8Array.from(parts[0]!));
      }
    } catch {
      end();
    }
  }
}

/** ZeroMQ RFC 32: how the library wants its keys. */
function z85(key: Bytes): string {
  const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  let out = "";
  for (let at = 0; at < key.length; at += 4) {
    const value = Buffer.from(key).readUInt32BE(at);
    for (let power = 85 ** 4; power >= 1; power /= 85) out += digits[Math.floor(value / power) % 85];
  }
  return out;
}
