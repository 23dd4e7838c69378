// What can be done with an export: taken back, cancelled, resent, proven.

import { call } from "../api.js";
import { confirm } from "../dialog.js";
import { button, h } from "../element.js";
import { field } from "../form.js";
import { confirmed, once } from "../once.js";
import { go, link } from "../route.js";
import { me } from "../session.js";
import { tell } from "../state.js";
import { everybody, plain } from "../words.js";

/** The buttons that it has as it stands. */
export function actions(item, { show, follow, signal }) {
  const receipt = link("Receipt", `/exports/${item.id}/receipt`, {}, { class: "button" });
  if (me().role === "support") return [receipt];
  const path = { id: item.id };
  const cancel = async () => show(await once("cancel_export", { path }));
  if (item.held_until) return [button("Undo", cancel, { class: "primary" }), receipt];
  // A test goes to its own webhook alone.
  const isOver = item.type === "test" && item.webhook_deleted_at;
  if (item.finished_at) return [!isOver && button("Resend", () => resend(item, follow, signal)), receipt];
  const asked = () => confirm({ title: "Cancel this export?", what: h("p", {}, after(item)), action: "Cancel the export", act: cancel });
  return [!item.isStopping && button("Cancel", asked), receipt];
}

/** What a cancel still changes. */
function after(item) {
  const { host, attempt_count, status, ambiguous } = item;
  const people = everybody(item);
  if (status === "delivering") return `It is being sent right now. That try ends first, so ${people} may arrive at ${host} all the same.`;
  if (attempt_count === 0) return `Nothing was sent so far: ${people} will not reach ${host}.`;
  const tried = `It is not tried again after ${attempt_count === 1 ? "this try" : `these ${attempt_count} tries`}.`;
  return ambiguous ? `${tried} It may already have arrived at ${host}.` : `${tried} ${host} accepted nothing so far.`;
}

async function resend(item, follow, signal) {
  const same = item.webhook_deleted_at ? [] : [[item.webhook_id, `${item.webhook_name} (the same)`]];
  const live = item.type === "test" ? [] : (await call("list_webhooks", { query: { limit: 200 }, signal })).items;
  const options = [...same, ...live.filter(({ id }) => id !== item.webhook_id).map(({ id, name, host }) => [id, `${name} (${host})`])];
  const where = field("Webhook", { options });
  const again = item.first_accepted_at && h("p", { class: "notice" },
    `${item.host} accepted ${everybody(item)} already, and would get the same again.`);
  const doubt = !item.first_accepted_at && item.ambiguous && h("p", { class: "notice" },
    `It may have arrived at ${item.host}: look there first.`);
  const what = [again, doubt, where.element,
    h("p", {}, `To the same webhook, ${everybody(item)} go out again under the same id. To another one they go out as an `,
      "export of its own, with no more than both webhooks receive. Who was restricted or withdrew since is left out.")];
  const act = async () => {
    const webhook_id = where.input.value === item.webhook_id ? null : where.input.value;
    return once("resend_export", { path: { id: item.id }, body: { webhook_id } });
  };
  const made = await confirmed({ title: "Resend this export", what, action: "Resend", danger: false, act });
  if (!made) return;
  if (made.id === item.id) return follow();
  const without = made.left_out.map((some) => `${some.count} ${plain(some.reason)}`).join(", ");
  tell(`It goes out as an export of its own, to ${made.webhook_name}.${without && ` Left out: ${without}.`}`);
  if (!signal.aborted) go(`/exports/${made.id}`);
}
