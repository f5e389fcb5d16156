// Toestemming of one client: what was said, by whom, to whom it opens what, and withdrawing it.
import { api } from "../app/api";
import { useAct } from "../app/act";
import { dayText, timeText } from "../app/days";
import { useLoad } from "../app/load";
import type { Consent } from "../app/node";
import { consentRecordOf, labels } from "../app/node";
import { to } from "../app/route";
import { organisationName, personName } from "../app/session";
import { t, word } from "../app/text";
import { Button, Empty, Facts, H3, Link, LinkButton, Page, Section, Sheet } from "../components/basic";
import { sure } from "../components/confirm";
import { Load } from "../components/load";
import { StandingBadge } from "./client";
import { DoubtedClient } from "./doubts";
import { ClientScreen } from "./client-frame";

export function Consents({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  return <ClientScreen clientRef={ref} tab="toestemming">{() => <List clientRef={ref} />}</ClientScreen>;
}

function List({ clientRef }: { clientRef: string }) {
  const consents = useLoad(async () => ({ ...(await consentRecordOf(clientRef)), label: await labels() }), [clientRef], ["consents"]);
  const add = <LinkButton look="primary" to={to(["clienten", clientRef, "toestemming", "nieuw"])}>{t.consent.record}</LinkButton>;
  return (
    <div class="stack-wide">
      <Load of={consents}>{({ consents: listed, doubtedSince, label }) => {
        const one = (consent: Consent) => <One key={consent.id} consent={consent} doubted={doubtedSince !== null} label={label} reload={consents.reload} />;
        const now = listed.filter((one) => ["in-force", "not-yet"].includes(one.standing)), past = listed.filter((one) => !["in-force", "not-yet"].includes(one.standing));
        return (
          <>
            {doubtedSince && <DoubtedClient clientRef={clientRef} since={doubtedSince} />}
            <Section title={t.consent.now} actions={add}>
              {now.length === 0 ? <Empty title={t.consent.none}><p>{t.consent.noneWhy}</p></Empty> : (
                <div class="stack">{now.map(one)}</div>
              )}
            </Section>
            {past.length > 0 && <Section title={t.consent.past}><div class="stack">{past.map(one)}</div></Section>}
          </>
        );
      }}</Load>
      <p><Link to={to(["clienten", clientRef, "zonder-toestemming"])}>{t.ground.title}</Link></p>
    </div>
  );
}

function One({ consent: one, doubted, label, reload }: { consent: Consent; doubted: boolean; label: (category: string) => string; reload: () => Promise<void> }) {
  const { busy, run } = useAct();
  const recipient = one.recipient ? organisationName(one.recipient) : t.consent.everybody;
  const withdraw = async () => {
    if (!(await sure({ title: t.consent.withdraw, text: t.consent.withdrawSure(recipient), action: t.consent.withdraw, danger: true }))) return;
    if (await run((key) => api.post(`/consents/${one.id}/withdrawal`, {}, { key, etag: one.etag }), t.consent.withdrawn(recipient))) await reload();
  };
  return (
    <div class="card stack-tight">
      <div class="row-apart"><H3>{one.kind === "sharing" ? recipient : word(t.words.consentKinds, one.kind)}</H3><StandingBadge consent={one} doubted={doubted} /></div>
      <Facts rows={[
        one.kind === "sharing" ? [t.consent.purpose, one.purpose ? word(t.words.purposes, one.purpose) : t.consent.anyPurpose] : null,
        one.kind === "sharing" ? [t.consent.what, one.everything ? t.consent.everything : one.categories.map(label).join(", ") || t.consent.everything] : null,
        one.exclusions.length > 0 ? [t.consent.excluded, one.exclusions.map(label).join(", ")] : null,
        [t.consent.givers, one.givers.map((giver) => (giver.who === giver.capacity ? word(t.words.capacities, giver.capacity) : `${giver.who} (${word(t.words.capacities, giver.capacity)})`)).join(", ")],
        [t.consent.period, one.until ? t.involvement.fromUntil(dayText(one.from), dayText(one.until)) : t.timeline.since(dayText(one.from))],
        [t.consent.recorded, t.consent.recordedBy(personName(one.recordedBy), timeText(one.recordedAt), word(t.words.ways, one.way))],
        one.withdrawnAt ? [t.consent.withdrawnAt, timeText(one.withdrawnAt)] : null,
      ]} />
      <div class="row no-print">
        {one.textVersion && <LinkButton look="subtle" to={to(["clienten", one.client, "toestemming", one.id, "tekst"])}>{t.consent.showText}</LinkButton>}
        {one.standing === "in-force" && (one.answer === "yes" || one.answer === "partly") && <Button busy={busy} onClick={() => void withdraw()}>{t.consent.withdraw}</Button>}
      </div>
    </div>
  );
}

/** The text as its givers saw it, to print and sign. */
export function ConsentText({ params }: { params: Record<string, string> }) {
  const text = useLoad(() => api.get<{ text: string }>(`/consents/${params.id}/text`), [params.id]);
  return (
    <Page title={t.consent.text} back={{ to: to(["clienten", params.ref ?? "", "toestemming"]), label: t.client.tabs.toestemming }} actions={<Button onClick={() => print()}>{t.consent.print}</Button>}>
      <Load of={text}>{({ text: said }) => <Sheet text={said} />}</Load>
    </Page>
  );
}
