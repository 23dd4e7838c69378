// A vacancy's candidates: filtered, sorted, ticked, exported.

import { call } from "../api.js";
import { breakable, button, freshId, h } from "../element.js";
import { filters, list } from "../list.js";
import { link, page } from "../route.js";
import { selectionOf } from "../selection.js";
import { me } from "../session.js";
import { empty, tell } from "../state.js";
import { count, date, day } from "../words.js";
import { exportDialog, lastWebhook } from "./export_dialog.js";
import { sent } from "./export_sent.js";
import { statusOf } from "./vacancies.js";

const SORTS = [
  ["", "Applied, oldest first"], ["-applied_at", "Applied, newest first"], ["full_name", "Name, A to Z"],
  ["-full_name", "Name, Z to A"], ["-rating", "Rating, best first"], ["stage", "Stage"], ["-stage", "Stage, last first"],
];
const STATUSES = [["", "All"], ["active", "Active"], ["hired", "Hired"], ["rejected", "Rejected"], ["withdrawn", "Withdrawn"]];

/** The candidates of one vacancy. */
export async function vacancy({ params: { id }, query, signal }) {
  const [about, { items: webhooks }] = await Promise.all([
    call("get_vacancy", { path: { id }, signal }),
    call("list_webhooks", { query: { limit: 200 }, signal }),
  ]);
  const usual = lastWebhook(webhooks);
  if (!query.has("webhook_id") && usual) query.set("webhook_id", usual.id);
  const { element: search, values } = filters(query, fieldsOf(about, webhooks), () => (fits(), ask(), shown.again()));
  const selection = selectionOf(id);
  const fits = () => selection.fits(selected(values)) || clear("The filters changed: the selection was cleared.");
  const picks = picking(selection, (why) => (mark(), why && tell(why)));
  // How many match is asked apart, when the filters change: no page waits for it, nor counts again.
  let matching = { total: null };
  const ask = async () => {
    const select = selected(values);
    const filters = JSON.stringify(select);
    if (matching.filters === filters) return;
    const mine = (matching = { filters, total: null });
    mark();
    try {
      mine.total = (await call("list_applications", { path: { id }, query: { ...select, count: true, limit: 1 }, signal })).total;
    } catch {
      // The list tells what is wrong; the next page asks again.
      mine.filters = null;
    }
    mark();
  };

  const shown = list({
    caption: "Candidates of this vacancy",
    columns: [
      ["Candidate", picks.cell], ["Stage", (one) => one.stage],
      ["Status", (one) => STATUSES.find(([name]) => name === one.status)?.[1] ?? one.status],
      ["Rating", (one) => one.rating && `${one.rating.value} of ${one.rating.scale_max}`],
      ["Applied", (one) => day(one.applied_at)],
      ["Exported before", (one) => one.last_export && already(one.last_export, webhooks.find((other) => other.id === values.webhook_id))],
    ],
    operation: "list_applications", path: { id }, query: values, signal,
    nothing: () => empty(about.application_count > 0
      ? "Nobody matches these filters. Choose other ones."
      : "Nobody has applied yet. Candidates come with the import of your applications."),
    filled: () => (mark(), ask()),
  });
  picks.body = shown.body;

  const chosen = h("span", { role: "status" });
  const clear = (why) => {
    selection.clear();
    mark();
    tell(why ?? "Nobody is selected any more.");
  };
  const cleared = button("Clear", () => (clear(), picks.page.firstChild.focus()), { class: "plain" });
  const every = button("", () => {
    selection.clear();
    selection.all = { select: selected(values), total: matching.total };
    mark();
    cleared.focus();
  }, { class: "plain" });
  const mark = () => {
    picks.mark();
    const { all, size } = selection;
    const { total } = matching;
    chosen.textContent = all ? `All ${size.toLocaleString("en-GB")} that match are selected` : `${size.toLocaleString("en-GB")} selected`;
    cleared.hidden = size === 0;
    every.hidden = total === 0 || all !== null;
    every.disabled = total === null;
    // Until it is known the button keeps its place.
    if (total ?? !every.textContent) every.textContent = `Select all ${(total ?? about.application_count).toLocaleString("en-GB")} that match`;
  };
  const under = h("div");
  const leave = () => {
    if (selection.size === 0) return tell("Nobody is selected: tick the boxes of the candidates to export, then click Export.");
    // Whoever is at work in the list is not disturbed.
    const ended = () => shown.body.contains(document.activeElement) || shown.refresh();
    const created = (made) => {
      const back = selection.take();
      mark();
      sent(under, made, signal, { undone: () => (back(), fits(), mark()), ended });
    };
    const { body, people } = selection;
    return exportDialog({ vacancy: about, webhooks, body, names: [...people.values()], signal, created });
  };
  const bar = h("div", { class: "actions bar", role: "group", "aria-label": "Selection" },
    picks.page, chosen, cleared, every, button("Export", leave, { class: "primary" }));
  const known = [about.reference, about.department, about.location, statusOf(about), count(about.application_count, "application")];
  fits();
  ask();
  return page(about.title, [link("Vacancies", "/vacancies")], h("p", { class: "quiet" }, known.filter(Boolean).join(" · ")),
    search, bar, under, h("div", { class: "people" }, shown.element));
}

function fieldsOf(about, webhooks) {
  const stages = about.stages.map((stage) => [stage.name, `${stage.name} (${stage.application_count.toLocaleString("en-GB")})`]);
  return [
    { name: "q", label: "Search", maxlength: 200, placeholder: "Name or e-mail address" },
    { name: "stage", label: "Stage", options: [["", "All stages"], ...stages] },
    { name: "status", label: "Status", options: STATUSES },
    { name: "min_rating", label: "Rating at least", type: "number", min: 0, step: "any" },
    { name: "applied_after", label: "Applied after", type: "date" },
    { name: "sort", label: "Sort by", options: SORTS },
    { name: "webhook_id", label: "Webhook", options: [["", "None"], ...webhooks.map((one) => [one.id, one.name])] },
  ];
}

/** The filters as the body of an export takes them. */
function selected({ q, stage, status, min_rating: rating, applied_after: after }) {
  const given = { q, stage, status, min_rating: rating && Number(rating), applied_after: after };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ""));
}

function already(last, webhook) {
  const where = last.status === "delivered" ? `Already in ${webhook?.name ?? "this webhook"}` : last.status_label;
  const text = [where, ", ", date(last.at), last.by && `, by ${last.by}`];
  // A recruiter opens none but their own.
  return me().role === "org_admin" ? link(text, `/exports/${last.export_id}`) : text;
}

/** The boxes: one a person, one for the page. Whoever cannot be exported has one that says why. */
function picking(selection, changed) {
  let anchor = null;
  const all = h("input", { type: "checkbox", disabled: true, onclick: () => set(free(), all.checked) });
  const boxes = () => [...picks.body.querySelectorAll("input")];
  const free = () => boxes().filter((box) => !box.disabled);
  const set = (some, on) => {
    const why = selection.all && "Not all that match are meant any more: the selection was cleared. Tick those whom you mean.";
    if (why) selection.clear();
    some.forEach((box) => selection.set(box.person, on));
    changed(why);
  };
  const pick = (event) => {
    const [row, box, last] = [free(), event.target, anchor];
    anchor = box;
    const [from, to] = [row.indexOf(last), row.indexOf(box)].sort((one, other) => one - other);
    set(event.shiftKey && from >= 0 ? row.slice(from, to + 1) : [box], box.checked);
  };
  const picks = {
    page: h("label", { class: "pick" }, all, "All on this page"),
    cell: (person) => {
      const [id, why] = [freshId("why"), whyNot(person)];
      const box = h("input", { type: "checkbox", onclick: pick, disabled: why && true, "aria-describedby": why && id });
      box.person = person;
      return [h("label", { class: "pick" }, box, h("bdi", {}, person.full_name)),
        person.email && h("div", { class: "quiet" }, h("bdi", {}, breakable(person.email))),
        why && h("div", { class: "warning", id }, why)];
    },
    mark: () => {
      const row = free();
      row.forEach((box) => (box.checked = selection.has(box.person.id)));
      const on = row.filter((box) => box.checked).length;
      Object.assign(all, { checked: on > 0 && on === row.length, indeterminate: on > 0 && on < row.length, disabled: row.length === 0 });
    },
  };
  return picks;
}

function whyNot({ restricted, status }) {
  if (restricted) return "Restricted: cannot be exported";
  return status === "withdrawn" && "Withdrew: cannot be exported";
}
