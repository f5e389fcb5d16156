// Werkvoorraad: everything that somebody owes something about, soonest due first. The first screen of a professional.
import { useState } from "preact/hooks";
import { api, part } from "../app/api";
import { dayOf } from "../app/days";
import { useLoad } from "../app/load";
import { to } from "../app/route";
import { current, organisationName, personName } from "../app/session";
import { t, word } from "../app/text";
import { Empty, Link, LinkButton, Page } from "../components/basic";
import { Load } from "../components/load";
import { Term, urgencyOf } from "../components/term";
import { DoubtedClients } from "./doubts";

interface Item { kind: string; id: string; clientRef: string; peer: string | null; task: string; ours: boolean; due: string; stage: string; owner: string; escalated: string }
interface Request { exchange: string; from: string; clientRef: string; goal: string; created: string }
interface Ground { id: string; client: string; recipient: string; telling: { due: string; overdue: boolean } }

export interface Shown extends Item { to: string }

const WHERE: Record<string, (item: Item) => string> = {
  handover: (item) => to(["overdrachten", item.id]),
  match: (item) => to(["matches", item.id]),
  involvement: (item) => to(["clienten", item.clientRef, "betrokkenheid"]),
  consent: (item) => to(["clienten", item.clientRef, "toestemming"]),
};
const elsewhere = (item: Item) => to(["clienten", item.clientRef]);

export async function load(owner: string): Promise<Shown[]> {
  const [work, requests, telling] = await Promise.all([
    api.whole<{ work: Item[] }>(`/work${owner ? `?owner=${part(owner)}` : ""}`),
    api.get<{ requests: Request[] }>("/fragment-requests"),
    api.whole<{ grounds: Ground[] }>("/clients-to-tell"),
  ]);
  const shown: Shown[] = work.work.map((item) => ({ ...item, to: (WHERE[item.kind] ?? elsewhere)(item) }));
  for (const one of telling.grounds)
    shown.push({ kind: "telling", id: one.id, clientRef: one.client, peer: one.recipient, task: t.work.telling, ours: true, due: one.telling.due,
      stage: one.telling.overdue ? "te laat" : "loopt", owner: "", escalated: "", to: to(["clienten", one.client, "zonder-toestemming"]) });
  for (const one of requests.requests)
    shown.push({ kind: "request", id: one.exchange, clientRef: one.clientRef, peer: one.from, task: t.work.request, ours: true, due: dayOf(one.created),
      stage: "loopt", owner: "", escalated: "", to: to(["vragen", one.from, one.exchange]) });
  return shown.sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : Number(b.ours) - Number(a.ours)));
}

export function Work() {
  const me = current().session?.displayName ?? "";
  const [mine, setMine] = useState(me !== "");
  const work = useLoad(() => load(mine ? me : ""), [mine], ["work", "matches", "handovers", "fragments"]);
  return (
    <Page title={t.work.title} intro={t.work.intro} actions={me && (
      <div class="segments" role="group" aria-label={t.work.whose}>
        <button type="button" aria-pressed={mine} onClick={() => setMine(true)}>{t.work.mine}</button>
        <button type="button" aria-pressed={!mine} onClick={() => setMine(false)}>{t.work.everybody}</button>
      </div>
    )}>
      <div class="stack">
        <DoubtedClients />
        <Load of={work}>{(items) => (items.length === 0 ? (
          <Empty title={t.work.empty}><p>{t.work.emptyWhy}</p><p><LinkButton to={to(["clienten"])}>{t.work.toClients}</LinkButton></p></Empty>
        ) : (
          <div class="stack">
            <p class="soft">{t.work.count(items.filter((item) => urgencyOf(item.stage, item.due) === "late").length, items.length)}</p>
            <ul class="work">{items.map((item) => <Row key={`${item.kind} ${item.id}`} item={item} />)}</ul>
          </div>
        ))}</Load>
      </div>
    </Page>
  );
}

export function Row({ item }: { item: Shown }) {
  const peer = item.peer && organisationName(item.peer);
  return (
    <li class={`work__item work__item--${urgencyOf(item.stage, item.due)}`}>
      <div>
        <p class="work__what"><Link to={item.to}>{t.words.workKinds[item.kind]}: {word(t.words.tasks, item.task)}</Link></p>
        <p>{t.work.client(item.clientRef)}{peer && <>, {item.ours ? t.work.withPeer(peer) : t.work.waitsFor(peer)}</>}</p>
        <p class="soft small">{item.owner ? t.work.ownedBy(personName(item.owner)) : t.work.nobody}{item.escalated && `; ${t.work.escalated(word(t.words.troubles, item.escalated))}`}</p>
      </div>
      <div class="work__due"><Term stage={item.stage} due={item.due} /></div>
    </li>
  );
}
