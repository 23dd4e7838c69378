// A webhook: what it is, how delivery to it goes, what went there, and what can be done about it.

import { call } from "../api.js";
import { chart } from "../chart.js";
import { copyable } from "../copy.js";
import { facts, h, replace } from "../element.js";
import { list } from "../list.js";
import { status } from "../live.js";
import { link, page } from "../route.js";
import { me } from "../session.js";
import { empty, pending } from "../state.js";
import { count, day, lasted, plain, when, who } from "../words.js";
import { actions } from "./webhook_actions.js";
import { PLACE, health, marks, share } from "./webhooks.js";

const DAYS = 30;
const LINES = 5;
const DAY_MS = 86_400_000;

/** A webhook. */
export async function webhook({ params: { id }, signal }) {
  const read = () => call("get_webhook", { path: { id }, signal });
  const webhook = await read();
  const about = h("div");
  const lists = h("div");
  const draw = (now) => {
    replace(about, standing(now, signal), described(now));
    replace(lists, pending(() => days(id, signal), signal), ...sent(id, signal));
  };
  draw(webhook);
  const again = async () => {
    const now = await read();
    draw(now);
    return now;
  };
  return page(webhook.name, [...PLACE, link("Webhooks", "/webhooks")],
    me().role === "org_admin" && actions(webhook, signal, again), about, lists, me().role === "org_admin" && howToChange(id));
}

function standing(webhook, signal) {
  const words = async () => {
    const { items } = await call("search", { query: { q: webhook.id }, signal });
    const hit = items.find(({ kind }) => kind === "webhook");
    return hit ? [h("p", { class: "sentence" }, hit.sentence), hit.advice && h("p", {}, hit.advice)].filter(Boolean) : [];
  };
  return h("section", {}, h("p", {}, health(webhook), " ", marks(webhook)), pending(words, signal));
}

function described(webhook) {
  return facts([
    ["URL", webhook.url && copyable("the URL", webhook.url)], ["Host", webhook.host],
    ["Purpose", webhook.purpose], ["What Gets Exported", webhook.include?.map(plain).join(", ")],
    ["Owner", webhook.owner], ["Review by", day(webhook.review_by)],
    ["Last reviewed", webhook.reviewed_at && [day(webhook.reviewed_at), ", by ", who(webhook.reviewed_by)]],
    ["Created", webhook.created_at && [day(webhook.created_at), ", by ", who(webhook.created_by)]],
    ["In the place of", webhook.replaces && link("A deleted webhook", "/exports", { webhook_id: webhook.replaces })],
    ["Last use", when(webhook.last_delivered_at)], ["Success, 30 days", share(webhook.success_rate)],
    ["Failing since", when(webhook.failing_since)], ["Disabled", when(webhook.disabled_at)],
    ["Earlier secrets sign along until", when(webhook.rotation_ends_at)],
  ]);
}

/** Each export counts on the day on which it was asked for, each further try on its own. */
async function days(id, signal) {
  const dates = Array.from({ length: DAYS }, (_, at) => new Date(Date.now() - (DAYS - 1 - at) * DAY_MS).toISOString().slice(0, 10));
  const query = { webhook_id: id, from: dates[0] };
  const [exports, tries] = await Promise.all([
    call("summarize_exports", { query: { ...query, group_by: "day,status", status: "delivered,failed", limit: 200 }, signal }),
    call("summarize_attempts", { query: { ...query, group_by: "day", limit: 200 }, signal }),
  ]);
  const on = (date, status) => exports.items.find((line) => line.day === date && line.status === status)?.exports ?? 0;
  const again = (date) => tries.items.filter((line) => line.day === date).reduce((sum, line) => sum + line.attempts - line.new_exports, 0);
  const counted = dates.map((date) => ({ day: date, values: [on(date, "delivered"), again(date), on(date, "failed")] }));
  const isIdle = counted.every(({ values }) => values.every((value) => value === 0));
  return [h("h2", {}, "The last 30 days"), isIdle ? empty("Nothing was sent there.")
    : chart("By day (UTC)", counted, [["Exports accepted", "good"], ["Tries after the first", "warning"], ["Exports failed", "bad"]])];
}

function sent(id, signal) {
  const query = { webhook_id: id, limit: LINES };
  const exports = list({
    caption: "Newest first", operation: "list_exports", query, signal, nothing: empty("No exports yet."),
    columns: [
      ["Asked for", (one) => link(when(one.requested_at), `/exports/${one.id}`)], ["Status", status],
      ["What", (one) => one.type === "test" ? "Test" : count(one.candidate_count, "candidate")],
      ["Vacancy", (one) => one.vacancy_title ?? "–"], ["By", (one) => who(one.requested_by)],
    ],
  });
  const attempts = list({
    caption: "Newest first, of the last 31 days", operation: "list_attempts", query, signal, nothing: empty("No attempts."),
    columns: [
      ["Begun", (one) => link(when(one.started_at), `/exports/${one.export_id}`)],
      ["What happened", (one) => one.explanation],
      ["Took", (one) => lasted(one.duration_ms) ?? "–", { number: true }],
    ],
  });
  return [h("h2", {}, "Exports"), exports.element, h("p", {}, link("All exports to this webhook", "/exports", { webhook_id: id })),
    h("h2", {}, "Attempts"), attempts.element];
}

function howToChange(id) {
  const steps = ["Delete the existing webhook", "Create a new webhook with the correct URL", "Update any references to the old URL"];
  return [h("h2", {}, "To change the URL"), h("p", {}, "Webhooks cannot be edited after creation. If you need to change a webhook URL:"),
    h("ol", {}, steps.map((step) => h("li", {}, step))),
    h("p", {}, "Or ", link("Replace", `/webhooks/${id}/replace`), " it: all in one, and what failed or waits can go on to the new URL.")];
}
