// The program. `card` makes keys and a card; `run` takes part, told by JSON lines on standard input and telling by JSON
// lines on standard output (README.md).
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { compare, fromHex, hex, must, refuse } from "./bytes";
import { Received } from "./channel";
import { ready } from "./crypto";
import { readCard, writeCard } from "./membership";
import { Exchange } from "./exchange";
import { Handovers } from "./handover";
import { Files, OwnMember, Peer, Secrets, keysOf, newSecrets } from "./member";
import { Matching } from "./matching";
import { Client, readRegister } from "./register";
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
  readonly handovers: Handovers;
  readonly exchange: Exchange;

  constructor(
    member: OwnMember,
    readonly peer: Peer,
    clients: Client[],
    files: Taking,
  ) {
    const { link, id } = peer;
    this.matching = new Matching(member.self, link, clients, files.largeFirst.includes(id));
    this.handovers = new Handovers(member.self, link, (match) => this.matching.matches().some((each) => each.id === match));
    this.exchange = new Exchange(member.self, link, this.handovers);
    link.onReady = () => {
      tell("ready", { peer: id });
      this.matching.start();
    };
    this.handovers.onState = ({ id: handover, ask }, state) => tell("handover", { peer: id, handover: hex(handover), state, occasion: ask.occasion });
    this.handovers.onNotTaken = ({ id: handover }) => tell("not-taken", { peer: id, handover: hex(handover) });
    this.exchange.onReleased = (handover, { fragments, locked }) => {
      tell("fragments", { peer: id, locked, fragments: fragments!.map(({ category, title, text }) => ({ category, title, text })) });
      // The ontvanger's node confirms by itself.
      if (handover) this.handovers.act(hex(handover.id), "overdracht bevestigen", {});
    };
    this.exchange.onRefusal = (denied) => tell("refusal", { peer: id, denied });
    this.exchange.onWithdrawn = (locked) => tell("withdrawn", { peer: id, locked });
  }

  receive(received: Received): void {
    if (received.type < Type.FragmentRequest) this.matching.receive(received);
    else if (received.type < Type.HandoverEvent) this.exchange.receive(received);
    else if (received.type === Type.HandoverState) this.handovers.receive(received);
    else refuse("wrong-state", "this side asked for no hand-over");
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
        return this.exchange.ask(fromHex(must(about.match, "match")), must(about.purpose, "purpose"), must(about.categories, "categories"));
      case "act":
        return this.handovers.act(must(about.handover, "hand-over"), must(about.event, "event"), about);
      default:
        throw new Error(`no such command: ${say}`);
    }
  }
}

interface Taking extends Omit<Files, "secrets" | "card"> {
  clients: string;
  involvements: string;
  largeFirst: string[]; // peers with which the first batch is a large one
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
