// Streams of the API: followed over lost connections, until they end for good.

import { answered, pause } from "./api.js";

/** Why a stream ends for good. */
const ENDS = ["finished", "organisation_unknown"];
/** Before it is opened again: twice as long each time that it could not be, so that all who wait for an
 *  API that was down do not come at once. */
const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 8000;
/** The API gives a sign of life every 15 seconds; a connection without one is lost. */
const SILENCE_MS = 40_000;

/** Follows a stream until it ends or `signal` says so: `told(event, data)`. What was missed while the
 *  connection was lost comes afterwards, by Last-Event-ID. A page that nobody sees holds no connection:
 *  browsers have six for all tabs of an origin. */
export async function stream(name, { signal, ...options }, told) {
  let last = null;
  let wait = PAUSE_MS;
  let ended = false;
  while (!ended && !signal.aborted) {
    await seen(signal);
    const unseen = new AbortController();
    const leave = () => document.hidden && unseen.abort();
    document.addEventListener("visibilitychange", leave);
    try {
      const headers = { accept: "text/event-stream", ...(last && { "last-event-id": last }) };
      const answer = await answered(name, { ...options, signal: AbortSignal.any([signal, unseen.signal]), headers });
      wait = PAUSE_MS;
      for await (const event of events(answer.body)) {
        last = event.id ?? last;
        // On its own: what fails in whoever is told is no matter of the connection.
        if (event.name === "end") ended = ENDS.includes(event.data.reason);
        else if (event.name) queueMicrotask(() => told(event.name, event.data));
      }
    } catch (problem) {
      // Too many streams of this member: another tab may be closed.
      if (problem.status < 500 && problem.status !== 429) return;
    } finally {
      document.removeEventListener("visibilitychange", leave);
    }
    if (!ended && !unseen.signal.aborted) await pause(wait, signal);
    wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
  }
}

/** Waits until the page is seen. */
function seen(signal) {
  return new Promise((done) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      done();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look, { once: true });
    look();
  });
}

/** The events of a stream (HTML standard, 9.2.6), with their data parsed; ends after a silence, too. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await heard(reader);
    if (done) return void reader.cancel();
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const field = (name) => block.match(new RegExp(`^${name}: ?(.*)$`, "m"))?.[1];
      const data = field("data");
      yield { id: field("id"), name: field("event"), data: data && JSON.parse(data) };
    }
  }
}

function heard(reader) {
  const waiting = new AbortController();
  const silence = pause(SILENCE_MS, waiting.signal).then(() => ({ done: true }));
  return Promise.race([reader.read(), silence]).finally(() => waiting.abort());
}
