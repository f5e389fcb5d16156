// What professionals still have to look at since a restore: how far they are. The privacy officer sees whom it is about, and decides nothing here.
import { useLoad } from "../../app/load";
import { to } from "../../app/route";
import { t } from "../../app/text";
import { Empty, LinkButton, P, Page, Table } from "../../components/basic";
import { Load } from "../../components/load";
import { doubtedClients } from "../doubts";

export function OfficerDoubts() {
  const doubts = useLoad(doubtedClients, []);
  const text = t.doubts;
  return (
    <Page title={text.title} intro={doubts.data?.count !== 0 && text.officerIntro} back={{ to: to(["toestemmingen"]), label: t.officer.register.nav }}>
      <Load of={doubts}>{({ clients, count }) => (clients.length === 0 ? (
        <Empty title={text.none}><p>{text.noneWhy}</p><p><LinkButton to={to(["logboek", "herstel"])}>{t.restore.tab}</LinkButton></p></Empty>
      ) : (
        <div class="stack">
          <P>{text.officerWhat(count)}</P>
          <Table caption={text.title} head={[text.client]} rows={clients.map((ref) => [ref])} />
          {count > clients.length && <P soft>{text.more(count - clients.length)}</P>}
        </div>
      ))}</Load>
    </Page>
  );
}
