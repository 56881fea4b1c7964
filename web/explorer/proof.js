/** A proof as a tree that folds: what holds, by which rule, from what. */

import { element } from "./element.js";
import { labelOf } from "./names.js";
import { confidenceMark, statement } from "./statement.js";

/** @typedef {import("../types/pramana.d.ts").Proof} Proof */
/** @typedef {import("../types/pramana.d.ts").ProofStep} ProofStep */

/** Levels that are open at first. A deeper one is built when it is opened: a proof may have thousands. */
const OPEN_LEVELS = 4;

/**
 * @param {Proof} proof
 * @returns {HTMLUListElement}
 */
export function proofTree(proof) {
  return element("ul", { class: "proof" }, step(proof, proof.steps.length - 1, 0));
}

/**
 * @param {Proof} proof
 * @param {number} index of the step
 * @param {number} level
 * @returns {HTMLLIElement}
 */
function step(proof, index, level) {
  const shown = proof.steps[index];
  if (!shown.rule) return leaf(shown);
  const details = element("details", {}, element("summary", {}, ...conclusion(shown)));
  let built = false;
  const build = () => {
    if (built) return;
    built = true;
    details.append(ruleLine(shown), premises(proof, shown, level + 1));
  };
  if (level < OPEN_LEVELS) {
    build();
    details.open = true;
  }
  details.addEventListener("toggle", build);
  return element("li", { class: "step", "data-kind": "rule" }, details);
}

/** @param {ProofStep} step */
function leaf(step) {
  const assumed = step.fact.startsWith("assumption:");
  const origin = assumed ? "assumed for the question" : step.source ? `told by ${step.source}` : "told";
  return element(
    "li",
    { class: "step", "data-kind": assumed ? "assumption" : "fact" },
    element("p", { class: "leaf" }, ...conclusion(step), element("span", { class: "origin" }, origin)),
  );
}

/** @param {ProofStep} step */
function conclusion(step) {
  return [statement(step.conclusion), confidenceMark(step.confidence)];
}

/** @param {ProofStep} step */
function ruleLine({ text, bindings }) {
  const bound = Object.entries(bindings).filter(([name]) => text.includes(name));
  const values = bound.map(([name, value]) => `${name} is ${labelOf(value)}`).join(", ");
  return element(
    "p",
    { class: "by-rule" },
    element("span", { class: text.includes("=>") ? "formula" : "sentence" }, text),
    values ? element("span", { class: "origin" }, `where ${values}`) : null,
  );
}

/**
 * @param {Proof} proof
 * @param {ProofStep} shown
 * @param {number} level
 */
function premises(proof, shown, level) {
  const absent = shown.absent.map((atom) =>
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
  return element("ul", {}, ...shown.premises.map((premise) => step(proof, premise, level)), ...absent);
}
