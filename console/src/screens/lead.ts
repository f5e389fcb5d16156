// The screens of the team lead, beside those of the team's professionals.
import type { Screen } from "../app/screens";
import type { Role } from "../app/session";
import { t } from "../app/text";
import { Caseload } from "./team/caseload";
import { RecordsOut } from "./team/export";
import { TeamWork } from "./team/work";

const LEAD: readonly Role[] = ["team-lead"];

export const leadScreens: readonly Screen[] = [
  { path: "team", roles: LEAD, show: TeamWork, nav: () => t.team.nav },
  { path: "team/medewerker", roles: LEAD, show: Caseload },
  { path: "uitvoer", roles: LEAD, show: RecordsOut, nav: () => t.team.export.nav },
];
