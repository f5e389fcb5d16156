// Import: files of the dossier system, sent in pieces, first as a trial; what was refused, row by row. Shows no value of any row.
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused, api } from "../../app/api";
import { useLoad } from "../../app/load";
import { say } from "../../app/say";
import { t } from "../../app/text";
import { Alert, Button, Page, Section } from "../../components/basic";
import { sure } from "../../components/confirm";
import { Select } from "../../components/form";
import { FILES, feed, giveUp, outcomeOf } from "./import-job";
import type { Chosen, Outcome, Progress } from "./import-job";
import { Result } from "./import-result";
import { ImportTabs } from "./import-tabs";

const T = () => t.administrator.import;

export function ImportScreen() {
  const [files, setFiles] = useState<Chosen>({});
  const [progress, setProgress] = useState<Progress | undefined>();
  const [result, setResult] = useState<Outcome | undefined>();
  const [error, setError] = useState<Refused | undefined>();
  const [form, setForm] = useState("csv");
  const [mapping, setMapping] = useState("");
  const [runs, setRuns] = useState<number | undefined>();
  const mappings = useLoad(() => api.get<{ mappings: { name: string }[] }>("/import-mappings"), []);
  const heading = useRef<HTMLDivElement>(null);
  const chosen = FILES.some((name) => files[name]);
  useEffect(() => { if (result || error) heading.current?.focus(); }, [result, error]);

  const run = async (dryRun: boolean) => {
    if (progress) return;
    if (!chosen) {
      document.getElementById(`file-${FILES[0]}`)?.focus();
      return say("error", T().chooseFirst);
    }
    if (!dryRun && !(await sure({ title: T().applySure, text: T().applyText, action: T().apply }))) return;
    setResult(undefined);
    setError(undefined);
    setProgress({ what: T().starting, done: 0, of: 1 });
    try {
      const job = await feed({ dryRun, form, ...(mapping && { mapping }) }, files, setRuns, setProgress);
      setResult(await outcomeOf(job));
      if (job.state === "done") say("ok", dryRun ? T().tried : T().applied);
      else say(job.state === "cancelled" ? "ok" : "error", job.state === "cancelled" ? T().cancelled : T().failed);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      setError(problem);
    } finally {
      setProgress(undefined);
      setRuns(undefined);
    }
  };
  const stop = async (id: number) => {
    try {
      await giveUp(id);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      say("error", problem.message); // it was done just before
    }
  };
  return (
    <Page title={T().title} intro={T().intro}>
      <ImportTabs />
      <div class="stack-wide">
        <form class="card stack" onSubmit={(event) => { event.preventDefault(); void run(true); }} aria-label={T().title}>
          <Select name="form" label={T().form} hint={T().formHint} value={form} change={setForm} options={[{ value: "csv", label: T().forms.csv }, { value: "json", label: T().forms.json }]} />
          <Select name="mapping" label={T().mapping} hint={T().mappingHint} optional value={mapping} change={setMapping}
            options={[{ value: "", label: T().mappingNone }, ...(mappings.data?.mappings ?? []).map(({ name }) => ({ value: name, label: name }))]} />
          {FILES.map((name) => (
            <div key={name} class="field utrecht-form-field">
              <div class="utrecht-form-label field__label" id={`file-${name}-label`}>{T().files[name]} <span class="field__optional">({t.form.optional})</span></div>
              <div class="utrecht-form-field-description" id={`file-${name}-hint`}>{name === "fragments" || form === "json" ? T().hintJson : T().hintCsv}</div>
              <input class="file__input" type="file" id={`file-${name}`} aria-labelledby={`file-${name}-label`} aria-describedby={`file-${name}-hint file-${name}-chosen`} accept={name === "fragments" || form === "json" ? ".json,.jsonl,.ndjson" : ".csv"} disabled={progress !== undefined}
                onChange={(event) => { const file = event.currentTarget.files?.[0]; setFiles((before) => { const next = { ...before }; delete next[name]; return file ? { ...next, [name]: file } : next; }); setResult(undefined); }} />
              <label class="file" for={`file-${name}`}><span class="utrecht-button utrecht-button--secondary-action">{T().choose}</span>{" "}
                <span id={`file-${name}-chosen`} class={files[name] ? "" : "soft"}>{files[name]?.name ?? T().notChosen}</span></label>
            </div>
          ))}
          <div class="row">
            <Button look="primary" submit busy={progress !== undefined}>{T().tryFirst}</Button>
            <Button busy={progress !== undefined} onClick={() => void run(false)}>{T().apply}</Button>
          </div>
          <div role="status" aria-live="polite">{progress && <p class="measure"><label class="stack-tight">{progress.what} <progress value={progress.done} max={progress.of} /></label></p>}</div>
          {runs !== undefined && <p><Button onClick={() => void stop(runs)}>{T().stop}</Button></p>}
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
