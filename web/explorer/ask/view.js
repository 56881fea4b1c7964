/**
 * The view in which one asks: an answer with its evidence, beside it the graph with the evidence lit.
 *
 * What tests and drivers may rely on:
 * - `?view=ask` opens it; `<html data-ask>` is "ready" once its questions to try, or that nothing is known, are shown.
 * - `#question` and `#ask`; where a text was refused, `#question-copy mark` and `#question-problem`, with `.nearest` (a
 *   button) where there is an accepted form. `#answer-said` is read out.
 * - `#answer[data-shown]` is the question whose answer is shown, with `.verdict[data-verdict=true|false|unknown|answered|
 *   contradictory]`, `.answer-text .cite` (buttons), `#source-1` … `[data-id]`, `#ask-entities [data-term]`, `#ask-proofs`
 *   with `.proof .step[data-kind=rule|fact|assumption|absent]`, `#ask-chains`, `#ask-memories`, `.trace tr[data-step]`,
 *   `.gaps`, and `.in-graph`, a button after each proof and chain.
 * - `#ask-graph` is there where the page is wide; its `#ask-canvas` says what it shows, as `#graph-canvas` does;
 *   `#ask-lit` says what is lit, `#ask-lit-facts [data-key]` are the facts of it that are drawn.
 * - `#examples button` are questions to try; `#ask-empty` offers `#ask-samples button` and `#ask-example`.
 */

import { offeredPacks } from "../catalog.js";
import { byId, element } from "../element.js";
import { coalesced, exclusive, Latest } from "../latest.js";
import { markedField } from "../marked.js";
import { learnNames } from "../names.js";
import { PramanaError } from "../pramana.js";
import { placeOf } from "../program.js";
import { statementText } from "../statement.js";
import { answerParts, evidencesOf, isContradictory, termsOfAnswer } from "./answer.js";
import { sourcesOf } from "./citations.js";
import { AnswerPicture } from "./picture.js";
import { helpFor, isMalformed } from "./unknown.js";

/** @typedef {import("../../types/pramana.d.ts").Answer} Answer */
/** @typedef {import("../../types/pramana.d.ts").Atom} Atom */
/** @typedef {import("../../types/pramana.d.ts").Memory} Memory */
/** @typedef {import("../../types/pramana.d.ts").Verdict} Verdict */
/** @typedef {import("../graph/evidence.js").Evidence} Evidence */
/** @typedef {import("./answer.js").Found} Found */
/** @typedef {(signal: AbortSignal) => Promise<Answer>} Work */

const MOST_EXAMPLES = 4;

const page = document.documentElement;
const form = byId("ask-form", HTMLFormElement);
const box = byId("answer", HTMLElement);
/** Read out in place of the whole answer. */
const said = byId("answer-said", HTMLElement);
const bar = byId("ask-bar", HTMLProgressElement);
const samples = byId("ask-samples", HTMLElement);

/**
 * @param {object} options
 * @param {Memory} options.memory
 * @param {import("../graph/packs.js").Packs} options.packs
 * @param {(ms: number) => void} options.onLatency
 * @param {(id: string) => void} options.onMemory
 * @param {(evidence: Evidence | null, term: string | null) => void} options.onGraph called to show one or the other in the view of the graph
 * @param {() => Promise<void>} options.onExample tells the example and asks its question
 * @param {(error: unknown) => void} options.onError
 */
export function createAsk({ memory, packs, onLatency, onMemory, onGraph, onExample, onError }) {
  const { graph } = memory;
  const question = markedField("question");
  const latest = new Latest();
  const picture = new AnswerPicture({ graph, onOpen: onGraph, onError });
  /** @type {{text: string, work: Work} | null} */
  let asked = null;
  /** What is shown, as JSON. */
  let content = "";
  let shown = false;
  let stale = true;

  const deeds = {
    /** @param {Evidence} evidence */
    onEvidence(evidence) {
      if (picture.beside) picture.light(evidence);
      else onGraph(evidence, null);
    },
    /** @param {Evidence} evidence */
    onCited(evidence) {
      if (picture.beside) picture.light(evidence);
    },
    /** @param {string} term */
    onTerm(term) {
      if (picture.beside) picture.visit(term).catch(onError);
      else onGraph(null, term);
    },
    onMemory,
  };

  async function ask() {
    const text = question.field.value.trim();
    if (!text) {
      question.field.focus();
      return;
    }
    question.clear();
    await answerTo(text, (signal) => memory.reason(text, { signal }));
  }

  /**
   * @param {string} text
   * @param {Work} work
   */
  async function answerTo(text, work) {
    // From here on this is the question that is renewed when what is known changes, also before it is answered.
    asked = { text, work };
    content = "";
    said.textContent = "";
    box.setAttribute("aria-busy", "true");
    bar.hidden = false;
    const found = await renew(text, work);
    if (found?.help && isMalformed(found.question, found.help)) refuse(found);
  }

  /**
   * Show the answer, unless it is the one that is shown or a newer run took over.
   * @param {string} text
   * @param {Work} work
   * @returns {Promise<Found | undefined>} if it was shown
   */
  async function renew(text, work) {
    const started = performance.now();
    let tripMs = 0;
    const run = latest.run(async (signal) => {
      const answer = await work(signal);
      tripMs = performance.now() - started;
      onLatency(tripMs);
      return whole(text, answer, signal);
    });
    const found = await run.catch(failed);
    if (!found) return undefined;
    idle();
    const { trace, compute_ms, cached, question: first, ...answer } = found.answer;
    const now = JSON.stringify({
      ...found,
      answer,
      sources: [...found.sources.facts, ...found.sources.rules],
    });
    if (now === content) return undefined;
    content = now;
    await show(found, tripMs);
    return found;
  }

  /**
   * @param {string} text
   * @param {Answer} answer
   * @param {AbortSignal} signal
   * @returns {Promise<Found>} with what its parts stand for
   */
  async function whole(text, answer, signal) {
    const open = answer.verdict === "unknown" && !isContradictory(answer);
    const [sources, help, names] = await Promise.all([
      sourcesOf(graph, answer, signal),
      open ? helpFor(graph, text, signal) : null,
      byGrammar(answer) ? namesFor(text, signal) : [],
    ]);
    const found = { question: text, answer, names, sources, help };
    await learnNames(graph, [...termsOfAnswer(found), ...names], signal);
    return found;
  }

  /** @param {string} text @param {AbortSignal} signal @returns {Promise<string[]>} all that the question has for an answer */
  async function namesFor(text, signal) {
    try {
      return (await graph.ask(text, { signal })).answers;
    } catch (error) {
      // It was read with its names put otherwise; the text of the answer says them.
      if (error instanceof PramanaError && error.code === "not_understood") return [];
      throw error;
    }
  }

  /** @param {Found} found @param {number} tripMs */
  async function show(found, tripMs) {
    const evidence = evidencesOf(found);
    const parts = answerParts(found, tripMs, deeds).filter((part) => part !== null);
    const reading = box.contains(document.activeElement);
    box.replaceChildren(...parts);
    box.hidden = false;
    if (reading) box.focus();
    box.dataset.shown = found.question;
    byId("examples", HTMLElement).hidden = true;
    byId("ask-empty", HTMLElement).hidden = true;
    said.textContent = spoken();
    const terms = found.answer.entities.map(({ term }) => term);
    picture.light(evidence[0] ?? null);
    await picture.show(terms, evidence);
  }

  /** @param {unknown} error */
  function failed(error) {
    idle();
    hide();
    const refused = error instanceof PramanaError && error.details.field === "text";
    if (refused) question.refuse(error.message);
    else onError(error);
  }

  function idle() {
    box.removeAttribute("aria-busy");
    bar.hidden = true;
  }

  function hide() {
    box.hidden = true;
    delete box.dataset.shown;
    asked = null;
    content = "";
    picture.clear();
  }

  /** @param {Found} found whose question is no question */
  function refuse({ question: asking, help }) {
    const text = question.field.value;
    const { message = "", details = {} } = help?.refusal ?? {};
    if (text.trim() !== asking) return;
    const before = text.length - text.trimStart().length;
    question.refuse(message, {
      start: before + placeOf(asking, Number(details.start ?? 0)),
      end: before + placeOf(asking, Number(details.end ?? text.length)),
      nearest: String(details.nearest ?? ""),
    });
  }

  const refresh = coalesced(async () => {
    stale = false;
    if (asked) await renew(asked.text, asked.work);
    const [stats, loaded, offered] = await Promise.all([graph.stats(), graph.packs(), offeredPacks()]);
    const empty = stats.facts + stats.rules === 0;
    const names = new Set(loaded.map(({ name }) => name));
    const questions = offered.filter(({ name }) => names.has(name)).map((pack) => pack.questions);
    const tried = alternating(questions).slice(0, MOST_EXAMPLES);
    byId("example-questions", HTMLElement).replaceChildren(...tried.map(example));
    byId("examples", HTMLElement).hidden = asked !== null || tried.length === 0;
    byId("ask-empty", HTMLElement).hidden = asked !== null || !empty;
    const [first] = offered;
    samples.replaceChildren(...(first ? [packs.offer(first)] : []));
    page.dataset.ask = "ready";
  });

  /** @param {string} text */
  function example(text) {
    const button = element("button", { type: "button" }, text);
    button.addEventListener("click", () => {
      put(text).catch(onError);
      question.field.focus();
    });
    return element("li", {}, button);
  }

  /** @param {string} text put it into the box, and answer it */
  async function put(text) {
    question.write(text);
    await ask();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask().catch(onError);
  });
  question.field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  const tryOut = byId("ask-example", HTMLButtonElement);
  tryOut.addEventListener("click", () => {
    exclusive(tryOut, onExample, question.field).catch(onError);
  });

  return {
    ask: put,

    /**
     * Why a statement holds.
     * @param {Atom} atom
     */
    async explain({ subject, predicate, object, negated }) {
      const text = statementText({ subject, predicate, object, negated });
      question.write("");
      const work = (/** @type {AbortSignal} */ signal) =>
        graph.explain(subject, predicate, object, { negated, signal });
      await answerTo(text, async (signal) => explained(text, await work(signal)));
    },

    /** @param {boolean} visible whether the view is the one that is shown */
    async show(visible) {
      shown = visible;
      if (shown && stale) await refresh();
    },

    /** Something was written, here or in another tab. */
    async changed() {
      stale = true;
      if (shown) await refresh();
    },
  };
}

/** The verdict and its confidence, in words. */
function spoken() {
  const verdict = box.querySelector(".verdict");
  const figures = verdict?.querySelector(".verdict-confidence")?.firstChild?.textContent;
  const remark = verdict?.querySelector(":scope > .remark")?.textContent;
  return [verdict?.querySelector("strong")?.textContent, figures, remark].filter(Boolean).join(", ");
}

/** @param {Answer} answer whether it names who or what */
function byGrammar({ verdict, trace }) {
  return (
    verdict === "answered" &&
    trace.some(({ step, found }) => step === "understand" && found.how === "grammar")
  );
}

/**
 * A verdict on a statement, as an answer: there is no text, and nothing was linked.
 * @param {string} question
 * @param {Verdict} verdict
 * @returns {Answer}
 */
function explained(question, { verdict, confidence, proofs, against, contradictory }) {
  return {
    question,
    kind: "",
    verdict,
    confidence,
    text: "",
    citations: [],
    kinds: [],
    proofs,
    against: contradictory ? against : [],
    insights: [],
    paths: [],
    facts: [],
    entities: [],
    memories: [],
    trace: [],
    cached: "",
    compute_ms: 0,
  };
}

/** @param {string[][]} lists @returns {string[]} the first of each, then the second of each … */
function alternating(lists) {
  const most = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: most }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
}
