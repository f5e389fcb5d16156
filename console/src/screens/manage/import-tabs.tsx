import { to } from "../../app/route";
import { t } from "../../app/text";
import { Tabs } from "../../components/tabs";

export function ImportTabs() {
  const T = t.administrator.import;
  return <Tabs label={T.parts} tabs={[{ to: to(["import"]), label: T.tabImport }, { to: to(["import", "kolomnamen"]), label: t.mappings.tab }, { to: to(["import", "eerder"]), label: T.earlier }]} />;
}
