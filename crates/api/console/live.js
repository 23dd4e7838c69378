// An export as it stands, live: read once, then again whenever the stream says that something changed.

import { call, stream } from "./api.js";
import { h } from "./element.js";

const TONES = { delivered: "good", failed: "bad", retrying: "warning" };

/** Follows one export until it has ended: `shown(export)` at once and at each change. Ends when it is
 *  read for the last time. */
export async function followExport(id, signal, shown) {
  const read = async () => {
    const now = await call("get_export", { path: { id }, signal });
    if (!signal.aborted) shown(now);
    return now;
  };
  const first = await read();
  if (first.finished_at) return first;
  let reading = Promise.resolve(first);
  await stream("follow_export", { path: { id }, signal }, () => (reading = reading.then(read).catch(() => first)));
  return signal.aborted ? reading : read();
}

/** The status of an export as a mark: its label, with a colour and a shape for those who see them. */
export function status(item) {
  return h("span", { class: `status ${TONES[item.status] ?? "calm"}` }, item.status_label);
}

/** Who has to act, as people say it; nothing if nobody has to. */
export function actor({ act_by, host = "the receiver" }) {
  return { recruiter: "whoever exported", admin: "an Organisation Admin", receiver: `whoever runs ${host}`, support: "Support" }[act_by];
}
