// Inzageoverzicht (R8.3): who saw or received what of a client, and why, in plain Dutch; a page to give or send, on paper or as a PDF.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api, part } from "../../app/api";
import { dayText, timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { go, to } from "../../app/route";
import { Button, H2, LinkButton, Page } from "../../components/basic";
import { Form, TextField } from "../../components/form";
import { Load } from "../../components/load";
import { t } from "../../app/text";
import { nl } from "../../texts/nl";

interface Shared { organisation: string; at: string; categories: { code: string; label: string }[]; fragments: number; purpose: string; until: string; restsOn: string[]; after: string[]; receipt: string }
interface Said { at: string; sentence: string }
interface Line { log: number; index: number; at: string; event: string; matter: string; sentence: string; who: string; about: string; why: string; emergency: boolean }
interface Report {
  organisation: string; client: string; name: string; madeBy: string; made: string; given: Shared[]; received: Shared[]; consents: Said[]; grounds: Said[]; restores: Said[];
  lines: Line[]; next?: string;
}

// The page is for the client and in Dutch, whatever the language of who makes it.
const R = nl.rights.report;

async function fetchWhole(client: string): Promise<Report> {
  const report = await api.get<Report>(`/clients/${part(client)}/subject-report`);
  let next = report.next;
  while (next) {
    const more = await api.get<Report>(`/clients/${part(client)}/subject-report?cursor=${part(next)}`);
    report.lines.push(...more.lines);
    next = more.next;
  }
  return report;
}

export function ChooseSubject() {
  const [client, setClient] = useState("");
  return (
    <Page title={t.rights.report.title} intro={t.rights.report.intro} back={{ to: to(["verzoeken"]), label: t.rights.requests.title }}>
      <Form action={t.rights.report.make} check={() => ({ client: client.trim() ? undefined : t.rights.requests.clientMissing })} send={async () => go(to(["inzage", client.trim()]))}>
        <TextField name="client" label={t.rights.requests.client} hint={t.rights.requests.clientHint} value={client} change={setClient} max={100} />
      </Form>
    </Page>
  );
}

export function SubjectReport({ params }: { params: Record<string, string> }) {
  const client = params.ref ?? "";
  const report = useLoad(() => fetchWhole(client), [client]);
  return (
    <Page title={t.rights.report.title} intro={<span class="no-print">{t.rights.report.logged}</span>} back={{ to: to(["verzoeken"]), label: t.rights.requests.title }}
      actions={report.data && <Button look="primary" onClick={() => print()}>{t.rights.report.print}</Button>}>
      <Load of={report}>{(whole) => <Sheet report={whole} />}</Load>
      {report.error && <p class="after"><LinkButton to={to(["inzage"])}>{t.rights.report.other}</LinkButton></p>}
    </Page>
  );
}

function Sheet({ report }: { report: Report }) {
  const seen = report.lines.filter((line) => line.matter === "seen"), destroyed = report.lines.filter((line) => line.matter === "destroyed");
  const rest = report.lines.filter((line) => line.matter !== "seen" && line.matter !== "destroyed"), urgent = report.lines.filter((line) => line.emergency);
  return (
    <article class="sheet sheet--report stack" lang="nl">
      <header class="stack-tight">
        <p class="sheet__from">{report.organisation}</p>
        <H2>{R.heading}</H2>
        <p>{R.for(report.name ? `${report.name} (${report.client})` : report.client)}<br />{R.madeOn(timeText(report.made), report.madeBy)}</p>
      </header>
      <p>{R.what(report.organisation)}</p>
      {report.restores.length > 0 && <Told said={report.restores} />}
      <Part title={R.given}>{report.given.length === 0 ? <p>{R.noneGiven}</p> : report.given.map((one, index) => <Delivery key={index} one={one} to />)}</Part>
      <Part title={R.received}>{report.received.length === 0 ? <p>{R.noneReceived}</p> : report.received.map((one, index) => <Delivery key={index} one={one} />)}</Part>
      <Part title={R.agreed}>{report.consents.length === 0 ? <p>{R.noneAgreed}</p> : <Told said={report.consents} />}</Part>
      {report.grounds.length > 0 && <Part title={R.without}><Told said={report.grounds} /></Part>}
      {urgent.length > 0 && <Part title={R.urgent}><Lines lines={urgent} /></Part>}
      <Part title={R.seen}>{seen.length === 0 ? <p>{R.noneSeen}</p> : <Lines lines={seen} />}</Part>
      {destroyed.length > 0 && <Part title={R.destroyed}><Lines lines={destroyed} /></Part>}
      <Part title={R.rest}>{rest.length === 0 ? <p>{R.noneRest}</p> : <Lines lines={rest} />}</Part>
      <Part title={R.rights}><p>{R.rightsWhat(report.organisation)}</p></Part>
    </article>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return <section class="stack-tight sheet__part"><h3 class="utrecht-heading-3">{title}</h3>{children}</section>;
}

function Delivery({ one, to: given }: { one: Shared; to?: boolean }) {
  return (
    <div class="sheet__item stack-tight">
      <p><strong>{given ? R.to(one.organisation) : R.from(one.organisation)}</strong>, {timeText(one.at)}</p>
      <p>{R.pieces(one.fragments)}{one.categories.length > 0 && `: ${[...new Set(one.categories.map((category) => category.label))].join(", ")}`}. {R.forWhat(one.purpose, dayText(one.until))}</p>
      {[...one.restsOn, ...one.after].length > 0 && <ul>{[...one.restsOn, ...one.after].map((text, index) => <li key={index}>{text}</li>)}</ul>}
    </div>
  );
}

function Told({ said }: { said: Said[] }) {
  return <ul class="sheet__lines">{said.map((one, index) => <li key={index}><span class="sheet__when">{timeText(one.at)}</span> <span>{one.sentence}</span></li>)}</ul>;
}

function Lines({ lines }: { lines: Line[] }) {
  return (
    <ul class="sheet__lines">{lines.map((line) => (
      <li key={`${line.log} ${line.index}`}><span class="sheet__when">{timeText(line.at)}</span>{" "}
        <span>{line.sentence}{line.about && ` ${R.about(line.about)}`}{line.why && ` ${R.why(line.why)}`}</span></li>
    ))}</ul>
  );
}
