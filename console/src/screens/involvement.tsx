// Betrokkenheid: register, extend, close. The reason stays here; who else is involved hears only that we are, and how to reach us.
import { useState } from "preact/hooks";
import { api } from "../app/api";
import { dayText, plusDays, today } from "../app/days";
import { instead, to } from "../app/route";
import { say } from "../app/say";
import { current } from "../app/session";
import type { Involvement } from "../app/node";
import { t, word } from "../app/text";
import { Badge, Button, Empty, Facts, H3, LinkButton, P, Section } from "../components/basic";
import { Check, Form, Radios, TextArea, TextField } from "../components/form";
import { ClientScreen } from "./client-frame";

export function Involvements({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  return (
    <ClientScreen clientRef={ref} tab="betrokkenheid">{({ client, reload }) => {
      const active = client.involvements.filter((one) => one.active), past = client.involvements.filter((one) => !one.active);
      return (
        <div class="stack-wide">
          <Section title={t.involvement.now} actions={<LinkButton look="primary" to={to(["clienten", ref, "betrokkenheid", "nieuw"])}>{t.involvement.add}</LinkButton>}>
            {active.length === 0 ? <Empty title={t.involvement.none}><p>{t.involvement.noneWhy}</p></Empty> : (
              <div class="stack">{active.map((one) => <One key={one.id} involvement={one} reload={reload} />)}</div>
            )}
          </Section>
          {past.length > 0 && (
            <Section title={t.involvement.past}>
              <div class="stack">{past.map((one) => <div class="card" key={one.id}><Known involvement={one} /></div>)}</div>
            </Section>
          )}
        </div>
      );
    }}</ClientScreen>
  );
}

function Known({ involvement: one }: { involvement: Involvement }) {
  return (
    <div class="stack-tight">
      <div class="row"><H3>{one.professional.name}</H3><Badge tone={one.kind === "signaal" ? "warning" : "info"}>{word(t.words.involvementKinds, one.kind)}</Badge></div>
      <Facts rows={[
        [t.involvement.period, t.involvement.fromUntil(dayText(one.from), dayText(one.closedOn ?? one.until))],
        [t.involvement.reach, [one.professional.function, one.professional.phone, one.professional.email].filter(Boolean).join(", ")],
        one.reason ? [t.involvement.reason, one.reason] : null, one.closedWhy ? [t.involvement.closedWhy, one.closedWhy] : null,
      ]} />
    </div>
  );
}

function One({ involvement, reload }: { involvement: Involvement; reload: () => Promise<void> }) {
  const [doing, setDoing] = useState<"extend" | "close" | undefined>();
  const [until, setUntil] = useState(plusDays(involvement.until, 180));
  const [why, setWhy] = useState("");
  const cancel = <Button look="subtle" onClick={() => setDoing(undefined)}>{t.form.cancel}</Button>;
  return (
    <div class="card stack">
      <Known involvement={involvement} />
      {!doing && <div class="row"><Button onClick={() => setDoing("extend")}>{t.involvement.extend}</Button><Button onClick={() => setDoing("close")}>{t.involvement.close}</Button></div>}
      {doing === "extend" && (
        <Form action={t.involvement.extend} cancel={cancel} check={() => ({ until: until > involvement.from ? undefined : t.involvement.untilWrong })} send={async (key) => {
          await api.post(`/involvements/${involvement.id}/extend`, { until }, { key, etag: involvement.etag });
          say("ok", t.involvement.extended(dayText(until)));
          setDoing(undefined);
          await reload();
        }}>
          <TextField name="until" label={t.involvement.until} hint={t.involvement.untilHint} value={until} change={setUntil} type="date" />
        </Form>
      )}
      {doing === "close" && (
        <Form action={t.involvement.close} look="danger" cancel={cancel} check={() => ({ reason: why.trim() ? undefined : t.involvement.whyMissing })} send={async (key) => {
          await api.post(`/involvements/${involvement.id}/close`, { reason: why.trim() }, { key, etag: involvement.etag });
          say("ok", t.involvement.closed);
          setDoing(undefined);
          await reload();
        }}>
          <P soft>{t.involvement.closeWhat}</P>
          <TextArea name="reason" label={t.involvement.closedWhy} hint={t.involvement.staysHere} value={why} change={setWhy} rows={3} max={1000} />
        </Form>
      )}
    </div>
  );
}

export function NewInvolvement({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  return <ClientScreen clientRef={ref} tab="betrokkenheid" title={t.involvement.add}>{({ client }) => <Register clientRef={ref} known={client.involvements[0]} />}</ClientScreen>;
}

function Register({ clientRef, known }: { clientRef: string; known: Involvement | undefined }) {
  const me = current().session?.displayName ?? "";
  const mine = known?.professional.name === me ? known.professional : undefined;
  const [kind, setKind] = useState("ketenregistratie");
  const [from, setFrom] = useState(today());
  const [until, setUntil] = useState(plusDays(today(), 365));
  const [name, setName] = useState(me);
  const [work, setWork] = useState(mine?.function ?? "");
  const [phone, setPhone] = useState(mine?.phone ?? "");
  const [email, setEmail] = useState(mine?.email ?? "");
  const [reason, setReason] = useState("");
  const [told, setTold] = useState(false);
  const [whyNot, setWhyNot] = useState("");

  const send = async (key: string) => {
    const informed = told ? t.involvement.toldNote : t.involvement.notToldNote(whyNot.trim());
    await api.post("/involvements", { clientRef, kind, from, until, name: name.trim(), ...(work.trim() && { function: work.trim() }), ...(phone.trim() && { phone: phone.trim() }),
      ...(email.trim() && { email: email.trim() }),
      reason: [reason.trim(), informed].filter(Boolean).join("\n") }, { key });
    say("ok", t.involvement.added, true);
    instead(to(["clienten", clientRef, "betrokkenheid"]));
  };
  const check = () => ({
    name: name.trim() ? undefined : t.involvement.nameMissing, phone: phone.trim() || email.trim() ? undefined : t.involvement.reachMissing,
    until: until > from ? undefined : t.involvement.untilWrong, whyNot: told || whyNot.trim() ? undefined : t.involvement.whyNotMissing,
  });
  return (
    <Form send={send} check={check} action={t.involvement.add}>
      <Radios name="kind" label={t.involvement.kind} value={kind} change={setKind} options={[
        { value: "ketenregistratie", label: t.words.involvementKinds.ketenregistratie ?? "", hint: t.involvement.kindHelp },
        { value: "signaal", label: t.words.involvementKinds.signaal ?? "", hint: t.involvement.kindSignal },
      ]} />
      <div class="field-row">
        <TextField name="from" label={t.involvement.from} value={from} change={setFrom} type="date" />
        <TextField name="until" label={t.involvement.until} hint={t.involvement.untilHint} value={until} change={setUntil} type="date" />
      </div>
      <div class="field-row">
        <TextField name="name" label={t.involvement.name} value={name} change={setName} />
        <TextField name="function" label={t.involvement.function} value={work} change={setWork} optional />
      </div>
      <div class="field-row">
        <TextField name="phone" label={t.involvement.phone} value={phone} change={setPhone} type="tel" optional />
        <TextField name="email" label={t.involvement.email} value={email} change={setEmail} type="email" optional />
      </div>
      <TextArea name="reason" label={t.involvement.reason} hint={t.involvement.staysHere} value={reason} change={setReason} optional />
      <Check name="told" label={t.involvement.told} hint={t.involvement.toldHint} value={told} change={setTold} />
      {!told && <TextField name="whyNot" label={t.involvement.whyNot} hint={t.involvement.staysHere} value={whyNot} change={setWhyNot} max={500} />}
    </Form>
  );
}
