// docs/spec/matching.md: one side's part in matching with one peer, in epoch 1.
import { Bytes, compare, equal, fromHex, hex, must, refuse } from "./bytes";
import { Link, Received, Self } from "./channel";
import { Of, decode, encode } from "./codec";
import { mustVerify, random, sha256, sign } from "./crypto";
import { BsnStatus, Class, classOf } from "./evidence";
import { Identifier, IdentifierKind } from "./identifiers";
import {
  Asked, BatchClosed, EpochComplete, EpochOpen, Evaluated, LARGEST_SMALL, MatchAnswer, MatchChoice, MatchClaim, MatchNotice, MatchOutcome, MatchReceipt, Pair,
  Proof, ProofRequest, RegisterBatch, RegisterRefused, SIZES, Secrets, Withdraw, WithdrawApplied, ask, batchHash, batchSize, checkOpen, combined, contextOf, dummy,
  evaluate, hashIdentifier, matchOf, openEpoch, proveBatch, proveRange, receiptInput, secretsOf, tokenOf, verifyBatch, verifyRange, withdrawalInput,
} from "./pair";
import { writePoint } from "./group";
import { Client, Contact } from "./register";
import { Type } from "./types";

const RECEIPT = "knoop/v1/match-receipt";
const WITHDRAWN = "knoop/v1/withdraw-applied";
const EPOCH = 1;

/** An identifier of one or more own clients, and what became of it in this pair. */
interface Registered {
  identifier: Identifier;
  clients: Client[];
  handle: number; // 0 until it is in a batch
  token: Bytes | null; // when it is proven
}

interface OwnBatch {
  message: Of<typeof RegisterBatch>;
  elements: (Registered | null)[]; // null for a dummy
  products: Bytes[];
  asked: Asked | null;
}

interface PeerBatch {
  message: Of<typeof RegisterBatch>;
  hash: Bytes;
}

/** What one claim is about: for the claimant one own client, for the answerer whoever it finds. */
interface Claim {
  id: Bytes;
  client: Client | null; // the claimant's
  message: Of<typeof MatchClaim>;
  answer: Of<typeof MatchAnswer> | null;
  groups: Map<Client, Bytes>; // the answerer's
}

export interface Match {
  versions: string; // of claim and answer
  id: string;
  claim: Bytes;
  clientRef: string;
  class: Class;
  evidence: string[]; // the matched kinds
  contact: Contact[]; // what the peer told
  receipted: boolean; // our notice
  outcome: number | null; // what the peer found
}

interface Between {
  weChose: boolean;
  theyChose: boolean;
  notice: Bytes | null; // the hash of ours
  noticedAt: string; // the versions with which it was sent
  contacts: Contact[]; // what the peer told
  receipted: boolean;
  outcome: number | null; // what the peer found
}

const monthOf = (day: Date): number => 12 * (day.getUTCFullYear() - 1970) + day.getUTCMonth();

export class Matching {
  private readonly pair: Pair;
  private readonly context: Bytes;
  private readonly secrets: Secrets;
  private readonly claimant: boolean;
  private readonly waiting: Registered[] = [];
  private readonly registered: Registered[] = [];
  private readonly byToken = new Map<string, Registered>();
  private readonly peerTokens = new Map<string, number>();
  private readonly peerHandles = new Map<number, string>();
  private readonly gone = new Set<number>(); // withdrawn before they came
  private readonly claims = new Map<string, Claim>();
  private readonly between = new Map<string, Between>();
  private peerCommitment: Bytes | null = null;
  private nextHandle = 1;
  private nextPeerHandle = 1;
  private outstanding: OwnBatch | null = null;
  private proving: PeerBatch | null = null;
  private complete = false;
  readonly counts = { registered: 0, evaluated: 0, largeProofsGiven: 0, largeProofsChecked: 0 };

  constructor(
    private readonly self: Self,
    private readonly link: Link,
    clients: Client[],
  ) {
    this.pair = { network: self.convenant.network, self: self.card.member, peer: link.card.member, psk: link.psk, epoch: EPOCH };
    this.context = contextOf(this.pair);
    this.secrets = secretsOf(random(32), this.pair);
    this.claimant = compare(self.card.member, link.card.member) < 0;
    this.queue(clients);
  }

  /** Each identifier once, in random order, with all the clients that have it. */
  private queue(clients: Client[]): void {
    const all = new Map<string, Registered>();
    for (const client of clients) {
      for (const identifier of client.identifiers) {
        const key = `${identifier.kind} ${hex(identifier.value)}`;
        const known = all.get(key) ?? { identifier, clients: [], handle: 0, token: null };
        known.clients.push(client);
        all.set(key, known);
      }
    }
    const order = new Map([...all.values()].map((element) => [element, hex(random(8))]));
    for (const element of [...order.keys()].sort((a, b) => (order.get(a)! < order.get(b)! ? -1 : 1))) {
      this.waiting.push(element);
      this.registered.push(element);
    }
  }

  private send(type: Type, body: Bytes, subject: Bytes | null = null): void {
    this.link.send(type, subject, body);
  }

  /** The peer's Hello was believed. */
  start(): void {
    if (!this.peerCommitment) this.send(Type.EpochOpen, encode(EpochOpen, openEpoch(this.pair, this.secrets, this.link.versions)));
  }

  receive({ type, body, subject }: Received): void {
    switch (type) {
      case Type.EpochOpen:
        return this.opened(decode(EpochOpen, body));
      case Type.EpochComplete:
        return void this.mine(decode(EpochComplete, body));
      case Type.RegisterBatch:
        return this.evaluate(this.mine(decode(RegisterBatch, body)));
      case Type.Evaluated:
        return this.evaluated(this.mine(decode(Evaluated, body)));
      case Type.RegisterRefused:
        return refuse("wrong-state", `a batch was refused, why ${decode(RegisterRefused, body).why}`);
      case Type.ProofRequest:
        return this.prove(this.mine(decode(ProofRequest, body)));
      case Type.Proof:
        return this.proven(this.mine(decode(Proof, body)));
      case Type.BatchClosed:
        return this.closed(this.mine(decode(BatchClosed, body)));
      case Type.Withdraw:
        return this.withdrawn(this.mine(decode(Withdraw, body)), body);
      case Type.MatchClaim:
        return this.claimed(this.mine(decode(MatchClaim, body)));
      case Type.MatchAnswer:
        return this.answered(this.mine(decode(MatchAnswer, body)));
      case Type.MatchChoice:
        return this.chosen(decode(MatchChoice, body).match, must(subject, "subject"));
      case Type.MatchNotice:
        return this.noticed(decode(MatchNotice, body), body, must(subject, "subject"));
      case Type.MatchReceipt:
        return this.receipted(decode(MatchReceipt, body));
      case Type.MatchOutcome:
        return this.concluded(decode(MatchOutcome, body));
      default:
        return refuse("wrong-state", `nothing here asks for ${Type[type]}`);
    }
  }

  private mine<T extends { epoch: number }>(message: T): T {
    return message.epoch === EPOCH ? message : refuse("wrong-state", `epoch ${message.epoch} is not open`);
  }

  private opened(open: Of<typeof EpochOpen>): void {
    checkOpen(this.pair, this.secrets.commitment, this.link.versions, this.mine(open));
    if (this.peerCommitment && !equal(this.peerCommitment, open.commitment)) refuse("conflict", "a second commitment for one epoch");
    this.peerCommitment = open.commitment;
    this.register();
  }

  // Registering

  private register(): void {
    if (this.outstanding || !this.peerCommitment) return;
    if (this.waiting.length === 0) return this.finish();
    const size = batchSize(this.waiting.length);
    const taken: (Registered | null)[] = this.waiting.splice(0, size);
    const expires = Math.max(...taken.flatMap((element) => element!.clients.map(({ until }) => monthOf(until))));
    while (taken.length < size) taken.splice(random(2).reduce((all, byte) => all * 256 + byte, 0) % (taken.length + 1), 0, null);
    const first = this.nextHandle;
    this.nextHandle += size;
    const points = taken.map((element, at) => {
      if (element) element.handle = first + at;
      const identifier = element?.identifier ?? dummy(this.secrets.dummyKey, first + at);
      return evaluate(this.secrets.scalar, writePoint(hashIdentifier(this.context, identifier)));
    });
    const message = { epoch: EPOCH, first, expires, points };
    this.outstanding = { message, elements: taken, products: [], asked: null };
    this.counts.registered += size;
    this.send(Type.RegisterBatch, encode(RegisterBatch, message));
  }

  private own(first: number): OwnBatch {
    return this.outstanding?.message.first === first ? this.outstanding : refuse("wrong-state", "an answer to no batch of ours");
  }

  private evaluated({ first, points, proof }: Of<typeof Evaluated>): void {
    const batch = this.own(first);
    const size = batch.message.points.length;
    if (points.length !== size || (proof === null) !== size > LARGEST_SMALL || batch.products.length > 0) refuse("bad-value", "an answer does not fit its batch");
    batch.products = points;
    if (proof) return this.finishBatch(batch, verifyBatch(this.pair, this.peerCommitment!, batch.message, points, proof));
    batch.asked = ask(batch.message, 0, size);
    this.send(Type.ProofRequest, encode(ProofRequest, batch.asked));
  }

  private proven({ first, range, proof }: Of<typeof Proof>): void {
    const batch = this.own(first);
    const asked = must(batch.asked, "request for this proof");
    if (range.from !== asked.range.from || range.count !== asked.range.count) refuse("bad-value", "a proof is about another range");
    const hash = batchHash(batch.message, batch.products);
    const [m, z] = [batch.message.points, batch.products].map((points) => combined(points, hash, asked)) as [Bytes, Bytes];
    this.counts.largeProofsChecked++;
    this.finishBatch(batch, verifyRange(this.pair, this.peerCommitment!, m, z, hash, asked, proof));
  }

  private finishBatch(batch: OwnBatch, proven: boolean): void {
    const large = batch.message.points.length > LARGEST_SMALL;
    if (large || !proven) this.send(Type.BatchClosed, encode(BatchClosed, { epoch: EPOCH, first: batch.message.first, proven }));
    if (!proven) refuse("bad-proof", `the batch from handle ${batch.message.first} was answered falsely`);
    batch.elements.forEach((element, at) => {
      if (!element) return;
      element.token = tokenOf(this.context, batch.products[at]!, EPOCH);
      this.byToken.set(hex(element.token), element);
    });
    this.outstanding = null;
    this.update();
    this.register();
  }

  private finish(): void {
    if (this.complete) return;
    this.complete = true;
    this.send(Type.EpochComplete, encode(EpochComplete, { epoch: EPOCH }));
  }

  // Evaluating

  private evaluate(message: Of<typeof RegisterBatch>): void {
    if (!this.peerCommitment || this.proving || message.first !== this.nextPeerHandle || !SIZES.includes(message.points.length))
      refuse("bad-value", "a batch comes out of order or has another size");
    const products = message.points.map((point) => evaluate(this.secrets.scalar, point));
    this.nextPeerHandle += message.points.length;
    products.forEach((product, at) => this.peerToken(hex(tokenOf(this.context, product, EPOCH)), message.first + at));
    this.counts.evaluated += products.length;
    const small = products.length <= LARGEST_SMALL;
    const proof = small ? proveBatch(this.pair, this.secrets, message, products) : null;
    if (!small) this.proving = { message, hash: batchHash(message, products) };
    this.send(Type.Evaluated, encode(Evaluated, { epoch: EPOCH, first: message.first, points: products, proof }));
    this.update();
  }

  /** A known token moves to its new handle. */
  private peerToken(token: string, handle: number): void {
    const old = this.peerTokens.get(token);
    if (old !== undefined) this.peerHandles.delete(old);
    if (this.gone.delete(handle)) return;
    this.peerTokens.set(token, handle);
    this.peerHandles.set(handle, token);
  }

  private prove(asked: Asked): void {
    const { message, hash } = this.proving ?? refuse("wrong-state", "a proof is asked of no batch");
    const { from, count } = asked.range;
    if (asked.first !== message.first || count < 1 || from + count > message.points.length) refuse("bad-value", "a proof is asked of another range");
    const proof = proveRange(this.pair, this.secrets, message.points, hash, asked);
    this.counts.largeProofsGiven++;
    this.send(Type.Proof, encode(Proof, { epoch: EPOCH, first: asked.first, range: asked.range, proof }));
  }

  private closed({ first, proven }: Of<typeof BatchClosed>): void {
    if (!proven) refuse("bad-proof", "the peer says that an answer of ours was false");
    if (this.proving?.message.first !== first) refuse("wrong-state", "a batch is closed that was not open");
    this.proving = null;
  }

  private withdrawn({ number, handles }: Of<typeof Withdraw>, body: Bytes): void {
    for (const handle of handles) {
      const token = this.peerHandles.get(handle);
      if (token === undefined) this.gone.add(handle);
      else this.peerTokens.delete(token);
      this.peerHandles.delete(handle);
    }
    const hash = sha256(body);
    const signature = sign(this.self.signing, WITHDRAWN, withdrawalInput(EPOCH, number, hash));
    this.send(Type.WithdrawApplied, encode(WithdrawApplied, { epoch: EPOCH, number, hash, signature }));
    this.update();
  }

  // Claims and answers

  private bsnOf(client: Client): BsnStatus {
    if (!client.hasBsn) return 0;
    return this.registered.some(({ identifier, clients, token }) => identifier.kind === IdentifierKind.bsn && clients.includes(client) && token) ? 2 : 1;
  }

  /** What changed is claimed or answered anew. */
  private update(): void {
    if (this.claimant) this.claim();
    else for (const claim of this.claims.values()) this.answer(claim, false);
    this.notifyAll();
  }

  private claim(): void {
    const pairs = new Map<Client, { claimant: number; answerer: number }[]>();
    for (const { clients, handle, token } of this.registered) {
      const answerer = token && this.peerTokens.get(hex(token));
      if (!answerer) continue;
      for (const client of clients) pairs.set(client, [...(pairs.get(client) ?? []), { claimant: handle, answerer }]);
    }
    const before = new Map([...this.claims.values()].map((claim) => [claim.client!, claim]));
    for (const client of new Set([...pairs.keys(), ...before.keys()])) {
      const known = before.get(client);
      const claim = known?.id ?? random(16);
      const sorted = (pairs.get(client) ?? []).sort((a, b) => a.claimant - b.claimant || a.answerer - b.answerer);
      const message = { claim, epoch: EPOCH, version: (known?.message.version ?? 0) + 1, bsn: this.bsnOf(client), pairs: sorted };
      if (known && known.message.bsn === message.bsn && JSON.stringify(known.message.pairs) === JSON.stringify(sorted)) continue;
      this.claims.set(hex(claim), { id: claim, client, message, answer: known?.answer ?? null, groups: new Map() });
      this.send(Type.MatchClaim, encode(MatchClaim, message), claim);
    }
  }

  private claimed(message: Of<typeof MatchClaim>): void {
    if (this.claimant) refuse("wrong-state", "the other member of this pair is the claimant");
    const known = this.claims.get(hex(message.claim));
    if (known && message.version <= known.message.version) refuse("bad-value", "a claim's version does not grow");
    const claim = known ?? { id: message.claim, client: null, message, answer: null, groups: new Map<Client, Bytes>() };
    claim.message = message;
    this.claims.set(hex(message.claim), claim);
    this.answer(claim, true);
    this.notifyAll();
  }

  private answer(claim: Claim, always: boolean): void {
    const found = new Map<Client, number[]>();
    claim.message.pairs.forEach(({ claimant, answerer }, index) => {
      const token = this.peerHandles.get(claimant);
      const own = token === undefined ? undefined : this.byToken.get(token);
      if (own?.handle !== answerer) return;
      for (const client of own.clients) found.set(client, [...(found.get(client) ?? []), index]);
    });
    const groups = [...found].map(([client, indices]) => {
      if (!claim.groups.has(client)) claim.groups.set(client, random(16));
      return { group: claim.groups.get(client)!, bsn: this.bsnOf(client), indices };
    });
    groups.sort((a, b) => compare(a.group, b.group));
    const old = claim.answer;
    if (!always && old && JSON.stringify(old.groups) === JSON.stringify(groups)) return;
    claim.answer = { claim: claim.id, epoch: EPOCH, claimVersion: claim.message.version, version: (old?.version ?? 0) + 1, groups };
    this.send(Type.MatchAnswer, encode(MatchAnswer, claim.answer), claim.id);
  }

  private answered(answer: Of<typeof MatchAnswer>): void {
    const claim = this.claims.get(hex(answer.claim)) ?? refuse("bad-value", "an answer to no claim of ours");
    if (answer.claimVersion < claim.message.version) return; // the answer to the last is coming
    if (answer.version <= (claim.answer?.version ?? 0)) refuse("bad-value", "an answer's version does not grow");
    claim.answer = answer;
    this.notifyAll();
  }

  /** Everything that both sides see, of whatever class. */
  private found(): Match[] {
    return [...this.claims.values()].flatMap((claim) => {
      if (!claim.answer || claim.answer.claimVersion !== claim.message.version) return [];
      return claim.answer.groups.map(({ group, bsn, indices }) => {
        const id = hex(matchOf(claim.id, group));
        const client = claim.client ?? must([...claim.groups].find(([, own]) => equal(own, group)), "client of a group")[0];
        const handles = indices.map((index) => must(claim.message.pairs[index], "pair of this index")).map((pair) => (this.claimant ? pair.claimant : pair.answerer));
        const kinds = handles.map((handle) => must(this.registered.find((each) => each.handle === handle), "own handle").identifier.kind);
        return {
          id,
          versions: `${claim.message.version} ${claim.answer!.version}`,
          claim: claim.id,
          clientRef: client.ref,
          class: classOf(kinds, claim.message.bsn as BsnStatus, bsn as BsnStatus),
          evidence: [...new Set(kinds)].sort((a, b) => a - b).map((kind) => IdentifierKind[kind]!),
          contact: this.of(id).contacts,
          receipted: this.of(id).receipted,
          outcome: this.of(id).outcome,
        };
      });
    });
  }

  shown(): Omit<Match, "claim" | "versions">[] {
    return this.matches().map(({ claim: _, versions: __, ...match }) => match);
  }

  /** Never anything below the threshold. */
  matches(): Match[] {
    return this.found().filter((match) => match.class !== "none" && match.class !== "pending");
  }

  clientOf(match: string, clients: Client[]): Client | undefined {
    const found = this.matches().find(({ id }) => id === match);
    return clients.find(({ ref }) => ref === found?.clientRef);
  }

  // Between people

  private of(match: string): Between {
    const known = this.between.get(match) ?? { weChose: false, theyChose: false, notice: null, noticedAt: "", contacts: [], receipted: false, outcome: null };
    this.between.set(match, known);
    return known;
  }

  private clients(): Client[] {
    return [...new Set(this.registered.flatMap(({ clients }) => clients))];
  }

  /** A notice is sent again while it is not receipted and claim or answer changed: the peer may not have held the match. */
  private notifyAll(): void {
    for (const match of this.matches()) {
      const between = this.of(match.id);
      const due = match.class === "certain" || (between.weChose && between.theyChose);
      if (!due || between.receipted || between.noticedAt === match.versions) continue;
      between.noticedAt = match.versions;
      const contacts = must(this.clientOf(match.id, this.clients()), "client of a match").contacts.slice(0, 8);
      const notice = encode(MatchNotice, { match: fromHex(match.id), version: 1, contacts });
      between.notice = sha256(notice);
      this.send(Type.MatchNotice, notice, match.claim);
    }
  }

  /** The professional of this side wants contact. */
  choose(match: string): void {
    const found = must(this.matches().find(({ id }) => id === match), `match ${match}`);
    this.of(match).weChose = true;
    this.send(Type.MatchChoice, encode(MatchChoice, { match: fromHex(match) }), found.claim);
    this.notifyAll();
  }

  /** Both sides have talked: 1 the same youth, 2 family, 3 someone else. */
  conclude(match: string, outcome: number): void {
    const found = must(this.matches().find(({ id }) => id === match), `match ${match}`);
    this.send(Type.MatchOutcome, encode(MatchOutcome, { match: fromHex(match), outcome }), found.claim);
  }

  private chosen(match: Bytes, claim: Bytes): void {
    if (!this.claims.has(hex(claim))) refuse("bad-value", "a choice about no claim");
    this.of(hex(match)).theyChose = true;
    this.notifyAll();
  }

  private concluded({ match, outcome }: Of<typeof MatchOutcome>): void {
    this.of(hex(match)).outcome = outcome;
  }

  private noticed(notice: Of<typeof MatchNotice>, body: Bytes, claim: Bytes): void {
    const id = hex(notice.match);
    if (!this.matches().some((match) => match.id === id)) return; // dropped without receipt
    this.of(id).contacts = notice.contacts;
    const hash = sha256(body);
    const signature = sign(this.self.signing, RECEIPT, receiptInput(notice.match, notice.version, hash));
    this.send(Type.MatchReceipt, encode(MatchReceipt, { match: notice.match, version: notice.version, hash, signature }), claim);
  }

  private receipted({ match, version, hash, signature }: Of<typeof MatchReceipt>): void {
    mustVerify(this.link.card.signing, RECEIPT, receiptInput(match, version, hash), signature);
    const between = this.of(hex(match));
    if (!between.notice || !equal(between.notice, hash)) refuse("bad-value", "a receipt of a notice that was never sent");
    between.receipted = true;
  }
}
