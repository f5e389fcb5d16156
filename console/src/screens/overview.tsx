// Wat vraagt aandacht: the first screen of the privacy officer, in numbers that lead to where something is to be done.
import type { ComponentChildren } from "preact";
import { current } from "../app/session";
import type { NodeStatus } from "../app/status";
import { useStatus } from "../app/status";
import { to } from "../app/route";
import { t } from "../app/text";
import { Badge, Link, Page, Section } from "../components/basic";
import { Load } from "../components/load";

type Tone = "danger" | "warning" | "good" | "plain";

export function Overview() {
  const status = useStatus();
  const text = t.officer.overview;
  return (
    <Page title={text.title} intro={text.intro(current().organisation)}>
      <Load of={status}>{(node) => (
        <div class="stack-wide">
          <Section title={text.toDo}><ul class="numbers">{tasks(node).map((one) => <Number key={one.name} {...one} />)}</ul></Section>
          <Section title={text.state}><ul class="numbers">{states(node).map((one) => <Number key={one.name} {...one} />)}</ul></Section>
        </div>
      )}</Load>
    </Page>
  );
}

interface Shown { name: string; count?: number; to: string; tone: Tone; says: ComponentChildren }

/** Late is said before soon, soon before open. */
function task(name: string, where: string, open: number, late: number, soon = 0): Shown {
  const text = t.officer.overview;
  if (late > 0) return { name, to: where, count: open, tone: "danger", says: text.late(late) };
  if (soon > 0) return { name, to: where, count: open, tone: "warning", says: text.soon(soon) };
  return { name, to: where, count: open, tone: open > 0 ? "plain" : "good", says: open > 0 ? text.inTime : text.nothing };
}

function tasks(node: NodeStatus): Shown[] {
  const text = t.officer.overview;
  return [
    task(text.requests, to(["verzoeken"]), node.subjectRequests.open, node.subjectRequests.overdue, node.subjectRequests.dueSoon),
    task(text.grounds, to(["toetsen"]), node.grounds.reviews, node.grounds.lateReviews),
    task(text.emergencies, to(["toetsen", "nood"]), node.emergencyReads.reviews, node.emergencyReads.lateReviews),
    task(text.tell, to(["toetsen", "informeren"]), node.grounds.toTell, node.grounds.lateToTell),
    task(text.hints, to(["logboek", "opvallend"]), node.hints.open, 0, node.hints.open),
    task(text.destructions, to(["vernietigen"]), node.destructions.toApprove, node.destructions.overdue, node.destructions.unproven),
    task(text.withdrawals, to(["toestemmingen", "intrekkingen"]), node.withdrawals.open, node.withdrawals.overdue),
    // After a restore only.
    ...(node.consentDoubts.open > 0 ? [task(t.doubts.title, to(["toestemmingen", "nakijken"]), node.consentDoubts.open, 0, node.consentDoubts.open)] : []),
  ];
}

function states(node: NodeStatus): Shown[] {
  const text = t.officer.overview;
  const { log } = node;
  const stopped = log.state === "stopped" || log.setBack || !log.discloses;
  const dead = node.peers.reduce((sum, peer) => sum + peer.deadLetters, 0);
  return [
    { name: text.log, to: to(["logboek", "bewijs"]), count: log.size,
      tone: !log.watched ? "warning" : stopped || log.state === "urgent" ? "danger" : log.state === "warning" ? "warning" : "good",
      says: !log.watched ? text.unwatched : stopped ? text.logStopped : log.state === "in-time" ? text.confirmed(log.witnessedSize) : text.logLate },
    { name: text.suspects, to: to(["logboek", "bewijs"]), count: log.suspects.length + log.missingProofs, tone: log.suspects.length + log.missingProofs > 0 ? "danger" : "good",
      says: log.suspects.length + log.missingProofs > 0 ? text.suspectsWhy(log.suspects.length, log.missingProofs) : text.nothing },
    { name: text.dead, to: to(["ketenpartners", "berichten"]), count: dead, tone: dead > 0 ? "danger" : "good", says: dead > 0 ? text.deadWhy : text.nothing },
  ];
}

const ICON = { danger: "warning", warning: "clock", good: "check", plain: "info" } as const;

function Number({ name, count, to: where, tone, says }: Shown) {
  return (
    <li class={`number number--${tone}`}>
      <span class="number__count">{count}</span>
      <span class="number__name"><Link to={where}>{name}</Link></span>
      <span><Badge tone={tone === "plain" ? "info" : tone} icon={ICON[tone]}>{says}</Badge></span>
    </li>
  );
}
