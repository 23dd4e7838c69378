// Create Webhook: the form, and then the signing secret, once.

import { call } from "../api.js";
import { h, replace } from "../element.js";
import { field, form, tick } from "../form.js";
import { once } from "../once.js";
import { link, page } from "../route.js";
import { me } from "../session.js";
import { plain } from "../words.js";
import { keepSecret, secretOnce } from "./secret.js";
import { urlField } from "./url_field.js";
import { tester } from "./webhook_test.js";
import { PLACE } from "./webhooks.js";

/** What the product guide lists; the rest is to be asked for. */
const USUAL = ["contact", "application", "qualifications", "experience", "stage", "ratings", "assessments"];

/** Create Webhook. */
export async function createWebhook({ signal }) {
  const groups = fieldGroups(await call("get_payload_sample", { signal }));
  const { name: person, email, id } = me().member;
  const name = field("Name", { maxlength: 100, hint: "If you leave it empty, it is made of the host, the day and your name." });
  const purpose = field("Purpose", { maxlength: 200, hint: "Why data goes there." });
  const owner = field("Owner", { maxlength: 200, placeholder: email ?? person ?? id,
    hint: "Who answers for it, by name or e-mail address; by default you. In a year they are asked whether it is still needed." });
  const told = (answer) => (name.input.placeholder = answer.name ?? "");
  const url = urlField("Webhook URL", { named: () => name.input.value.trim(), told });
  name.input.addEventListener("input", url.again);
  const place = h("div");
  const send = async () => {
    const body = { url: typed(url.field) ?? "", name: typed(name), purpose: typed(purpose), owner: typed(owner), include: groups.chosen() };
    const made = await once("create_webhook", { body });
    keepSecret(made, { name: made.name, place, signal, shown: () => created(made, signal) });
  };
  const fields = { "/url": url.field, "/name": name, "/purpose": purpose, "/owner": owner };
  replace(place, form({ fields, action: "Create Hook", send, more: link("Back", "/webhooks") },
    url.element, name.element, purpose.element, owner.element, groups.element));
  return page("Create Webhook", [...PLACE, link("Webhooks", "/webhooks")], place);
}

function typed({ input }) {
  return input.value.trim() || null;
}

function created(webhook, signal) {
  const test = tester("Send a test", webhook.id, signal);
  return [
    h("p", { class: "sentence" }, "Created: ", h("bdi", {}, webhook.name), " at ", webhook.host, "."),
    secretOnce(webhook,
      h("h2", {}, "Next: test the webhook"),
      h("p", {}, "Confirm that the data arrives, that its format is correct, and that your system processes it."),
      h("div", { class: "actions" }, test.button, link("To the webhook", `/webhooks/${webhook.id}`)), test.place),
  ];
}

function fieldGroups(sample) {
  const all = [...USUAL, ...sample.export.include.filter((group) => !USUAL.includes(group))];
  const ticks = all.map((group) => [group, tick(capital(plain(group)), { hint: example(sample, group), checked: USUAL.includes(group) })]);
  const element = h("fieldset", {}, h("legend", {}, "What Gets Exported"),
    h("p", { class: "quiet" }, "Names, references and the vacancy always go along. With each group, what it is for a made-up person."
      + " Choose what your system needs: it cannot be changed later."),
    ticks.map(([, one]) => one.element));
  return { element, chosen: () => ticks.filter(([, { input }]) => input.checked).map(([group]) => group) };
}

function example(sample, group) {
  const { name, email } = sample.export.requested_by;
  return leaves(group === "requester" ? { name, email } : sample.candidates[0][group]).join(", ");
}

/** The values in something nested, numbers with their names. */
function leaves(value, name) {
  if (value === null || typeof value === "boolean") return [];
  if (typeof value === "number") return [`${plain(name)} ${value}`];
  if (typeof value === "string") return [value.trim().replaceAll("\n", " ").replace(/T[\d:.]+Z$/, "")];
  return Object.entries(value).flatMap(([key, one]) => leaves(one, key));
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
