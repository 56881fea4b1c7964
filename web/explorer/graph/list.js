/** The facts that the picture shows, as a table: for those who do not see it, and for reading many. */

import { byId, element } from "../element.js";
import { figure } from "../format.js";
import { titleOf } from "../names.js";

/** @typedef {import("./scene.js").Edge} Edge */
/** @typedef {import("./scene.js").Scene} Scene */

const PAGE = 100;

const box = byId("graph-list", HTMLDetailsElement);
const body = byId("graph-rows", HTMLTableSectionElement);
const more = byId("graph-rows-more", HTMLButtonElement);

/**
 * @param {(term: string) => void} onTerm called with a term that was chosen
 * @returns {(scene: Scene) => void} shows the facts of another scene
 */
export function createList(onTerm) {
  /** @type {Edge[]} */
  let edges = [];

  function append() {
    const from = body.children.length;
    body.append(...edges.slice(from, from + PAGE).map(row));
    more.hidden = body.children.length >= edges.length;
    return from;
  }

  function renew() {
    body.replaceChildren();
    // Thousands of rows cost, and few look at them.
    if (box.open) append();
  }

  body.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLButtonElement) onTerm(target.dataset.term ?? "");
  });
  more.addEventListener("click", () => {
    const first = append();
    body.children[first]?.querySelector("button")?.focus();
  });
  box.addEventListener("toggle", renew);

  return (scene) => {
    edges = scene.edges.filter(({ visible }) => visible);
    renew();
  };
}

/** @param {Edge} edge */
function row({ source, target, predicate, negated, derived, confidence, facts }) {
  const button = (/** @type {import("./scene.js").Node} */ { term, label }) =>
    element("button", { type: "button", class: "quiet", "data-term": term, title: titleOf(term) }, label);
  const sources = [...new Set(facts.map((fact) => fact.source).filter(Boolean))].join(", ");
  return element(
    "tr",
    { "data-derived": String(derived), "data-negated": String(negated) },
    element("td", {}, button(source)),
    element("td", {}, `${negated ? "not " : ""}${predicate.replaceAll("_", " ")}`),
    element("td", {}, button(target)),
    element("td", {}, figure(confidence)),
    element("td", {}, derived ? "follows by a rule" : sources),
  );
}
