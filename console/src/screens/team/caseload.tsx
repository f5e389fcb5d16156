// What a professional answers for, and handing it over when somebody leaves: all of it or of some clients, to a colleague or, for now, to nobody.
import { useState } from "preact/hooks";
import { useAct } from "../../app/act";
import { api } from "../../app/api";
import { to } from "../../app/route";
import { t, word } from "../../app/text";
import { Alert, Button, Empty, Link, P, Page, Section, Table } from "../../components/basic";
import { sure } from "../../components/confirm";
import { Checks, Form, Radios, TextField } from "../../components/form";
import { TeamTabs } from "./tabs";

interface Held { kind: string; id: string; clientRef: string; professional: string }
interface Left { moved: Held[]; untaken: Held[] }
interface Person { name: string; account: string }
interface Looked extends Person { held: Held[] }

let asked = "";
/** Whom the next look is about: no address holds a name. */
export function askFor(name: string): void { asked = name; }

const T = () => t.team.caseload;

export function Caseload() {
  const [name, setName] = useState(() => {
    const whom = asked;
    asked = "";
    return whom;
  });
  const [account, setAccount] = useState("");
  const [looked, setLooked] = useState<Looked | undefined>();
  const [left, setLeft] = useState<(Left & { name: string; to: string }) | undefined>();
  const look = async (person: Person) => {
    const { caseload } = await api.post<{ caseload: Held[] }>("/professionals/caseload", { name: person.name, ...(person.account && { account: person.account }) });
    setLooked({ ...person, held: caseload });
  };
  return (
    <Page title={T().title} intro={T().intro}>
      <TeamTabs />
      <div class="stack-wide">
        <Form action={T().show} check={() => ({ name: name.trim() ? undefined : T().nameMissing })} send={async () => {
          setLeft(undefined);
          await look({ name: name.trim(), account: account.trim() });
        }}>
          <div class="field-row">
            <TextField name="name" label={T().name} hint={T().nameHint} value={name} change={setName} />
            <TextField name="account" label={T().account} hint={T().accountHint} optional value={account} change={setAccount} />
          </div>
        </Form>
        <div role="status">
          {left ? <Outcome left={left} /> : looked && <span class="only-read-aloud">{looked.held.length === 0 ? T().none(looked.name) : `${T().of(looked.name)}: ${counted(looked)}`}</span>}
        </div>
        {looked && <Answers key={`${looked.name} ${looked.account}`} looked={looked} done={async (outcome) => {
          setLeft(outcome);
          await look(looked);
        }} />}
      </div>
    </Page>
  );
}

function Things({ held, caption }: { held: readonly Held[]; caption: string }) {
  return (
    <Table caption={caption} head={[T().what, T().client, T().under]} rows={held.map((one) => [
      word(T().kinds, one.kind), <Link key={one.id} to={to(["clienten", one.clientRef])}>{one.clientRef}</Link>, one.professional,
    ])} />
  );
}

function Outcome({ left }: { left: Left & { name: string; to: string } }) {
  const rest = left.untaken.length;
  return (
    <Alert kind={rest > 0 ? "warning" : "ok"} title={left.to ? T().moved(left.moved.length, left.name, left.to) : T().leftNobody(left.name)}>
      <p>{rest > 0 ? T().untaken(rest) : T().nothingLeft}</p>
    </Alert>
  );
}

const clientsOf = ({ held }: Looked): string[] => [...new Set(held.map((one) => one.clientRef))].sort();
const counted = (looked: Looked): string => T().count(looked.held.length, clientsOf(looked).length);

function Answers({ looked, done }: { looked: Looked; done: (left: Left & { name: string; to: string }) => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const { held, name } = looked;
  const clients = clientsOf(looked);
  return (
    <Section title={T().of(name)} actions={!open && held.length > 0 && <Button look="primary" onClick={() => setOpen(true)}>{T().handOver}</Button>}>
      {held.length === 0 ? <Empty title={T().none(name)}><p>{T().noneWhy}</p></Empty> : (
        <>
          <P>{counted(looked)}</P>
          {open && <HandOver looked={looked} clients={clients} cancel={() => setOpen(false)} done={async (left) => {
            await done(left);
            setOpen(false);
          }} />}
          <Things held={held} caption={T().of(name)} />
        </>
      )}
      <CameBack name={name} />
    </Section>
  );
}

/** As the node compares names. */
function samePerson(a: string, b: string): boolean {
  const bare = (name: string) => name.toLowerCase().replace(/[\s.]/g, "");
  return bare(a) === bare(b);
}

function HandOver({ looked, clients, cancel, done }: {
  looked: Looked; clients: readonly string[]; cancel: () => void; done: (left: Left & { name: string; to: string }) => Promise<void>;
}) {
  const [who, setWho] = useState("");
  const [which, setWhich] = useState("all");
  const [some, setSome] = useState<readonly string[]>([]);
  const [colleague, setColleague] = useState("");
  const [role, setRole] = useState("");
  const [phone, setPhone] = useState("");
  const [email, setEmail] = useState("");
  const named = who === "colleague";
  const check = () => ({
    who: who ? undefined : T().whoMissing,
    to: !named ? undefined : !colleague.trim() ? T().toMissing : samePerson(colleague, looked.name) ? T().toSame : undefined,
    clients: !named || which === "all" || some.length > 0 ? undefined : T().clientsMissing,
  });
  return (
    <div class="card stack">
      <Form action={named ? T().move : T().leaveOnly} cancel={<Button onClick={cancel}>{t.form.cancel}</Button>} check={check} send={async (key) => {
        const whom = named ? colleague.trim() : "";
        const count = !named || which === "all" ? looked.held.length : looked.held.filter((one) => some.includes(one.clientRef)).length;
        const yes = await sure({ title: named ? T().sureMove(looked.name, whom) : T().sureLeave(looked.name), text: named ? T().sureMoveText(count, whom) : T().sureLeaveText(count),
          action: named ? T().move : T().leaveOnly });
        if (!yes) return;
        const details = Object.fromEntries(Object.entries({ account: looked.account, to: whom, function: named ? role.trim() : "", phone: named ? phone.trim() : "",
          email: named ? email.trim() : "" }).filter(([, value]) => value));
        const left = await api.post<Left>("/professionals/leave", { name: looked.name, ...details, ...(named && which === "some" ? { clients: some } : {}) }, { key });
        await done({ ...left, name: looked.name, to: whom });
      }}>
        <Radios name="who" label={T().toWhom} value={who} change={setWho} options={[{ value: "colleague", label: T().toColleague }, { value: "nobody", label: T().toNobody, hint: T().toNobodyHint }]} />
        {named && (
          <>
            <TextField name="to" label={T().to} hint={T().toHint} value={colleague} change={setColleague} />
            <Radios name="which" label={T().which} value={which} change={setWhich} options={[{ value: "all", label: T().all }, { value: "some", label: T().some, hint: T().someHint }]} />
            {which === "some" && <Checks name="clients" label={T().clients} value={some} change={setSome} options={clients.map((ref) => ({ value: ref, label: ref }))} />}
            <P soft>{T().contactWhy}</P>
            <div class="field-row">
              <TextField name="function" label={T().function} optional value={role} change={setRole} />
              <TextField name="phone" label={T().phone} optional type="tel" value={phone} change={setPhone} />
              <TextField name="email" label={T().email} optional type="email" value={email} change={setEmail} />
            </div>
          </>
        )}
      </Form>
    </div>
  );
}

function CameBack({ name }: { name: string }) {
  const { busy, run } = useAct();
  return (
    <details>
      <summary>{T().back}</summary>
      <div class="stack-tight">
        <P>{T().backWhy}</P>
        <p><Button busy={busy} onClick={() => void run((key) => api.post("/professionals/return", { name }, { key }), T().backDone(name))}>{T().backAction(name)}</Button></p>
      </div>
    </details>
  );
}
