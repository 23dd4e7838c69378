// Whose token this tab has. It comes in the fragment of a link or is pasted; it is kept for the tab
// alone. When it runs out in mid-work, the page stays as it is until there is another.

import { h } from "./element.js";
import { call } from "./api.js";
import { confirm, openDialog } from "./dialog.js";
import { field, form } from "./form.js";
import { beforeLeaving } from "./route.js";
import { role as roleName } from "./words.js";

const KEY = "token";
/** What a token is made of: a JWT or an API key. */
const TOKEN = /^[\w.~+/=-]+$/;
let mine = sessionStorage.getItem(KEY);
let asking = null;
let taking = null;
let present = null;

/** The token of this page, or null. It stays that of whoever came, also when another one takes over the
 *  tab: what was begun in somebody's name never goes out in another's. */
export function token() {
  return mine;
}

/** Takes a token out of the address, so that nobody copies or bookmarks it. */
export function takeToken() {
  const given = tokenOf(location.hash);
  if (given) keep(given);
}

function keep(given) {
  sessionStorage.setItem(KEY, given);
  mine = given;
}

/** A link with a token that is opened in this tab is an answer, if one is asked for. The same person goes
 *  on with it; somebody else only if whoever sits here says so. */
export function watchLinks() {
  addEventListener("hashchange", async (event) => {
    const there = location.hash;
    const given = tokenOf(there);
    if (!given) return;
    event.stopImmediatePropagation();
    const bare = location.hash;
    if (present) history.replaceState(null, "", event.oldURL);
    if (taking) return taking(given);
    const other = await call("get_me", { token: given });
    if (identity(other) === identity(present)) {
      keep(given);
      location.hash = bare;
    } else {
      const who = `This link signs you in as ${nameOf(other)}. You are ${nameOf(present)}: what you have begun here is lost.`;
      confirm({ title: "Somebody else's link", what: h("p", {}, who), action: `Go on as ${nameOf(other)}`, act: () => become(given, bare) });
    }
  });
}

/** This tab is somebody else's from now on, or nobody's: nothing of the one before goes on. */
function become(given, hash) {
  given ? sessionStorage.setItem(KEY, given) : sessionStorage.removeItem(KEY);
  beforeLeaving(null);
  history.replaceState(null, "", hash);
  location.reload();
  return new Promise(() => {});
}

function tokenOf(hash) {
  const [path, query] = hash.slice(1).split("?");
  const bare = path.startsWith("token=");
  const parameters = new URLSearchParams(bare ? path : query);
  const given = parameters.get(KEY);
  if (given !== null) {
    parameters.delete(KEY);
    const rest = parameters.size ? `?${parameters}` : "";
    history.replaceState(null, "", `#${bare ? "/" : path}${rest}`);
  }
  return given !== null && TOKEN.test(given) ? given : null;
}

/** Forgets the token. */
export function signOut() {
  return become(null, "#/");
}

/** Asks for a token, once for all that wait; ends when there is one that the API takes. */
export function signIn(reason) {
  asking ??= ask(reason).finally(() => (asking = null));
  return asking;
}

function ask(reason) {
  return new Promise((done) => {
    const { element, input } = field("Token", { rows: 4, required: true, autocomplete: "off", spellcheck: "false" });
    const send = async () => {
      await accept(cleaned(input.value));
      taking = null;
      close();
      done();
    };
    const why = h("p", {}, reason ?? "Open the link that you were given, or paste your token.");
    const asked = form({ action: "Sign in", send }, why, element);
    taking = (given) => {
      input.value = given;
      asked.requestSubmit();
    };
    const close = openDialog("Sign in", asked, { closable: false });
  });
}

async function accept(given) {
  const answer = await call("get_me", { token: given });
  if (present && identity(present) !== identity(answer)) await become(given, "#/");
  keep(given);
}

/** A token as it was pasted: alone, behind "Bearer", or within a whole link. */
function cleaned(text) {
  const given = (text.match(/token=([^&\s]+)/)?.[1] ?? text.replace(/^\s*Bearer\s/i, "")).replace(/\s/g, "");
  if (TOKEN.test(given)) return given;
  throw Object.assign(new Error("Paste the whole token, or the link that has it, and nothing else."), { title: "This is no token" });
}

/** Who is here, as the API says (`GET /v1/me`). */
export function me() {
  return present;
}

/** Reads who is here. */
export async function arrive() {
  present = await call("get_me");
  return present;
}

function nameOf({ member, role, organisation }) {
  return `${member.name ?? member.id} (${[roleName(role), organisation?.name].filter(Boolean).join(", ")})`;
}

function identity({ member, role, organisation }) {
  return JSON.stringify([member.id, role, organisation?.id]);
}
