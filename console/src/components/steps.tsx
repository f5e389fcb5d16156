// Steps that follow one another: done, at hand, later, or wrong. Drawn as a line of dots; the words say the same.
import type { ComponentChildren } from "preact";
import { t } from "../app/text";
import { Icon } from "./icon";

export interface StepShown { name: string; state: "done" | "now" | "later" | "wrong"; children?: ComponentChildren }

export function Steps({ label, steps }: { label: string; steps: readonly StepShown[] }) {
  return (
    <ol class="steps" aria-label={label}>{steps.map((one, index) => (
      <li key={one.name} class={`steps__step steps__step--${one.state}`} aria-current={one.state === "now" || one.state === "wrong" ? "step" : undefined}>
        <span class="steps__dot" aria-hidden="true">{one.state === "done" ? <Icon name="check" /> : one.state === "wrong" ? <Icon name="warning" /> : index + 1}</span>
        <div><p class="steps__name">{one.name}<span class="only-read-aloud"> ({t.steps[one.state]})</span></p><div class="small">{one.children}</div></div>
      </li>
    ))}</ol>
  );
}
