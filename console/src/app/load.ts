// What a screen shows, asked of the node: when it appears, when what it depends on changes, and when the node says that it changed.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Refused } from "./api";
import { onTopic } from "./live";
import type { Topic } from "./live";

export interface Loaded<T> { data?: T; error?: Refused; reload: () => Promise<void> }

export function useLoad<T>(ask: () => Promise<T>, depends: readonly unknown[], topics: readonly Topic[] = []): Loaded<T> {
  const [state, set] = useState<{ data?: T; error?: Refused }>({});
  const turn = useRef(0);
  const asking = useRef(ask);
  asking.current = ask;
  const run = useCallback(async (anew: boolean) => {
    const mine = ++turn.current;
    if (anew) set({});
    try {
      const data = await asking.current();
      if (mine === turn.current) set({ data });
    } catch (error) {
      // What is on the screen stays there when only a refresh failed.
      if (mine === turn.current && error instanceof Refused) set((before) => (before.data !== undefined && !anew ? before : { error }));
    }
  }, []);
  useLayoutEffect(() => { void run(true); }, depends); // at once: what was asked before must not stand under what is asked now
  useEffect(() => onTopic(topics, () => void run(false)), [topics.join()]);
  return { ...state, reload: () => run(false) };
}
