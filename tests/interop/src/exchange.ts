// docs/spec/exchange.md: nothing is readable before a receipt was given, and nothing is kept that does not fit its commitment.
import { Bytes, equal, hex, join, labelled, refuse, u16, u32 } from "./bytes";
import { Link, Received, Self } from "./channel";
import { Day, Flag, Kind, Of, Time, U16, U32, U64, bytes, choice, decode, encode, fixed, list, message, optional, text } from "./codec";
import { decrypt, encrypt, mustVerify, random, sha256, sign } from "./crypto";
import { Category, Handover, HandoversTaken } from "./handover";
import { Type } from "./types";

const RECEIPT = "knoop/v1/receipt";
const COUNTER = "knoop/v1/receipt-counter";
export const FOR_HANDOVER = 1;
const VIEWS = 17; // F17: comes with what it answers, asked for or not
const DAY = 24 * 3600 * 1000;
const LAST_DAY = 30; // days from now

const About = message({ match: optional(fixed(16)), handover: optional(fixed(16)) });
const Purpose = choice(1, 2, 3, 4, 5, 6);
const Reason = choice(1, 2, 10, 30, 31, 32, 33, 34); // the public ones
const Denied = list(message({ category: Category, reason: Reason }), 18);
const Item = message({ fragment: fixed(16), category: Category, basis: U16, commitment: fixed(32) });
const Items = list(Item, 200, 1);
const Bases = list(fixed(32), 16, 1);
const Obligations = message({ purpose: Purpose, until: Day, onward: Flag });
const LogReference = message({ incarnation: U32, index: U64, leaf: fixed(32) });

const FormVersion = message({ form: text(40), version: U16 });

export const FragmentRequest = message({
  exchange: fixed(16), about: About, purpose: Purpose, occasion: text(1000), goal: text(1000), categories: list(Category, 18), role: text(50),
  form: optional(FormVersion),
});
export const FragmentRefusal = message({ exchange: fixed(16), denied: Denied });
export const ReleaseOffer = message({
  exchange: fixed(16), about: About, decision: fixed(16), items: Items, bases: Bases, denied: Denied, obligations: Obligations, log: LogReference,
  corrects: optional(fixed(16)), form: optional(FormVersion), ciphertext: bytes(960 * 1024 + 64),
});
export const ReceiptBody = message({
  network: fixed(32), sender: fixed(32), receiver: fixed(32), exchange: fixed(16), about: About, decision: fixed(16), items: Items, bases: Bases,
  obligations: Obligations, log: LogReference, ciphertext: fixed(32), at: Time,
});
export const ReleaseReceipt = message({ exchange: fixed(16), body: bytes(32 * 1024), signature: fixed(64) });
export const ReleaseKey = message({
  exchange: fixed(16), key: fixed(32), itemSalts: list(fixed(32), 200), basisSalts: list(fixed(32), 16), countersignature: fixed(64),
});
export const ReleaseCancelled = message({ exchange: fixed(16), reason: Reason });
export const ConsentWithdrawn = message({ basis: fixed(16), exchanges: list(fixed(16), 1000), at: Time });
export const WithdrawalApplied = message({ basis: fixed(16), locked: U32, flagged: U32, at: Time });

export const Content = message({
  category: Category, title: text(200), nature: choice(1, 2), author: text(200), date: Day, text: text(256 * 1024), persons: list(text(32), 16),
  source: text(200), schema: U16, fields: text(64 * 1024), sensitive: Flag, retention: optional(choice(1, 2, 3, 4)),
});
export const WireFragment = message({
  id: fixed(16), version: U64, content: Content, provenance: choice(1, 2), parent: optional(fixed(16)), withheld: list(text(200), 256),
});
export const BasisStatement = message({
  basis: fixed(16), ground: optional(choice(1, 2, 3, 4, 5, 6)), recipient: fixed(32), purpose: Purpose, until: Day, once: Flag,
});
export const Payload = message({ fragments: list(bytes(400 * 1024), 200, 1), bases: list(bytes(200), 16, 1) });

export type Fragment = Of<typeof WireFragment>;
type Offer = Of<typeof ReleaseOffer>;

/** Sender and receiver of a release. */
export interface Parties {
  network: Bytes;
  sender: Bytes;
  receiver: Bytes;
}

const committed = (label: string, category: number, salt: Bytes, content: Bytes): Bytes =>
  sha256(labelled(label, u16(category), salt, u32(content.length), content));
export const commitFragment = (category: number, salt: Bytes, content: Bytes): Bytes => committed("knoop/v1/release-fragment", category, salt, content);
export const commitBasis = (salt: Bytes, content: Bytes): Bytes => committed("knoop/v1/release-basis", 0, salt, content);

export const payloadContext = ({ network, sender, receiver }: Parties, offer: { exchange: Bytes; decision: Bytes }): Bytes =>
  labelled("knoop/v1/release-payload", network, sender, receiver, offer.exchange, offer.decision);

export const receiptBody = (parties: Parties, offer: Offer, at: number): Bytes =>
  encode(ReceiptBody, { ...parties, ...offer, ciphertext: sha256(offer.ciphertext), at });

/** What is in an offer, opened with its key: all that was committed to, or nothing. */
export function openRelease(parties: Parties, offer: Offer, key: Of<typeof ReleaseKey>): { fragments: Fragment[]; bases: Bytes[] } {
  const payload = decode(Payload, decrypt(key.key, offer.ciphertext, payloadContext(parties, offer)));
  if (payload.fragments.length !== offer.items.length || key.itemSalts.length !== offer.items.length) refuse("bad-proof", "there are more or fewer fragments than were offered");
  if (payload.bases.length !== offer.bases.length || key.basisSalts.length !== offer.bases.length) refuse("bad-proof", "there are more or fewer bases than were offered");
  const bases = payload.bases.map((content, at) => {
    if (!equal(commitBasis(key.basisSalts[at]!, content), offer.bases[at]!)) refuse("bad-proof", "a basis is not the one that was offered");
    const basis = decode(BasisStatement, content);
    if (!equal(basis.recipient, parties.receiver) || basis.purpose !== offer.obligations.purpose) refuse("bad-value", "a basis is for somebody or something else");
    return basis.basis;
  });
  const fragments = payload.fragments.map((content, at) => {
    const item = offer.items[at]!;
    if (!equal(commitFragment(item.category, key.itemSalts[at]!, content), item.commitment)) refuse("bad-proof", "a fragment is not the one that was offered");
    const fragment = decode(WireFragment, content);
    if (!equal(fragment.id, item.fragment) || fragment.content.category !== item.category) refuse("bad-value", "a fragment has another name than was offered");
    return fragment;
  });
  return { fragments, bases };
}

export function checkCountersignature(sender: Bytes, receipt: Of<typeof ReleaseReceipt>, countersignature: Bytes): void {
  mustVerify(sender, COUNTER, join(receipt.body, receipt.signature), countersignature);
}

/** An offer, and the key that is sent when the receipt came. */
export function makeOffer(parties: Parties, handover: Bytes, fragments: Fragment[], until: number): { offer: Offer; basis: Bytes; secrets: Secrets } {
  const named = { exchange: random(16), decision: random(16) };
  const basis = { basis: random(16), ground: null, recipient: parties.receiver, purpose: FOR_HANDOVER, until, once: false };
  const secrets = { key: random(32), itemSalts: fragments.map(() => random(32)), basisSalts: [random(32)] };
  const [contents, statement] = [fragments.map((each) => encode(WireFragment, each)), encode(BasisStatement, basis)];
  const items = fragments.map(({ id, content: { category } }, at) => ({
    fragment: id, category, basis: 0, commitment: commitFragment(category, secrets.itemSalts[at]!, contents[at]!),
  }));
  const ciphertext = encrypt(secrets.key, encode(Payload, { fragments: contents, bases: [statement] }), payloadContext(parties, named));
  const offer = {
    ...named, about: { match: null, handover }, items, bases: [commitBasis(secrets.basisSalts[0]!, statement)], denied: [],
    obligations: { purpose: FOR_HANDOVER, until, onward: false }, log: { incarnation: 1, index: 0, leaf: random(32) }, corrects: null, form: null, ciphertext,
  };
  return { offer, basis: basis.basis, secrets };
}

type Secrets = Omit<Of<typeof ReleaseKey>, "exchange" | "countersignature">;

/** The sender's side. Whether anybody consented is not asked here: nobody stands behind this program. */
export class Releasing {
  private readonly made = new Map<string, ReturnType<typeof makeOffer>>();
  private readonly parties: Parties;
  onReceipt: (fragments: number) => void = () => {};
  onWithdrawalApplied: (locked: number) => void = () => {};

  constructor(
    private readonly self: Self,
    private readonly link: Link,
  ) {
    this.parties = { network: self.convenant.network, sender: self.card.member, receiver: link.card.member };
  }

  release(handover: Bytes, fragments: Fragment[]): void {
    const made = makeOffer(this.parties, handover, fragments, Math.floor(this.self.now() / DAY) + LAST_DAY);
    this.made.set(hex(made.offer.exchange), made);
    this.link.send(Type.ReleaseOffer, made.offer.exchange, encode(ReleaseOffer, made.offer));
  }

  /** The consent behind every release so far is withdrawn. */
  withdraw(): void {
    for (const { offer, basis } of this.made.values()) {
      const withdrawn = { basis, exchanges: [offer.exchange], at: this.self.now() };
      this.link.send(Type.ConsentWithdrawn, null, encode(ConsentWithdrawn, withdrawn));
    }
  }

  receive({ type, body }: Received): void {
    if (type === Type.WithdrawalApplied) return this.onWithdrawalApplied(decode(WithdrawalApplied, body).locked);
    const receipt = decode(ReleaseReceipt, body);
    const { offer, secrets } = this.made.get(hex(receipt.exchange)) ?? refuse("not-found", "a receipt for nothing that was offered");
    mustVerify(this.link.card.signing, RECEIPT, receipt.body, receipt.signature);
    const { at } = decode(ReceiptBody, receipt.body);
    if (!equal(receipt.body, receiptBody(this.parties, offer, at))) refuse("bad-value", "a receipt is for something else than was offered");
    const countersignature = sign(this.self.signing, COUNTER, join(receipt.body, receipt.signature));
    this.link.send(Type.ReleaseKey, offer.exchange, encode(ReleaseKey, { exchange: offer.exchange, ...secrets, countersignature }));
    this.onReceipt(offer.items.length);
  }
}

interface Release {
  offer: Offer;
  receipt: Of<typeof ReleaseReceipt>;
  categories: number[]; // that were asked for
  fragments: Fragment[] | null;
  bases: Bytes[]; // the ids of the consents that it rests on
  locked: boolean;
}

/** The receiver's side. */
export class Receiving {
  private readonly releases = new Map<string, Release>();
  private readonly requests = new Map<string, Of<typeof FragmentRequest>>();
  private readonly withdrawn = new Set<string>(); // of consents that were withdrawn, also before the key came
  private readonly parties: Parties;
  onReleased: (handover: Handover | null, release: Release) => void = () => {};
  onRefusal: (denied: Of<typeof Denied>) => void = () => {};
  onWithdrawn: (locked: number) => void = () => {};

  constructor(
    private readonly self: Self,
    private readonly link: Link,
    private readonly handovers: HandoversTaken,
  ) {
    this.parties = { network: self.convenant.network, sender: link.card.member, receiver: self.card.member };
  }

  ask(match: Bytes, purpose: number, categories: number[]): void {
    const request = { exchange: random(16), about: { match, handover: null }, purpose, occasion: "Zorgen", goal: "Afstemmen", categories, role: "professional", form: null };
    this.requests.set(hex(request.exchange), request);
    this.link.send(Type.FragmentRequest, request.exchange, encode(FragmentRequest, request));
  }

  receive(received: Received): void {
    switch (received.type) {
      case Type.FragmentRefusal:
        return this.refused(this.named(FragmentRefusal, received));
      case Type.ReleaseOffer:
        return this.offered(this.named(ReleaseOffer, received));
      case Type.ReleaseKey:
        return this.opened(this.named(ReleaseKey, received));
      case Type.ReleaseCancelled:
        return void this.releases.delete(hex(this.named(ReleaseCancelled, received).exchange));
      case Type.ConsentWithdrawn:
        return this.consentWithdrawn(decode(ConsentWithdrawn, received.body));
      default:
        return refuse("wrong-state", `this side releases nothing: ${Type[received.type]}`);
    }
  }

  private named<T extends { exchange: Bytes }>(kind: Kind<T>, { subject, body }: Received): T {
    const value = decode(kind, body);
    return subject && equal(subject, value.exchange) ? value : refuse("bad-value", "a frame's subject is not its exchange");
  }

  private refused({ exchange, denied }: Of<typeof FragmentRefusal>): void {
    if (!this.requests.has(hex(exchange))) refuse("wrong-state", "a refusal of nothing that was asked");
    this.onRefusal(denied);
  }

  private offered(offer: Offer): void {
    const handover = offer.about.handover && this.handovers.find(offer.about.handover);
    const request = this.requests.get(hex(offer.exchange));
    const asked = request ?? (handover && this.handovers.is(handover, "gesprek gevoerd") ? { purpose: FOR_HANDOVER, categories: handover.ask.categories } : null);
    if (!asked) return refuse("wrong-state", "an offer of what nobody asked for");
    if (offer.obligations.purpose !== asked.purpose || offer.obligations.onward) refuse("bad-value", "an offer is for another purpose");
    if (offer.obligations.until < Math.floor(this.self.now() / DAY)) refuse("expired", "an offer of fragments whose last day is over");
    if (!offer.items.every(({ category }) => category === VIEWS || asked.categories.includes(category))) refuse("bad-value", "an offer holds what was not asked for");
    if (new Set(offer.items.map(({ fragment }) => hex(fragment))).size !== offer.items.length) refuse("bad-value", "a fragment is offered twice");
    if (!offer.items.every(({ basis }) => basis < offer.bases.length)) refuse("bad-value", "an item rests on no basis");
    const body = receiptBody(this.parties, offer, this.self.now());
    const receipt = { exchange: offer.exchange, body, signature: sign(this.self.signing, RECEIPT, body) };
    this.releases.set(hex(offer.exchange), { offer, receipt, categories: asked.categories, fragments: null, bases: [], locked: false });
    this.link.send(Type.ReleaseReceipt, offer.exchange, encode(ReleaseReceipt, receipt));
  }

  private opened(key: Of<typeof ReleaseKey>): void {
    const release = this.releases.get(hex(key.exchange)) ?? refuse("wrong-state", "a key of nothing that was offered");
    checkCountersignature(this.link.card.signing, release.receipt, key.countersignature);
    const { fragments, bases } = openRelease(this.parties, release.offer, key);
    const answered = fragments.filter(({ content }) => content.category !== VIEWS).map(({ id }) => hex(id));
    if (!release.categories.includes(VIEWS) && !fragments.every(({ content, parent }) => content.category !== VIEWS || (parent && answered.includes(hex(parent)))))
      refuse("bad-proof", "a view answers nothing that came with it");
    const locked = bases.some((basis) => this.withdrawn.has(hex(basis)));
    Object.assign(release, { fragments, bases, locked });
    this.onReleased((release.offer.about.handover && this.handovers.find(release.offer.about.handover)) || null, release);
  }

  private consentWithdrawn({ basis }: Of<typeof ConsentWithdrawn>): void {
    this.withdrawn.add(hex(basis));
    let locked = 0;
    for (const release of this.releases.values()) {
      if (release.locked || !release.bases.some((each) => equal(each, basis))) continue;
      const at = release.bases.findIndex((each) => equal(each, basis));
      locked += release.offer.items.filter((item) => item.basis === at).length;
      release.locked = true;
    }
    this.link.send(Type.WithdrawalApplied, null, encode(WithdrawalApplied, { basis, locked, flagged: 0, at: this.self.now() }));
    this.onWithdrawn(locked);
  }
}

