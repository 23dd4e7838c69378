// A receipt: what became of an export, signed, on one page to print.

import { call } from "../api.js";
import { save } from "../download.js";
import { button, facts, h } from "../element.js";
import { link, page } from "../route.js";
import { cameOf, count, lasted, plain, size } from "../words.js";

/** Attempts, and characters of what was signed, that fit on a page. */
const SHOWN = 10;
const SIGNED = 5200;
const STATUS = {
  queued: "waiting to be sent", delivering: "sending now", retrying: "trying again",
  delivered: "accepted", failed: "not delivered", cancelled: "cancelled",
};

/** Receipt. */
export async function receipt({ params: { id }, signal }) {
  const signed = await call("get_export_receipt", { path: { id }, signal });
  const said = signed.receipt;
  const json = () => save(new Blob([JSON.stringify(signed, null, 2)], { type: "application/json" }), `receipt-${id}.json`);
  return page("Receipt", [link("Exports", "/exports"), link("Export", `/exports/${id}`)],
    h("div", { class: "actions" }, button("Print", () => print(), { class: "primary" }), button("Download the JSON", json)),
    h("div", { class: "receipt" }, h("p", { class: "sentence" }, said.explanation), about(said), attempts(said), signature(signed)));
}

function about(said) {
  return facts([
    ["Organisation", `${said.organisation.name} (${said.organisation.id})`], ["Export", said.export_id],
    ["Resent from", said.resent_from], ["Sent to", said.host], ["Webhook", said.webhook_id],
    ["Candidates", said.type === "test" ? "none, a test" : said.candidate_count],
    ["Asked for", second(said.requested_at)], ["Stands at", STATUS[said.status] ?? plain(said.status)],
    ["First accepted", second(said.first_accepted_at)], ["Ended", second(said.finished_at)],
    ["May have arrived", said.ambiguous && "yes, though it was not accepted"],
    ["Request body", size(said.payload_bytes)], ["SHA-256 of it", h("code", {}, said.payload_sha256)],
    ["Issued by", said.iss], ["Issued", second(new Date(said.iat * 1000).toISOString())],
  ]);
}

function attempts({ attempts: all, attempt_count }) {
  if (attempt_count === 0) return h("p", {}, "Nothing was sent so far.");
  const last = all.slice(-SHOWN);
  const left = last.length < attempt_count && `, the last ${last.length} of them`;
  const titles = ["Try", "At", "Took", "Outcome", "Attempt"].map((title) => h("th", { scope: "col" }, title));
  const rows = last.map((one) => h("tr", {}, h("th", { scope: "row" }, one.attempt_number), h("td", {}, second(one.started_at)),
    h("td", {}, lasted(one.duration_ms)), h("td", {}, came(one)), h("td", {}, h("code", {}, one.id))));
  return h("table", {}, h("caption", {}, count(attempt_count, "try", "tries"), left),
    h("thead", {}, h("tr", {}, titles)), h("tbody", {}, rows));
}

function came({ outcome, http_status, ambiguous, late_outcome }) {
  return [
    cameOf(outcome, http_status),
    ambiguous && "may have arrived", late_outcome && `later known as ${plain(late_outcome)}`,
  ].filter(Boolean).join(", ");
}

function signature({ jws, keys: path }) {
  const keys = new URL(path, location.origin).href;
  if (jws.length > SIGNED) {
    return h("p", {}, "The signed form is too long for a page: keep the ", h("code", {}, "jws"), " of the JSON; the keys at ",
      h("code", {}, keys), " verify it.");
  }
  return [
    h("h2", {}, "Signed"),
    h("p", {}, "JWS, EdDSA; the keys at ", h("code", {}, keys), " verify it."),
    h("pre", { class: "jws", tabindex: "0", role: "region", "aria-label": "What was signed" }, jws),
  ];
}

function second(instant) {
  return instant && h("time", { datetime: instant }, `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`);
}
