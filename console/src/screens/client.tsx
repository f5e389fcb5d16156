// Cliëntkaart: who the client is, who has authority, who else is involved, where consent stands, what is agreed; and the years as a picture.
import { api, part } from "../app/api";
import { dayText, shortDay, today } from "../app/days";
import { useLoad } from "../app/load";
import type { Consent, Handover, Match, Views } from "../app/node";
import { consentRecordOf, handoversOf, matchesOf } from "../app/node";
import { to } from "../app/route";
import { organisationName } from "../app/session";
import { t, word } from "../app/text";
import { Badge, Empty, Facts, H3, Link, LinkButton, P, Section } from "../components/basic";
import { Load } from "../components/load";
import { Timeline } from "../components/timeline";
import type { Span } from "../components/timeline";
import { DoubtedClient } from "./doubts";
import { ClientScreen } from "./client-frame";
import type { Inside } from "./client-frame";

export function ClientCard({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  return <ClientScreen clientRef={ref} tab="kaart">{(inside) => <Card {...inside} />}</ClientScreen>;
}

interface Around { matches: Match[]; consents: Consent[]; doubtedSince: string | null; handovers: Handover[]; views: Views }

function Card({ client, purpose }: Inside) {
  const around = useLoad<Around>(async () => {
    const [matches, { consents, doubtedSince }, handovers, views] = await Promise.all([
      matchesOf(client.ref), consentRecordOf(client.ref), handoversOf(client.ref), api.get<Views>(`/clients/${part(client.ref)}/views?purpose=${part(purpose)}`),
    ]);
    return { matches, consents, doubtedSince, handovers, views };
  }, [client.ref], ["matches", "consents", "handovers"]);
  return (
    <div class="stack-wide">
      <Load of={around}>{(data) => (
        <div class="stack-wide">
          {data.doubtedSince && <DoubtedClient clientRef={client.ref} since={data.doubtedSince} />}
          <Section title={t.client.years2}><div class="card"><Timeline spans={spansOf(client, data)} /></div></Section>
          <div class="two">
            <div class="stack-wide">
              <Involved client={client} matches={data.matches} />
              <Agreed consents={data.consents} doubted={data.doubtedSince !== null} clientRef={client.ref} />
              <HandedOver handovers={data.handovers} />
            </div>
            <div class="stack-wide">
              <Section title={t.client.identity}><div class="card"><Identity client={client} /></div></Section>
              <Section title={t.client.authority}><Authority consents={data.consents} /></Section>
              <Section title={t.client.coordinates}><Coordinates views={data.views} /></Section>
            </div>
          </div>
        </div>
      )}</Load>
    </div>
  );
}

function spansOf(client: Inside["client"], { matches, consents, handovers }: Around): Span[] {
  return [
    ...client.involvements.map((one): Span => ({ what: `${one.professional.name}`, kind: "own", from: one.from, until: one.closedOn ?? one.until })),
    ...matches.filter((one) => one.contact).map((one): Span => ({ what: organisationName(one.peer), kind: "other", from: one.contact?.from ?? one.found, until: one.ended ?? null })),
    ...consents.filter((one) => one.kind === "sharing" && (one.answer === "yes" || one.answer === "partly")).map((one): Span => ({
      what: t.client.consentTo(one.recipient ? organisationName(one.recipient) : t.consent.everybody), kind: "consent", from: one.from,
      until: one.withdrawnAt ?? one.until,
    })),
    ...handovers.map((one): Span => ({ what: t.client.handoverWith(organisationName(one.peer)), kind: "care", from: one.created,
      until: one.state === "afgerond" || one.state === "ingetrokken" ? one.changed : today() })),
  ];
}

function Identity({ client }: Pick<Inside, "client">) {
  return (
    <Facts rows={[
      [t.client.reference, client.ref], [t.client.bsn, client.bsn ?? t.client.noBsn], [t.client.gender, word(t.words.genders, client.gender)],
      [t.client.address, client.secret ? t.client.secret : [client.postcode, client.houseNumber, client.addition].filter(Boolean).join(" ") || t.client.unknown],
      client.municipality ? [t.client.municipality, client.municipality] : null,
    ]} />
  );
}

/** Authority is what was checked when consent was recorded: the newest finding for each who has it. */
function Authority({ consents }: { consents: readonly Consent[] }) {
  const newest = new Map<string, { capacity: string; authority: string; checked: string }>();
  for (const consent of [...consents].sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1)))
    for (const giver of consent.givers) if (giver.capacity !== "youth") newest.set(giver.who, giver);
  if (newest.size === 0) return <Empty title={t.client.noAuthority}><p>{t.client.noAuthorityWhy}</p></Empty>;
  return (
    <div class="card"><Facts rows={[...newest].map(([who, giver]) => [who === giver.capacity ? word(t.words.capacities, who) : who,
      `${giver.authority || t.client.notChecked} (${shortDay(giver.checked)})`] as const)} /></div>
  );
}

function Involved({ client, matches }: { client: Inside["client"]; matches: readonly Match[] }) {
  const own = client.involvements.filter((one) => one.active);
  return (
    <Section title={t.client.involved} actions={<Link to={to(["clienten", client.ref, "betrokkenheid"])}>{t.client.allInvolved}</Link>}>
      {own.length + matches.length === 0 && <Empty title={t.client.nobodyInvolved}><p>{t.client.nobodyInvolvedWhy}</p></Empty>}
      <div class="stack-tight">
        {own.map((one) => (
          <div class="card row-apart" key={one.id}>
            <div><H3>{one.professional.name}</H3><p>{[one.professional.function, organisationName(null)].filter(Boolean).join(", ")}</p>
              <p class="soft small">{word(t.words.involvementKinds, one.kind)}, {t.client.until(dayText(one.until))}</p></div>
            <Badge tone="info">{t.client.here}</Badge>
          </div>
        ))}
        {matches.map((one) => <MatchLine key={one.id} match={one} />)}
      </div>
    </Section>
  );
}

export function MatchLine({ match, level = 3, about }: { match: Match; level?: 2 | 3; about?: boolean }) {
  return (
    <div class="card row-apart">
      <div>
        <H3 level={level}><Link to={to(["matches", match.id])}>{about ? t.match.lineTitle(match.clientRef, organisationName(match.peer)) : organisationName(match.peer)}</Link></H3>
        {match.contact && <p>{match.contact.name}, {match.contact.function}</p>}
        <p class="soft small">{match.class === "certain" ? t.match.certain : match.class === "family" ? t.match.family : t.match.possible}: {t.words.matchStates[match.state] ?? match.stateText}</p>
      </div>
      <Badge tone={match.ended ? "plain" : match.class === "certain" || match.outcome.own === "same" ? "good" : "warning"}>{match.outcome.own === "same" ? t.match.sameShort : match.class === "certain" ? t.match.certainShort : t.match.possibleShort}</Badge>
    </div>
  );
}

function Agreed({ consents, doubted, clientRef }: { consents: readonly Consent[]; doubted: boolean; clientRef: string }) {
  const sharing = consents.filter((one) => one.kind === "sharing" && !["replaced", "outgrown"].includes(one.standing));
  return (
    <Section title={t.client.consent} actions={<Link to={to(["clienten", clientRef, "toestemming"])}>{t.client.allConsent}</Link>}>
      {sharing.length === 0 ? (
        <Empty title={t.consent.none}><p>{t.consent.noneWhy}</p><p><LinkButton to={to(["clienten", clientRef, "toestemming", "nieuw"])}>{t.consent.record}</LinkButton></p></Empty>
      ) : (
        <div class="stack-tight">{sharing.slice(0, 4).map((one) => (
          <div class="card row-apart" key={one.id}>
            <div><H3>{one.recipient ? organisationName(one.recipient) : t.consent.everybody}</H3>
              <p class="soft small">{one.purpose ? word(t.words.purposes, one.purpose) : t.consent.anyPurpose}{one.until && `, ${t.client.until(dayText(one.until))}`}</p></div>
            <StandingBadge consent={one} doubted={doubted} />
          </div>
        ))}</div>
      )}
    </Section>
  );
}

export function StandingBadge({ consent, doubted }: { consent: Consent; doubted: boolean }) {
  const yes = consent.answer === "yes" || consent.answer === "partly";
  if (!yes) return <Badge tone="danger" icon="cross">{word(t.words.answers, consent.answer)}</Badge>;
  if (doubted && ["in-force", "not-yet"].includes(consent.standing)) return <Badge tone="warning" icon="warning">{t.doubts.badge}</Badge>;
  if (consent.standing === "in-force") return <Badge tone="good" icon="check">{word(t.words.answers, consent.answer)}, {word(t.words.standings, consent.standing)}</Badge>;
  return <Badge tone={consent.standing === "withdrawn" ? "danger" : "warning"} icon={consent.standing === "withdrawn" ? "cross" : "clock"}>{word(t.words.standings, consent.standing)}</Badge>;
}

function HandedOver({ handovers }: { handovers: readonly Handover[] }) {
  if (handovers.length === 0) return null;
  return (
    <Section title={t.handover.title}>
      <div class="stack-tight">{handovers.map((one) => (
        <div class="card row-apart" key={one.id}>
          <div><H3><Link to={to(["overdrachten", one.id])}>{t.handover.lineTitle(word(t.words.handoverKinds, one.kind), one.party === "afzender", organisationName(one.peer))}</Link></H3>
            <p class="soft small">{t.handover.asked(dayText(one.created))}</p></div>
          <Badge tone="info">{word(t.words.handoverStates, one.state)}</Badge>
        </div>
      ))}</div>
    </Section>
  );
}

function Coordinates({ views }: { views: Views }) {
  if (!views.coordinates) return <P soft>{t.client.nobodyCoordinates}</P>;
  const { peer, professional } = views.coordinates;
  return <div class="card"><p><strong>{professional ?? organisationName(peer)}</strong></p><p class="soft">{organisationName(peer)}</p></div>;
}
