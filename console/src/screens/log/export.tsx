// The log as a file: put together slice by slice in the page, and given to whoever asked. The node logs that it was made, and with what in it.
import { useState } from "preact/hooks";
import { api } from "../../app/api";
import { download } from "../../app/download";
import { today } from "../../app/days";
import { say } from "../../app/say";
import { current } from "../../app/session";
import { t } from "../../app/text";
import { Alert, Page } from "../../components/basic";
import { Check, Form, Radios, TextArea } from "../../components/form";
import { LogTabs } from "./tabs";

interface Begun { size: number; incarnation: number; redacted: boolean; header: string; footer: string }

const TYPES: Record<string, { type: string; end: string }> = {
  jsonl: { type: "application/jsonl", end: "jsonl" },
  csv: { type: "text/csv", end: "csv" },
  fhir: { type: "application/fhir+ndjson", end: "fhir.ndjson" },
};

async function fetchAll(format: string, open: boolean, reason: string, key: string, told: (done: number, of: number) => void): Promise<string[]> {
  const begun = await api.post<Begun>("/audit-exports", { format, open, reason }, { key });
  const parts = [begun.header];
  for (let from = 0; from < begun.size;) {
    const slice = await api.get<{ lines: string; count: number }>(
      `/audit-export-lines?from=${from}&size=${begun.size}&open=${open}&format=${format}&incarnation=${begun.incarnation}`);
    if (slice.count === 0) break;
    parts.push(slice.lines);
    from += slice.count;
    told(from, begun.size);
  }
  parts.push(begun.footer);
  return parts;
}

export function LogExport() {
  const [format, setFormat] = useState("jsonl");
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [done, setDone] = useState<{ done: number; of: number } | undefined>();
  const text = t.officer.export;
  return (
    <Page title={text.title} intro={text.intro}>
      <LogTabs />
      <div class="stack-wide">
        <Form action={text.action} check={() => ({ reason: reason.trim() ? undefined : text.reasonMissing })} send={async (key) => {
          const parts = await fetchAll(format, open, reason.trim(), key, (count, of) => setDone({ done: count, of }));
          const { type, end } = TYPES[format] ?? { type: "text/plain", end: "txt" };
          download(`logboek-${current().member}-${today()}.${end}`, type, parts);
          setDone(undefined);
          say("ok", text.ready);
        }}>
          <Radios name="format" label={text.format} value={format} change={setFormat} options={[
            { value: "jsonl", label: text.jsonl, hint: text.jsonlHint }, { value: "csv", label: text.csv, hint: text.csvHint },
            { value: "fhir", label: text.fhir, hint: text.fhirHint },
          ]} />
          <Check name="open" label={text.open} hint={text.openHint} value={open} change={setOpen} />
          <TextArea name="reason" label={text.reason} hint={text.reasonHint} rows={2} max={400} value={reason} change={setReason} />
          {open && <Alert kind="warning" title={text.openWarning} />}
          {done && <p><label>{text.progress(done.done, done.of)}{" "}<progress value={done.done} max={done.of} /></label></p>}
        </Form>
      </div>
    </Page>
  );
}
