// Withdrawals, by organisation: who locked what it had, and who did not answer yet.
import { useState } from "preact/hooks";
import { api } from "../../app/api";
import { timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { organisationName } from "../../app/session";
import { t } from "../../app/text";
import { Alert, Badge, Empty, Page, Table } from "../../components/basic";
import { Load } from "../../components/load";
import { Segments } from "../../components/tabs";
import type { Withdrawal } from "./register";
import { RegisterTabs } from "./tabs";

export function Withdrawals() {
  const [which, setWhich] = useState<"open" | "all">("open");
  const text = t.officer.withdrawals, register = t.officer.register;
  const withdrawals = useLoad(() => api.whole<{ withdrawals: Withdrawal[] }>(`/withdrawals?open=${which === "open"}`), [which], ["consents"]);
  return (
    <Page title={text.title} intro={text.intro} actions={<Segments label={text.which} value={which} change={setWhich}
      options={[{ value: "open", label: text.open }, { value: "all", label: text.all }]} />}>
      <RegisterTabs />
      <Load of={withdrawals}>{({ withdrawals: found }) => (found.length === 0 ? (
        <Empty title={which === "open" ? text.noneOpen : text.none}><p>{text.noneWhy}</p></Empty>
      ) : (
        <div class="stack">
          {found.some((one) => one.overdue) && <Alert kind="error" title={text.overdue}><p>{text.overdueWhy}</p></Alert>}
          <Table caption={text.title} head={[text.organisation, text.state, text.sent, text.effect, text.consent]} rows={found.map((one) => [
            organisationName(one.to),
            one.applied ? <Badge tone="good" icon="check">{register.applied}</Badge> : one.overdue ? <Badge tone="danger" icon="warning">{register.overdue}</Badge> : <Badge tone="warning" icon="clock">{register.waiting}</Badge>,
            timeText(one.sent), one.applied ? register.appliedAt(timeText(one.applied), one.locked, one.flagged) : text.notYet, <code key={one.consent}>{one.consent}</code>,
          ])} />
        </div>
      ))}</Load>
    </Page>
  );
}
