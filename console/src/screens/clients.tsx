// Cliënt zoeken: own organisation only. What is searched is in the log; nothing of it stands in an address.
import { useState } from "preact/hooks";
import { api } from "../app/api";
import { dayText } from "../app/days";
import type { Client } from "../app/node";
import { fullName } from "../app/node";
import { to } from "../app/route";
import { current } from "../app/session";
import { t } from "../app/text";
import { Button, Empty, Link, Page, Section, Table } from "../components/basic";
import { Check, Form, TextField } from "../components/form";

interface Found { clients: Client[]; next: string | null }

/** What was found last: coming back from a client should not mean searching, and logging, again. */
let last: { by: string | undefined; asked: Record<string, unknown>; found: Found } | undefined;

export function Clients() {
  const [surname, setSurname] = useState("");
  const [born, setBorn] = useState("");
  const [bsn, setBsn] = useState("");
  const [involved, setInvolved] = useState(false);
  const me = current().session?.account;
  const [result, setResult] = useState(last?.by === me ? last : undefined); // of nobody who sat here before

  const search = async (asked: Record<string, unknown>, before: Client[] = []) => {
    const found = await api.post<Found>("/clients/search", asked);
    last = { by: me, asked, found: { clients: [...before, ...found.clients], next: found.next } };
    setResult(last);
  };
  const send = () => search({
    ...(surname.trim() && { surnamePrefix: surname.trim() }), ...(born && { birthDate: born }), ...(bsn.trim() && { bsn: bsn.replace(/\D/g, "") }),
    ...(involved && { involvedOnly: true }),
  });
  const check = () => ({ bsn: bsn.trim() && !passes(bsn.replace(/\D/g, "")) ? t.clients.bsnWrong : undefined });
  return (
    <Page title={t.clients.title} intro={t.clients.intro}>
      <div class="stack-wide">
        <Form send={send} check={check} action={t.clients.search} names={{ surnamePrefix: "surname", birthDate: "born" }}>
          <TextField name="surname" label={t.clients.surname} hint={t.clients.surnameHint} value={surname} change={setSurname} max={100} optional="unsaid" />
          <div class="field-row">
            <TextField name="born" label={t.clients.born} value={born} change={setBorn} type="date" optional="unsaid" />
            <TextField name="bsn" label={t.clients.bsn} value={bsn} change={setBsn} max={11} code optional="unsaid" />
          </div>
          <Check name="involved" label={t.clients.involvedOnly} value={involved} change={setInvolved} />
        </Form>
        <div role="status">{result && <span class="only-read-aloud">{t.clients.found(result.found.clients.length)}</span>}</div>
        {result && (result.found.clients.length === 0 ? (
          <Empty title={t.clients.none}><p>{t.clients.noneWhy}</p></Empty>
        ) : (
          <Section title={t.clients.found(result.found.clients.length)}>
            <Table caption={t.clients.title} head={[t.clients.name, t.clients.born, t.clients.place, t.clients.reference]}
              rows={result.found.clients.map((one) => [
                <Link to={to(["clienten", one.ref])}>{fullName(one)}</Link>, dayText(one.birthDate), [one.postcode, one.houseNumber].filter(Boolean).join(" "), one.ref,
              ])} />
            {result.found.next && <Button onClick={() => void search({ ...result.asked, cursor: result.found.next }, result.found.clients)}>{t.clients.more}</Button>}
          </Section>
        ))}
      </div>
    </Page>
  );
}

/** The elfproef (R1.3). */
function passes(digits: string): boolean {
  const padded = digits.padStart(9, "0");
  if (!/^\d{9}$/.test(padded) || padded === "000000000") return false;
  return [9, 8, 7, 6, 5, 4, 3, 2, -1].reduce((sum, weight, index) => sum + weight * Number(padded[index]), 0) % 11 === 0;
}
