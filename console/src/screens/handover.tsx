// One warme overdracht, from either side: where it stands as a picture of steps with terms, what can be done now, and what happened.
import { useState } from "preact/hooks";
import { api, part } from "../app/api";
import { dayText, plusDays, timeText, today } from "../app/days";
import { useLoad } from "../app/load";
import type { HandoverInFull, Preview, Received } from "../app/node";
import { labels } from "../app/node";
import { to } from "../app/route";
import { say } from "../app/say";
import { mine, organisationName, personName } from "../app/session";
import { t, word } from "../app/text";
import { Alert, Badge, Button, Facts, Link, P, Page, Section } from "../components/basic";
import { sure } from "../components/confirm";
import { Checks, Form, Radios, TextArea, TextField, Check } from "../components/form";
import { Load, Waiting } from "../components/load";
import { Steps } from "../components/steps";
import type { StepShown } from "../components/steps";
import { Term } from "../components/term";
import { Decisions } from "./handovers";

export function OneHandover({ params }: { params: Record<string, string> }) {
  const id = params.id ?? "";
  const handover = useLoad(() => api.get<HandoverInFull>(`/handovers/${part(id)}`), [id], ["handovers", "fragments"]);
  if (!handover.data && !handover.error) return <Waiting />;
  const title = handover.data ? t.handover.lineTitle(word(t.words.handoverKinds, handover.data.kind), handover.data.party === "afzender", organisationName(handover.data.peer)) : t.handover.one;
  return (
    <Page title={title} back={{ to: to(["overdrachten"]), label: t.handover.title }}>
      <Load of={handover}>{(data) => <Shown handover={data} reload={handover.reload} />}</Load>
    </Page>
  );
}

// The usual way, and which states have come how far on it. What leaves this way (refused, not arrived) is shown as wrong at its step.
const WAY = ["aangevraagd", "geaccepteerd", "gesprek gepland", "gesprek gevoerd", "overgedragen", "aangekomen", "teruggekoppeld", "afgerond"] as const;
const BESIDE: Record<string, number> = {
  concept: -1, "toestemming gevraagd": -1, gereed: -1, "ander voorstel": 0, geweigerd: 1, ingetrokken: 1, opgeschaald: 1, "niet aangekomen": 5, "cliënt gesproken": 5, "cliënt motiveren": 5,
  "alternatief aangeboden": 5, "ingebracht in MDO": 5, "risico opnieuw beoordelen": 5, "advies gegeven": 4,
};

export function stepsOf(handover: HandoverInFull): StepShown[] {
  const on = WAY.indexOf(handover.state as (typeof WAY)[number]);
  const reached = on >= 0 ? on : BESIDE[handover.state] ?? 0;
  const finished = handover.state === "afgerond";
  const wrong = on < 0 && reached > 0;
  const when = (state: string) => [...handover.happenings].reverse().find((one) => one.state === state);
  return WAY.map((state, index) => {
    const happened = when(state);
    const shown: StepShown["state"] = finished || index < reached || (index === reached && on >= 0) ? "done" : index === reached && wrong ? "wrong" : index === reached + (on >= 0 ? 1 : 0) ? "now" : "later";
    return {
      name: t.handover.way[state], state: shown,
      children: (
        <>
          {shown === "done" && happened && <p class="soft">{happened.date && state === "gesprek gepland" ? t.handover.plannedFor(dayText(happened.date), happened.time ?? "", happened.place) : timeText(happened.at)}</p>}
          {shown === "wrong" && <p><strong>{word(t.words.handoverStates, handover.state)}</strong></p>}
          {(shown === "now" || shown === "wrong") && handover.term && (
            <div class="stack-tight"><p>{t.handover.turn(handover.term.owner === handover.party, organisationName(handover.peer), word(t.words.tasks, handover.term.task))}</p>
              <div><Term stage={handover.term.stage} due={handover.term.due} /></div></div>
          )}
        </>
      ),
    };
  });
}

function Shown({ handover, reload }: { handover: HandoverInFull; reload: () => Promise<void> }) {
  const peer = organisationName(handover.peer);
  const sender = handover.party === "afzender";
  const named = useLoad(labels, []);
  return (
    <div class="two">
      <div class="stack-wide">
        <div class="row">
          <Badge tone={handover.state === "opgeschaald" || handover.state === "geweigerd" ? "danger" : "info"}>{word(t.words.handoverStates, handover.state)}</Badge>
          {handover.urgency === "spoed" && <Badge tone="danger" icon="warning">{t.handover.urgent}</Badge>}
          <span>{t.match.about} <Link to={to(["clienten", handover.clientRef])}>{t.work.client(handover.clientRef)}</Link></span>
        </div>
        {handover.pending && <Alert kind="info" title={t.handover.pending(peer)} />}
        <Do handover={handover} reload={reload} />
        <Section title={t.handover.what}>
          <div class="card"><Facts rows={[
            [t.handover.goal, handover.goal], handover.occasion !== handover.goal ? [t.handover.occasion, handover.occasion] : null,
            [t.handover.items, handover.categories.map((one) => named.data?.(one) ?? one).join(", ") || t.handover.noItems],
            [t.handover.responsible, handover.responsible === handover.party ? organisationName(null) : peer],
            handover.professional ? [t.handover.ours, handover.professional] : null,
          ]} /></div>
        </Section>
        {!sender && <Arrived handover={handover} />}
        <Happened handover={handover} />
      </div>
      <Section title={t.handover.progress}><div class="card"><Steps label={t.handover.progress} steps={stepsOf(handover)} /></div></Section>
    </div>
  );
}

function Happened({ handover }: { handover: HandoverInFull }) {
  return (
    <Section title={t.handover.happened}>
      <ol class="plain-list stack-tight">{[...handover.happenings].reverse().map((one) => (
        <li key={one.version} class="card stack-tight">
          <p><strong>{t.handover.happenedAs[one.event as keyof typeof t.handover.happenedAs] ?? one.event}</strong>{one.feedback && <>: {word(t.words.feedback, one.feedback)}</>}{one.date && <>, {dayText(one.date)}{one.time && ` ${one.time}`}{one.place && `, ${one.place}`}</>}</p>
          {one.words && <p class="pre">{one.words}</p>}
          {one.alternative && <p>{t.handover.alternative}: {one.alternative}</p>}
          <p class="soft small">{one.by === handover.party ? personName(one.who) : one.who}, {one.by === handover.party ? organisationName(null) : organisationName(handover.peer)}, {timeText(one.at)}</p>
        </li>
      ))}</ol>
    </Section>
  );
}

/** What arrived with this hand-over: read where it is kept, with its source. */
function Arrived({ handover }: { handover: HandoverInFull }) {
  const received = useLoad(() => api.whole<{ fragments: Received[] }>(`/received-fragments?handover=${part(handover.id)}`), [handover.id], ["fragments", "handovers", "consents"]);
  return (
    <Load of={received}>{({ fragments }) => (fragments.length === 0 ? null : (
      <Section title={t.handover.arrivedWith}>
        <P>{t.handover.arrivedCount(fragments.length)} <Link to={to(["clienten", handover.clientRef, "dossier"])}>{t.handover.read}</Link></P>
      </Section>
    ))}</Load>
  );
}

type Event = keyof typeof t.handover.act;

function Do({ handover, reload }: { handover: HandoverInFull; reload: () => Promise<void> }) {
  const [event, setEvent] = useState("");
  // Confirming is the receiving node's own work once the fragments came; pausing is for who waits.
  const steps = handover.steps.filter((one) => one !== "overdracht bevestigen" && one in t.handover.act && (one !== "opschorten" || handover.term?.owner !== handover.party));
  const transferable = handover.party === "afzender" && handover.state === "gesprek gevoerd";
  if (handover.pending || (steps.length === 0 && !transferable)) return null;
  const serious = steps.filter((one) => ["opschalen", "intrekken", "weigeren", "niet meer nodig", "opschorten"].includes(one));
  const usual = steps.filter((one) => !serious.includes(one));
  const done = async () => {
    await reload();
    setEvent("");
  };
  return (
    <Section title={t.handover.doNow}>
      {transferable && <Transfer handover={handover} done={done} />}
      {event ? <ActForm key={event} handover={handover} event={event} done={done} cancel={() => setEvent("")} /> : (
        <div class="row">
          {usual.map((one, index) => <Button key={one} look={index === 0 && !transferable ? "primary" : "secondary"} onClick={() => setEvent(one)}>{t.handover.act[one as Event]}</Button>)}
          {serious.map((one) => <Button key={one} look="subtle" onClick={() => setEvent(one)}>{t.handover.act[one as Event]}</Button>)}
        </div>
      )}
    </Section>
  );
}

const NEEDS_DATE = ["ander voorstel doen", "gesprek plannen", "opschorten"];
const NEEDS_WORDS = ["weigeren", "ander voorstel doen", "opschalen", "intrekken", "niet meer nodig", "terugkoppelen", "advies geven", "niet aangekomen melden", "cliënt spreken"];
const FINAL = ["weigeren", "intrekken", "afronden", "niet meer nodig"];

function ActForm({ handover, event, done, cancel }: { handover: HandoverInFull; event: string; done: () => Promise<void>; cancel: () => void }) {
  const [words, setWords] = useState("");
  const [date, setDate] = useState(NEEDS_DATE.includes(event) ? plusDays(today(), 3) : "");
  const [time, setTime] = useState("");
  const [where, setWhere] = useState("");
  const [alternative, setAlternative] = useState("");
  const given = handover.happenings.filter((one) => one.event === "terugkoppelen").length;
  const [feedback, setFeedback] = useState(given === 0 ? "gestart" : "verloop");
  const name = t.handover.act[event as Event];
  const send = async (key: string) => {
    if (FINAL.includes(event) && !(await sure({ title: name, text: t.handover.finalSure, action: name, danger: event !== "afronden" }))) return;
    await api.post(`/handovers/${handover.id}/events`, {
      event, ...mine(), ...(words.trim() && { words: words.trim() }), ...(NEEDS_DATE.includes(event) && date && { date }), ...(event === "gesprek plannen" && time && { time }),
      ...(event === "gesprek plannen" && where.trim() && { place: where.trim() }), ...(event === "weigeren" && alternative.trim() && { alternative: alternative.trim() }),
      ...(event === "terugkoppelen" && { feedback }),
    }, { key, basedOn: `/handovers/${handover.id}` });
    say("ok", t.handover.acted(name));
    await done();
  };
  const check = () => ({
    date: NEEDS_DATE.includes(event) && !date ? t.handover.dateMissing : undefined, words: NEEDS_WORDS.includes(event) && !words.trim() ? t.handover.wordsMissing : undefined,
  });
  return (
    <div class="card">
      <Form send={send} check={check} action={name} look={FINAL.includes(event) && event !== "afronden" ? "danger" : "primary"} cancel={<Button look="subtle" onClick={cancel}>{t.form.cancel}</Button>}>
        {NEEDS_DATE.includes(event) && <div class="field-row">
          <TextField name="date" label={event === "gesprek plannen" ? t.handover.talkOn : t.handover.date} value={date} change={setDate} type="date" />
          {event === "gesprek plannen" && <TextField name="time" label={t.handover.time} value={time} change={setTime} type="time" optional />}
          {event === "gesprek plannen" && <TextField name="place" label={t.handover.where} value={where} change={setWhere} max={200} optional />}
        </div>}
        {event === "terugkoppelen" && <Radios name="feedback" label={t.handover.feedback} value={feedback} change={setFeedback} options={Object.entries(t.words.feedback).map(([value, label]) => ({ value, label }))} />}
        <TextArea name="words" label={t.handover.wordsFor(event)} hint={t.handover.wordsHint(organisationName(handover.peer))} value={words} change={setWords} rows={3} max={1000} optional={!NEEDS_WORDS.includes(event)} />
        {event === "weigeren" && <TextField name="alternative" label={t.handover.alternative} value={alternative} change={setAlternative} max={1000} optional />}
      </Form>
    </div>
  );
}

/** The moment at which fragments leave: what goes and what stays, item by item, before the button. */
function Transfer({ handover, done }: { handover: HandoverInFull; done: () => Promise<void> }) {
  const [withheld, setWithheld] = useState<string[]>([]);
  const [without, setWithout] = useState(false);
  const ask = { client: handover.clientRef, recipient: handover.peer, purpose: "warme-overdracht", categories: handover.categories, withoutThirdPersons: without };
  const all = useLoad(() => api.post<Preview>("/release-previews", ask), [without], ["consents", "records"]);
  const peer = organisationName(handover.peer);
  const send = async (key: string) => {
    if (!all.data) return say("info", t.load.waiting); // nobody sends what was not on the screen
    if (!(await sure({ title: t.handover.transfer, text: t.handover.transferSure(peer), action: t.handover.transfer }))) return;
    await api.post(`/handovers/${handover.id}/transfer`, { ...(withheld.length > 0 && { withheld }), withoutThirdPersons: without }, { key, basedOn: `/handovers/${handover.id}` });
    say("ok", t.handover.transferred(peer));
    await done();
  };
  return (
    <div class="card stack">
      <P>{t.handover.transferWhat(peer)}</P>
      <Form send={send} action={t.handover.transfer}>
        <Load of={all}>{(preview) => (
          <>
            <Decisions preview={preview} clientRef={handover.clientRef} recipient={handover.peer} />
            {preview.fragments.length > 0 && <Checks name="withheld" label={t.handover.withhold} hint={t.handover.withholdHint} value={withheld} change={setWithheld} optional
              options={preview.fragments.map((one) => ({ value: one.id, label: one.title, hint: `${one.label}: ${one.plain || one.text}` }))} />}
          </>
        )}</Load>
        <Check name="without" label={t.handover.withoutThird} hint={t.handover.withoutThirdHint} value={without} change={setWithout} />
      </Form>
    </div>
  );
}
