// Team: who has how much to do and what of it is late, and the tasks of one of them. The first look of a team lead.
import { useEffect, useRef, useState } from "preact/hooks";
import { dayText } from "../../app/days";
import { land } from "../../app/focus";
import { useLoad } from "../../app/load";
import { go, to } from "../../app/route";
import { personName } from "../../app/session";
import { t } from "../../app/text";
import { Badge, Button, Empty, Page, Section, Table } from "../../components/basic";
import { Load } from "../../components/load";
import { urgencyOf } from "../../components/term";
import { Row, load } from "../work";
import type { Shown } from "../work";
import { askFor } from "./caseload";
import { TeamTabs } from "./tabs";

interface Share { owner: string; items: Shown[]; late: number; soon: number }

/** By person; what is nobody's first, then who is most behind. */
function shares(items: readonly Shown[]): Share[] {
  const by = new Map<string, Share>();
  for (const item of items) {
    const owner = personName(item.owner); // some things are held by name, some by account
    const share = by.get(owner) ?? { owner, items: [], late: 0, soon: 0 };
    by.set(owner, share);
    share.items.push(item);
    const urgency = urgencyOf(item.stage, item.due);
    if (urgency === "late") ++share.late;
    if (urgency === "soon") ++share.soon;
  }
  return [...by.values()].sort((a, b) => Number(b.owner === "") - Number(a.owner === "") || b.late - a.late || b.soon - a.soon || a.owner.localeCompare(b.owner));
}

export function TeamWork() {
  const work = useLoad(() => load(""), [], ["work", "matches", "handovers", "fragments"]);
  const [chosen, choose] = useState<string | undefined>();
  const tasks = useRef<HTMLDivElement>(null);
  useEffect(() => land(tasks.current?.querySelector<HTMLElement>("h2")), [chosen]);
  const text = t.team.work;
  return (
    <Page title={text.title} intro={text.intro}>
      <TeamTabs />
      <Load of={work}>{(items) => {
        const people = shares(items);
        const shown = people.find((one) => one.owner === chosen);
        if (people.length === 0) return <Empty title={text.empty}><p>{text.emptyWhy}</p></Empty>;
        return (
          <div class="stack-wide">
            <Table caption={text.table} head={[text.who, text.open, text.late, text.soon, text.first, text.look]} rows={people.map((one) => [
              one.owner || <strong key="nobody">{text.nobody}</strong>, one.items.length,
              one.late > 0 ? <Badge key="late" tone="danger" icon="warning">{one.late}</Badge> : 0, one.soon > 0 ? <Badge key="soon" tone="warning" icon="clock">{one.soon}</Badge> : 0,
              dayText(one.items[0]?.due ?? ""), <Button key="look" label={text.tasksOf(one.owner || text.nobody)} onClick={() => choose(one.owner)}>{text.tasks}</Button>,
            ])} />
            <div ref={tasks}>{shown && (
              <Section title={text.tasksOf(shown.owner || text.nobody)} actions={shown.owner && (
                <Button onClick={() => { askFor(shown.owner); go(to(["team", "medewerker"])); }}>{text.everything(shown.owner)}</Button>
              )}>
                <ul class="work">{shown.items.map((item) => <Row key={`${item.kind} ${item.id}`} item={item} />)}</ul>
              </Section>
            )}</div>
          </div>
        );
      }}</Load>
    </Page>
  );
}
