// The one stream of this tab that tells of all exports and of what is new: the bell and the lists share it.

import { stream } from "./api.js";

const listeners = new Set();
let opened = null;

/** Tells `told(event, data)` of all that happens until `signal` says so; open while anybody listens. */
export function listen(told, signal) {
  listeners.add(told);
  signal?.addEventListener("abort", () => {
    listeners.delete(told);
    if (listeners.size === 0) opened?.abort();
    if (listeners.size === 0) opened = null;
  });
  if (opened) return;
  const mine = (opened = new AbortController());
  stream("follow_exports", { signal: mine.signal }, (event, data) => listeners.forEach((one) => one(event, data)))
    .finally(() => opened === mine && (opened = null));
}
