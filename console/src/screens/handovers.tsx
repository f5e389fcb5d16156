// Warme overdrachten: those of everybody, those of one client, and asking for one.
import { useState } from "preact/hooks";
import { api, part } from "../app/api";
import { dayText } from "../app/days";
import { useLoad } from "../app/load";
import type { Card, Category, Handover, HandoverInFull, Match, Preview, Views } from "../app/node";
import { allCategories, handoversOf, matchesOf } from "../app/node";
import { instead, place, to } from "../app/route";
import { say } from "../app/say";
import { mine, organisationName } from "../app/session";
import { t, word } from "../app/text";
import { Alert, Badge, Empty, Facts, H3, Link, LinkButton, P, Page, Section } from "../components/basic";
import { Checks, Form, Radios, Select, TextArea } from "../components/form";
import { Load } from "../components/load";
import { Term } from "../components/term";
import { ClientScreen } from "./client-frame";
import type { Inside } from "./client-frame";

function Line({ handover: one, level }: { handover: Handover; level: 2 | 3 }) {
  return (
    <li class="card row-apart">
      <div>
        <H3 level={level}><Link to={to(["overdrachten", one.id])}>{t.handover.lineTitle(word(t.words.handoverKinds, one.kind), one.party === "afzender", organisationName(one.peer))}</Link></H3>
        <p>{t.work.client(one.clientRef)}: {one.goal}</p>
        <p class="soft small">{t.handover.asked(dayText(one.created))}</p>
      </div>
      <div class="stack-tight"><Badge tone={one.state === "opgeschaald" ? "danger" : "info"}>{word(t.words.handoverStates, one.state)}</Badge>
        {one.term && <div><Term stage={one.term.stage} due={one.term.due} /></div>}</div>
    </li>
  );
}

export function Handovers() {
  const all = useLoad(() => api.whole<{ handovers: Handover[] }>("/handovers"), [], ["handovers"]);
  return (
    <Page title={t.handover.title} intro={t.handover.intro}>
      <Load of={all}>{({ handovers }) => (handovers.length === 0 ? (
        <Empty title={t.handover.none}><p>{t.handover.noneWhy}</p><p><LinkButton to={to(["matches"])}>{t.handover.toMatches}</LinkButton></p></Empty>
      ) : <ul class="plain-list stack-tight">{handovers.map((one) => <Line key={one.id} handover={one} level={2} />)}</ul>)}</Load>
    </Page>
  );
}

export function ClientHandovers({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  const all = useLoad(() => handoversOf(ref), [ref], ["handovers"]);
  return (
    <ClientScreen clientRef={ref} tab="overdrachten">{() => (
      <Section title={t.handover.title} actions={<LinkButton look="primary" to={to(["clienten", ref, "overdrachten", "nieuw"])}>{t.handover.ask}</LinkButton>}>
        <Load of={all}>{(handovers) => (handovers.length === 0 ? <Empty title={t.handover.none}><p>{t.handover.noneWhy}</p></Empty>
          : <ul class="plain-list stack-tight">{handovers.map((one) => <Line key={one.id} handover={one} level={3} />)}</ul>)}</Load>
      </Section>
    )}</ClientScreen>
  );
}

interface Around { matches: Match[]; cards: Card[]; categories: Category[]; views: Views }

export function NewHandover({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  return <ClientScreen clientRef={ref} tab="overdrachten" title={t.handover.ask}>{(inside) => <Surrounded {...inside} />}</ClientScreen>;
}

function Surrounded(inside: Inside) {
  const { client, purpose } = inside;
  const around = useLoad<Around>(async () => {
    const [matches, { cards }, categories, views] = await Promise.all([matchesOf(client.ref), api.get<{ cards: Card[] }>("/cards"), allCategories(),
      api.get<Views>(`/clients/${part(client.ref)}/views?purpose=${part(purpose)}`)]);
    return { matches: matches.filter((one) => !one.ended), cards, categories, views };
  }, [client.ref]);
  return <Load of={around}>{(data) => (data.matches.length === 0 ? (
    <Empty title={t.handover.noReceiver}><p>{t.handover.noReceiverWhy}</p><p><LinkButton to={to(["clienten", client.ref, "betrokkenheid"])}>{t.client.tabs.betrokkenheid}</LinkButton></p></Empty>
  ) : <Ask {...inside} around={data} />)}</Load>;
}

function Ask({ client, around }: Inside & { around: Around }) {
  const wanted = place().query.get("match") ?? "";
  const [match, setMatch] = useState(around.matches.find((one) => one.id === wanted)?.id ?? (around.matches.length === 1 ? around.matches[0]?.id ?? "" : ""));
  const [kind, setKind] = useState("warme overdracht");
  const [urgency, setUrgency] = useState("normaal");
  const [occasion, setOccasion] = useState("");
  const [goal, setGoal] = useState("");
  const kept = new Set(client.fragments.map((one) => one.category));
  const offered = around.categories.filter((one) => kept.has(one.category));
  const [chosen, setChosen] = useState(offered.map((one) => one.category));
  const one = around.matches.find((other) => other.id === match);
  const card = around.cards.find((other) => other.id === one?.peer);
  const preview = useLoad(() => (one && chosen.length > 0
    ? api.post<Preview>("/release-previews", { client: client.ref, recipient: one.peer, purpose: "warme-overdracht", categories: chosen }) : Promise.resolve(undefined)), [match, chosen.join()], ["consents"]);
  const send = async (key: string) => {
    const made = await api.post<HandoverInFull>("/handovers", { match, kind, urgency, ...mine(), goal: goal.trim(), ...(occasion.trim() ? { occasion: occasion.trim() } : {}), categories: chosen }, { key });
    say("ok", t.handover.sent(organisationName(made.peer)), true);
    instead(to(["overdrachten", made.id]));
  };
  const check = () => ({
    match: match ? undefined : t.handover.receiverMissing, goal: goal.trim() ? undefined : t.handover.goalMissing, categories: chosen.length > 0 || kind === "consult" ? undefined : t.consent.categoriesMissing,
  });
  return (
    <div class="two">
      <Form send={send} check={check} action={t.handover.send}>
        <Select name="match" label={t.handover.receiver} hint={t.handover.receiverHint} value={match} change={setMatch}
          options={around.matches.map((other) => ({ value: other.id, label: organisationName(other.peer) }))} />
        <Select name="kind" label={t.handover.kind} value={kind} change={setKind} options={Object.entries(t.words.handoverKinds).map(([value, label]) => ({ value, label }))} />
        <Radios name="urgency" label={t.handover.urgency} value={urgency} change={setUrgency} options={[{ value: "normaal", label: t.handover.normal, hint: t.handover.normalHint },
          { value: "spoed", label: t.handover.urgent, hint: t.handover.urgentHint }]} />
        <TextArea name="occasion" label={t.handover.occasion} hint={t.handover.noContent} value={occasion} change={setOccasion} rows={2} max={1000} optional />
        <TextArea name="goal" label={t.handover.goal} hint={t.handover.goalHint} value={goal} change={setGoal} rows={3} max={1000} />
        <Checks name="categories" label={t.handover.items} hint={t.handover.itemsHint} value={chosen} change={setChosen}
          options={offered.map((other) => ({ value: other.category, label: other.label, hint: other.sensitive ? t.consent.sensitive : undefined }))} />
      </Form>
      <div class="stack-wide">
        {card && <Section title={t.handover.socialMap}><div class="card"><Facts rows={[
          [t.handover.organisation, card.name], [t.handover.kindOf, word(t.words.organisationKinds, card.kind)],
          card.capabilities.length > 0 ? [t.handover.offers, card.capabilities.join(", ")] : null, card.contact.name ? [t.handover.contact, [card.contact.name, card.contact.phone].filter(Boolean).join(", ")] : null,
        ]} /></div></Section>}
        <Section title={t.handover.preview}>
          <P soft>{t.handover.previewWhat}</P>
          <Load of={preview}>{(data) => (data ? <Decisions preview={data} clientRef={client.ref} recipient={one?.peer ?? ""} /> : <P soft>{t.handover.previewChoose}</P>)}</Load>
        </Section>
      </div>
    </div>
  );
}

/** What may go and what stays, a category a line, with the reason. */
export function Decisions({ preview, clientRef, recipient }: { preview: Preview; clientRef: string; recipient: string }) {
  const stays = preview.categories.filter((one) => one.decision === "deny");
  return (
    <div class="stack">
      <ul class="plain-list stack-tight">{preview.categories.map((one) => (
        <li key={one.category} class={`fragment${one.decision === "deny" ? " fragment--stays" : ""}`}>
          <div class="row-apart"><strong>{one.label}</strong><Badge tone={one.decision === "permit" ? "good" : "plain"} icon={one.decision === "permit" ? "check" : "lock"}>
            {one.decision === "permit" ? t.handover.goes(one.fragments) : t.handover.stays}</Badge></div>
          {one.decision === "deny" && one.explanation && <p class="soft small">{one.explanation}</p>}
        </li>
      ))}</ul>
      {stays.length > 0 && (
        <Alert kind="info" title={t.handover.staysWhat}>
          <p class="row"><Link to={to(["clienten", clientRef, "toestemming", "nieuw"], { ontvanger: recipient })}>{t.consent.record}</Link>
            <Link to={to(["clienten", clientRef, "zonder-toestemming"])}>{t.ground.title}</Link></p>
        </Alert>
      )}
    </div>
  );
}
