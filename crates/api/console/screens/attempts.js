// Attempts: the log of each try to send an export.

import { call } from "../api.js";
import { downloadButton } from "../download.js";
import { h } from "../element.js";
import { filters, list } from "../list.js";
import { DAYS, asked, beside, organisationFilter } from "../organisation.js";
import { link, page } from "../route.js";
import { me } from "../session.js";
import { empty } from "../state.js";
import { OUTCOMES } from "../vocabulary.js";
import { lasted, plain, when } from "../words.js";

const FIELDS = [
  { name: "host", label: "Host", late: true },
  { name: "outcome", label: "Outcome", options: [["", "All"], ...OUTCOMES.map((outcome) => [outcome, plain(outcome)])] },
  { name: "http_status", label: "HTTP status", type: "number", min: 100, max: 999, late: true }, ...DAYS,
];

const named = (one) => `The export tried at ${when(one.started_at).textContent}`;

/** Attempts. */
export async function attempts({ query, signal }) {
  const support = me().role === "support";
  const { element, values } = filters(query, FIELDS, () => lines.again());
  if (support) element.prepend(organisationFilter(values, () => lines.again(), signal));
  const lines = list({
    caption: "Attempts, newest first",
    columns: [
      ["What happened", (one) => [one.explanation, one.advice && h("p", { class: "quiet" }, one.advice)]],
      ["Began", (one) => when(one.started_at)], ["Host", (one) => one.host],
      ["HTTP", (one) => one.http_status, { number: true }],
      ["Took", (one) => lasted(one.duration_ms), { number: true }],
      support && ["Organisation", (one) => one.organisation_name],
      ["Export", (one) => link("The export", `/exports/${one.export_id}`, {}, { "aria-label": named(one) })],
    ].filter(Boolean),
    load: (cursor) => call("list_attempts", { query: { ...asked(values), cursor }, signal }),
    signal, nothing: empty("No attempt is like that. Without dates, these are those of the last 31 days."),
  });
  return page("Attempts", [support && link("Support desk", "/desk")].filter(Boolean), element,
    beside(values, FIELDS, "/attempts"), lines.element,
    h("div", { class: "actions" }, downloadButton("download_attempts", "Download CSV", () => asked(values))));
}
