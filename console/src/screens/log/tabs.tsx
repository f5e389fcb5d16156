import { to } from "../../app/route";
import { current } from "../../app/session";
import { t } from "../../app/text";
import { Tabs } from "../../components/tabs";

/** The parts of the log that this role may see. */
export function LogTabs() {
  const officer = current().session?.role === "privacy-officer";
  const proof = { to: to(["logboek", "bewijs"]), label: t.officer.log.tabProof };
  const restore = { to: to(["logboek", "herstel"]), label: t.restore.tab };
  return (
    <Tabs label={t.officer.log.parts} tabs={officer ? [
      { to: to(["logboek"]), label: t.officer.log.tabEntries }, proof, { to: to(["logboek", "opvallend"]), label: t.officer.log.tabHints },
      { to: to(["logboek", "uitvoer"]), label: t.officer.log.tabExport }, restore,
    ] : [proof, restore]} />
  );
}
