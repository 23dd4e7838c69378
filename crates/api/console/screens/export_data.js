// What an export carries: its people and its payload, read only when somebody asks for them.

import { call, download } from "../api.js";
import { confirm } from "../dialog.js";
import { button, h, replace } from "../element.js";
import { list } from "../list.js";
import { once } from "../once.js";
import { link } from "../route.js";
import { me } from "../session.js";
import { empty, show } from "../state.js";
import { everybody, size, when } from "../words.js";

/** Bytes up to which a payload is shown in the page. */
const READABLE = 500_000;

/** People and payload; what of them is asked for is shown in `asked`. */
export function carried(item, { asked, follow, signal }) {
  const path = { id: item.id };
  const people = button("Show the people", () => replace(asked, peopleOf(path, signal)));
  const payload = button("Show the payload", () => show(asked, () => formatted(path, signal), signal));
  const forget = async () => {
    const act = async () => {
      await once("forget_export_payload", { path });
      replace(asked);
    };
    const what = h("p", {}, `The ${size(item.payload_bytes)} with the data of ${everybody(item)} are forgotten now instead of on `,
      when(item.payload_kept_until), `, and so is what ${item.host} answered. Nobody can read or resend them any more. `,
      "Digest, size and log stay.");
    if (await confirm({ title: "Forget the payload now?", what, action: "Forget the payload now", act })) await follow();
  };
  const kept = !item.finished_at || item.payload_kept_until;
  return [
    h("h2", {}, "What it carries"),
    !kept && h("p", {}, "The payload is no longer kept."),
    h("div", { class: "actions" },
      item.type !== "test" && people,
      kept && item.payload_bytes <= READABLE && payload,
      kept && button("Download the payload", () => download("get_export_payload", { path }, `export-${item.id}.json`)),
      kept && item.finished_at && button("Forget the payload now", forget)),
  ];
}

async function formatted(path, signal) {
  const payload = await call("get_export_payload", { path, signal });
  return h("pre", { tabindex: "0", role: "region", "aria-label": "The payload" }, JSON.stringify(payload, null, 2));
}

function peopleOf(path, signal) {
  const name = (one) => one.full_name ?? h("code", {}, one.candidate_id);
  const columns = [
    ["Name", (one) => me().role === "org_admin" ? link(name(one), `/people/${one.candidate_id}`) : name(one)],
    ["Place", (one) => one.sequence],
    ["Candidate", (one) => one.candidate_reference ?? "gone since"],
    ["Application", (one) => one.application_reference ?? "gone since"],
  ];
  const caption = "In the order of the payload";
  return list({ caption, columns, operation: "list_export_people", path, nothing: empty("Nobody."), signal }).element;
}
