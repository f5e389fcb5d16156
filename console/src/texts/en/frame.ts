import type { Texts } from "../nl";

export const frame: Texts["frame"] = {
  skip: "To the content",
  signOut: "Sign out",
  navigation: "Main menu",
  nothingHere: "There is no such page",
  nothingHereWhy: "The address is wrong, or the page belongs to another role than yours.",
  toStart: "To the start",
  broken: "Something went wrong here",
  brokenWhy: "This screen could not be shown. What you recorded before is kept. Go to the start or load the page again.",
  theme: "Appearance",
  themes: { system: "as this device", light: "light", dark: "dark" },
  language: "Language",
  madeOf: "Knoop: every organisation keeps its own records.",
};
export const roles: Texts["roles"] = {
  professional: "Professional",
  "team-lead": "Team lead",
  "privacy-officer": "Privacy officer",
  administrator: "Administrator",
  monitor: "Monitor",
  service: "System",
};
export const alert: Texts["alert"] = { ok: "Done:", error: "Error:", warning: "Mind:", info: "For your information:" };
export const load: Texts["load"] = { waiting: "One moment…", again: "Try again" };
export const problem: Texts["problem"] = {
  unreachable: "The node cannot be reached. Check your connection and try again; what you filled in is still there.",
  unknown: "The node gave an answer that this page does not understand. Load the page again.",
  detail: "What exactly went wrong (for the administrator)",
};
export const form: Texts["form"] = {
  summary: "Check what you filled in",
  optional: "not required",
  choose: "Make a choice",
  fieldWrong: "check what stands here",
  cancel: "Cancel",
};
export const days: Texts["days"] = {
  today: "today",
  tomorrow: "tomorrow",
  inDays: (days) => `in ${days} days`,
  late: (days) => (days === 1 ? "1 day late" : `${days} days late`),
};
export const signIn: Texts["signIn"] = {
  title: "Sign in",
  name: "User name",
  nameMissing: "fill in your user name",
  password: "Password",
  passwordMissing: "fill in your password",
  code: "Code",
  codeHint: "The six digits that your authenticator app shows now.",
  codeMissing: "fill in the six digits",
  action: "Sign in",
  elsewhere: (name) => `Sign in with ${name}`,
  orHere: "Or sign in with an account of this node:",
  ended: "You were signed out because nothing happened for a while. Sign in again to go on.",
};
export const factor: Texts["factor"] = {
  title: "Set up the second step",
  askTitle: "Second step",
  askIntro: "You are signed in at your organisation. Now give the code that your authenticator app shows.",
  intro: "Beside your password you need a code from an authenticator app. You set that up once.",
  scan: "1. Scan this code with your app",
  picture: "QR code for your authenticator app",
  cannotScan: "Cannot scan?",
  type: "Choose in the app to enter a key and type this:",
  confirm: "2. Fill in the code that the app shows now",
  action: "Confirm",
};
