// How times, sizes and counts are written: like the sentences of the API, in UTC.

import { h } from "./element.js";

const LOCALE = "en-GB";
const format = (options) => new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options });
const DAY = format({ day: "numeric", month: "short", year: "numeric" });
const MINUTE = format({ hour: "2-digit", minute: "2-digit" });
const CLOCK = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** "23 Nov, 14:05 UTC", as an element; with the year of another year, or `always`; nothing for null. */
export function when(instant, always = false) {
  const at = new Date(instant);
  return instant && time(instant, `${always ? DAY.format(at) : short(at)}, ${MINUTE.format(at)} UTC`);
}

/** "14:05:09 UTC", as an element. */
export function clock(instant) {
  return instant && time(instant, `${CLOCK.format(new Date(instant))} UTC`);
}

/** "23 Nov 2026", as an element; a date without a time is that day. */
export function day(instant) {
  return instant && time(instant, DAY.format(new Date(instant)));
}

/** "3 May" of this year, "3 May 2025" of another one. */
export function date(instant) {
  return time(instant, short(new Date(instant)));
}

function short(at) {
  return DAY.format(at).replace(` ${new Date().getUTCFullYear()}`, "");
}

/** "11 candidates", "1 candidate". */
export function count(number, one, several = `${one}s`) {
  return `${number.toLocaleString(LOCALE)} ${number === 1 ? one : several}`;
}

/** "the 11 candidates" of an export, "the candidate". */
export function everybody({ candidate_count }) {
  return candidate_count === 1 ? "the candidate" : `the ${count(candidate_count, "candidate")}`;
}

/** "25.6 KB" of bytes. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [divisor, unit] = bytes < 1e6 ? [1e3, "KB"] : [1e6, "MB"];
  return `${(bytes / divisor).toFixed(1)} ${unit}`;
}

/** "340 ms", "2.4 s", "5 min", "2.5 h" of milliseconds; nothing for null. */
export function lasted(ms) {
  if (ms === null || ms === undefined) return null;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120e3) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 72e5 ? `${Math.round(ms / 6e4)} min` : `${(ms / 36e5).toFixed(1)} h`;
}

/** "org_admin" as people say it. */
export function role(name) {
  return { org_admin: "Organisation Admin", recruiter: "Recruiter", support: "Support" }[name] ?? name;
}

/** "http_5xx" as words: "http 5xx". */
export function plain(name) {
  return String(name ?? "").replaceAll("_", " ");
}

/** What came of a try: "accepted (200)", "refused (404)", "connect timeout", "under way". */
export function cameOf(outcome, status) {
  const words = { delivered: "accepted", http_4xx: "refused", http_5xx: "failed there", response_timeout: "no answer in time" };
  return `${outcome ? words[outcome] ?? plain(outcome) : "under way"}${status ? ` (${status})` : ""}`;
}

/** The name of a webhook that something of the API names. */
export function webhookName({ webhook_name: name, webhook_deleted_at: deleted }) {
  return deleted ? `${name} (deleted)` : name;
}

/** Who did it: a person's name, an API key, or the id of who is not known any more. */
export function who(requester) {
  if (!requester) return null;
  const name = requester.name ?? requester.email ?? requester.id;
  return requester.type === "api_key" ? `API key ${name}` : name;
}

function time(instant, text) {
  return h("time", { datetime: instant, title: new Date(instant).toString() }, text);
}
