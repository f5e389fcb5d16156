// Groups of roles, as the node's routes have them (node/http/roles.h).
import type { Role } from "./session";

export const CARE: readonly Role[] = ["professional", "team-lead"];
export const OFFICER: readonly Role[] = ["privacy-officer"];
export const ADMINISTRATOR: readonly Role[] = ["administrator"];
/** Who sees how the node and its links are, which names nobody. */
export const OVERSEE: readonly Role[] = ["administrator", "privacy-officer"];
export const WATCH: readonly Role[] = [...OVERSEE, "monitor"];
