import { render } from "preact";
import { keepFocus } from "./app/focus";
import { start } from "./app/session";
import { loadTexts } from "./app/text";
import { App } from "./frame";

await loadTexts();
const root = document.getElementById("app");
if (root) render(<App />, root);
keepFocus();
void start();
