// How it goes, by month: matches and contact in time, hand-overs and how long they take, and how many organisations are around one child (R8.6).
import { api } from "../../app/api";
import { useLoad } from "../../app/load";
import { t } from "../../app/text";
import { P, Section } from "../../components/basic";
import { BarChart } from "../../components/chart";
import { Load } from "../../components/load";
import { MonthChart } from "../../components/month-chart";
import type { Month, Part } from "../../components/month-chart";

type Count = number | null;
interface Matches { count: Count; inTime: Count; late: Count }
interface Handovers { count: Count; arrived: Count; wrong: Count }
interface MonthFigures { month: string; matches: Matches; asked: Handovers; received: Handovers; leadDays: Count }
interface Found { smallestTold: number; months: MonthFigures[]; circles: { count: Count; two: Count; three: Count; more: Count } }

const T = () => t.figures;

/** With what is left of the whole as the last part. */
function month(name: string, whole: Count, ...parts: Count[]): Month {
  const told = parts.every((one): one is number => one !== null) ? parts : null;
  return { month: name, whole, parts: told && whole !== null ? [...told, whole - told.reduce((sum, one) => sum + one, 0)] : null };
}

export function Figures() {
  const found = useLoad(() => api.get<Found>("/figures"), []);
  return <Load of={found}>{(figures) => <Shown figures={figures} />}</Load>;
}

/** Twelve months of nothing are a sentence, and no picture. */
function Year({ title, rows, ...chart }: { title: string; rows: readonly Month[]; whole: string; parts: readonly Part[]; more?: { name: string; of: (at: number) => string } }) {
  return <Section title={title}>{rows.every((one) => one.whole === 0) ? <P>{T().none}</P> : <MonthChart label={title} rows={rows} {...chart} />}</Section>;
}

function Shown({ figures: { months, circles, smallestTold } }: { figures: Found }) {
  const contact: Part[] = [{ name: T().inTime, tone: "good" }, { name: T().late, tone: "danger" }, { name: T().running, tone: "plain" }];
  const course: Part[] = [{ name: T().arrived, tone: "good" }, { name: T().wrong, tone: "danger" }, { name: T().running, tone: "plain" }];
  const days = { name: T().leadDays, of: (at: number) => { const one = months[at]?.leadDays; return one === null || one === undefined ? T().noDays : T().days(one); } };
  const rest = circles.count !== null && circles.two !== null && circles.three !== null && circles.more !== null;
  return (
    <>
      <P soft>{T().small(smallestTold)}</P>
      <Year title={T().matches} whole={T().found} parts={contact} rows={months.map((one) => month(one.month, one.matches.count, one.matches.inTime, one.matches.late))} />
      <Year title={T().asked} whole={T().all} parts={course} more={days} rows={months.map((one) => month(one.month, one.asked.count, one.asked.arrived, one.asked.wrong))} />
      <Year title={T().received} whole={T().all} parts={course} rows={months.map((one) => month(one.month, one.received.count, one.received.arrived, one.received.wrong))} />
      <Section title={T().circles}>
        {rest ? <BarChart label={T().circles} head={[T().organisations, T().children]} rows={[
          { name: T().two, count: circles.two ?? 0 }, { name: T().three, count: circles.three ?? 0 }, { name: T().four, count: circles.more ?? 0 },
        ]} /> : <P>{T().circlesHidden}</P>}
      </Section>
    </>
  );
}
