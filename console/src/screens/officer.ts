// The screens of the privacy officer, and those that others share with them.
import { CARE, OFFICER, WATCH } from "../app/roles";
import type { Screen } from "../app/screens";
import type { Role } from "../app/session";
import { t } from "../app/text";
import { OfficerDoubts } from "./consents/doubts";
import { ConsentPolicy } from "./consents/policy";
import { Register } from "./consents/register";
import { ConsentTexts, NewConsentText } from "./consents/texts";
import { Withdrawals } from "./consents/withdrawals";
import { LogEntries } from "./log/entries";
import { LogExport } from "./log/export";
import { LogHints } from "./log/hints";
import { LogProof } from "./log/proof";
import { LogRestore } from "./log/restore";
import { Overview } from "./overview";
import { Destructions, NewDestruction, RetentionDue } from "./rights/destructions";
import { NewRequest, OneRequest, Requests } from "./rights/requests";
import { EmergencyReviews, GroundReviews, Telling } from "./rights/reviews";
import { ChooseSubject, SubjectReport } from "./rights/subject-report";

/** Who hears a request of a data subject, or what is to be destroyed. */
const HEARS: readonly Role[] = [...OFFICER, ...CARE];
const APPROVES: readonly Role[] = ["privacy-officer", "team-lead"];

export const officerScreens: readonly Screen[] = [
  { path: "overzicht", roles: OFFICER, show: Overview, nav: () => t.officer.overview.nav },
  { path: "logboek", roles: OFFICER, show: LogEntries, nav: () => t.officer.log.title },
  { path: "logboek/bewijs", roles: WATCH, show: LogProof },
  { path: "logboek/herstel", roles: WATCH, show: LogRestore },
  { path: "logboek/opvallend", roles: OFFICER, show: LogHints },
  { path: "logboek/uitvoer", roles: OFFICER, show: LogExport },
  { path: "toestemmingen", roles: OFFICER, show: Register, nav: () => t.officer.register.nav },
  { path: "toestemmingen/intrekkingen", roles: OFFICER, show: Withdrawals },
  { path: "toestemmingen/nakijken", roles: OFFICER, show: OfficerDoubts },
  { path: "toestemmingen/teksten", roles: OFFICER, show: ConsentTexts },
  { path: "toestemmingen/teksten/nieuw", roles: OFFICER, show: NewConsentText },
  { path: "toestemmingen/beleid", roles: OFFICER, show: ConsentPolicy },
  { path: "verzoeken", roles: HEARS, show: Requests, nav: () => t.rights.requests.nav },
  { path: "verzoeken/nieuw", roles: HEARS, show: NewRequest },
  { path: "verzoeken/{id}", roles: HEARS, show: OneRequest },
  { path: "inzage", roles: OFFICER, show: ChooseSubject },
  { path: "inzage/{ref}", roles: OFFICER, show: SubjectReport },
  { path: "toetsen", roles: OFFICER, show: GroundReviews, nav: () => t.rights.reviews.nav },
  { path: "toetsen/nood", roles: OFFICER, show: EmergencyReviews },
  { path: "toetsen/informeren", roles: OFFICER, show: Telling },
  { path: "vernietigen", roles: APPROVES, show: Destructions, nav: () => t.rights.destruction.nav },
  { path: "vernietigen", roles: ["professional"], show: Destructions },
  { path: "vernietigen/nieuw", roles: HEARS, show: NewDestruction },
  { path: "vernietigen/bewaartermijnen", roles: HEARS, show: RetentionDue },
];
