/** What the lists of knowledge have in common: entries with actions, and a focus that survives their renewal. */

import { element } from "./element.js";

/**
 * @param {HTMLElement} list which takes the focus itself when its last entry goes
 * @param {HTMLLIElement[]} entries
 */
export function replaceEntries(list, entries) {
  const at = [...list.children].findIndex((entry) => entry.contains(document.activeElement));
  list.replaceChildren(...entries);
  if (at < 0) return;
  const next = list.children[Math.min(at, entries.length - 1)];
  (next?.querySelector("button") ?? list).focus();
}

/**
 * Buttons, told apart from those of other entries by what they are about.
 * @param {string} about
 * @param {Record<string, () => Promise<void>>} runs by label
 * @param {(error: unknown) => void} onError
 */
export function actions(about, runs, onError) {
  let running = false;
  const buttons = Object.entries(runs).map(([label, run]) => {
    const button = element("button", { type: "button", "aria-label": `${label}: ${about}` }, label);
    button.addEventListener("click", () => {
      // Not switched off meanwhile, since that would take the focus from it.
      if (running) return;
      running = true;
      run()
        .catch(onError)
        .finally(() => {
          running = false;
        });
    });
    return button;
  });
  return element("p", { class: "entry-actions" }, ...buttons);
}
