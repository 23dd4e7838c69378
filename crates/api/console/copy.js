// What is to be copied: shown whole, with a button; where the browser lets no page copy, it is selected.

import { button, h, replace } from "./element.js";

/** A text to copy; `name` says what it is, for those who only hear the button. */
export function copyable(name, text) {
  const shown = h("code", {}, text);
  const told = h("span", { class: "quiet", role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      replace(told, "Copied");
    } catch {
      getSelection().selectAllChildren(shown);
      replace(told, "It is selected: copy it by keyboard");
    }
  };
  return h("div", { class: "copy" }, shown, button("Copy", copy, { "aria-label": `Copy ${name}` }), told);
}
