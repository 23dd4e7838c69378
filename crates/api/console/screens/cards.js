// What the search found: a card each, the sentence to read aloud first.

import { facts, h } from "../element.js";
import { actor } from "../live.js";
import { to } from "../route.js";
import { empty } from "../state.js";
import { plain, when } from "../words.js";

/** Where what the API names is shown here; the first that fits. */
const SCREENS = [
  [/^\/v1\/(exports\/[^/]+\/receipt)$/, "/$1"],
  [/^\/v1\/(exports\/[^/]+)(\/.*)?$/, "/$1"],
  [/^\/v1\/candidates\/([^/]+)\/exports$/, "/people/$1"],
  [/^\/v1\/attempts\/summary$/, "/desk"],
  [/^\/v1\/(exports|attempts|webhooks.*)$/, "/$1"],
];

/** The cards of `GET /v1/search`. */
export function cards({ items, more }, q) {
  if (items.length === 0) {
    return empty("Nothing was found. Look whether all of it was pasted; what is no longer kept cannot be found.");
  }
  return [
    h("h2", {}, items.length === 1 ? "Found" : `Found: ${items.length}`),
    more.length > 0 && h("p", { class: "notice" }, `There are more than are shown (${more.map(plain).join(", ")}): say more.`),
    ...items.map((one) => card(one, q)),
  ].filter(Boolean);
}

function card(one, q) {
  return h("article", { class: "panel card", "aria-label": one.title },
    h("p", { class: "aloud" }, one.sentence),
    one.advice && h("p", {}, one.advice),
    facts([
      ["What", one.title],
      ["Organisation", one.organisation_name],
      ["Id", /^[0-9a-f-]{36}$/.test(one.id) && h("code", {}, one.id)],
      ["When", when(one.at)],
      ["Who can act", actor(one)],
    ]),
    h("ul", { class: "next" }, [...onward(one.next, q)].map(([href, label]) => h("li", {}, h("a", { href }, label)))));
}

/** Addresses of screens with their labels; several places of the API are one screen. Their fields take
 *  days, and the desk goes on with what was looked for. */
function onward(links, q) {
  const screens = new Map();
  for (const { label, href } of links) {
    const [path, query] = href.split("?");
    const fits = SCREENS.find(([pattern]) => pattern.test(path));
    const screen = fits && path.replace(...fits);
    const asked = [...new URLSearchParams(query)].map(([name, value]) => [name, dayOf(value, name === "to")]);
    const address = fits && to(screen, { ...Object.fromEntries(asked), ...(screen === "/desk" && { q }) });
    if (address && !screens.has(address)) screens.set(address, label);
  }
  return screens;
}

function dayOf(value, isEnd) {
  return /\dT\d.*Z$/.test(value) ? new Date(Date.parse(value) - (isEnd ? 1 : 0)).toISOString().slice(0, 10) : value;
}
