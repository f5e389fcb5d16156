// Signing in: name and password, then the code of the authenticator app when the account has one; or at the organisation's own provider.
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused, api } from "../app/api";
import { current, enter } from "../app/session";
import type { Session } from "../app/session";
import { t } from "../app/text";
import { Alert, LinkButton, Page } from "../components/basic";
import { Form, TextField } from "../components/form";
import { Mark } from "../components/icon";

export function SignIn() {
  const { ended, ways } = current();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [needsCode, setNeedsCode] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { if (needsCode) box.current?.querySelector<HTMLElement>("[autocomplete=one-time-code]")?.focus(); }, [needsCode]);

  const send = async () => {
    try {
      const session = await api.post<Session>("/session", { name: name.trim(), password, ...(needsCode ? { code: code.replace(/\s/g, "") } : {}) });
      await enter(session);
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== "second-factor-needed" || needsCode) throw error;
      setNeedsCode(true);
    }
  };
  const check = () => ({
    name: name.trim() ? undefined : t.signIn.nameMissing,
    password: password ? undefined : t.signIn.passwordMissing,
    code: !needsCode || /^\s*(\d\s*){6}$/.test(code) ? undefined : t.signIn.codeMissing,
  });
  return (
    <div class="sign-in stack">
      <div class="sign-in__mark"><Mark />Knoop</div>
      <Page title={t.signIn.title} intro={ways.organisation || undefined}>
        <div class="stack" ref={box}>
          {ended && <Alert kind="info" title={t.signIn.ended} />}
          {ways.openIdConnect && <LinkButton look="primary" to="/api/v1/session/openid-connect">{t.signIn.elsewhere(ways.openIdConnect.name)}</LinkButton>}
          {ways.openIdConnect && ways.password && <p class="soft">{t.signIn.orHere}</p>}
          {ways.password && (
            <Form send={send} check={check} action={t.signIn.action}>
              <TextField name="name" label={t.signIn.name} value={name} change={setName} max={64} complete="username" />
              <TextField name="password" label={t.signIn.password} value={password} change={setPassword} type="password" max={1024} complete="current-password" />
              {needsCode && <TextField name="code" label={t.signIn.code} hint={t.signIn.codeHint} value={code} change={setCode} max={12} complete="one-time-code" code />}
            </Form>
          )}
        </div>
      </Page>
    </div>
  );
}
