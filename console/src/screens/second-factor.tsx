// The second factor. At the first sign-in of an account its authenticator app learns the secret, and shows that it did; whoever signed in at
// the identity provider is asked for its code.
import { useEffect, useState } from "preact/hooks";
import { api } from "../app/api";
import { useLoad } from "../app/load";
import { current, enter, signOut } from "../app/session";
import type { Session } from "../app/session";
import { t } from "../app/text";
import { Button, H2, P, Page } from "../components/basic";
import { Form, TextField } from "../components/form";
import { Load } from "../components/load";

interface Offer { secret: string; uri: string; qrSvg: string }

export function SecondFactor() {
  useEffect(() => { scrollTo(0, 0); }, []);
  return <div class="sign-in">{current().session?.secondFactor === "asked" ? <Asked /> : <Enrol />}</div>;
}

function Asked() {
  return <Page title={t.factor.askTitle} intro={t.factor.askIntro}><Code to="/session/second-factor/check" /></Page>;
}

function Enrol() {
  const offer = useLoad(() => api.post<Offer>("/session/second-factor"), []);
  return (
    <Page title={t.factor.title} intro={t.factor.intro}>
      <Load of={offer}>{({ secret, qrSvg }) => (
        <div class="stack">
          <H2>{t.factor.scan}</H2>
          <Qr svg={qrSvg} />
          <details><summary>{t.factor.cannotScan}</summary><P>{t.factor.type}</P><p><code>{secret.replace(/(.{4})/g, "$1 ").trim()}</code></p></details>
          <H2>{t.factor.confirm}</H2>
          <Code to="/session/second-factor/confirm" />
        </div>
      )}</Load>
    </Page>
  );
}

function Code({ to }: { to: string }) {
  const [code, setCode] = useState("");
  const send = async () => {
    await enter(await api.post<Session>(to, { code: code.replace(/\s/g, "") }));
  };
  return (
    <Form send={send} action={t.factor.action} check={() => ({ code: /^\s*(\d\s*){6}$/.test(code) ? undefined : t.signIn.codeMissing })}
      cancel={<Button look="subtle" onClick={() => void signOut()}>{t.frame.signOut}</Button>}>
      <TextField name="code" label={t.signIn.code} hint={t.signIn.codeHint} value={code} change={setCode} max={12} complete="one-time-code" code />
    </Form>
  );
}

/** Drawn anew from the squares of the node's picture: no markup is taken over. */
function Qr({ svg }: { svg: string }) {
  const size = /viewBox="0 0 (\d+) /.exec(svg)?.[1];
  const squares = /fill="#000" d="([MhvzHV0-9 -]+)"/.exec(svg)?.[1];
  if (!size || !squares) return null;
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t.factor.picture} shape-rendering="crispEdges"><path fill="#000" d={squares} /></svg>
  );
}
