// The screens of the administrator, and what several roles see of how the node is.
import { ADMINISTRATOR, OVERSEE, WATCH } from "../app/roles";
import type { Screen } from "../app/screens";
import { t } from "../app/text";
import { Health, Install } from "./manage/health";
import { ImportScreen } from "./manage/import";
import { EarlierImports, OneImport } from "./manage/import-earlier";
import { Mappings, NewMapping, OneMapping } from "./manage/mappings";
import { Report } from "./manage/report";
import { ApiKeys, NewUser, OneUser, Users } from "./manage/users";
import { DeadLetters } from "./network/dead-letters";
import { OnePartner, Partners } from "./network/partners";

export const administratorScreens: readonly Screen[] = [
  { path: "gezondheid", roles: ["administrator", "monitor"], show: Health, nav: () => t.administrator.health.nav },
  { path: "ketenpartners", roles: WATCH, show: Partners, nav: () => t.partners.nav },
  { path: "ketenpartners/berichten", roles: OVERSEE, show: DeadLetters },
  { path: "ketenpartners/installeren", roles: ADMINISTRATOR, show: Install },
  { path: "ketenpartners/{id}", roles: WATCH, show: OnePartner },
  { path: "gebruikers", roles: ADMINISTRATOR, show: Users, nav: () => t.administrator.users.nav },
  { path: "gebruikers/nieuw", roles: ADMINISTRATOR, show: NewUser },
  { path: "gebruikers/sleutels", roles: ADMINISTRATOR, show: ApiKeys },
  { path: "gebruikers/account/{name}", roles: ADMINISTRATOR, show: OneUser },
  { path: "import", roles: ADMINISTRATOR, show: ImportScreen, nav: () => t.administrator.import.nav },
  { path: "import/eerder", roles: ADMINISTRATOR, show: EarlierImports },
  { path: "import/eerder/{id}", roles: ADMINISTRATOR, show: OneImport },
  { path: "import/kolomnamen", roles: ADMINISTRATOR, show: Mappings },
  { path: "import/kolomnamen/nieuw", roles: ADMINISTRATOR, show: NewMapping },
  { path: "import/kolomnamen/naam/{name}", roles: ADMINISTRATOR, show: OneMapping },
  { path: "rapportage", roles: [...WATCH, "team-lead"], show: Report, nav: () => t.administrator.report.nav },
];
