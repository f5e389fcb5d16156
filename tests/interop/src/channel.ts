// docs/spec/frames.md, "Streams" and "Control messages": one link to one other member, without its socket.
import { Bytes, Refused, compare, equal, hex, join, labelled, must, refuse, u32, zeros } from "./bytes";
import { Of, Time, U16, U32, U64, U8, bytes, decode, encode, fixed, list, message, optional, text } from "./codec";
import { ExchangeKey, SigningKey, random, sha256 } from "./crypto";
import { Frame, Stream, checkForm, checkPsk, openFrame, parseFrame, pskId, verifyFrame, writeFrame } from "./frame";
import { Card, Convenant } from "./membership";
import { Type, streamOf } from "./types";

const PROTOCOLS = [1];
const RULES = [1];
const WINDOW = 16;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;
const NUMBERED = [Stream.protective, Stream.case, Stream.matching, Stream.bulk];

const Position = message({ id: optional(fixed(16)), number: U64 });
const Head = text(4096);

export const Hello = message({
  challenge: optional(fixed(16)),
  answer: optional(fixed(16)),
  protocols: list(U16, 16),
  rules: list(U16, 16),
  convenant: message({ number: U32, hash: fixed(32) }),
  cardNumber: U32,
  knownCards: fixed(32),
  streams: list(message({ id: fixed(16), last: U64, peer: Position }), 4, 4),
  ownHead: optional(Head),
  heads: list(Head, 128),
  clock: Time,
  opening: optional(bytes(8192)),
});
export const Ack = message({ positions: list(Position, 4, 4) });
export const Reseal = message({ stream: U8, id: fixed(16), number: U64, cardNumber: U32 });
export const Offer = message({ member: fixed(32), protocols: list(U16, 16), rules: list(U16, 16) });

export interface Self {
  card: Card;
  signing: SigningKey;
  sealing: ExchangeKey;
  convenant: Convenant;
  cards: () => Card[]; // the newest known of every member, its own too
  now: () => number;
}

export interface Received {
  type: number;
  subject: Bytes | null;
  body: Bytes;
}

interface Outgoing extends Received {
  number: number;
}

/** What we send on one stream. */
class Sending {
  readonly id = random(16);
  last = 0;
  acknowledged = 0;
  waiting: Received[] = [];
  unacknowledged: Outgoing[] = [];
}

/** What we receive on one. */
class Receiving {
  id: Bytes | null = null;
  committed = 0;
}

export class Link {
  /** Called when the peer's Hello was believed. */
  onReady: () => void = () => {};
  /** Called with each message, once and in order. What it throws is a dead letter. */
  onMessage: (received: Received) => void = () => {};
  /** Called when the peer has committed all that was sent. */
  onIdle: () => void = () => {};
  onDead: (received: Received, problem: Error) => void = () => {};
  /** Called with what was refused. */
  onRefused: (problem: Refused) => void = () => {};

  ready = false;
  /** The version binding that follows from both Hellos. */
  versions: Bytes = zeros(32);

  private readonly sending = new Map(NUMBERED.map((stream) => [stream, new Sending()]));
  private readonly receiving = new Map(NUMBERED.map((stream) => [stream, new Receiving()]));
  private readonly ownPskId: Bytes | null;
  private challenge: Bytes | null = null; // of our last Hello, not answered yet
  private answered: Bytes | null = null; // the peer's last challenge that we answered
  private transmit: ((bytes: Bytes) => void) | null = null;
  private wait = FIRST_WAIT;
  private retryAt = 0;

  constructor(
    private readonly self: Self,
    private peer: Card,
    readonly psk: Bytes | null,
  ) {
    this.ownPskId = psk && pskId(psk, self.convenant.network, self.card.member, peer.member);
  }

  get card(): Card {
    return this.peer;
  }

  /** A connection is up: nothing but a Hello goes over it before the peer's Hello was believed. */
  connected(transmit: (bytes: Bytes) => void): void {
    this.transmit = transmit;
    this.ready = false;
    this.challenge = random(16);
    this.wait = FIRST_WAIT;
    this.greet(null);
    this.rest();
  }

  disconnected(): void {
    this.transmit = null;
    this.ready = false;
  }

  newCard(card: Card): void {
    if (card.number > this.peer.number) this.peer = card;
  }

  send(type: Type, subject: Bytes | null, body: Bytes): void {
    must(this.sending.get(streamOf(type)), "numbered stream of this type").waiting.push({ type, subject, body });
    this.fill();
  }

  /** To be called now and then: what is not acknowledged is sent again. */
  tick(): void {
    if (!this.transmit || Date.now() < this.retryAt) return;
    if (this.challenge !== null) {
      this.greet(null);
      this.longer();
    }
    if (!this.ready) return;
    const late = [...this.sending.entries()].flatMap(([stream, sending]) => sending.unacknowledged.map((outgoing) => ({ stream, outgoing })));
    if (late.length === 0) return;
    for (const { stream, outgoing } of late) this.transmitOne(stream, outgoing);
    this.longer();
  }

  receive(transmitted: Bytes): void {
    try {
      this.check(transmitted);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      this.onRefused(problem);
    }
  }

  // What a recipient checks, in the order of the specification.
  private check(transmitted: Bytes): void {
    if (transmitted.length === 0) return; // a sign of life
    const frame = parseFrame(transmitted);
    if (!equal(frame.network, this.self.convenant.network)) refuse("wrong-network", "a frame is of another network");
    if (!equal(frame.recipient, this.self.card.member)) refuse("wrong-recipient", "a frame is for somebody else");
    if (!equal(frame.sender, this.peer.member)) refuse("not-a-member", "a frame is of another member than the connection");
    checkForm(frame, streamOf(frame.type));
    if (frame.senderCard !== this.peer.number) refuse("not-a-member", "a frame names a card that is unknown here");
    verifyFrame(transmitted, this.peer.signing);
    checkPsk(frame, this.ownPskId);
    if (frame.stream === Stream.control) this.control(frame);
    else this.numbered(frame);
  }

  private control(frame: Frame): void {
    const body = openFrame(frame, this.self.sealing, this.psk);
    switch (frame.type) {
      case Type.Hello:
        return this.hello(decode(Hello, body));
      case Type.Ack:
        decode(Ack, body).positions.forEach((position, at) => this.acknowledge(NUMBERED[at]!, position));
        return this.fill();
      default:
        return this.reseal(decode(Reseal, body));
    }
  }

  private numbered(frame: Frame): void {
    const stream = this.receiving.get(frame.stream)!;
    if (!this.ready || stream.id === null || !equal(stream.id, must(frame.streamId, "stream id"))) refuse("wrong-state", "no believed Hello introduced this stream");
    if (frame.number > stream.committed + 1) return; // its sender comes back to what is missing
    if (frame.number === stream.committed + 1) {
      const received = { type: frame.type, subject: frame.subject, body: this.opened(frame) };
      try {
        this.onMessage(received);
      } catch (problem) {
        this.onDead(received, problem as Error);
      }
      stream.committed = frame.number;
    }
    const positions = NUMBERED.map((number) => this.receiving.get(number)!).map(({ id, committed }) => ({ id, number: committed }));
    this.transmitControl(Type.Ack, encode(Ack, { positions }));
  }

  private opened(frame: Frame): Bytes {
    try {
      return openFrame(frame, this.self.sealing, this.psk);
    } catch (problem) {
      if (problem instanceof Refused && problem.code === "cannot-open") {
        const body = { stream: frame.stream, id: must(frame.streamId, "stream id"), number: frame.number, cardNumber: this.self.card.number };
        this.transmitControl(Type.Reseal, encode(Reseal, body));
      }
      throw problem;
    }
  }

  private hello(hello: Of<typeof Hello>): void {
    const answersOurs = hello.answer !== null && this.challenge !== null && equal(hello.answer, this.challenge);
    const news = hello.challenge !== null && !(this.answered && equal(hello.challenge, this.answered));
    if (answersOurs) {
      this.challenge = null;
      this.believe(hello);
    } else if (news && this.challenge === null) {
      this.challenge = random(16); // the peer begins anew, so we ask anew
    }
    if (hello.challenge !== null) {
      this.answered = hello.challenge;
      this.greet(hello.challenge);
    }
    if (answersOurs) {
      this.ready = true;
      this.onReady();
      this.rest();
      for (const [stream, sending] of this.sending) sending.unacknowledged.forEach((outgoing) => this.transmitOne(stream, outgoing));
      this.fill();
    }
  }

  private believe(hello: Of<typeof Hello>): void {
    const common = (ours: number[], theirs: number[]): number => Math.max(0, ...ours.filter((version) => theirs.includes(version)));
    const protocol = common(PROTOCOLS, hello.protocols);
    if (protocol < Math.max(1, this.self.convenant.minimumProtocol) || common(RULES, hello.rules) < 1) refuse("unknown-version", "the two ends have no version in common");
    hello.streams.forEach(({ id, peer }, at) => {
      const stream = NUMBERED[at]!;
      const receiving = this.receiving.get(stream)!;
      if (receiving.id === null || !equal(receiving.id, id)) {
        if (receiving.committed > 0) refuse("conflict", "the peer opened a stream anew: it was restored, and this program does not go on from there");
        receiving.id = id;
      }
      this.acknowledge(stream, peer);
    });
    const ours = { member: this.self.card.member, protocols: PROTOCOLS, rules: RULES };
    const theirs = { member: this.peer.member, protocols: hello.protocols, rules: hello.rules };
    const offers = [ours, theirs].sort((a, b) => compare(a.member, b.member)).map((offer) => encode(Offer, offer));
    this.versions = sha256(labelled("knoop/v1/versions", this.self.convenant.network, ...offers));
  }

  private acknowledge(stream: Stream, { id, number }: Of<typeof Position>): void {
    const sending = this.sending.get(stream)!;
    if (id === null || !equal(id, sending.id)) return;
    if (number > sending.last) refuse("conflict", "the peer committed a number that was never given out");
    if (number <= sending.acknowledged) return;
    sending.acknowledged = number;
    sending.unacknowledged = sending.unacknowledged.filter((outgoing) => outgoing.number > number);
    this.wait = FIRST_WAIT;
    this.rest();
    if ([...this.sending.values()].every((every) => every.waiting.length + every.unacknowledged.length === 0)) this.onIdle();
  }

  private reseal({ stream, id, number }: Of<typeof Reseal>): void {
    const sending = this.sending.get(stream);
    if (!sending || !equal(id, sending.id)) return;
    for (const outgoing of sending.unacknowledged) if (outgoing.number >= number) this.transmitOne(stream, outgoing);
  }

  /** Numbers what waits, as far as the window reaches, and sends it. */
  private fill(): void {
    if (!this.ready) return;
    for (const [stream, sending] of this.sending) {
      while (sending.waiting.length > 0 && sending.unacknowledged.length < WINDOW) {
        const outgoing = { ...sending.waiting.shift()!, number: ++sending.last };
        sending.unacknowledged.push(outgoing);
        this.transmitOne(stream, outgoing);
      }
    }
  }

  private greet(answer: Bytes | null): void {
    const cards = this.self.cards().sort((a, b) => compare(a.member, b.member));
    const body = encode(Hello, {
      challenge: this.challenge,
      answer,
      protocols: PROTOCOLS,
      rules: RULES,
      convenant: { number: this.self.convenant.number, hash: this.self.convenant.hash },
      cardNumber: this.self.card.number,
      knownCards: sha256(labelled("knoop/v1/cards", ...cards.map((card) => join(card.member, u32(card.number))))),
      streams: NUMBERED.map((stream) => {
        const { id, last } = this.sending.get(stream)!;
        const peer = this.receiving.get(stream)!;
        return { id, last, peer: { id: peer.id, number: peer.committed } };
      }),
      ownHead: null,
      heads: [],
      clock: this.self.now(),
      opening: null,
    });
    this.transmitControl(Type.Hello, body);
  }

  private transmitControl(type: Type, body: Bytes): void {
    this.write(Stream.control, null, { type, subject: null, body, number: 0 });
  }

  private transmitOne(stream: Stream, outgoing: Outgoing): void {
    this.write(stream, this.sending.get(stream)!.id, outgoing);
  }

  private write(stream: Stream, streamId: Bytes | null, { type, number, subject, body }: Outgoing): void {
    const header = {
      version: 1,
      network: this.self.convenant.network,
      type,
      sender: this.self.card.member,
      senderCard: this.self.card.number,
      recipient: this.peer.member,
      recipientCard: this.peer.number,
      stream,
      streamId,
      number,
      sentAt: this.self.now(),
      subject,
      pskId: this.ownPskId,
    };
    this.transmit?.(writeFrame(header, body, this.peer.sealing, this.self.signing, this.psk));
  }

  private longer(): void {
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
    this.rest();
  }

  private rest(): void {
    this.retryAt = Date.now() + this.wait * (0.5 + Math.random() / 2);
  }

  toString(): string {
    return `${this.peer.id} (${hex(this.peer.member).slice(0, 8)})`;
  }
}
