// Matches: who else is involved with one of our clients, and what to do about it. A match that nobody calls about is late, and says so.
import { useState } from "preact/hooks";
import { api, part } from "../app/api";
import { useAct } from "../app/act";
import { dayText, timeText, today } from "../app/days";
import { useLoad } from "../app/load";
import type { Match } from "../app/node";
import { to } from "../app/route";
import { say } from "../app/say";
import { current, organisationName, personName } from "../app/session";
import { t, word } from "../app/text";
import { Alert, Badge, Button, Empty, Facts, Link, LinkButton, P, Page, Section } from "../components/basic";
import { sure } from "../components/confirm";
import { Form, Radios, Select, TextField } from "../components/form";
import { Load, Waiting } from "../components/load";
import { Steps } from "../components/steps";
import type { StepShown } from "../components/steps";
import { Term } from "../components/term";
import { MatchLine } from "./client";

export function Matches() {
  const matches = useLoad(() => api.whole<{ matches: Match[] }>("/matches"), [], ["matches"]);
  return (
    <Page title={t.match.title} intro={t.match.intro}>
      <Load of={matches}>{({ matches: all }) => (all.length === 0 ? (
        <Empty title={t.match.none}><p>{t.match.noneWhy}</p><p><LinkButton to={to(["clienten"])}>{t.work.toClients}</LinkButton></p></Empty>
      ) : (
        <ul class="plain-list stack-tight">{all.map((one) => <li key={one.id}><MatchLine match={one} level={2} about /></li>)}</ul>
      ))}</Load>
    </Page>
  );
}

export function OneMatch({ params }: { params: Record<string, string> }) {
  const id = params.id ?? "";
  const match = useLoad(() => api.get<Match>(`/matches/${part(id)}`), [id], ["matches"]);
  if (!match.data && !match.error) return <Waiting />;
  const name = match.data ? organisationName(match.data.peer) : "";
  return (
    <Page title={match.data ? t.match.with(name) : t.match.one} back={{ to: to(["matches"]), label: t.match.title }}>
      <Load of={match}>{(data) => <Shown match={data} reload={match.reload} />}</Load>
    </Page>
  );
}

function stepsOf(match: Match): StepShown[] {
  const sure = match.class === "certain";
  const done = { open: sure ? 1 : 0, waiting: 1, contact: 2, contacted: 3, differing: 3, handled: 4 }[match.state] ?? 1;
  const state = (index: number): StepShown["state"] => (index < done ? "done" : index > done || match.ended ? "later" : match.state === "differing" ? "wrong" : "now");
  const due = match.work.due && <Term stage={match.work.stage ?? "loopt"} due={match.work.due} />;
  const names = [sure ? t.match.stepFound : t.match.stepJudge, t.match.stepData, t.match.stepContact, t.match.stepOutcome];
  const told = [
    timeText(match.found), match.contact ? `${match.contact.name}, ${match.contact.function}` : match.state === "waiting" ? t.match.waitingFor(organisationName(match.peer)) : "",
    match.work.contacted ? `${dayText(match.work.contacted.on)}, ${word(t.words.contactWays, match.work.contacted.how)}` : "",
    match.outcome.own ? t.match.outcomes(word(t.words.outcomes, match.outcome.own), match.outcome.peer ? word(t.words.outcomes, match.outcome.peer) : t.match.notYet) : "",
  ];
  return names.map((name, index) => ({ name, state: state(index), children: <>{told[index]}{state(index) === "now" && due && <div>{due}</div>}</> }));
}

function Shown({ match, reload }: { match: Match; reload: () => Promise<void> }) {
  const peer = organisationName(match.peer);
  const over = ["declined", "ended"].includes(match.state);
  return (
    <div class="two">
      <div class="stack-wide">
        <div class="row">
          <Badge tone={match.class === "certain" ? "good" : "warning"}>{match.class === "certain" ? t.match.certain : match.class === "family" ? t.match.family : t.match.possible}</Badge>
          <span>{t.match.about} <Link to={to(["clienten", match.clientRef])}>{t.work.client(match.clientRef)}</Link></span>
        </div>
        {match.ended && <Alert kind="info" title={t.match.endedOn(timeText(match.ended))} />}
        {match.work.escalated && <Alert kind="warning" title={t.match.escalatedFor(word(t.words.troubles, match.work.escalated.why))} />}
        {match.class !== "certain" && !match.contact && !over && (
          <Alert kind="info" title={t.match.possibleWhat}>
            <p>{t.match.evidence}: {match.evidence.length > 0 ? [...new Set(match.evidence.map((one) => word(t.words.evidence, one)))].join(", ") : t.match.noEvidence}</p>
          </Alert>
        )}
        {match.state === "open" && <Judge match={match} reload={reload} />}
        {match.state === "waiting" && <Alert kind="info" title={t.match.waitingFor(peer)}><p>{t.match.waitingWhy}</p></Alert>}
        {match.contacts && match.contacts.length > 0 && (
          <Section title={t.match.callThem}>
            <div class="cards">{match.contacts.map((one, index) => (
              <div class="card stack-tight" key={index}>
                <p><strong>{one.name}</strong><br />{one.function}, {peer}</p>
                <Facts rows={[[t.involvement.phone, <a class="utrecht-link utrecht-link--html-a" href={`tel:${one.phone.replace(/[^\d+]/g, "")}`}>{one.phone}</a>],
                  [t.involvement.email, <a class="utrecht-link utrecht-link--html-a" href={`mailto:${one.email}`}>{one.email}</a>], [t.match.since, dayText(one.from)]]} />
              </div>
            ))}</div>
          </Section>
        )}
        {["contact", "contacted", "differing", "handled"].includes(match.state) && <Handle match={match} reload={reload} />}
        {match.state === "handled" && match.outcome.own === "same" && <Next match={match} />}
      </div>
      <div class="stack-wide">
        <Section title={t.match.progress}><div class="card"><Steps label={t.match.progress} steps={stepsOf(match)} /></div></Section>
        <Owner match={match} reload={reload} />
        {!over && match.state !== "handled" && <Stuck match={match} reload={reload} />}
      </div>
    </div>
  );
}

function Judge({ match, reload }: { match: Match; reload: () => Promise<void> }) {
  const [choice, setChoice] = useState("");
  const [reason, setReason] = useState("");
  const send = async (key: string) => {
    if (choice === "no-contact" && !(await sure({ title: t.match.noContact, text: t.match.noContactSure, action: t.match.noContact, danger: true }))) return;
    await api.post(`/matches/${match.id}/choice`, choice === "contact" ? { choice } : { choice, reason }, { key, basedOn: `/matches/${match.id}` });
    say("ok", choice === "contact" ? t.match.chosen : t.match.declined);
    await reload();
  };
  return (
    <Section title={t.match.judge}>
      <Form send={send} action={t.match.save} check={() => ({ choice: choice ? undefined : t.match.choiceMissing, reason: choice === "no-contact" && !reason ? t.match.reasonMissing : undefined })}>
        <Radios name="choice" label={t.match.choice} hint={t.match.choiceHint} value={choice} change={setChoice} options={[
          { value: "contact", label: t.match.contact, hint: t.match.contactHint }, { value: "no-contact", label: t.match.noContact, hint: t.match.noContactHint },
        ]} />
        {choice === "no-contact" && <Radios name="reason" label={t.match.reason} value={reason} change={setReason}
          options={Object.entries(t.words.declined).map(([value, label]) => ({ value, label }))} />}
      </Form>
    </Section>
  );
}

function Handle({ match, reload }: { match: Match; reload: () => Promise<void> }) {
  const [how, setHow] = useState("phone");
  const [on, setOn] = useState(today());
  const [outcome, setOutcome] = useState(match.outcome.own ?? "");
  const contacted = async (key: string) => {
    await api.post(`/matches/${match.id}/contacted`, { how, on }, { key, basedOn: `/matches/${match.id}` });
    say("ok", t.match.contactSaved);
    await reload();
  };
  const settle = async (key: string) => {
    await api.post(`/matches/${match.id}/outcome`, { outcome }, { key, basedOn: `/matches/${match.id}` });
    say("ok", t.match.outcomeSaved);
    await reload();
  };
  return (
    <>
      {match.state === "contact" && (
        <Section title={t.match.recordContact}>
          <Form send={contacted} action={t.match.saveContact} check={() => ({ on: on && on <= today() ? undefined : t.match.dayWrong })}>
            <div class="field-row">
              <Select name="how" label={t.match.how} value={how} change={setHow} options={Object.entries(t.words.contactWays).map(([value, label]) => ({ value, label }))} />
              <TextField name="on" label={t.match.on} value={on} change={setOn} type="date" />
            </div>
          </Form>
        </Section>
      )}
      <Section title={t.match.stepOutcome}>
        {match.state === "differing" && <Alert kind="warning" title={t.match.differ(word(t.words.outcomes, match.outcome.own ?? ""), word(t.words.outcomes, match.outcome.peer ?? ""))} />}
        <Form send={settle} action={t.match.saveOutcome} check={() => ({ outcome: outcome ? undefined : t.match.outcomeMissing })}>
          <Radios name="outcome" label={t.match.outcome} value={outcome} change={setOutcome} options={Object.entries(t.words.outcomes).map(([value, label]) => ({ value, label }))} />
        </Form>
      </Section>
    </>
  );
}

/** What follows: consent, and handing over. */
function Next({ match }: { match: Match }) {
  return (
    <Section title={t.match.next}>
      <P>{t.match.nextWhat}</P>
      <div class="row">
        <LinkButton look="primary" to={to(["clienten", match.clientRef, "toestemming", "nieuw"], { ontvanger: match.peer })}>{t.consent.record}</LinkButton>
        <LinkButton to={to(["clienten", match.clientRef, "overdrachten", "nieuw"], { match: match.id })}>{t.handover.ask}</LinkButton>
      </div>
    </Section>
  );
}

function Owner({ match, reload }: { match: Match; reload: () => Promise<void> }) {
  const { busy, run } = useAct();
  const me = current().session?.displayName ?? "";
  const set = (body: unknown, done: string) => void run((key) => api.post(`/matches/${match.id}/owner`, body, { key, basedOn: `/matches/${match.id}` }), done).then((worked) => { if (worked) void reload(); });
  return (
    <Section title={t.match.owner}>
      <P>{personName(match.work.owner) || t.work.nobody}</P>
      {match.state !== "ended" && <div class="row">
        {match.work.owner !== me && <Button busy={busy} onClick={() => set(me ? { owner: me } : {}, t.match.taken)}>{t.match.take}</Button>}
        {match.work.owner === me && me && <Button look="subtle" busy={busy} onClick={() => set({ release: true }, t.match.released)}>{t.match.release}</Button>}
      </div>}
    </Section>
  );
}

function Stuck({ match, reload }: { match: Match; reload: () => Promise<void> }) {
  const [why, setWhy] = useState("");
  const send = async (key: string) => {
    await api.post(`/matches/${match.id}/escalation`, { why }, { key, basedOn: `/matches/${match.id}` });
    say("ok", t.match.escalated);
    await reload();
  };
  return (
    <details>
      <summary>{t.match.stuck}</summary>
      <Form send={send} action={t.match.escalate} check={() => ({ why: why ? undefined : t.match.whyMissing })}>
        <Select name="why" label={t.match.why} hint={t.match.stuckHint} value={why} change={setWhy} options={Object.entries(t.words.troubles).map(([value, label]) => ({ value, label }))} />
      </Form>
    </details>
  );
}

