// What an Organisation Admin can do with a webhook.

import { call } from "../api.js";
import { confirm, openDialog } from "../dialog.js";
import { button, h, replace } from "../element.js";
import { field, form } from "../form.js";
import { go, link } from "../route.js";
import { tell } from "../state.js";
import { count, when } from "../words.js";
import { resendFailed } from "./webhook_resend.js";
import { secretOnce } from "./secret.js";
import { tester } from "./webhook_test.js";

const IN_PROGRESS = "queued,delivering,retrying";

/** The buttons for a webhook, and what comes of them; `again()` reads it anew. */
export function actions(webhook, signal, again) {
  const bar = h("div", { class: "actions" });
  const secret = h("div");
  const test = tester("Test", webhook.id, signal, again);
  const draw = (now) => replace(bar, test.button,
    now.health === "disabled" && button("Enable", () => enable(now, after), { class: "primary" }),
    button("Resend what failed", () => resendFailed(now, after)),
    button("Reviewed", () => reviewed(now, after)),
    button("Rotate secret", () => rotate(now, secret, after)),
    now.rotation_ends_at && button("End rotation", () => endRotation(now, after)),
    link("Replace", `/webhooks/${now.id}/replace`, {}, { class: "button" }),
    button("Delete", () => remove(now), { class: "danger" }));
  const after = async () => draw(await again());
  draw(webhook);
  return [bar, test.place, secret];
}

async function enable({ id, name }, after) {
  await call("enable_webhook", { path: { id } });
  tell(name, " is enabled: exports go there again.");
  await after();
}

async function rotate({ id, name }, place, after) {
  let answer;
  const what = h("p", {}, "A new secret signs from now on. The earlier one signs along for 24 hours, so that your system can change over in that time.");
  const act = async () => (answer = await call("rotate_webhook_secret", { path: { id } }));
  if (!(await confirm({ title: `Rotate the secret of ${name}?`, what, action: "Rotate secret", danger: false, act }))) return;
  const until = answer.old_signs_until && h("p", {}, "The earlier secret signs along until ", when(answer.old_signs_until), ".");
  replace(place, secretOnce(answer, until));
  await after();
}

async function endRotation({ id, name, rotation_ends_at: ends }, after) {
  const what = h("p", {}, "Earlier secrets stop signing at once, instead of at ", when(ends), ". A system that still verifies with one refuses what comes.");
  const act = () => call("end_webhook_rotation", { path: { id } });
  if (await confirm({ title: `End the rotation of ${name}?`, what, action: "End rotation", act })) await after();
}

function reviewed({ id, name, owner: present }, after) {
  const owner = field("Owner", { value: present ?? "", maxlength: 200, hint: "Who answers for it from now on." });
  const next = field("Review again by", { type: "date", hint: "Two years ahead at most; in a year if left empty." });
  const send = async () => {
    const body = { owner: owner.input.value.trim() || null, review_by: next.input.value || null };
    await call("review_webhook", { path: { id }, body });
    close();
    tell(name, " was reviewed.");
    await after();
  };
  const close = openDialog(`Is ${name} still needed?`, form({ fields: { "/owner": owner, "/review_by": next }, action: "Reviewed", send },
    h("p", {}, "If not, close this and delete it. Nothing else about it changes here."), owner.element, next.element));
}

async function remove({ id, name }) {
  const { items } = await call("summarize_exports", { query: { webhook_id: id, group_by: "status", status: IN_PROGRESS } });
  const waiting = items.reduce((sum, line) => sum + line.exports, 0);
  const after = ["The webhook is removed immediately", "The webhook URL can no longer be used", "You cannot export to this webhook anymore",
    "If you need it again, create a new webhook"];
  const what = [h("ul", {}, after.map((line) => h("li", {}, line))),
    h("p", {}, `${count(waiting, "export to it is", "exports to it are")} in progress. Those that have ended stay readable.`)];
  let blocked = null;
  const act = async () => {
    try {
      await call("delete_webhook", { path: { id } });
    } catch (problem) {
      if (problem.slug !== "exports_in_progress") throw problem;
      blocked = problem;
    }
  };
  if (!(await confirm({ title: `Delete ${name}?`, what, action: "Delete", act }))) return;
  if (blocked && !(await cancelToo(id, blocked))) return;
  go("/webhooks");
  tell(name, " was deleted.");
}

/** What is in progress is waited for, or cancelled. */
function cancelToo(id, { detail, exports, actual }) {
  const onTheWire = exports.filter(({ status }) => status === "delivering").length;
  const named = exports.map((one) => h("li", {}, link(one.id, `/exports/${one.id}`), `, ${one.status}`,
    one.next_attempt_at && [", tried next at ", when(one.next_attempt_at)]));
  const what = [h("p", {}, detail),
    h("p", {}, `Cancel what waits: ${count(actual - onTheWire, "export")} cancelled, ${onTheWire} on the wire finish. Or go back, and delete it when they have ended.`),
    h("details", {}, h("summary", {}, count(actual, "export"), " in progress", actual > named.length && `, ${named.length} of them here`), h("ul", {}, named))];
  const act = () => call("delete_webhook", { path: { id }, query: { cancel_pending: true } });
  return confirm({ title: "Exports are in progress", what, action: "Cancel what waits, and delete", act });
}
