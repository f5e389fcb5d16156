// What the organisation chose where the law leaves a choice: who has a say at which age, and within how many days things are done.
import { useState } from "preact/hooks";
import { api } from "../../app/api";
import { useLoad } from "../../app/load";
import { say } from "../../app/say";
import { t, word } from "../../app/text";
import { Button, Facts, P, Page, Section, Table } from "../../components/basic";
import { Check, Form, Radios, TextField } from "../../components/form";
import { Load } from "../../components/load";
import { RegisterTabs } from "./tabs";

interface Policy {
  ages: { from: number; youth: string; elders: string; exception: boolean }[];
  everyParent: boolean;
  groundDays: number; emergencyDays: number; reviewDays: number; emergencyReviewDays: number; tellingDays: number;
}

/** The longest that the node takes: an organisation may be quicker than Knoop, except that a ground may last a year. */
const DAYS = { groundDays: 366, emergencyDays: 3, reviewDays: 7, emergencyReviewDays: 2, tellingDays: 14 } as const;
type Days = keyof typeof DAYS;
const TERMS = Object.keys(DAYS) as Days[];

const T = () => t.policy.policy;

export function ConsentPolicy() {
  const [changing, change] = useState(false);
  const policy = useLoad(() => api.get<Policy>("/consent-policy"), [], ["consents"]);
  return (
    <Page title={T().title} intro={T().intro} actions={!changing && <Button look="primary" onClick={() => change(true)}>{T().change}</Button>}>
      <RegisterTabs />
      <Load of={policy}>{(found) => (changing ? <Change policy={found} close={() => change(false)} done={async () => {
        await policy.reload();
        change(false);
      }} /> : <Shown policy={found} />)}</Load>
    </Page>
  );
}

function Shown({ policy }: { policy: Policy }) {
  return (
    <div class="stack-wide">
      <Section title={T().whoDecides}>
        <Table caption={T().whoDecides} head={[T().age, T().youth, T().elders, T().exception]} rows={policy.ages.map((rule, at) => [
          T().ageFrom(rule.from, policy.ages[at + 1]?.from), word(T().says, rule.youth), word(T().says, rule.elders), rule.exception ? T().mayMiss : T().never,
        ])} />
        <P>{policy.everyParent ? T().everyParentYes : T().everyParentNo}</P>
      </Section>
      <Section title={T().terms}><Facts rows={TERMS.map((one) => [T().days[one], T().dayCount(policy[one])] as const)} /></Section>
    </div>
  );
}

function Change({ policy, close, done }: { policy: Policy; close: () => void; done: () => Promise<void> }) {
  const from12 = policy.ages.find((rule) => rule.from === 12);
  const [elders, setElders] = useState(from12?.elders ?? "must");
  const [exception, setException] = useState(from12?.exception ?? true);
  const [etag] = useState(() => api.seen("/consent-policy"));
  const [everyParent, setEveryParent] = useState(policy.everyParent);
  const [days, setDays] = useState<Record<Days, string>>(() => Object.fromEntries(TERMS.map((one) => [one, String(policy[one])])) as Record<Days, string>);
  const check = () => Object.fromEntries(TERMS.map((one) => {
    const value = Number(days[one]);
    return [one, Number.isInteger(value) && value >= 1 && value <= DAYS[one] ? undefined : T().daysWrong(DAYS[one])];
  }));
  return (
    <Form action={T().record} check={check} cancel={<Button onClick={close}>{t.form.cancel}</Button>} send={async (key) => {
      await api.post("/consent-policy", { parentsFrom12To15: elders, everyParent, ...(elders === "must" ? { exceptionsFrom12To15: exception } : {}),
        ...Object.fromEntries(TERMS.map((one) => [one, Number(days[one])])) }, { key, etag });
      say("ok", T().recorded);
      await done();
    }}>
      <Radios name="parentsFrom12To15" label={T().parents} value={elders} change={setElders} options={[
        { value: "must", label: T().parentsMust, hint: T().parentsMustHint }, { value: "may", label: T().parentsMay, hint: T().parentsMayHint },
      ]} />
      {elders === "must" && <Check name="exceptionsFrom12To15" label={T().exceptionAsk} hint={T().exceptionHint} value={exception} change={setException} />}
      <Check name="everyParent" label={T().everyParentAsk} hint={T().everyParentHint} value={everyParent} change={setEveryParent} />
      {TERMS.map((one) => (
        <TextField key={one} name={one} label={T().days[one]} hint={T().daysMost(DAYS[one])} type="number" value={days[one]} change={(value) => setDays({ ...days, [one]: value })} />
      ))}
    </Form>
  );
}
