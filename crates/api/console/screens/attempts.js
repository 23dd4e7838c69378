// Attempts: the log of each try to send an export.

import { h } from "../element.js";
import { DAYS, log } from "../organisation.js";
import { link } from "../route.js";
import { me } from "../session.js";
import { OUTCOMES } from "../vocabulary.js";
import { lasted, plain, when } from "../words.js";

const FIELDS = [
  { name: "host", label: "Host", late: true },
  { name: "outcome", label: "Outcome", options: [["", "All"], ...OUTCOMES.map((outcome) => [outcome, plain(outcome)])] },
  { name: "http_status", label: "HTTP status", type: "number", min: 100, max: 999, late: true }, ...DAYS,
];

const named = (one) => `The export tried at ${when(one.started_at).textContent}`;

/** Attempts. */
export async function attempts(asked) {
  const support = me().role === "support";
  return log(asked, {
    title: "Attempts", crumbs: support ? [link("Support desk", "/desk")] : [], path: "/attempts", fields: FIELDS,
    operation: "list_attempts", csv: "download_attempts", caption: "Attempts, newest first",
    nothing: "No attempt is like that. Without dates, these are those of the last 31 days.",
    columns: [
      ["What happened", (one) => [one.explanation, one.advice && h("p", { class: "quiet" }, one.advice)]],
      ["Began", (one) => when(one.started_at)], ["Host", (one) => one.host],
      ["HTTP", (one) => one.http_status, { number: true }],
      ["Took", (one) => lasted(one.duration_ms), { number: true }],
      support && ["Organisation", (one) => one.organisation_name],
      ["Export", (one) => link("The export", `/exports/${one.export_id}`, {}, { "aria-label": named(one) })],
    ],
  });
}
