// A click that is repeated after a failure is the same request: what may have arrived is not done twice.

import { call, freshKey } from "./api.js";
import { confirm } from "./dialog.js";

const unanswered = new Map();

/** Like `call`. Asked for again as it was, it has the same Idempotency-Key until the API has answered. */
export async function once(name, options) {
  const asked = JSON.stringify([name, options.path, options.query, options.body]);
  const key = unanswered.get(asked) ?? freshKey();
  unanswered.set(asked, key);
  let isAnswered = true;
  try {
    return await call(name, { ...options, key });
  } catch (problem) {
    // Neither when it was too often nor when it cannot be told.
    isAnswered = problem.status < 429;
    throw problem;
  } finally {
    if (isAnswered) unanswered.delete(asked);
  }
}

/** Like `confirm`, but answers what `act` does; null if it was not done. */
export async function confirmed(asked) {
  let answer = null;
  const act = async () => (answer = await asked.act());
  return (await confirm({ ...asked, act })) ? answer : null;
}
