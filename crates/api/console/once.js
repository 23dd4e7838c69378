// A click that is repeated after a failure is the same request: what may have arrived is not done twice.

import { call, freshKey } from "./api.js";

/** How long after a failure it still is. */
const MEANT_MS = 3_600_000;
const unanswered = new Map();

/** Like `call`. Asked for again as it was, it has the same Idempotency-Key until the API has answered. */
export async function once(name, options) {
  const asked = JSON.stringify([name, options.path, options.query, options.body]);
  const before = unanswered.get(asked);
  const one = before?.until > Date.now() ? before : { key: freshKey(), until: Date.now() + MEANT_MS };
  unanswered.set(asked, one);
  try {
    const answer = await call(name, { ...options, key: one.key });
    unanswered.delete(asked);
    return answer;
  } catch (problem) {
    // Refused for good; not so if it was too often, or could not be told.
    if (problem.status < 429) unanswered.delete(asked);
    throw problem;
  }
}
