import { render } from "preact";
import { keepFocus } from "./app/focus";
import { start } from "./app/session";
import { App } from "./frame";

const root = document.getElementById("app");
if (root) render(<App />, root);
keepFocus();
void start();
