// Headings, links, buttons, messages: the components of NL Design System, as this console writes them.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../app/text";
import { Icon } from "./icon";
import type { IconName } from "./icon";

/** A screen: its title is what focus moves to when somebody comes here. */
export function Page({ title, intro, back, actions, children }: {
  title: string; intro?: ComponentChildren; back?: { to: string; label: string }; actions?: ComponentChildren; children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => { document.title = `${title} · Knoop`; }, [title]);
  // At once: a key pressed before it would go nowhere, or be undone.
  useLayoutEffect(() => {
    // Not when the page was just loaded: then a reader begins at the top.
    if (document.documentElement.dataset.moved) heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <>
      {back && <p class="crumb"><Link to={back.to}>‹ {back.label}</Link></p>}
      <div class="page-head stack-tight">
        <div class="row-apart">
          <h1 class="utrecht-heading-1" tabIndex={-1} ref={heading}>{title}</h1>
          {actions && <div class="row no-print">{actions}</div>}
        </div>
        {intro && <p class="utrecht-paragraph measure soft">{intro}</p>}
      </div>
      {children}
    </>
  );
}

export function H2({ children, id }: { children: ComponentChildren; id?: string }) { return <h2 class="utrecht-heading-2" id={id}>{children}</h2>; }
/** A small heading; `level` 2 where it stands right below the title of the page. */
export function H3({ children, level = 3 }: { children: ComponentChildren; level?: 2 | 3 }) {
  return level === 2 ? <h2 class="utrecht-heading-3">{children}</h2> : <h3 class="utrecht-heading-3">{children}</h3>;
}
export function P({ children, soft }: { children: ComponentChildren; soft?: boolean }) {
  return <p class={`utrecht-paragraph measure${soft ? " soft" : ""}`}>{children}</p>;
}
/** A part of a screen with its own heading. */
export function Section({ title, children, actions }: { title: string; children: ComponentChildren; actions?: ComponentChildren }) {
  return <section class="stack"><div class="row-apart"><H2>{title}</H2>{actions}</div>{children}</section>;
}

export function Link({ to, children, current }: { to: string; children: ComponentChildren; current?: boolean }) {
  return <a class="utrecht-link utrecht-link--html-a" href={to} aria-current={current ? "page" : undefined}>{children}</a>;
}

type Look = "primary" | "secondary" | "subtle" | "danger";
const LOOKS: Record<Look, string> = {
  primary: "utrecht-button--primary-action", secondary: "utrecht-button--secondary-action", subtle: "utrecht-button--subtle",
  danger: "utrecht-button--primary-action utrecht-button--danger",
};

export function Button({ look = "secondary", busy, submit, children, onClick, label, disabled }: {
  look?: Look; busy?: boolean; submit?: boolean; children: ComponentChildren; onClick?: () => void; label?: string; disabled?: boolean;
}) {
  // Stays focusable while it works: a button that vanishes loses the keyboard's place.
  const press: JSX.MouseEventHandler<HTMLButtonElement> = (event) => {
    if (busy || disabled) event.preventDefault();
    else onClick?.();
  };
  return (
    <button type={submit ? "submit" : "button"} class={`utrecht-button ${LOOKS[look]}`} onClick={press} aria-label={label} aria-busy={busy || undefined}
      aria-disabled={busy || disabled || undefined}>{children}</button>
  );
}
/** Looks like a button, goes somewhere. */
export function LinkButton({ to, look = "secondary", children }: { to: string; look?: Look; children: ComponentChildren }) {
  return <a class={`utrecht-button utrecht-button--html-a ${LOOKS[look]}`} href={to}>{children}</a>;
}

export type Kind = "ok" | "error" | "warning" | "info";
const ALERT_ICON: Record<Kind, IconName> = { ok: "check", error: "cross", warning: "warning", info: "info" };

export function Alert({ kind, title, children }: { kind: Kind; title?: string; children?: ComponentChildren }) {
  return (
    <div class={`utrecht-alert utrecht-alert--${kind} alert fade-in`}>
      <div class="utrecht-alert__icon alert__icon"><Icon name={ALERT_ICON[kind]} /></div>
      <div class="utrecht-alert__content stack-tight">
        <span class="only-read-aloud">{t.alert[kind]}</span>
        {title && <p class="alert__title">{title}</p>}
        {children && <div class="stack-tight">{children}</div>}
      </div>
    </div>
  );
}

export type Tone = "danger" | "warning" | "good" | "info" | "plain";
/** A status in words, with a colour and a picture that say the same. */
export function Badge({ tone = "plain", icon, children }: { tone?: Tone; icon?: IconName; children: ComponentChildren }) {
  return <span class={`badge badge--${tone}`}>{icon && <Icon name={icon} />}{children}</span>;
}

/** Nothing to show: says what this is for and what to do. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return <div class="empty stack-tight"><p class="alert__title">{title}</p>{children && <div class="measure stack-tight">{children}</div>}</div>;
}

/** A text for the family. Its lines are as long as there was room where it was written; here they take the room there is. */
export function Sheet({ text, lang }: { text: string; lang?: string }) {
  return <div class="sheet" lang={lang}>{text.replace(/([^\n:])\n *(?=\p{Ll})/gu, "$1 ")}</div>;
}

export function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren] | null)[] }) {
  return <dl class="facts">{rows.flatMap((row) => (row ? [<dt key={`t${row[0]}`}>{row[0]}</dt>, <dd key={`d${row[0]}`}>{row[1]}</dd>] : []))}</dl>;
}

/** Names of columns and cells; scrolls by itself when it is too wide, also by keyboard. */
export function Table({ caption, head, rows }: { caption: string; head: readonly string[]; rows: readonly (readonly ComponentChildren[])[] }) {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={caption}>
      <table class="utrecht-table">
        <caption class="only-read-aloud">{caption}</caption>
        <thead class="utrecht-table__header"><tr>{head.map((one) => <th key={one} scope="col" class="utrecht-table__header-cell">{one}</th>)}</tr></thead>
        <tbody class="utrecht-table__body">{rows.map((cells, row) => (
          <tr key={row} class="utrecht-table__row">{cells.map((cell, column) => <td key={column} class="utrecht-table__cell">{cell}</td>)}</tr>
        ))}</tbody>
      </table>
    </div>
  );
}
