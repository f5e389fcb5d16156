// A term: until when, in words, with the colour and the sign of how late it is.
import { dayText, daysUntil, dueText } from "../app/days";
import { t } from "../app/text";
import { Badge } from "./basic";

export type Urgency = "late" | "soon" | "later";

/** `stage` is the node's: it knows the working days and the convenant. */
export function urgencyOf(stage: string, due: string): Urgency {
  if (stage === "te laat" || stage === "opgeschaald" || daysUntil(due) < 0) return "late";
  return stage === "bijna verlopen" ? "soon" : "later";
}

export function Term({ stage, due }: { stage: string; due: string }) {
  const urgency = urgencyOf(stage, due);
  return (
    <span class="stack-tight">
      <Badge tone={urgency === "late" ? "danger" : urgency === "soon" ? "warning" : "plain"} icon={urgency === "late" ? "warning" : "clock"}>
        {stage === "opgeschaald" ? `${t.words.stages[stage] ?? stage}, ${dueText(due)}` : dueText(due)}
      </Badge>{" "}
      <span class="soft small">{t.work.due(dayText(due))}</span>
    </span>
  );
}
