// What an Organisation Admin can do with a webhook.

import { call } from "../api.js";
import { confirm, openDialog } from "../dialog.js";
import { button, h } from "../element.js";
import { field, form } from "../form.js";
import { confirmed, once } from "../once.js";
import { go, link } from "../route.js";
import { tell } from "../state.js";
import { count, when } from "../words.js";
import { resendFailed } from "./webhook_resend.js";
import { keepSecret, secretOnce } from "./secret.js";
import { tester } from "./webhook_test.js";

const IN_PROGRESS = "queued,delivering,retrying";

/** The buttons for a webhook, and what comes of them; `again()` reads it anew. */
export function actions(webhook, signal, again) {
  let now = webhook;
  const secret = h("div");
  const test = tester("Test", webhook.id, signal, () => after());
  const enabling = button("Enable", () => enable(now, after), { class: "primary" });
  const ending = button("End rotation", () => endRotation(now, after));
  const draw = () => {
    enabling.hidden = now.health !== "disabled";
    ending.hidden = !now.rotation_ends_at;
    if (ending.hidden) secret.querySelector(".until")?.remove();
  };
  const after = async () => {
    now = await again();
    draw();
    if (document.activeElement === document.body) test.button.focus();
  };
  draw();
  return [h("div", { class: "actions" }, test.button, enabling,
    button("Resend what failed", () => resendFailed(now, after)),
    button("Reviewed", () => reviewed(now, after)),
    button("Rotate secret", () => rotate(now, secret, signal, after)), ending,
    link("Replace", `/webhooks/${now.id}/replace`, {}, { class: "button" }),
    button("Delete", async () => (await remove(now)) && go("/webhooks"), { class: "danger" })), test.place, secret];
}

async function enable({ id, name }, after) {
  await once("enable_webhook", { path: { id } });
  tell(h("bdi", {}, name), " is enabled: exports go there again.");
  await after();
}

async function rotate({ id, name }, place, signal, after) {
  const what = h("p", {}, "A new secret signs from now on. The earlier one signs along for 24 hours, so that your system can change over.");
  const act = () => once("rotate_webhook_secret", { path: { id } });
  const title = ["Rotate the secret of ", h("bdi", {}, name), "?"];
  const answer = await confirmed({ title, what, action: "Rotate secret", danger: false, act });
  if (!answer) return;
  const until = answer.old_signs_until && h("p", { class: "until" },
    "The earlier secret signs along until ", when(answer.old_signs_until), ".");
  keepSecret(answer, { name, place, signal, shown: () => secretOnce(answer, until) });
  await after();
}

async function endRotation({ id, name, rotation_ends_at: ends }, after) {
  const what = h("p", {}, "Earlier secrets stop signing at once, instead of at ", when(ends),
    ". A system that still verifies with one of them will refuse what comes.");
  const act = () => once("end_webhook_rotation", { path: { id } });
  if (await confirm({ title: ["End the rotation of ", h("bdi", {}, name), "?"], what, action: "End rotation", act })) await after();
}

function reviewed({ id, name, owner: present }, after) {
  const owner = field("Owner", { value: present ?? "", maxlength: 200, hint: "Who answers for it from now on." });
  const next = field("Review again by", { type: "date", hint: "Two years ahead at most; in a year if left empty." });
  const send = async () => {
    const body = { owner: owner.input.value.trim() || null, review_by: next.input.value || null };
    await once("review_webhook", { path: { id }, body });
    close();
    tell(h("bdi", {}, name), " was reviewed.");
    await after();
  };
  const fields = { "/owner": owner, "/review_by": next };
  const close = openDialog(["Is ", h("bdi", {}, name), " still needed?"], form({ fields, action: "Reviewed", send },
    h("p", {}, "If not, close this and delete it. Nothing else about it changes here."), owner.element, next.element));
}

/** Deletes a webhook, once that is confirmed; answers whether it was. */
export async function remove({ id, name }) {
  const what = [consequences(), h("p", {}, "0 exports to it are in progress. Those that have ended stay readable.")];
  let blocked = (await inProgress(id)).all > 0;
  const act = async () => {
    try {
      await once("delete_webhook", { path: { id } });
    } catch (problem) {
      if (problem.slug !== "exports_in_progress") throw problem;
      blocked = true;
    }
  };
  if (!blocked && !(await confirm({ title: ["Delete ", h("bdi", {}, name), "?"], what, action: "Delete", act }))) return false;
  if (blocked && !(await cancelToo(id))) return false;
  tell(h("bdi", {}, name), " was deleted.");
  return true;
}

function consequences() {
  const after = ["The webhook is removed immediately", "The webhook URL can no longer be used",
    "You cannot export to this webhook anymore", "If you need it again, create a new webhook"];
  return h("ul", {}, after.map((line) => h("li", {}, line)));
}

/** What is in progress is waited for, or cancelled. */
async function cancelToo(id) {
  const list = { webhook_id: id, status: IN_PROGRESS, limit: 20 };
  const [{ all, sending }, { items }] = await Promise.all([inProgress(id), call("list_exports", { query: list })]);
  const waiting = all - sending;
  const named = items.map((one) => h("li", {}, link(one.id, `/exports/${one.id}`), `, ${one.status_label}`,
    one.next_attempt_at && [", tried next at ", when(one.next_attempt_at)]));
  const what = [
    h("p", {}, `${count(all, "export to this webhook is", "exports to this webhook are")} in progress.`),
    waiting > 0 && h("p", {}, `Cancel what waits: ${count(waiting, "export")} will be cancelled.`),
    sending > 0 && h("p", {}, `${count(sending, "export")} on the wire will finish, and not be tried again.`),
    h("p", {}, "Or go back and wait: it can be deleted when they have ended."), consequences(),
    h("details", {}, h("summary", {}, "Which they are", all > named.length && `: the first ${named.length}`), h("ul", {}, named))];
  const act = () => once("delete_webhook", { path: { id }, query: { cancel_pending: true } });
  return confirm({ title: "Exports are in progress", what, action: waiting > 0 ? "Cancel what waits, and delete" : "Delete", act });
}

async function inProgress(id) {
  const { items } = await call("summarize_exports", { query: { webhook_id: id, group_by: "status", status: IN_PROGRESS } });
  const sum = (lines) => lines.reduce((total, line) => total + line.exports, 0);
  return { all: sum(items), sending: sum(items.filter(({ status }) => status === "delivering")) };
}
