// Uitvoer: the organisation's own records as files, for another dossier system. What leaves here is out of the node's protection, and the screen
// says so before, and again when the files are there.
import { useEffect, useRef, useState } from "preact/hooks";
import { download } from "../../app/download";
import { say } from "../../app/say";
import { t } from "../../app/text";
import { Alert, Button, P, Page, Section, Table } from "../../components/basic";
import { sure } from "../../components/confirm";
import { Form, Radios, TextArea, TextField } from "../../components/form";
import { exportRecords } from "./export-job";
import type { Made, Progress } from "./export-job";

const T = () => t.team.export;

export function RecordsOut() {
  const [made, setMade] = useState<Made[] | undefined>();
  return (
    <Page title={T().title} intro={T().intro}>
      <div class="stack-wide">{made ? <Files made={made} away={() => setMade(undefined)} /> : <Ask done={setMade} />}</div>
    </Page>
  );
}

function Ask({ done }: { done: (made: Made[]) => void }) {
  const [which, setWhich] = useState("");
  const [client, setClient] = useState("");
  const [form, setForm] = useState("csv");
  const [reason, setReason] = useState("");
  const [progress, setProgress] = useState<Progress | undefined>();
  const stopped = useRef(false);
  // Who leaves the screen wants no more of it.
  useEffect(() => () => { stopped.current = true; }, []);
  const one = which === "one";

  const send = async (key: string) => {
    if (!(await sure({ title: T().sure, text: one ? T().sureOne(client.trim()) : T().sureAll, action: T().action, danger: true }))) return;
    stopped.current = false;
    try {
      const made = await exportRecords({ reason: reason.trim(), form, ...(one && { client: client.trim() }) }, key, () => stopped.current, setProgress);
      if (!made) return say("info", T().stopped);
      say("ok", T().ready);
      done(made);
    } finally {
      setProgress(undefined);
    }
  };
  return (
    <>
      <Alert kind="warning" title={T().warning}><p>{T().warningWhy}</p></Alert>
      <div class="two">
        <Form action={T().action} look="danger" send={send} cancel={progress && <Button onClick={() => { stopped.current = true; }}>{T().stop}</Button>} check={() => ({
          which: which ? undefined : T().whichMissing, client: one && !client.trim() ? T().clientMissing : undefined, reason: reason.trim() ? undefined : T().reasonMissing,
        })}>
          <Radios name="which" label={T().which} value={which} change={setWhich} options={[{ value: "all", label: T().all }, { value: "one", label: T().one }]} />
          {one && <TextField name="client" label={T().client} value={client} change={setClient} max={100} />}
          <Radios name="form" label={T().form} hint={T().formHint} value={form} change={setForm} options={[{ value: "csv", label: T().csv }, { value: "json", label: T().json }]} />
          <TextArea name="reason" label={T().reason} hint={T().reasonHint} value={reason} change={setReason} rows={2} max={400} />
          <div role="status" aria-live="polite">{progress && (
            <p><label class="stack-tight">{T().progress(T().files[progress.file].name, progress.done, progress.of)} <progress value={progress.done} max={Math.max(1, progress.of)} /></label></p>
          )}</div>
        </Form>
        <Section title={T().inIt}>
          <ul class="bullets measure">{Object.values(T().files).map((file) => <li key={file.name}><strong>{file.name}</strong>: {file.what}</li>)}</ul>
          <P>{T().notInIt}</P>
          <P>{T().logged}</P>
        </Section>
      </div>
    </>
  );
}

/** They are in the page only, until somebody leaves it. */
function Files({ made, away }: { made: readonly Made[]; away: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  const save = (one: Made) => {
    download(one.name, one.name.endsWith(".csv") ? "text/csv" : "application/jsonl", one.parts);
    say("ok", T().saved(one.name));
  };
  return (
    <div ref={place} tabIndex={-1} class="stack landing" role="group" aria-label={T().result}>
      <Section title={T().result}>
        <P>{T().resultWhy}</P>
        <Table caption={T().result} head={[T().file, T().what, T().count, T().save]} rows={made.map((one) => [
          <code key="name">{one.name}</code>, T().files[one.file].what, String(one.count),
          one.count > 0 ? <Button key="save" look="primary" onClick={() => save(one)} label={T().saveOne(one.name)}>{T().save}</Button> : T().nothing,
        ])} />
        <Alert kind="warning" title={T().after}><p>{T().afterWhy}</p></Alert>
        <P soft>{T().logged}</P>
        <p><Button onClick={away}>{T().away}</Button></p>
      </Section>
    </div>
  );
}
