// The field for the URL of a webhook, checked rule by rule while somebody types.

import { call } from "../api.js";
import { h, putOff, replace } from "../element.js";
import { field } from "../form.js";
import { count } from "../words.js";

const TYPING_MS = 300;
const MARKS = new Map([[true, ["good", "Met"]], [false, ["bad", "Not met"]], [null, ["calm", "Not known yet"]]]);

/** `{ element, field, again }`; `named()` is the name that is to be checked along, `told(answer)` hears what
 *  the API said last; rules in `without` are left out. The last thing typed wins; a check that fails says
 *  nothing, since the form will. */
export function urlField(label, { named = () => "", told = () => {}, without = [], ...rest } = {}) {
  const url = field(label, { inputmode: "url", autocomplete: "off", spellcheck: "false",
    hint: "Publicly accessible, active and able to receive requests, such as https://yourdomain.com/webhook.", ...rest });
  const rules = h("ul", { class: "rules", "aria-label": "Rules for the URL" });
  const warnings = h("div");
  const summary = h("p", { class: "quiet", role: "status" });
  let asking = new AbortController();

  const show = (answer) => {
    const judged = answer.rules.filter((one) => !without.includes(one.rule));
    replace(rules, judged.map(rule));
    replace(warnings, answer.warnings.map((text) => h("p", { class: "notice" }, text)));
    const broken = judged.filter(({ passed }) => passed === false).length;
    const text = judged.length === 0 ? "" : broken === 0 ? "No rule is broken." : `${count(broken, "rule is", "rules are")} not met.`;
    // The same text again would be read out again.
    if (summary.textContent !== text) summary.textContent = text;
    told(answer);
  };
  const look = async () => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const typed = url.input.value.trim();
    if (!typed) return show({ rules: [], warnings: [] });
    try {
      const answer = await call("check_webhook", { body: { url: typed, name: named() || null }, signal });
      if (!signal.aborted) show(answer);
    } catch {
      // Told when the form is sent.
    }
  };
  const lookSoon = putOff(look, TYPING_MS);
  const again = () => {
    url.say("");
    lookSoon();
  };
  url.input.addEventListener("input", again);
  return { element: h("div", {}, url.element, summary, rules, warnings), field: url, again };
}

function rule({ title, passed, detail }) {
  const [tone, word] = MARKS.get(passed);
  return h("li", {}, h("span", { class: `status ${tone}` }, word), `: ${title}`, detail && h("p", { class: "quiet" }, detail));
}
