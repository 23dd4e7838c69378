// Notifications: what happened that concerns whoever is here, and how they want to be told.

import { call } from "../api.js";
import { ring } from "../bell.js";
import { button, h } from "../element.js";
import { listen } from "../feed.js";
import { form, tick } from "../form.js";
import { list } from "../list.js";
import { link, page } from "../route.js";
import { me } from "../session.js";
import { empty, pending, tell } from "../state.js";
import { webhookName, when } from "../words.js";

/** What there is to be told of, and whether it is for recruiters. */
const KINDS = [
  ["export_failed", "An export of yours was not delivered", true],
  ["export_delivered", "One of those was accepted after all", true],
  ["export_flagged", "An export of the organisation is unusual"],
  ["webhook_failing", "A webhook does not take what is sent"],
  ["webhook_disabled", "A webhook was switched off"],
  ["webhook_recovered", "A webhook works again"],
];

/** Notifications. */
export async function notifications({ signal }) {
  let newest = null;
  const seen = async (body, item) => {
    const { unseen } = await call("mark_notifications_seen", { body });
    ring(unseen);
    all.hidden = unseen === 0;
    if (item) return shown.renew({ ...item, seen: true });
    await shown.refresh();
    document.querySelector("h1").focus();
  };
  const load = async (cursor) => {
    const answer = await call("list_notifications", { query: { cursor }, signal });
    newest = cursor ? newest : answer.items[0]?.id;
    all.hidden = answer.unseen === 0;
    return answer;
  };
  const columns = [
    ["What happened", (item) => [about(item), h("p", { class: "quiet" }, item.advice)]],
    ["Webhook", webhookName],
    ["When", (item) => when(item.at)],
    ["New", (item) => item.seen ? "Seen" : h("span", {}, h("span", { class: "mark" }, "New"), " ",
      button("Mark as seen", () => seen({ ids: [item.id] }, item), { class: "plain" }))],
  ];
  const all = button("Mark all as seen", () => seen({ up_to: newest }), { hidden: true });
  const nothing = empty("Nothing has happened that you would have to know of.");
  const shown = list({ caption: "What you were told, newest first", columns, load, nothing, signal });
  listen((event) => (event === "begin" || event === "notification") && shown.refresh(), signal);
  return page("Notifications", [], h("div", { class: "actions" }, all), shown.element,
    h("h2", {}, "How you are told"), pending(preferences, signal));
}

/** The sentence, as a link to what it is about; whoever follows it has seen it. */
function about({ id, sentence, export_id, webhook_id, webhook_deleted_at: deleted }) {
  const onclick = async () => ring((await call("mark_notifications_seen", { body: { ids: [id] } })).unseen);
  if (export_id) return link(sentence, `/exports/${export_id}`, {}, { onclick });
  return me().role === "org_admin" && !deleted ? link(sentence, `/webhooks/${webhook_id}`, {}, { onclick }) : sentence;
}

async function preferences() {
  const values = await call("get_notification_preferences");
  const kinds = KINDS.filter(([, , everybody]) => everybody || me().role === "org_admin").map(([kind, title]) => {
    const here = tick("Here", { checked: values[kind] !== "off" });
    const mail = tick("By e-mail, too", { checked: values[kind] === "email" });
    const note = (chosen) => {
      values[kind] = chosen;
      here.input.checked = chosen !== "off";
      mail.input.checked = chosen === "email";
    };
    here.input.addEventListener("change", () => note(here.input.checked ? "in_app" : "off"));
    mail.input.addEventListener("change", () => note(mail.input.checked ? "email" : "in_app"));
    return h("fieldset", { class: "row" }, h("legend", {}, title), here.element, mail.element);
  });
  const send = async () => {
    await call("set_notification_preferences", { body: values });
    tell("Saved. From now on you are told so.");
  };
  return form({ action: "Save", send }, kinds);
}
