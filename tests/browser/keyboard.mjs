// Hands on a keyboard and nothing else: Tab, Shift-Tab, Space, Enter, arrows and typing. Wherever the focus comes, it can be seen.
import assert from "node:assert/strict";

/** What has the focus: how it is called, and whether somebody sees that it is there. Nothing when it is not called as `wanted`. */
function here(wanted) {
  const one = document.activeElement;
  const label = document.getElementById(one.getAttribute("aria-labelledby")) ?? one.labels?.[0] ?? one;
  const called = (one.getAttribute("aria-label") ?? label.textContent ?? "").trim();
  if (wanted && !(wanted.text ? called.startsWith(wanted.text) : new RegExp(wanted.pattern).test(called))) return null;
  // The field of a file is shown by its button.
  const shown = one.type === "file" ? document.querySelector(".file__input:focus + .file .utrecht-button") ?? one : one;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const marked = one.matches("[type=checkbox], [type=radio]") || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  return { called, marked, inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth };
}
const named = (name) => (typeof name === "string" ? { text: name } : { pattern: name.source });

/** Presses Tab until the focus is on something of this name; what the keyboard cannot reach fails. */
export async function tabTo(page, name, key = "Tab") {
  const passed = [];
  for (let count = 0; count < 400; ++count) {
    await page.keyboard.press(key);
    const found = await page.evaluate(here, named(name));
    if (!found) {
      passed.push((await page.evaluate(here)).called.slice(0, 40));
      continue;
    }
    assert.ok(found.marked, `where the keyboard is can be seen: ${name}`);
    assert.ok(found.inView, `what has the focus is on the screen: ${name}`);
    return;
  }
  assert.fail(`the keyboard never reaches: ${name}; it passes ${[...new Set(passed)].join(" | ")}`);
}

export async function press(page, name, key = "Enter") {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

export async function type(page, label, text) {
  await tabTo(page, label);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

/** Types the beginning of an option, as a person would. */
export async function choose(page, label, option) {
  await tabTo(page, label);
  await page.keyboard.type(option);
  await page.waitForFunction((wanted) => document.activeElement.selectedOptions?.[0]?.text.startsWith(wanted), option);
}

/** The focus comes to something of this name by itself, without a key. */
export async function lands(page, name) {
  await page.waitForFunction(here, named(name))
    .catch(async () => assert.fail(`the focus came to "${(await page.evaluate(here)).called.slice(0, 80)}", not to ${name}`));
}

/** After what was filled in wrong: the focus is on what says so, whose first link leads to the field. */
export async function corrects(page, why, field) {
  await lands(page, "Controleer wat u invulde");
  await press(page, why);
  await lands(page, field);
}

/** Who does not look hears it too: it is said in a live region. */
export async function hears(page, said) {
  await page.locator("[role=status], [aria-live=polite]").getByText(said).first().waitFor({ state: "attached" });
}

/** A question: out of it by Escape, back at the button that asked; then again, and yes. */
export async function confirms(page, action, opener = action) {
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await lands(page, opener);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  for (let count = 0; count < 4; ++count) {
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog")), "nothing behind a question has the focus");
  }
  await press(page, action);
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/** The new screen is there and has the focus: who types before that types nowhere. */
export async function arrived(desk, page, heading) {
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  await desk.focused(page, "main h1");
  await desk.settled(page);
}

/** By the navigation, from wherever the focus is. */
export async function goTo(desk, page, link, heading) {
  await tabTo(page, new RegExp(`^${link}$`), "Shift+Tab");
  await page.keyboard.press("Enter");
  await arrived(desk, page, heading);
}
