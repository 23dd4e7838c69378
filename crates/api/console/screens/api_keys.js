// API keys: for programs of third parties. A key is shown once, and revoked at once.

import { confirm, openDialog } from "../dialog.js";
import { button, h } from "../element.js";
import { field, form } from "../form.js";
import { list } from "../list.js";
import { once } from "../once.js";
import { page } from "../route.js";
import { empty, tell } from "../state.js";
import { day, role, when, who } from "../words.js";
import { shownOnce, untilStored } from "./secret.js";

/** API keys. */
export async function apiKeys({ signal }) {
  const keys = list({
    caption: "Keys, newest first",
    columns: [
      ["Name", (key) => key.name], ["Role", (key) => role(key.role)],
      ["Made", (key) => [when(key.created_at), ` by ${who(key.created_by)}`]],
      ["Last used", (key) => when(key.last_used_at) ?? "never"],
      ["Expires", (key) => day(key.expires_at)],
      ["State", (key) => [state(key), " ", isLive(key) && button("Revoke", () => revoke(key), { "aria-label": `Revoke ${key.name}` })]],
    ],
    operation: "list_api_keys", signal, nothing: empty("No program has a key yet."),
  });
  const revoke = async (key) => {
    const what = [
      h("p", {}, `From that moment nothing takes ${key.name}: what calls with it is refused. Exports that it asked for go on.`),
      h("p", {}, "Last used: ", when(key.last_used_at) ?? "never", ". This cannot be undone; a new key can be made.")];
    const act = () => once("revoke_api_key", { path: { id: key.id } });
    if (await confirm({ title: `Revoke ${key.name}?`, what, action: "Revoke", act })) {
      tell(`${key.name} is revoked.`);
      await keys.again();
    }
  };
  return page("API keys", ["Settings", "Access Management"],
    h("p", {}, "A program signs in with a key instead of a person's token. Give each program its own: then each can be revoked alone."),
    h("div", { class: "actions" }, button("Create API key", () => create(keys.again, signal), { class: "primary" })), keys.element);
}

function isLive(key) {
  return !key.revoked_at && Date.parse(key.expires_at) > Date.now();
}

function state(key) {
  if (key.revoked_at) return h("span", {}, "Revoked ", when(key.revoked_at));
  return h("span", { class: `status ${isLive(key) ? "good" : "calm"}` }, isLive(key) ? "Works" : "Expired");
}

function create(made, signal) {
  const name = field("Name", { hint: "What the program is called; it asks for exports under this name.", required: true });
  const may = field("Role", { options: [["recruiter", "Recruiter"], ["org_admin", "Organisation Admin"]],
    hint: h("span", {}, "Recruiter: read vacancies, candidates and webhooks, export, and follow its own exports.", h("br"),
      "Organisation Admin: that, all exports, webhooks and the import; no keys, no erasures, no audit.") });
  const days = field("Days until it expires", { type: "number", value: 90, min: 1, max: 366, required: true });
  const send = async () => {
    const body = { name: name.input.value, role: may.input.value, expires_in_days: Number(days.input.value) };
    const key = await once("create_api_key", { body });
    close();
    made();
    shown(key, signal);
  };
  const fields = { "/name": name, "/role": may, "/expires_in_days": days };
  const close = openDialog("Create API key",
    form({ fields, action: "Create API key", send }, name.element, may.element, days.element));
  name.input.focus();
}

/** A key just made: the only time that it is shown. */
function shown({ name, secret, expires_at }, signal) {
  if (!secret) return tell(`${name} was made by an earlier request, and its key cannot be shown again. Revoke it and make another.`);
  const trial = `read -rs TALENTATS_KEY\ncurl -H "Authorization: Bearer $TALENTATS_KEY" ${location.origin}/v1/me`;
  const lost = "The key is never shown again: without it, it has to be revoked, and another one made.";
  const close = untilStored("API key", (told) => [
    h("p", {}, `This is the key of ${name}. Keep it now: it is never shown again. It works until `, day(expires_at), "."),
    shownOnce("the key", secret, lost, told),
    h("p", {}, "To try it, paste the key when the first line waits for it; so no history of a shell has it:"),
    h("pre", { tabindex: "0" }, trial)]);
  signal.addEventListener("abort", close, { once: true });
}
