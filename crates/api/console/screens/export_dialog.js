// Export to Webhook: which webhook, what will go out, Confirm.

import { call, freshKey } from "../api.js";
import { openDialog } from "../dialog.js";
import { button, h, replace } from "../element.js";
import { tick } from "../form.js";
import { link } from "../route.js";
import { me } from "../session.js";
import { explained, show } from "../state.js";
import { count, size } from "../words.js";
import { health } from "./webhooks.js";

/** How long an export can be undone. */
const HOLD_SECONDS = 10;
const LAST = "webhook";
const REASONS = {
  withdrawn: "withdrew", restricted: "processing is restricted", not_found: "is not in this vacancy any more", duplicate: "is there twice",
};

/** The webhook that this tab exported to last, or the only one. */
export function lastWebhook(webhooks) {
  return webhooks.find((one) => one.id === sessionStorage.getItem(LAST)) ?? (webhooks.length === 1 ? webhooks[0] : null);
}

/** Asks where to, shows what would go out, and exports. `body` says whom (`names`); `created(export)`. */
export function exportDialog({ vacancy, webhooks, body, names, signal, created }) {
  const usual = lastWebhook(webhooks);
  const told = h("div", { role: "alert" });
  const place = h("div", { "aria-live": "polite" });
  let leaving = new AbortController();

  const look = async (webhook, leftOut) => {
    leaving.abort();
    leaving = new AbortController();
    const mine = leaving.signal;
    const asked = { vacancy_id: vacancy.id, webhook_id: webhook.id, ...body, left_out: leftOut };
    const inside = place.contains(document.activeElement);
    await show(place, async () => {
      const seen = await call("preview_export", { body: asked, signal: mine });
      const confirm = seen.can_be_created && confirmed(asked, seen, webhook);
      return [...previewed(seen, webhook, () => look(webhook, "skip")), confirm].filter(Boolean);
    }, mine);
    if (inside && !mine.aborted) place.querySelector("button")?.focus();
  };
  // A second click after a failure is the same click: what may have arrived is not made twice.
  const confirmed = (asked, seen, webhook) => {
    const key = freshKey();
    const send = async () => {
      replace(told);
      try {
        const order = { ...asked, selection_digest: seen.selection_digest, hold_seconds: HOLD_SECONDS };
        const made = await call("create_export", { body: order, key });
        sessionStorage.setItem(LAST, webhook.id);
        close();
        created(made);
      } catch (problem) {
        replace(told, explained(problem));
        if (problem.slug === "selection_changed") await look(webhook, asked.left_out);
      }
    };
    const text = `Confirm: export ${count(seen.candidate_count, "candidate")}`;
    return h("div", { class: "actions" }, button(text, send, { class: "primary" }));
  };
  const choose = (webhook) => (replace(told), look(webhook));
  const radios = webhooks.map((one) => {
    const off = one.health === "disabled";
    const chosen = one === usual && !off;
    const hint = [`${one.host} · `, health(one),
      off && ". Nothing is sent there until an Organisation Admin enables it."];
    return tick(one.name, { type: "radio", name: "webhook", hint, disabled: off,
      checked: chosen, autofocus: chosen, onchange: () => choose(one) }).element;
  });
  const content = h("div", {}, names.length > 0 && whom(names),
    webhooks.length ? h("fieldset", {}, h("legend", {}, "Select your webhook"), h("div", { class: "choices" }, radios)) : none(),
    told, place);
  const close = openDialog("Export to Webhook", content, { closed: () => leaving.abort() });
  signal.addEventListener("abort", close, { once: true });
  if (usual && usual.health !== "disabled") look(usual);
}

/** What a preview says. */
function previewed(seen, webhook, leaveOut) {
  const { candidate_count: people, cannot_go: left, cannot_go_total: all } = seen;
  const json = JSON.stringify(seen.sample, null, 2);
  const first = count(seen.sample.length, "candidate").replace(/^1 /, "");
  return [
    h("p", { class: "sentence" },
      `${count(people, "candidate")} to ${webhook.name} at ${webhook.host}: one request, ${size(seen.payload_bytes)}.`),
    seen.warnings.map((warning) => h("p", { class: "notice" }, warning.message)),
    all > 0 && h("div", { class: "notice" },
      h("p", {}, `${count(all, "person", "people")} cannot go${seen.can_be_created ? " and will be left out" : ""}:`),
      h("ul", { class: "choices", tabindex: 0, "aria-label": "Who cannot go" },
        left.map((one) => h("li", {}, h("bdi", {}, one.full_name ?? "Somebody"), `: ${REASONS[one.reason] ?? one.reason}`)),
        all > left.length && h("li", {}, `and ${all - left.length} more`)),
      !seen.can_be_created && people > 0 && button("Leave them out", leaveOut)),
    seen.sample.length > 0 && h("details", {},
      h("summary", {}, `What ${webhook.name} will see: the JSON of the first ${first}`),
      h("pre", { tabindex: 0, role: "region", "aria-label": "JSON" }, json)),
  ].flat().filter(Boolean);
}

function whom(names) {
  const list = h("ul", {});
  const fill = () => replace(list, names.map((name) => h("li", {}, h("bdi", {}, name))));
  return h("details", { ontoggle: fill }, h("summary", {}, `${count(names.length, "candidate")} selected`), list);
}

function none() {
  return me().role === "org_admin"
    ? h("p", {}, "There is no webhook yet. ", link("Create Webhook", "/webhooks/new"))
    : h("p", {}, "There is no webhook yet. An Organisation Admin creates one in Settings › Access Management › Webhooks.");
}
