// Forms that fill themselves from fragments: which there are, and one filled with what is known, with what is missing named first.
import { api, part } from "../app/api";
import { dayText, today } from "../app/days";
import { useLoad } from "../app/load";
import type { CareForm, FilledForm } from "../app/node";
import { to } from "../app/route";
import { current, organisationName } from "../app/session";
import { t, word } from "../app/text";
import { Alert, Button, Link, Section } from "../components/basic";
import { Load } from "../components/load";
import { ClientScreen } from "./client-frame";

export function ClientForms({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  const forms = useLoad(() => api.get<{ forms: CareForm[] }>("/forms").then((got) => got.forms), []);
  return (
    <ClientScreen clientRef={ref} tab="dossier" title={t.forms.title}>{() => (
      <Section title={t.forms.choose}>
        <p class="measure soft">{t.forms.intro}</p>
        <Load of={forms}>{(all) => <ul class="cards plain-list">{newest(all).map((one) => (
          <li key={one.form} class="card stack-tight"><p class="work__what"><Link to={to(["clienten", ref, "formulieren", one.form, String(one.version)])}>{one.title}</Link></p>
            <p class="soft small">{one.from.length === 0 ? t.forms.ownUse : t.forms.between(kinds(one.from), kinds(one.to))}</p></li>
        ))}</ul>}</Load>
      </Section>
    )}</ClientScreen>
  );
}

const kinds = (all: readonly string[]) => all.map((one) => word(t.words.organisationKinds, one)).join(", ");
const newest = (all: readonly CareForm[]) => all.filter((one) => !all.some((other) => other.form === one.form && other.version > one.version));

export function FilledOne({ params }: { params: Record<string, string> }) {
  const ref = params.ref ?? "";
  return <ClientScreen clientRef={ref} tab="dossier" title={t.forms.title}>{() => <Filled clientRef={ref} form={params.form ?? ""} version={params.version ?? ""} />}</ClientScreen>;
}

function Filled({ clientRef, form, version }: { clientRef: string; form: string; version: string }) {
  const filled = useLoad(() => api.post<FilledForm>(`/forms/${part(form)}/${part(version)}/fill`, { client: clientRef }), [clientRef, form, version]);
  return (
    <Load of={filled}>{(data) => (
      <div class="stack">
        <div class="no-print stack">
          {data.missing.length > 0 ? (
            <Alert kind="warning" title={t.forms.missing(data.missing.length)}>
              <ul>{data.missing.map((one) => <li key={one}>{one}</li>)}</ul>
              <p><Link to={to(["clienten", clientRef, "dossier", "nieuw"])}>{t.forms.writeIt}</Link></p>
            </Alert>
          ) : <Alert kind="ok" title={t.forms.complete} />}
          <div class="row"><Button look="primary" onClick={() => print()}>{t.consent.print}</Button><Link to={to(["clienten", clientRef, "formulieren"])}>{t.forms.other}</Link></div>
        </div>
        <article class="sheet sheet--report stack-tight" aria-label={data.title}>
          <p class="sheet__from">{current().organisation}, {dayText(today())}</p>
          <h2 class="utrecht-heading-2">{data.title}</h2>
          <p>{t.work.client(clientRef)}</p>
          {data.fields.map((one) => (
            <div key={`${one.category} ${one.field}`} class="sheet__item stack-tight">
              <h3 class="utrecht-heading-4">{one.label}{one.required && ` (${t.forms.required})`}</h3>
              {one.values.length === 0 ? <p>{one.required ? t.forms.isMissing : t.forms.unknown}</p> : one.values.map((value, index) => (
                <div key={index}><p class="pre">{value.value}</p>
                  <p class="small sheet__when">{[value.author, dayText(value.date), value.from && organisationName(value.from)].filter(Boolean).join(", ")}</p></div>
              ))}
            </div>
          ))}
        </article>
      </div>
    )}</Load>
  );
}
