// An export that was just confirmed: ten seconds to undo it, then how it goes, live, to its end.

import { button, freshId, h, replace } from "../element.js";
import { followExport, status } from "../live.js";
import { once } from "../once.js";
import { link } from "../route.js";
import { explained } from "../state.js";
import { count } from "../words.js";

/** How many are watched side by side: a browser has few connections. */
const WATCHED = 3;
const SECOND_MS = 1000;

/** Shows it in `place`, above those before. `undone()` is told when nothing went out, `ended()` at its end. */
export function sent(place, made, signal, { undone, ended }) {
  const leaving = new AbortController();
  const mine = AbortSignal.any([signal, leaving.signal]);
  const state = h("div", { role: "status" });
  const left = h("span");
  const told = h("div", { role: "alert" });
  const undo = button("Undo", () => attempt(() => once("cancel_export", { path: { id: made.id } })));
  const held = h("div", { class: "actions" }, undo, left);
  const id = freshId("sent");
  const head = h("h2", { id, tabindex: "-1" }, `Export to ${made.webhook_name}`);
  const hide = button("Hide", () => (panel.close(), document.querySelector("h1").focus()), { class: "plain" });
  const panel = h("section", { class: "panel", "aria-labelledby": id }, head, state, held, told,
    h("div", { class: "actions" }, link("Open this export", `/exports/${made.id}`), hide));
  panel.close = () => (leaving.abort(), panel.remove());
  const over = () => {
    if (held.contains(document.activeElement)) head.focus();
    held.hidden = true;
  };

  const attempt = async (work) => {
    replace(told);
    try {
      show(await work());
    } catch (problem) {
      replace(told, explained(problem));
    }
  };
  let isHeld = true;
  const show = (now) => {
    replace(state, h("p", {}, status(now)), h("p", { class: "sentence" }, now.explanation), now.advice && h("p", {}, now.advice));
    if (now.held_until) return;
    over();
    if (isHeld && now.status === "cancelled") undone();
    isHeld = false;
  };
  // Of the service's own clock: that of this machine may be wrong.
  let seconds = Math.floor((Date.parse(made.held_until) - Date.parse(made.requested_at)) / SECOND_MS);
  const tick = () => replace(left, `It goes out in ${count(seconds, "second")}.`);
  const timer = setInterval(() => {
    seconds -= 1;
    if (seconds > 0) return tick();
    clearInterval(timer);
    over();
  }, SECOND_MS);
  tick();
  mine.addEventListener("abort", () => clearInterval(timer), { once: true });

  place.prepend(panel);
  [...place.children].slice(WATCHED).forEach((old) => old.close());
  head.focus();
  show(made);
  followExport(made.id, mine, show).then(() => mine.aborted || ended())
    .catch((problem) => mine.aborted || replace(told, explained(problem)));
}
