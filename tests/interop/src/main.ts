// The program. `card` makes keys and a card; `run` takes part, told by JSON lines on standard input and telling by JSON
// lines on standard output (README.md).
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { compare, must } from "./bytes";
import { Received } from "./channel";
import { ready } from "./crypto";
import { readCard, writeCard } from "./membership";
import { Files, OwnMember, Peer, Secrets, keysOf, newSecrets } from "./member";
import { Matching } from "./matching";
import { Client, readRegister } from "./register";

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

  constructor(
    member: OwnMember,
    readonly peer: Peer,
    clients: Client[],
    files: Taking,
  ) {
    this.matching = new Matching(member.self, peer.link, clients, files.largeFirst.includes(peer.id));
    peer.link.onReady = () => {
      tell("ready", { peer: peer.id });
      this.matching.start();
    };
  }

  receive(received: Received): void {
    this.matching.receive(received);
  }

  command({ say, ...about }: Command): void {
    switch (say) {
      case "matches":
        return tell("matches", { peer: this.peer.id, counts: this.matching.counts, matches: this.matching.matches() });
      case "choose":
        return this.matching.choose(must(about.match, "match"));
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
