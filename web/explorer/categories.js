/** The filter: one button for each category, with how many memories it holds. */

import { byId, element } from "./element.js";
import { count, noun } from "./format.js";

const group = byId("categories", HTMLElement);

/** The category shown, "" for all. */
let chosen = "";
/** How many memories each category holds. @type {Record<string, number>} */
let sizes = {};
/** @type {() => void} */
let changed = () => undefined;

/** @param {() => void} listener called after the choice changed */
export function onCategoryChange(listener) {
  changed = listener;
}

export function chosenCategory() {
  return chosen;
}

/**
 * @param {Record<string, number>} categories name → memories
 * @param {number} total
 */
export function showCategories(categories, total) {
  sizes = categories;
  const names = Object.keys(categories)
    .filter((name) => categories[name] > 0)
    .sort((a, b) => a.localeCompare(b));
  if (chosen && !names.includes(chosen)) chosen = "";
  byId("count", HTMLElement).textContent = String(total);
  byId("count-noun", HTMLElement).textContent = noun(total, "memory", "memories");
  showShare();
  const focused = group.contains(document.activeElement)
    ? /** @type {HTMLElement} */ (document.activeElement).dataset.category
    : undefined;
  group.replaceChildren(chip("", "All", total), ...names.map((name) => chip(name, name, categories[name])));
  group.hidden = names.length < 2;
  if (focused !== undefined) buttonOf(focused)?.focus();
  byId("known-categories", HTMLDataListElement).replaceChildren(
    ...names.map((name) => element("option", { value: name })),
  );
}

/**
 * @param {string} name
 * @param {string} label
 * @param {number} size
 */
function chip(name, label, size) {
  const button = element(
    "button",
    { type: "button", "data-category": name, "aria-pressed": String(name === chosen) },
    label,
    element("span", { class: "chip-count" }, count(size)),
  );
  button.addEventListener("click", () => choose(name === chosen ? "" : name));
  return button;
}

/** @param {string} name */
function choose(name) {
  if (name === chosen) return;
  chosen = name;
  for (const button of group.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.category === chosen));
  }
  showShare();
  changed();
}

/** How many of all the memories are of the chosen category. */
function showShare() {
  const share = byId("count-share", HTMLElement);
  share.hidden = chosen === "";
  share.textContent = chosen ? `${count(sizes[chosen])} of ` : "";
}

/** @param {string} name */
function buttonOf(name) {
  return [...group.querySelectorAll("button")].find((button) => button.dataset.category === name);
}
