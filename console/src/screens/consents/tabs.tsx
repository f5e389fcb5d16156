import { to } from "../../app/route";
import { t } from "../../app/text";
import { Tabs } from "../../components/tabs";

export function RegisterTabs() {
  const text = t.officer.register, policy = t.policy;
  return (
    <Tabs label={text.parts} tabs={[
      { to: to(["toestemmingen"]), label: text.tabRegister }, { to: to(["toestemmingen", "intrekkingen"]), label: text.tabWithdrawals },
      { to: to(["toestemmingen", "teksten"]), label: policy.tabTexts }, { to: to(["toestemmingen", "beleid"]), label: policy.tabPolicy },
    ]} />
  );
}
