// A small chart: one stacked bar a day, with the same numbers as a table for those who cannot see it.

import { h, svg } from "./element.js";
import { day } from "./words.js";

const WIDTH = 600;
const HEIGHT = 120;

/** `days` are `{ day, values: [number, …] }`, `kinds` the names and tones of the values. */
export function chart(title, days, kinds) {
  const highest = Math.max(1, ...days.map(({ values }) => values.reduce((sum, value) => sum + value, 0)));
  const step = WIDTH / Math.max(1, days.length);
  const bars = days.flatMap(({ values }, at) => {
    let y = HEIGHT;
    return values.map((value, kind) => {
      const height = (value / highest) * HEIGHT;
      y -= height;
      return value > 0 && svg("rect", { x: at * step + 1, y, width: step - 2, height, class: kinds[kind][1] });
    });
  });
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "chart", role: "img",
    "aria-label": `${title}; the table below has the numbers` }, bars);
  const ends = h("p", { class: "ends" }, day(days[0]?.day), h("span", {}, `highest day: ${highest}`), day(days.at(-1)?.day));
  const rows = days.filter(({ values }) => values.some((value) => value > 0)).map((one) => h("tr", {},
    h("th", { scope: "row" }, day(one.day)), one.values.map((value) => h("td", { class: "number" }, value))));
  const legend = h("ul", { class: "legend" }, kinds.map(([name, tone]) => h("li", { class: tone }, name)));
  const table = h("table", {}, h("caption", {}, title), h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Day"),
    kinds.map(([name]) => h("th", { scope: "col", class: "number" }, name)))), h("tbody", {}, rows));
  return h("figure", {}, h("figcaption", {}, title), picture, ends, legend, h("details", {}, h("summary", {}, "The numbers"), table));
}
