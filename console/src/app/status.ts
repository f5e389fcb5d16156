// What GET /status says: how the node and its surroundings are, in numbers that show nobody.
import { api } from "./api";
import { useLoad } from "./load";
import type { Loaded } from "./load";

export interface Trouble { code: string; side: "ours" | "peer" | "user"; detail: string }

export interface Partner {
  id: string;
  name?: string;
  kind?: string;
  connected: boolean;
  ready: boolean;
  queued: number;
  deadLetters: number;
  voided: number;
  former?: { since: string; by: number };
  convenant?: number;
  lastHeard?: string;
  presharedKey?: string;
  clockAheadSeconds?: number;
  trouble?: Trouble;
}

export interface MatchingWith {
  id: string;
  epoch: number;
  open: boolean;
  registered: number;
  evaluated: number;
  queued: number;
  withdrawals: number;
  notBefore?: string;
  overdueSince?: string;
  owingSince?: string;
  disputedSince?: string;
  hints?: { day: string; hint: string }[];
  ending?: { epoch: number; incomplete: boolean };
  trouble?: string;
}

export interface LogStanding {
  watched: boolean;
  witnesses: number;
  quorum: number;
  witnessedSize: number;
  witnessedAt: string | null;
  state: "in-time" | "warning" | "urgent" | "stopped";
  discloses: boolean;
  fresh: boolean;
  setBack: boolean;
  unwitnessedSince?: string;
  stopsAt?: string;
}

export interface NodeStatus {
  now: string;
  member?: { id: string; name: string; organisationKey: string };
  convenant: { number: number; name: string; expires: string; inForce: boolean; twoTexts: boolean; expiresInDays?: number } | null;
  clock: { sure: boolean; step?: "back" | "forward"; before?: string; after?: string; clock?: string };
  peers: Partner[];
  matching: {
    registered: number;
    evaluated: number;
    outstanding: number;
    matches: { certain: number; possible: number; family: number };
    idle: boolean;
    peers: MatchingWith[];
  };
  grounds: { reviews: number; lateReviews: number; toTell: number; lateToTell: number };
  consentDoubts: { open: number };
  emergencyReads: { reviews: number; lateReviews: number };
  withdrawals: { open: number; overdue: number };
  destructions: { toApprove: number; running: number; unproven: number; overdue: number };
  subjectRequests: { open: number; dueSoon: number; overdue: number };
  log: LogStanding & { size: number; headAt?: string | null; suspects: string[]; missingProofs: number };
  hints: { open: number };
  troubles: Trouble[];
}

export function useStatus(): Loaded<NodeStatus> {
  return useLoad(() => api.get<NodeStatus>("/status"), [], ["peers", "audit", "rights", "consents", "matches", "imports"]);
}
