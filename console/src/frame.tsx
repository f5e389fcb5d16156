// What stands around every screen: header, navigation, messages, footer; and signing in when nobody is.
import { Component } from "preact";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { fits, usePlace } from "./app/route";
import { hush, onSaid, said, say } from "./app/say";
import { screens } from "./app/screens";
import type { Screen } from "./app/screens";
import { current, onChange, signOut } from "./app/session";
import type { Role } from "./app/session";
import { language, setLanguage, t } from "./app/text";
import { theme, setTheme } from "./app/theme";
import { Alert, Button, Empty, Link, Page } from "./components/basic";
import { ConfirmHost } from "./components/confirm";
import { Mark } from "./components/icon";
import { Waiting } from "./components/load";
import { SignIn } from "./screens/sign-in";
import { SecondFactor } from "./screens/second-factor";

export function App() {
  const [, draw] = useState(0);
  useLayoutEffect(() => onChange(() => draw((before) => before + 1)), []); // at once: the node may answer before the first paint
  const again = () => draw((before) => before + 1);
  return <Frame key={language} redraw={again} />;
}

function Frame({ redraw }: { redraw: () => void }) {
  const { phase } = current();
  return (
    <div class="frame">
      <a class="utrecht-skip-link utrecht-skip-link--visible-on-focus" href="#main" onClick={(event) => {
        event.preventDefault();
        document.querySelector<HTMLElement>("#main h1")?.focus();
      }}>{t.frame.skip}</a>
      {phase === "in" && <Header />}
      {phase === "in" && <Navigation />}
      <main class="frame-main" id="main">
        <Notes />
        <Caught key={phase}>
          {phase === "starting" ? <Waiting /> : phase === "out" ? <SignIn /> : phase === "factor" ? <SecondFactor /> : <Here />}
        </Caught>
      </main>
      <Footer redraw={redraw} />
      <ConfirmHost />
    </div>
  );
}

function Header() {
  const { session, organisation } = current();
  if (!session) return null;
  return (
    <header class="frame-header on-header">
      <div class="frame-header__inside">
        <div class="frame-mark"><Mark />Knoop</div>
        <div class="frame-organisation">{organisation}</div>
        <div class="frame-person">
          <div class="frame-person__name">{session.displayName || session.account}<span class="frame-person__role">{t.roles[session.role]}</span></div>
          <Button look="subtle" onClick={() => void signOut()}>{t.frame.signOut}</Button>
        </div>
      </div>
    </header>
  );
}

const forRole = (role: Role): Screen[] => screens().filter((screen) => screen.roles.includes(role));

function Navigation() {
  const { path } = usePlace();
  const role = current().session?.role;
  if (!role) return null;
  const entries = forRole(role).filter((screen) => screen.nav);
  const first = entries[0];
  return (
    <nav class="frame-nav" aria-label={t.frame.navigation}>
      <div class="frame-nav__inside">
        <ul>{entries.map((screen) => {
          const here = path.length === 0 ? screen === first : path[0] === screen.path.split("/")[0];
          return <li key={screen.path}><a href={`#/${screen.path}`} aria-current={here ? "page" : undefined}>{screen.nav?.()}</a></li>;
        })}</ul>
      </div>
    </nav>
  );
}

function Here() {
  const where = usePlace();
  useEffect(hush, [where.text]);
  const role = current().session?.role;
  const mine = role ? forRole(role) : [];
  const path = where.path.length === 0 ? (mine.find((screen) => screen.nav)?.path.split("/") ?? []) : where.path;
  for (const screen of mine) {
    const params = fits(screen.path, path);
    if (params) return <Caught key={where.text}><screen.show key={where.text} params={params} /></Caught>;
  }
  return (
    <Page title={t.frame.nothingHere}>
      <Empty title={t.frame.nothingHereWhy}>{mine.some((screen) => screen.nav) && <p><Link to="#/">{t.frame.toStart}</Link></p>}</Empty>
    </Page>
  );
}

/** What happened, read aloud; the region is always there, or a screen reader misses its first words. */
function Notes() {
  const [, draw] = useState(0);
  useLayoutEffect(() => onSaid(() => draw((before) => before + 1)), []);
  const note = said();
  return <div class="frame-notes" role="status" aria-live="polite">{note && <Alert key={note.number} kind={note.kind} title={note.text} />}</div>;
}

function Footer({ redraw }: { redraw: () => void }) {
  const themes = ["system", "light", "dark"] as const;
  return (
    <footer class="frame-footer">
      <div class="frame-footer__inside">
        <label>{t.frame.theme}{" "}
          <select value={theme()} onChange={(event) => setTheme(event.currentTarget.value)}>
            {themes.map((one) => <option key={one} value={one}>{t.frame.themes[one]}</option>)}
          </select>
        </label>
        <label>{t.frame.language}{" "}
          <select value={language} onChange={(event) => {
            const select = event.currentTarget;
            setLanguage(select.value === "en" ? "en" : "nl").then(redraw, () => {
              select.value = language;
              say("error", t.problem.unreachable);
            });
          }}>
            <option value="nl" lang="nl">Nederlands</option>
            <option value="en" lang="en">English</option>
          </select>
        </label>
        <span class="soft">{t.frame.madeOf}</span>
      </div>
    </footer>
  );
}

/** A mistake of ours in one screen leaves the frame, and a way out. */
class Caught extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };
  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ broken: true });
  }
  override render() {
    return this.state.broken ? <Page title={t.frame.broken}><Empty title={t.frame.brokenWhy}><p><Link to="#/">{t.frame.toStart}</Link></p></Empty></Page> : this.props.children;
  }
}
