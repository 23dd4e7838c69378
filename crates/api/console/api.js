// The only place that fetches: the public API, with a bearer token and nothing else. A token that ran
// out is asked for anew, and the call goes on; what is sent again has the same Idempotency-Key.

import { signIn, token } from "./session.js";
import { reach } from "./state.js";

export { download } from "./download.js";
export { stream } from "./stream.js";

/** The operations of the API that the console uses, as openapi.json has them. */
export const operations = {
  get_me: "GET /v1/me",
  list_webhooks: "GET /v1/webhooks",
  create_webhook: "POST /v1/webhooks",
  check_webhook: "POST /v1/webhooks/check",
  get_webhook: "GET /v1/webhooks/{id}",
  delete_webhook: "DELETE /v1/webhooks/{id}",
  test_webhook: "POST /v1/webhooks/{id}/test",
  rotate_webhook_secret: "POST /v1/webhooks/{id}/rotate-secret",
  end_webhook_rotation: "POST /v1/webhooks/{id}/end-rotation",
  enable_webhook: "POST /v1/webhooks/{id}/enable",
  review_webhook: "POST /v1/webhooks/{id}/reviewed",
  replace_webhook: "POST /v1/webhooks/{id}/replace",
  resend_webhook_exports: "POST /v1/webhooks/{id}/resend",
  download_webhooks: "GET /v1/webhooks.csv",
  list_vacancies: "GET /v1/vacancies",
  get_vacancy: "GET /v1/vacancies/{id}",
  list_applications: "GET /v1/vacancies/{id}/applications",
  import_applications: "POST /v1/import",
  list_candidates: "GET /v1/candidates",
  erase_candidate: "DELETE /v1/candidates/{id}",
  list_candidate_exports: "GET /v1/candidates/{id}/exports",
  preview_export: "POST /v1/exports/preview",
  create_export: "POST /v1/exports",
  list_exports: "GET /v1/exports",
  download_exports: "GET /v1/exports.csv",
  follow_exports: "GET /v1/exports/events",
  get_export: "GET /v1/exports/{id}",
  get_export_payload: "GET /v1/exports/{id}/payload",
  list_export_attempts: "GET /v1/exports/{id}/attempts",
  follow_export: "GET /v1/exports/{id}/events",
  get_export_receipt: "GET /v1/exports/{id}/receipt",
  cancel_export: "POST /v1/exports/{id}/cancel",
  resend_export: "POST /v1/exports/{id}/resend",
  list_export_people: "GET /v1/exports/{id}/people",
  forget_export_payload: "DELETE /v1/exports/{id}/payload",
  list_attempts: "GET /v1/attempts",
  download_attempts: "GET /v1/attempts.csv",
  list_audit_events: "GET /v1/audit-events",
  download_audit_events: "GET /v1/audit-events.csv",
  search: "GET /v1/search",
  list_organisations: "GET /v1/organisations",
  summarize_attempts: "GET /v1/attempts/summary",
  summarize_exports: "GET /v1/exports/summary",
  list_api_keys: "GET /v1/api-keys",
  create_api_key: "POST /v1/api-keys",
  revoke_api_key: "DELETE /v1/api-keys/{id}",
  list_notifications: "GET /v1/notifications",
  mark_notifications_seen: "POST /v1/notifications/seen",
  get_notification_preferences: "GET /v1/notifications/preferences",
  set_notification_preferences: "PUT /v1/notifications/preferences",
  get_payload_sample: "GET /samples/candidates-exported.json",
};

const RETRIES = 2;
const PAUSE_MS = 1000;
/** Longest pause that the API may ask for without the page telling so, in seconds. */
const LONGEST_PAUSE_S = 5;
/** Longest wait for an answer to begin. */
const PATIENCE_MS = 60_000;

/** What the API refused, or that it could not be reached. */
export class Problem extends Error {
  constructor(document, offline = false) {
    super(document.detail ?? document.title);
    Object.assign(this, document, { offline });
    this.slug = String(document.type ?? "").split("/").at(-1);
  }

  /** What is said of one member of the body. */
  of(pointer) {
    return (this.errors ?? []).filter((error) => error.pointer === pointer).map((error) => error.detail).join(" ");
  }
}

/** Calls an operation; answers the JSON that came, or null. `path` and `query` are its parameters. */
export async function call(name, options = {}) {
  const answer = await answered(name, options);
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

/** The answer of an operation, whose body is still to be read. */
export async function answered(name, options) {
  const [method, template] = operations[name].split(" ");
  const request = {
    method,
    headers: { ...(options.body && { "content-type": options.type ?? "application/json" }), ...options.headers },
    body: options.type ? options.body : options.body && JSON.stringify(options.body),
    signal: options.signal,
    cache: "no-store",
  };
  if (method !== "GET") request.headers["idempotency-key"] = options.key ?? freshKey();
  const address = `${path(template, options.path)}${asQuery(options.query)}`;
  for (let tries = 0; ; tries += 1) {
    const mine = options.token ?? token();
    if (mine) request.headers.authorization = `Bearer ${mine}`;
    try {
      const answer = await reached(() => inTime(address, request));
      if (answer.ok) return answer;
      throw await problem(answer);
    } catch (refused) {
      if (options.signal?.aborted) throw refused;
      await again(refused, options, tries, mine);
    }
  }
}

/** Returns when the call may be made again, else throws what was refused. */
async function again(refused, options, tries, mine) {
  if (refused.status === 401 && options.token === undefined) {
    // Another call may have asked meanwhile.
    if (token() === mine) await signIn(mine && "Your session has ended. Nothing is lost: sign in again to go on.");
    return;
  }
  const asked = refused.retryAfter ?? (refused.offline ? PAUSE_MS / 1000 : Infinity);
  if (tries >= RETRIES || asked > LONGEST_PAUSE_S) throw refused;
  await pause(asked * 1000, options.signal);
}

async function reached(work) {
  try {
    const answer = await work();
    reach(true);
    return answer;
  } catch (error) {
    if (error instanceof Problem || error.name === "AbortError") throw error;
    reach(false);
    const detail = "The service could not be reached. Check your connection, then try again.";
    throw new Problem({ title: "No connection", detail }, true);
  }
}

/** Gives up when no answer begins in time; one that has begun may take as long as it takes. */
async function inTime(address, request) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException("late", "TimeoutError")), PATIENCE_MS);
  const signal = AbortSignal.any([late.signal, ...(request.signal ? [request.signal] : [])]);
  return fetch(address, { ...request, signal }).finally(() => clearTimeout(timer));
}

async function problem(answer) {
  const document = await answer.json().catch(() => ({ title: "The service is not available", detail: "Try again in a minute." }));
  return Object.assign(new Problem({ ...document, status: answer.status }), {
    retryAfter: answer.headers.has("retry-after") ? Number(answer.headers.get("retry-after")) : undefined,
  });
}

function path(template, parameters = {}) {
  return template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters[name]));
}

/** Parameters of an address; those that say nothing are left out. */
export function asQuery(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** Also where a page is not served by https, which has no randomUUID. */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Waits; no longer than `signal` lets it. */
export function pause(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });
}
