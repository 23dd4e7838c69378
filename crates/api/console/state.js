// What a screen shows instead of its content: loading, nothing there, a problem with its sentence and
// the request id to quote. And what is told in passing.

import { button, h } from "./element.js";

/** While something is asked for. */
export function loading() {
  return h("p", { class: "loading", role: "status" }, "Loading…");
}

/** Nothing there; says what would bring something. */
export function empty(sentence, ...next) {
  return h("div", { class: "empty" }, h("p", {}, sentence), next);
}

/** A problem as people read it. */
export function explained(problem) {
  const lines = (problem.errors ?? []).filter((error) => error.detail !== problem.detail);
  return h("div", { class: "problem" },
    h("strong", {}, problem.title ?? "Something failed in this page"),
    h("p", {}, problem.detail ?? problem.message ?? String(problem)),
    lines.length > 0 && h("ul", {}, lines.map((error) => h("li", {}, error.detail))),
    problem.instance && h("p", { class: "quiet" }, "If you ask for help, quote request ", h("code", {}, problem.instance)));
}

/** A problem in place of the content, with a way to try again; a lost connection tries by itself. */
export function failed(problem, again) {
  const shown = h("div", { role: "alert" }, explained(problem), button("Try again", again));
  if (problem.offline) addEventListener("online", () => shown.isConnected && again(), { once: true });
  return shown;
}

/** Shows what `work` answers in `place`; loading before, the problem if it fails. */
export async function show(place, work, signal) {
  place.replaceChildren(loading());
  place.setAttribute("aria-busy", "true");
  try {
    const content = await work();
    if (!signal?.aborted) place.replaceChildren(...[content].flat());
  } catch (problem) {
    if (!signal?.aborted) place.replaceChildren(failed(problem, () => show(place, work, signal)));
  } finally {
    place.removeAttribute("aria-busy");
  }
  return place;
}

/** A place that fills itself. */
export function pending(work, signal, properties = {}) {
  const place = h("div", properties);
  show(place, work, signal);
  return place;
}

/** What was told just now is told of the step that led to another screen. */
const JUST_NOW_MS = 1000;
let toldAt = 0;
const passing = h("div", { class: "passing", role: "status" });

/** Tells in passing, without taking the focus. */
export function tell(...content) {
  // Above an open dialog, which nothing else reaches.
  ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(passing);
  toldAt = Date.now();
  const note = h("div", {}, h("div", {}, content));
  note.append(button("Close", () => note.remove(), { class: "plain" }));
  passing.replaceChildren(note);
}

/** Takes away what was told, when another screen is shown. */
export function hush() {
  if (Date.now() - toldAt > JUST_NOW_MS) passing.replaceChildren();
}

const banner = h("p", { class: "offline", role: "status", hidden: true });

/** Whether the service can be reached, told above everything. */
export function connection() {
  addEventListener("online", () => reach(true));
  addEventListener("offline", () => reach(false));
  reach(navigator.onLine);
  return banner;
}

/** Notes that the service was reached, or not. */
export function reach(there) {
  if (banner.hidden === there) return;
  banner.hidden = there;
  banner.textContent = there ? "" : "No connection. What you typed is kept; what is shown may be old.";
}
