// Gebruikers en rollen: who may sign in, as what; a new password, off and on, a second factor that was lost.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, part } from "../../app/api";
import { useAct } from "../../app/act";
import { timeText } from "../../app/days";
import { land } from "../../app/focus";
import { useLoad } from "../../app/load";
import { go, to } from "../../app/route";
import { say } from "../../app/say";
import { current } from "../../app/session";
import type { Role } from "../../app/session";
import { t } from "../../app/text";
import { Alert, Badge, Button, Empty, Facts, Link, LinkButton, Page, Section, Table } from "../../components/basic";
import { sure } from "../../components/confirm";
import { Form, Select, TextField } from "../../components/form";
import { Load } from "../../components/load";
import { Tabs } from "../../components/tabs";

export interface Account {
  name: string; displayName: string; role: Role; signsInWith: "password" | "identity-provider"; secondFactor: "set" | "needed"; disabled: string | null; created: string; createdBy: string;
}

const T = () => t.administrator.users;
export const ROLES: readonly Role[] = ["professional", "team-lead", "privacy-officer", "administrator", "monitor", "service"];
export const roleOptions = () => ROLES.map((value) => ({ value, label: `${t.roles[value]}: ${T().roleHints[value]}` }));

export function UserTabs() {
  return <Tabs label={T().parts} tabs={[{ to: to(["gebruikers"]), label: T().tabUsers }, { to: to(["gebruikers", "sleutels"]), label: T().tabKeys }]} />;
}

const load = () => api.get<{ accounts: Account[] }>("/accounts");

function AccountBadge({ account }: { account: Account }) {
  if (account.disabled) return <Badge icon="cross">{T().off}</Badge>;
  return account.secondFactor === "set" || account.signsInWith === "identity-provider" ? <Badge tone="good" icon="check">{T().on}</Badge> : <Badge tone="warning" icon="clock">{T().factorNeeded}</Badge>;
}

export function Users() {
  const accounts = useLoad(load, [], ["accounts"]);
  return (
    <Page title={T().title} intro={T().intro} actions={<LinkButton look="primary" to={to(["gebruikers", "nieuw"])}>{T().add}</LinkButton>}>
      <UserTabs />
      <Load of={accounts}>{({ accounts: found }) => (found.length === 0 ? <Empty title={T().none}><p>{T().noneWhy}</p></Empty> : (
        <Table caption={T().title} head={[T().name, T().displayName, T().role, T().state]} rows={found.map((one) => [
          <Link key={one.name} to={to(["gebruikers", "account", one.name])}>{one.name}</Link>, one.displayName, t.roles[one.role] ?? one.role, <AccountBadge key="state" account={one} />,
        ])} />
      ))}</Load>
    </Page>
  );
}

const NAME = /^[A-Za-z0-9._@-]{1,64}$/;
const tooShort = (password: string) => new TextEncoder().encode(password).length < 12;

export function NewUser() {
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [role, setRole] = useState("");
  const [password, setPassword] = useState("");
  return (
    <Page title={T().add} intro={T().addIntro} back={{ to: to(["gebruikers"]), label: T().title }}>
      <Form action={T().make} cancel={<LinkButton to={to(["gebruikers"])}>{t.form.cancel}</LinkButton>} check={() => ({
        displayName: displayName.trim() ? undefined : T().displayNameMissing, name: NAME.test(name) ? undefined : T().nameWrong, role: role ? undefined : T().roleMissing,
        password: tooShort(password) ? T().passwordShort : undefined,
      })} send={async (key) => {
        await api.post("/accounts", { name, displayName: displayName.trim(), role, password }, { key });
        say("ok", T().made(name), true);
        go(to(["gebruikers"]));
      }}>
        <TextField name="displayName" label={T().displayName} hint={T().displayNameHint} value={displayName} change={setDisplayName} />
        <TextField name="name" label={T().name} hint={T().nameHint} value={name} change={setName} max={64} />
        <Select name="role" label={T().role} hint={T().roleHint} value={role} change={setRole} options={roleOptions()} />
        <TextField name="password" label={T().firstPassword} hint={T().passwordHint} type="password" complete="new-password" value={password} change={setPassword} max={1024} />
      </Form>
    </Page>
  );
}

export function OneUser({ params }: { params: Record<string, string> }) {
  const accounts = useLoad(load, [params.name], ["accounts"]);
  const back = { to: to(["gebruikers"]), label: T().title };
  return (
    <Load of={accounts}>{({ accounts: all }) => {
      const one = all.find((account) => account.name === params.name);
      return one ? <Shown account={one} reload={accounts.reload} /> : <Page title={T().unknown} back={back}><Empty title={T().unknownWhy} /></Page>;
    }}</Load>
  );
}

function Shown({ account, reload }: { account: Account; reload: () => Promise<void> }) {
  const { busy, run } = useAct();
  const address = `/accounts/${part(account.name)}`;
  const me = current().session?.account === account.name;
  const act = async (what: string, question: { title: string; text: string; action: string; danger?: boolean }, done: string) => {
    if (await sure(question) && await run((key) => api.post(`${address}/${what}`, {}, { key }), done)) await reload();
  };
  return (
    <Page title={account.displayName || account.name} back={{ to: to(["gebruikers"]), label: T().title }}>
      <div class="stack-wide">
        <div class="card stack">
          <p><AccountBadge account={account} /></p>
          <Facts rows={[
            [T().name, account.name], [T().role, t.roles[account.role] ?? account.role], [T().signsIn, T().ways[account.signsInWith]],
            [T().factor, account.secondFactor === "set" ? T().factorSet : T().factorNeeded], account.disabled ? [T().offSince, timeText(account.disabled)] : null,
            [T().created, T().createdBy(account.createdBy, timeText(account.created))],
          ]} />
          {me && <p class="soft">{T().yourself}</p>}
          <div class="row">
            {account.disabled
              ? <Button busy={busy} onClick={() => void act("enable", { title: T().enableSure(account.name), text: T().enableText, action: T().enable }, T().enabled(account.name))}>{T().enable}</Button>
              : !me && <Button busy={busy} look="danger" onClick={() => void act("disable", { title: T().disableSure(account.name), text: T().disableText, action: T().disable, danger: true }, T().disabledNow(account.name))}>{T().disable}</Button>}
            {account.secondFactor === "set" && !me && (
              <Button busy={busy} onClick={() => void act("remove-second-factor", { title: T().factorSure(account.name), text: T().factorText, action: T().factorRemove, danger: true }, T().factorRemoved(account.name))}>{T().factorRemove}</Button>
            )}
          </div>
        </div>
        {!me && <NewRole account={account} address={address} reload={reload} />}
        {account.signsInWith === "password" && <NewPassword account={account} address={address} reload={reload} />}
      </div>
    </Page>
  );
}

interface Part { account: Account; address: string; reload: () => Promise<void> }

function NewRole({ account, address, reload }: Part) {
  const [role, setRole] = useState<string>(account.role);
  return (
    <Section title={T().changeRole}>
      <Form action={T().changeRole} check={() => ({ role: role === account.role ? T().roleSame : undefined })} send={async (key) => {
        await api.post(`${address}/role`, { role }, { key });
        await reload();
        say("ok", T().roleChanged(account.name, t.roles[role as Role]));
      }}>
        <Select name="role" label={T().role} hint={T().roleEnds} value={role} change={setRole} options={roleOptions()} />
      </Form>
    </Section>
  );
}

function NewPassword({ account, address, reload }: Part) {
  const [password, setPassword] = useState("");
  return (
    <Section title={T().newPassword}>
      <Form action={T().setPassword} check={() => ({ password: tooShort(password) ? T().passwordShort : undefined })} send={async (key) => {
        await api.post(`${address}/password`, { password }, { key });
        setPassword("");
        await reload();
        say("ok", T().passwordSet(account.name));
      }}>
        <TextField name="password" label={T().newPassword} hint={T().passwordHint} type="password" complete="new-password" value={password} change={setPassword} max={1024} />
      </Form>
    </Section>
  );
}

interface ApiKey { id: number; name: string; role: Role; scopes: string[]; created: string; createdBy: string; ended: string | null }

export function ApiKeys() {
  const keys = useLoad(() => api.get<{ apiKeys: ApiKey[] }>("/api-keys"), [], ["accounts"]);
  const [made, setMade] = useState<{ name: string; key: string } | undefined>();
  const { busy, run } = useAct();
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => land(shown.current), [made]);
  const end = async (one: ApiKey) => {
    if (!(await sure({ title: T().endSure(one.name), text: T().endText, action: T().end, danger: true }))) return;
    if (await run(() => api.remove(`/api-keys/${one.id}`), T().endedNow(one.name))) await keys.reload();
  };
  return (
    <Page title={T().keysTitle} intro={T().keysIntro}>
      <UserTabs />
      <div class="stack-wide">
        {made && <div ref={shown} role="group" aria-label={T().keyOnce(made.name)}>
          <Alert kind="warning" title={T().keyOnce(made.name)}>
            <p><code class="secret">{made.key}</code></p>
            <p>{T().keyOnceWhy}</p>
            <div class="row"><Button onClick={() => void navigator.clipboard.writeText(made.key).then(() => say("ok", T().copied), () => say("error", T().notCopied))}>{T().copy}</Button>
              <Button onClick={() => setMade(undefined)}>{T().keyKept}</Button></div>
          </Alert>
        </div>}
        <Load of={keys}>{({ apiKeys }) => (apiKeys.length === 0 ? <Empty title={T().noKeys}><p>{T().noKeysWhy}</p></Empty> : (
          <Table caption={T().keysTitle} head={[T().keyName, T().role, T().scopes, T().created, T().state]} rows={apiKeys.map((one) => [
            one.name, t.roles[one.role] ?? one.role, one.scopes.join(", "), T().createdBy(one.createdBy, timeText(one.created)),
            one.ended ? <Badge icon="cross">{T().keyEnded}</Badge> : <Button busy={busy} onClick={() => void end(one)} label={`${T().end}: ${one.name}`}>{T().end}</Button>,
          ])} />
        ))}</Load>
        <NewKey done={async (key) => { setMade(key); await keys.reload(); }} />
      </div>
    </Page>
  );
}

function NewKey({ done }: { done: (key: { name: string; key: string }) => Promise<void> }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("service");
  const [scopes, setScopes] = useState("");
  const words = scopes.split(/[\s,]+/).filter(Boolean);
  return (
    <Section title={T().addKey}>
      <Form action={T().makeKey} check={() => ({ name: NAME.test(name) ? undefined : T().nameWrong, scopes: words.length > 0 && words.every((one) => /^[a-z-]+:(read|write)$/.test(one)) ? undefined : T().scopesWrong })}
        send={async (key) => {
          const made = await api.post<{ id: number; key: string }>("/api-keys", { name, role, scopes: words }, { key });
          setName("");
          setScopes("");
          await done({ name, key: made.key });
        }}>
        <TextField name="name" label={T().keyName} hint={T().keyNameHint} value={name} change={setName} max={64} />
        <Select name="role" label={T().role} value={role} change={setRole} options={roleOptions()} />
        <TextField name="scopes" label={T().scopes} hint={T().scopesHint} value={scopes} change={setScopes} max={1000} />
      </Form>
    </Section>
  );
}
