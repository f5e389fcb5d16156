// After a restore from a backup: what was lost and opening the next log, which the privacy officer decides; and the later logs of other
// organisations, of which one that hides something is let through here, with a reason.
import { useState } from "preact/hooks";
import { api, part } from "../../app/api";
import { timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { to } from "../../app/route";
import { say } from "../../app/say";
import { current, organisationName } from "../../app/session";
import { useStatus } from "../../app/status";
import { t } from "../../app/text";
import { Alert, Badge, Button, Empty, Facts, H3, LinkButton, P, Page, Section } from "../../components/basic";
import { sure } from "../../components/confirm";
import { Check, Form, TextArea } from "../../components/form";
import { Load } from "../../components/load";
import { LogTabs } from "./tabs";

interface Head { incarnation: number; size: number; root: string; note: string }
interface Loss {
  setBack: boolean; incarnation: number; size: number; witnesses: number; quorum: number; heard: number; clients: number; loans: number; waiting: number; head?: Head;
}
interface Later { id: string; incarnation: number; goesOnFrom: number; seen: string; state: "refused" | "accepted" | "allowed"; hides?: string }

const T = () => t.restore;

export function LogRestore() {
  const officer = current().session?.role === "privacy-officer";
  return (
    <Page title={T().title} intro={T().intro}>
      <LogTabs />
      <div class="stack-wide">
        {officer && <Own />}
        <Others officer={officer} />
      </div>
    </Page>
  );
}

function Own() {
  const status = useStatus();
  const doubted = status.data?.consentDoubts.open ?? 0;
  const loss = useLoad(() => api.get<Loss>("/audit-incarnation"), [], ["audit", "peers"]);
  return (
    <Section title={T().own}>
      <Load of={loss}>{(lost) => (lost.setBack ? <SetBack lost={lost} done={loss.reload} /> : (
        <Alert kind="ok" title={T().nothingLost}><p>{T().nothingLostWhy(lost.incarnation, lost.size)}</p></Alert>
      ))}</Load>
      {doubted > 0 && <Alert kind="warning" title={t.doubts.waiting(doubted)}><p><LinkButton to={to(["toestemmingen", "nakijken"])}>{t.doubts.list}</LinkButton></p></Alert>}
    </Section>
  );
}

function SetBack({ lost, done }: { lost: Loss; done: () => Promise<void> }) {
  const { head } = lost;
  const enough = lost.heard >= lost.quorum;
  return (
    <div class="stack">
      <Alert kind="error" title={T().setBack}><p>{T().setBackWhy}</p></Alert>
      <Facts rows={[
        [T().here, T().entries(lost.size, lost.incarnation)], head ? [T().elsewhere, T().entries(head.size, head.incarnation)] : null,
        lost.witnesses > 0 ? [T().heard, T().heardOf(lost.heard, lost.witnesses, lost.quorum)] : null,
      ]} />
      <div class="stack-tight">
        <H3>{T().follows}</H3>
        <ul class="bullets measure">
          {lost.clients > 0 && <li>{T().clients(lost.clients)}</li>}{lost.loans > 0 && <li>{T().loans(lost.loans)}</li>}{lost.waiting > 0 && <li>{T().waiting(lost.waiting)}</li>}<li>{T().staysLost}</li>
        </ul>
      </div>
      {!head ? <Alert kind="warning" title={T().noHead}><p>{T().waitForOthers}</p></Alert>
        : !enough ? <Alert kind="warning" title={T().tooFew(lost.quorum - lost.heard)}><p>{T().waitForOthers}</p></Alert>
          : <Open key={head.root} head={head} done={done} />}
    </div>
  );
}

function Open({ head, done }: { head: Head; done: () => Promise<void> }) {
  const [reason, setReason] = useState("");
  const [found, setFound] = useState(false);
  return (
    <div class="card stack">
      <H3>{T().open}</H3>
      <Form action={T().openAction} look="danger" check={() => ({ found: found ? undefined : T().foundMissing, reason: reason.trim() ? undefined : T().reasonMissing })} send={async (key) => {
        if (!(await sure({ title: T().openSure, text: T().openSureText(head.size), action: T().openAction, danger: true }))) return;
        const opened = await api.post<{ incarnation: number }>("/audit-incarnations", { size: head.size, root: head.root, reason: reason.trim() }, { key });
        say("ok", T().opened(opened.incarnation));
        await done();
      }}>
        <Check name="found" label={T().found} hint={T().foundHint} value={found} change={setFound} />
        <TextArea name="reason" label={T().reason} hint={T().reasonHint} value={reason} change={setReason} max={300} />
      </Form>
      <details><summary>{T().head}</summary><p class="pre small">{head.note}</p></details>
    </div>
  );
}

const TONES = { refused: "danger", accepted: "good", allowed: "warning" } as const;

function Others({ officer }: { officer: boolean }) {
  const later = useLoad(() => api.get<{ incarnations: Later[] }>("/member-incarnations"), [], ["audit", "peers"]);
  return (
    <Section title={T().others}>
      <P>{T().othersWhy}</P>
      <Load of={later}>{({ incarnations }) => (incarnations.length === 0 ? <Empty title={T().none}><p>{T().noneWhy}</p></Empty> : (
        <ul class="plain-list stack">{incarnations.map((one) => (
          <li key={one.id}>
            <article class="card stack" aria-label={T().logOf(organisationName(one.id), one.incarnation)}>
              <div class="row-apart">
                <H3>{T().logOf(organisationName(one.id), one.incarnation)}</H3>
                <Badge tone={TONES[one.state]} icon={one.state === "accepted" ? "check" : "warning"}>{T().states[one.state]}</Badge>
              </div>
              <p>{T().goesOn(one.goesOnFrom, timeText(one.seen))}</p>
              {one.state === "refused" && <Alert kind="error" title={T().hides}><p>{T().hidesWhy}</p></Alert>}
              {one.hides && <details><summary>{T().hiddenHead}</summary><p class="pre small">{one.hides}</p></details>}
              {officer && one.state === "refused" && <Allow member={one.id} done={later.reload} />}
            </article>
          </li>
        ))}</ul>
      ))}</Load>
    </Section>
  );
}

/** Behind a button: what is hidden is read before it is let through. */
function Allow({ member, done }: { member: string; done: () => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const name = organisationName(member);
  if (!open) return <p><Button onClick={() => setOpen(true)} label={T().allowOf(name)}>{T().allow}</Button></p>;
  return (
    <Form action={T().allow} look="danger" cancel={<Button onClick={() => setOpen(false)}>{t.form.cancel}</Button>}
      check={() => ({ reason: reason.trim() ? undefined : T().allowMissing })} send={async (key) => {
        await api.post(`/member-incarnations/${part(member)}/allowance`, { reason: reason.trim() }, { key });
        say("ok", T().allowed(name));
        await done();
      }}>
      <TextArea name="reason" label={T().allowWhy} hint={T().allowHint} value={reason} change={setReason} max={300} />
    </Form>
  );
}
