// One organisation that takes part: its keys, the others' cards, and a link to each member that can be dialled.
import { readFileSync } from "node:fs";
import { Bytes, equal, fromHex, hex, must } from "./bytes";
import { Link, Received, Self } from "./channel";
import { decode, message, text } from "./codec";
import { exchangeKey, random, signingKey } from "./crypto";
import { Card, OwnKeys, readCard, readConvenant } from "./membership";
import { Dialler } from "./transport";
import { Type } from "./types";

const Document = message({ note: text(768 * 1024) });

export interface Secrets {
  organisation: string;
  signing: string;
  witness: string;
  sealing: string;
  transport: string;
}

export const newSecrets = (): Secrets => ({
  organisation: hex(random(32)),
  signing: hex(random(32)),
  witness: hex(random(32)),
  sealing: hex(random(32)),
  transport: hex(random(32)),
});

export const keysOf = (secrets: Secrets): OwnKeys => ({
  organisation: signingKey(fromHex(secrets.organisation)),
  signing: signingKey(fromHex(secrets.signing)),
  witness: signingKey(fromHex(secrets.witness)),
  sealing: exchangeKey(fromHex(secrets.sealing)),
  transport: exchangeKey(fromHex(secrets.transport)),
});

/** frames.md, "Preshared-key id": the file that two administrators exchange. */
function readPsk(path: string): Bytes {
  return fromHex(must(/^key: ([0-9a-f]{64})$/m.exec(readFileSync(path, "latin1"))?.[1], `key in ${path}`));
}

export interface Files {
  secrets: Secrets;
  card: string;
  cards: string[];
  convenant: string;
  clockOffset: number; // seconds that the region's clocks run ahead
  psks: Record<string, string>; // by the other member's short name
}

export class Peer {
  constructor(
    readonly id: string,
    readonly link: Link,
    readonly dialler: { close(): void },
  ) {}
}

export class OwnMember {
  readonly keys: OwnKeys;
  readonly self: Self;
  readonly peers: Peer[] = [];
  private readonly cards = new Map<string, Card>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly files: Files, readonly tell: (event: string, about: object) => void) {
    this.keys = keysOf(files.secrets);
    for (const path of [files.card, ...files.cards]) this.learn(readCard(readFileSync(path)));
    this.self = {
      card: must(this.cards.get(hex(this.keys.organisation.publicKey)), "own card"),
      signing: this.keys.signing,
      sealing: this.keys.sealing,
      convenant: readConvenant(readFileSync(files.convenant)),
      cards: () => [...this.cards.values()],
      now: () => Date.now() + 1000 * files.clockOffset,
    };
  }

  /** Dials every member with an endpoint. `attach` sets what a link does, before anything comes. */
  join(attach: (peer: Peer) => (received: Received) => void): void {
    for (const member of this.self.convenant.members) {
      const card = this.cards.get(hex(member.member));
      const endpoint = card?.endpoints[0];
      if (!card || !endpoint || equal(member.member, this.self.card.member)) continue;
      const psk = this.files.psks[card.id];
      const link = new Link(this.self, card, psk === undefined ? null : readPsk(psk));
      const dialler = new Dialler(endpoint, card.transport, this.keys.transport, {
        connected: (send) => link.connected(send),
        received: (bytes) => link.receive(bytes),
        disconnected: () => link.disconnected(),
      });
      const peer = new Peer(card.id, link, dialler);
      this.peers.push(peer);
      link.onRefused = (problem) => this.tell("refused", { peer: card.id, code: problem.code, problem: problem.message });
      link.onDead = ({ type, body }, problem) => this.tell("dead", { peer: card.id, type: Type[type], body: hex(body), problem: String(problem.stack) });
      link.onIdle = () => this.tell("acknowledged", { peer: card.id });
      const others = attach(peer);
      link.onMessage = (received) => (received.type <= Type.Convenant ? this.document(received) : others(received));
    }
    this.timer = setInterval(() => this.peers.forEach(({ link }) => link.tick()), 250);
  }

  leave(): void {
    if (this.timer) clearInterval(this.timer);
    for (const { dialler } of this.peers) dialler.close();
  }

  private document({ type, body }: Received): void {
    const { note } = decode(Document, body);
    if (type === Type.Card) this.learn(readCard(Uint8Array.from(Buffer.from(note, "utf8"))));
  }

  private learn(card: Card): void {
    const member = hex(card.member);
    if ((this.cards.get(member)?.number ?? 0) >= card.number) return;
    this.cards.set(member, card);
    for (const { link } of this.peers) if (equal(link.card.member, card.member)) link.newCard(card);
  }
}
