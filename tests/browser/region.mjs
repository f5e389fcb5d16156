// The region that the tests use: started once, by region.py.
import { createHmac } from "node:crypto";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The six digits of RFC 6238 for this second. */
export function totp(secret, at) {
  const bits = [...secret].map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((one) => parseInt(one, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const start = digest[19] & 15;
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export class Region {
  static async start(program, ...words) {
    const child = spawn(fileURLToPath(new URL("region.py", import.meta.url)), [program, ...words], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const region = new Region();
    region.child = child;
    region.lines = lines;
    const first = await lines.next();
    if (first.done) throw new Error("the region did not start");
    region.nodes = JSON.parse(first.value).nodes;
    region.used = new Map();
    region.ready = Math.floor(Date.now() / 30_000);
    return region;
  }

  async tell(command) {
    this.child.stdin.write(`${command}\n`);
    await this.lines.next();
  }

  async stop() {
    const gone = new Promise((done) => this.child.once("exit", done));
    this.child.stdin.end();
    await gone;
  }

  account(node, name) {
    return { ...this.nodes[node].accounts[name], node, address: this.nodes[node].address };
  }

  /** A code that counts still: a code counts once, and those beside the present step count too. */
  async code(account) {
    // What was used when the account was made may be of the step in which the region got ready.
    const last = this.used.get(account.secret) ?? (account.name ? this.ready : 0);
    const present = () => Math.floor(Date.now() / 30_000);
    while (last > present()) await new Promise((done) => setTimeout(done, 200));
    const step = Math.max(present(), last + 1);
    this.used.set(account.secret, step);
    return totp(account.secret, step * 30);
  }
}
