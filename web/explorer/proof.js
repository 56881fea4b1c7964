/** A proof as a tree that folds: what holds, by which rule, from what. */

import { element } from "./element.js";
import { confidenceMark, statement } from "./statement.js";

/** @typedef {import("../types/pramana.d.ts").Proof} Proof */

/** Levels that are open at first. A deeper one is built when it is opened: a proof may have thousands. */
const OPEN_LEVELS = 4;

/**
 * @param {Proof} proof
 * @returns {HTMLUListElement}
 */
export function proofTree(proof) {
  return element("ul", { class: "proof" }, step(proof, 0));
}

/**
 * @param {Proof} proof
 * @param {number} level
 * @returns {HTMLLIElement}
 */
function step(proof, level) {
  if (!proof.rule) return leaf(proof);
  const details = element("details", {}, element("summary", {}, ...conclusion(proof)));
  let built = false;
  const build = () => {
    if (built) return;
    built = true;
    details.append(ruleLine(proof), premises(proof, level + 1));
  };
  if (level < OPEN_LEVELS) {
    build();
    details.open = true;
  }
  details.addEventListener("toggle", build);
  return element("li", { class: "step", "data-kind": "rule" }, details);
}

/** @param {Proof} proof */
function leaf(proof) {
  const assumed = proof.fact.startsWith("assumption:");
  const origin = assumed ? "assumed for the question" : proof.source ? `told by ${proof.source}` : "told";
  return element(
    "li",
    { class: "step", "data-kind": assumed ? "assumption" : "fact" },
    element("p", { class: "leaf" }, ...conclusion(proof), element("span", { class: "origin" }, origin)),
  );
}

/** @param {Proof} proof */
function conclusion(proof) {
  return [statement(proof.conclusion), confidenceMark(proof.confidence)];
}

/** @param {Proof} proof */
function ruleLine({ text, bindings }) {
  const bound = Object.entries(bindings).filter(([name]) => text.includes(name));
  const values = bound.map(([name, value]) => `${name} is ${value}`).join(", ");
  return element(
    "p",
    { class: "by-rule" },
    element("span", { class: text.includes("=>") ? "formula" : "sentence" }, text),
    values ? element("span", { class: "origin" }, `where ${values}`) : null,
  );
}

/**
 * @param {Proof} proof
 * @param {number} level
 */
function premises(proof, level) {
  const absent = proof.absent.map((atom) =>
    element(
      "li",
      { class: "step", "data-kind": "absent" },
      element(
        "p",
        { class: "leaf" },
        element("span", { class: "origin" }, "nothing says that"),
        statement(atom),
      ),
    ),
  );
  return element("ul", {}, ...proof.premises.map((premise) => step(premise, level)), ...absent);
}
