// What the node answers, as far as the screens use it (docs/openapi/ describes all of it), and the questions that several screens ask.
import { api, part } from "./api";
import { t } from "./text";

export interface Person { name: string; function: string; phone: string; email: string }
export interface Involvement {
  id: number; kind: string; from: string; until: string; active: boolean; professional: Person; reason: string | null; closedOn?: string; closedWhy?: string | null; etag?: string;
}
export interface FragmentHead {
  id: string; category: string; label: string; title: string; nature: string; author: string; source: string | null; date: string | null; sensitive: boolean;
  persons: string[]; version: number; provenance: string; parent: string | null;
}
export interface FragmentRead extends FragmentHead { text: string; note?: string; plain: string; fields: Record<string, unknown> | null }
export interface ReceivedFile {
  from: string; exchange: string; fragment: string; name: string | null; mediaType: string; bytes: number; state: "waiting" | "coming" | "complete" | "broken" | "stopped" | "locked";
  have: number; pieces: number; why: string | null;
}
export interface CareForm { form: string; version: number; title: string; from: string[]; to: string[]; categories: string[] }
export interface FilledForm extends CareForm {
  fields: { label: string; category: string; field: string; required: boolean; values: { value: string; from: string | null; fragment: string; author: string; date: string }[] }[];
  missing: string[];
}
export interface Client {
  ref: string; id: number; hasBsn: boolean; givenNames: string | null; prefix: string | null; surname: string; birthDate: string; gender: string;
  postcode: string | null; houseNumber: string | null; addition: string | null; municipality: string | null; secret: boolean; institutional: boolean;
}
export interface ClientFile extends Client { bsn?: string | null; involvements: Involvement[]; fragments: FragmentHead[] }

export interface Match {
  id: string; class: string; peer: string; clientRef: string; evidence: string[]; state: string; stateText: string; ownChoice: string | null; found: string;
  contactBefore: string; outcome: { own: string | null; peer: string | null }; ended?: string; endedWhy?: string;
  work: {
    owner: string; due: string | null; task?: string; ours?: boolean; stage?: string; contacted?: { on: string; how: string }; declined?: string;
    escalated?: { why: string; at: string };
  };
  contact?: Person & { from: string }; contacts?: (Person & { from: string })[];
}

export interface Happening {
  version: number; event: string; by: string; who: string; words: string; date: string | null; time: string | null; place: string; alternative: string;
  feedback: string | null; at: string; state: string;
}
export interface Handover {
  id: string; party: "afzender" | "ontvanger"; peer: string; clientRef: string; match: string; kind: string; urgency: string; occasion: string; goal: string;
  categories: string[]; state: string; responsible: string; version: number; pending: string | null; created: string; changed: string;
  term: { begins: string; due: string; stage: string; task: string; owner: string } | null; notTaken: unknown;
}
export interface HandoverInFull extends Handover { professional: string | null; steps: string[]; happenings: Happening[] }

export interface Giver { capacity: string; who: string; identity: string; authority: string; checked: string }
export interface Consent {
  id: string; client: string; version: number; replaces: string[]; standing: string; kind: string; answer: string; givers: Giver[]; recipient: string | null;
  purpose: string | null; everything: boolean; categories: string[]; exclusions: string[]; once: boolean; from: string; until: string | null; exception: string;
  othersHaveAuthority: boolean; way: string; textVersion: string; recordedBy: string; recordedAt: string; withdrawnAt: string | null; usedAt: string | null; etag?: string;
}
export interface Policy { ages: { from: number; youth: string; elders: string; exception: boolean }[]; everyParent: boolean }
export interface Category { category: string; label: string; sensitive: boolean; newest: number }
export interface Card { id: string; name: string; kind: string; area: string[]; capabilities: string[]; contact: Person }
export interface Decision { category: string; label: string; decision: "permit" | "deny"; fragments: number; reason?: string; explanation?: string }
export interface WireFragment extends FragmentHead { text: string; plain: string; withheld: string[] }
export interface Preview { categories: Decision[]; fragments: WireFragment[]; obligations: { purpose: string; until: string | null; onward: boolean } }
export interface Received extends WireFragment {
  exchange: string; from: string; clientRef: string; purpose: string; until: string; onward: boolean; state: string; received: string; corrected: string | null;
}
export interface Ground {
  id: string; client: string; kind: string; force: string; law: string; explanation: string; recipient: string; items: string[]; reasons: string; source: string;
  consulted: string; recordedBy: string; recordedAt: string; until: string; endedAt: string | null; review: { due: string; overdue: boolean; verdict: string | null };
  telling: { due: string; overdue: boolean; postponedBecause: string; told: string; by: string; at: string | null }; etag?: string;
}
export interface Views {
  where: { peer: string; how: string; id: string; since: string; contact: boolean; mayShare: boolean; state: string | null }[];
  signalled: { peer: string | null; kind: string | null; name: string; function: string; phone: string; email: string; since: string; until: string | null }[];
  coordinates: { peer: string | null; professional: string | null; handover: string; state: string } | null;
}
export interface Aftercare { id: string; clientRef: string; ends: string; state: string; words: string | null; begins: string; due: string; stage: string }

let categories: Promise<Category[]> | undefined;
/** The categories of fragments; they do not change while a node runs. */
export function allCategories(): Promise<Category[]> {
  categories ??= api.get<{ schemas: Category[] }>("/schemas").then((got) => got.schemas, (error) => {
    categories = undefined;
    throw error;
  });
  return categories;
}
export async function labels(): Promise<(category: string) => string> {
  const known = new Map((await allCategories()).map((one) => [one.category, one.label]));
  return (category) => known.get(category) ?? category;
}

export const askClient = (ref: string, purpose: string): Promise<ClientFile> => api.get(`/clients/${part(ref)}?purpose=${part(purpose)}`);
export const matchesOf = (ref: string): Promise<Match[]> => api.whole<{ matches: Match[] }>(`/matches?client=${part(ref)}`).then((got) => got.matches);
/** What is recorded of a client's consent. `doubtedSince`: the node was set back then, and nobody looked at it since, so that none of it counts. */
export const consentRecordOf = (ref: string): Promise<{ consents: Consent[]; doubtedSince: string | null }> => api.whole(`/consents?client=${part(ref)}`);
export const consentsOf = (ref: string): Promise<Consent[]> => consentRecordOf(ref).then((got) => got.consents);
export const handoversOf = (ref: string): Promise<Handover[]> => api.whole<{ handovers: Handover[] }>(`/handovers?client=${part(ref)}`).then((got) => got.handovers);

export function fullName(client: Client): string {
  return [client.givenNames, client.prefix, client.surname].filter(Boolean).join(" ");
}
/** "over 2 maanden", "13 jaar" */
export function ageText(age: number): string { return age < 0 ? t.client.unborn : t.client.years(age); }
