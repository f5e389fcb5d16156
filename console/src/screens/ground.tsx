// Delen zonder toestemming: only on a named ground, with reasons, a colleague consulted, and named items; the client is told afterwards.
import { useState } from "preact/hooks";
import { api, part } from "../app/api";
import { dayText, plusDays, today } from "../app/days";
import { useLoad } from "../app/load";
import type { Card, Ground } from "../app/node";
import { say } from "../app/say";
import { current, organisationName } from "../app/session";
import { t, word } from "../app/text";
import { Alert, Badge, Button, Empty, Facts, H3, Section } from "../components/basic";
import { sure } from "../components/confirm";
import { Checks, Form, Radios, Select, TextArea, TextField } from "../components/form";
import { Load } from "../components/load";
import { Term } from "../components/term";
import { ClientScreen } from "./client-frame";
import type { Inside } from "./client-frame";

export function Grounds({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  return <ClientScreen clientRef={ref} tab="zonder-toestemming" title={t.ground.title}>{(inside) => <List {...inside} />}</ClientScreen>;
}

function List(inside: Inside) {
  const [adding, setAdding] = useState(false);
  const grounds = useLoad(async () => {
    const [{ grounds: listed }, { cards }] = await Promise.all([api.get<{ grounds: Ground[] }>(`/grounds?client=${part(inside.client.ref)}`), api.get<{ cards: Card[] }>("/cards")]);
    return { listed, cards: cards.filter((one) => one.id !== current().member) };
  }, [inside.client.ref], ["consents"]);
  return (
    <Load of={grounds}>{({ listed, cards }) => (
      <div class="stack-wide">
        <Alert kind="warning" title={t.ground.only}><p>{t.ground.onlyWhy}</p></Alert>
        {adding ? <Decide {...inside} cards={cards} done={async () => { setAdding(false); await grounds.reload(); }} cancel={() => setAdding(false)} />
          : <p><Button look="primary" onClick={() => setAdding(true)}>{t.ground.add}</Button></p>}
        <Section title={t.ground.recorded}>
          {listed.length === 0 ? <Empty title={t.ground.none}><p>{t.ground.noneWhy}</p></Empty> : <div class="stack">{listed.map((one) => <One key={one.id} ground={one} reload={grounds.reload} />)}</div>}
        </Section>
      </div>
    )}</Load>
  );
}

function Decide({ client, cards, done, cancel }: Inside & { cards: Card[]; done: () => Promise<void>; cancel: () => void }) {
  const [kind, setKind] = useState("");
  const [recipient, setRecipient] = useState("");
  const [items, setItems] = useState<string[]>([]);
  const [reasons, setReasons] = useState("");
  const [source, setSource] = useState("");
  const [consulted, setConsulted] = useState("");
  const [until, setUntil] = useState(plusDays(today(), 14));
  const duty = kind === "ondertoezichtstelling" || kind === "wettelijke-plicht", emergency = kind === "noodsituatie";
  const send = async (key: string) => {
    if (!(await sure({ title: t.ground.add, text: t.ground.sure(organisationName(recipient)), action: t.ground.save, danger: true }))) return;
    await api.post<Ground>("/grounds", { client: client.ref, kind, recipient, items, reasons: reasons.trim(), until, ...(source.trim() && { source: source.trim() }),
      ...(consulted.trim() && { consulted: consulted.trim() }) }, { key });
    say("ok", t.ground.saved);
    await done();
  };
  const check = () => ({
    kind: kind ? undefined : t.ground.kindMissing, recipient: recipient ? undefined : t.consent.recipientMissing, items: items.length > 0 ? undefined : t.ground.itemsMissing,
    reasons: reasons.trim().length > 9 ? undefined : t.ground.reasonsMissing, source: duty && !source.trim() ? t.ground.sourceMissing : undefined,
    consulted: emergency || consulted.trim() ? undefined : t.ground.consultedMissing, until: until >= today() ? undefined : t.involvement.untilWrong,
  });
  return (
    <div class="card">
      <Form send={send} check={check} action={t.ground.save} cancel={<Button look="subtle" onClick={cancel}>{t.form.cancel}</Button>}>
        <Radios name="kind" label={t.ground.kind} value={kind} change={(next) => { setKind(next); if (next === "noodsituatie") setUntil(plusDays(today(), 2)); }}
          options={Object.entries(t.words.groundKinds).map(([value, label]) => ({ value, label, hint: t.ground.means[value as keyof typeof t.ground.means] }))} />
        <Select name="recipient" label={t.consent.recipient} value={recipient} change={setRecipient} options={cards.map((one) => ({ value: one.id, label: one.name }))} />
        <Checks name="items" label={t.ground.items} hint={client.fragments.length > 0 ? t.ground.itemsHint : t.consent.nothingKept} value={items} change={setItems}
          options={client.fragments.map((one) => ({ value: one.id, label: one.title, hint: one.label }))} />
        <TextArea name="reasons" label={t.ground.reasons} hint={t.ground.reasonsHint} value={reasons} change={setReasons} />
        <TextField name="source" label={t.ground.source} hint={t.ground.sourceHint} value={source} change={setSource} max={1000} optional={!duty} />
        <TextField name="consulted" label={t.ground.consulted} hint={t.ground.consultedHint} value={consulted} change={setConsulted} max={100} optional={emergency} />
        <TextField name="until" label={t.ground.until} hint={emergency ? t.ground.untilEmergency : t.ground.untilHint} value={until} change={setUntil} type="date" />
      </Form>
    </div>
  );
}

function One({ ground: one, reload }: { ground: Ground; reload: () => Promise<void> }) {
  const [how, setHow] = useState("");
  const tell = async (key: string) => {
    await api.post(`/grounds/${one.id}/telling`, { how: how.trim() }, { key, etag: one.etag });
    say("ok", t.ground.told);
    await reload();
  };
  return (
    <div class="card stack-tight">
      <div class="row-apart"><H3>{word(t.words.groundKinds, one.kind)}: {organisationName(one.recipient)}</H3>
        <Badge tone={one.endedAt ? "plain" : "warning"}>{one.endedAt ? t.ground.ended : t.client.until(dayText(one.until))}</Badge></div>
      <p>{one.explanation}</p>
      <Facts rows={[
        [t.ground.reasons, one.reasons], one.source ? [t.ground.source, one.source] : null, one.consulted ? [t.ground.consulted, one.consulted] : null,
        [t.ground.itemCount, String(one.items.length)],
        [t.ground.review, one.review.verdict ?? <Term stage={one.review.overdue ? "te laat" : "loopt"} due={one.review.due} />],
        [t.ground.telling, one.telling.at ? `${one.telling.told} (${dayText(one.telling.at)})` : <Term stage={one.telling.overdue ? "te laat" : "loopt"} due={one.telling.due} />],
      ]} />
      {!one.telling.at && (
        <details><summary>{t.ground.tell}</summary>
          <Form send={tell} action={t.ground.tell} check={() => ({ how: how.trim() ? undefined : t.ground.howMissing })}>
            <TextArea name="how" label={t.ground.how} value={how} change={setHow} rows={2} />
          </Form>
        </details>
      )}
    </div>
  );
}
