/** The panel beside the picture: the term that has the focus, and the facts of it that are shown. */

import { byId, element } from "../element.js";
import { count, counted } from "../format.js";
import { labelOf, titleOf } from "../names.js";
import { confidenceMark, particularsOf, statement } from "../statement.js";
import { otherEnd } from "./scene.js";

/** @typedef {import("./scene.js").Edge} Edge */
/** @typedef {import("./scene.js").Node} Node */
/** @typedef {import("./scene.js").Stated} Stated */

/** Of a term with many facts, the rest stands in the list below the picture. */
const MOST = 60;

const panel = byId("graph-focused", HTMLElement);
const title = byId("graph-term", HTMLElement);
const summary = byId("graph-term-facts", HTMLElement);
const list = byId("graph-term-list", HTMLUListElement);

/**
 * @param {Node | null} node
 * @param {(term: string) => void} onTerm called with another term that was chosen
 */
export function showDetails(node, onTerm) {
  panel.hidden = node === null;
  if (!node) return;
  title.textContent = node.label;
  title.title = titleOf(node.term) ?? "";
  const edges = node.edges
    .filter((edge) => edge.visible)
    .sort((one, other) => other.confidence - one.confidence);
  summary.textContent = `${counted(edges.length, "fact", "facts")} shown`;
  const entries = edges.slice(0, MOST).map((edge) => entry(edge, node, onTerm));
  const rest = edges.length - entries.length;
  if (rest > 0) {
    entries.push(element("li", { class: "none" }, `and ${count(rest)} more, in the list below the picture`));
  }
  list.replaceChildren(...entries);
}

/** @param {Edge} edge @param {Node} node @param {(term: string) => void} onTerm */
function entry(edge, node, onTerm) {
  const other = otherEnd(edge, node).term;
  const go = element(
    "button",
    { type: "button", class: "quiet go", "aria-label": `Go to ${labelOf(other)}` },
    "→",
  );
  go.addEventListener("click", () => onTerm(other));
  return element(
    "li",
    { class: "graph-fact", "data-derived": String(edge.derived) },
    element("p", {}, statement(edge.facts[0]), confidenceMark(edge.confidence)),
    other === node.term ? null : go,
    element("p", { class: "entry-facts" }, ...edge.facts.flatMap(smallPrint)),
  );
}

/** @param {Stated} fact */
function smallPrint(fact) {
  const parts = particularsOf(/** @type {any} */ ({ valid_from_ms: null, valid_to_ms: null, ...fact }));
  const pack = fact.pack ? element("span", {}, `in ${fact.pack}, ${fact.licence}`) : null;
  return pack ? [...parts, pack] : parts;
}
