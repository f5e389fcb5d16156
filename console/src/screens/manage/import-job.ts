// One import at the node: files in pieces, then row by row, until it is done, failed or given up.
import { Refused, api, newKey, part } from "../../app/api";
import { sendPiece } from "../../app/pieces";
import { t } from "../../app/text";

export const FILES = ["clients", "involvements", "fragments"] as const;
export type FileName = (typeof FILES)[number];
const PIECE = 64 * 1024;

interface Counts { file: string; staged: number; added: number; changed: number; unchanged: number; rejected: number }
export interface Import {
  id: number; state: string; dryRun: boolean; form: string; mapping?: string; started: string; finished?: string; failure?: string; accepted: number; rejected: number; files: Counts[];
}
export interface Reject { file: string; line: number; field: string; reason: string }
export interface PreviewFile {
  file: string; columns: { field: string; column: string | null; constant: boolean }[]; ignored: number;
  rows: { line: number; verdict: string; field?: string; reason?: string }[];
}
export interface Outcome { job: Import; rejects: Reject[]; preview: PreviewFile[] }
export type Chosen = Partial<Record<FileName, File>>;
export interface Plan { dryRun: boolean; form: string; mapping?: string }
export interface Progress { what: string; done: number; of: number }

const T = () => t.administrator.import;
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
const ofImport = (id: number) => api.get<Import>(`/imports/${id}`);

export const running = (job: Import): boolean => job.state === "staging" || job.state === "applying";
/** Rows that were applied stay; an upload leaves nothing. */
export const giveUp = (id: number): Promise<Import> => api.remove<Import>(`/imports/${id}`);

/** `begun` learns the number of the import, by which it can be given up while it runs. */
export async function feed(plan: Plan, files: Chosen, begun: (id: number) => void, told: (progress: Progress) => void): Promise<Import> {
  const { id } = await api.post<Import>("/imports", plan, { key: newKey() });
  begun(id);
  try {
    for (const name of FILES) {
      const file = files[name];
      if (!file) continue;
      const pieces = Math.max(1, Math.ceil(file.size / PIECE));
      for (let n = 0; n < pieces; ++n) {
        await sendPiece(`/imports/${id}/${name}/chunks/${n}`, file.slice(n * PIECE, (n + 1) * PIECE));
        told({ what: T().sending(file.name), done: n + 1, of: pieces });
      }
    }
    await api.post<Import>(`/imports/${id}/finish`);
  } catch (error) {
    // Given up meanwhile, or a file that cannot be read: the import itself says which.
    const job = error instanceof Refused && error.status !== 0 ? await ofImport(id) : undefined;
    if (!job || running(job)) throw error;
    return job;
  }
  for (;;) {
    const job = await ofImport(id);
    if (job.state !== "applying") return job;
    const staged = job.files.reduce((sum, one) => sum + one.staged, 0);
    told({ what: T().applying, done: Math.min(job.accepted + job.rejected, staged), of: Math.max(1, staged) });
    await pause(300);
  }
}

export async function outcomeOf(job: Import): Promise<Outcome> {
  const { files } = await api.get<{ files: PreviewFile[] }>(`/imports/${job.id}/preview`);
  return { job, rejects: job.rejected > 0 ? (await api.whole<{ rejects: Reject[] }>(`/imports/${job.id}/rejects`)).rejects : [], preview: files };
}
export const outcomeAt = async (id: string): Promise<Outcome> => outcomeOf(await api.get<Import>(`/imports/${part(id)}`));
