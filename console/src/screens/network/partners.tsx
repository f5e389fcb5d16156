// Ketenpartners: who takes part, how each link is, and when something is wrong: what, and whose turn it is.
import { api, part } from "../../app/api";
import { useAct } from "../../app/act";
import { dayText, timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { to } from "../../app/route";
import { current } from "../../app/session";
import type { MatchingWith, NodeStatus, Partner } from "../../app/status";
import { useStatus } from "../../app/status";
import { t, word } from "../../app/text";
import { Alert, Badge, Button, Empty, Facts, H2, Link, LinkButton, Page, Section, Table } from "../../components/basic";
import type { Tone } from "../../components/basic";
import { sure } from "../../components/confirm";
import type { IconName } from "../../components/icon";
import { Load } from "../../components/load";
import { Tabs } from "../../components/tabs";

export interface Card {
  id: string; name: string; kind: string; number: number; organisationKey: string; fingerprint: { words: string; digits: string }; area: string[]; capabilities: string[];
  contact: { name: string; function: string; phone: string; email: string }; endpoints: string[]; dialsOutOnly: boolean; validFrom: string; validUntil: string;
  oin?: string; kvk?: string; compromisedSince?: string;
}
interface WithCard extends Partner { card: Card; void: { type: string; queuedAt: string; voidedAt: string }[] }

const T = () => t.partners;

export function PartnerTabs() {
  const role = current().session?.role;
  return <Tabs label={T().parts} tabs={[{ to: to(["ketenpartners"]), label: T().title },
    ...(role === "privacy-officer" || role === "administrator" ? [{ to: to(["ketenpartners", "berichten"]), label: T().tabDead }] : [])]} />;
}

export interface State { tone: Tone; icon: IconName; says: string; turn?: string }

/** One state a link, the worst first. */
export function stateOf(peer: Partner, matching?: MatchingWith): State {
  const turn = peer.trouble && T().turns[peer.trouble.side];
  if (peer.former) return { tone: "plain", icon: "info", says: T().former };
  if (peer.trouble) return { tone: "danger", icon: "warning", says: T().trouble, ...(turn ? { turn } : {}) };
  if (matching?.trouble) return { tone: "danger", icon: "warning", says: T().matchingStopped, turn: T().turns.ours };
  if (!peer.connected) return { tone: "warning", icon: "cross", says: T().unreachable, turn: T().turns.peer };
  if (!peer.ready) return { tone: "warning", icon: "clock", says: T().greeting };
  if (matching?.overdueSince) return { tone: "warning", icon: "clock", says: T().owes, turn: T().turns.peer };
  if (matching?.owingSince) return { tone: "warning", icon: "clock", says: T().weOwe, turn: T().turns.ours };
  return { tone: "good", icon: "check", says: T().good };
}

export function Partners() {
  const status = useStatus();
  return (
    <Page title={T().title} intro={T().intro} actions={current().session?.role === "administrator" && <LinkButton to={to(["ketenpartners", "installeren"])}>{t.administrator.health.install}</LinkButton>}>
      <PartnerTabs />
      <Load of={status}>{(node) => (node.peers.length === 0 ? <Empty title={T().none}><p>{node.convenant ? T().noneCards : T().noneConvenant}</p></Empty> : (
        <div class="stack">
          <p class="soft">{summary(node)}</p>
          <ul class="cards plain-list">{node.peers.map((peer) => <li key={peer.id}><One peer={peer} matching={node.matching.peers.find((one) => one.id === peer.id)} /></li>)}</ul>
        </div>
      ))}</Load>
    </Page>
  );
}

function summary(node: NodeStatus): string {
  const members = node.peers.filter((peer) => !peer.former);
  const good = members.filter((peer) => stateOf(peer, node.matching.peers.find((one) => one.id === peer.id)).tone === "good").length;
  return T().summary(good, members.length);
}

function One({ peer, matching }: { peer: Partner; matching: MatchingWith | undefined }) {
  const state = stateOf(peer, matching);
  return (
    <article class="card stack-tight" aria-label={peer.name ?? peer.id}>
      <H2><Link to={to(["ketenpartners", peer.id])}>{peer.name ?? peer.id}</Link></H2>
      {peer.kind && <p class="soft">{word(T().kinds, peer.kind)}</p>}
      <p><Badge tone={state.tone} icon={state.icon}>{state.says}</Badge></p>
      {state.turn && <p>{state.turn}</p>}
      <Facts rows={[[T().lastHeard, peer.lastHeard ? timeText(peer.lastHeard) : T().never], [T().queued, T().messages(peer.queued)],
        peer.deadLetters > 0 ? [T().dead, String(peer.deadLetters)] : null]} />
    </article>
  );
}

export function OnePartner({ params }: { params: Record<string, string> }) {
  const id = params.id ?? "";
  const peer = useLoad(() => api.get<WithCard>(`/peers/${part(id)}`), [id], ["peers"]);
  const status = useStatus();
  const back = { to: to(["ketenpartners"]), label: T().title };
  return (
    <Page title={peer.data?.card.name ?? id} back={back} {...(peer.data ? { intro: word(T().kinds, peer.data.card.kind) } : {})}>
      <Load of={peer}>{(one) => (
        <div class="stack-wide">
          <LinkState peer={one} matching={status.data?.matching.peers.find((pair) => pair.id === one.id)} reload={async () => { await peer.reload(); await status.reload(); }} />
          <Fingerprint card={one.card} />
          <CardFacts card={one.card} />
          {one.void.length > 0 && (
            <Section title={T().void}><p class="measure">{T().voidWhy}</p>
              <Table caption={T().void} head={[T().type, T().queuedAt, T().voidedAt]} rows={one.void.map((message) => [message.type, timeText(message.queuedAt), timeText(message.voidedAt)])} />
            </Section>
          )}
        </div>
      )}</Load>
    </Page>
  );
}

function LinkState({ peer, matching, reload }: { peer: Partner; matching: MatchingWith | undefined; reload: () => Promise<void> }) {
  const state = stateOf(peer, matching);
  return (
    <Section title={T().link}>
      <Alert kind={state.tone === "danger" ? "error" : state.tone === "warning" ? "warning" : state.tone === "good" ? "ok" : "info"} title={state.says}>
        {state.turn && <p>{state.turn}</p>}
        {peer.trouble && <details><summary>{t.problem.detail}</summary><p lang="en">{peer.trouble.code}: {peer.trouble.detail}</p></details>}
      </Alert>
      <div class="card"><Facts rows={[
        [T().connection, peer.connected ? T().connected : T().notConnected], [T().lastHeard, peer.lastHeard ? timeText(peer.lastHeard) : T().never],
        [T().queued, T().messages(peer.queued)], [T().dead, T().messages(peer.deadLetters)], [T().voided, T().messages(peer.voided)],
        peer.convenant !== undefined ? [T().convenant, T().version(peer.convenant)] : null,
        peer.clockAheadSeconds !== undefined ? [T().clock, T().clockBy(peer.clockAheadSeconds)] : null,
        [T().preshared, peer.presharedKey ? <code key="preshared">{peer.presharedKey}</code> : T().noPreshared],
      ]} /></div>
      {matching && <Matching pair={matching} reload={reload} />}
    </Section>
  );
}

function Matching({ pair, reload }: { pair: MatchingWith; reload: () => Promise<void> }) {
  const { busy, run } = useAct();
  const role = current().session?.role, may = role === "administrator" || role === "privacy-officer";
  const resume = async () => {
    if (!(await sure({ title: T().resumeSure, text: T().resumeSureText, action: T().resume }))) return;
    if (await run((key) => api.post(`/matching/${part(pair.id)}/resume`, {}, { key }), T().resumed)) await reload();
  };
  const stopped = pair.trouble ?? (pair.disputedSince ? T().disputed(timeText(pair.disputedSince)) : undefined);
  return (
    <div class="card stack">
      <p class="alert__title">{T().matching}</p>
      {stopped && <Alert kind="error" title={T().matchingStopped}><p>{stopped}</p>{may && <p><Button busy={busy} onClick={() => void resume()}>{T().resume}</Button></p>}</Alert>}
      <Facts rows={[
        [T().epoch, String(pair.epoch)], [T().registered, String(pair.registered)], [T().evaluated, String(pair.evaluated)], [T().waiting, String(pair.queued + pair.withdrawals)],
        pair.notBefore ? [T().quota, T().notBefore(timeText(pair.notBefore))] : null, pair.overdueSince ? [T().owes, T().since(timeText(pair.overdueSince))] : null,
        pair.owingSince ? [T().weOwe, T().since(timeText(pair.owingSince))] : null,
        pair.hints && pair.hints.length > 0 ? [T().hints, pair.hints.map((one) => `${word(T().hintKinds, one.hint)} (${dayText(one.day)})`).join(", ")] : null,
      ]} />
    </div>
  );
}

/** What two people read to each other: sixteen words in four groups, or eight numbers. */
export function Fingerprint({ card, own }: { card: Card; own?: boolean }) {
  const groups = card.fingerprint.words.split(" · ");
  return (
    <Section title={own ? T().ownFingerprint : T().fingerprint}>
      <p class="measure">{own ? T().ownFingerprintHow : T().fingerprintHow(card.name)}</p>
      <div class="card stack">
        <ol class="spoken" aria-label={T().inWords}>{groups.map((group) => <li key={group}>{group}</li>)}</ol>
        <p><span class="soft">{T().inDigits}</span> <code>{card.fingerprint.digits}</code></p>
      </div>
    </Section>
  );
}

export function CardFacts({ card }: { card: Card }) {
  return (
    <Section title={T().card}>
      {card.compromisedSince && <Alert kind="error" title={T().compromised(timeText(card.compromisedSince))} />}
      <div class="card"><Facts rows={[
        [T().contact, [card.contact.name, card.contact.function, card.contact.phone, card.contact.email].filter(Boolean).join(", ") || T().unknown],
        [T().area, card.area.join(", ") || T().unknown], card.capabilities.length > 0 ? [T().capabilities, card.capabilities.join(", ")] : null,
        [T().address, card.dialsOutOnly ? T().dialsOut : card.endpoints.join(", ")], [T().valid, T().validUntil(dayText(card.validUntil), card.number)],
        card.oin ? ["OIN", card.oin] : null, card.kvk ? ["KvK", card.kvk] : null, [T().key, <code key="key">{card.organisationKey}</code>],
      ]} /></div>
    </Section>
  );
}

