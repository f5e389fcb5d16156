import { render } from "preact";
import { start } from "./app/session";
import { App } from "./frame";

const root = document.getElementById("app");
if (root) render(<App />, root);
void start();
