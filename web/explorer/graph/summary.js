/** What the view says of itself: how much is shown, around what, what is lit; for people, and as data. */

import { byId } from "../element.js";
import { count, counted } from "../format.js";
import { describeEvidence } from "./evidence.js";

/** @typedef {import("./canvas.js").Picture} Picture */
/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./source.js").Found} Found */
/** @typedef {import("./view.js").Wanted} Wanted */

/** @param {Scene} scene @param {Found} found */
export function showStatus({ edges }, { total, partial }) {
  const drawn = edges.filter(({ visible }) => visible);
  const facts = drawn.reduce((sum, edge) => sum + edge.facts.filter((fact) => !fact.derived).length, 0);
  const follow = drawn.filter((edge) => edge.derived).length;
  const hidden = edges.length - drawn.length;
  const parts = [
    `Showing ${count(facts)} of ${counted(total, "fact", "facts")}`,
    follow ? `and ${count(follow)} that follow` : "",
    hidden ? `(${count(hidden)} filtered out)` : "",
    partial ? "– of so many, what follows is shown around a term only" : "",
  ];
  byId("graph-status", HTMLElement).textContent = parts.filter(Boolean).join(" ");
}

/**
 * Show the parts of the view that there is something for.
 * @param {Wanted} wanted
 * @param {Found} found
 * @returns {boolean} whether there is nothing to show
 */
export function showParts({ origin, evidence }, { statements, total }) {
  const empty = total === 0 && statements.size === 0;
  byId("graph-empty", HTMLElement).hidden = !empty;
  byId("graph-shown", HTMLElement).hidden = empty;
  byId("graph-origin", HTMLElement).hidden = origin === null;
  byId("graph-origin-term", HTMLElement).textContent = origin ?? "";
  byId("graph-lit", HTMLElement).hidden = evidence === null;
  if (evidence) byId("graph-lit-text", HTMLElement).textContent = describeEvidence(evidence);
  return empty;
}

/** @param {HTMLCanvasElement} canvas @param {Picture} picture that was drawn on it */
export function publish(canvas, { camera, focus, lit, scene, visible }) {
  canvas.dataset.nodes = String(visible.length);
  canvas.dataset.edges = String(scene.edges.filter((edge) => edge.visible).length);
  canvas.dataset.lit = String(lit ? scene.edges.filter(({ key }) => lit.has(key)).length : 0);
  canvas.dataset.focus = focus?.term ?? "";
  canvas.dataset.focusAt = focus ? `${camera.screenX(focus.x)},${camera.screenY(focus.y)}` : "";
}
