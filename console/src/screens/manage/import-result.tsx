// What became of an import: counts, how the files were understood, the first rows, what was refused. Shows no value of any row.
import { download } from "../../app/download";
import { reasonIn } from "../../app/reason";
import { t, word } from "../../app/text";
import { Alert, Badge, Button, H2, H3, Table } from "../../components/basic";
import type { Tone } from "../../components/basic";
import type { IconName } from "../../components/icon";
import type { Import, Outcome, PreviewFile, Reject } from "./import-job";

const T = () => t.administrator.import;
const TONES: Record<string, [Tone, IconName]> = { done: ["good", "check"], failed: ["danger", "cross"], cancelled: ["plain", "cross"] };
const Reason = ({ text }: { text: string }) => <>{reasonIn(text) ?? <span lang="en">{text}</span>}</>;

export function StateBadge({ job }: { job: Import }) {
  if (job.state === "done" && job.rejected > 0) return <Badge tone="warning" icon="warning">{T().withRejects(job.rejected)}</Badge>;
  const [tone, icon] = TONES[job.state] ?? ["info", "clock"];
  return <Badge tone={tone} icon={icon}>{job.state === "done" ? T().allGood : word(T().states, job.state)}</Badge>;
}

export function Result({ job, rejects, preview, apply }: Outcome & { apply?: () => void }) {
  return (
    <section class="stack">
      <div class="row-apart"><H2>{job.dryRun ? T().resultTrial : T().result}</H2><StateBadge job={job} /></div>
      {job.state === "failed" && job.failure && <Alert kind="error" title={T().failedWhy}><p><Reason text={job.failure} /></p></Alert>}
      {job.state === "cancelled" && <Alert kind="info" title={T().cancelled}><p>{job.dryRun || job.accepted === 0 ? T().cancelledNothing : T().cancelledSome(job.accepted)}</p></Alert>}
      {job.files.some(counted) && <Table caption={T().result} head={[T().file, T().rows, T().added, T().changed, T().unchanged, T().rejected]}
        rows={job.files.filter(counted).map((one) => [one.file, one.staged, one.added, one.changed, one.unchanged, one.rejected].map(String))} />}
      {rejects.length > 0 && <Rejects id={job.id} rejects={rejects} />}
      {preview.length > 0 && <H2>{T().preview}</H2>}
      {preview.map((one) => <Understood key={one.file} file={one} />)}
      {apply && job.dryRun && job.state === "done" && <p><Button look="primary" onClick={apply}>{T().applyNow}</Button></p>}
    </section>
  );
}

const counted = (one: Import["files"][number]): boolean => one.staged + one.rejected > 0;

function Rejects({ id, rejects }: { id: number; rejects: Reject[] }) {
  const save = () => download(`afgewezen-regels-${id}.csv`, "text/csv", ["bestand;regel;veld;reden\r\n", ...rejects.map((one) => `${one.file};${one.line};${one.field};"${(reasonIn(one.reason) ?? one.reason).replaceAll('"', '""')}"\r\n`)]);
  return (
    <>
      <div class="row-apart"><H2>{T().rejects}</H2><Button onClick={save}>{T().saveRejects}</Button></div>
      <p class="measure">{T().rejectsWhy}</p>
      <Table caption={T().rejects} head={[T().file, T().line, T().field, T().reason]} rows={rejects.slice(0, 200).map((one) => [one.file, String(one.line), <code key="field">{one.field}</code>, <Reason key="reason" text={one.reason} />])} />
      {rejects.length > 200 && <p class="soft">{T().moreRejects(rejects.length - 200)}</p>}
    </>
  );
}

function Understood({ file }: { file: PreviewFile }) {
  return (
    <div class="stack">
      <H3>{file.file}</H3>
      <details>
        <summary>{T().columnsRead(file.columns.length, file.ignored)}</summary>
        <Table caption={`${T().columns}: ${file.file}`} head={[T().field, T().column]}
          rows={file.columns.map((one) => [<code key="field">{one.field}</code>, one.constant ? T().constant : one.column ?? ""])} />
      </details>
      {file.rows.length > 0 && <Table caption={`${T().firstRows}: ${file.file}`} head={[T().line, T().verdict, T().field, T().reason]} rows={file.rows.map((one) => [
        String(one.line), <Badge key="verdict" tone={one.verdict === "rejected" ? "warning" : "plain"} icon={one.verdict === "rejected" ? "warning" : undefined}>{word(T().verdicts, one.verdict)}</Badge>,
        one.field ? <code key="field">{one.field}</code> : "", one.reason ? <Reason key="reason" text={one.reason} /> : "",
      ])} />}
    </div>
  );
}
