// Forms: labels, hints, errors beside the field and summed up above, as NL Design System prescribes. What the node finds wrong lands at
// its field too. A form is sent once: its key is the same until the node answered.
import type { ComponentChildren, JSX } from "preact";
import { createContext } from "preact";
import { useContext, useLayoutEffect, useId, useRef, useState } from "preact/hooks";
import { Refused, newKey } from "../app/api";
import { reasonIn } from "../app/reason";
import { t } from "../app/text";
import { Button } from "./basic";
import { Problem } from "./load";

export type Errors = Record<string, string | undefined>;
interface Inside { errors: Errors; id: (name: string) => string; label: (name: string, label: string) => void }
const FormContext = createContext<Inside>({ errors: {}, id: (name) => name, label: () => undefined });

/**
 * `check` says what is wrong, by field name; `send` does it, with the key of this attempt. `names` maps a field of the API to one of this
 * form where they are called otherwise.
 */
export function Form({ send, check, action, children, names = {}, look = "primary", cancel }: {
  send: (key: string) => Promise<void>; check?: () => Errors; action: string; children: ComponentChildren; names?: Record<string, string>;
  look?: "primary" | "danger"; cancel?: ComponentChildren;
}) {
  const base = useId();
  const [errors, setErrors] = useState<Errors>({});
  const [problem, setProblem] = useState<Refused | undefined>();
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const summary = useRef<HTMLDivElement>(null);
  const labels = useRef<Record<string, string>>({});
  const [turn, setTurn] = useState(0);
  // With the words themselves, not after: what is typed or pressed next must not end up elsewhere.
  useLayoutEffect(() => { if (turn) summary.current?.focus(); }, [turn]);

  const [checked, setChecked] = useState(false);
  const fail = (found: Errors, refused?: Refused) => {
    setChecked(!refused);
    setErrors(found);
    setProblem(refused);
    setTurn((before) => before + 1);
  };
  const submit: JSX.SubmitEventHandler<HTMLFormElement> = async (event) => {
    event.preventDefault();
    if (busy) return;
    const found = Object.fromEntries(Object.entries(check?.() ?? {}).filter(([, why]) => why));
    if (Object.keys(found).length > 0) return fail(found);
    setBusy(true);
    setErrors({});
    setProblem(undefined);
    try {
      await send(key.current);
      key.current = newKey();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status !== 0 && error.status !== 503) key.current = newKey(); // it was answered: the next attempt is another one
      const at: Errors = {};
      for (const { field, reason } of error.fields) {
        const name = field && (names[field] ?? field);
        if (name && labels.current[name]) at[name] = reasonIn(reason) ?? t.form.fieldWrong;
      }
      fail(at, error);
    } finally {
      setBusy(false);
    }
  };
  // What was mended is not said any more; what the node said stays until the form is sent again.
  const still = checked ? check?.() ?? {} : errors;
  const left: Errors = Object.fromEntries(Object.entries(errors).filter(([name]) => still[name]));
  const inside: Inside = { errors: left, id: (name) => `${base}-${name}`, label: (name, label) => { labels.current[name] = label; } };
  const listed = Object.entries(left).filter((one): one is [string, string] => Boolean(one[1]));
  return (
    <FormContext.Provider value={inside}>
      <form class="form" noValidate onSubmit={submit}>
        {(listed.length > 0 || problem) && (
          <div ref={summary} tabIndex={-1} class="stack-tight" role="group" aria-label={t.form.summary}>
            {problem && <Problem error={problem} />}
            {listed.length > 0 && (
              <div class="error-summary">
                <p class="alert__title">{t.form.summary}</p>
                <ul>{listed.map(([name, why]) => (
                  <li key={name}><a class="utrecht-link utrecht-link--html-a" href={`#${inside.id(name)}`} onClick={(event) => {
                    event.preventDefault();
                    document.getElementById(inside.id(name))?.focus();
                  }}>{(labels.current[name] ?? name).replace(/\?$/, "")}: {why}</a></li>
                ))}</ul>
              </div>
            )}
          </div>
        )}
        {children}
        <div class="row">
          <Button submit look={look} busy={busy}>{action}</Button>
          {cancel}
        </div>
      </form>
    </FormContext.Provider>
  );
}

/** `optional`: "unsaid" where everything is, as when one searches. */
interface FieldProps { name: string; label: string; hint?: ComponentChildren; optional?: boolean | "unsaid" }

/** What every field has around it. The control gets the ids by which a screen reader finds hint and error. */
function Field({ name, label, hint, optional, children }: FieldProps & {
  children: (ids: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined; "aria-required": boolean | undefined }) => ComponentChildren;
}) {
  const form = useContext(FormContext);
  form.label(name, label);
  const id = form.id(name), error = form.errors[name];
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div class={`field utrecht-form-field${error ? " field--invalid" : ""}`}>
      <label class="utrecht-form-label field__label" for={id}>{label}{optional === true && <span class="field__optional"> ({t.form.optional})</span>}</label>
      {hint && <div class="utrecht-form-field-description" id={`${id}-hint`}>{hint}</div>}
      {error && <div class="utrecht-form-field-error-message" id={`${id}-error`}>{error}</div>}
      {children({ id, "aria-describedby": described, "aria-invalid": error ? true : undefined, "aria-required": optional ? undefined : true })}
    </div>
  );
}

type Change = (value: string) => void;

export function TextField({ value, change, type = "text", max = 200, complete = "off", code, ...field }: FieldProps & {
  value: string; change: Change; type?: "text" | "password" | "date" | "time" | "tel" | "email" | "number"; max?: number; complete?: string; code?: boolean;
}) {
  return (
    <Field {...field}>{(ids) => (
      <input {...ids} class="utrecht-textbox utrecht-textbox--html-input" type={type} value={value} maxLength={type === "date" ? undefined : max}
        autocomplete={complete} inputMode={code ? "numeric" : undefined} spellcheck={false} onInput={(event) => change(event.currentTarget.value)} />
    )}</Field>
  );
}

/** Its button and the name of what was chosen are ours: those of a browser are in the language of the browser. */
export function FileField({ change, chosen, accept, disabled, ...field }: FieldProps & {
  change: (file: File | undefined) => void; chosen: File | undefined; accept: string; disabled?: boolean;
}) {
  return (
    <Field {...field}>{(ids) => (
      <>
        <input {...ids} class="file__input" type="file" accept={accept} disabled={disabled} onChange={(event) => change(event.currentTarget.files?.[0])} />
        <span class="file" onClick={() => document.getElementById(ids.id)?.click()}><span class="utrecht-button utrecht-button--secondary-action" aria-hidden="true">{t.files.choose}</span>{" "}
          <span class={chosen ? "" : "soft"}>{chosen?.name ?? t.files.notChosen}</span></span>
      </>
    )}</Field>
  );
}

export function TextArea({ value, change, rows = 4, max = 4000, ...field }: FieldProps & { value: string; change: Change; rows?: number; max?: number }) {
  return (
    <Field {...field}>{(ids) => (
      <textarea {...ids} class="utrecht-textarea utrecht-textarea--html-textarea" rows={rows} maxLength={max} value={value}
        onInput={(event) => change(event.currentTarget.value)} />
    )}</Field>
  );
}

export interface Option { value: string; label: string; hint?: ComponentChildren; disabled?: boolean }

export function Select({ value, change, options, ...field }: FieldProps & { value: string; change: Change; options: readonly Option[] }) {
  return (
    <Field {...field}>{(ids) => (
      <select {...ids} class="utrecht-select utrecht-select--html-select" value={value} onChange={(event) => change(event.currentTarget.value)}>
        {!options.some((one) => one.value === "") && value === "" && <option value="">{t.form.choose}</option>}
        {options.map((one) => <option key={one.value} value={one.value} disabled={one.disabled}>{one.label}</option>)}
      </select>
    )}</Field>
  );
}

/** A group of choices with one legend; the first of them is what an error leads to. */
function Choices({ name, label, hint, optional, type, options, chosen, toggle }: FieldProps & {
  type: "radio" | "checkbox"; options: readonly Option[]; chosen: readonly string[]; toggle: (value: string, on: boolean) => void;
}) {
  const form = useContext(FormContext);
  form.label(name, label);
  const id = form.id(name), error = form.errors[name];
  return (
    <fieldset class={`field${error ? " field--invalid" : ""}`} aria-describedby={[hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined}>
      <legend>{label}{optional === true && <span class="field__optional"> ({t.form.optional})</span>}</legend>
      {hint && <div class="utrecht-form-field-description" id={`${id}-hint`}>{hint}</div>}
      {error && <div class="utrecht-form-field-error-message" id={`${id}-error`}>{error}</div>}
      <div>{options.map((one, index) => (
        <label key={one.value} class="choice">
          <input type={type} id={index === 0 ? id : undefined} name={id} value={one.value} checked={chosen.includes(one.value)} disabled={one.disabled}
            onChange={(event) => toggle(one.value, event.currentTarget.checked)} />
          <span>{one.label}{one.hint && <span class="choice__hint">{one.hint}</span>}</span>
        </label>
      ))}</div>
    </fieldset>
  );
}

export function Radios({ value, change, ...rest }: FieldProps & { value: string; change: Change; options: readonly Option[] }) {
  return <Choices {...rest} type="radio" chosen={[value]} toggle={(one) => change(one)} />;
}

export function Checks({ value, change, ...rest }: FieldProps & { value: readonly string[]; change: (value: string[]) => void; options: readonly Option[] }) {
  const toggle = (one: string, on: boolean) => change(rest.options.map((option) => option.value).filter((option) => (option === one ? on : value.includes(option))));
  return <Choices {...rest} type="checkbox" chosen={value} toggle={toggle} />;
}

export function Check({ name, label, hint, value, change }: { name: string; label: string; hint?: ComponentChildren; value: boolean; change: (value: boolean) => void }) {
  const form = useContext(FormContext);
  form.label(name, label);
  const id = form.id(name), error = form.errors[name];
  return (
    <div class={`field${error ? " field--invalid" : ""}`}>
      {error && <div class="utrecht-form-field-error-message" id={`${id}-error`}>{error}</div>}
      <label class="choice">
        <input type="checkbox" id={id} checked={value} aria-invalid={error ? true : undefined} aria-describedby={error ? `${id}-error` : undefined}
          onChange={(event) => change(event.currentTarget.checked)} />
        <span>{label}{hint && <span class="choice__hint">{hint}</span>}</span>
      </label>
    </div>
  );
}
