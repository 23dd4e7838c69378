// Fields of a form: a label, a hint, and what the API says of its value.

import { busy, freshId, h, replace } from "./element.js";
import { choices } from "./list.js";
import { explained } from "./state.js";

/** A field: `{ element, input, say }`; `say(text)` shows what is wrong with it, or nothing. */
export function field(label, { hint, options, rows, type = "text", ...rest } = {}) {
  const id = freshId("field");
  const error = h("p", { class: "error", id: `${id}-error`, "aria-live": "polite" });
  const described = `${hint ? `${id}-hint ` : ""}${id}-error`;
  const properties = { id, "aria-describedby": described, ...rest };
  const input = options ? h("select", properties, choices(options, rest.value))
    : rows ? h("textarea", { ...properties, rows })
    : h("input", { ...properties, type });
  const say = (text) => {
    replace(error, text);
    text ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
  };
  const hinted = hint && h("p", { class: "quiet", id: `${id}-hint` }, hint);
  return { element: h("div", { class: "field" }, h("label", { for: id }, label), hinted, input, error), input, say };
}

/** A box to tick: `{ element, input }`. */
export function tick(label, { hint, type = "checkbox", ...rest } = {}) {
  const id = freshId("tick");
  const input = h("input", { id, type, "aria-describedby": hint && `${id}-hint`, ...rest });
  const hinted = hint && h("p", { class: "quiet", id: `${id}-hint` }, hint);
  return { element: h("div", { class: "tick" }, input, h("div", {}, h("label", { for: id }, label), hinted)), input };
}

/** A form: `send` is done when it is submitted; what the API refuses is shown at the field that it
 *  names (`fields` by pointer, such as `/url`), the rest below. What was typed stays. */
export function form({ fields = {}, action, send, more = [], ...rest }, ...content) {
  const told = h("div", { role: "alert" });
  const submit = h("button", { type: "submit", class: "primary" }, action);
  const work = async () => {
    replace(told);
    Object.values(fields).forEach((one) => one.say(""));
    try {
      await send();
    } catch (problem) {
      for (const [pointer, one] of Object.entries(fields)) one.say(problem.of?.(pointer) ?? "");
      replace(told, explained(problem));
      const wrong = Object.values(fields).find((one) => one.input.hasAttribute("aria-invalid"));
      wrong?.input.focus();
    }
  };
  const onsubmit = (event) => {
    event.preventDefault();
    busy(submit, work);
  };
  return h("form", { class: "form", onsubmit, ...rest }, content, told, h("div", { class: "actions" }, submit, more));
}
