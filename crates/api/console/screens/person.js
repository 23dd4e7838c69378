// A person: who it is, where their data went, and what may be done about it.

import { call } from "../api.js";
import { confirm } from "../dialog.js";
import { button, facts, h, replace } from "../element.js";
import { field } from "../form.js";
import { list } from "../list.js";
import { confirmed, once } from "../once.js";
import { link, page } from "../route.js";
import { empty, tell } from "../state.js";
import { count, day, plain, when } from "../words.js";
import { certainty, keep, report, watch } from "./erasure.js";
import { named } from "./webhooks.js";

const MOST = 200;
const SENT = ["sent", "may_have_been_sent", "being_sent_now"];

/** Person. */
export async function person({ params: { id }, signal }) {
  const known = await read(id);
  const place = h("div");
  const went = list({
    caption: "Exports with this person, by receiver",
    columns: [
      ["Receiver", (one) => [named(one), h("p", { class: "quiet" }, one.host)]],
      ["Their data", (one) => certainty(one.certainty)],
      ["Fields", (one) => one.include.map(plain).join(", ")],
      ["Sent first", (one) => when(one.first_at)], ["Sent last", (one) => when(one.last_at)],
      ["Export", (one) => link(when(one.requested_at), `/exports/${one.export_id}`)],
    ],
    operation: "list_candidate_exports", path: { id }, signal,
    nothing: empty("No export carries this person: nobody was sent their data."),
  });
  const shown = (one) => replace(place, who(one),
    h("div", { class: "actions" },
      button(one.restricted ? "Lift the restriction" : "Restrict", () => restrict(one)),
      button("Erase", () => erase(one), { class: "danger" })));
  const restrict = async (one) => {
    if (await confirmRestriction(one)) {
      tell(one.restricted ? "The restriction is lifted." : "The person is restricted.");
      shown((await read(id)) ?? one);
      await went.again();
    }
  };
  const erase = async (one) => {
    const erasure = await confirmErasure(one);
    if (!erasure) return;
    if (!signal.aborted) return replace(document.querySelector("main"), report(erasure, one.reference)).querySelector("h1").focus();
    watch();
    tell(`${one.reference} is erased. `, link("Where the data went", `/people/${id}`), " ",
      button("Download the report (JSON)", () => keep(erasure)));
  };
  if (known) shown(known);
  else replace(place, h("p", { class: "notice" }, "Nobody has this id: never here, or erased. Where the data went is told all the same."));
  return page(known?.full_name ?? "Person", [link("People's data", "/people")], place, h("h2", {}, "Where did it go"), went.element);
}

async function read(id) {
  return (await call("list_candidates", { query: { q: id } })).items.find((one) => one.id === id);
}

function who(one) {
  return facts([
    ["Reference", one.reference], ["E-mail address", one.email], ["Applications", one.applications],
    ["Exports that carry them", one.exports],
    ["May be contacted", { true: "yes", false: "no" }[one.can_contact] ?? "not said"],
    ["Agreed until", day(one.consent_expires_at)],
    ["Restricted", one.restricted ? h("span", { class: "mark warning" }, "Restricted: never exported") : "no"],
  ]);
}

/** How many exports wait with a person, and who has the data, as a sentence; as far as one page goes. */
async function standing(id) {
  const { items, next_cursor } = await call("list_candidate_exports", { path: { id }, query: { limit: MOST } });
  const waiting = items.filter((one) => one.certainty === "waiting").length;
  const receivers = new Set(items.filter((one) => SENT.includes(one.certainty)).map((one) => one.webhook_id)).size;
  return `${next_cursor ? `Of the first ${MOST} exports: ` : ""}${count(waiting, "waiting export")} will go on without them; ${
    count(receivers, "receiver")} ${receivers === 1 ? "has" : "have"} the data or may have it.`;
}

async function confirmRestriction(one) {
  // Names are not patched one by one: one that is left out is gone, one that is old comes back.
  const act = async () => {
    const now = await read(one.id);
    if (!now) throw Object.assign(new Error("The person was erased meanwhile."), { title: "Nothing was changed" });
    const { reference, first_name, last_name, full_name } = now;
    const line = { kind: "candidate", reference, first_name, last_name, full_name, restricted: !one.restricted };
    await once("import_applications", { body: `${JSON.stringify(line)}\n`, type: "application/x-ndjson" });
  };
  if (one.restricted) {
    const what = h("p", {}, `${one.full_name} can be exported again. What went on without them meanwhile is not sent anew.`);
    return confirm({ title: `Lift the restriction of ${one.full_name}?`, what, action: "Lift the restriction", danger: false, act });
  }
  const has = await standing(one.id);
  const what = [h("p", {}, `${one.full_name} is never exported until this is lifted; nothing is deleted.`),
    h("p", {}, `${has} This does not call it back.`)];
  return confirm({ title: `Restrict ${one.full_name}?`, what, action: "Restrict", act });
}

/** Asks, erases, and answers what came of it. */
async function confirmErasure(one) {
  const has = await standing(one.id);
  const typed = field("To go on, type the name or the reference", { autocomplete: "off", spellcheck: "false" });
  const act = async () => {
    if (![one.full_name, one.reference].includes(typed.input.value.trim())) {
      throw Object.assign(new Error(`Type ${one.full_name} or ${one.reference}.`), { title: "Nothing was erased" });
    }
    return once("erase_candidate", { path: { id: one.id } });
  };
  const what = [
    h("p", {}, `${one.full_name} (${one.reference}) and ${count(one.applications, "application")} are deleted, and cut out of `,
      `${count(one.exports, "export")}. An import skips this reference from then on. It cannot be undone.`),
    h("p", {}, `${has} The report says whom you have to tell. It is shown once: print or download it then.`),
    typed.element,
  ];
  return confirmed({ title: `Erase ${one.full_name}?`, what, action: "Erase for ever", act });
}
