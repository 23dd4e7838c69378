// Settings › Access Management › Webhooks: the organisation's webhooks, and whether each is still needed.

import { downloadButton } from "../download.js";
import { breakable, button, h } from "../element.js";
import { filters, list } from "../list.js";
import { beside } from "../organisation.js";
import { link, page } from "../route.js";
import { me } from "../session.js";
import { empty } from "../state.js";
import { plain, webhookName, when } from "../words.js";
import { remove } from "./webhook_actions.js";

/** Where webhooks are: the crumbs of their screens. */
export const PLACE = ["Settings", "Access Management"];

const TONES = { healthy: "good", failing: "warning", disabled: "bad" };

/** How delivery to a webhook goes, as a mark. */
export function health(webhook) {
  return h("span", { class: `status whole ${TONES[webhook.health] ?? "calm"}` }, plain(webhook.health));
}

/** What asks whether a webhook is still needed, as marks. */
export function marks({ stale, review_due: due }) {
  const made = [stale && "stale", due && "review due"].filter(Boolean);
  return made.length > 0 && made.map((text) => [h("span", { class: "mark warning" }, text), " "]);
}

/** 0.987 as "98%": never more than it is. */
export function share(rate) {
  return rate === null ? null : `${Math.floor(rate * 100 + 1e-9)}%`;
}

/** The webhook that something of the API names, as a link while there is one to open. */
export function named(item) {
  return item.webhook_deleted_at ? webhookName(item) : link(item.webhook_name, `/webhooks/${item.webhook_id}`);
}

/** Webhooks. */
export async function webhooks({ query, signal }) {
  const mayAll = me().role === "org_admin";
  const wanted = [
    { name: "q", label: "Name or host" },
    mayAll && { name: "stale", label: "Stale only", type: "checkbox" },
    mayAll && { name: "review_due", label: "Review due only", type: "checkbox" },
  ];
  const fields = wanted.filter(Boolean);
  const chosen = filters(query, fields, () => shown.again());
  const nothing = () => (Object.values(chosen.values).some(Boolean) ? empty("No webhook is like this.") : none());
  const again = async () => {
    await shown.again();
    document.querySelector("h1").focus();
  };
  const caption = "The organisation's webhooks, newest first";
  const shown = list({ caption, columns: columns(mayAll, again), operation: "list_webhooks", query: chosen.values, nothing, signal });
  const register = downloadButton("download_webhooks", "Download the register (CSV)", () => chosen.values);
  return page("Webhooks", PLACE,
    mayAll && h("div", { class: "actions" }, create(), register),
    beside(chosen.values, fields, "/webhooks"), chosen.element, shown.element);
}

function columns(mayAll, again) {
  const seen = [
    ["Name", (one) => link(one.name, `/webhooks/${one.id}`)],
    [mayAll ? "URL" : "Host", (one) => h("code", {}, breakable(one.url ?? one.host))],
    ["Health", (one) => [health(one), " ", marks(one)]],
  ];
  return mayAll ? [...seen,
    ["Last use", (one) => when(one.last_delivered_at) ?? "never"],
    ["Success, 30 days", (one) => share(one.success_rate) ?? "–", { number: true }],
    ["Owner", (one) => breakable(one.owner) ?? "–"],
    ["Action", (one) => button("Delete", async () => (await remove(one)) && again(), { "aria-label": `Delete ${one.name}` })],
  ] : seen;
}

function create() {
  return link("Create Webhook", "/webhooks/new", {}, { class: "button primary" });
}

function none() {
  const kinds = ["A URL endpoint in an external system", "A destination for data exports",
    "An automated connection between talentATS and your other tools",
    "A way to keep systems in sync without manual work"];
  return empty("No webhooks yet. A webhook is:", h("ul", {}, kinds.map((kind) => h("li", {}, kind))),
    h("p", {}, "When you export candidates to a webhook, talentATS sends their data as a request to that URL."),
    me().role === "org_admin" ? create() : h("p", {}, "An Organisation Admin can create one."));
}
