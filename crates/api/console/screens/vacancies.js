// Vacancies: where candidates to export are found.

import { filters, list } from "../list.js";
import { link, page } from "../route.js";
import { empty } from "../state.js";

/** How vacancies stand. */
const STATUSES = [["", "All"], ["open", "Open"], ["closed", "Closed"], ["archived", "Archived"]];

/** The vacancies of the organisation. */
export async function vacancies({ query, signal }) {
  const fields = [
    { name: "q", label: "Search", maxlength: 200, placeholder: "Title or reference" },
    { name: "status", label: "Status", options: STATUSES },
  ];
  const { element, values } = filters(query, fields, () => shown.again());
  const nothing = () => empty(values.q || values.status
    ? "No vacancy matches. Choose other filters."
    : "There are no vacancies yet. They come with the first import of your applications.");
  const shown = list({
    caption: "Vacancies",
    columns: [
      ["Title", (one) => link(one.title, `/vacancies/${one.id}`)],
      ["Reference", (one) => one.reference], ["Department", (one) => one.department],
      ["Location", (one) => one.location], ["Status", (one) => statusOf(one)],
      ["Applications", (one) => one.application_count.toLocaleString("en-GB"), { number: true }],
    ],
    operation: "list_vacancies", query: values, nothing, signal,
  });
  return page("Vacancies", [], element, shown.element);
}

/** "Open", "Closed". */
export function statusOf(vacancy) {
  return STATUSES.find(([name]) => name === vacancy.status)?.[1] ?? vacancy.status;
}
