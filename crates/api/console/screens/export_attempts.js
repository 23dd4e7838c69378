// The attempts of an export: when they were, as a picture; and each with its phases, in words, too.

import { call } from "../api.js";
import { h, replace, svg } from "../element.js";
import { empty, failed } from "../state.js";
import { cameOf, clock, lasted, size, when } from "../words.js";

const WIDTH = 600;
const HEIGHT = 34;
const THINNEST = 5;
const PHASES = [["dns", "DNS"], ["connect", "Connection"], ["answer", "Waiting for the answer"], ["rest", "The rest of the answer"]];

/** Attempts that show themselves: `show(item)` whenever the export changed. */
export function attempts(id, signal) {
  const place = h("div", {});
  const known = new Map();
  let asked = 0;
  const show = async (item) => {
    const mine = (asked += 1);
    try {
      const all = item.attempt_count === 0 ? [] : await read(id, signal);
      if (mine !== asked || signal.aborted) return;
      replace(place, all.length ? [picture(item, all), tries(all, known)] : empty("Nothing was sent so far."));
    } catch (problem) {
      if (mine === asked && !signal.aborted) replace(place, failed(problem, () => show(item)));
    }
  };
  return { element: place, show };
}

async function read(id, signal) {
  const all = [];
  let cursor = null;
  do {
    const answer = await call("list_export_attempts", { path: { id }, query: { cursor, limit: 200 }, signal });
    all.push(...answer.items);
    cursor = answer.next_cursor;
  } while (cursor);
  return all;
}

/** One bar an attempt on an axis of time; a thin line where it waited. */
function picture(item, all) {
  const next = !item.finished_at && item.next_attempt_at;
  const last = all.at(-1);
  const begin = Date.parse(item.requested_at);
  const end = Math.max(Date.parse(next || last.started_at), Date.parse(last.started_at) + (last.duration_ms ?? 0), begin + 1);
  const x = (instant) => ((Date.parse(instant) - begin) / (end - begin)) * (WIDTH - THINNEST);
  const bars = all.map((one) => svg("rect", {
    x: x(one.started_at), width: Math.max(THINNEST, ((one.duration_ms ?? 0) / (end - begin)) * WIDTH),
    y: one.outcome === "delivered" ? 0 : HEIGHT / 4, height: one.outcome === "delivered" ? HEIGHT : HEIGHT / 2, class: tone(one),
  }));
  const planned = next && svg("rect", { x: x(next), width: THINNEST - 1, y: HEIGHT / 4, height: HEIGHT / 2, class: "planned" });
  const label = `When it was tried, in a picture; the list below says the same: ${all.map((one) => cameOf(one.outcome, one.http_status)).join(", ")}`;
  const instant = end - begin > 864e5 ? when : clock;
  return h("figure", {},
    svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "axis", role: "img", "aria-label": label },
      svg("rect", { x: 0, y: HEIGHT / 2 - 1, width: WIDTH, height: 2, class: "calm" }), bars, planned),
    h("figcaption", { class: "ends" }, h("span", {}, "Asked for ", instant(item.requested_at)),
      h("span", {}, next ? "Next try " : "Last try ", instant(next || last.started_at))));
}

/** The same in words. What did not change stays as it is, with what is open in it. */
function tries(all, known) {
  const longest = Math.max(1, ...all.map((one) => one.duration_ms ?? 0));
  const items = all.map((one, at) => {
    const said = JSON.stringify([one, longest, all[at + 1]?.started_at]);
    if (known.get(one.id)?.said !== said) known.set(one.id, { said, item: attempt(one, longest, all[at + 1]) });
    return known.get(one.id).item;
  });
  return [
    h("ul", { class: "legend" }, PHASES.map(([name, title]) => h("li", { class: name }, title))),
    h("ol", { class: "tries" }, items),
  ];
}

function attempt(one, longest, following) {
  const ended = Date.parse(one.started_at) + (one.duration_ms ?? 0);
  const headers = one.response_headers && Object.entries(one.response_headers).map(([name, value]) => `${name}: ${value}`).join("\n");
  return h("li", {},
    h("h3", {}, `Try ${one.attempt_number}, `, clock(one.started_at), " ", h("span", { class: `status ${tone(one)}` }, cameOf(one.outcome, one.http_status))),
    h("p", {}, one.explanation),
    one.late && h("p", { class: "notice" }, "We learnt later, at ", clock(one.late.recorded_at), `: ${cameOf(one.late.outcome, one.late.http_status)}.`),
    bar(one, longest),
    h("p", { class: "quiet" }, figures(one)),
    headers && details("Headers of the answer", headers),
    one.response_body && details(`Body of the answer${one.response_truncated ? ", the beginning of it" : ""}`, one.response_body),
    following && h("p", { class: "quiet" }, `Then ${lasted(Math.max(0, Date.parse(following.started_at) - ended))} until the next try.`));
}

function details(summary, text) {
  return h("details", {}, h("summary", {}, summary), h("pre", { dir: "auto" }, text));
}

/** How long each phase took, against the longest attempt. */
function bar({ phases_ms: { dns, connect, first_byte }, duration_ms }, longest) {
  if (duration_ms === null) return null;
  const before = (dns ?? 0) + (connect ?? 0);
  const answer = first_byte === null ? duration_ms - before : first_byte - before;
  const parts = [dns ?? 0, connect ?? 0, answer, first_byte === null ? 0 : duration_ms - first_byte];
  let x = 0;
  const drawn = parts.map((part, at) => {
    const width = (Math.max(0, part) / longest) * WIDTH;
    x += width;
    return width > 0 && svg("rect", { x: x - width, y: 0, width, height: 8, class: PHASES[at][0] });
  });
  return svg("svg", { viewBox: `0 0 ${WIDTH} 8`, preserveAspectRatio: "none", class: "phases", "aria-hidden": "true" }, drawn);
}

function figures({ phases_ms: { dns, connect, first_byte }, duration_ms, request_bytes_sent, resolved_address, id }) {
  return [
    dns !== null && `DNS ${lasted(dns)}`, connect !== null && `connection ${lasted(connect)}`,
    first_byte !== null && `first byte after ${lasted(first_byte)}`, duration_ms !== null && `in all ${lasted(duration_ms)}`,
    `${size(request_bytes_sent)} sent`, resolved_address && `to ${resolved_address}`, `attempt ${id}`,
  ].filter(Boolean).join(" · ");
}

function tone({ outcome, late }) {
  if (!outcome) return "calm";
  return outcome === "delivered" || late?.outcome === "delivered" ? "good" : "bad";
}
