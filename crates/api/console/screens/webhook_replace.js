// Replace: the guide's three steps to another URL in one, counted before it is done.

import { call } from "../api.js";
import { facts, h, replace } from "../element.js";
import { field, form, tick } from "../form.js";
import { confirmed, once } from "../once.js";
import { link, page } from "../route.js";
import { keepSecret, secretOnce } from "./secret.js";
import { urlField } from "./url_field.js";
import { tester } from "./webhook_test.js";
import { PLACE } from "./webhooks.js";

const WAYS = [
  ["none", "Nothing", "What waits is cancelled, what failed stays as it is."],
  ["failed", "What failed", "What waits is cancelled."],
  ["all", "What failed, and what waits", "Tests stay behind."],
];

/** Replace. */
export async function replaceWebhook({ params: { id }, signal }) {
  const old = await call("get_webhook", { path: { id }, signal });
  // Its own name, place and URL are free for what comes instead.
  const url = urlField("New webhook URL", { without: ["not_registered", "name_free", "room"] });
  const name = field("Name", { maxlength: 100, placeholder: old.name, hint: "The name stays if you leave it empty." });
  const ways = WAYS.map(([way, label, hint]) => [way, tick(label, { hint, type: "radio", name: "carry_over", checked: way === "failed" })]);
  const since = field("Failed since", { type: "date", hint: "Everything of which the data is still kept, if you leave it empty." });
  const place = h("div");
  const here = link(old.name, `/webhooks/${id}`);
  const send = async () => {
    const way = ways.find(([, { input }]) => input.checked)[0];
    const body = { url: url.field.input.value.trim(), name: name.input.value.trim() || null, carry_over: way,
      since: way === "none" ? null : since.input.value || null };
    const ask = (dry) => once("replace_webhook", { path: { id }, body: { ...body, dry_run: dry } });
    const plan = await ask(true);
    const title = ["Replace ", h("bdi", {}, old.name), "?"];
    const answer = await confirmed({ title, what: planned(old, plan), action: "Replace", act: () => ask(false) });
    if (answer) {
      keepSecret(answer, { name: answer.name, place, signal, shown: () => done(answer, signal) });
      here.replaceWith(link(answer.name, `/webhooks/${answer.id}`));
    }
  };
  const fields = { "/url": url.field, "/name": name, "/since": since };
  replace(place, form({ fields, action: "See what will happen", send, more: link("Back", `/webhooks/${id}`) },
    h("p", {}, "This creates a new webhook with purpose, owner and exported data of ", h("bdi", {}, old.name),
      ", and deletes that one. What is on the wire finishes."),
    url.element, name.element,
    h("fieldset", {}, h("legend", {}, "Carry over"), ways.map(([, one]) => one.element)), since.element));
  return page("Replace", [...PLACE, link("Webhooks", "/webhooks"), here], place);
}

function planned(old, { carried_over: counts, warnings }) {
  return [h("p", {}, h("bdi", {}, old.name), " is removed immediately, and its URL can no longer be used."), carried(counts),
    warnings.map((text) => h("p", { class: "notice" }, text))];
}

function carried({ failed, waiting, sending, cancelled, payload_gone: gone }) {
  return facts([
    ["Failed exports that go on", failed], ["Waiting exports that go on", waiting],
    ["Waiting exports that are cancelled", cancelled],
    ["On the wire: go on if they are not accepted", sending || null],
    ["Failed exports that stay: their data is no longer kept", gone || null],
  ]);
}

function done(webhook, signal) {
  const test = tester("Send a test", webhook.id, signal);
  return [h("p", { class: "sentence" }, h("bdi", {}, webhook.name), " sends to ", webhook.host, " from now on."),
    carried(webhook.carried_over),
    secretOnce(webhook, h("h2", {}, "Next: test the webhook, and update any references to the old URL"),
      h("div", { class: "actions" }, test.button, link("To the webhook", `/webhooks/${webhook.id}`)), test.place)];
}
