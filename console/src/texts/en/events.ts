import type { Texts } from "../nl";

// The names of events are English already: "client.read" is shown as "client read".
export const events: Texts["events"] = {};
