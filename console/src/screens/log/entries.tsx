// Logboek: who, what, when, why. The newest entries, further back on request, or everything about one client. Looking is logged too.
import { useState } from "preact/hooks";
import { Refused, api, part } from "../../app/api";
import { timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { say } from "../../app/say";
import { organisationName, personName } from "../../app/session";
import { language, t } from "../../app/text";
import { Badge, Button, Empty, Facts, Page } from "../../components/basic";
import { Load } from "../../components/load";
import { LogTabs } from "./tabs";

export interface Entry {
  leaf: string;
  index?: string | null;
  time?: string | null;
  event?: string | null;
  outcome?: string | null;
  decision?: string | null;
  basis?: string | null;
  receipt?: string | null;
  peer?: string | null;
  peerName?: string;
  reference?: string | null;
  action?: string | null;
  user?: string | null;
  responsible?: string | null;
  role?: string | null;
  client?: string | null;
  object?: string | null;
  purpose?: string | null;
  authorisation?: string | null;
  consentProfile?: string | null;
  emergency?: string | null;
  source?: string | null;
  detail?: string | null;
}
interface Slice { entries: Entry[]; next: string | null }

/** How many entries one look at the log shows. */
const SLICE = 50;

export function eventName(event: string): string {
  return t.events[event] ?? (language === "nl" ? event : event.replace(/[.-]/g, " "));
}

/** "-": does not apply; a field that was erased is null. */
function shown(value: string | null | undefined): string {
  return value === null ? t.officer.log.erased : value ?? "";
}

function why(entry: Entry): string {
  return [entry.purpose, entry.authorisation, entry.detail].map(shown).filter(Boolean).join("; ");
}

const newestFirst = (slice: Slice): Entry[] => [...slice.entries].reverse();
const address = (cursor?: string) => `/audit-entries?limit=${SLICE}${cursor ? `&cursor=${part(cursor)}` : ""}`;

export function LogEntries() {
  const [client, setClient] = useState("");
  const [asked, setAsked] = useState("");
  const [words, setWords] = useState("");
  const [only, setOnly] = useState("");
  return (
    <Page title={t.officer.log.title} intro={t.officer.log.intro}>
      <LogTabs />
      <div class="stack">
        <form class="filters" role="search" aria-label={t.officer.log.filter} onSubmit={(event) => {
          event.preventDefault();
          setAsked(client.trim());
        }}>
          <label class="filters__field">{t.officer.log.words}
            <input class="utrecht-textbox utrecht-textbox--html-input" value={words} maxLength={100} onInput={(event) => setWords(event.currentTarget.value)} />
          </label>
          <label class="filters__field">{t.officer.log.kind}
            <select class="utrecht-select utrecht-select--html-select" value={only} onChange={(event) => setOnly(event.currentTarget.value)}>
              <option value="">{t.officer.log.everything}</option>
              {Object.entries(t.officer.log.kinds).map(([value, label]) => <option key={value} value={value}>{label}</option>)}
            </select>
          </label>
          <label class="filters__field">{t.officer.log.ofClient}
            <input class="utrecht-textbox utrecht-textbox--html-input" value={client} maxLength={100} spellcheck={false} autocomplete="off"
              onInput={(event) => setClient(event.currentTarget.value)} />
          </label>
          <div class="row">
            <Button submit>{t.officer.log.show}</Button>
            {asked && <Button look="subtle" onClick={() => { setClient(""); setAsked(""); }}>{t.officer.log.allAgain}</Button>}
          </div>
        </form>
        <Lines key={asked} client={asked} words={words} only={only} />
      </div>
    </Page>
  );
}

function Lines({ client, words, only }: { client: string; words: string; only: string }) {
  const first = useLoad(() => api.get<Slice>(client ? `/audit-entries?client=${part(client)}` : address()), [client]);
  const [older, setOlder] = useState<Slice[]>([]);
  const [busy, setBusy] = useState(false);
  const more = async (cursor: string) => {
    setBusy(true);
    try {
      const slice = await api.get<Slice>(address(cursor));
      setOlder((before) => [...before, slice]);
      say("info", t.officer.log.wentBack(slice.entries.length));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      say("error", error.message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Load of={first}>{(slice) => {
      const all = [slice, ...older].flatMap(newestFirst);
      const found = all.filter((entry) => fits(entry, words, only));
      const next = [slice, ...older].at(-1)?.next;
      return (
        <div class="stack">
          <p class="soft" role="status">{client ? t.officer.log.countOf(found.length, client) : t.officer.log.count(found.length, all.length)}</p>
          {found.length === 0 ? <Empty title={t.officer.log.none}><p>{client ? t.officer.log.noneOfClient : t.officer.log.noneWhy}</p></Empty>
            : <ol class="log">{found.map((entry) => <Line key={entry.leaf} entry={entry} />)}</ol>}
          {next && <p><Button busy={busy} onClick={() => void more(next)}>{t.officer.log.further}</Button></p>}
        </div>
      );
    }}</Load>
  );
}

function fits(entry: Entry, words: string, only: string): boolean {
  if (only === "emergency" ? entry.emergency !== "yes" : only === "refused" ? entry.outcome === "success" : only && !(entry.event ?? "").startsWith(`${only}.`)) return false;
  const wanted = words.trim().toLocaleLowerCase();
  if (!wanted) return true;
  const said = [eventName(entry.event ?? ""), entry.user, entry.client, entry.peerName && organisationName(entry.peerName), why(entry), entry.object, entry.reference];
  return said.some((one) => one?.toLocaleLowerCase().includes(wanted));
}

function Line({ entry }: { entry: Entry }) {
  const bad = entry.outcome && entry.outcome !== "success";
  const said = why(entry);
  return (
    <li class="log__line">
      <div class="log__when"><time dateTime={entry.time ?? undefined}>{entry.time ? timeText(entry.time) : t.officer.log.erased}</time></div>
      <div class="stack-tight">
        <p class="log__what">
          {eventName(entry.event ?? "")}{" "}
          {bad && <Badge tone="warning" icon="cross">{t.officer.log.outcomes[entry.outcome ?? ""] ?? entry.outcome}</Badge>}
          {entry.emergency === "yes" && <>{" "}<Badge tone="danger" icon="warning">{t.officer.log.emergency}</Badge></>}
        </p>
        <p>{who(entry)}{entry.client !== undefined && <>; {t.officer.log.about(shown(entry.client))}</>}{entry.peerName && <>; {t.officer.log.with(organisationName(entry.peerName))}</>}</p>
        {said && <p class="soft small">{said}</p>}
        <details class="small"><summary>{t.officer.log.all(entry.index ?? "")}</summary><All entry={entry} /></details>
      </div>
    </li>
  );
}

function who(entry: Entry): string {
  if (!entry.user) return entry.user === null ? t.officer.log.erased : t.officer.log.system;
  const role = t.roles[entry.role as keyof typeof t.roles] ?? entry.role ?? "";
  return `${personName(entry.user)}${role ? ` (${role.toLocaleLowerCase()})` : ""}`;
}

function All({ entry }: { entry: Entry }) {
  const rows = (Object.keys(t.officer.log.fields) as (keyof typeof t.officer.log.fields)[])
    .filter((key) => entry[key] !== undefined)
    .map((key) => [t.officer.log.fields[key], <code key={key}>{shown(entry[key])}</code>] as const);
  return <Facts rows={rows} />;
}
