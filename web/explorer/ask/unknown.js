/** What would help where the answer is not known. */

import { element } from "../element.js";
import { gapsOf } from "../gaps.js";
import { labelOf } from "../names.js";
import { PramanaError } from "../pramana.js";
import { statement } from "../statement.js";

/** @typedef {import("../../types/pramana.d.ts").Answer} Answer */
/** @typedef {import("../../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../gaps.js").Gap} Gap */
/** @typedef {{refusal: PramanaError | null, gaps: Gap[]}} Help `refusal`: the text is no sentence of the English */

/** What begins so asks for more than yes or no, and need be no sentence of the small grammar. */
const OPEN = /\b(?:who|whom|whose|what|which|why|how|when|where)\b/i;

/**
 * @param {Graph} graph
 * @param {string} text
 * @param {AbortSignal} signal
 * @returns {Promise<Help>}
 */
export async function helpFor(graph, text, signal) {
  try {
    await graph.ask(text, { signal });
  } catch (error) {
    if (error instanceof PramanaError && error.code === "not_understood") return { refusal: error, gaps: [] };
    throw error;
  }
  return { refusal: null, gaps: await gapsOf(graph, text, signal) };
}

/**
 * Whether the text itself is at fault: it asks for yes or no, or says something, in a form that is not understood.
 * @param {string} question
 * @param {Help} help
 */
export function isMalformed(question, { refusal }) {
  return refusal !== null && !OPEN.test(question);
}

/**
 * @param {{question: string, answer: Answer}} found
 * @param {Help} help
 * @returns {HTMLElement[]}
 */
export function lacks({ question, answer }, help) {
  const { gaps, refusal } = help;
  const open = unexplained(answer);
  const known = [...new Set(answer.entities.map(({ term }) => labelOf(term)))];
  const parts = [
    known.length
      ? `What is known of ${known.join(" and of ")} does not say.`
      : answer.trace.length
        ? "Nothing that is known here goes by a name in this question."
        : null,
    isMalformed(question, help)
      ? "It was not understood as a sentence either: what is wrong stands above."
      : null,
    open.length ? `Nothing that was found deals with ${open.map((word) => `“${word}”`).join(", ")}.` : null,
    gaps.length
      ? "It would follow from:"
      : refusal
        ? "A fact about it, told in the Knowledge view, or a pack that holds one would help."
        : "Nothing that is known leads there. Tell it the fact itself, or a rule from which it would follow.",
  ];
  const said = parts.filter((part) => part !== null).map((part) => element("p", { class: "missing" }, part));
  return gaps.length ? [...said, element("ul", { class: "gaps" }, ...gaps.map(entry))] : said;
}

/** @param {Answer} answer @returns {string[]} words of the question that its evidence does not speak of */
function unexplained({ trace, entities }) {
  const words = trace.find(({ step }) => step === "infer")?.found.unexplained;
  return Array.isArray(words) && entities.length ? words.map(String) : [];
}

/** @param {Gap} gap */
function entry(gap) {
  const { sentence, text } = gap.rule;
  return element(
    "li",
    {},
    element("span", { class: sentence ? "sentence" : "formula" }, sentence || text),
    element("span", { class: "origin" }, ...lack(gap)),
  );
}

/** @param {Gap} gap */
function lack({ rule, lacking }) {
  if (lacking.length) {
    const named = lacking.flatMap((atom, i) => [i ? ", nor " : "", statement(atom)]);
    return ["Nothing meets its condition ", ...named, "."];
  }
  return rule.body.length > 1
    ? ["Each of its conditions is met by something, but not all of them by what is asked about."]
    : ["Its condition is met, but not by what is asked about."];
}
