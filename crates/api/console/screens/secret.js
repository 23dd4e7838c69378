// What is shown only once, such as a signing secret: it is not left behind by mistake.

import { copyable } from "../copy.js";
import { confirm, openDialog } from "../dialog.js";
import { button, h, replace } from "../element.js";
import { tick } from "../form.js";
import { beforeLeaving } from "../route.js";

const PYTHON = `from standardwebhooks import Webhook   # pip install standardwebhooks
def receive(headers, body):                              # body: the bytes as they came
    payload = Webhook("whsec_…").verify(body, headers)   # raises if forged, changed or old
    for person in payload["candidates"]:
        print(person["sequence"], person["full_name"])`;
const JAVASCRIPT = `import { Webhook } from "standardwebhooks"; // npm install standardwebhooks
export function receive(headers, body) {                        // headers: a plain object; body: the text as it came
  const payload = new Webhook("whsec_…").verify(body, headers); // throws if forged, changed or old
  for (const person of payload.candidates) console.log(person.sequence, person.full_name);
}`;

const LOST = "The signing secret is never shown again. Without it your system cannot verify requests, unless it is rotated.";

/** Puts the secret of an answer about a webhook into its place, as `shown()` shows it; where that screen was left
 *  while the answer was on its way, into a dialog that stays until it is stored. */
export function keepSecret(answer, { name, place, signal, shown }) {
  if (!signal.aborted) return replace(place, shown());
  untilStored(["Webhook ", h("bdi", {}, name)], (told) => secretOnce({ ...answer, told }));
}

/** A dialog that stays until what it shows once is stored: `make(told)` makes that. Answers how it is closed. */
export function untilStored(title, make) {
  const done = button("Close", () => close());
  const content = make((isStored) => (done.disabled = !isStored));
  const close = openDialog(title, h("div", {}, content, h("div", { class: "actions" }, done)), { closable: false });
  return close;
}

/** Shows the secret of an answer with its warnings; `more` comes after. Asks before it is left. */
export function secretOnce({ secret, warnings = [], told }, ...more) {
  const heading = h("h2", { tabindex: "-1" }, "The signing secret");
  queueMicrotask(() => heading.focus());
  const notices = warnings.map((text) => h("p", { class: "notice" }, text));
  if (!secret) {
    return h("section", {}, heading, h("p", {}, "An earlier request did this, and its answer was lost. The secret is kept nowhere"
      + " in the clear: rotate the secret of the webhook for one that you know."), notices, more);
  }
  return h("section", {}, heading,
    h("p", {}, "Your system verifies with it that requests come from here. Store it now: it is never shown again."),
    shownOnce("the signing secret", secret, LOST, told), notices,
    h("details", {}, h("summary", {}, "Verify requests in five lines"),
      [["Python", PYTHON], ["JavaScript", JAVASCRIPT]].map(([name, lines]) =>
        [h("h3", {}, name), h("pre", { class: "code", tabindex: "0", "aria-label": name }, lines)])), more);
}

/** A value to copy, and the tick that it is stored, which `told(isStored)` hears; asks before it is left without. */
export function shownOnce(name, value, lost, told = () => {}) {
  const { input, element } = tick("I have stored it", { onchange: () => (input.checked ? beforeLeaving(null) : guard(name, lost),
    told(input.checked)) });
  guard(name, lost);
  told(false);
  return h("div", { class: "panel" }, copyable(name, value), element);
}

/** Asks before the screen is left without something that it shows once; `lost` says what that means. */
export function guard(name, lost) {
  beforeLeaving(() => confirm({ title: `Leave without ${name}?`, what: h("p", {}, lost), action: "Leave", act: async () => {} }));
}
