// Starts the console: who is here, what this role may open, and the screen of the address.

import { button, h } from "./element.js";
import { follow, link } from "./route.js";
import { arrive, signOut, takeToken, watchLinks } from "./session.js";
import { connection, explained, show, tell } from "./state.js";
import { role } from "./words.js";
import { bell } from "./bell.js";
import { table } from "./screens.js";

takeToken();
watchLinks();
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  if (event.reason?.name !== "AbortError") tell(explained(event.reason));
});

/** What stands in the navigation of each role: sections of entries; the first is where it starts. */
const NAVIGATION = {
  org_admin: [
    ["Settings › Access Management", [["Webhooks", "/webhooks"], ["API keys", "/api-keys"], ["Audit", "/audit"]]],
    ["Recruiting", [["Vacancies", "/vacancies"], ["Exports", "/exports"], ["People's data", "/people"]]],
  ],
  recruiter: [["Recruiting", [["Vacancies", "/vacancies"], ["Exports", "/exports"]]]],
  support: [["Support", [["Support desk", "/desk"], ["Exports", "/exports"], ["Audit", "/audit"]]]],
};

async function start() {
  const me = await arrive();
  const sections = NAVIGATION[me.role];
  const entries = sections.flatMap(([, list]) => list);
  const main = h("main", { id: "main" });
  const links = entries.map(([text, path]) => link(text, path));
  const mark = (path) => {
    links.forEach((one, at) => {
      const here = path === entries[at][1] || path.startsWith(`${entries[at][1]}/`);
      here ? one.setAttribute("aria-current", "page") : one.removeAttribute("aria-current");
    });
  };
  const skip = button("Skip to the content", () => main.querySelector("h1")?.focus(), { class: "skip" });
  document.body.replaceChildren(skip, connection(), header(me, sections, links), main);
  await follow(main, table, entries[0][1], mark);
  return [];
}

function header(me, sections, links) {
  let next = 0;
  const groups = sections.map(([title, list]) => h("div", {}, h("span", { class: "quiet" }, title),
    h("ul", {}, list.map(() => h("li", {}, links[next++])))));
  const help = me.support_url
    ? h("a", { href: me.support_url, rel: "noreferrer" }, "Need Help?")
    : h("span", { class: "quiet" }, "Need help? Ask whoever runs talentATS for you.");
  const profile = h("details", { class: "profile" }, h("summary", {}, me.member.name ?? me.member.id), h("div", { class: "panel" },
    h("p", {}, role(me.role)), me.organisation && h("p", {}, me.organisation.name), h("p", {}, help),
    button("Sign out", signOut)));
  profile.addEventListener("focusout", ({ relatedTarget }) => profile.contains(relatedTarget) || (profile.open = false));
  profile.addEventListener("keydown", ({ key }) => key === "Escape" && (profile.open = false, profile.firstChild.focus()));
  addEventListener("hashchange", () => (profile.open = false));
  const who = h("div", { class: "who" }, me.role !== "support" && bell(), profile);
  return h("header", { class: "top" }, h("strong", {}, "talentATS Webhooks"), h("nav", { "aria-label": "Main" }, groups), who);
}

const waiting = h("main");
document.body.replaceChildren(waiting);
show(waiting, start);
