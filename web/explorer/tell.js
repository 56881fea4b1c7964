/** The box in which facts and rules are told, as sentences or in the rule language, and refused where they are wrong. */

import { byId } from "./element.js";
import { counted } from "./format.js";
import { exclusive } from "./latest.js";
import { markedField } from "./marked.js";
import { PramanaError } from "./pramana.js";
import { placeOf, split } from "./program.js";

/** @typedef {import("../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../types/pramana.d.ts").FactFields} FactFields */
/** @typedef {{facts: number, rules: number, parts: string[]}} Stored */

const form = byId("tell-form", HTMLFormElement);
const button = byId("tell", HTMLButtonElement);

/**
 * @param {object} options
 * @param {Graph} options.graph
 * @param {(text: string) => Promise<void>} options.onTold called after something was stored, with what
 * @param {(error: unknown) => void} options.onError
 */
export function createTell({ graph, onTold, onError }) {
  const box = markedField("telling");

  /**
   * Sentences first, then facts, each all or none, then rules one by one.
   * @returns {Promise<boolean>} whether all of it was stored
   */
  async function tell() {
    const text = box.field.value;
    if (!text.trim()) {
      box.field.focus();
      return false;
    }
    box.clear();
    /** @type {Stored} */
    const stored = { facts: 0, rules: 0, parts: [] };
    box.field.readOnly = true; // what is marked, or cleared, is what was told
    try {
      await store(text, stored);
    } catch (error) {
      if (stored.parts.length) await onTold(`Stored: ${amounts(stored)}; the rest was not.`);
      if (!(error instanceof Refusal)) throw error;
      const kept = stored.parts.join(" and ");
      const besides = kept
        ? `Stored: ${kept}. All may be told again: nothing is stored twice.`
        : "Nothing was stored.";
      box.refuse(error.message, { ...error, besides });
      return false;
    } finally {
      box.field.readOnly = false;
    }
    box.write("");
    await onTold(`Stored: ${amounts(stored)}.`);
    return true;
  }

  /**
   * @param {string} text
   * @param {Stored} stored counts what was stored, also where this fails
   * @throws {Refusal} a part of the text was not accepted
   */
  async function store(text, stored) {
    const { sentences, formulas } = split(text);
    if (sentences.trim()) {
      const told = await graph.tell(sentences).catch((error) => {
        throw refused(error, text, 0, text.length);
      });
      stored.facts += told.facts.length;
      stored.rules += told.rules.length;
      stored.parts.push("the sentences");
    }
    const facts = formulas.filter(({ fact }) => fact);
    if (facts.length) {
      await graph.addMany(facts.map(({ fact }) => /** @type {FactFields} */ (fact))).catch((error) => {
        const at = facts[error.details?.index ?? 0];
        throw refused(error, text, at.start, at.end);
      });
      stored.facts += facts.length;
      stored.parts.push("the facts");
    }
    const rules = formulas.filter(({ fact }) => !fact);
    for (const [i, rule] of rules.entries()) {
      await graph.addRule(rule.text).catch((error) => {
        throw refused(error, text, rule.start, rule.end);
      });
      stored.rules++;
      if (i === 0) stored.parts.push("the rules before it");
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    exclusive(button, async () => {
      await tell();
    }).catch(onError);
  });
  box.field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(button);
  });

  return {
    /** @param {string} text tell it */
    tell(text) {
      box.write(text);
      return tell();
    },

    /** @param {string} sentence put it on a line of its own, to be told */
    suggest(sentence) {
      const before = box.field.value.trimEnd();
      box.write(before ? `${before}\n${sentence}` : sentence);
      box.field.focus();
      box.field.setSelectionRange(box.field.value.length, box.field.value.length);
    },
  };
}

/** Why a part of the text was not accepted, and where it stands. */
class Refusal extends Error {
  /**
   * @param {string} message
   * @param {{start: number, end: number, nearest: string}} place
   */
  constructor(message, { start, end, nearest }) {
    super(message);
    this.start = start;
    this.end = end;
    this.nearest = nearest;
  }
}

/**
 * @param {unknown} error of a part
 * @param {string} text
 * @param {number} from where the part begins
 * @param {number} to where it ends
 * @returns {unknown} a Refusal, where the part is at fault
 */
function refused(error, text, from, to) {
  if (!(error instanceof PramanaError) || !("field" in error.details)) return error;
  const { start, at, end, nearest } = error.details;
  const part = text.slice(from, to);
  const place = (/** @type {unknown} */ characters) => from + placeOf(part, Number(characters));
  return new Refusal(error.message, {
    // What is missing at the end is marked at what stands there.
    start: Math.min(place(start ?? at ?? 0), to - 1),
    end: end === undefined ? to : place(end),
    nearest: String(nearest ?? ""),
  });
}

/** @param {Stored} stored */
function amounts({ facts, rules }) {
  const parts = [
    facts ? counted(facts, "fact", "facts") : "",
    rules ? counted(rules, "rule", "rules") : "",
  ].filter(Boolean);
  return parts.join(" and ") || "nothing";
}
