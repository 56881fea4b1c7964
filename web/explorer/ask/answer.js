/** An answer, as it is read: verdict, text, confidence, what it rests on, and how it was found. */

import { element } from "../element.js";
import { count, figure, noun } from "../format.js";
import { evidenceOf } from "../graph/evidence.js";
import { keyOf } from "../graph/scene.js";
import { labelOf, titleOf } from "../names.js";
import { proofTree } from "../proof.js";
import { confidenceMark, statement } from "../statement.js";
import { citedText, ofMemory, sourceList } from "./citations.js";
import { traceTable } from "./trace.js";
import { lacks } from "./unknown.js";

/** @typedef {import("../../types/pramana.d.ts").Answer} Answer */
/** @typedef {import("../../types/pramana.d.ts").FactPath} FactPath */
/** @typedef {import("../../types/pramana.d.ts").Proof} Proof */
/** @typedef {import("../graph/evidence.js").Evidence} Evidence */
/**
 * @typedef {object} Found all that is shown of one answer
 * @property {string} question as it was put; a remembered answer may be to another form of it
 * @property {Answer} answer
 * @property {string[]} names for "who" and "what", best first
 * @property {import("./citations.js").Sources} sources
 * @property {import("./unknown.js").Help | null} help where it is unknown
 */
/**
 * What a person may do with it.
 * @typedef {object} Deeds
 * @property {(evidence: Evidence) => void} onEvidence light it in the graph
 * @property {(evidence: Evidence) => void} onCited light it, if the graph is beside
 * @property {(term: string) => void} onTerm show it in the graph
 * @property {(id: string) => void} onMemory open it
 */

const VERDICTS = { true: "True", false: "False", unknown: "Not known", answered: "Answered" };
/** @type {Record<string, string>} */
const KINDS = {
  causal: "asks for causes",
  comparative: "compares",
  procedural: "asks how to",
  hypothetical: "asks what if",
  diagnostic: "asks what is wrong",
  exploratory: "asks what there is",
  systems: "asks how things act together",
  lateral: "asks for other ways",
  factual: "asks for a fact",
};
/** @type {Record<string, string>} */
const LINKED = {
  exact: "by its name",
  plural: "in another form",
  alias: "by another name",
  fuzzy: "misspelt",
  meaning: "by its meaning",
  part: "by a part of its name",
};
const MOST_NAMES = 20;
const CERTAIN = 0.995;

/** @param {Answer} answer whether both a statement and its opposite follow */
export function isContradictory({ verdict, against }) {
  return verdict === "unknown" && against.length > 0;
}

/**
 * All that can be lit of an answer, best first. What rests on single facts is lit as these together.
 * @param {Found} found
 * @returns {Evidence[]}
 */
export function evidencesOf({ answer, sources }) {
  const proofs = [...answer.proofs, ...answer.against];
  const all = [...proofs, ...answer.paths].map(evidenceOf);
  const stated = answer.citations.flatMap(({ id }) => sources.facts.get(id) ?? []);
  const single = proofs.every(({ steps }) => steps.length === 1) && !answer.paths.length;
  return single && stated.length ? [{ title: "What the answer rests on", stated }, ...all] : all;
}

/**
 * @param {Found} found
 * @param {number} tripMs
 * @param {Deeds} deeds
 * @returns {(HTMLElement | null)[]}
 */
export function answerParts(found, tripMs, deeds) {
  const { question, answer, help } = found;
  const terms = termsOfAnswer(found);
  return [
    element(
      "p",
      { class: "asked" },
      element("q", {}, question),
      answer.kind
        ? element("span", { class: "badge", "data-kind": answer.kind }, KINDS[answer.kind] ?? answer.kind)
        : null,
    ),
    headline(found),
    answer.text ? citedText(answer, terms, (n) => choose(n, found, deeds)) : null,
    ...(help && !isContradictory(answer) ? lacks(found, help) : []),
    entities(answer, deeds),
    ...reasons(answer, deeds),
    chains(answer.paths, deeds),
    memories(answer, deeds),
    cited(found, deeds),
    answer.trace.length ? traceTable(question, answer, tripMs) : null,
  ];
}

/** @param {Found} found @returns {Set<string>} that the answer may name */
export function termsOfAnswer({ answer, sources }) {
  const atoms = [...answer.proofs, ...answer.against].flatMap(({ steps }) =>
    steps.map(({ conclusion }) => conclusion),
  );
  const terms = [...atoms, ...sources.facts.values()].flatMap(({ subject, object }) => [subject, object]);
  return new Set([...terms, ...answer.entities.map(({ term }) => term)]);
}

/** @param {Found} found @param {Deeds} deeds */
function cited(found, deeds) {
  const { answer, sources } = found;
  if (!answer.citations.length) return null;
  // Proofs and chains have their own buttons.
  const [facts] = answer.proofs.length + answer.paths.length ? [] : evidencesOf(found);
  const list = sourceList(answer, sources, deeds.onMemory);
  return section("Sources", "ask-sources", list, facts ? lighting(facts, deeds) : null);
}

/** @param {number} n a citation that was chosen @param {Found} found @param {Deeds} deeds */
function choose(n, { answer, sources }, deeds) {
  const source = document.getElementById(`source-${n}`);
  source?.focus();
  source?.scrollIntoView({ block: "nearest" });
  const fact = sources.facts.get(answer.citations[n - 1].id);
  if (fact) deeds.onCited({ title: `Source ${n}`, stated: [fact] });
}

/** @param {Found} found */
function headline({ answer, names, help }) {
  const contradictory = isContradictory(answer);
  const kind = contradictory ? "contradictory" : answer.verdict;
  const text = contradictory ? "Contradictory" : names.length ? listed(names) : VERDICTS[answer.verdict];
  const remark = contradictory
    ? "both this and its opposite follow"
    : answer.verdict === "unknown" && help && !help.refusal
      ? "neither this nor its opposite follows"
      : "";
  return element(
    "p",
    { class: "verdict", "data-verdict": kind },
    element("strong", {}, text),
    answer.verdict === "unknown" ? null : confidence(answer),
    remark ? element("span", { class: "remark" }, remark) : null,
  );
}

/** @param {Answer} answer */
function confidence(answer) {
  const meter = element("span", { class: "bar", "aria-hidden": "true" });
  meter.style.setProperty("--fill", String(answer.confidence));
  return element(
    "span",
    { class: "verdict-confidence", title: "1 is certain, 0 is nothing to go by" },
    `confidence ${figure(answer.confidence)}`,
    meter,
    element("span", { class: "remark" }, meaning(answer)),
  );
}

/** @param {Answer} answer @returns {string} what its confidence comes from */
function meaning({ confidence: sure, entities: linked, citations }) {
  const [doubtful] = [...linked].sort((one, other) => one.score - other.score);
  if (sure >= CERTAIN) return "as sure as what was told";
  if (doubtful && doubtful.score < CERTAIN && sure <= doubtful.score) {
    return `no surer than that “${doubtful.mention}” means “${doubtful.term}”`;
  }
  return citations.length > 0 && citations.every(({ kind }) => kind === "memory")
    ? "by how near the memories are, and how well they went"
    : "by its facts and rules, and how much of the question they cover";
}

/** @param {Answer} answer @param {Deeds} deeds */
function entities({ entities: linked }, deeds) {
  if (!linked.length) return null;
  const entries = linked.map(({ mention, term, how, score }) => {
    const button = element(
      "button",
      { type: "button", class: "entity", title: titleOf(term) },
      labelOf(term),
    );
    button.addEventListener("click", () => deeds.onTerm(term));
    return element(
      "li",
      { "data-term": term, "data-how": how },
      element("q", {}, mention),
      " is ",
      button,
      element("span", { class: "origin" }, ` ${LINKED[how] ?? how}`),
      confidenceMark(score),
    );
  });
  return section("Read as", "ask-entities", element("ul", { class: "entities" }, ...entries));
}

/** @param {Answer} answer @param {Deeds} deeds @returns {(HTMLElement | null)[]} */
function reasons(answer, deeds) {
  const { proofs, against, insights } = answer;
  if (isContradictory(answer)) {
    return [side("For it", proofs, deeds), side("Against it", against, deeds)];
  }
  if (!proofs.length) return [];
  // A question may ask for several statements, or for whom one is true: the best proof of each is shown.
  const best = proofs.filter((proof, i) => proofs.findIndex((other) => sameConclusion(proof, other)) === i);
  const others = proofs.filter((proof) => !best.includes(proof));
  const shown = best.map((proof) => shownProof(proof, deeds));
  const title = insights.length ? "What follows, and nobody stated" : "Why";
  return [section(title, "ask-proofs", ...shown, others.length ? folded(others, deeds) : null)];
}

/** @param {Proof[]} others @param {Deeds} deeds */
function folded(others, deeds) {
  const more = `${count(others.length)} other ${noun(others.length, "proof", "proofs")}, from other facts`;
  const trees = others.map((proof) => shownProof(proof, deeds));
  return element("details", { class: "other-proofs" }, element("summary", {}, more), ...trees);
}

/** @param {Proof} one @param {Proof} other */
function sameConclusion(one, other) {
  return keyOf(one.conclusion) === keyOf(other.conclusion);
}

/** @param {string} title @param {Proof[]} proofs @param {Deeds} deeds */
function side(title, proofs, deeds) {
  const shown = proofs.map((proof) => shownProof(proof, deeds));
  return element("section", { class: "side-of-it" }, element("h3", {}, title), ...shown);
}

/** @param {Proof} proof @param {Deeds} deeds */
function shownProof(proof, deeds) {
  return element("div", { class: "shown-proof" }, lighting(evidenceOf(proof), deeds), proofTree(proof));
}

/** @param {FactPath[]} paths @param {Deeds} deeds */
function chains(paths, deeds) {
  if (!paths.length) return null;
  const entries = paths.map((path) => {
    const steps = path.steps.map(({ fact }) =>
      element("li", {}, statement(fact), confidenceMark(fact.confidence)),
    );
    return element(
      "li",
      { class: "chain" },
      element("ol", { class: "chain-steps" }, ...steps),
      element("span", { class: "origin" }, `together ${figure(path.confidence)} `),
      lighting(evidenceOf(path), deeds),
    );
  });
  return section("Chains", "ask-chains", element("ul", { class: "chains" }, ...entries));
}

/** @param {Answer} answer @param {Deeds} deeds */
function memories({ memories: used }, deeds) {
  if (!used.length) return null;
  const entries = used.map((memory) =>
    element("li", { class: "source", "data-id": memory.id }, ...ofMemory(memory, deeds.onMemory)),
  );
  return section("Memories used", "ask-memories", element("ul", { class: "memories-used" }, ...entries));
}

/** @param {Evidence} evidence @param {Deeds} deeds */
function lighting(evidence, deeds) {
  const button = element("button", { type: "button", class: "in-graph quiet" }, "Show in graph");
  button.addEventListener("click", () => deeds.onEvidence(evidence));
  return button;
}

/** @param {string} title @param {string} id @param {...(Node | null)} content */
function section(title, id, ...content) {
  return element("section", { id, class: "answer-part" }, element("h3", {}, title), ...content);
}

/** @param {string[]} names */
function listed(names) {
  const shown = names.slice(0, MOST_NAMES).map(labelOf).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${count(names.length - MOST_NAMES)} more` : shown;
}
