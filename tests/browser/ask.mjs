// What a test prepares without the screens that it is about: the same requests, as the person who sits at this page.
import assert from "node:assert/strict";

export async function ask(page, method, path, body) {
  const answer = await page.evaluate(async ([method, path, body]) => {
    const { csrfToken } = await (await fetch("/api/v1/session")).json();
    const got = await fetch(`/api/v1${path}`, { method, headers: { "X-CSRF-Token": csrfToken, ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : undefined });
    return { status: got.status, text: await got.text() };
  }, [method, path, body ?? (method === "POST" ? {} : undefined)]);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text || "{}");
}

/** Text that would run, or break a page, if anything drew it as anything but text. */
export const HOSTILE = `<img src=x onerror=alert(1)>"'--><script>alert(2)</script>{{7*7}}`;
export const LONG = "Een heel lange toelichting zonder einde ".repeat(20) + "A".repeat(200);
