// Plan en overleg, as far as the node keeps it: the plan and agreements in the dossier, the plan of aftercare, and who coordinates.
import { useState } from "preact/hooks";
import { api, part } from "../app/api";
import { dayText, plusDays, today } from "../app/days";
import { useLoad } from "../app/load";
import type { Aftercare, Views } from "../app/node";
import { to } from "../app/route";
import { say } from "../app/say";
import { organisationName } from "../app/session";
import { t, word } from "../app/text";
import { Badge, Empty, Facts, H3, Link, LinkButton, P, Section } from "../components/basic";
import { Form, TextArea, TextField } from "../components/form";
import { Load } from "../components/load";
import { Term } from "../components/term";
import { ClientScreen } from "./client-frame";
import type { Inside } from "./client-frame";

export function Plan({ params }: { params: Record<string, string> }) {
  return <ClientScreen clientRef={params.ref ?? ""} tab="plan">{(inside) => <Shown {...inside} />}</ClientScreen>;
}

const PLAN = "F15";

function Shown({ client, purpose }: Inside) {
  const around = useLoad(async () => {
    const [{ aftercare }, views] = await Promise.all([api.get<{ aftercare: Aftercare[] }>(`/aftercare?client=${part(client.ref)}&all=true`),
      api.get<Views>(`/clients/${part(client.ref)}/views?purpose=${part(purpose)}`)]);
    return { aftercare, views };
  }, [client.ref], ["work", "handovers"]);
  const agreed = client.fragments.filter((one) => one.category === PLAN);
  return (
    <Load of={around}>{({ aftercare, views }) => (
      <div class="two">
        <div class="stack-wide">
          <Section title={t.plan.agreed} actions={<LinkButton to={to(["clienten", client.ref, "dossier", "nieuw"])}>{t.dossier.add}</LinkButton>}>
            {agreed.length === 0 ? <Empty title={t.plan.noneAgreed}><p>{t.plan.noneAgreedWhy}</p></Empty> : (
              <ul class="plain-list stack-tight">{agreed.map((one) => <li key={one.id} class="card"><H3><Link to={to(["clienten", client.ref, "dossier"])}>{one.title}</Link></H3>
                <p class="soft small">{one.author}{one.date && `, ${dayText(one.date)}`}</p></li>)}</ul>
            )}
          </Section>
          <Section title={t.plan.aftercare}>
            {aftercare.length === 0 ? <Empty title={t.plan.noAftercare}><p>{t.plan.noAftercareWhy}</p></Empty> : aftercare.map((one) => <Care key={one.id} plan={one} reload={around.reload} />)}
            <Watch clientRef={client.ref} reload={around.reload} />
          </Section>
        </div>
        <div class="stack-wide">
          <Section title={t.client.coordinates}>
            {views.coordinates ? <div class="card"><p><strong>{views.coordinates.professional ?? organisationName(views.coordinates.peer)}</strong></p>
              <p class="soft">{organisationName(views.coordinates.peer)}</p></div> : <P soft>{t.client.nobodyCoordinates}</P>}
          </Section>
          <Section title={t.plan.known}>
            {views.where.length === 0 ? <P soft>{t.client.nobodyInvolved}</P> : <ul class="plain-list stack-tight">{views.where.map((one) => (
              <li key={one.id} class="card"><strong>{organisationName(one.peer)}</strong><p class="soft small">{t.timeline.since(dayText(one.since))}{one.state && `, ${word(t.words.handoverStates, one.state)}`}</p></li>))}</ul>}
          </Section>
        </div>
      </div>
    )}</Load>
  );
}

function Watch({ clientRef, reload }: { clientRef: string; reload: () => Promise<void> }) {
  const [ends, setEnds] = useState(plusDays(today(), 365));
  const send = async (key: string) => {
    await api.post("/aftercare", { client: clientRef, ends }, { key });
    say("ok", t.plan.watched);
    await reload();
  };
  return (
    <details><summary>{t.plan.watch}</summary>
      <Form send={send} action={t.plan.watch} check={() => ({ ends: ends > today() ? undefined : t.involvement.untilWrong })}>
        <TextField name="ends" label={t.plan.ends} hint={t.plan.endsHint} value={ends} change={setEnds} type="date" />
      </Form>
    </details>
  );
}

function Care({ plan, reload }: { plan: Aftercare; reload: () => Promise<void> }) {
  const [words, setWords] = useState("");
  const made = async (key: string) => {
    await api.post(`/aftercare/${plan.id}/made`, { words: words.trim() }, { key });
    say("ok", t.plan.made);
    await reload();
  };
  return (
    <div class="card stack-tight">
      <div class="row-apart"><H3>{t.plan.endsOn(dayText(plan.ends))}</H3><Badge tone={plan.state === "opgesteld" ? "good" : "info"}>{plan.state}</Badge></div>
      {plan.state === "op te stellen" && <><Facts rows={[[t.plan.due, <Term stage={plan.stage} due={plan.due} />]]} />
        <Form send={made} action={t.plan.record} check={() => ({ words: words.trim() ? undefined : t.dossier.textMissing })}><TextArea name="words" label={t.plan.words} value={words} change={setWords} max={1000} /></Form></>}
      {plan.words && <p class="pre">{plan.words}</p>}
    </div>
  );
}
