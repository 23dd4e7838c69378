// Builds elements. What came from outside goes in as text, never as markup: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `h("a", { href, onclick }, "text", other)`. Null and false are left out. */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for pictures. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Puts these in place of what was there. */
export function replace(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(isThere));
  return element;
}

/** A button that works: it cannot be pressed again while its work goes on. */
export function button(text, work, properties = {}) {
  const made = h("button", { type: "button", ...properties }, text);
  made.addEventListener("click", (event) => busy(made, () => work(event)));
  return made;
}

/** Runs some work while an element says that it is busy. */
export async function busy(element, work) {
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    element.removeAttribute("aria-busy");
  }
}

/** Names and values, one below the other: `facts([["Host", host], …])`; null ones are left out. */
export function facts(pairs) {
  const there = pairs.filter(([, value]) => isThere(value) && value !== "");
  return h("dl", { class: "facts" }, there.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** An address that breaks after "@" and "/" before it breaks elsewhere. */
export function breakable(address) {
  return address?.split(/(?<=[@/])/).map((part) => [part, h("wbr")]);
}

const TYPING_MS = 250;

/** Puts work off until nobody has asked for it for a while, as one does while somebody types; a shorter
 *  wait may be given each time. */
export function putOff(work, ms = TYPING_MS) {
  let timer;
  return (wait = ms) => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
}

let made = 0;
/** An id for what must be named by another element. */
export function freshId(stem) {
  made += 1;
  return `${stem}-${made}`;
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (!isThere(value)) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "indeterminate") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter(isThere));
  return element;
}

function isThere(value) {
  return value !== null && value !== undefined && value !== false;
}
