// Gezondheid: whether this node can do its work, and what the administrator has to do for it. What there is not yet is said plainly.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Refused, api } from "../../app/api";
import { useAct } from "../../app/act";
import { dayText, daysUntil, timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { to } from "../../app/route";
import { say } from "../../app/say";
import { current, organisationName } from "../../app/session";
import type { NodeStatus } from "../../app/status";
import { useStatus } from "../../app/status";
import { t } from "../../app/text";
import { Alert, Badge, Button, Empty, Facts, Link, Page, Section } from "../../components/basic";
import type { Tone } from "../../components/basic";
import { sure } from "../../components/confirm";
import { Form, TextArea } from "../../components/form";
import type { IconName } from "../../components/icon";
import { Load } from "../../components/load";
import type { Card } from "../network/partners";
import { CardFacts, Fingerprint, stateOf } from "../network/partners";

const T = () => t.administrator.health;
interface Check { name: string; tone: Tone; icon: IconName; says: string; what?: string; link?: { to: string; label: string } }

const good = (name: string, says: string): Check => ({ name, tone: "good", icon: "check", says });

function checks(node: NodeStatus): Check[] {
  return [convenantCheck(node), clockCheck(node), partnersCheck(node), logCheck(node), matchingCheck(node)];
}

function convenantCheck({ convenant }: NodeStatus): Check {
  const name = T().convenant;
  if (!convenant) return { name, tone: "danger", icon: "cross", says: T().noConvenant, what: T().noConvenantWhat };
  if (convenant.twoTexts) return { name, tone: "danger", icon: "warning", says: T().twoTexts, what: T().twoTextsWhat };
  if (!convenant.inForce) return { name, tone: "danger", icon: "warning", says: T().expired(dayText(convenant.expires)), what: T().expiredWhat };
  if (convenant.expiresInDays !== undefined) return { name, tone: "warning", icon: "clock", says: T().expires(convenant.expiresInDays), what: T().expiresWhat(dayText(convenant.expires)) };
  return good(name, T().convenantGood(convenant.name, convenant.number, dayText(convenant.expires)));
}

function clockCheck({ clock }: NodeStatus): Check {
  if (clock.sure) return good(T().clock, T().clockGood);
  return { name: T().clock, tone: "danger", icon: "clock", says: clock.step === "back" ? T().clockBack : T().clockForward, what: T().clockWhat(clock.before ? timeText(clock.before) : "", clock.after ? timeText(clock.after) : "") };
}

function partnersCheck(node: NodeStatus): Check {
  const members = node.peers.filter((peer) => !peer.former);
  const wrong = members.filter((peer) => stateOf(peer).tone === "danger" || stateOf(peer).tone === "warning");
  const link = { to: to(["ketenpartners"]), label: T().toPartners };
  if (members.length === 0) return { name: T().partners, tone: "warning", icon: "info", says: T().noPartners, link };
  if (wrong.length > 0) return { name: T().partners, tone: "warning", icon: "warning", says: T().partnersWrong(wrong.length, members.length), what: wrong.map((peer) => peer.name ?? peer.id).join(", "), link };
  return { ...good(T().partners, T().partnersGood(members.length)), link };
}

function logCheck({ log }: NodeStatus): Check {
  const link = { to: to(["logboek", "bewijs"]), label: T().toProof };
  if (log.setBack) return { name: T().log, tone: "danger", icon: "warning", says: T().setBack, what: T().setBackWhat, link };
  if (!log.watched) return { name: T().log, tone: "warning", icon: "info", says: T().unwatched, link };
  if (log.state !== "in-time") return { name: T().log, tone: log.state === "warning" ? "warning" : "danger", icon: "warning", says: log.discloses ? T().logLate : T().logStopped, link };
  return { ...good(T().log, T().logGood(log.size)), link };
}

function matchingCheck({ matching }: NodeStatus): Check {
  const stopped = matching.peers.filter((peer) => peer.trouble || peer.disputedSince);
  if (stopped.length > 0) return { name: T().matching, tone: "danger", icon: "warning", says: T().matchingStopped(stopped.map((peer) => organisationName(peer.id)).join(", ")), link: { to: to(["ketenpartners"]), label: T().toPartners } };
  return good(T().matching, matching.idle ? T().matchingIdle : T().matchingBusy(matching.outstanding));
}

export function Health() {
  const status = useStatus();
  const card = useLoad(async () => {
    try {
      return { card: await api.get<Card>("/cards/own") };
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return {};
      throw error;
    }
  }, [], ["peers"]);
  return (
    <Page title={T().title} intro={T().intro(current().organisation)}>
      <div class="stack-wide">
        <Load of={status}>{(node) => (
          <>
            <ul class="plain-list stack" aria-label={T().checks}>{checks(node).map((check) => <li key={check.name}><One check={check}>
              {check.name === T().clock && !node.clock.sure && current().session?.role === "administrator" && <ConfirmClock shows={node.clock.clock ?? node.now} reload={status.reload} />}
            </One></li>)}</ul>
            {node.troubles.length > 0 && <Troubles node={node} />}
          </>
        )}</Load>
        <Load of={card}>{(own) => (own.card ? <><Fingerprint card={own.card} own /><Keys card={own.card} /><CardFacts card={own.card} /></>
          : <Section title={T().keys}><Empty title={T().noCard}><p>{T().noCardWhat}</p></Empty></Section>)}</Load>
        <Section title={T().backup}><Alert kind="info" title={T().backupNone}><p>{T().backupWhat}</p></Alert></Section>
      </div>
    </Page>
  );
}

function One({ check, children }: { check: Check; children?: ComponentChildren }) {
  return (
    <div class={`number number--${check.tone}`}>
      <div class="row-apart"><span class="number__name">{check.name}</span><Badge tone={check.tone} icon={check.icon}>{check.tone === "good" ? T().inOrder : check.tone === "danger" ? T().mustDo : T().lookAt}</Badge></div>
      <p>{check.says}</p>
      {check.what && <p class="measure soft">{check.what}</p>}
      {children}
      {check.link && <p><Link to={check.link.to}>{check.link.label}</Link></p>}
    </div>
  );
}

function ConfirmClock({ shows, reload }: { shows: string; reload: () => Promise<void> }) {
  const { busy, run } = useAct();
  const confirm = async () => {
    if (!(await sure({ title: T().clockSure, text: T().clockSureText(timeText(shows)), action: T().clockConfirm }))) return;
    if (await run((key) => api.post("/clock/confirm", {}, { key }), T().clockConfirmed)) await reload();
  };
  return <p><Button look="primary" busy={busy} onClick={() => void confirm()}>{T().clockConfirm}</Button></p>;
}

function Troubles({ node }: { node: NodeStatus }) {
  return (
    <Section title={T().troubles}>
      <ul class="plain-list stack">{node.troubles.map((one, index) => (
        <li key={index} class="card stack-tight"><p><Badge tone="warning" icon="warning">{t.partners.turns[one.side]}</Badge></p><p lang="en">{one.code}: {one.detail}</p></li>
      ))}</ul>
    </Section>
  );
}

function Keys({ card }: { card: Card }) {
  const days = daysUntil(card.validUntil);
  return (
    <Section title={T().keys}>
      <div class="card"><Facts rows={[
        [T().cardValid, <span key="valid">{dayText(card.validUntil)} {days <= 60 && <Badge tone={days < 0 ? "danger" : "warning"} icon="clock">{days < 0 ? T().cardOver : T().cardSoon}</Badge>}</span>],
        [T().keySafe, T().keySafeWhat], [T().rotation, T().rotationWhat],
      ]} /></div>
    </Section>
  );
}

/** Cards and versions of the convenant come as signed files; the node checks their signatures before it takes them. */
export function Install() {
  const [card, setCard] = useState("");
  const [convenant, setConvenant] = useState("");
  const read = (set: (text: string) => void) => (event: Event) => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0];
    if (file) void file.text().then(set);
  };
  const back = { to: to(["ketenpartners"]), label: t.partners.title };
  return (
    <Page title={T().install} intro={T().installIntro} back={back}>
      <div class="stack-wide">
        <Section title={T().installCard}>
          <Form action={T().installCard} check={() => ({ note: card.trim() ? undefined : T().noteMissing })} send={async (key) => {
            const installed = await api.post<Card>("/cards", { note: card }, { key });
            setCard("");
            say("ok", T().cardInstalled(installed.name));
          }}>
            <p><label>{T().fromFile} <input type="file" accept=".note,.txt" onChange={read(setCard)} /></label></p>
            <TextArea name="note" label={T().cardText} hint={T().cardTextHint} value={card} change={setCard} max={100_000} />
          </Form>
        </Section>
        <Section title={T().installConvenant}>
          <Form action={T().installConvenant} check={() => ({ note: convenant.trim() ? undefined : T().noteMissing })} send={async (key) => {
            const installed = await api.post<{ name: string; number: number }>("/convenants", { note: convenant }, { key });
            setConvenant("");
            say("ok", T().convenantInstalled(installed.name, installed.number));
          }}>
            <p><label>{T().fromFile} <input type="file" accept=".note,.txt" onChange={read(setConvenant)} /></label></p>
            <TextArea name="note" label={T().convenantText} hint={T().convenantTextHint} value={convenant} change={setConvenant} max={1_000_000} />
          </Form>
        </Section>
      </div>
    </Page>
  );
}
