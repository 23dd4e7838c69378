// Exports: one's own, for an admin those of the organisation, for support those of all of them.

import { call } from "../api.js";
import { downloadButton } from "../download.js";
import { button, h, replace } from "../element.js";
import { listen } from "../feed.js";
import { list } from "../list.js";
import { status } from "../live.js";
import { DAYS, asked, beside, narrowing } from "../organisation.js";
import { link, page } from "../route.js";
import { me } from "../session.js";
import { empty } from "../state.js";
import { clock, webhookName, when, who } from "../words.js";

const STATUSES = [
  ["", "All"], ["queued,delivering,retrying", "In progress"], ["failed", "Not delivered"],
  ["delivered", "Accepted"], ["cancelled", "Cancelled"],
];

/** Exports. */
export async function exports({ query, signal }) {
  const { role, member } = me();
  const known = await fields(role, query);
  const chosen = narrowing(query, known, () => shown.again(), signal);
  let newest = "";
  // What is heard while a page is on its way is looked at once that is there.
  let heard = null;
  const load = async (cursor) => {
    heard = new Set();
    const answer = await call("list_exports", { query: { ...asked(chosen.values), cursor }, signal });
    if (cursor) return answer;
    newest = answer.items[0]?.id ?? "";
    newer.hidden = true;
    return answer;
  };
  const filled = () => {
    const these = heard;
    heard = null;
    these.forEach(look);
  };
  const none = () => nothing(chosen.values, role);
  const shown = list({ caption: "Newest first", columns: columns(role), load, nothing: none, signal, filled });
  const told = h("p", { class: "quiet", role: "status" });
  const newer = button("Show newer ones", () => shown.again(), { hidden: true });
  const renew = renewer(shown, told, signal);
  const look = (id) => {
    if (shown.has(id)) renew(id);
    else if (id > newest && !isNarrow(chosen.values)) newer.hidden = false;
  };
  listen((event, data) => {
    if (event === "begin" && data.missed) shown.refresh();
    if (event === "status") heard ? heard.add(data.export_id) : look(data.export_id);
  }, signal);
  const mine = member.email ?? member.id;
  const here = (by) => ({ "aria-current": query.get("requested_by") === by && "page" });
  const whose = role === "org_admin" && h("nav", { "aria-label": "Whose exports", class: "actions" },
    link("Of everybody", "/exports", {}, here(null)), link("Mine", "/exports", { requested_by: mine }, here(mine)));
  const csv = downloadButton("download_exports", "Download CSV", () => asked(chosen.values));
  return page("Exports", [], whose, beside(chosen.values, known, "/exports"), chosen.element,
    h("div", { class: "actions" }, csv, newer), told, shown.element);
}

async function fields(role, query) {
  const kinds = { name: "status", label: "Status", options: STATUSES };
  const flagged = { name: "flagged", label: "Unusual only", type: "checkbox" };
  if (role === "support") {
    const box = { name: "q", label: "Id, host or e-mail address", late: true };
    return [kinds, box, { name: "host", label: "Host", late: true }, ...DAYS, flagged];
  }
  const webhooks = (await call("list_webhooks", { query: { limit: 200 } })).items.map(({ id, name }) => [id, name]);
  const named = query.get("webhook_id");
  if (named && !webhooks.some(([id]) => id === named)) webhooks.push([named, "A deleted webhook"]);
  const hooks = { name: "webhook_id", label: "Webhook", options: [["", "All"], ...webhooks] };
  const by = { name: "requested_by", label: "Asked for by (e-mail)", late: true };
  return role === "org_admin" ? [kinds, hooks, by, ...DAYS, flagged] : [kinds, hooks, ...DAYS];
}

function columns(role) {
  const title = (item) => item.vacancy_title ?? (item.type === "test" ? "Test" : item.organisation_name ?? "Export");
  const named = (item) => ({ "aria-label": `${title(item)}, ${when(item.requested_at).textContent}` });
  return [
    ["Export", (item) => [link(title(item), `/exports/${item.id}`, {}, named(item)), h("p", { class: "quiet" },
      h("bdi", {}, webhookName(item)), " · ", item.host)]],
    ["Status", (item) => [status(item), item.flags?.length > 0 && h("p", {}, h("span", { class: "mark warning" }, "Unusual"))]],
    ["What happened", (item) => item.explanation],
    ["Candidates", (item) => item.candidate_count, { number: true }],
    ["Asked for", (item) => [when(item.requested_at), role !== "recruiter" && h("p", { class: "quiet" }, who(item.requested_by))]],
  ];
}

/** Shows an export anew that is shown; says so only when it came to its end. */
function renewer(shown, told, signal) {
  const changed = new Set();
  const reading = new Set();
  const show = (item) => {
    if (!shown.has(item.id)) return;
    shown.renew(item);
    if (item.finished_at) replace(told, clock(item.finished_at), " ", h("bdi", {}, item.webhook_name), ": ", item.status_label);
  };
  return async (id) => {
    changed.add(id);
    if (reading.has(id)) return;
    reading.add(id);
    try {
      while (changed.delete(id) && shown.has(id)) show(await call("get_export", { path: { id }, signal }));
    } finally {
      reading.delete(id);
    }
  };
}

function nothing(values, role) {
  if (isNarrow(values)) return empty("No export fits these filters.", link("Show all", "/exports"));
  if (role === "support") return empty("Nobody has exported anything yet.");
  return empty("Nothing was exported yet. Open a vacancy, choose candidates, and click Export.", link("Vacancies", "/vacancies"));
}

function isNarrow(values) {
  return Object.values(values).some(Boolean);
}
