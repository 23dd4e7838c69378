// The report of an erasure: to print, to keep, and to act on. It is answered once.

import { save } from "../download.js";
import { button, facts, h } from "../element.js";
import { list } from "../list.js";
import { beforeLeaving, link, page } from "../route.js";
import { me } from "../session.js";
import { count, plain, webhookName, when, who } from "../words.js";
import { guard } from "./secret.js";

/** The report as a page. */
export function report(erasure, reference) {
  watch();
  return page("Report of an erasure", [link("People's data", "/people")],
    h("div", { class: "actions notice" },
      h("p", {}, "Shown once: print or download it now. Where the data went stays at this address, without a name."),
      button("Print", () => (print(), beforeLeaving(null)), { class: "primary" }),
      button("Download (JSON)", () => keep(erasure))),
    facts([
      ["Organisation", me().organisation?.name], ["Reference", reference],
      ["Id", h("code", {}, erasure.candidate_id)], ["Erased", when(erasure.erased_at, true)],
      ["Erased by", who(me().member)],
      ["Deleted", `the person and ${count(erasure.applications, "application")}`],
      ["Exports that carried them", erasure.exports_total],
      ["Waiting exports that they were cut out of", erasure.cut.length],
      ["Exports still to be cut", erasure.to_be_cut],
    ]),
    h("h2", {}, "Receivers to tell"), receivers(erasure),
    h("h2", {}, "Others with the same e-mail address"), others(erasure.same_email),
    erasure.cut.length > 0 && [h("h2", {}, "Exports that went on without them"), h("ul", {}, erasure.cut.map(cut))]);
}

/** Asks before it is left, until it was printed or saved. */
export function watch() {
  guard("the report", "It is shown once, and neither printed nor downloaded yet. Where the data went stays at this address.");
}

/** Saves it as a file. */
export function keep(erasure) {
  beforeLeaving(null);
  save(new Blob([JSON.stringify(erasure, null, 2)], { type: "application/json" }), `erasure-${erasure.candidate_id}.json`);
}

function receivers({ receivers: all }) {
  return list({
    caption: `Receivers that have or may have the data: ${all.length}. They know an export by its id (webhook-id).`,
    columns: [
      ["Receiver", webhookName], ["Host", (one) => one.host],
      ["Their data", (one) => certainty(one.certainty)],
      ["Fields", (one) => one.include.map(plain).join(", ")],
      ["Exports, and when they were sent last", (one) => one.exports.map((sent) =>
        h("div", {}, h("code", {}, sent.export_id), " ", when(sent.last_at, true)))],
    ],
    load: async () => ({ items: all, next_cursor: null }),
    nothing: h("p", {}, "No receiver has the data: nobody has to be told."),
  }).element;
}

function others(all) {
  if (all.length === 0) return h("p", {}, "Nobody else has it.");
  return [h("p", {}, "Probably the same person; each has to be erased on its own."),
    h("ul", {}, all.map((one) => h("li", {}, link(one.reference ?? `${one.id} (gone, too)`, `/people/${one.id}`))))];
}

function cut({ export_id, continued_as }) {
  return h("li", {}, h("code", {}, export_id), ": ",
    continued_as ? ["goes on as ", link(continued_as, `/exports/${continued_as}`)] : "nobody is left in it");
}

/** How sure it is that a receiver has the data. */
export function certainty(word) {
  const tone = { sent: "bad", may_have_been_sent: "warning", being_sent_now: "warning" }[word] ?? "calm";
  return h("span", { class: tone }, plain(word));
}
