// Kolomnamen: how files of other systems are read, kept under a name; made, changed and removed here, chosen where files are read in.
import { useState } from "preact/hooks";
import { Refused, api } from "../../app/api";
import { useAct } from "../../app/act";
import { timeText } from "../../app/days";
import { useLoad } from "../../app/load";
import { go, to } from "../../app/route";
import { say } from "../../app/say";
import { t } from "../../app/text";
import { Alert, Button, Empty, Link, LinkButton, Page, Table } from "../../components/basic";
import { sure } from "../../components/confirm";
import { Form, Radios, TextField } from "../../components/form";
import { Load } from "../../components/load";
import { FILES } from "./import-job";
import { ImportTabs } from "./import-tabs";
import { FileRules } from "./mapping-rules";
import { NOTHING, addressOf, bodyOf, mappingAt, mistakesIn } from "./mapping";
import type { Mapping } from "./mapping";

const T = () => t.mappings;
const LIST = to(["import", "kolomnamen"]);
const NAME = /^[a-z0-9-]{1,40}$/;
const listed = () => api.get<{ mappings: { name: string; changed: string }[] }>("/import-mappings");

export function Mappings() {
  const found = useLoad(listed, [], ["imports"]);
  return (
    <Page title={T().title} intro={T().intro} actions={<LinkButton look="primary" to={to(["import", "kolomnamen", "nieuw"])}>{T().add}</LinkButton>}>
      <ImportTabs />
      <Load of={found}>{({ mappings }) => (mappings.length === 0 ? <Empty title={T().none}><p>{T().noneWhy}</p></Empty> : (
        <Table caption={T().title} head={[T().name, T().changed]} rows={mappings.map((one) => [
          <Link key={one.name} to={to(["import", "kolomnamen", "naam", one.name])}>{one.name}</Link>, timeText(one.changed),
        ])} />
      ))}</Load>
    </Page>
  );
}

export function NewMapping() {
  const known = useLoad(listed, []);
  return (
    <Page title={T().add} intro={T().addIntro} back={{ to: LIST, label: T().title }}>
      <Load of={known}>{({ mappings }) => <Editor mapping={NOTHING} taken={mappings.map((one) => one.name)} />}</Load>
    </Page>
  );
}

export function OneMapping({ params }: { params: Record<string, string> }) {
  const name = params.name ?? "";
  const [turn, setTurn] = useState(0);
  // Asked anew only when somebody wants the newest: what is typed here rests on what was shown.
  const shown = useLoad(() => mappingAt(name), [name, turn]);
  return (
    <Page title={T().one(name)} intro={T().addIntro} back={{ to: LIST, label: T().title }}>
      <Load of={shown}>{(mapping) => <Editor key={turn} mapping={mapping} newest={() => setTurn(turn + 1)} />}</Load>
    </Page>
  );
}

function Editor({ mapping: given, taken = [], newest }: { mapping: Mapping; taken?: readonly string[]; newest?: () => void }) {
  const [before] = useState(given);
  const [name, setName] = useState(before.name);
  const [others, setOthers] = useState(before.otherColumns);
  const [rules, setRules] = useState(before.rules);
  const [late, setLate] = useState(false);
  const { busy, run } = useAct();
  const fresh = before.name === "";

  /** Remembers that somebody else was first. */
  const guarded = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      setLate(error instanceof Refused && error.code === "changed-meanwhile");
      throw error;
    }
  };
  const check = () => ({
    name: !fresh ? undefined : !NAME.test(name) ? T().nameWrong : taken.includes(name) ? T().nameTaken : undefined,
    otherColumns: others === "refuse" && FILES.every((file) => rules[file].length === 0) ? T().nothing : undefined,
    ...Object.fromEntries(mistakesIn(rules).map(({ file, field, what }) => [`${file}-${field}`, T().wrong[what]])),
  });
  const save = () => guarded(async () => {
    await api.put(addressOf(name), bodyOf({ otherColumns: others, rules }), { etag: before.etag });
    say("ok", T().saved(name), true);
    go(LIST);
  });
  const remove = async () => {
    if (!(await sure({ title: T().removeSure(name), text: T().removeText, action: T().remove, danger: true }))) return;
    if (!(await run(() => guarded(() => api.remove(addressOf(name), { etag: before.etag }))))) return;
    say("ok", T().removed(name), true);
    go(LIST);
  };
  return (
    <Form action={T().save} check={check} send={save} cancel={(
      <>
        <LinkButton to={LIST}>{t.form.cancel}</LinkButton>
        {!fresh && <Button look="danger" busy={busy} onClick={() => void remove()}>{T().remove}</Button>}
      </>
    )}>
      {late && newest && <Alert kind="warning" title={T().late}><p>{T().lateWhy}</p><p><Button onClick={newest}>{T().newest}</Button></p></Alert>}
      {fresh && <TextField name="name" label={T().name} hint={T().nameHint} value={name} change={setName} max={40} />}
      <Radios name="otherColumns" label={T().others} value={others} change={setOthers} options={[
        { value: "ignore", label: T().ignore, hint: T().ignoreHint }, { value: "refuse", label: T().refuse, hint: T().refuseHint },
      ]} />
      {FILES.map((file) => <FileRules key={file} file={file} rules={rules[file]} change={(next) => setRules((all) => ({ ...all, [file]: next }))} />)}
    </Form>
  );
}
