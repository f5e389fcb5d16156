// One export of own records at the node: begun with a reason, fetched page by page, and ended; the files are put together in the page.
import { api, part } from "../../app/api";
import { again } from "../../app/pieces";

const NAMES = ["clients", "involvements", "fragments"] as const;
export type FileName = (typeof NAMES)[number];

export interface Wanted { reason: string; form: string; client?: string }
export interface Made { file: FileName; name: string; count: number; parts: string[] }
export interface Progress { file: FileName; done: number; of: number }

interface Begun { id: string; files: { file: FileName; name: string; count: number; header: string }[] }
interface Slice { lines: string; count: number; next: string | null }

/** The files, or nothing when `stopped` says so meanwhile. */
export async function exportRecords(wanted: Wanted, key: string, stopped: () => boolean, told: (progress: Progress) => void): Promise<Made[] | undefined> {
  const begun = await api.post<Begun>("/record-exports", wanted, { key });
  const made: Made[] = [];
  try {
    for (const file of begun.files) {
      const one: Made = { file: file.file, name: file.name, count: 0, parts: [file.header] };
      made.push(one);
      let cursor: string | null = "";
      while (cursor !== null) {
        if (stopped()) return undefined;
        told({ file: file.file, done: one.count, of: Math.max(file.count, one.count) });
        const asked: string = cursor && `?cursor=${part(cursor)}`;
        const slice: Slice = await again(() => api.get<Slice>(`/record-exports/${begun.id}/${file.file}${asked}`));
        one.parts.push(slice.lines);
        one.count += slice.count;
        cursor = slice.next;
      }
    }
    return stopped() ? undefined : made;
  } finally {
    // The node ends it by itself too, half an hour after the last page.
    await api.remove(`/record-exports/${begun.id}`).catch(() => undefined);
  }
}
