// Audit: who did what, for the organisation; for support, all.

import { call } from "../api.js";
import { downloadButton } from "../download.js";
import { facts, h } from "../element.js";
import { filters, list } from "../list.js";
import { DAYS, asked, organisationFilter } from "../organisation.js";
import { link, page } from "../route.js";
import { me } from "../session.js";
import { empty } from "../state.js";
import { ACTIONS, OBJECT_TYPES } from "../vocabulary.js";
import { plain, role, when, who } from "../words.js";

const SCREENS = { export: "/exports", webhook: "/webhooks", vacancy: "/vacancies", candidate: "/people" };
const kinds = [...new Set(ACTIONS.map((action) => action.split(".")[0]))];
const choices = kinds.flatMap((kind) => [[kind, `${plain(kind)}: all`],
  ...ACTIONS.filter((action) => action.startsWith(`${kind}.`)).map((action) => [action, plain(action).replace(".", ": ")])]);

const FIELDS = [
  { name: "actor", label: "Who (e-mail address or id)", late: true },
  { name: "action", label: "What was done", options: [["", "All"], ...choices] },
  { name: "object_type", label: "To what", options: [["", "All"], ...OBJECT_TYPES.map((type) => [type, plain(type)])] },
  { name: "object", label: "Its id", late: true }, ...DAYS,
];

/** Audit. */
export async function audit({ query, signal }) {
  const support = me().role === "support";
  const { element, values } = filters(query, FIELDS, () => events.again());
  if (support) element.prepend(organisationFilter(values, () => events.again(), signal));
  const events = list({
    caption: "What was done, newest first",
    columns: [
      ["What happened", (event) => event.sentence], ["When", (event) => when(event.at)],
      ["Who", (event) => [actor(event.actor), h("p", { class: "quiet" }, role(event.actor.role))]],
      support && ["Organisation", (event) => event.organisation_name],
      ["To what", (event) => object(event.object, support)], ["More", details],
    ].filter(Boolean),
    load: (cursor) => call("list_audit_events", { query: { ...asked(values), cursor }, signal }),
    signal, nothing: empty("Nothing like that was done."),
  });
  return page("Audit", [], element, events.element,
    h("div", { class: "actions" }, downloadButton("download_audit_events", "Download CSV", () => asked(values))));
}

function actor(one) {
  return one.type === "system" ? "The service" : who(one);
}

function object({ type, id }, support) {
  const there = id && SCREENS[type] && !(support && (type === "vacancy" || type === "candidate"));
  return there ? link(plain(type), `${SCREENS[type]}/${id}`) : plain(type);
}

function details(event) {
  const told = Object.entries(event.details).map(([name, value]) =>
    [plain(name), typeof value === "object" ? JSON.stringify(value) : String(value)]);
  return h("details", {}, h("summary", {}, "Details"),
    facts([["Action", event.action], ["Request", event.request_id], ...told]),
    h("ul", { class: "next" },
      h("li", {}, link("What else they did", "/audit", { actor: event.actor.id })),
      event.object.id && h("li", {}, link(`All about this ${plain(event.object.type)}`, "/audit", { object: event.object.id }))));
}
