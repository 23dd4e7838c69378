// A test of a webhook, live until it has ended.

import { button, h, replace } from "../element.js";
import { followExport, status } from "../live.js";
import { once } from "../once.js";
import { link } from "../route.js";
import { explained } from "../state.js";

/** A button that sends a test, and what comes of it; `ended()` is told when it is over. */
export function tester(label, id, signal, ended = () => {}) {
  const place = h("div", { role: "status" });
  let before = new AbortController();
  const work = async () => {
    before.abort();
    before = new AbortController();
    const mine = AbortSignal.any([signal, before.signal]);
    try {
      const test = await once("test_webhook", { path: { id } });
      replace(place, result(test));
      // Not waited for: a receiver that is down is tried for hours.
      followExport(test.id, mine, (now) => replace(place, result(now))).then(() => !mine.aborted && ended());
    } catch (problem) {
      replace(place, explained(problem));
    }
  };
  return { button: button(label, work), place };
}

function result(test) {
  return h("div", { class: "panel" }, h("p", {}, "Test with two made-up candidates: ", status(test)),
    h("p", { class: "sentence" }, test.explanation), h("p", {}, test.advice),
    h("p", {}, link("The test's export", `/exports/${test.id}`)));
}
