// Files of fragments: added in pieces, fetched in pieces, and those that other organisations let us have.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, newKey, part } from "../app/api";
import { useAct } from "../app/act";
import { today } from "../app/days";
import { download } from "../app/download";
import type { Loaded } from "../app/load";
import type { FragmentHead, FragmentRead, ReceivedFile } from "../app/node";
import { fetchPieces, sendPiece } from "../app/pieces";
import { instead, to } from "../app/route";
import { say } from "../app/say";
import { current, organisationName } from "../app/session";
import { language, t } from "../app/text";
import { Alert, Badge, Button, H3, P, Section } from "../components/basic";
import { Checks, FileField, Form, Select, TextArea, TextField } from "../components/form";
import { Load } from "../components/load";
import { ClientScreen } from "./client-frame";

/** The category of a file. */
export const FILES = "F18";
const PIECE = 240 * 1024;  // docs/spec/attachments.md
const LARGEST = 50 * 1024 * 1024;
const TYPES = ["application/pdf", "image/jpeg", "image/png"];

/** "1,4 MB" */
export function sizeText(bytes: number): string {
  const number = new Intl.NumberFormat(language === "nl" ? "nl-NL" : "en-GB", { maximumFractionDigits: 1 });
  return bytes < 1_000_000 ? `${number.format(Math.max(1, Math.round(bytes / 1000)))} kB` : `${number.format(bytes / 1_000_000)} MB`;
}

function Progress({ what, done, of }: { what: string; done: number; of: number }) {
  return <div role="status" aria-live="polite">{of > 0 && <p><label class="stack-tight">{what} <progress value={done} max={of} /></label></p>}</div>;
}

export function NewAttachment({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  return <ClientScreen clientRef={ref} tab="dossier" title={t.files.add}>{({ client }) => <Add clientRef={ref} fragments={client.fragments} />}</ClientScreen>;
}

function Add({ clientRef, fragments }: { clientRef: string; fragments: readonly FragmentHead[] }) {
  const [file, setFile] = useState<File | undefined>();
  const [title, setTitle] = useState("");
  const [parent, setParent] = useState("");
  const [description, setDescription] = useState("");
  const [persons, setPersons] = useState(["jeugdige"]);
  const [sent, setSent] = useState({ done: 0, of: 0 });
  const stopped = useRef(false);
  // Who leaves the screen does not want the rest to be sent.
  useEffect(() => () => { stopped.current = true; }, []);

  const put = async (chosen: File, id: string, size: number): Promise<boolean> => {
    const pieces = Math.ceil(chosen.size / size);
    for (let n = 0; n < pieces && !stopped.current; ++n) {
      setSent({ done: n, of: pieces });
      await sendPiece(`/attachments/${id}/pieces/${n}`, chosen.slice(n * size, (n + 1) * size));
    }
    if (stopped.current) return false;
    const author = current().session?.displayName || current().session?.account;
    await api.post(`/attachments/${id}/finish`, { title: title.trim(), author, date: today(), persons, ...(description.trim() && { description: description.trim() }), ...(parent && { parent }) },
      { key: newKey() });
    return true;
  };
  const send = async () => {
    if (!file) return;
    stopped.current = false;
    let begun: string | undefined;
    let kept = false;
    try {
      const { id, pieceSize } = await api.post<{ id: string; pieceSize: number }>("/attachments", { clientRef, name: file.name, mediaType: file.type, bytes: file.size }, { key: newKey() });
      begun = id;
      kept = await put(file, id, pieceSize);
    } finally {
      setSent({ done: 0, of: 0 });
      // What is not whole is of no use; the node ends it by itself too when this does not arrive.
      if (begun && !kept) await api.remove(`/attachments/${begun}`).catch(() => undefined);
    }
    if (!kept) return say("info", t.files.givenUp);
    say("ok", t.files.added, true);
    instead(to(["clienten", clientRef, "dossier"]));
  };
  const check = () => ({
    file: !file ? t.files.fileMissing : !TYPES.includes(file.type) ? t.files.wrongType : file.size > LARGEST ? t.files.tooLarge : file.size === 0 ? t.files.nothingInIt : undefined,
    title: title.trim() ? undefined : t.dossier.titleMissing, persons: persons.length > 0 ? undefined : t.dossier.personsMissing,
  });
  const sending = sent.of > 0;
  return (
    <Form send={send} check={check} action={t.files.add} cancel={sending && <Button onClick={() => { stopped.current = true; }}>{t.files.stop}</Button>}>
      <FileField name="file" label={t.files.file} hint={t.files.fileHint} accept=".pdf,.jpg,.jpeg,.png" chosen={file} change={setFile} disabled={sending} />
      <TextField name="title" label={t.dossier.title} value={title} change={setTitle} />
      <Select name="parent" label={t.files.belongsTo} hint={t.files.belongsToHint} optional value={parent} change={setParent}
        options={fragments.filter((one) => one.category !== FILES).map((one) => ({ value: one.id, label: one.title }))} />
      <TextArea name="description" label={t.files.description} optional value={description} change={setDescription} rows={2} max={500} />
      <Checks name="persons" label={t.dossier.persons} hint={t.dossier.personsHint} value={persons} change={setPersons} options={Object.entries(t.dossier.whom).map(([value, label]) => ({ value, label }))} />
      <Progress what={t.files.sending(file?.name ?? "")} {...sent} />
      <Alert kind="info" title={t.files.stays} />
    </Form>
  );
}

/** The button that fetches one of our own; each reading stands in the log. */
export function OwnFile({ head, purpose }: { head: FragmentHead; purpose: string }) {
  const [got, setGot] = useState({ done: 0, of: 0 });
  const { busy, run } = useAct();
  const fetchIt = () => void run(async () => {
    try {
      const { fields } = await api.get<FragmentRead>(`/fragments/${part(head.id)}?purpose=${part(purpose)}`);
      const pieces = Math.ceil(Number(fields?.bytes ?? 0) / PIECE);
      const parts = await fetchPieces(pieces, (n) => `/attachments/${part(head.id)}/pieces/${n}`, (done) => setGot({ done, of: pieces }));
      download(String(fields?.bestandsnaam ?? head.title), String(fields?.soort ?? ""), parts);
    } finally {
      setGot({ done: 0, of: 0 });
    }
  });
  return (
    <>
      <p class="no-print"><Button look="subtle" busy={busy} onClick={fetchIt} label={t.files.saveOne(head.title)}>{t.files.save}</Button></p>
      <Progress what={t.files.fetching} {...got} />
    </>
  );
}

export function ReceivedFiles({ of }: { of: Loaded<ReceivedFile[]> }) {
  return (
    <Load of={of}>{(files) => (files.length === 0 ? null : (
      <Section title={t.files.received}><ul class="plain-list stack-tight">{files.map((one) => <li key={`${one.exchange} ${one.fragment}`}><Received file={one} /></li>)}</ul></Section>
    ))}</Load>
  );
}

function Received({ file }: { file: ReceivedFile }) {
  const [got, setGot] = useState({ done: 0, of: 0 });
  const { busy, run } = useAct();
  const name = file.name ?? t.files.closed;
  const fetchIt = () => void run(async () => {
    try {
      const parts = await fetchPieces(file.pieces, (n) => `/received-attachments/${part(file.from)}/${file.exchange}/${file.fragment}/pieces/${n}`, (done) => setGot({ done, of: file.pieces }));
      download(name, file.mediaType, parts);
    } finally {
      setGot({ done: 0, of: 0 });
    }
  });
  return (
    <div class="fragment fragment--received stack-tight">
      <div class="row-apart"><div><H3>{name}</H3><p class="soft small">{t.files.from(organisationName(file.from))}, {sizeText(file.bytes)}</p></div>
        {file.state !== "complete" && <Badge tone={file.state === "coming" || file.state === "waiting" ? "info" : "warning"}>{t.files.states[file.state]}</Badge>}</div>
      {(file.state === "coming" || file.state === "waiting") && <Progress what={t.files.coming} done={file.have} of={file.pieces} />}
      {file.state === "complete" && <p class="no-print"><Button look="subtle" busy={busy} onClick={fetchIt} label={t.files.saveOne(name)}>{t.files.save}</Button></p>}
      {["broken", "stopped", "locked"].includes(file.state) && <P soft>{t.files.whyNot[file.state as "broken"]}</P>}
      <Progress what={t.files.fetching} {...got} />
    </div>
  );
}
