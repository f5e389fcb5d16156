// The screens of those who work with clients.
import { CARE } from "../app/roles";
import type { Screen } from "../app/screens";
import { t } from "../app/text";
import { NewAttachment } from "./attachments";
import { ClientCard } from "./client";
import { Clients } from "./clients";
import { ConsentText, Consents } from "./consent";
import { NewConsent } from "./consent-new";
import { Doubts, OneDoubt } from "./doubts";
import { Dossier, NewFragment } from "./dossier";
import { ClientForms, FilledOne } from "./forms";
import { Grounds } from "./ground";
import { OneHandover } from "./handover";
import { ClientHandovers, Handovers, NewHandover } from "./handovers";
import { Involvements, NewInvolvement } from "./involvement";
import { Matches, OneMatch } from "./match";
import { Plan } from "./plan";
import { OneRequest } from "./request";
import { Work } from "./work";

export const professionalScreens: readonly Screen[] = [
  { path: "werk", roles: CARE, show: Work, nav: () => t.work.title },
  { path: "werk/nakijken", roles: CARE, show: Doubts },
  { path: "clienten", roles: CARE, show: Clients, nav: () => t.clients.title },
  { path: "matches", roles: CARE, show: Matches, nav: () => t.match.title },
  { path: "overdrachten", roles: CARE, show: Handovers, nav: () => t.handover.title },
  { path: "clienten/{ref}", roles: CARE, show: ClientCard },
  { path: "clienten/{ref}/betrokkenheid", roles: CARE, show: Involvements },
  { path: "clienten/{ref}/betrokkenheid/nieuw", roles: CARE, show: NewInvolvement },
  { path: "clienten/{ref}/toestemming", roles: CARE, show: Consents },
  { path: "clienten/{ref}/toestemming/nieuw", roles: CARE, show: NewConsent },
  { path: "clienten/{ref}/toestemming/nakijken", roles: CARE, show: OneDoubt },
  { path: "clienten/{ref}/toestemming/{id}/tekst", roles: CARE, show: ConsentText },
  { path: "clienten/{ref}/zonder-toestemming", roles: CARE, show: Grounds },
  { path: "clienten/{ref}/dossier", roles: CARE, show: Dossier },
  { path: "clienten/{ref}/dossier/nieuw", roles: CARE, show: NewFragment },
  { path: "clienten/{ref}/dossier/bijlage", roles: CARE, show: NewAttachment },
  { path: "clienten/{ref}/formulieren", roles: CARE, show: ClientForms },
  { path: "clienten/{ref}/formulieren/{form}/{version}", roles: CARE, show: FilledOne },
  { path: "clienten/{ref}/overdrachten", roles: CARE, show: ClientHandovers },
  { path: "clienten/{ref}/overdrachten/nieuw", roles: CARE, show: NewHandover },
  { path: "clienten/{ref}/plan", roles: CARE, show: Plan },
  { path: "matches/{id}", roles: CARE, show: OneMatch },
  { path: "overdrachten/{id}", roles: CARE, show: OneHandover },
  { path: "vragen/{peer}/{exchange}", roles: CARE, show: OneRequest },
];
