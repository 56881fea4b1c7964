/** Which of the facts at hand are drawn: by predicate, and by confidence. */

import { byId, element } from "../element.js";
import { count, figure } from "../format.js";

/** @typedef {import("./scene.js").Filter} Filter */
/** @typedef {import("./scene.js").Scene} Scene */

const list = byId("graph-predicates", HTMLUListElement);
const all = byId("graph-predicates-all", HTMLButtonElement);
const slider = byId("graph-confidence", HTMLInputElement);
const output = byId("graph-confidence-output", HTMLOutputElement);

/**
 * @param {() => void} onChanged
 * @returns {{filter: Filter, show: (scene: Scene) => void}}
 */
export function createFilters(onChanged) {
  /** @type {Filter} */
  const filter = { predicates: new Set(), confidence: 0 };

  list.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.checked) filter.predicates.delete(target.value);
    else filter.predicates.add(target.value);
    showAll();
    onChanged();
  });
  all.addEventListener("click", () => {
    const boxes = [...list.querySelectorAll("input")];
    const none = boxes.every((box) => box.checked);
    for (const box of boxes) {
      box.checked = !none;
      if (none) filter.predicates.add(box.value);
      else filter.predicates.delete(box.value);
    }
    showAll();
    onChanged();
  });
  slider.addEventListener("input", () => {
    filter.confidence = slider.valueAsNumber;
    output.textContent = figure(filter.confidence);
    onChanged();
  });

  function showAll() {
    const boxes = [...list.querySelectorAll("input")];
    all.hidden = boxes.length < 2;
    all.textContent = boxes.every((box) => box.checked) ? "None" : "All";
  }

  return {
    filter,

    /** @param {Scene} scene whose predicates are offered, the most frequent first */
    show({ edges }) {
      /** @type {Map<string, number>} */
      const counts = new Map();
      for (const { predicate } of edges) counts.set(predicate, (counts.get(predicate) ?? 0) + 1);
      const focused = document.activeElement instanceof HTMLInputElement && document.activeElement.value;
      const sorted = [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
      list.replaceChildren(...sorted.map(([predicate, amount]) => item(predicate, amount, filter)));
      for (const box of list.querySelectorAll("input")) if (box.value === focused) box.focus();
      showAll();
    },
  };
}

/** @param {string} predicate @param {number} amount @param {Filter} filter */
function item(predicate, amount, filter) {
  const box = element("input", { type: "checkbox", value: predicate });
  box.checked = !filter.predicates.has(predicate);
  const name = element("span", {}, predicate.replaceAll("_", " "));
  return element(
    "li",
    {},
    element("label", {}, box, name, element("span", { class: "chip-count" }, count(amount))),
  );
}
