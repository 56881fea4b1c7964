/** The question box: the verdict, why it is so, and where it is not known, what is missing. */

import { byId, element } from "./element.js";
import { count, figure, noun } from "./format.js";
import { gapsOf } from "./gaps.js";
import { Latest } from "./latest.js";
import { markedField } from "./marked.js";
import { PramanaError } from "./pramana.js";
import { placeOf } from "./program.js";
import { proofTree } from "./proof.js";
import { statement, statementText } from "./statement.js";

/** @typedef {import("../types/pramana.d.ts").Atom} Atom */
/** @typedef {import("../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../types/pramana.d.ts").Proof} Proof */
/** @typedef {import("../types/pramana.d.ts").Verdict} Verdict */

const VERDICTS = { true: "True", false: "False", unknown: "Not known" };

const form = byId("ask-form", HTMLFormElement);
const answer = byId("answer", HTMLElement);
/** Read out in place of the whole proof. */
const said = byId("answer-said", HTMLElement);

/**
 * @param {object} options
 * @param {Graph} options.graph
 * @param {(ms: number) => void} options.onLatency
 * @param {(proof: Proof) => void} options.onProof called to show one in the graph
 * @param {(error: unknown) => void} options.onError
 */
export function createAsk({ graph, onLatency, onProof, onError }) {
  const question = markedField("question");
  const latest = new Latest();
  /** @type {{text: string, work: (signal: AbortSignal) => Promise<Verdict>} | null} */
  let asked = null;
  /** The answer that is shown, as JSON. */
  let shown = "";

  async function ask() {
    const text = question.field.value;
    if (!text.trim()) return;
    question.clear();
    await answerTo(text, (signal) => graph.ask(text, { signal }));
  }

  /** @param {unknown} error */
  function failed(error) {
    answer.removeAttribute("aria-busy");
    answer.hidden = true;
    asked = null;
    shown = "";
    if (!(error instanceof PramanaError) || error.code !== "not_understood") {
      onError(error);
      return;
    }
    const { start, end, nearest } = error.details;
    const text = question.field.value;
    question.refuse(error.message, {
      start: placeOf(text, Number(start ?? 0)),
      end: placeOf(text, Number(end ?? text.length)),
      nearest: String(nearest ?? ""),
    });
  }

  /**
   * @param {string} text
   * @param {(signal: AbortSignal) => Promise<Verdict>} work
   */
  async function answerTo(text, work) {
    // From here on this is the question that is renewed when what is known changes, also before it is answered.
    asked = { text, work };
    shown = "";
    said.textContent = "";
    answer.setAttribute("aria-busy", "true");
    await renew(text, work);
  }

  /**
   * Show the answer, unless it is the one that is shown or a newer run took over.
   * @param {string} text
   * @param {(signal: AbortSignal) => Promise<Verdict>} work
   */
  async function renew(text, work) {
    const started = performance.now();
    const run = latest.run(async (signal) => {
      const verdict = await work(signal);
      onLatency(performance.now() - started);
      const open = verdict.verdict === "unknown" && !verdict.contradictory;
      return { verdict, gaps: open ? await gapsOf(graph, text, signal) : null };
    });
    const found = await run.catch(failed);
    if (!found) return;
    answer.removeAttribute("aria-busy");
    const content = JSON.stringify(found);
    if (content === shown) return;
    shown = content;
    const parts = found.gaps ? unknown(found.gaps) : known(found.verdict, onProof);
    answer.replaceChildren(element("p", { class: "asked" }, text), ...parts);
    answer.hidden = false;
    said.textContent = [...answer.querySelectorAll(".verdict > *")]
      .map((part) => part.textContent)
      .join(", ");
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

  return {
    /** @param {string} text put it into the box, and answer it */
    async ask(text) {
      question.write(text);
      await ask();
    },

    /**
     * Why a statement holds.
     * @param {Atom} atom
     */
    async explain({ subject, predicate, object, negated }) {
      const text = statementText({ subject, predicate, object, negated });
      question.write("");
      await answerTo(text, (signal) => graph.explain(subject, predicate, object, { negated, signal }));
      answer.scrollIntoView({ block: "nearest" });
    },

    /** Answer the last question once more, since what is known has changed. */
    async again() {
      if (asked) await renew(asked.text, asked.work);
    },
  };
}

/** @param {Verdict} verdict @param {(proof: Proof) => void} onProof @returns {Node[]} */
function known({ verdict, confidence, proofs, against, contradictory, answers }, onProof) {
  if (contradictory) {
    return [
      headline("contradictory", "Contradictory", null, "both this and its opposite follow"),
      reasons("For it", proofs, onProof),
      reasons("Against it", against, onProof),
    ];
  }
  /** @type {Node[]} */
  const parts = [headline(verdict, answers.length ? named(answers) : VERDICTS[verdict], confidence, "")];
  // A question may ask for several statements, or for whom one is true: the best proof of each is shown.
  const best = proofs.filter((proof, i) => proofs.findIndex((other) => sameConclusion(proof, other)) === i);
  parts.push(...best.flatMap((proof) => shownProof(proof, onProof)));
  const others = proofs.filter((proof) => !best.includes(proof));
  if (others.length) {
    const more = `${count(others.length)} other ${noun(others.length, "proof", "proofs")}, from other facts`;
    const summary = element("summary", {}, more);
    parts.push(
      element(
        "details",
        { class: "other-proofs" },
        summary,
        ...others.flatMap((proof) => shownProof(proof, onProof)),
      ),
    );
  }
  return parts;
}

/** @param {Proof} one @param {Proof} other */
function sameConclusion(one, other) {
  return statementText(one.conclusion) === statementText(other.conclusion);
}

/** @param {import("./gaps.js").Gap[]} gaps @returns {Node[]} */
function unknown(gaps) {
  const parts = [headline("unknown", VERDICTS.unknown, null, "neither this nor its opposite follows")];
  if (!gaps.length) {
    const text =
      "No rule concludes anything of this kind. Tell it the fact itself, or a rule that leads there.";
    return [...parts, element("p", { class: "missing" }, text)];
  }
  parts.push(element("p", { class: "missing" }, "It would follow from:"));
  const entries = gaps.map((gap) =>
    element(
      "li",
      {},
      element(
        "span",
        { class: gap.rule.sentence ? "sentence" : "formula" },
        gap.rule.sentence || gap.rule.text,
      ),
      element("span", { class: "origin" }, ...lack(gap)),
    ),
  );
  return [...parts, element("ul", { class: "gaps" }, ...entries)];
}

/** @param {import("./gaps.js").Gap} gap */
function lack({ rule, lacking }) {
  if (lacking.length) {
    const named = lacking.flatMap((atom, i) => [i ? ", nor " : "", statement(atom)]);
    return ["Nothing meets its condition ", ...named, "."];
  }
  return rule.body.length > 1
    ? ["Each of its conditions is met by something, but not all of them by what is asked about."]
    : ["Its condition is met, but not by what is asked about."];
}

/**
 * @param {string} kind
 * @param {string} text
 * @param {number | null} confidence
 * @param {string} remark
 */
function headline(kind, text, confidence, remark) {
  return element(
    "p",
    { class: "verdict", "data-verdict": kind },
    element("strong", {}, text),
    confidence === null
      ? null
      : element("span", { class: "verdict-confidence" }, `confidence ${figure(confidence)}`),
    remark ? element("span", { class: "remark" }, remark) : null,
  );
}

/**
 * @param {string} title
 * @param {Proof[]} proofs
 * @param {(proof: Proof) => void} onProof
 */
function reasons(title, proofs, onProof) {
  return element(
    "section",
    { class: "side-of-it" },
    element("h3", {}, title),
    ...proofs.flatMap((proof) => shownProof(proof, onProof)),
  );
}

/** @param {Proof} proof @param {(proof: Proof) => void} onProof */
function shownProof(proof, onProof) {
  const button = element("button", { type: "button", class: "in-graph quiet" }, "Show in graph");
  button.addEventListener("click", () => onProof(proof));
  return [proofTree(proof), button];
}

/** @param {string[]} answers */
function named(answers) {
  const shown = answers.slice(0, 20).join(", ");
  return answers.length > 20 ? `${shown} and ${count(answers.length - 20)} more` : shown;
}
