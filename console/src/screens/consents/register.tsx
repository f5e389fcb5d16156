// Toestemmingsregister: every consent that was recorded here, by how it stands; what is weak about it, and who acted on its withdrawal.
import { useState } from "preact/hooks";
import { Refused, api, part } from "../../app/api";
import { daysUntil, dayText, dueText, timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { labels } from "../../app/node";
import { say } from "../../app/say";
import { current, organisationName, personName } from "../../app/session";
import { t, word } from "../../app/text";
import { Badge, Button, Empty, Facts, Page } from "../../components/basic";
import type { Tone } from "../../components/basic";
import type { IconName } from "../../components/icon";
import { Load } from "../../components/load";
import { RegisterTabs } from "./tabs";

export interface Withdrawal { consent: string; to: string; sent: string; applied: string | null; locked: number; flagged: number; overdue: boolean }

interface Registered {
  id: string;
  client: string;
  version: number;
  standing: string;
  kind: string;
  answer: string;
  givers: { capacity: string; who: string; identity: string; authority: string; checked: string }[];
  releaser: string | null;
  recipient: string | null;
  purpose: string | null;
  everything: boolean;
  categories: string[];
  exclusions: string[];
  once: boolean;
  from: string;
  until: string | null;
  exception: string;
  way: string;
  evidence: string | null;
  textVersion: string;
  recordedBy: string;
  recordedAt: string;
  withdrawnAt: string | null;
  weaknesses: string[];
  withdrawals: Withdrawal[];
}
interface Slice { consents: Registered[]; next: string | null }

const PARTS = ["all", "in-force", "expiring", "incomplete", "withdrawn", "refused", "ended"] as const;
type Part = (typeof PARTS)[number];

/** The node looks at a few at a time: goes on until something is found, the end is there, or it takes long. */
async function fetchSome(state: Part, recipient: string, cursor?: string): Promise<Slice> {
  const found: Registered[] = [];
  let next: string | null | undefined = cursor;
  for (let turn = 0; turn < 40; ++turn) {
    const query = [`state=${state}`, recipient && `recipient=${part(recipient)}`, next && `cursor=${part(next)}`].filter(Boolean).join("&");
    const slice: Slice = await api.get<Slice>(`/consent-register?${query}`);
    found.push(...slice.consents);
    next = slice.next;
    if (!next || found.length >= 20) break;
  }
  return { consents: found, next: next ?? null };
}

export function Register() {
  const [state, setState] = useState<Part>("all");
  const [recipient, setRecipient] = useState("");
  const text = t.officer.register;
  return (
    <Page title={text.title} intro={text.intro}>
      <RegisterTabs />
      <div class="stack">
        <form class="filters" role="search" aria-label={text.filter} onSubmit={(event) => event.preventDefault()}>
          <label class="filters__field">{text.which}
            <select class="utrecht-select utrecht-select--html-select" value={state} onChange={(event) => setState(event.currentTarget.value as Part)}>
              {PARTS.map((one) => <option key={one} value={one}>{text.partNames[one]}</option>)}
            </select>
          </label>
          <label class="filters__field">{text.recipient}
            <select class="utrecht-select utrecht-select--html-select" value={recipient} onChange={(event) => setRecipient(event.currentTarget.value)}>
              <option value="">{text.everybody}</option>
              {current().peers.map((peer) => <option key={peer.id} value={peer.id}>{peer.name ?? peer.id}</option>)}
            </select>
          </label>
        </form>
        <List key={`${state} ${recipient}`} state={state} recipient={recipient} />
      </div>
    </Page>
  );
}

function List({ state, recipient }: { state: Part; recipient: string }) {
  const text = t.officer.register;
  const first = useLoad(async () => ({ ...(await fetchSome(state, recipient)), label: await labels() }), []);
  const [older, setOlder] = useState<Slice[]>([]);
  const [busy, setBusy] = useState(false);
  const more = async (cursor: string) => {
    setBusy(true);
    try {
      const slice = await fetchSome(state, recipient, cursor);
      setOlder((before) => [...before, slice]);
      say("info", text.more(slice.consents.length));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      say("error", error.message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Load of={first}>{(slice) => {
      const all = [slice, ...older].flatMap((one) => one.consents), next = [slice, ...older].at(-1)?.next;
      return (
        <div class="stack">
          <p class="soft" role="status">{text.count(all.length, Boolean(next))}</p>
          {all.length === 0 ? <Empty title={state === "all" && !recipient ? text.empty : text.none}><p>{state === "all" && !recipient ? text.emptyWhy : text.noneWhy}</p></Empty>
            : <ul class="plain-list stack">{all.map((one) => <li key={one.id}><One consent={one} label={slice.label} /></li>)}</ul>}
          {next && <p><Button busy={busy} onClick={() => void more(next)}>{text.further}</Button></p>}
        </div>
      );
    }}</Load>
  );
}

function look({ standing, answer, until }: Registered): { tone: Tone; icon: IconName } {
  if (standing === "withdrawn") return { tone: "danger", icon: "cross" };
  if (standing !== "in-force" && standing !== "not-yet") return { tone: "plain", icon: "clock" };
  if (answer === "no" || answer === "objection") return { tone: "warning", icon: "cross" };
  return until && daysUntil(until) <= 28 ? { tone: "warning", icon: "clock" } : { tone: "good", icon: "check" };
}

function One({ consent, label }: { consent: Registered; label: (category: string) => string }) {
  const text = t.officer.register;
  const { tone, icon } = look(consent);
  const refused = consent.answer === "no" || consent.answer === "objection";
  return (
    <article class="card stack" aria-label={text.of(consent.client)}>
      <div class="row-apart">
        <p class="alert__title">{text.of(consent.client)}: {text.title1(word(t.words.answers, consent.answer), consent.recipient ? organisationName(consent.recipient) : text.nobodyElse)}</p>
        <Badge tone={tone} icon={icon}>{refused && consent.standing === "in-force" ? text.refusalHolds : tone === "warning" && consent.until ? text.endsIn(dueText(consent.until)) : word(t.words.standings, consent.standing)}</Badge>
      </div>
      {consent.weaknesses.length > 0 && <ul class="plain-list row">{consent.weaknesses.map((one) => <li key={one}><Badge tone="warning" icon="warning">{word(text.weaknesses, one)}</Badge></li>)}</ul>}
      <Facts rows={[
        [text.purpose, consent.purpose ? word(t.words.purposes, consent.purpose) : text.anyPurpose],
        [text.what, scope(consent, label)],
        [text.period, period(consent)],
        [text.givers, consent.givers.map((one) => `${one.who} (${word(t.words.capacities, one.capacity)})`).join(", ")],
        [text.recorded, text.recordedBy(personName(consent.recordedBy), timeText(consent.recordedAt))],
        consent.withdrawnAt ? [text.withdrawn, timeText(consent.withdrawnAt)] : null,
      ]} />
      {consent.withdrawals.length > 0 && <Acknowledged withdrawals={consent.withdrawals} />}
      <details><summary>{text.detail}</summary>
        <Facts rows={[
          [text.kind, word(t.words.consentKinds, consent.kind)],
          [text.checks, <ul class="plain-list" key="checks">{consent.givers.map((one) => <li key={one.capacity + one.who}>{one.who}: {one.identity}{one.authority && `; ${one.authority}`} ({dayText(one.checked)})</li>)}</ul>],
          [text.way, word(t.words.ways, consent.way)],
          [text.shownText, consent.textVersion || text.noText],
          [text.evidence, consent.evidence ? <code key="evidence">{consent.evidence}</code> : text.noEvidence],
          consent.exception ? [text.exception, consent.exception] : null,
          consent.releaser ? [text.releaser, organisationName(consent.releaser)] : null,
          [text.version, String(consent.version)],
          [text.id, <code key="id">{consent.id}</code>],
        ]} />
      </details>
    </article>
  );
}

function scope(consent: Registered, label: (category: string) => string): string {
  const text = t.officer.register;
  const named = consent.categories.map(label).join(", ");
  return `${consent.everything ? text.everything : ""}${consent.everything && named ? `, ${text.alsoNamed} ` : ""}${named}${consent.exclusions.length > 0 ? `; ${text.not(consent.exclusions.map(label).join(", "))}` : ""}`;
}

function period(consent: Registered): string {
  const text = t.officer.register;
  const days = consent.until ? text.fromUntil(dayText(consent.from), dayText(consent.until)) : text.fromOn(dayText(consent.from));
  return consent.once ? `${days}, ${text.once}` : days;
}

export function Acknowledged({ withdrawals }: { withdrawals: readonly Withdrawal[] }) {
  const text = t.officer.register;
  return (
    <div class="stack-tight">
      <p class="alert__title">{text.acknowledged}</p>
      <ul class="plain-list stack-tight">{withdrawals.map((one) => (
        <li key={one.to}>
          {one.applied ? <Badge tone="good" icon="check">{text.applied}</Badge> : one.overdue ? <Badge tone="danger" icon="warning">{text.overdue}</Badge> : <Badge tone="warning" icon="clock">{text.waiting}</Badge>}{" "}
          {organisationName(one.to)}: {one.applied ? text.appliedAt(timeText(one.applied), one.locked, one.flagged) : text.sentAt(timeText(one.sent))}
        </li>
      ))}</ul>
    </div>
  );
}
