import { to } from "../../app/route";
import { t } from "../../app/text";
import { Tabs } from "../../components/tabs";

export function TeamTabs() {
  const text = t.team;
  return <Tabs label={text.parts} tabs={[{ to: to(["team"]), label: text.tabWork }, { to: to(["team", "medewerker"]), label: text.tabCaseload }]} />;
}
