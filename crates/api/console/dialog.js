// Dialogs: modal, closed by Escape, and the focus goes back to where it was.

import { button, freshId, h } from "./element.js";
import { explained, tell } from "./state.js";

/** Opens a dialog; answers how it is closed. `closed` is told when it was, by whatever way. */
export function openDialog(title, content, { closable = true, closed } = {}) {
  const id = freshId("dialog");
  const head = h("header", {}, h("h2", { id }, title));
  const dialog = h("dialog", { "aria-labelledby": id }, head, content);
  let ended = closable;
  const close = () => {
    ended = true;
    dialog.close();
  };
  if (closable) {
    head.append(button("Close", close, { class: "plain" }));
    // It belongs to its screen.
    addEventListener("hashchange", close);
  } else dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => {
    // Where nobody has clicked yet, a browser closes it by Escape whatever is said to "cancel".
    if (!ended) return dialog.showModal();
    dialog.remove();
    removeEventListener("hashchange", close);
    closed?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return close;
}

/** Asks before something is done that cannot be taken back. `what` says what will happen, with numbers;
 *  `act` does it: what goes wrong is shown here, and the dialog stays. Answers whether it was done. */
export function confirm({ title, what, action, danger = true, act }) {
  return new Promise((answer) => {
    let done = false;
    let running = null;
    const told = h("div", { role: "alert" });
    const attempt = async () => {
      told.replaceChildren();
      try {
        await act();
        done = true;
        close();
      } catch (problem) {
        told.isConnected ? told.replaceChildren(explained(problem)) : tell(explained(problem));
      }
    };
    const work = () => (running = attempt());
    // Who closes it while it is being done is told what came of it.
    const closed = () => Promise.resolve(running).then(() => answer(done));
    const content = h("div", {}, what, told, h("div", { class: "actions" },
      button("Back", () => close(), { class: "plain" }),
      button(action, work, { class: danger ? "danger" : "primary" })));
    const close = openDialog(title, content, { closed });
  });
}
