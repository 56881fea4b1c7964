/** The slim area that shows how far the start has come. */

import { byId, element } from "./element.js";
import { count, size } from "./format.js";
import { explain, remedy } from "./toast.js";

/** @typedef {import("../types/pramana.d.ts").Progress} Progress */

/** What a phase is called, what share of the bar it fills, and in what its progress is counted. */
const PHASES = {
  download: { share: 0.55, text: "Downloading", unit: size },
  python: { share: 0.25, text: "Starting Python", unit: null },
  kernels: { share: 0.08, text: "Loading kernels", unit: null },
  data: { share: 0.12, text: "Reading memories", unit: count },
  embedding: { share: 0, text: "Embedding memories", unit: count },
};

/** How far each phase has come, 0 to 1; phases overlap. @type {Record<string, number>} */
const reached = {};

const area = byId("boot", HTMLElement);
const bar = byId("boot-bar", HTMLProgressElement);
const line = byId("boot-text", HTMLElement);
const actions = byId("boot-actions", HTMLElement);

/** @param {Progress} progress as `open()` reports it */
export function showProgress({ phase, loaded, total }) {
  const { text, unit } = PHASES[phase];
  line.textContent = unit && total ? `${text}: ${unit(loaded)} of ${unit(total)}` : text;
  reached[phase] = Math.max(reached[phase] ?? 0, total ? Math.min(1, loaded / total) : 0);
  bar.value = Object.entries(PHASES).reduce(
    (sum, [name, { share }]) => sum + share * (reached[name] ?? 0),
    0,
  );
  for (const step of area.querySelectorAll("[data-phase]")) {
    const name = step.getAttribute("data-phase") ?? "";
    step.setAttribute("data-done", String(reached[name] === 1));
    if (name === phase) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
}

export function bootDone() {
  area.hidden = true;
}

/** @param {unknown} error why the memory could not be opened */
export function bootFailed(error) {
  area.dataset.failed = "true";
  line.setAttribute("role", "alert");
  line.textContent = explain(error);
  const action = remedy(error) ?? { label: "Try again", run: () => location.reload() };
  const button = element("button", { type: "button", class: "primary" }, action.label);
  button.addEventListener("click", action.run);
  actions.replaceChildren(button);
  actions.hidden = false;
}
