// Support desk: what happened, in a sentence to read to whoever is on the phone; and what fails just now.

import { call } from "../api.js";
import { downloadButton } from "../download.js";
import { freshId, h, replace } from "../element.js";
import { list } from "../list.js";
import { DAYS, asked, narrowing } from "../organisation.js";
import { link, note, page } from "../route.js";
import { me } from "../session.js";
import { empty, show } from "../state.js";
import { FAILURES } from "../vocabulary.js";
import { when } from "../words.js";
import { cards } from "./cards.js";

const LATELY = 7;

/** Support desk. */
export async function desk({ query, signal }) {
  const since = new Date(Date.now() - (LATELY - 1) * 86_400_000).toISOString().slice(0, 10);
  const values = new URLSearchParams({ from: since, ...Object.fromEntries(query) });
  const failures = failing(values, signal);
  return page("Support desk", [], search(failures.values, signal),
    h("h2", {}, "What fails"), failures.elements);
}

/** One box, for whatever was pasted; the address keeps what was looked for. */
function search(values, signal) {
  const id = freshId("q");
  const found = h("div", { "aria-live": "polite" });
  let looking = new AbortController();
  const box = h("input", { id, type: "search", value: values.q ?? "", spellcheck: "false", "aria-describedby": `${id}-hint`,
    onfocus: () => box.select() });
  const look = () => {
    looking.abort();
    looking = new AbortController();
    const mine = AbortSignal.any([signal, looking.signal]);
    values.q = box.value.trim();
    note(values);
    if (!values.q) return replace(found);
    return show(found, () => cardsOf(values.q, mine), mine);
  };
  // What is pasted is looked for at once, wherever on the page.
  document.addEventListener("paste", (event) => {
    if (event.target !== box && event.target.closest?.("input, textarea, dialog")) return;
    if (event.target !== box) box.value = event.clipboardData.getData("text");
    setTimeout(look);
  }, { signal });
  if (values.q) look();
  const onsubmit = (event) => {
    event.preventDefault();
    look();
  };
  const hint = "An id out of a log (export, attempt, webhook), a host, the e-mail address of who exported, or the name of a webhook or a"
    + " customer. With a host or an address, a day, too, such as 2026-11-27.";
  return [
    h("form", { role: "search", onsubmit }, h("label", { for: id }, "What the customer has at hand"),
      h("p", { class: "quiet", id: `${id}-hint` }, hint),
      h("div", { class: "ask" }, box, h("button", { type: "submit", class: "primary" }, "Search"))),
    found,
  ];
}

async function cardsOf(q, signal) {
  try {
    return cards(await call("search", { query: { q }, signal }), q);
  } catch (problem) {
    const wrong = problem.of?.("/q");
    if (!wrong) throw problem;
    return h("p", { class: "error" }, `${wrong[0].toUpperCase()}${wrong.slice(1)}.`);
  }
}

/** Failures by host and outcome, of some days. */
function failing(query, signal) {
  const fields = [{ name: "host", label: "Host", late: true }, ...DAYS];
  const { element, values } = narrowing(query, fields, () => lines.again(), signal);
  const support = me().role === "support";
  const narrowed = () => ({ ...asked(values), q: null });
  const failures = () => ({ ...narrowed(), outcome: FAILURES.join() });
  const more = h("p", { class: "notice", hidden: true }, "There are more than these: ask for one host, or for fewer days.");
  const load = async () => {
    const counted = await call("summarize_attempts", { query: { ...failures(), group_by: "host,outcome", limit: 200 }, signal });
    more.hidden = !counted.more;
    return { items: counted.items, next_cursor: null };
  };
  const log = ({ attempts, host, outcome }) =>
    link(attempts.toLocaleString("en-GB"), "/attempts", { ...values, q: null, host, outcome });
  const lines = list({
    caption: "Failed attempts, by host and what came of them",
    columns: [
      ["Host", (line) => line.host], ["What fails", (line) => line.explanation],
      ["Attempts", log, { number: true }],
      ["New exports", (line) => line.new_exports, { number: true }],
      support && ["Organisations", (line) => line.organisations, { number: true }],
      ["Since", (line) => when(line.since)],
      ["Last", (line) => link(when(line.last), `/exports/${line.example_export_id}`)],
    ],
    load, signal,
    nothing: empty("No attempt failed in these days."),
  });
  const files = h("div", { class: "actions" },
    downloadButton("download_attempts", "Download failed attempts (CSV)", failures),
    downloadButton("download_exports", "Download failed exports (CSV)", () => ({ ...narrowed(), status: "failed" })));
  return { values, elements: [element, more, lines.element, files] };
}
