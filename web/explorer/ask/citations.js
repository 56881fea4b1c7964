/** What the "[n]" of an answer stand for, and the text with them as buttons. */

import { element } from "../element.js";
import { figure } from "../format.js";
import { labelOf } from "../names.js";
import { confidenceMark, particularsOf, statement } from "../statement.js";

/** @typedef {import("../../types/pramana.d.ts").Answer} Answer */
/** @typedef {import("../../types/pramana.d.ts").Fact} Fact */
/** @typedef {import("../../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../../types/pramana.d.ts").Rule} Rule */
/** @typedef {import("../graph/scene.js").Stated} Stated */
/** @typedef {{facts: Map<string, Stated>, rules: Map<string, Rule>}} Sources by id */

/**
 * What an answer cites, and what its proofs and paths hold.
 * @param {Graph} graph
 * @param {Answer} answer
 * @param {AbortSignal} signal
 * @returns {Promise<Sources>}
 */
export async function sourcesOf(graph, answer, signal) {
  const all = [...stepsOf(answer), ...answer.facts, ...pathsOf(answer)];
  const facts = new Map(all.map((fact) => [fact.id, fact]));
  const ruled = answer.citations.some(({ kind }) => kind === "rule");
  const rules = ruled ? await graph.rules({ signal }) : [];
  return { facts, rules: new Map(rules.map((rule) => [rule.id, rule])) };
}

/** @param {Answer} answer @returns {Stated[]} */
function stepsOf({ proofs, against }) {
  const steps = [...proofs, ...against].flatMap((proof) => proof.steps).filter(({ fact }) => fact);
  return steps.map(({ conclusion, confidence, fact, source }) => ({
    ...conclusion,
    id: fact,
    confidence,
    source,
    derived: false,
  }));
}

/** @param {Answer} answer @returns {Fact[]} */
function pathsOf({ paths }) {
  return paths.flatMap(({ steps }) => steps.map(({ fact }) => fact));
}

/**
 * @param {Answer} answer
 * @param {Iterable<string>} terms that the text may name
 * @param {(n: number) => void} onCited called with a number that was chosen
 */
export function citedText({ text, citations }, terms, onCited) {
  const parts = text.split(/(?<= )\[(\d+)\]/).map((part, i) => {
    const n = Number(part);
    if (i % 2 === 0) return named(part, terms);
    return n >= 1 && n <= citations.length ? [citation(n, onCited)] : [`[${part}]`];
  });
  return element("p", { class: "answer-text" }, ...parts.flat());
}

/** @param {number} n @param {(n: number) => void} onCited */
function citation(n, onCited) {
  const button = element(
    "button",
    { type: "button", class: "cite", "aria-label": `Source ${n}`, "aria-controls": `source-${n}` },
    String(n),
  );
  button.addEventListener("click", () => onCited(n));
  return button;
}

/**
 * A text with every term as it is called.
 * @param {string} text
 * @param {Iterable<string>} terms
 * @returns {(string | HTMLElement)[]}
 */
function named(text, terms) {
  const coded = [...new Set(terms)].filter((term) => labelOf(term) !== term && !term.startsWith("any "));
  if (!coded.length) return [text];
  // The longest first: "aquatic mammal.n.01" holds "mammal.n.01".
  const escaped = coded
    .sort((one, other) => other.length - one.length)
    .map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const byLower = new Map(coded.map((term) => [term.toLowerCase(), term]));
  return text.split(new RegExp(`(${escaped.join("|")})`, "i")).map((part, i) => {
    const term = byLower.get(part.toLowerCase());
    if (i % 2 === 0 || term === undefined) return part;
    const label = labelOf(term);
    const capital = part[0] !== term[0]; // it begins a sentence
    return element(
      "span",
      { class: "term", title: term },
      capital ? label[0].toUpperCase() + label.slice(1) : label,
    );
  });
}

/**
 * @param {Answer} answer
 * @param {Sources} sources
 * @param {(id: string) => void} onMemory called with a memory that is to be opened
 */
export function sourceList(answer, sources, onMemory) {
  const entries = answer.citations.map(({ kind, id }, i) => {
    const fact = sources.facts.get(id);
    const rule = sources.rules.get(id);
    const memory = answer.memories.find((one) => one.id === id);
    const parts =
      kind === "fact"
        ? ofFact(fact)
        : kind === "rule"
          ? ofRule(rule)
          : memory
            ? [opening(memory, onMemory)]
            : [];
    const shown = parts.length ? parts : [element("span", { class: "origin" }, `a ${kind} that is gone`)];
    return element(
      "li",
      { id: `source-${i + 1}`, class: "source", tabindex: "-1", "data-kind": kind, "data-id": id },
      ...shown,
    );
  });
  return element("ol", { class: "sources" }, ...entries);
}

/** @param {Stated} [fact] */
function ofFact(fact) {
  if (!fact) return [];
  const whole = /** @type {any} */ ({ valid_from_ms: null, valid_to_ms: null, ...fact });
  return [
    statement(fact),
    confidenceMark(fact.confidence),
    element(
      "span",
      { class: "origin" },
      particularsOf(whole)
        .map(({ textContent }) => textContent)
        .join(", "),
    ),
  ];
}

/** @param {Rule} [rule] */
function ofRule(rule) {
  if (!rule) return [];
  const about = [rule.name && `named ${rule.name}`, rule.source && `from ${rule.source}`].filter(Boolean);
  return [
    element("span", { class: rule.sentence ? "sentence" : "formula" }, rule.sentence || rule.text),
    element("span", { class: "origin" }, ["rule", ...about].join(", ")),
  ];
}

/** @param {Answer["memories"][number]} memory @param {(id: string) => void} onMemory */
export function ofMemory(memory, onMemory) {
  const { strategy, similarity, success } = memory;
  const about = [`similarity ${figure(similarity)}`, `success ${figure(success)}`];
  return [
    opening(memory, onMemory),
    element(
      "span",
      { class: "origin" },
      [strategy && `strategy: ${strategy}`, ...about].filter(Boolean).join(", "),
    ),
  ];
}

/** @param {Answer["memories"][number]} memory @param {(id: string) => void} onMemory */
function opening({ id, task_description: task }, onMemory) {
  const button = element("button", { type: "button", class: "memory-open quiet" }, task);
  button.addEventListener("click", () => onMemory(id));
  return button;
}
