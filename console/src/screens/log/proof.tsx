// The proof state of the log in one glance: who confirmed how much of it, and what is wrong with the logs of others.
import { api } from "../../app/api";
import { timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { to } from "../../app/route";
import { organisationName } from "../../app/session";
import { t } from "../../app/text";
import { Alert, Badge, Empty, Link, Page, Section, Table } from "../../components/basic";
import { Load } from "../../components/load";
import { LogTabs } from "./tabs";
import { WitnessPicture } from "./witness-picture";

export interface Witness { id: string; at?: string | null; size?: number }

export interface KnownLog {
  id: string;
  own: boolean;
  incarnation: number;
  size: number;
  heard?: string;
  watched: boolean;
  quorum: number;
  witnesses: number;
  witnessedSize: number;
  witnessedAt: string | null;
  witnessedBy: Witness[];
  evidence?: { forks: number; rollbacks: number; unproven: number };
  state?: "in-time" | "warning" | "urgent" | "stopped";
  discloses?: boolean;
  fresh?: boolean;
  setBack?: boolean;
  unwitnessedSince?: string;
  stopsAt?: string;
}
interface MissingProof { peer: string; exchange: string; index: number; since: string; state: "wrong" | "overdue" | "lost" }

const T = () => t.officer.proof;

export function LogProof() {
  const heads = useLoad(() => api.get<{ logs: KnownLog[]; proofs: MissingProof[] }>("/audit-heads"), [], ["audit", "peers"]);
  return (
    <Page title={T().title} intro={T().intro}>
      <LogTabs />
      <Load of={heads}>{({ logs, proofs }) => {
        const own = logs.find((log) => log.own), others = logs.filter((log) => !log.own);
        return (
          <div class="stack-wide">
            {own ? <Own log={own} /> : <Empty title={T().noOwn}><p>{T().noOwnWhy}</p></Empty>}
            {proofs.length > 0 && <Missing proofs={proofs} />}
            <Others logs={others} />
          </div>
        );
      }}</Load>
    </Page>
  );
}

function Own({ log }: { log: KnownLog }) {
  return (
    <Section title={T().own}>
      <Verdict log={log} />
      {log.watched && log.witnessedBy.length > 0 && (
        <>
          <WitnessPicture log={log} />
          <Table caption={T().witnessTable} head={[T().organisation, T().until, T().when, T().standing]} rows={log.witnessedBy.map((one) => [
            organisationName(one.id), T().upTo(one.size ?? 0), one.at ? timeText(one.at) : T().never, <Standing key={one.id} witness={one} log={log} />,
          ])} />
        </>
      )}
    </Section>
  );
}

/** Behind by what was written a moment ago is nothing to worry about: the next exchange brings it. */
export function keepsUp(witness: Witness, log: KnownLog): boolean { return (witness.size ?? 0) >= log.witnessedSize && log.witnessedSize > 0; }

function Standing({ witness, log }: { witness: Witness; log: KnownLog }) {
  return keepsUp(witness, log) ? <Badge tone="good" icon="check">{T().confirms}</Badge> : <Badge tone="warning" icon="clock">{T().behind}</Badge>;
}

function Verdict({ log }: { log: KnownLog }) {
  if (log.setBack) return <Alert kind="error" title={T().setBack}><p>{T().setBackWhy} <Link to={to(["logboek", "herstel"])}>{t.restore.title}</Link></p></Alert>;
  if (!log.watched) return <Alert kind="warning" title={T().unwatched}><p>{T().unwatchedWhy}</p></Alert>;
  if (log.state === "stopped" || log.discloses === false) return <Alert kind="error" title={T().stopped}><p>{T().stoppedWhy}</p></Alert>;
  if (log.state === "urgent" || log.state === "warning")
    return <Alert kind={log.state === "urgent" ? "error" : "warning"} title={T().late(log.unwitnessedSince ? timeText(log.unwitnessedSince) : "")}>
      <p>{T().lateWhy(log.stopsAt ? timeText(log.stopsAt) : "")}</p></Alert>;
  if (log.witnessedSize === 0) return <Alert kind="info" title={T().begins}><p>{T().beginsWhy}</p></Alert>;
  return (
    <Alert kind="ok" title={T().good(log.witnessedSize, log.size)}>
      <p>{T().goodWhy(log.quorum, log.witnesses)}{log.fresh === false && ` ${T().notFresh}`}</p>
    </Alert>
  );
}

function Missing({ proofs }: { proofs: MissingProof[] }) {
  return (
    <Section title={T().missing}>
      <p class="measure">{T().missingWhy}</p>
      <Table caption={T().missing} head={[T().organisation, T().entry, T().since, T().matter]} rows={proofs.map((one) => [
        organisationName(one.peer), T().entryOf(one.index), timeText(one.since),
        <Badge key={one.exchange} tone={one.state === "overdue" ? "warning" : "danger"} icon="warning">{T().proofStates[one.state]}</Badge>,
      ])} />
    </Section>
  );
}

function Others({ logs }: { logs: KnownLog[] }) {
  return (
    <Section title={T().others}>
      <p class="measure">{T().othersWhy}</p>
      {logs.length === 0 ? <Empty title={T().noOthers}><p>{T().noOthersWhy}</p></Empty> : (
        <Table caption={T().others} head={[T().organisation, T().size, T().confirmedTo, T().heard, T().standing]} rows={logs.map((log) => [
          <>{organisationName(log.id)}{log.incarnation > 1 && <span class="soft small"> {T().incarnation(log.incarnation)}</span>}</>,
          T().upTo(log.size), log.watched ? T().upTo(log.witnessedSize) : T().nobodyWatches, log.heard ? timeText(log.heard) : T().never, <Trust key={log.id} log={log} />,
        ])} />
      )}
    </Section>
  );
}

function Trust({ log }: { log: KnownLog }) {
  const { forks = 0, rollbacks = 0, unproven = 0 } = log.evidence ?? {};
  if (forks > 0) return <Badge tone="danger" icon="warning">{T().forks(forks)}</Badge>;
  if (rollbacks > 0) return <Badge tone="danger" icon="warning">{T().rollbacks(rollbacks)}</Badge>;
  if (unproven > 0) return <Badge tone="warning" icon="warning">{T().unproven(unproven)}</Badge>;
  return <Badge tone="good" icon="check">{T().sound}</Badge>;
}
