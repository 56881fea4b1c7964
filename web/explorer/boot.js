/** The slim area that shows how far the start has come. */

import { byId, element } from "./element.js";
import { size } from "./format.js";
import { explain, remedy } from "./toast.js";

/** @typedef {{phase: string, loaded?: number, total?: number, message?: string}} Progress */

/** The phases in order, with the share of the bar that each fills. */
const PHASES = [
  { name: "download", share: 0.55, text: "Downloading" },
  { name: "python", share: 0.25, text: "Starting Python" },
  { name: "kernels", share: 0.08, text: "Loading kernels" },
  { name: "data", share: 0.12, text: "Reading memories" },
];

const area = byId("boot", HTMLElement);
const bar = byId("boot-bar", HTMLProgressElement);
const line = byId("boot-text", HTMLElement);
const actions = byId("boot-actions", HTMLElement);

/** @param {Progress} progress as `open()` reports it; another phase's name only changes the text */
export function showProgress({ phase, loaded = 0, total = 0, message }) {
  const at = PHASES.findIndex(({ name }) => name === phase);
  const text = message ?? PHASES[at]?.text ?? phase;
  line.textContent = at === 0 && total ? `${text}: ${size(loaded)} of ${size(total)}` : text;
  if (at < 0) return;
  const before = PHASES.slice(0, at).reduce((sum, { share }) => sum + share, 0);
  const within = total ? Math.min(1, loaded / total) : 0;
  // Phases may overlap; the bar never runs backwards.
  bar.value = Math.max(bar.value, before + PHASES[at].share * within);
  for (const [index, { name }] of PHASES.entries()) {
    const step = area.querySelector(`[data-phase="${name}"]`);
    step?.setAttribute("data-done", String(index < at || (index === at && within === 1)));
    if (index === at) step?.setAttribute("aria-current", "step");
    else step?.removeAttribute("aria-current");
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
