// What is odd and somebody should look at: explained, and closed with what it turned out to be.
import { useState } from "preact/hooks";
import { api } from "../../app/api";
import { timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { say } from "../../app/say";
import { organisationName, personName } from "../../app/session";
import { t, word } from "../../app/text";
import { Badge, Button, Empty, H2, Page } from "../../components/basic";
import { Form, TextArea } from "../../components/form";
import { Load } from "../../components/load";
import { Segments } from "../../components/tabs";
import { LogTabs } from "./tabs";

interface Hint {
  id: number;
  kind: string;
  about: string;
  raised: string;
  meaning: string;
  detail: string;
  closed: { at: string; by: string; reason: string } | null;
}

const SERIOUS = ["log-contradiction", "log-late", "proof-missing"];

export function LogHints() {
  const [which, setWhich] = useState<"open" | "all">("open");
  const hints = useLoad(() => api.whole<{ hints: Hint[] }>(`/hints?all=${which === "all"}`), [which]);
  const text = t.officer.hints;
  return (
    <Page title={text.title} intro={text.intro} actions={<Segments label={text.which} value={which} change={setWhich}
      options={[{ value: "open", label: text.open }, { value: "all", label: text.all }]} />}>
      <LogTabs />
      <Load of={hints}>{({ hints: found }) => (found.length === 0 ? (
        <Empty title={which === "open" ? text.noneOpen : text.none}><p>{text.noneWhy}</p></Empty>
      ) : (
        <ul class="plain-list stack">{found.map((hint) => <li key={hint.id}><One hint={hint} done={() => void hints.reload()} /></li>)}</ul>
      ))}</Load>
    </Page>
  );
}

function One({ hint, done }: { hint: Hint; done: () => void }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const text = t.officer.hints;
  const serious = SERIOUS.includes(hint.kind);
  return (
    <article class="card stack" aria-label={word(text.kinds, hint.kind)}>
      <div class="row-apart">
        <H2>{word(text.kinds, hint.kind)}</H2>
        {hint.closed ? <Badge tone="good" icon="check">{text.closed}</Badge> : <Badge tone={serious ? "danger" : "warning"} icon="warning">{text.toLookAt}</Badge>}
      </div>
      <div class="stack-tight">
        <p class="measure">{hint.meaning}</p>
        <p>{text.about(organisationName(hint.about))}; <span class="soft">{timeText(hint.raised)}</span></p>
        {hint.detail && <p class="soft small measure">{hint.detail}</p>}
      </div>
      {hint.closed ? <p class="measure">{text.closedBy(personName(hint.closed.by), timeText(hint.closed.at))} {hint.closed.reason}</p>
        : open ? (
          <Form action={text.close} send={async (key) => {
            await api.post(`/hints/${hint.id}/close`, { reason: reason.trim() }, { key });
            say("ok", text.isClosed);
            done();
          }} check={() => ({ reason: reason.trim() ? undefined : text.reasonMissing })} cancel={<Button onClick={() => setOpen(false)}>{t.form.cancel}</Button>}>
            <TextArea name="reason" label={text.reason} hint={text.reasonHint} value={reason} change={setReason} max={1000} />
          </Form>
        ) : <p><Button onClick={() => setOpen(true)} label={text.handle(word(text.kinds, hint.kind))}>{text.handleShort}</Button></p>}
    </article>
  );
}
