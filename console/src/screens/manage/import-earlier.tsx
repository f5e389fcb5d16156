// Imports that were: of people and of programs. One that still runs can be given up here.
import { api } from "../../app/api";
import { useAct } from "../../app/act";
import { timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { to } from "../../app/route";
import { t } from "../../app/text";
import { Button, Empty, Facts, Link, Page, Table } from "../../components/basic";
import { sure } from "../../components/confirm";
import { Load } from "../../components/load";
import { giveUp, outcomeAt, running } from "./import-job";
import type { Import } from "./import-job";
import { Result, StateBadge } from "./import-result";
import { ImportTabs } from "./import-tabs";

const T = () => t.administrator.import;
const kindOf = (job: Import): string => (job.dryRun ? T().trial : T().real);

export function EarlierImports() {
  const found = useLoad(() => api.get<{ imports: Import[]; next: string | null }>("/imports?limit=50"), [], ["imports"]);
  return (
    <Page title={T().earlier} intro={T().earlierIntro}>
      <ImportTabs />
      <Load of={found}>{({ imports, next }) => (imports.length === 0 ? <Empty title={T().earlierNone}><p>{T().earlierNoneWhy}</p></Empty> : (
        <>
          <Table caption={T().earlier} head={[T().started, T().kind, T().state, T().accepted]} rows={imports.map((one) => [
            <Link key={one.id} to={to(["import", "eerder", String(one.id)])}>{timeText(one.started)}</Link>, kindOf(one), <StateBadge key="state" job={one} />, String(one.accepted),
          ])} />
          {next && <p class="soft">{T().earlierMore}</p>}
        </>
      ))}</Load>
    </Page>
  );
}

export function OneImport({ params }: { params: Record<string, string> }) {
  const outcome = useLoad(() => outcomeAt(params.id ?? ""), [params.id], ["imports"]);
  const act = useAct();
  const stop = async (job: Import) => {
    if (await sure({ title: T().stopSure, text: T().stopText, action: T().stop, danger: true }) && (await act.run(() => giveUp(job.id), T().cancelled))) await outcome.reload();
  };
  return (
    <Page title={T().one(params.id ?? "")} back={{ to: to(["import", "eerder"]), label: T().earlier }}>
      <Load of={outcome}>{(found) => (
        <div class="stack-wide">
          <Facts rows={[
            [T().started, timeText(found.job.started)], found.job.finished ? [T().finished, timeText(found.job.finished)] : null, [T().kind, kindOf(found.job)],
            [T().form, found.job.form === "json" ? T().forms.json : T().forms.csv], found.job.mapping ? [T().mapping, found.job.mapping] : null,
          ]} />
          {running(found.job) && <p><Button look="danger" busy={act.busy} onClick={() => void stop(found.job)}>{T().stop}</Button></p>}
          <Result {...found} />
        </div>
      )}</Load>
    </Page>
  );
}
