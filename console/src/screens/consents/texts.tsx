// The texts that are shown when consent is asked: all versions, and adding one. A version never changes, so that it stays certain what was explained.
import { useState } from "preact/hooks";
import { api } from "../../app/api";
import { useLoad } from "../../app/load";
import { go, to } from "../../app/route";
import { say } from "../../app/say";
import { t } from "../../app/text";
import { Alert, Badge, Facts, H2, LinkButton, Page, Sheet } from "../../components/basic";
import { Form, TextArea, TextField } from "../../components/form";
import { Load } from "../../components/load";
import { RegisterTabs } from "./tabs";

interface ConsentText { version: string; hash: string; body: string }

/** The newest for parents: what an own text begins from. */
const FIRST = "2026-1";
const BUILT_IN = [FIRST, "2026-1-jeugd"];
const NEEDED = ["{ontvanger}", "{doel}", "{rubrieken}", "{periode}", "intrekken"];
const ASKED = /^[a-z0-9.-]{1,50}$/;

const texts = () => api.get<{ texts: ConsentText[] }>("/consent-texts");
const T = () => t.policy.texts;

export function ConsentTexts() {
  const loaded = useLoad(texts, [], ["consents"]);
  return (
    <Page title={T().title} intro={T().intro} actions={<LinkButton look="primary" to={to(["toestemmingen", "teksten", "nieuw"])}>{T().add}</LinkButton>}>
      <RegisterTabs />
      <Load of={loaded}>{({ texts: found }) => (
        <ul class="plain-list stack">{found.map((one) => (
          <li key={one.version}>
            <article class="card stack" aria-label={T().version(one.version)}>
              <div class="row-apart"><H2>{T().version(one.version)}</H2><Badge tone={BUILT_IN.includes(one.version) ? "plain" : "info"}>{BUILT_IN.includes(one.version) ? T().builtIn : T().own}</Badge></div>
              <Facts rows={[[T().hash, <code key="hash">{one.hash}</code>]]} />
              <details><summary>{T().read(one.version)}</summary><Sheet text={one.body} lang="nl" /></details>
            </article>
          </li>
        ))}</ul>
      )}</Load>
    </Page>
  );
}

export function NewConsentText() {
  const loaded = useLoad(texts, []);
  return (
    <Page title={T().add} intro={T().addIntro} back={{ to: to(["toestemmingen", "teksten"]), label: T().title }}>
      <Load of={loaded}>{({ texts: found }) => <Add known={found} />}</Load>
    </Page>
  );
}

function Add({ known }: { known: readonly ConsentText[] }) {
  const [version, setVersion] = useState("");
  const [body, setBody] = useState(() => known.find((one) => one.version === FIRST)?.body ?? "");
  const check = () => {
    const missing = NEEDED.filter((one) => !body.includes(one));
    return {
      version: !ASKED.test(version) ? T().versionWrong : known.some((one) => one.version === version) ? T().versionTaken : undefined,
      body: missing.length > 0 ? T().bodyMisses(missing.join(", ")) : undefined,
    };
  };
  return (
    <div class="stack">
      <Alert kind="info" title={T().forEver}><p>{T().placeholders}</p></Alert>
      <Form action={T().record} check={check} send={async (key) => {
        await api.post("/consent-texts", { version, body }, { key });
        say("ok", T().recorded(version), true);
        go(to(["toestemmingen", "teksten"]));
      }}>
        <TextField name="version" label={T().name} hint={T().nameHint} value={version} change={setVersion} max={50} />
        <TextArea name="body" label={T().body} hint={T().bodyHint} value={body} change={setBody} rows={24} max={16_384} />
      </Form>
    </div>
  );
}
