// Messages of partners that could not be applied: none gets lost, somebody looks at each and says how it was settled.
import { useState } from "preact/hooks";
import { api } from "../../app/api";
import { timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { say } from "../../app/say";
import { current, organisationName } from "../../app/session";
import { t } from "../../app/text";
import { Button, Empty, Facts, H2, Page } from "../../components/basic";
import { Form, TextArea } from "../../components/form";
import { Load } from "../../components/load";
import { PartnerTabs } from "./partners";

interface DeadLetter { id: number; from: string; type: string; subject: string | null; sent: string; received: string; code: string; sentence: string }

const T = () => t.partners.dead1;

export function DeadLetters() {
  const letters = useLoad(() => api.whole<{ deadLetters: DeadLetter[] }>("/dead-letters"), [], ["peers"]);
  return (
    <Page title={T().title} intro={T().intro}>
      <PartnerTabs />
      <Load of={letters}>{({ deadLetters }) => (deadLetters.length === 0 ? <Empty title={T().none}><p>{T().noneWhy}</p></Empty> : (
        <ul class="plain-list stack">{deadLetters.map((one) => <li key={one.id}><One one={one} reload={letters.reload} /></li>)}</ul>
      ))}</Load>
    </Page>
  );
}

function One({ one, reload }: { one: DeadLetter; reload: () => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const [how, setHow] = useState("");
  const title = T().from(organisationName(one.from));
  return (
    <article class="card stack" aria-label={title}>
      <H2>{title}</H2>
      <Facts rows={[[T().type, one.type], [T().sent, timeText(one.sent)], [T().received, timeText(one.received)], [T().why, <span key="why" lang="en">{one.code}: {one.sentence}</span>]]} />
      {current().session?.role !== "privacy-officer" ? <p class="soft">{T().officerOnly}</p> : open ? (
        <Form action={T().settle} cancel={<Button onClick={() => setOpen(false)}>{t.form.cancel}</Button>} check={() => ({ how: how.trim() ? undefined : T().howMissing })} send={async (key) => {
          await api.post(`/dead-letters/${one.id}/handling`, { how: how.trim() }, { key });
          await reload();
          say("ok", T().settled);
        }}>
          <TextArea name="how" label={T().how} hint={T().howHint} value={how} change={setHow} max={1000} />
        </Form>
      ) : <p><Button onClick={() => setOpen(true)} label={`${T().settle}: ${title}`}>{T().settle}</Button></p>}
    </article>
  );
}
