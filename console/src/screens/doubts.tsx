// Nakijken na een herstel: nobody knows which withdrawals a restore lost, so nothing that a client agreed to counts until a professional looked at
// the paper, took back what does not hold, and said how it is known that the rest holds.
import { useState } from "preact/hooks";
import { api, newKey, part } from "../app/api";
import { dayText, timeText } from "../app/days";
import { useLoad } from "../app/load";
import type { Consent, Ground } from "../app/node";
import { consentRecordOf, labels } from "../app/node";
import { go, to } from "../app/route";
import { say } from "../app/say";
import { organisationName, personName } from "../app/session";
import { useStatus } from "../app/status";
import { t, word } from "../app/text";
import { Alert, Empty, Facts, H3, Link, LinkButton, P, Page, Section } from "../components/basic";
import { sure } from "../components/confirm";
import { Form, Radios, TextArea } from "../components/form";
import { Load } from "../components/load";
import { ClientScreen } from "./client-frame";

const T = () => t.doubts;
const LIST = to(["werk", "nakijken"]);
const ofClient = (ref: string) => to(["clienten", ref, "toestemming", "nakijken"]);
const MOST_BYTES = 300;

interface Elsewhere { id: string; recorder: string; answer: string; recipient: string | null; purpose: string | null; once: boolean; withdrawn: string | null }
interface InDoubt { consents: Consent[]; doubtedSince: string | null; grounds: Ground[]; elsewhere: Elsewhere[]; label: (category: string) => string }

/** Above the work list: how many clients wait. A number, which shows nobody; the list itself is a look that is logged. */
export function DoubtedClients() {
  const { data } = useStatus();
  const count = data?.consentDoubts.open ?? 0;
  return count === 0 ? null : <Alert kind="warning" title={T().waiting(count)}><p>{T().why}</p><p><LinkButton to={LIST}>{T().look}</LinkButton></p></Alert>;
}

export function DoubtedClient({ clientRef, since }: { clientRef: string; since: string }) {
  return <Alert kind="warning" title={T().ofClient}><p>{T().ofClientWhy(timeText(since))}</p><p><LinkButton to={ofClient(clientRef)}>{T().look}</LinkButton></p></Alert>;
}

export const doubtedClients = () => api.get<{ clients: string[]; count: number }>("/consent-doubts");

export function Doubts() {
  const doubts = useLoad(doubtedClients, []);
  return (
    <Page title={T().title} intro={doubts.data?.count !== 0 && T().intro} back={{ to: to(["werk"]), label: t.work.title }}>
      <Load of={doubts}>{({ clients, count }) => (clients.length === 0 ? (
        <Empty title={T().none}><p>{T().noneWhy}</p><p><LinkButton to={to(["werk"])}>{T().toWork}</LinkButton></p></Empty>
      ) : (
        <div class="stack">
          <P>{T().how}</P>
          <ul class="work">{clients.map((ref) => <li key={ref} class="work__item work__item--soon"><p class="work__what"><Link to={ofClient(ref)}>{t.work.client(ref)}</Link></p></li>)}</ul>
          {count > clients.length && <P soft>{T().more(count - clients.length)}</P>}
        </div>
      ))}</Load>
    </Page>
  );
}

export function OneDoubt({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  return <ClientScreen clientRef={ref} tab="toestemming" title={T().titleOne}>{() => <Recorded clientRef={ref} />}</ClientScreen>;
}

function Recorded({ clientRef }: { clientRef: string }) {
  const found = useLoad<InDoubt>(async () => {
    const client = `client=${part(clientRef)}`;
    const [record, { grounds }, { consents: elsewhere }, label] = await Promise.all([
      consentRecordOf(clientRef), api.get<{ grounds: Ground[] }>(`/grounds?${client}`), api.whole<{ consents: Elsewhere[] }>(`/consents-elsewhere?${client}`), labels(),
    ]);
    return { ...record, grounds: grounds.filter((one) => !one.endedAt), elsewhere: elsewhere.filter((one) => !one.withdrawn), label };
  }, [clientRef]);
  return (
    <Load of={found}>{(all) => (all.doubtedSince === null ? (
      <Empty title={T().nothingHere}><p><LinkButton to={to(["clienten", clientRef, "toestemming"])}>{t.client.tabs.toestemming}</LinkButton></p></Empty>
    ) : <Judge clientRef={clientRef} found={all} reload={found.reload} />)}</Load>
  );
}

const stands = (one: Consent): boolean => ["in-force", "not-yet"].includes(one.standing);
const isYes = (one: { answer: string }): boolean => one.answer === "yes" || one.answer === "partly";
const toWhom = (one: { recipient: string | null }): string => (one.recipient ? organisationName(one.recipient) : t.consent.everybody);
const about = (one: Consent): string => (one.kind === "sharing" ? `${toWhom(one)}, ${one.purpose ? word(t.words.purposes, one.purpose) : t.consent.anyPurpose}` : word(t.words.consentKinds, one.kind));

function Judge({ clientRef, found, reload }: { clientRef: string; found: InDoubt; reload: () => Promise<void> }) {
  const [verdicts, setVerdicts] = useState<Record<string, string>>({});
  const [how, setHow] = useState("");
  const asked = found.consents.filter((one) => stands(one) && isYes(one) && !one.once), once = found.consents.filter((one) => stands(one) && isYes(one) && one.once);
  const refusals = found.consents.filter((one) => stands(one) && !isYes(one));
  const gone = (id: string) => verdicts[id] === "no";
  const judge = (id: string) => ({ name: id, value: verdicts[id] ?? "", change: (verdict: string) => setVerdicts((all) => ({ ...all, [id]: verdict })),
    options: [{ value: "yes", label: T().holds }, { value: "no", label: T().doesNot, hint: T().doesNotHint }] });
  const check = () => ({
    ...Object.fromEntries([...asked, ...found.grounds].map(({ id }) => [id, verdicts[id] ? undefined : T().verdictMissing])),
    how: !how.trim() ? T().howMissing : new TextEncoder().encode(how.trim()).length > MOST_BYTES ? T().howLong : undefined,
  });
  const send = async (key: string) => {
    const taken = asked.filter((one) => gone(one.id)), ended = found.grounds.filter((one) => gone(one.id));
    const count = taken.length + ended.length;
    if (!(await sure({ title: T().sure, text: count > 0 ? T().sureSome(count) : T().sureAll, action: T().confirm, danger: count > 0 }))) return;
    try {
      for (const one of taken) await api.post(`/consents/${one.id}/withdrawal`, {}, { key: newKey(), etag: one.etag });
      for (const one of ended) await api.post(`/grounds/${one.id}/end`, {}, { key: newKey(), etag: one.etag });
      await api.post("/consent-doubts", { client: clientRef, how: how.trim() }, { key });
    } catch (error) {
      // Some of it may be done: what is left is asked again.
      await reload();
      throw error;
    }
    say("ok", T().done(clientRef), true);
    go(LIST);
  };
  return (
    <div class="stack-wide">
      <Alert kind="info" title={T().paper}><p>{T().paperWhy}</p></Alert>
      <Form action={T().confirm} check={check} send={send} cancel={<LinkButton to={to(["clienten", clientRef, "toestemming"])}>{t.form.cancel}</LinkButton>}>
        {asked.length > 0 && <Section title={T().consents}>{asked.map((one) => (
          <div class="card stack-tight" key={one.id}>
            <H3>{about(one)}</H3>
            <Facts rows={factsOf(one, found.label)} />
            {one.textVersion && <p><Link to={to(["clienten", clientRef, "toestemming", one.id, "tekst"])}>{t.consent.showText}</Link></p>}
            <Radios {...judge(one.id)} label={T().verdict(about(one))} />
          </div>
        ))}</Section>}
        {found.grounds.length > 0 && <Section title={t.ground.title}>{found.grounds.map((one) => (
          <div class="card stack-tight" key={one.id}>
            <H3>{organisationName(one.recipient)}</H3>
            <Facts rows={[[t.ground.kind, word(t.words.groundKinds, one.kind)], [t.ground.reasons, one.reasons], [t.consent.recorded, timeText(one.recordedAt)]]} />
            <Radios {...judge(one.id)} label={T().verdictGround(organisationName(one.recipient))} />
          </div>
        ))}</Section>}
        {once.length + refusals.length + found.elsewhere.length > 0 && <Section title={T().alsoHere}><ul class="bullets measure">
          {once.map((one) => <li key={one.id}>{T().once(about(one))}</li>)}
          {refusals.map((one) => <li key={one.id}>{T().refusal(about(one))}</li>)}
          {found.elsewhere.map((one) => <li key={one.id}>{T().elsewhere(organisationName(one.recorder), word(t.words.answers, one.answer), toWhom(one))}</li>)}
        </ul></Section>}
        <TextArea name="how" label={T().howLabel} hint={T().howHint} value={how} change={setHow} rows={2} max={MOST_BYTES} />
      </Form>
    </div>
  );
}

function factsOf(one: Consent, label: (category: string) => string): readonly (readonly [string, string] | null)[] {
  return [
    one.kind === "sharing" ? [t.consent.what, one.everything ? t.consent.everything : one.categories.map(label).join(", ") || t.consent.everything] : null,
    [t.consent.givers, one.givers.map((giver) => (giver.who === giver.capacity ? word(t.words.capacities, giver.capacity) : giver.who)).join(", ")],
    [t.consent.period, one.until ? t.involvement.fromUntil(dayText(one.from), dayText(one.until)) : t.timeline.since(dayText(one.from))],
    [t.consent.recorded, t.consent.recordedBy(personName(one.recordedBy), timeText(one.recordedAt), word(t.words.ways, one.way))],
  ];
}
