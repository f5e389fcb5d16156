// Dossier of one client: our own fragments, and what other organisations let us read, kept apart, with its source and until when.
import { useState } from "preact/hooks";
import { api, part } from "../app/api";
import { useAct } from "../app/act";
import { dayText, timeText, today } from "../app/days";
import { useLoad } from "../app/load";
import type { Category, FragmentHead, FragmentRead, Received, ReceivedFile } from "../app/node";
import { allCategories } from "../app/node";
import { instead, to } from "../app/route";
import { say } from "../app/say";
import { current, organisationName } from "../app/session";
import { t, word } from "../app/text";
import { Alert, Badge, Button, Empty, H3, LinkButton, P, Section } from "../components/basic";
import { sure } from "../components/confirm";
import { Check, Checks, Form, Radios, Select, TextArea, TextField } from "../components/form";
import { Load } from "../components/load";
import { FILES, OwnFile, ReceivedFiles } from "./attachments";
import { ClientScreen } from "./client-frame";

export function Dossier({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  const received = useLoad(() => api.whole<{ fragments: Received[] }>(`/received-fragments?client=${part(ref)}`).then((got) => got.fragments), [ref], ["fragments", "consents"]);
  const files = useLoad(() => api.get<{ files: ReceivedFile[] }>(`/received-attachments?client=${part(ref)}`).then((got) => got.files), [ref], ["fragments", "consents"]);
  return (
    <ClientScreen clientRef={ref} tab="dossier">{({ client, purpose }) => (
      <div class="stack-wide">
        <Section title={t.dossier.own} actions={<div class="row">
          <LinkButton look="primary" to={to(["clienten", ref, "dossier", "nieuw"])}>{t.dossier.add}</LinkButton>
          <LinkButton to={to(["clienten", ref, "dossier", "bijlage"])}>{t.files.add}</LinkButton>
          <LinkButton look="subtle" to={to(["clienten", ref, "formulieren"])}>{t.forms.title}</LinkButton></div>}>
          {client.fragments.length === 0 ? <Empty title={t.dossier.noneOwn}><p>{t.dossier.noneOwnWhy}</p></Empty> : (
            <ul class="plain-list stack-tight">{client.fragments.map((one) => <li key={one.id}><Own head={one} purpose={purpose} parent={client.fragments.find((other) => other.id === one.parent)} /></li>)}</ul>
          )}
        </Section>
        <Section title={t.dossier.received}>
          <Load of={received}>{(fragments) => (fragments.length === 0 ? <Empty title={t.dossier.noneReceived}><p>{t.dossier.noneReceivedWhy}</p></Empty> : (
            <>
              <ul class="plain-list stack-tight">{fragments.map((one) => <li key={`${one.exchange} ${one.id}`}><FromOthers fragment={one} /></li>)}</ul>
              {fragments.some((one) => one.state === "locked") && <Emergency clientRef={ref} reload={received.reload} />}
            </>
          ))}</Load>
        </Section>
        <ReceivedFiles of={files} />
      </div>
    )}</ClientScreen>
  );
}

function Head({ head }: { head: FragmentHead }) {
  return (
    <div class="row-apart">
      <div><H3>{head.title || t.dossier.lockedTitle(head.label)}</H3><p class="soft small">{[head.label, head.author, head.title && head.date && dayText(head.date)].filter(Boolean).join(", ")}</p></div>
      <div class="row">{head.title && <Badge tone={head.nature === "interpretatie" ? "warning" : "plain"}>{word(t.words.natures, head.nature)}</Badge>}
        {head.sensitive && <Badge tone="info" icon="lock">{t.dossier.sensitive}</Badge>}</div>
    </div>
  );
}

/** Read when asked for: each reading stands in the log. */
function Own({ head, purpose, parent }: { head: FragmentHead; purpose: string; parent: FragmentHead | undefined }) {
  const [text, setText] = useState<FragmentRead | undefined>();
  const { busy, run } = useAct();
  const open = () => void run(async () => setText(await api.get<FragmentRead>(`/fragments/${part(head.id)}?purpose=${part(purpose)}`)));
  return (
    <div class="fragment stack-tight">
      <Head head={head} />
      {parent && <p class="small">{t.files.with(parent.title)}</p>}
      {head.category === FILES ? <OwnFile head={head} purpose={purpose} /> : text ? <p class="pre measure">{text.text || text.plain}</p> : <p class="no-print"><Button look="subtle" busy={busy} onClick={open} label={t.dossier.readOne(head.title)}>{t.dossier.read}</Button></p>}
    </div>
  );
}

function FromOthers({ fragment: one }: { fragment: Received }) {
  const about = one.text || (one.category === FILES ? t.files.below : one.plain); // of a file only its sizes and hashes are in plain words
  const readable = one.text || one.plain;
  return (
    <div class="fragment fragment--received stack-tight">
      <Head head={one} />
      <p class="small">{one.state === "locked" ? t.dossier.fromLocked(organisationName(one.from), word(t.words.purposes, one.purpose)) : t.dossier.from(organisationName(one.from), word(t.words.purposes, one.purpose), dayText(one.until))}</p>
      {readable ? <p class="pre measure">{about}</p> : <p><Badge tone="warning" icon="lock">{word(t.words.fragmentStates, one.state)}</Badge> {t.dossier.lockedWhy}</p>}
      {one.corrected && <p class="soft small">{t.dossier.corrected(timeText(one.corrected))}</p>}
    </div>
  );
}

function Emergency({ clientRef, reload }: { clientRef: string; reload: () => Promise<void> }) {
  const [reason, setReason] = useState("");
  const [shown, setShown] = useState<Received[]>([]);
  const send = async (key: string) => {
    if (!(await sure({ title: t.dossier.emergency, text: t.dossier.emergencySure, action: t.dossier.emergency, danger: true }))) return;
    setShown((await api.post<{ fragments: Received[] }>("/received-fragments/emergency", { client: clientRef, reason: reason.trim() }, { key })).fragments);
    await reload();
  };
  return (
    <details>
      <summary>{t.dossier.emergency}</summary>
      <div class="stack">
        <P soft>{t.dossier.emergencyWhat}</P>
        <Form send={send} action={t.dossier.emergency} look="danger" check={() => ({ reason: reason.trim().length > 9 ? undefined : t.dossier.emergencyMissing })}>
          <TextArea name="reason" label={t.dossier.emergencyReason} value={reason} change={setReason} rows={2} max={300} />
        </Form>
        {shown.map((one) => <FromOthers key={one.id} fragment={one} />)}
      </div>
    </details>
  );
}

export function NewFragment({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  const categories = useLoad(allCategories, []);
  return <ClientScreen clientRef={ref} tab="dossier" title={t.dossier.add}>{() => <Load of={categories}>{(data) => <Write clientRef={ref} categories={data} />}</Load>}</ClientScreen>;
}

function Write({ clientRef, categories }: { clientRef: string; categories: Category[] }) {
  const [category, setCategory] = useState("");
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const [nature, setNature] = useState("");
  const [source, setSource] = useState("");
  const [date, setDate] = useState(today());
  const [persons, setPersons] = useState(["jeugdige"]);
  const [sensitive, setSensitive] = useState(false);
  const send = async (key: string) => {
    await api.post("/fragments", { clientRef, category, title: title.trim(), nature, author: current().session?.displayName || current().session?.account, date, text: text.trim(),
      persons, ...(source.trim() && { source: source.trim() }), ...(sensitive && { sensitive }) }, { key });
    say("ok", t.dossier.added, true);
    instead(to(["clienten", clientRef, "dossier"]));
  };
  const check = () => ({
    category: category ? undefined : t.dossier.categoryMissing, title: title.trim() ? undefined : t.dossier.titleMissing, text: text.trim() ? undefined : t.dossier.textMissing,
    nature: nature ? undefined : t.dossier.natureMissing, date: date && date <= today() ? undefined : t.match.dayWrong, persons: persons.length > 0 ? undefined : t.dossier.personsMissing,
  });
  return (
    <Form send={send} check={check} action={t.dossier.save}>
      <Select name="category" label={t.dossier.category} value={category} change={setCategory} options={categories.map((one) => ({ value: one.category, label: `${one.category} ${one.label}` }))} />
      <TextField name="title" label={t.dossier.title} value={title} change={setTitle} />
      <Radios name="nature" label={t.dossier.nature} value={nature} change={setNature} options={[
        { value: "feit", label: t.dossier.fact, hint: t.dossier.factHint }, { value: "interpretatie", label: t.dossier.view, hint: t.dossier.viewHint },
      ]} />
      <TextArea name="text" label={t.dossier.text} hint={t.dossier.textHint} value={text} change={setText} rows={8} max={20000} />
      <div class="field-row">
        <TextField name="date" label={t.dossier.date} value={date} change={setDate} type="date" />
        <TextField name="source" label={t.dossier.source} value={source} change={setSource} optional />
      </div>
      <Checks name="persons" label={t.dossier.persons} hint={t.dossier.personsHint} value={persons} change={setPersons} options={Object.entries(t.dossier.whom).map(([value, label]) => ({ value, label }))} />
      <Check name="sensitive" label={t.dossier.markSensitive} hint={t.dossier.markSensitiveHint} value={sensitive} change={setSensitive} />
      <Alert kind="info" title={t.dossier.stays} />
    </Form>
  );
}
