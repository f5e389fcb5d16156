// docs/spec/handover.md. The afzender's copy decides; the ontvanger sends what it did, and moves when the state comes back.
import { Bytes, equal, fromHex, hex, must, refuse } from "./bytes";
import { Link, Received, Self } from "./channel";
import { Day, Of, Time, U16, U32, choice, decode, encode, fixed, list, message, optional, text } from "./codec";
import { random } from "./crypto";
import { Type } from "./types";
import { page } from "./vectors";

const between = (first: number, last: number): ReturnType<typeof choice> => choice(...Array.from({ length: last - first + 1 }, (_, at) => first + at));
export const Category = between(1, 18);
const State = between(1, 22);
const Event = between(1, 22);
const Party = choice(1, 2);
const AFZENDER = 1;
const ONTVANGER = 2;

export const Happening = message({
  event: Event, by: Party, who: text(200), words: text(1000), date: optional(Day), minute: optional(U16), place: text(200), alternative: text(1000),
  feedback: optional(choice(1, 2, 3, 4)), at: Time,
});
export const Ask = message({
  match: fixed(16), kind: between(1, 5), earlier: optional(fixed(16)), urgency: choice(1, 2), occasion: text(1000), goal: text(1000), categories: list(Category, 18),
});
export const HandoverEvent = message({ handover: fixed(16), decidedIn: State, version: U32, happening: Happening });
export const HandoverState = message({
  handover: fixed(16), version: U32, state: State, responsible: Party, ask: optional(Ask), happening: optional(Happening),
});

// The names and the arrows are those of the page.

function numbered(start: string): Map<string, number> {
  const sentence = must(new RegExp(`${start} (1 [^.]*)\\.`).exec(page("handover"))?.[1], `list of ${start}`);
  return new Map(sentence.split(",").map((pair) => pair.replace(/\s+/g, " ").trim().split(/ (.*)/, 2)).map(([number, name]) => [name!, Number(number)]));
}

export const STATES = numbered("States:");
export const EVENTS = numbered("Events:");
const ARROWS = [...page("handover").matchAll(/^  s(\d+) --> s(\d+) : (.*) \((afzender|ontvanger|beiden)\)$/gm)].map(([, from, to, event, by]) => ({
  from: Number(from),
  to: Number(to),
  event: must(EVENTS.get(event!), event!),
  by: by === "beiden" ? [AFZENDER, ONTVANGER] : [by === "afzender" ? AFZENDER : ONTVANGER],
}));

const stateName = (state: number): string => [...STATES].find(([, number]) => number === state)![0];
/** The ontvanger is responsible from overgedragen on, the afzender for who did not arrive; otherwise it stays as it was. */
function responsibleIn(state: number, before: number): number {
  if (["overgedragen", "aangekomen"].includes(stateName(state))) return ONTVANGER;
  return stateName(state) === "niet aangekomen" ? AFZENDER : before;
}

const MORE_TIME = EVENTS.get("opschorten")!; // leaves every state that both know as it is
const arrowFrom = (state: number, event: number, by: number): Pick<(typeof ARROWS)[number], "to"> | undefined =>
  event === MORE_TIME ? { to: state } : ARROWS.find((arrow) => arrow.from === state && arrow.event === event && arrow.by.includes(by));

export interface Handover {
  id: Bytes;
  version: number;
  state: number;
  responsible: number;
  ask: Of<typeof Ask>;
}

/** What somebody did, besides the event. */
export interface Act {
  words?: string;
  date?: number;
  feedback?: number;
}

const happeningOf = (self: Self, event: string, by: number, about: Act): Of<typeof Happening> => ({
  event: must(EVENTS.get(event), `event '${event}'`), by, who: "De professional", words: about.words ?? "", date: about.date ?? null,
  minute: null, place: "", alternative: "", feedback: about.feedback ?? null, at: self.now(),
});

/** The afzender's side. */
export class HandoversGiven {
  private readonly all = new Map<string, Handover>();
  onState: (handover: Handover, name: string) => void = () => {};

  constructor(
    private readonly self: Self,
    private readonly link: Link,
  ) {}

  find(id: Bytes): Handover | undefined {
    return this.all.get(hex(id));
  }

  request(ask: Of<typeof Ask>): void {
    const handover = { id: random(16), version: 0, state: STATES.get("concept")!, responsible: AFZENDER, ask };
    this.all.set(hex(handover.id), handover);
    this.move(handover, happeningOf(this.self, "aanvragen", AFZENDER, {}));
  }

  act(id: string, event: string, about: Act): void {
    const handover = must(this.find(fromHex(id)), `hand-over ${id}`);
    if (!this.move(handover, happeningOf(this.self, event, AFZENDER, about))) throw new Error(`'${event}' is not possible now`);
  }

  receive({ subject, body }: Received): void {
    const told = decode(HandoverEvent, body);
    const handover = this.find(told.handover) ?? refuse("not-found", "an event of a hand-over that was not asked");
    if (!subject || !equal(subject, told.handover) || told.happening.by !== ONTVANGER) refuse("bad-value", "an event is not the ontvanger's");
    const fits = told.decidedIn === handover.state && told.version === handover.version && this.move(handover, told.happening);
    if (!fits) this.tell(handover, null);
  }

  /** True if an arrow leads on; then both copies hear of it. */
  private move(handover: Handover, happening: Of<typeof Happening>): boolean {
    const arrow = arrowFrom(handover.state, happening.event, happening.by);
    if (!arrow) return false;
    handover.version++;
    handover.state = arrow.to;
    handover.responsible = responsibleIn(arrow.to, handover.responsible);
    this.tell(handover, happening);
    this.onState(handover, stateName(handover.state));
    return true;
  }

  private tell({ id, version, state, responsible, ask }: Handover, happening: Of<typeof Happening> | null): void {
    const told = { handover: id, version, state, responsible, ask: version === 1 && happening ? ask : null, happening };
    this.link.send(Type.HandoverState, id, encode(HandoverState, told));
  }
}

/** The ontvanger's side. */
export class HandoversTaken {
  private readonly all = new Map<string, Handover>();
  onState: (handover: Handover, name: string) => void = () => {};
  onNotTaken: (handover: Handover) => void = () => {};

  constructor(
    private readonly self: Self,
    private readonly link: Link,
    private readonly knows: (match: string) => boolean,
  ) {}

  find(id: Bytes): Handover | undefined {
    return this.all.get(hex(id));
  }

  is(handover: Handover, state: string): boolean {
    return handover.state === STATES.get(state);
  }

  /** What the professional, or for a confirmed transfer the node itself, did. */
  act(id: string, event: string, about: Act): void {
    const handover = must(this.find(fromHex(id)), `hand-over ${id}`);
    const happening = happeningOf(this.self, event, ONTVANGER, about);
    const body = encode(HandoverEvent, { handover: handover.id, decidedIn: handover.state, version: handover.version, happening });
    this.link.send(Type.HandoverEvent, handover.id, body);
  }

  receive({ subject, body }: Received): void {
    const told = decode(HandoverState, body);
    if (!subject || !equal(subject, told.handover)) refuse("bad-value", "a frame's subject is not its hand-over");
    const known = this.find(told.handover);
    if (!told.happening) return this.onNotTaken(this.unmoved(told, known));
    const before = known?.state ?? STATES.get("concept")!;
    const { event, by } = told.happening;
    if (told.version !== (known?.version ?? 0) + 1) refuse("wrong-state", "a state skips a version");
    if (arrowFrom(before, event, by)?.to !== told.state) refuse("wrong-state", `no arrow leads from ${stateName(before)} to ${stateName(told.state)}`);
    if (told.responsible !== responsibleIn(told.state, known?.responsible ?? AFZENDER)) refuse("bad-value", "the wrong side is responsible");
    const ask = known?.ask ?? told.ask ?? refuse("bad-format", "the first state asks nothing");
    if (!known && !this.knows(hex(ask.match))) refuse("bad-value", "a hand-over of a match that is not known here");
    const handover = { id: told.handover, version: told.version, state: told.state, responsible: told.responsible, ask };
    this.all.set(hex(told.handover), handover);
    this.onState(handover, stateName(told.state));
  }

  /** An answer to an event that did not fit: the state as it is. */
  private unmoved(told: Of<typeof HandoverState>, known: Handover | undefined): Handover {
    const handover = known ?? refuse("wrong-state", "a state of a hand-over that nobody asked");
    if (told.version !== handover.version || told.state !== handover.state) refuse("wrong-state", "the two copies differ");
    return handover;
  }
}
