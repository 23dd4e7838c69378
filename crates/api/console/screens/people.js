// People's data: finds a person, for somebody who asks what is known of them.

import { field, form } from "../form.js";
import { h, replace } from "../element.js";
import { list } from "../list.js";
import { link, note, page } from "../route.js";
import { empty } from "../state.js";

/** People's data. */
export async function people({ query, signal }) {
  const box = field("Find a person", { type: "search", value: query.get("q") ?? "", spellcheck: "false",
    hint: "Words of the name or e-mail address, or the whole reference. That you looked is told to the audit, not for whom." });
  const found = h("div");
  const look = async () => {
    const q = box.input.value.trim();
    note({ q });
    replace(found, q && candidates(q, signal).element);
  };
  look();
  return page("People's data", [],
    h("p", {}, "What is known of somebody, which receivers have it, and how to restrict or erase it."),
    form({ action: "Search", send: look, role: "search" }, box.element), found);
}

function candidates(q, signal) {
  return list({
    caption: `Candidates found by “${q}”`,
    columns: [
      ["Name", (one) => link(one.full_name, `/people/${one.id}`)],
      ["Reference", (one) => one.reference], ["E-mail address", (one) => one.email],
      ["Applications", (one) => one.applications, { number: true }],
      ["Exports", (one) => one.exports, { number: true }],
      ["Restricted", (one) => (one.restricted ? h("span", { class: "mark warning" }, "Restricted") : "no")],
    ],
    operation: "list_candidates", query: { q }, signal,
    nothing: empty("Nobody is called that. Who was erased cannot be found."),
  });
}
