// A question of another organisation for fragments: what an answer would give, and answering it.
import { useState } from "preact/hooks";
import { api, part } from "../app/api";
import { timeText } from "../app/days";
import { useLoad } from "../app/load";
import type { Preview } from "../app/node";
import { labels } from "../app/node";
import { instead, to } from "../app/route";
import { say } from "../app/say";
import { organisationName } from "../app/session";
import { t, word } from "../app/text";
import { Empty, Facts, Link, Page } from "../components/basic";
import { sure } from "../components/confirm";
import { Checks, Form } from "../components/form";
import { Load } from "../components/load";
import { Decisions } from "./handovers";

interface Asked { exchange: string; from: string; clientRef: string; purpose: string; occasion: string; goal: string; categories: string[]; created: string }

export function OneRequest({ params }: { params: Record<string, string> }) {
  const peer = params.peer ?? "", exchange = params.exchange ?? "";
  const asked = useLoad(async () => {
    const [{ requests }, label] = await Promise.all([api.get<{ requests: Asked[] }>("/fragment-requests"), labels()]);
    return { request: requests.find((one) => one.exchange === exchange && one.from === peer), label };
  }, [peer, exchange], ["fragments"]);
  return (
    <Page title={t.request.title(organisationName(peer))} back={{ to: to(["werk"]), label: t.work.title }}>
      <Load of={asked}>{({ request, label }) => (!request ? <Empty title={t.request.gone}><p><Link to={to(["werk"])}>{t.work.title}</Link></p></Empty> : (
        <div class="stack-wide">
          <div class="card"><Facts rows={[
            [t.request.about, <Link to={to(["clienten", request.clientRef])}>{t.work.client(request.clientRef)}</Link>], [t.consent.purpose, word(t.words.purposes, request.purpose)],
            [t.handover.occasion, request.occasion], [t.handover.goal, request.goal], [t.handover.items, request.categories.map(label).join(", ")], [t.request.asked, timeText(request.created)],
          ]} /></div>
          <Answer request={request} />
        </div>
      ))}</Load>
    </Page>
  );
}

function Answer({ request }: { request: Asked }) {
  const [withheld, setWithheld] = useState<string[]>([]);
  const path = `/fragment-requests/${part(request.from)}/${part(request.exchange)}`;
  const preview = useLoad(() => api.post<Preview>(`${path}/preview`), [path], ["consents"]);
  const peer = organisationName(request.from);
  const send = async (key: string) => {
    if (!(await sure({ title: t.request.answer, text: t.handover.transferSure(peer), action: t.request.answer }))) return;
    await api.post(`${path}/answer`, withheld.length > 0 ? { withheld } : {}, { key });
    say("ok", t.request.answered(peer), true);
    instead(to(["werk"]));
  };
  return (
    <Load of={preview}>{(data) => (
      <Form send={send} action={t.request.answer}>
        <Decisions preview={data} clientRef={request.clientRef} recipient={request.from} />
        {data.fragments.length > 0 && <Checks name="withheld" label={t.handover.withhold} hint={t.handover.withholdHint} value={withheld} change={setWithheld} optional
          options={data.fragments.map((one) => ({ value: one.id, label: one.title, hint: `${one.label}: ${one.plain || one.text}` }))} />}
      </Form>
    )}</Load>
  );
}
