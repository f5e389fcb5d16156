import type { Texts } from "../nl";

/** The node's own sentences are English already. */
export const reasons: Texts["reasons"] = [];
