// The rules of one file: which of its columns is which field, or what stands for every row, and what its words are called here.
import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { t } from "../../app/text";
import { Alert, Button, P, Section } from "../../components/basic";
import { FileField, Select, TextField } from "../../components/form";
import type { FileName } from "./import-job";
import { FIELDS, MOST_VALUES, NO_TEXT, REQUIRED, WORDS, columnsOf, emptyRule } from "./mapping";
import type { Pair, Rule } from "./mapping";

const T = () => t.mappings;
/** Longest name of a column, and longest word. */
const LONGEST = 200;

/** The first control in here: where the keyboard goes on after something came or went. */
const enter = (box: RefObject<HTMLElement>): void => box.current?.querySelector<HTMLElement>("select, input, button")?.focus();

export function FileRules({ file, rules, change }: { file: FileName; rules: readonly Rule[]; change: (rules: Rule[]) => void }) {
  const [example, setExample] = useState<File | undefined>();
  const [columns, setColumns] = useState<readonly string[] | undefined>();
  const [unread, setUnread] = useState("");
  const [field, setField] = useState("");
  const [added, setAdded] = useState("");
  const more = useRef<HTMLDivElement>(null);
  const called = t.administrator.import.files[file];
  const left = FIELDS[file].filter((one) => rules.every((rule) => rule.field !== one));

  const look = async (chosen: File | undefined) => {
    if (!chosen) return;
    const found = await columnsOf(chosen);
    setUnread(found ? "" : chosen.name);
    if (!found) return;
    setExample(chosen);
    setColumns(found);
    // What every row must have and the file calls otherwise, is to be pointed out.
    change([...rules, ...REQUIRED[file].filter((one) => left.includes(one) && !found.includes(one)).map(emptyRule)]);
  };
  const add = () => {
    if (!field) return;
    change([...rules, emptyRule(field)]);
    setAdded(field);
    setField("");
  };
  const remove = (rule: Rule) => {
    change(rules.filter((one) => one !== rule));
    enter(more);
  };
  const put = (rule: Rule) => change(rules.map((one) => (one.field === rule.field ? rule : one)));
  const used = (column: string) => left.includes(column) || rules.some((rule) => rule.way === "column" && rule.column === column);
  const unused = (columns ?? []).filter((one) => !used(one));
  return (
    <Section title={called}>
      <FileField name={`${file}-example`} label={T().example(called)} hint={T().exampleHint} optional accept={file === "fragments" ? ".json,.jsonl,.ndjson" : ".csv,.json,.jsonl,.ndjson"} chosen={example}
        change={(chosen) => void look(chosen)} />
      <div role="status" aria-live="polite">
        {unread ? <Alert kind="error" title={T().notRead(unread)} /> : columns && <P>{unused.length === 0 ? T().allUsed(columns.length) : T().unused(unused.join(", "))}</P>}
      </div>
      {rules.length === 0 && <P soft>{T().noRules}</P>}
      {rules.map((rule) => <OneRule key={rule.field} file={file} rule={rule} columns={columns} begin={rule.field === added} put={put} remove={() => remove(rule)} />)}
      {left.length > 0 && (
        <div class="field-row" ref={more}>
          <Select name={`${file}-add`} label={T().field(called)} value={field} change={setField} options={left.map((one) => ({ value: one, label: labelOf(file, one) }))} />
          <p><Button onClick={add} disabled={!field} label={T().addFieldOf(called)}>{T().addField}</Button></p>
        </div>
      )}
    </Section>
  );
}

function labelOf(file: FileName, field: string): string {
  const meaning = T().fields[field];
  return `${field}${meaning ? `: ${meaning}` : ""}${REQUIRED[file].includes(field) ? ` (${T().required})` : ""}`;
}

function OneRule({ file, rule, columns, begin, put, remove }: {
  file: FileName; rule: Rule; columns: readonly string[] | undefined; begin: boolean; put: (rule: Rule) => void; remove: () => void;
}) {
  const { field, way, values } = rule;
  const name = `${file}-${field}`;
  const text = !NO_TEXT.includes(field);
  const box = useRef<HTMLFieldSetElement>(null);
  useEffect(() => { if (begin) enter(box); }, []);
  return (
    <fieldset class="card rule stack" ref={box}>
      <legend>{labelOf(file, field)}</legend>
      <div class="field-row">
        {text && <Select name={`${name}-way`} label={T().from(field)} value={way} change={(next) => put({ ...rule, way: next === "constant" ? "constant" : "column" })}
          options={[{ value: "column", label: T().column }, { value: "constant", label: T().constant }]} />}
        {way === "constant" ? <Word name={name} label={T().constantOf(field)} field={field} value={rule.constant} change={(constant) => put({ ...rule, constant })} />
          : columns ? <Select name={name} label={T().columnOf(field)} value={rule.column} change={(column) => put({ ...rule, column })} options={choices(columns, rule.column)} />
            : <TextField name={name} label={T().columnOf(field)} value={rule.column} change={(column) => put({ ...rule, column })} max={LONGEST} />}
      </div>
      {text && way === "column" && <Values field={field} name={name} values={values} change={(next) => put({ ...rule, values: next })} />}
      <div class="row">
        {text && way === "column" && values.length < MOST_VALUES && (
          <Button onClick={() => put({ ...rule, values: [...values, { from: "", to: "" }] })} label={T().translateOf(field)}>{T().translate}</Button>
        )}
        <Button look="subtle" onClick={remove} label={T().takeAway(field)}>{T().takeField}</Button>
      </div>
    </fieldset>
  );
}

/** What was kept stays a choice, also when the example does not have it. */
const choices = (known: readonly string[], value: string) => [...known, ...(value && !known.includes(value) ? [value] : [])].map((one) => ({ value: one, label: one }));

/** One of our words, where there is a list of them. */
function Word({ name, label, field, value, change }: { name: string; label: string; field: string; value: string; change: (value: string) => void }) {
  const known = WORDS[field];
  if (!known) return <TextField name={name} label={label} value={value} change={change} max={LONGEST} />;
  return <Select name={name} label={label} value={value} change={change} options={choices(known, value).map((one) => ({ ...one, label: T().words[one.value] ?? one.label }))} />;
}

function Values({ field, name, values, change }: { field: string; name: string; values: readonly Pair[]; change: (values: Pair[]) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef(values.length);
  // A new pair is begun at once; after one is gone the keyboard is at the first that is left.
  useEffect(() => {
    if (values.length > shown.current) box.current?.lastElementChild?.querySelector("input")?.focus();
    if (values.length < shown.current) enter(box);
    shown.current = values.length;
  }, [values.length]);
  if (values.length === 0) return null;
  const put = (at: number, pair: Partial<Pair>) => change(values.map((one, index) => (index === at ? { ...one, ...pair } : one)));
  return (
    <div class="stack" ref={box}>{values.map((pair, at) => (
      <div class="field-row" key={at}>
        <TextField name={`${name}-from-${at}`} label={T().theirs(at + 1)} value={pair.from} change={(from) => put(at, { from })} max={LONGEST} />
        <Word name={`${name}-to-${at}`} label={T().ours(at + 1)} field={field} value={pair.to} change={(word) => put(at, { to: word })} />
        <p><Button look="subtle" onClick={() => change(values.filter((_, index) => index !== at))} label={T().takeValue(field, at + 1)}>{T().take}</Button></p>
      </div>
    ))}</div>
  );
}
