// One step in the console, from the moment it is asked for until what it changed has been painted: in ms.
const [step, wanted] = arguments;
const busy = () => document.querySelector(".list-place[aria-busy]");
const soon = (ms) => new Promise((done) => setTimeout(done, ms));
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
  sort: () => changed("Sort by", wanted),
  stage: () => changed("Stage", wanted),
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
  await soon(0);
  while (busy() || document.querySelector("main[aria-busy]")) await soon(1);
  await painted();
  return performance.now() - begun;
})();
