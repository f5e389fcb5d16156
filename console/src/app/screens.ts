// Every screen there is. A screen is added by naming it in the list of whom it is for (screens/professional.ts and so on);
// console/README.md says how.
import type { ComponentType } from "preact";
import { administratorScreens } from "../screens/administrator";
import { leadScreens } from "../screens/lead";
import { officerScreens } from "../screens/officer";
import { professionalScreens } from "../screens/professional";
import type { Role } from "./session";

export interface Screen {
  /** "clienten/{ref}": what stands behind the "#/". */
  path: string;
  roles: readonly Role[];
  /** Gets what stood at the {names}. Draws its own <Page>, with the title. */
  show: ComponentType<{ params: Record<string, string> }>;
  /** Its name in the navigation; without one it is reached from another screen. */
  nav?: () => string;
}

export const screens = (): readonly Screen[] => [...professionalScreens, ...leadScreens, ...officerScreens, ...administratorScreens];
