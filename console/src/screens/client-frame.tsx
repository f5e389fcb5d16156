// What stands around every screen of one client: why it is opened, who it is, and the way to the other screens.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { purposeFor, setPurpose } from "../app/access";
import { ageOn, dayText, today } from "../app/days";
import type { Loaded } from "../app/load";
import { useLoad } from "../app/load";
import type { ClientFile } from "../app/node";
import { ageText, askClient, fullName } from "../app/node";
import { to } from "../app/route";
import { t } from "../app/text";
import { Badge, Page } from "../components/basic";
import { Form, Radios, TextField } from "../components/form";
import { Load, Waiting } from "../components/load";

type Tab = "kaart" | "betrokkenheid" | "toestemming" | "dossier" | "overdrachten" | "plan" | "zonder-toestemming";
const TABS: readonly Tab[] = ["kaart", "betrokkenheid", "toestemming", "dossier", "overdrachten", "plan"];

export interface Inside { client: ClientFile; age: number; purpose: string; reload: () => Promise<void> }

/** Asks why first; then draws `children` with the client's record. */
export function ClientScreen({ clientRef, tab, title, children }: {
  clientRef: string; tab: Tab; title?: string; children: (inside: Inside) => ComponentChildren;
}) {
  const [purpose, set] = useState(purposeFor(clientRef));
  if (!purpose) return <Why clientRef={clientRef} done={set} />;
  return <Opened clientRef={clientRef} purpose={purpose} tab={tab} title={title}>{children}</Opened>;
}

function Opened({ clientRef, purpose, tab, title, children }: {
  clientRef: string; purpose: string; tab: Tab; title: string | undefined; children: (inside: Inside) => ComponentChildren;
}) {
  const client: Loaded<ClientFile> = useLoad(() => askClient(clientRef, purpose), [clientRef], ["records"]);
  if (!client.data && !client.error) return <Waiting />; // the heading is read when it comes, so it comes with the name
  const name = client.data ? fullName(client.data) : t.client.one(clientRef);
  return (
    <Page title={title ?? name} back={title ? { to: to(["clienten", clientRef]), label: name } : { to: to(["clienten"]), label: t.clients.title }}>
      <Load of={client}>{(data) => {
        const age = ageOn(data.birthDate, today());
        return (
          <>
            {!title && (
              <div class="row client-line">
                <span>{ageText(age)}, {t.client.bornOn(dayText(data.birthDate))}</span>
                <span class="soft">{data.ref}</span>
                {data.secret && <Badge tone="warning" icon="lock">{t.client.secret}</Badge>}
              </div>
            )}
            <nav aria-label={t.client.parts} class="no-print">
              <ul class="tabs">{TABS.map((one) => (
                <li key={one}><a href={one === "kaart" ? to(["clienten", clientRef]) : to(["clienten", clientRef, one])} aria-current={one === tab ? "page" : undefined}>{t.client.tabs[one]}</a></li>
              ))}</ul>
            </nav>
            {children({ client: data, age, purpose, reload: client.reload })}
          </>
        );
      }}</Load>
    </Page>
  );
}

function Why({ clientRef, done }: { clientRef: string; done: (purpose: string) => void }) {
  const [reason, setReason] = useState("");
  const [other, setOther] = useState("");
  const open = async () => {
    const purpose = reason === "other" ? other.trim() : (t.client.reasons[reason as keyof typeof t.client.reasons] ?? reason);
    setPurpose(clientRef, purpose);
    done(purpose);
  };
  const check = () => ({ reason: reason ? undefined : t.client.whyMissing, other: reason === "other" && other.trim().length < 5 ? t.client.otherMissing : undefined });
  return (
    <Page title={t.client.why} intro={t.client.whyIntro(clientRef)} back={{ to: to(["clienten"]), label: t.clients.title }}>
      <Form send={open} check={check} action={t.client.open}>
        <Radios name="reason" label={t.client.reason} value={reason} change={setReason}
          options={[...Object.entries(t.client.reasons).map(([value, label]) => ({ value, label })), { value: "other", label: t.client.other }]} />
        {reason === "other" && <TextField name="other" label={t.client.otherLabel} value={other} change={setOther} max={200} />}
      </Form>
    </Page>
  );
}
