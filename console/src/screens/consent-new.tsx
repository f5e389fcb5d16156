// Toestemming vastleggen: what is asked goes by the client's age and by who has authority. Beside the form stands what the recipient would be
// able to read, and the text that the family is shown.
import { useState } from "preact/hooks";
import { api, part } from "../app/api";
import { dayText, plusDays, today } from "../app/days";
import { useLoad } from "../app/load";
import type { Card, Category, Consent, Policy } from "../app/node";
import { allCategories, consentsOf } from "../app/node";
import { instead, place, to } from "../app/route";
import { say } from "../app/say";
import { current } from "../app/session";
import { t, word } from "../app/text";
import { Alert, Button, P, Section, Sheet } from "../components/basic";
import { Check, Checks, Form, Radios, Select, TextField } from "../components/form";
import { Load, Problem } from "../components/load";
import type { Refused } from "../app/api";
import { ClientScreen } from "./client-frame";
import type { Inside } from "./client-frame";

interface Known { policy: Policy; categories: Category[]; cards: Card[]; texts: { version: string }[]; consents: Consent[] }

export function NewConsent({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  const known = useLoad<Known>(async () => {
    const [policy, categories, { cards }, { texts }, consents] = await Promise.all([
      api.get<Policy>("/consent-policy"), allCategories(), api.get<{ cards: Card[] }>("/cards"), api.get<{ texts: { version: string }[] }>("/consent-texts"), consentsOf(ref),
    ]);
    return { policy, categories, cards: cards.filter((one) => one.id !== current().member), texts, consents };
  }, [ref]);
  return (
    <ClientScreen clientRef={ref} tab="toestemming" title={t.consent.record}>{(inside) => <Load of={known}>{(data) => <Guided {...inside} known={data} />}</Load>}</ClientScreen>
  );
}

interface GiverForm { capacity: string; who: string }

function rulesAt(policy: Policy, age: number): { youth: string; elders: string; exception: boolean } {
  const rule = [...policy.ages].reverse().find((one) => one.from <= Math.max(age, 0)) ?? policy.ages[0];
  return rule ?? { youth: "none", elders: "must", exception: false };
}

function Guided({ client, age, known }: Inside & { known: Known }) {
  const rule = rulesAt(known.policy, age);
  const kept = new Set(client.fragments.map((one) => one.category));
  const offered = known.categories.filter((one) => kept.has(one.category));
  const [recipient, setRecipient] = useState(place().query.get("ontvanger") ?? "");
  const [purpose, setPurpose] = useState("warme-overdracht");
  const [answer, setAnswer] = useState("yes");
  const [chosen, setChosen] = useState<string[]>([]);
  const [until, setUntil] = useState(plusDays(today(), 180));
  const [once, setOnce] = useState("period");
  const [givers, setGivers] = useState<string[]>([...(rule.elders === "must" ? ["parent"] : []), ...(rule.youth === "must" ? ["youth"] : [])]);
  const [names, setNames] = useState<Record<string, string>>({});
  const [second, setSecond] = useState("");
  const [alone, setAlone] = useState(false);
  const [identity, setIdentity] = useState("");
  const [authority, setAuthority] = useState("");
  const [way, setWay] = useState("oral");
  const [told, setTold] = useState(false);
  const [exception, setException] = useState("");
  const text = known.texts.find((one) => (age >= 16 ? one.version.endsWith("-jeugd") : !one.version.endsWith("-jeugd")))?.version ?? known.texts[0]?.version ?? "";
  const [shown, setShown] = useState<string | undefined>();
  const [trouble, setTrouble] = useState<Refused | undefined>();

  const elders = givers.includes("parent") || givers.includes("guardian");
  const missing = (rule.youth === "must" && !givers.includes("youth")) || (rule.elders === "must" && !elders && !givers.includes("representative"));
  const needsReason = givers.includes("representative") || (missing && answer !== "no" && answer !== "objection") || (givers.includes("parent") && !alone && !second.trim());
  const said = answer === "yes" || answer === "partly";
  const about = { recipient, purpose, categories: chosen, once: once === "once", until };
  const rest = offered.map((one) => one.category).filter((one) => !chosen.includes(one));

  const list: GiverForm[] = [...givers.map((capacity) => ({ capacity, who: names[capacity]?.trim() ?? "" })),
    ...(givers.includes("parent") && !alone && second.trim() ? [{ capacity: "parent", who: second.trim() }] : [])];
  const check = () => ({
    recipient: recipient ? undefined : t.consent.recipientMissing, categories: chosen.length > 0 ? undefined : t.consent.categoriesMissing,
    givers: givers.length > 0 ? undefined : t.consent.giversMissing, identity: identity.trim() ? undefined : t.consent.identityMissing,
    authority: elders && !authority.trim() ? t.consent.authorityMissing : undefined, exception: needsReason && !exception.trim() ? t.consent.exceptionMissing : undefined,
    told: said && !told ? t.consent.toldMissing : undefined, until: until > today() ? undefined : t.involvement.untilWrong,
  });
  const send = async (key: string) => {
    const replaces = known.consents.filter((one) => one.kind === "sharing" && one.standing === "in-force" && one.recipient === recipient && one.purpose === purpose
      && one.givers.map((giver) => giver.capacity).sort().join() === list.map((giver) => giver.capacity).sort().join()).map((one) => one.id);
    await api.post("/consents", {
      client: client.ref, kind: "sharing", answer, recipient, purpose, categories: chosen, ...(answer === "partly" && rest.length > 0 ? { exclusions: rest } : {}),
      once: once === "once", from: today(), until, way, ...(said && text ? { textVersion: text } : {}), toldWithdrawable: told,
      othersHaveAuthority: givers.includes("parent") && !alone && !second.trim(), ...(exception.trim() ? { exception: exception.trim() } : {}),
      identity: identity.trim(), authority: authority.trim(), checked: today(),
      givers: list.map((one) => (one.who ? one : { capacity: one.capacity })), ...(replaces.length > 0 ? { replaces } : {}),
    }, { key });
    say("ok", t.consent.saved, true);
    instead(to(["clienten", client.ref, "toestemming"]));
  };
  const preview = async () => {
    try {
      setShown((await api.post<{ text: string }>(`/consent-texts/${part(text)}/prints`, { ...about, ...(answer === "partly" ? { exclusions: rest } : {}) })).text);
      setTrouble(undefined);
    } catch (error) {
      setTrouble(error as Refused);
    }
  };
  const card = known.cards.find((one) => one.id === recipient);
  const reading = client.fragments.filter((one) => chosen.includes(one.category));
  return (
    <div class="two">
      <Form send={send} check={check} action={t.consent.save} names={{ textVersion: "told" }}>
        <Alert kind="info" title={t.consent.who(age)}><p>{age < 12 ? t.consent.under12 : age < 16 ? t.consent.from12 : t.consent.from16}</p></Alert>
        <Select name="recipient" label={t.consent.recipient} hint={t.consent.recipientHint} value={recipient} change={setRecipient}
          options={known.cards.map((one) => ({ value: one.id, label: one.name }))} />
        <Select name="purpose" label={t.consent.purpose} value={purpose} change={setPurpose} options={Object.entries(t.words.purposes).map(([value, label]) => ({ value, label }))} />
        <Radios name="answer" label={t.consent.answer} value={answer} change={setAnswer} options={[
          { value: "yes", label: t.consent.yes }, { value: "partly", label: t.consent.partly, hint: t.consent.partlyHint },
          { value: "no", label: t.consent.no, hint: t.consent.noHint }, { value: "objection", label: t.consent.objection },
        ]} />
        <Checks name="categories" label={said ? t.consent.categoriesYes : t.consent.categoriesNo} hint={offered.length === 0 ? t.consent.nothingKept : t.consent.categoriesHint} value={chosen} change={setChosen}
          options={(offered.length > 0 ? offered : known.categories).map((one) => ({ value: one.category, label: one.label, hint: one.sensitive ? t.consent.sensitive : undefined }))} />
        <Checks name="givers" label={t.consent.givers} hint={t.consent.giversHint} value={givers} change={setGivers} options={[
          { value: "parent", label: word(t.words.capacities, "parent") }, { value: "youth", label: word(t.words.capacities, "youth") },
          { value: "guardian", label: word(t.words.capacities, "guardian") }, { value: "representative", label: word(t.words.capacities, "representative"), hint: t.consent.representativeHint },
        ]} />
        {givers.filter((one) => one !== "youth").map((one) => (
          <TextField key={one} name={`who-${one}`} label={t.consent.nameOf(word(t.words.capacities, one))} value={names[one] ?? ""} change={(value) => setNames({ ...names, [one]: value })} max={100} optional />
        ))}
        {givers.includes("parent") && (
          <>
            <Check name="alone" label={t.consent.alone} hint={t.consent.aloneHint} value={alone} change={setAlone} />
            {!alone && <TextField name="second" label={t.consent.second} hint={t.consent.secondHint} value={second} change={setSecond} max={100} optional />}
          </>
        )}
        <TextField name="identity" label={t.consent.identity} hint={t.consent.identityHint} value={identity} change={setIdentity} />
        {elders && <TextField name="authority" label={t.consent.authority} hint={t.consent.authorityHint} value={authority} change={setAuthority} />}
        {needsReason && <TextField name="exception" label={t.consent.exception} hint={t.consent.exceptionHint} value={exception} change={setException} max={1000} />}
        <Radios name="way" label={t.consent.way} value={way} change={setWay} options={Object.entries(t.words.ways).map(([value, label]) => ({ value, label }))} />
        <Radios name="once" label={t.consent.howLong} value={once} change={setOnce} options={[{ value: "period", label: t.consent.forPeriod }, { value: "once", label: t.consent.forOnce }]} />
        <TextField name="until" label={t.consent.until} value={until} change={setUntil} type="date" />
        {said && <Check name="told" label={t.consent.told} hint={t.consent.toldHint(text)} value={told} change={setTold} />}
      </Form>
      <div class="stack-wide">
        <Section title={t.consent.preview}>
          {!card ? <P soft>{t.consent.previewNobody}</P> : !said ? <P>{t.consent.previewNo(card.name)}</P> : reading.length === 0 ? <P soft>{t.consent.previewNothing}</P> : (
            <div class="card stack-tight"><p>{t.consent.previewMay(card.name, dayText(until))}</p>
              <ul class="bullets">{reading.map((one) => <li key={one.id}>{one.title} <span class="soft">({one.label})</span></li>)}</ul></div>
          )}
          {said && rest.length > 0 && card && <P soft>{t.consent.previewStays(rest.length)}</P>}
        </Section>
        <Section title={t.consent.text}>
          <P soft>{t.consent.textWhat}</P>
          <div class="row"><Button onClick={() => void preview()}>{t.consent.makeText}</Button>{shown && <Button look="subtle" onClick={() => print()}>{t.consent.print}</Button>}</div>
          <div role="status">{trouble ? <Problem error={trouble} /> : shown && <span class="only-read-aloud">{t.consent.textMade}</span>}</div>
          {shown && <Sheet text={shown} />}
        </Section>
      </div>
    </div>
  );
}
