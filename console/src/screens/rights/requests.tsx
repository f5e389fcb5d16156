// Verzoeken van betrokkenen: access, correction, destruction; with the terms of the law. Registered, extended once, answered.
import { useState } from "preact/hooks";
import { api, part } from "../../app/api";
import { dayText, daysUntil, plusDays, timeText, today } from "../../app/days";
import { useLoad } from "../../app/load";
import { OFFICER } from "../../app/roles";
import { go, to, usePlace } from "../../app/route";
import { say } from "../../app/say";
import { current, personName } from "../../app/session";
import { t, word } from "../../app/text";
import { Badge, Empty, Facts, Link, LinkButton, Page, Section } from "../../components/basic";
import { sure } from "../../components/confirm";
import { Form, Radios, TextArea, TextField } from "../../components/form";
import { Load } from "../../components/load";
import { Segments } from "../../components/tabs";
import { Term } from "../../components/term";

interface SubjectRequest {
  id: string;
  client: string | null;
  kind: string;
  state: string;
  who: string | null;
  received: string;
  due: string;
  extended: boolean;
  overdue: boolean;
  closed: string | null;
  notes: { at: string; by: string; words: string }[];
}

const T = () => t.rights.requests;
const SOON = 7;

const stageOf = (one: SubjectRequest) => (one.overdue ? "te laat" : daysUntil(one.due) <= SOON ? "bijna verlopen" : "loopt");

export function Requests() {
  const [which, setWhich] = useState<"open" | "all">("open");
  const requests = useLoad(() => api.whole<{ requests: SubjectRequest[] }>(`/subject-requests${which === "all" ? "?all=true" : ""}`), [which], ["rights"]);
  return (
    <Page title={T().title} intro={T().intro} actions={
      <>
        <Segments label={T().which} value={which} change={setWhich} options={[{ value: "open", label: T().open }, { value: "all", label: T().all }]} />
        <LinkButton look="primary" to={to(["verzoeken", "nieuw"])}>{T().add}</LinkButton>
      </>
    }>
      <Load of={requests}>{({ requests: found }) => (found.length === 0 ? (
        <Empty title={which === "open" ? T().noneOpen : T().none}><p>{T().noneWhy}</p></Empty>
      ) : (
        <ul class="work">{[...found].sort((a, b) => Number(a.closed !== null) - Number(b.closed !== null) || (a.due < b.due ? -1 : 1)).map((one) => <Row key={one.id} one={one} />)}</ul>
      ))}</Load>
    </Page>
  );
}

function Row({ one }: { one: SubjectRequest }) {
  const urgency = one.closed ? "later" : one.overdue ? "late" : stageOf(one) === "bijna verlopen" ? "soon" : "later";
  return (
    <li class={`work__item work__item--${urgency}`}>
      <div>
        <p class="work__what"><Link to={to(["verzoeken", one.id])}>{T().name(word(T().kinds, one.kind), one.client ?? T().gone)}</Link></p>
        <p>{T().by(one.who ?? T().gone)}; {T().receivedOn(dayText(one.received))}{one.extended && `; ${T().wasExtended}`}</p>
      </div>
      <div class="work__due">{one.closed ? <Badge tone="good" icon="check">{word(T().states, one.state)}, {dayText(one.closed)}</Badge> : <Term stage={stageOf(one)} due={one.due} />}</div>
    </li>
  );
}

export function NewRequest() {
  const { query } = usePlace();
  const [client, setClient] = useState(query.get("client") ?? "");
  const [kind, setKind] = useState("");
  const [who, setWho] = useState("");
  const [words, setWords] = useState("");
  const [received, setReceived] = useState(today());
  return (
    <Page title={T().add} intro={T().addIntro} back={{ to: to(["verzoeken"]), label: T().title }}>
      <Form action={T().record} cancel={<LinkButton to={to(["verzoeken"])}>{t.form.cancel}</LinkButton>} check={() => ({
        client: client.trim() ? undefined : T().clientMissing, kind: kind ? undefined : T().kindMissing, who: who.trim() ? undefined : T().whoMissing,
        words: words.trim() ? undefined : T().wordsMissing, received: received && received <= today() ? undefined : T().receivedWrong,
      })} send={async (key) => {
        const made = await api.post<SubjectRequest>("/subject-requests", { client: client.trim(), kind, who: who.trim(), words: words.trim(), received }, { key });
        say("ok", T().recorded(dayText(made.due)), true);
        go(to(["verzoeken", made.id]));
      }}>
        <TextField name="client" label={T().client} hint={T().clientHint} value={client} change={setClient} max={100} />
        <Radios name="kind" label={T().kind} value={kind} change={setKind} options={Object.entries(T().kinds).map(([value, label]) => ({ value, label, hint: T().kindHints[value] }))} />
        <TextField name="who" label={T().who} hint={T().whoHint} value={who} change={setWho} />
        <TextArea name="words" label={T().words} hint={T().wordsHint} value={words} change={setWords} />
        <TextField name="received" label={T().received} hint={T().receivedHint} type="date" value={received} change={setReceived} />
      </Form>
    </Page>
  );
}

export function OneRequest({ params }: { params: Record<string, string> }) {
  const requests = useLoad(() => api.whole<{ requests: SubjectRequest[] }>("/subject-requests?all=true"), [params.id], ["rights"]);
  const back = { to: to(["verzoeken"]), label: T().title };
  return (
    <Load of={requests}>{({ requests: all }) => {
      const one = all.find((request) => request.id === params.id);
      return one ? <Shown key={one.id} one={one} reload={requests.reload} /> : <Page title={T().unknown} back={back}><Empty title={T().unknownWhy} /></Page>;
    }}</Load>
  );
}

function Shown({ one, reload }: { one: SubjectRequest; reload: () => Promise<void> }) {
  const officer = OFFICER.includes(current().session?.role ?? "service");
  return (
    <Page title={T().name(word(T().kinds, one.kind), one.client ?? T().gone)} back={{ to: to(["verzoeken"]), label: T().title }}>
      <div class="two">
        <div class="stack-wide">
          <div class="card stack">
            <div class="row">{one.closed ? <Badge tone="good" icon="check">{word(T().states, one.state)}</Badge> : <Term stage={stageOf(one)} due={one.due} />}</div>
            <Facts rows={[
              [T().who, one.who ?? T().gone], [T().received, dayText(one.received)], [T().due, dayText(one.due)], [T().extended, one.extended ? T().yesOnce : T().no],
              one.closed ? [T().closed, dayText(one.closed)] : null,
            ]} />
          </div>
          <Section title={T().notes}>
            <ol class="plain-list stack">{one.notes.map((note) => (
              <li key={note.at} class="card stack-tight"><p class="pre">{note.words}</p><p class="soft small">{T().noteBy(personName(note.by), timeText(note.at))}</p></li>
            ))}</ol>
          </Section>
          {!one.closed && <Answer one={one} reload={reload} />}
          {!one.closed && <Statement one={one} reload={reload} />}
          {!one.closed && !one.extended && !one.overdue && <Extension one={one} reload={reload} />}
        </div>
        {one.client && (
          <aside class="card stack" aria-label={T().help}>
            <p class="alert__title">{T().help}</p>
            <p>{T().helps[one.kind]}</p>
            {officer && one.kind !== "vernietiging" && <p><LinkButton to={to(["inzage", one.client])}>{T().report}</LinkButton></p>}
            {one.kind === "vernietiging" && <p><LinkButton to={to(["vernietigen", "nieuw"], { client: one.client })}>{T().destroy}</LinkButton></p>}
          </aside>
        )}
      </div>
    </Page>
  );
}

interface Part { one: SubjectRequest; reload: () => Promise<void> }

function Answer({ one, reload }: Part) {
  const [answer, setAnswer] = useState("");
  const [words, setWords] = useState("");
  return (
    <Section title={T().answer}>
      <Form action={T().answerAction} check={() => ({ answer: answer ? undefined : T().answerMissing, words: words.trim() ? undefined : T().answerWordsMissing })} send={async (key) => {
        if (!(await sure({ title: T().answerSure, text: T().answerSureText(word(T().states, answer)), action: T().answerAction }))) return;
        await api.post(`/subject-requests/${part(one.id)}/answer`, { answer, words: words.trim() }, { key });
        say("ok", T().answered);
        await reload();
      }}>
        <Radios name="answer" label={T().answer} value={answer} change={setAnswer} options={Object.entries(T().states).filter(([value]) => value !== "open").map(([value, label]) => ({ value, label, hint: T().answerHints[value] }))} />
        <TextArea name="words" label={T().answerWords} hint={T().answerWordsHint} value={words} change={setWords} />
      </Form>
    </Section>
  );
}

function Statement({ one, reload }: Part) {
  const [words, setWords] = useState("");
  return (
    <details class="card"><summary>{T().statement}</summary>
      <p class="measure soft">{T().statementWhy}</p>
      <Form look="primary" action={T().statementAction} check={() => ({ words: words.trim() ? undefined : T().statementMissing })} send={async (key) => {
        await api.post(`/subject-requests/${part(one.id)}/statement`, { words: words.trim() }, { key });
        setWords("");
        say("ok", T().statementDone);
        await reload();
      }}>
        <TextArea name="words" label={T().statementWords} value={words} change={setWords} />
      </Form>
    </details>
  );
}

function Extension({ one, reload }: Part) {
  const [why, setWhy] = useState("");
  return (
    <details class="card"><summary>{T().extend}</summary>
      <p class="measure soft">{T().extendWhy(dayText(plusDays(one.due, 61)))}</p>
      <Form action={T().extendAction} check={() => ({ why: why.trim() ? undefined : T().extendMissing })} send={async (key) => {
        const changed = await api.post<SubjectRequest>(`/subject-requests/${part(one.id)}/extension`, { why: why.trim() }, { key });
        say("ok", T().extendedUntil(dayText(changed.due)));
        await reload();
      }}>
        <TextArea name="why" label={T().extendReason} hint={T().extendHint} value={why} change={setWhy} />
      </Form>
    </details>
  );
}
