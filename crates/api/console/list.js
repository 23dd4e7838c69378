// Lists: a table with pages, which becomes cards where it is narrow; and the filters above it, which
// stand in the address.

import { call } from "./api.js";
import { button, freshId, h, putOff, replace } from "./element.js";
import { note } from "./route.js";
import { empty, failed, loading } from "./state.js";

/** A list that loads itself page by page, of an `operation` with its `path` and `query`, or by `load(cursor)`,
 *  which answers `{ items, next_cursor }`. `columns` are `[title, item => cell, { number }]`, the first one
 *  names the row, false ones are left out; `nothing` is what an empty one says, or makes it; `filled()` is
 *  told of each page that is there. Answers `{ element, again, refresh,
 *  renew, body }`: `again()` starts over at the first page, `refresh()` reads this one, `renew(item)` shows
 *  anew the row that has the item's `id`. */
export function list({ caption, columns: wanted, operation, path, query, load, nothing, signal, filled }) {
  const columns = wanted.filter(Boolean);
  load ??= (cursor) => call(operation, { path, query: { ...query, cursor }, signal });
  const cursors = [null];
  const rows = new Map();
  const body = h("tbody", { role: "rowgroup" });
  const heads = columns.map(([title, , { number } = {}]) =>
    h("th", { role: "columnheader", scope: "col", class: number && "number" }, title));
  const table = h("table", { role: "table", class: "list" }, h("caption", {}, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads)), body);
  const back = button("Previous page", () => turn(-1));
  const on = button("Next page", () => turn(1));
  const pages = h("div", { class: "actions" }, back, on);
  const place = h("div", { class: "list-place" }, loading());
  const heard = h("p", { class: "heard", role: "status" });
  const none = () => (typeof nothing === "function" ? nothing() : nothing) ?? empty("Nothing here.");
  let asked = 0;

  async function fill() {
    const mine = (asked += 1);
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await load(cursors.at(-1));
      if (signal?.aborted || mine !== asked) return;
      on.disabled = !answer.next_cursor;
      on.cursor = answer.next_cursor;
      back.disabled = cursors.length === 1;
      rows.clear();
      replace(body, answer.items.map((item) => rowOf(item)));
      pages.hidden = back.disabled && on.disabled;
      replace(place, answer.items.length || cursors.length > 1 ? [table, pages] : none());
      replace(heard, answer.items.length ? `${answer.items.length} on this page` : "Nothing found");
      filled?.();
    } catch (problem) {
      if (!signal?.aborted && mine === asked) replace(place, failed(problem, fill));
    } finally {
      if (mine === asked) place.removeAttribute("aria-busy");
    }
  }

  function rowOf(item) {
    const cells = columns.map(([title, cell, { number } = {}], at) => at === 0
      ? h("th", { role: "rowheader", scope: "row", "data-title": title }, cell(item))
      : h("td", { role: "cell", "data-title": title, class: number && "number" }, cell(item)));
    const made = h("tr", { role: "row" }, cells);
    rows.set(item.id, made);
    return made;
  }

  async function turn(way) {
    way > 0 ? cursors.push(on.cursor) : cursors.pop();
    await fill();
    table.scrollIntoView({ block: "nearest" });
  }

  // Only the cells that differ: whoever is in the row stays there.
  function renew(item) {
    const old = rows.get(item.id);
    const cells = [...rowOf(item).cells];
    rows.set(item.id, old);
    const inside = old.contains(document.activeElement);
    cells.forEach((cell, at) => old.cells[at].isEqualNode(cell) || old.cells[at].replaceWith(cell));
    if (inside && !old.contains(document.activeElement)) old.querySelector("a, button")?.focus();
  }

  const again = () => {
    cursors.splice(1);
    return fill();
  };
  again();
  return { element: h("div", {}, heard, place), again, refresh: fill, renew, has: (id) => rows.has(id), body };
}

/** Filters: `fields` are `{ name, label, type, options, late }`; `changed(values)` is told of each
 *  change, of a `late` one when it is done. They begin with what the address says and are noted in it;
 *  what else the address says is kept. */
export function filters(query, fields, changed) {
  const values = Object.fromEntries(query);
  const tell = putOff(() => changed(values));
  const set = (name, value, typed) => {
    values[name] = value;
    note(values);
    typed ? tell() : tell(0);
  };
  const made = fields.map(({ name, label, type = "search", options, late, ...rest }) => {
    const id = freshId("filter");
    const value = values[name] ?? "";
    const input = options
      ? h("select", { id, onchange: () => set(name, input.value) }, choices(options, value))
      : h("input", { id, type, value, ...rest, [late ? "onchange" : "oninput"]: () => set(name, input.value, type === "search" && !late) });
    if (type === "checkbox") {
      input.checked = value === "true";
      input.oninput = () => set(name, input.checked ? "true" : "");
    }
    return h("div", { class: "filter" }, h("label", { for: id }, label), input);
  });
  const form = h("form", { class: "filters", role: "search", "aria-label": "Filters", onsubmit: (event) => event.preventDefault() }, made);
  return { element: form, values };
}

/** Options of a choice: `[[value, text], …]`. */
export function choices(options, chosen) {
  return options.map(([value, text]) => h("option", { value, selected: String(value) === String(chosen) }, text));
}
