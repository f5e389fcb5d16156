// The program. `card` makes keys and a card; `run` takes part, told by JSON lines on standard input and telling by JSON
// lines on standard output (README.md).
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { compare, fromHex, hex, must } from "./bytes";
import { Received } from "./channel";
import { ready } from "./crypto";
import { readCard, writeCard } from "./membership";
import { Receiving, Releasing } from "./exchange";
import { Act, Handover, HandoversGiven, HandoversTaken } from "./handover";
import { Files, OwnMember, Peer, Secrets, keysOf, newSecrets } from "./member";
import { Matching } from "./matching";
import { Client, readFragments, readRegister } from "./register";
import { Type } from "./types";

const DAY = 24 * 3600 * 1000;

const idOf = (secrets: Secrets): Uint8Array => keysOf(secrets).organisation.publicKey;

function tell(event: string, about: object): void {
  process.stdout.write(`${JSON.stringify({ event, ...about })}\n`);
}

/** With two other cards the new member's id lies between theirs: so it plays both parts that the order of ids gives. */
function card(folder: string, id: string, name: string, kind: string, clockOffset: number, others: string[]): void {
  const ids = others.map((path) => readCard(readFileSync(path)).member).sort(compare);
  let secrets: Secrets;
  do secrets = newSecrets();
  while (ids.length === 2 && !(compare(ids[0]!, idOf(secrets)) < 0 && compare(idOf(secrets), ids[1]!) < 0));
  const now = Date.now() + 1000 * clockOffset;
  writeFileSync(`${folder}/secrets.json`, JSON.stringify(secrets));
  writeFileSync(`${folder}/card.note`, writeCard(keysOf(secrets), id, name, kind, new Date(now - DAY), new Date(now + 300 * DAY)));
}

/** What one peer and we do together. */
class Together {
  readonly matching: Matching;
  readonly taken: HandoversTaken;
  readonly given: HandoversGiven;
  readonly receiving: Receiving;
  readonly releasing: Releasing;

  constructor(
    member: OwnMember,
    readonly peer: Peer,
    clients: Client[],
    private readonly files: Taking,
  ) {
    const { link, id } = peer;
    this.matching = new Matching(member.self, link, clients);
    this.taken = new HandoversTaken(member.self, link, (match) => this.matching.matches().some((each) => each.id === match));
    this.given = new HandoversGiven(member.self, link);
    this.receiving = new Receiving(member.self, link, this.taken);
    this.releasing = new Releasing(member.self, link);
    link.onReady = () => {
      tell("ready", { peer: id });
      this.matching.start();
    };
    const moved = ({ id: handover, ask }: Handover, state: string): void => tell("handover", { peer: id, handover: hex(handover), state, occasion: ask.occasion });
    this.taken.onState = this.given.onState = moved;
    this.taken.onNotTaken = ({ id: handover }) => tell("not-taken", { peer: id, handover: hex(handover) });
    this.receiving.onReleased = (handover, { fragments, locked }) => {
      tell("fragments", { peer: id, locked, fragments: fragments!.map(({ content: { category, title, text } }) => ({ category, title, text })) });
      // The ontvanger's node confirms by itself.
      if (handover) this.taken.act(hex(handover.id), "overdracht bevestigen", {});
    };
    this.receiving.onRefusal = (denied) => tell("refusal", { peer: id, denied });
    this.receiving.onWithdrawn = (locked) => tell("withdrawn", { peer: id, locked });
    this.releasing.onReceipt = (fragments) => tell("receipt", { peer: id, fragments });
    this.releasing.onWithdrawalApplied = (locked) => tell("withdrawal-applied", { peer: id, locked });
  }

  receive(received: Received): void {
    const { type } = received;
    if (type < Type.FragmentRequest) this.matching.receive(received);
    else if (type === Type.ReleaseReceipt || type === Type.WithdrawalApplied) this.releasing.receive(received);
    else if (type < Type.HandoverEvent) this.receiving.receive(received);
    else if (type === Type.HandoverState) this.taken.receive(received);
    else this.given.receive(received);
  }

  command({ say, ...about }: Command): void {
    switch (say) {
      case "matches":
        return tell("matches", { peer: this.peer.id, counts: this.matching.counts, matches: this.matching.shown() });
      case "choose":
        return this.matching.choose(must(about.match, "match"));
      case "conclude":
        return this.matching.conclude(must(about.match, "match"), must(about.outcome, "outcome"));
      case "ask":
        return this.receiving.ask(fromHex(must(about.match, "match")), must(about.purpose, "purpose"), must(about.categories, "categories"));
      case "act":
        return this.act(must(about.handover, "hand-over"), must(about.event, "event"), about);
      case "request":
        return this.given.request({
          match: fromHex(must(about.match, "match")), kind: 1, earlier: null, urgency: 1, occasion: "Hulp thuis is nodig", goal: "Overname", categories: must(about.categories, "categories"),
        });
      case "release":
        return this.release(fromHex(must(about.handover, "hand-over")));
      case "withdraw":
        return this.releasing.withdraw();
      default:
        throw new Error(`no such command: ${say}`);
    }
  }

  private act(handover: string, event: string, about: Act): void {
    (this.given.find(fromHex(handover)) ? this.given : this.taken).act(handover, event, about);
  }

  private release(id: Uint8Array): void {
    const { match, categories } = must(this.given.find(id), "hand-over").ask;
    const { clientRef } = must(this.matching.matches().find((each) => each.id === hex(match)), "match");
    this.releasing.release(id, readFragments(this.files.fragments, clientRef, categories));
  }
}

interface Taking extends Omit<Files, "secrets" | "card"> {
  clients: string;
  involvements: string;
  fragments: string;
}

interface Command {
  say: string;
  peer: string;
  match?: string;
  outcome?: number;
  purpose?: number;
  categories?: number[];
  handover?: string;
  event?: string;
  words?: string;
  date?: number;
  feedback?: number;
}

function run(folder: string, files: Taking): void {
  const secrets = JSON.parse(readFileSync(`${folder}/secrets.json`, "utf8")) as Secrets;
  const member = new OwnMember({ ...files, secrets, card: `${folder}/card.note` }, tell);
  const today = Math.floor(member.self.now() / DAY);
  const clients = readRegister(files.clients, files.involvements, member.self.convenant, today);
  const peers = new Map<string, Together>();
  member.join((peer) => {
    const together = new Together(member, peer, clients, files);
    peers.set(peer.id, together);
    return (received) => together.receive(received);
  });
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      const command = JSON.parse(line) as Command;
      must(peers.get(command.peer), `peer ${command.peer}`).command(command);
    })
    .on("close", () => member.leave());
}

async function main(words: string[]): Promise<void> {
  await ready;
  const [verb, folder, ...rest] = words;
  if (verb === "card" && folder && rest.length >= 4) return card(folder, rest[0]!, rest[1]!, rest[2]!, Number(rest[3]), rest.slice(4));
  if (verb === "run" && folder && rest.length === 1) return run(folder, JSON.parse(rest[0]!));
  process.stderr.write("usage: main.js card FOLDER ID NAME KIND CLOCK_OFFSET [CARD CARD] | run FOLDER FILES\n");
  process.exit(2);
}

void main(process.argv.slice(2));
