// Asks before something that cannot be undone: `if (await sure({…}))`. The browser's own dialog keeps the keyboard inside and gives focus back.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../app/text";
import { Button, H2 } from "./basic";

interface Question { title: string; text: string; action: string; danger?: boolean }
interface Asked extends Question { answer: (yes: boolean) => void }

let show: ((asked: Asked) => void) | undefined;

export function sure(question: Question): Promise<boolean> {
  return new Promise((answer) => (show ? show({ ...question, answer }) : answer(false)));
}

export function ConfirmHost() {
  const [asked, set] = useState<Asked | undefined>();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    show = set;
    return () => { show = undefined; };
  }, []);
  useEffect(() => {
    if (!asked) return;
    dialog.current?.showModal();
    // A second Enter of a hand that was too fast does nothing that hurts.
    if (asked.danger) dialog.current?.querySelector<HTMLElement>("button:last-of-type")?.focus();
  }, [asked]);
  if (!asked) return null;
  const close = (yes: boolean) => {
    dialog.current?.close();
    set(undefined);
    asked.answer(yes);
  };
  return (
    <dialog ref={dialog} aria-labelledby="confirm-title" aria-describedby="confirm-text" onCancel={(event) => { event.preventDefault(); close(false); }}>
      <div class="stack">
        <H2 id="confirm-title">{asked.title}</H2>
        <p class="utrecht-paragraph" id="confirm-text">{asked.text}</p>
        <div class="row">
          <Button look={asked.danger ? "danger" : "primary"} onClick={() => close(true)}>{asked.action}</Button>
          <Button onClick={() => close(false)}>{t.form.cancel}</Button>
        </div>
      </div>
    </dialog>
  );
}
