// Toetsen: sharing without consent and readings in an emergency wait for the judgement of somebody else; clients who must still be told.
import { useState } from "preact/hooks";
import { api } from "../../app/api";
import { dayText, daysUntil, timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import type { Ground } from "../../app/node";
import { to } from "../../app/route";
import { say } from "../../app/say";
import { organisationName, personName } from "../../app/session";
import { t, word } from "../../app/text";
import { Button, Empty, Facts, H2, Page } from "../../components/basic";
import { Form, Radios, TextArea } from "../../components/form";
import { Load } from "../../components/load";
import { Tabs } from "../../components/tabs";
import { Term } from "../../components/term";

interface EmergencyRead { id: number; client: string; reason: string; fragments: number; by: string; at: string; review: { due: string; overdue: boolean } }

const T = () => t.rights.reviews;

function ReviewTabs() {
  return <Tabs label={T().parts} tabs={[{ to: to(["toetsen"]), label: T().tabGrounds }, { to: to(["toetsen", "nood"]), label: T().tabEmergencies }, { to: to(["toetsen", "informeren"]), label: T().tabTell }]} />;
}

const stage = (due: { due: string; overdue: boolean }) => (due.overdue ? "te laat" : daysUntil(due.due) <= 2 ? "bijna verlopen" : "loopt");

export function GroundReviews() {
  const grounds = useLoad(() => api.whole<{ grounds: Ground[] }>("/ground-reviews"), [], ["consents"]);
  return (
    <Page title={T().title} intro={T().intro}>
      <ReviewTabs />
      <Load of={grounds}>{({ grounds: found }) => (found.length === 0 ? <Empty title={T().none}><p>{T().noneWhy}</p></Empty> : (
        <ul class="plain-list stack">{found.map((one) => (
          <li key={one.id}>
            <article class="card stack" aria-label={`${word(t.words.groundKinds, one.kind)}, ${one.client}`}>
              <div class="row-apart"><H2>{word(t.words.groundKinds, one.kind)}: {T().clientOf(one.client)}</H2><Term stage={stage(one.review)} due={one.review.due} /></div>
              <About ground={one} />
              <Review address={`/grounds/${one.id}/review`} name={`${word(t.words.groundKinds, one.kind)}, ${one.client}`} consequence={T().wrongWhy} done={grounds.reload} />
            </article>
          </li>
        ))}</ul>
      ))}</Load>
    </Page>
  );
}

function About({ ground }: { ground: Ground }) {
  return (
    <Facts rows={[
      [T().recipient, organisationName(ground.recipient)], [T().law, [word(T().forces, ground.force), ground.law].filter(Boolean).join("; ")], [T().reasons, <span class="pre" key="reasons">{ground.reasons}</span>],
      ground.source ? [T().source, ground.source] : null, ground.consulted ? [T().consulted, ground.consulted] : null,
      [T().items, T().itemCount(ground.items.length)], [T().recorded, T().recordedBy(personName(ground.recordedBy), timeText(ground.recordedAt))], [T().until, dayText(ground.until)],
    ]} />
  );
}

/** The judgement, behind a button: a list is read before it is judged. */
function Review({ address, name, consequence, done }: { address: string; name: string; consequence: string; done: () => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const [verdict, setVerdict] = useState("");
  const [words, setWords] = useState("");
  if (!open) return <p><Button onClick={() => setOpen(true)} label={T().reviewOf(name)}>{T().review}</Button></p>;
  return (
    <Form action={T().record} look={verdict === "onterecht" ? "danger" : "primary"} cancel={<Button onClick={() => setOpen(false)}>{t.form.cancel}</Button>}
      check={() => ({ verdict: verdict ? undefined : T().verdictMissing, words: words.trim() ? undefined : T().wordsMissing })} send={async (key) => {
        await api.post(address, { verdict, words: words.trim() }, { key });
        say("ok", T().recorded1);
        await done();
      }}>
      <Radios name="verdict" label={T().verdict} value={verdict} change={setVerdict} options={[{ value: "terecht", label: T().right, hint: T().rightWhy }, { value: "onterecht", label: T().wrong, hint: consequence }]} />
      <TextArea name="words" label={T().words} hint={T().wordsHint} value={words} change={setWords} />
    </Form>
  );
}

export function EmergencyReviews() {
  const reads = useLoad(() => api.whole<{ emergencyReads: EmergencyRead[] }>("/emergency-reads"), [], ["fragments"]);
  return (
    <Page title={T().emergencyTitle} intro={T().emergencyIntro}>
      <ReviewTabs />
      <Load of={reads}>{({ emergencyReads: found }) => (found.length === 0 ? <Empty title={T().noneEmergency}><p>{T().noneEmergencyWhy}</p></Empty> : (
        <ul class="plain-list stack">{found.map((one) => (
          <li key={one.id}>
            <article class="card stack" aria-label={T().readOf(one.client, personName(one.by))}>
              <div class="row-apart"><H2>{T().readOf(one.client, personName(one.by))}</H2><Term stage={stage(one.review)} due={one.review.due} /></div>
              <Facts rows={[[T().when, timeText(one.at)], [T().reasons, one.reason], [T().items, T().itemCount(one.fragments)]]} />
              <Review address={`/emergency-reads/${one.id}/review`} name={T().readOf(one.client, personName(one.by))} consequence={T().wrongReadWhy} done={reads.reload} />
            </article>
          </li>
        ))}</ul>
      ))}</Load>
    </Page>
  );
}

export function Telling() {
  const grounds = useLoad(() => api.whole<{ grounds: Ground[] }>("/clients-to-tell"), [], ["consents"]);
  return (
    <Page title={T().tellTitle} intro={T().tellIntro}>
      <ReviewTabs />
      <Load of={grounds}>{({ grounds: found }) => (found.length === 0 ? <Empty title={T().noneTell}><p>{T().noneTellWhy}</p></Empty> : (
        <ul class="work">{found.map((one) => (
          <li key={one.id} class={`work__item work__item--${one.telling.overdue ? "late" : "later"}`}>
            <div>
              <p class="work__what">{word(t.words.groundKinds, one.kind)}: {T().clientOf(one.client)}</p>
              <p>{T().sharedWith(organisationName(one.recipient))}; {T().recordedBy(personName(one.recordedBy), timeText(one.recordedAt))}</p>
              {one.telling.postponedBecause && <p class="soft small">{T().postponed(one.telling.postponedBecause)}</p>}
            </div>
            <div class="work__due"><Term stage={stage(one.telling)} due={one.telling.due} /></div>
          </li>
        ))}</ul>
      ))}</Load>
    </Page>
  );
}
