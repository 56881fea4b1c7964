/** Statements, facts and rules as people read them. */

import { element } from "./element.js";
import { figure, moment } from "./format.js";
import { labelOf, titleOf } from "./names.js";

/** @typedef {import("../types/pramana.d.ts").Atom} Atom */
/** @typedef {import("../types/pramana.d.ts").Fact} Fact */

/** @param {Atom} atom */
export function statement({ subject, predicate, object, negated }) {
  const [verb, ...rest] = predicate.replaceAll("_", " ").split(" ");
  const words = !negated ? [verb, ...rest] : verb === "is" ? ["is not", ...rest] : ["not", verb, ...rest];
  return element(
    "span",
    { class: "statement", "data-negated": String(negated) },
    element("b", { title: titleOf(subject) }, labelOf(subject)),
    ` ${words.join(" ")} `,
    element("b", { title: titleOf(object) }, labelOf(object)),
  );
}

/** @param {Atom} atom as text alone */
export function statementText(atom) {
  return statement(atom).textContent ?? "";
}

/** @param {number} confidence */
export function confidenceMark(confidence) {
  const mark = element(
    "span",
    { class: "confidence", title: `confidence ${confidence}` },
    figure(confidence),
  );
  mark.style.setProperty("--fill", String(confidence));
  return mark;
}

/**
 * Where a fact comes from and when it holds, as the small print of an entry.
 * @param {Fact} fact
 * @returns {HTMLElement[]}
 */
export function particularsOf(fact) {
  const parts = [];
  if (fact.derived) parts.push("follows by a rule");
  if (fact.source) parts.push(`from ${fact.source}`);
  if (fact.valid_from_ms !== null) parts.push(`since ${moment(fact.valid_from_ms)}`);
  if (fact.valid_to_ms !== null) parts.push(`until ${moment(fact.valid_to_ms)}`);
  return parts.map((part) => element("span", {}, part));
}
