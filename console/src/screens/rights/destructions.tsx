// Vernietigen with four eyes: asked, approved by somebody else as it was shown, carried out, proven; and what may not be kept any longer.
import { useState } from "preact/hooks";
import { useAct } from "../../app/act";
import { api, part } from "../../app/api";
import { dayText, timeText } from "../../app/days";
import { download } from "../../app/download";
import { useLoad } from "../../app/load";
import { go, to, usePlace } from "../../app/route";
import { say } from "../../app/say";
import { current, organisationName, personName } from "../../app/session";
import { t, word } from "../../app/text";
import { Alert, Badge, Button, Empty, Facts, H2, LinkButton, Page, Table } from "../../components/basic";
import { sure } from "../../components/confirm";
import { Form, Radios, TextArea, TextField } from "../../components/form";
import { Load } from "../../components/load";
import { Steps } from "../../components/steps";
import { Tabs } from "../../components/tabs";

interface Order { recipient: string; sentAt: string; answeredAt: string | null; destroyed: number | null; kept: number | null; overdue: boolean }
interface Destruction {
  id: string; client: string | null; fragment: string | null; ground: string; reason: string | null; fingerprint: string; state: string; askedBy: string; askedAt: string;
  approvedBy: string | null; approvedAt: string | null; doneAt: string | null; logEntry: number | null; fieldsErased: number; waitsFor: string | null; orders: Order[];
}
interface Clock { client: string; pastAge: boolean; deceased: boolean; caseRuns: boolean; keepUntil: string | null; fragments: { id: string; category: string; retention: string; until: string | null }[] }

const T = () => t.rights.destruction;

function DestructionTabs() {
  return <Tabs label={T().parts} tabs={[{ to: to(["vernietigen"]), label: T().tabAsked }, { to: to(["vernietigen", "bewaartermijnen"]), label: T().tabDue }]} />;
}

export function Destructions() {
  const all = useLoad(() => api.whole<{ destructions: Destruction[] }>("/destructions"), [], ["rights"]);
  return (
    <Page title={T().title} intro={T().intro} actions={<LinkButton look="primary" to={to(["vernietigen", "nieuw"])}>{T().ask}</LinkButton>}>
      <DestructionTabs />
      <Load of={all}>{({ destructions }) => (destructions.length === 0 ? <Empty title={T().none}><p>{T().noneWhy}</p></Empty> : (
        <ul class="plain-list stack">{destructions.map((one) => <li key={one.id}><One one={one} reload={all.reload} /></li>)}</ul>
      ))}</Load>
    </Page>
  );
}

function steps(one: Destruction) {
  const answered = one.orders.every((order) => order.answeredAt), late = one.orders.some((order) => order.overdue);
  const approved = one.state === "goedgekeurd" || one.state === "vernietigd", done = one.state === "vernietigd";
  return [
    { name: T().stepAsked, state: "done" as const, children: T().byAt(personName(one.askedBy), timeText(one.askedAt)) },
    { name: T().stepApproved, state: approved ? "done" as const : "now" as const, children: one.approvedAt ? T().byAt(personName(one.approvedBy ?? ""), timeText(one.approvedAt)) : T().waitsForOther },
    { name: T().stepDone, state: done ? "done" as const : approved ? "now" as const : "later" as const, children: one.doneAt ? T().doneAt(timeText(one.doneAt), one.fieldsErased) : one.waitsFor },
    ...(one.orders.length > 0 ? [{ name: T().stepOthers, state: late ? "wrong" as const : answered ? "done" as const : approved ? "now" as const : "later" as const,
      children: T().others(one.orders.filter((order) => order.answeredAt).length, one.orders.length) }] : []),
  ];
}

function One({ one, reload }: { one: Destruction; reload: () => Promise<void> }) {
  const what = one.fragment ? T().oneFragment : T().wholeClient;
  const title = one.client ? T().of(what, one.client) : T().ofGone(what);
  return (
    <article class="card stack" aria-label={title}>
      <div class="row-apart">
        <H2>{title}</H2>
        <Badge tone={one.state === "vernietigd" ? "good" : one.state === "gevraagd" ? "warning" : one.state === "ingetrokken" ? "plain" : "info"}
          icon={one.state === "vernietigd" ? "check" : one.state === "ingetrokken" ? "cross" : "clock"}>{word(T().states, one.state)}</Badge>
      </div>
      <div class="two">
        <Facts rows={[[T().ground, word(T().grounds, one.ground)], one.reason ? [T().reason, <span class="pre" key="reason">{one.reason}</span>] : null,
          [T().fingerprint, <code key="fingerprint">{one.fingerprint.slice(0, 16).replace(/(.{4})(?=.)/g, "$1 ")}</code>]]} />
        {one.state !== "ingetrokken" && <Steps label={T().steps} steps={steps(one)} />}
      </div>
      {one.orders.length > 0 && (
        <Table caption={T().stepOthers} head={[T().recipient, T().state, T().outcome]} rows={one.orders.map((order) => [
          organisationName(order.recipient),
          order.answeredAt ? <Badge tone="good" icon="check">{T().answered}</Badge> : order.overdue ? <Badge tone="danger" icon="warning">{T().overdue}</Badge> : <Badge tone="warning" icon="clock">{T().waiting}</Badge>,
          order.answeredAt ? T().result(order.destroyed ?? 0, order.kept ?? 0) : T().sentAt(timeText(order.sentAt)),
        ])} />
      )}
      <Acts one={one} title={title} reload={reload} />
    </article>
  );
}

function Acts({ one, title, reload }: { one: Destruction; title: string; reload: () => Promise<void> }) {
  const { busy, run } = useAct();
  const [cancelling, setCancelling] = useState(false);
  const [why, setWhy] = useState("");
  const me = current().session, mine = one.askedBy === me?.account;
  const mayApprove = me?.role === "privacy-officer" || me?.role === "team-lead";
  const approve = async () => {
    if (!(await sure({ title: T().approveSure, text: T().approveSureText(title), action: T().approve, danger: true }))) return;
    if (await run((key) => api.post(`/destructions/${one.id}/approval`, { fingerprint: one.fingerprint }, { key }), T().approved)) await reload();
  };
  const proof = async () => {
    if (await run(async () => download(`bewijs-van-vernietiging-${one.id}.json`, "application/json", [(await api.get<{ proof: string }>(`/destructions/${one.id}/proof`)).proof]), T().proofMade)) return;
  };
  if (one.state === "vernietigd") return <p><Button busy={busy} onClick={() => void proof()} label={`${T().proof}: ${title}`}>{T().proof}</Button></p>;
  if (one.state !== "gevraagd") return null;
  return (
    <div class="stack">
      {mine && <p class="soft">{T().byAnother}</p>}
      <div class="row">
        {mayApprove && !mine && <Button look="danger" busy={busy} onClick={() => void approve()} label={`${T().approve}: ${title}`}>{T().approve}</Button>}
        {!cancelling && <Button onClick={() => setCancelling(true)} label={`${T().cancel}: ${title}`}>{T().cancel}</Button>}
      </div>
      {cancelling && (
        <Form action={T().cancelAction} cancel={<Button onClick={() => setCancelling(false)}>{t.form.cancel}</Button>} check={() => ({ why: why.trim() ? undefined : T().cancelMissing })} send={async (key) => {
          await api.post(`/destructions/${one.id}/cancellation`, { why: why.trim() }, { key });
          say("ok", T().cancelled);
          await reload();
        }}>
          <TextField name="why" label={T().cancelWhy} value={why} change={setWhy} max={1000} />
        </Form>
      )}
    </div>
  );
}

export function NewDestruction() {
  const { query } = usePlace();
  const [client, setClient] = useState(query.get("client") ?? "");
  const [ground, setGround] = useState(query.get("grond") ?? "");
  const [reason, setReason] = useState("");
  return (
    <Page title={T().ask} intro={T().askIntro} back={{ to: to(["vernietigen"]), label: T().title }}>
      <div class="stack">
        <Alert kind="warning" title={T().final}><p>{T().finalWhy}</p></Alert>
        <Form action={T().askAction} cancel={<LinkButton to={to(["vernietigen"])}>{t.form.cancel}</LinkButton>} check={() => ({
          client: client.trim() ? undefined : t.rights.requests.clientMissing, ground: ground ? undefined : T().groundMissing, reason: reason.trim() ? undefined : T().reasonMissing,
        })} send={async (key) => {
          await api.post("/destructions", { client: client.trim(), ground, reason: reason.trim() }, { key });
          say("ok", T().asked, true);
          go(to(["vernietigen"]));
        }}>
          <TextField name="client" label={t.rights.requests.client} hint={t.rights.requests.clientHint} value={client} change={setClient} max={100} />
          <Radios name="ground" label={T().ground} value={ground} change={setGround} options={Object.entries(T().grounds).map(([value, label]) => ({ value, label, hint: T().groundHints[value] }))} />
          <TextArea name="reason" label={T().reason} hint={T().reasonHint} value={reason} change={setReason} />
        </Form>
      </div>
    </Page>
  );
}

/** The node looks at some clients at a time. */
async function allDue(): Promise<Clock[]> {
  const due: Clock[] = [];
  let cursor: string | null = null;
  for (let turn = 0; turn < 5000; ++turn) {
    const slice: { due: Clock[]; next: string | null } = await api.get(`/retention-due${cursor ? `?cursor=${part(cursor)}` : ""}`);
    due.push(...slice.due);
    cursor = slice.next;
    if (!cursor || due.length >= 200) break;
  }
  return due;
}

export function RetentionDue() {
  const due = useLoad(allDue, []);
  return (
    <Page title={T().dueTitle} intro={T().dueIntro}>
      <DestructionTabs />
      <Load of={due}>{(clocks) => (clocks.length === 0 ? <Empty title={T().noneDue}><p>{T().noneDueWhy}</p></Empty> : (
        <div class="stack">
          <p class="soft">{T().dueCount(clocks.length)}</p>
          <Table caption={T().dueTitle} head={[T().client, T().why, T().kept, T().fragments, T().act]} rows={clocks.map((one) => [
            one.client,
            <span class="stack-tight" key="why">{one.deceased && <Badge icon="info">{T().deceased}</Badge>} {one.pastAge && <Badge icon="info">{T().pastAge}</Badge>} {!one.deceased && !one.pastAge && T().termOver} {one.caseRuns && <Badge tone="warning" icon="clock">{T().caseRuns}</Badge>}</span>,
            one.keepUntil ? dayText(one.keepUntil) : T().whileRuns, String(one.fragments.length),
            <LinkButton key="ask" to={to(["vernietigen", "nieuw"], { client: one.client, grond: "bewaartermijn" })}>{T().askFor(one.client)}</LinkButton>,
          ])} />
        </div>
      ))}</Load>
    </Page>
  );
}
