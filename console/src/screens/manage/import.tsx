// Import: files of the dossier system, sent in pieces, first as a trial; what was refused, row by row. Shows no value of any row.
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused, api, newKey, part } from "../../app/api";
import { download } from "../../app/download";
import { sendPiece } from "../../app/pieces";
import { reasonIn } from "../../app/reason";
import { say } from "../../app/say";
import { t } from "../../app/text";
import { Alert, Badge, Button, H2, Page, Section, Table } from "../../components/basic";
import { sure } from "../../components/confirm";

const FILES = ["clients", "involvements", "fragments"] as const;
type FileName = (typeof FILES)[number];
const PIECE = 64 * 1024;

interface Counts { file: string; staged: number; added: number; changed: number; unchanged: number; rejected: number }
interface Import { id: number; state: string; dryRun: boolean; failure?: string; accepted: number; rejected: number; files: Counts[] }
interface Reject { file: string; line: number; field: string; reason: string }
type Chosen = Partial<Record<FileName, File>>;
interface Progress { what: string; done: number; of: number }

const T = () => t.administrator.import;
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

async function feed(files: Chosen, dryRun: boolean, told: (progress: Progress) => void): Promise<Import> {
  const started = await api.post<Import>("/imports", { dryRun }, { key: newKey() });
  for (const name of FILES) {
    const file = files[name];
    if (!file) continue;
    const pieces = Math.max(1, Math.ceil(file.size / PIECE));
    for (let n = 0; n < pieces; ++n) {
      await sendPiece(`/imports/${started.id}/${name}/chunks/${n}`, file.slice(n * PIECE, (n + 1) * PIECE));
      told({ what: T().sending(file.name), done: n + 1, of: pieces });
    }
  }
  let job = await api.post<Import>(`/imports/${started.id}/finish`);
  while (job.state === "applying") {
    await pause(300);
    job = await api.get<Import>(`/imports/${started.id}`);
    const staged = job.files.reduce((sum, one) => sum + one.staged, 0);
    told({ what: T().applying, done: Math.min(job.accepted + job.rejected, staged), of: Math.max(1, staged) });
  }
  return job;
}

async function rejectsOf(job: Import): Promise<Reject[]> {
  const all: Reject[] = [];
  let cursor: string | null = null;
  do {
    const slice: { rejects: Reject[]; next: string | null } = await api.get(`/imports/${job.id}/rejects${cursor ? `?cursor=${part(cursor)}` : ""}`);
    all.push(...slice.rejects);
    cursor = slice.next;
  } while (cursor && all.length < 5000);
  return all;
}

export function ImportScreen() {
  const [files, setFiles] = useState<Chosen>({});
  const [progress, setProgress] = useState<Progress | undefined>();
  const [result, setResult] = useState<{ job: Import; rejects: Reject[] } | undefined>();
  const [error, setError] = useState<Refused | undefined>();
  const heading = useRef<HTMLDivElement>(null);
  const chosen = FILES.some((name) => files[name]);
  useEffect(() => { if (result || error) heading.current?.focus(); }, [result, error]);

  const run = async (dryRun: boolean) => {
    if (progress) return;
    if (!chosen) return say("error", T().chooseFirst);
    if (!dryRun && !(await sure({ title: T().applySure, text: T().applyText, action: T().apply }))) return;
    setResult(undefined);
    setError(undefined);
    setProgress({ what: T().starting, done: 0, of: 1 });
    try {
      const job = await feed(files, dryRun, setProgress);
      setResult({ job, rejects: job.rejected > 0 ? await rejectsOf(job) : [] });
      say(job.state === "done" ? "ok" : "error", job.state !== "done" ? T().failed : dryRun ? T().tried : T().applied);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      setError(problem);
    } finally {
      setProgress(undefined);
    }
  };
  return (
    <Page title={T().title} intro={T().intro}>
      <div class="stack-wide">
        <form class="card stack" onSubmit={(event) => { event.preventDefault(); void run(true); }} aria-label={T().title}>
          {FILES.map((name) => (
            <div key={name} class="field utrecht-form-field">
              <div class="utrecht-form-label field__label" id={`file-${name}-label`}>{T().files[name]} <span class="field__optional">({t.form.optional})</span></div>
              <div class="utrecht-form-field-description" id={`file-${name}-hint`}>{T().hints[name]}</div>
              <input class="file__input" type="file" id={`file-${name}`} aria-labelledby={`file-${name}-label`} aria-describedby={`file-${name}-hint file-${name}-chosen`} accept={name === "fragments" ? ".jsonl,.ndjson" : ".csv"} disabled={progress !== undefined}
                onChange={(event) => { const file = event.currentTarget.files?.[0]; setFiles((before) => { const next = { ...before }; delete next[name]; return file ? { ...next, [name]: file } : next; }); setResult(undefined); }} />
              <label class="file" for={`file-${name}`}><span class="utrecht-button utrecht-button--secondary-action">{T().choose}</span>{" "}
                <span id={`file-${name}-chosen`} class={files[name] ? "" : "soft"}>{files[name]?.name ?? T().notChosen}</span></label>
            </div>
          ))}
          <div class="row">
            <Button look="primary" submit busy={progress !== undefined}>{T().tryFirst}</Button>
            <Button busy={progress !== undefined} onClick={() => void run(false)}>{T().apply}</Button>
          </div>
          <div role="status" aria-live="polite">{progress && <p><label class="stack-tight">{progress.what} <progress value={progress.done} max={progress.of} /></label></p>}</div>
        </form>
        <div ref={heading} tabIndex={-1} class="stack landing">
          {error && <Alert kind="error" title={error.message}><p lang="en">{error.detail}</p><p>{T().tryAgain}</p></Alert>}
          {result && <Result {...result} apply={() => void run(false)} />}
        </div>
        <Section title={T().export}><p class="measure">{T().exportWhy}</p></Section>
      </div>
    </Page>
  );
}

function Result({ job, rejects, apply }: { job: Import; rejects: Reject[]; apply: () => void }) {
  const failed = job.state !== "done";
  const save = () => download(`afgewezen-regels-${job.id}.csv`, "text/csv", ["bestand;regel;veld;reden\r\n", ...rejects.map((one) => `${one.file};${one.line};${one.field};"${(reasonIn(one.reason) ?? one.reason).replaceAll('"', '""')}"\r\n`)]);
  return (
    <section class="stack">
      <div class="row-apart"><H2>{job.dryRun ? T().resultTrial : T().result}</H2>
        {failed ? <Badge tone="danger" icon="cross">{T().failed}</Badge> : job.rejected > 0 ? <Badge tone="warning" icon="warning">{T().withRejects(job.rejected)}</Badge> : <Badge tone="good" icon="check">{T().allGood}</Badge>}</div>
      {job.failure && <Alert kind="error" title={T().failedWhy}><p lang="en">{job.failure}</p></Alert>}
      <Table caption={T().result} head={[T().file, T().rows, T().added, T().changed, T().unchanged, T().rejected]}
        rows={job.files.filter((one) => one.staged + one.rejected > 0).map((one) => [one.file, one.staged, one.added, one.changed, one.unchanged, one.rejected].map(String))} />
      {rejects.length > 0 && (
        <>
          <div class="row-apart"><H2>{T().rejects}</H2><Button onClick={save}>{T().saveRejects}</Button></div>
          <p class="measure">{T().rejectsWhy}</p>
          <Table caption={T().rejects} head={[T().file, T().line, T().field, T().reason]} rows={rejects.slice(0, 200).map((one) => [one.file, String(one.line), <code key="field">{one.field}</code>, reasonIn(one.reason) ?? <span key="reason" lang="en">{one.reason}</span>])} />
          {rejects.length > 200 && <p class="soft">{T().moreRejects(rejects.length - 200)}</p>}
        </>
      )}
      {job.dryRun && !failed && <p><Button look="primary" onClick={apply}>{T().applyNow}</Button></p>}
    </section>
  );
}
