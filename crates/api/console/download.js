// Files of the API: a list as CSV, as large as it may be. One that is cut off is a problem, never a file.

import { Problem, answered } from "./api.js";
import { button, h, replace } from "./element.js";
import { explained } from "./state.js";
import { size } from "./words.js";

/** Saves the answer of an operation as a file, named as the API says unless `file` does. */
export async function download(name, options, file, progress = () => {}) {
  const answer = await answered(name, options);
  const named = answer.headers.get("content-disposition")?.match(/filename="([^"]+)"/)?.[1];
  const parts = [];
  let bytes = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error) => Promise.reject(cut(error, bytes)));
    if (done) break;
    parts.push(value);
    progress((bytes += value.length));
  }
  save(new Blob(parts, { type: answer.headers.get("content-type") }), file ?? named ?? "download");
}

/** Saves what is here as a file. */
export function save(blob, file) {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(url));
}

/** A button that downloads what a list shows: `query()` is asked when it is pressed. */
export function downloadButton(operation, text, query) {
  const told = h("span", { role: "status", class: "quiet" });
  const work = async () => {
    let all = 0;
    replace(told, "Asking…");
    try {
      await download(operation, { query: query() }, undefined, (bytes) => replace(told, `${size((all = bytes))} so far…`));
      replace(told, `Saved, ${size(all)}.`);
    } catch (problem) {
      replace(told, explained(problem));
    }
  };
  return h("span", { class: "download" }, button(text, work), " ", told);
}

function cut(error, bytes) {
  if (error.name === "AbortError") return error;
  const detail = `Only ${size(bytes)} came before the connection ended, so nothing was saved. Try again, or ask for fewer days.`;
  return new Problem({ title: "The file was cut off", detail });
}
