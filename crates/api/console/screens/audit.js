// Audit: who did what, for the organisation; for support, all.

import { facts, h } from "../element.js";
import { DAYS, log } from "../organisation.js";
import { link } from "../route.js";
import { me } from "../session.js";
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
export async function audit(asked) {
  const support = me().role === "support";
  return log(asked, {
    title: "Audit", path: "/audit", fields: FIELDS, operation: "list_audit_events", csv: "download_audit_events",
    caption: "What was done, newest first", nothing: "Nothing like that was done.",
    columns: [
      ["What happened", (event) => event.sentence], ["When", (event) => when(event.at)],
      ["Who", (event) => [actor(event.actor), h("p", { class: "quiet" }, role(event.actor.role))]],
      support && ["Organisation", (event) => event.organisation_name],
      ["To what", (event) => object(event.object, support)], ["More", details],
    ],
  });
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
