// Sends again what failed for a webhook: counted first.

import { openDialog } from "../dialog.js";
import { facts, h, replace } from "../element.js";
import { field, form } from "../form.js";
import { once } from "../once.js";
import { explained, tell } from "../state.js";
import { count } from "../words.js";

const WEEK_MS = 7 * 86_400_000;

/** Asks since when, says how many that are, and sends them; `after()` when it is done. */
export function resendFailed({ id, name, failing_since: failing }, after) {
  const begin = new Date(failing ?? Date.now() - WEEK_MS).toISOString().slice(0, 10);
  const since = field("Failed since", { type: "date", value: begin, required: true });
  const counts = h("div", { role: "status" });
  let asked = 0;
  const ask = (dry) => once("resend_webhook_exports", { path: { id }, body: { since: since.input.value, dry_run: dry } });
  const look = async () => {
    const mine = (asked += 1);
    if (!since.input.value) return replace(counts);
    const [told, isNone] = await ask(true).then((answer) => [shown(answer), answer.resent === 0], (problem) => [explained(problem)]);
    if (mine !== asked) return;
    replace(counts, told);
    content.querySelector("[type=submit]").disabled = Boolean(isNone);
  };
  since.input.addEventListener("change", look);
  const send = async () => {
    const { resent } = await ask(false);
    close();
    tell(`${count(resent, "failed export")} sent again to `, h("bdi", {}, name), ".");
    await after();
  };
  const content = form({ fields: { "/since": since }, action: "Resend", send },
    h("p", {}, "With the same ids and data: a system that has one of them already can tell. Tests are not sent again."),
    since.element, counts);
  const close = openDialog("Resend what failed", content);
  look();
}

function shown({ resent, derived, skipped }) {
  return facts([
    ["Will be sent again", count(resent, "export")],
    ["Of these, without people who may not be sent any more", derived || null],
    ["Stay: the data is no longer kept", skipped.payload_gone || null],
    ["Stay: nobody in them may be sent any more", skipped.nobody_left || null],
    ["Stay: another export carries them on", skipped.carried_on || null],
    ["Stay: changed meanwhile", skipped.changed || null],
  ]);
}
