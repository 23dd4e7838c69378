// Which screen an address shows. Addresses stand in the fragment: ids and filters never reach a log.

import { asQuery } from "./api.js";
import { h, replace } from "./element.js";
import { me } from "./session.js";
import { explained, failed, hush, loading } from "./state.js";
import { role as roleName } from "./words.js";

let leaving = new AbortController();
let keeping = null;
addEventListener("beforeunload", (event) => keeping && event.preventDefault());

/** Asks before the screen is left for another one: `ask()` answers whether it may be. Null: it may. */
export function beforeLeaving(ask) {
  keeping = ask;
}

/** The address of a screen: `to("/exports/ID", { status: "failed" })`. */
export function to(path, query) {
  return `#${path}${asQuery(query)}`;
}

/** A link to a screen. */
export function link(text, path, query, properties = {}) {
  return h("a", { href: to(path, query), ...properties }, text);
}

/** Goes there. */
export function go(path, query) {
  location.hash = to(path, query);
}

/** Notes filters in the address of the screen that is shown, without showing it anew. */
export function note(query) {
  const path = location.hash.slice(1).split("?")[0];
  history.replaceState(null, "", to(path, query));
}

/** Shows a screen's content: title, where one is (crumbs as texts or links), and what is there. */
export function page(title, crumbs, ...content) {
  document.title = `${title} · talentATS Webhooks`;
  const steps = crumbs.map((crumb) => h("li", {}, crumb));
  return [
    crumbs.length > 0 && h("nav", { "aria-label": "Where you are" }, h("ol", { class: "crumbs" }, steps)),
    h("h1", { tabindex: "-1" }, title),
    ...content,
  ];
}

/** Shows the screen of each address in `main`. A table's entry is `[pattern, screen]`; a screen is
 *  asked with `{ params, query, signal }` and answers elements; the signal says that it is left. */
export function follow(main, table, home, shown) {
  const look = async (event) => {
    if (keeping && event) return stay(event.oldURL);
    leaving.abort();
    leaving = new AbortController();
    hush();
    const [path, query] = location.hash.slice(1).split("?");
    if (path === "" || path === "/") return location.replace(to(home));
    shown(path);
    return open(main, find(table, path), new URLSearchParams(query), leaving.signal);
  };
  addEventListener("hashchange", look);
  return look();
}

/** Goes on to where somebody wanted to go only when they say so. */
async function stay(here) {
  const ask = keeping;
  const there = location.hash;
  history.replaceState(null, "", here);
  keeping = () => false;
  keeping = (await ask()) ? null : ask;
  if (!keeping) location.hash = there;
}

async function open(main, found, query, signal) {
  replace(main, loading());
  main.setAttribute("aria-busy", "true");
  try {
    const content = !found ? page("There is no such page", [], h("p", {}, "Choose another one above."))
      : found.role && found.role !== me().role ? page("This is not for your role", [], h("p", {}, `It is for ${roleName(found.role)}s.`))
      : await found.screen({ params: found.params, query, signal });
    if (signal.aborted) return;
    replace(main, content);
    main.querySelector("h1")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  } catch (problem) {
    if (signal.aborted) return;
    const heading = problem.status === 404 ? "This does not exist" : "This could not be shown";
    const again = () => open(main, found, query, signal);
    replace(main, page(heading, [], problem.status === 404 ? explained(problem) : failed(problem, again)));
  } finally {
    main.removeAttribute("aria-busy");
  }
}

function find(table, path) {
  for (const [pattern, screen, role] of table) {
    const match = path.match(new RegExp(`^${pattern.replace(":id", "(?<id>[\\da-f-]{36})")}$`, "i"));
    if (match) return { screen, role, params: { ...match.groups } };
  }
  return null;
}
