// One step in the console, from the moment it is asked for until what it changed has been painted: in ms.
const [step, wanted] = arguments;
const unsettled = ".list-place[aria-busy], main[aria-busy]";
// How many match comes apart from the rows.
const busy = () => document.querySelector(step === "number" ? `${unsettled}, .bar > button:disabled` : unsettled);
const soon = () => new Promise((done) => setTimeout(done));
// Told by the page itself: who looks again and again is late, and in the way.
const settled = () => new Promise((done) => {
  const look = () => busy() || (watch.disconnect(), done());
  const watch = new MutationObserver(look);
  watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ["aria-busy", "disabled"] });
  look();
});
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const named = (selector, name) => [...document.querySelectorAll(selector)].find((one) => one.textContent.trim().startsWith(name));
const filter = (name) => named(".filter", name).querySelector("input, select");
const changed = (name, value) => {
  const input = filter(name);
  input.value = input.value === value ? "" : value;
  input.dispatchEvent(new Event(input.matches("select") ? "change" : "input"));
};
const steps = {
  open: () => (location.hash = wanted),
  leave: () => (location.hash = "#/vacancies"),
  next: () => named("button", "Next page").click(),
  back: () => named("button", "Previous page").click(),
  sort: () => changed("Sort by", wanted),
  stage: () => changed("Stage", wanted),
  number: () => steps.stage(),
  rating: () => changed("Rating at least", wanted),
  tick: () => document.querySelector("tbody input:enabled").click(),
  page: () => document.querySelector(".bar input").click(),
  all: () => named("button", "Select all").click(),
  clear: () => named("button", "Clear").click(),
  dialog: () => named("button", "Export").click(),
  ready: () => {
    named("dialog button", "Close")?.click();
    if (document.querySelector(".bar [role=status]").textContent.startsWith("0")) steps.page();
  },
};
const begun = performance.now();
steps[step]();
return (async () => {
  await soon();
  await settled();
  await painted();
  return performance.now() - begun;
})();
