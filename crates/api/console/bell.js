// The bell: how much is new for whoever is here.

import { call } from "./api.js";
import { h } from "./element.js";
import { listen } from "./feed.js";
import { to } from "./route.js";
import { me } from "./session.js";

const MOST = 100;
// No `role`: what is in a status is not read as part of the link's name.
const mark = h("span", { "aria-live": "polite" });

/** The bell, which goes on by itself. An API key is told nothing. */
export function bell() {
  if (me().member.type !== "member") return null;
  const read = async () => ring((await call("list_notifications", { query: { unseen: true, limit: 1 } })).unseen);
  listen((event) => (event === "begin" || event === "notification") && read());
  return h("a", { href: to("/notifications"), class: "bell" }, "Notifications ", mark);
}

/** Shows how many there are that nobody has looked at. */
export function ring(unseen) {
  const several = unseen > MOST ? `${MOST}+` : unseen;
  mark.replaceChildren(...(unseen > 0 ? [h("span", { class: "mark" }, `${several} new`)] : []));
}
