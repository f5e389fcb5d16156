// What is shown while something is asked of the node, and when it refuses.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Refused } from "../app/api";
import type { Loaded } from "../app/load";
import { reasonIn } from "../app/reason";
import { t } from "../app/text";
import { Alert, Button } from "./basic";

/** True after a while: what comes within a blink needs no "one moment". */
function useLate(milliseconds: number): boolean {
  const [late, set] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => set(true), milliseconds);
    return () => clearTimeout(timer);
  }, []);
  return late;
}

export function Waiting() {
  return useLate(300) ? <p role="status" class="soft">{t.load.waiting}</p> : <p aria-hidden="true" class="soft">{"\u00a0"}</p>;
}

const exactly = (detail: string) => {
  const ours = reasonIn(detail);
  return ours ? <p>{ours}</p> : <p lang="en">{detail}</p>;
};

/** What the node refused, in a sentence, with what exactly behind it. */
export function Problem({ error, again }: { error: Refused; again?: () => void }) {
  return (
    <Alert kind="error" title={error.message}>
      {error.detail && <details><summary>{t.problem.detail}</summary>{exactly(error.detail)}</details>}
      {again && <p><Button onClick={again}>{t.load.again}</Button></p>}
    </Alert>
  );
}

export function Load<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Problem error={of.error} again={() => void of.reload()} />;
  return <Waiting />;
}
