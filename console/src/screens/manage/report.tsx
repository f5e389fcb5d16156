// Rapportage: what the node counts, in charts with their numbers as tables. No client, person or small story stands in it.
import { api } from "../../app/api";
import { dayText } from "../../app/days";
import { useLoad } from "../../app/load";
import { current, organisationName } from "../../app/session";
import type { NodeStatus } from "../../app/status";
import { useStatus } from "../../app/status";
import { t, word } from "../../app/text";
import { Empty, Page, Section, Table } from "../../components/basic";
import { BarChart } from "../../components/chart";
import type { Bar } from "../../components/chart";
import { Load } from "../../components/load";
import { Figures } from "./figures";

interface WorkStatus { kind: string; peer: string | null; ours: boolean; stage: string; count: number; oldestDue: string }

const T = () => t.administrator.report;

export function Report() {
  const status = useStatus();
  const role = current().session?.role;
  return (
    <Page title={T().title} intro={T().intro}>
      <div class="stack-wide">
        {(role === "monitor" || role === "team-lead") && <Work />}
        {role !== "administrator" && <Figures />}
        <Load of={status}>{(node) => <Numbers node={node} />}</Load>
      </div>
    </Page>
  );
}

const STAGES = ["te laat", "opgeschaald", "bijna verlopen", "loopt"];
const TONES: Record<string, NonNullable<Bar["tone"]>> = { "te laat": "danger", opgeschaald: "danger", "bijna verlopen": "warning", loopt: "plain" };

function sum(rows: readonly WorkStatus[]): number { return rows.reduce((all, one) => all + one.count, 0); }

function Work() {
  const work = useLoad(() => api.get<{ statuses: WorkStatus[] }>("/work-status"), [], ["work"]);
  return (
    <Load of={work}>{({ statuses }) => (statuses.length === 0 ? <Section title={T().work}><Empty title={T().noWork}><p>{T().noWorkWhy}</p></Empty></Section> : (
      <>
        <Section title={T().work}>
          <BarChart label={T().work} head={[T().stage, T().count]} rows={STAGES.map((stage) => ({ name: word(t.words.stages, stage), count: sum(statuses.filter((one) => one.stage === stage)), tone: TONES[stage] ?? "plain" }))} />
        </Section>
        <Section title={T().workByKind}>
          <Table caption={T().workByKind} head={[T().kind, T().partner, T().whoseTurn, T().stage, T().count, T().oldest]} rows={statuses.map((one) => [
            word(t.words.workKinds, one.kind), organisationName(one.peer), one.ours ? T().us : T().them, word(t.words.stages, one.stage), String(one.count), dayText(one.oldestDue),
          ])} />
        </Section>
      </>
    ))}</Load>
  );
}

function Numbers({ node }: { node: NodeStatus }) {
  const { matches } = node.matching;
  return (
    <>
      <Section title={T().matches}>
        <BarChart label={T().matches} head={[T().kind, T().count]} rows={[{ name: T().certain, count: matches.certain }, { name: T().possible, count: matches.possible }, { name: T().family, count: matches.family }]} />
      </Section>
      {node.matching.peers.length > 0 && (
        <Section title={T().registered}>
          <p class="measure soft">{T().registeredWhy}</p>
          <BarChart label={T().registered} head={[T().partner, T().count]} rows={node.matching.peers.map((peer) => ({ name: organisationName(peer.id), count: peer.registered }))} />
        </Section>
      )}
      <Section title={T().accountability}>
        <BarChart label={T().accountability} head={[T().what, T().count]} rows={[
          { name: T().requestsOpen, count: node.subjectRequests.open }, { name: T().requestsLate, count: node.subjectRequests.overdue, tone: "danger" },
          { name: T().reviews, count: node.grounds.reviews + node.emergencyReads.reviews }, { name: T().reviewsLate, count: node.grounds.lateReviews + node.emergencyReads.lateReviews, tone: "danger" },
          { name: T().toTell, count: node.grounds.toTell }, { name: T().withdrawals, count: node.withdrawals.open }, { name: T().withdrawalsLate, count: node.withdrawals.overdue, tone: "danger" },
          { name: T().destructions, count: node.destructions.toApprove + node.destructions.running },
        ]} />
      </Section>
      <Section title={T().log}>
        <BarChart label={T().log} head={[T().what, T().count]} rows={[{ name: T().logSize, count: node.log.size }, { name: T().logWitnessed, count: node.log.witnessedSize, tone: "good" }]} />
      </Section>
    </>
  );
}
