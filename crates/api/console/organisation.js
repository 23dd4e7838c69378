// Lists that support narrows by organisation, found by name as one types; and what is asked for beside
// the filters.

import { call } from "./api.js";
import { downloadButton } from "./download.js";
import { freshId, h, putOff, replace } from "./element.js";
import { filters, list } from "./list.js";
import { link, note, page } from "./route.js";
import { me } from "./session.js";
import { empty } from "./state.js";
import { plain } from "./words.js";

/** The fields for days that lists have. */
export const DAYS = [["from", "From"], ["to", "To"]].map(([name, label]) => ({ name, label, type: "date", late: true }));

/** Filters as `filters` makes them; for support that by organisation stands before them. */
export function narrowing(query, fields, changed, signal) {
  const made = filters(query, fields, changed);
  if (me().role === "support") made.element.prepend(organisationFilter(made.values, changed, signal));
  return made;
}

/** A log as a screen: `fields` to narrow it by, the list of an `operation`, and all of it as the file of `csv`. */
export function log({ query, signal }, { title, crumbs = [], path, fields, caption, columns, operation, csv, nothing }) {
  const { element, values } = narrowing(query, fields, () => lines.again(), signal);
  const load = (cursor) => call(operation, { query: { ...asked(values), cursor }, signal });
  const lines = list({ caption, columns, load, nothing: empty(nothing), signal });
  return page(title, crumbs, element, beside(values, fields, path), lines.element,
    h("div", { class: "actions" }, downloadButton(csv, "Download CSV", () => asked(values))));
}

/** A filter that sets `organisation_id` among these values (and `organisation`, what is written in the box). */
function organisationFilter(values, changed, signal) {
  const id = freshId("organisation");
  const known = new Map();
  const names = h("datalist", { id: `${id}-names` });
  const hint = h("p", { class: "quiet", role: "status" });

  const choose = () => {
    const name = input.value.trim();
    const chosen = known.get(name) ?? "";
    replace(hint, name && !chosen && "All organisations, until one of the list is chosen.");
    if (chosen === (values.organisation_id ?? "")) return;
    Object.assign(values, { organisation_id: chosen, organisation: chosen && name });
    note(values);
    changed(values);
  };
  const suggest = async () => {
    const q = input.value.trim();
    if (!q || known.has(q)) return;
    const { items } = await call("list_organisations", { query: { q, limit: 20 }, signal });
    // Two may have the same name.
    items.forEach((one) => known.set((known.get(one.name) ?? one.id) === one.id ? one.name : `${one.name} (${one.id})`, one.id));
    replace(names, [...known.keys()].map((value) => h("option", { value })));
    choose();
  };
  const suggestions = putOff(suggest);
  const oninput = () => {
    choose();
    suggestions();
  };
  const value = values.organisation ?? values.organisation_id ?? "";
  if (value) known.set(value, values.organisation_id);
  const input = h("input", { id, type: "search", list: names.id, value, autocomplete: "off", oninput });
  return h("div", { class: "filter" }, h("label", { for: id }, "Organisation"), input, names, hint);
}

/** What of these values the API is asked with. */
export function asked({ organisation, ...values }) {
  return values;
}

/** What the address asks for that no field of the screen shows, with a way to be rid of it; or nothing. */
export function beside(values, fields, path) {
  const shown = [...fields.map(({ name }) => name), me().role === "support" && path !== "/webhooks" && "organisation_id", "organisation"];
  const more = Object.entries(values).filter(([name, value]) => value && !shown.includes(name));
  return more.length > 0 && h("p", { class: "notice" },
    `Only ${more.map(([name, value]) => `${plain(name)} ${value}`).join(", ")}. `, link("Show all", path));
}
