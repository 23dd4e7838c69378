// One export: what became of it, live; who has to do what; what can be done.

import { copyable } from "../copy.js";
import { facts, h, replace } from "../element.js";
import { actor, followExport, status } from "../live.js";
import { link, page } from "../route.js";
import { me } from "../session.js";
import { plain, size, webhookName, when, who } from "../words.js";
import { actions } from "./export_actions.js";
import { attempts } from "./export_attempts.js";
import { carried } from "./export_data.js";
import { named } from "./webhooks.js";

/** Export. */
export async function exportPage({ params: { id }, signal }) {
  const head = h("div", { role: "status" });
  const acts = h("div", { class: "actions" });
  const detail = h("div", {});
  const kept = h("div", {});
  const asked = h("div", {});
  const log = attempts(id, signal);
  // The same object all the time: a button that stays knows how things stand when it is pressed.
  const seen = {};
  const show = (item) => {
    // What was cancelled on the wire has nothing more to be cancelled.
    Object.assign(seen, { isStopping: seen.isStopping && !item.finished_at }, item);
    put(head, headline(seen));
    put(acts, actions(seen, { show: (now) => show({ ...now, isStopping: !now.finished_at }), follow, signal }));
    put(detail, about(seen));
    if (me().role !== "support") put(kept, carried(seen, { asked, follow, signal }));
    log.show(item);
    return seen;
  };
  const follow = () => new Promise((shown, fail) => followExport(id, signal, (item) => shown(show(item))).catch(fail));
  const item = await follow();
  const what = item.vacancy_title ?? (item.type === "test" ? "Test" : "Export");
  return page(`${what}, to ${webhookName(item)}`, [link("Exports", "/exports"), item.organisation_name].filter(Boolean), head, acts,
    h("p", { class: "quiet" }, "The id of this export, to quote where you ask for help:"), copyable("the id of this export", id),
    h("h2", {}, "What happened when"), log.element, h("h2", {}, "Details"), detail, kept, asked);
}

/** Puts what is new in place of what was there; leaves alone what is the same, and the focus in the page. */
function put(place, content) {
  const fresh = replace(place.cloneNode(), content);
  if (fresh.isEqualNode(place)) return;
  const inside = place.contains(document.activeElement);
  place.replaceChildren(...fresh.childNodes);
  const settle = () => document.activeElement === document.body && document.querySelector("h1")?.focus();
  if (inside) settle();
  document.querySelector("dialog")?.addEventListener("close", settle);
}

function headline(item) {
  return [
    h("p", {}, status(item)),
    h("p", { class: "sentence" }, item.explanation),
    h("p", {}, item.advice),
    actor(item) && h("p", {}, h("strong", {}, "Who acts: "), actor(item)),
    (item.flags ?? []).map((flag) => h("p", { class: "notice" }, flag.sentence)),
  ];
}

function about(item) {
  const other = (id) => id && link(id, `/exports/${id}`);
  const admin = me().role === "org_admin";
  return facts([
    ["Vacancy", item.vacancy_title && link(item.vacancy_title, `/vacancies/${item.vacancy_id}`)],
    ["Webhook", admin ? named(item) : webhookName(item)],
    ["Host", item.host], ["Organisation", item.organisation_name], ["Asked for by", who(item.requested_by)],
    ["Asked for", when(item.requested_at)], ["First accepted", when(item.first_accepted_at)],
    ["Next try, at the earliest", when(item.next_attempt_at)], ["Ended", when(item.finished_at)],
    ["Candidates", item.candidate_count],
    ["Left out", item.left_out.map((some) => `${some.count} ${plain(some.reason)}`).join(", ")],
    ["Tries", item.attempt_count], ["Resent from", other(item.resent_from)],
    ["Continued as", other(item.continued_as)], ["Size", size(item.payload_bytes)],
    ["SHA-256 of what was sent", h("code", {}, item.payload_sha256)],
    ["Payload kept until", when(item.payload_kept_until)],
  ]);
}
