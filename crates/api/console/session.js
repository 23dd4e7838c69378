// Whose token this tab has. It comes in the fragment of a link or is pasted; it is kept for the tab
// alone. When it runs out in mid-work, the page stays as it is until there is another.

import { h } from "./element.js";
import { call } from "./api.js";
import { openDialog } from "./dialog.js";
import { beforeLeaving } from "./route.js";
import { explained } from "./state.js";

const KEY = "token";
let asking = null;
let taking = null;
let present = null;

/** The token of this tab, or null. */
export function token() {
  return sessionStorage.getItem(KEY);
}

/** Takes a token out of the address, so that neither history nor a copied link has it. */
export function takeToken() {
  const given = tokenOf(location.hash);
  if (given) sessionStorage.setItem(KEY, given);
}

/** A link with a token that is opened in this tab: an answer, if one is asked for; else a fresh start. */
export function watchLinks() {
  addEventListener("hashchange", (event) => {
    if (!location.hash.includes("token=")) return;
    event.stopImmediatePropagation();
    const given = tokenOf(location.hash);
    if (taking) {
      history.replaceState(null, "", event.oldURL);
      taking(given);
    } else {
      sessionStorage.setItem(KEY, given);
      location.reload();
    }
  });
}

function tokenOf(hash) {
  const [path, query] = hash.slice(1).split("?");
  const bare = path.startsWith("token=");
  const parameters = new URLSearchParams(bare ? path : query);
  const given = parameters.get(KEY);
  if (given) {
    parameters.delete(KEY);
    const rest = parameters.size ? `?${parameters}` : "";
    history.replaceState(null, "", `#${bare ? "/" : path}${rest}`);
  }
  return given;
}

/** Forgets the token. */
export function signOut() {
  sessionStorage.removeItem(KEY);
  location.hash = "#/";
  location.reload();
}

/** Asks for a token, once for all that wait; ends when there is one that the API takes. */
export function signIn(reason) {
  asking ??= ask(reason).finally(() => (asking = null));
  return asking;
}

function ask(reason) {
  return new Promise((done) => {
    const field = h("textarea", { id: "token", rows: 4, required: true, autocomplete: "off", spellcheck: "false" });
    const told = h("div", { role: "alert" });
    taking = async (given) => {
      told.replaceChildren();
      try {
        await accept(given);
        taking = null;
        close();
        done();
      } catch (problem) {
        told.replaceChildren(explained(problem));
      }
    };
    const take = (event) => {
      event.preventDefault();
      return taking(field.value.trim());
    };
    const form = h("form", { onsubmit: take },
      h("p", {}, reason ?? "Open the link that you were given, or paste your token."),
      h("label", { for: "token" }, "Token"), field, told,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, "Sign in")));
    const close = openDialog("Sign in", form, { closable: false });
  });
}

async function accept(given) {
  const answer = await call("get_me", { token: given });
  sessionStorage.setItem(KEY, given);
  // Somebody else must not go on with what the one before had on the screen.
  if (present && identity(present) !== identity(answer)) {
    beforeLeaving(null);
    location.reload();
  }
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

function identity({ member, role, organisation }) {
  return JSON.stringify([member.id, role, organisation?.id]);
}
