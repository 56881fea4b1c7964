/** The list of rules, and the list of contradictions. */

import { byId, element } from "./element.js";
import { actions, replaceEntries } from "./entries.js";
import { Latest } from "./latest.js";
import { learnNames, termsOf } from "./names.js";
import { confidenceMark, particularsOf, statement } from "./statement.js";

/** @typedef {import("../types/pramana.d.ts").Conflict} Conflict */
/** @typedef {import("../types/pramana.d.ts").Fact} Fact */
/** @typedef {import("../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../types/pramana.d.ts").Rule} Rule */

const KINDS = {
  functional: "One value only",
  disjoint: "Never both",
  negation: "A statement and its opposite",
};

const rules = byId("rules", HTMLUListElement);
const conflicts = byId("conflicts", HTMLUListElement);

/**
 * @param {object} options
 * @param {Graph} options.graph
 * @param {(text: string, undo: () => Promise<void>) => void} options.onWritten
 * @param {(error: unknown) => void} options.onError
 */
export function createRules({ graph, onWritten, onError }) {
  const latest = new Latest();

  /** @param {Rule} rule */
  function entry(rule) {
    const about = rule.name || rule.sentence || rule.text;
    const small = [rule.name && `named ${rule.name}`, rule.source && `from ${rule.source}`].filter(Boolean);
    return element(
      "li",
      { class: "entry", "data-id": rule.id },
      element(
        "p",
        { class: "entry-text" },
        rule.sentence ? element("span", { class: "sentence" }, rule.sentence) : null,
        element("span", { class: "formula" }, rule.text),
      ),
      element("p", { class: "entry-facts" }, ...small.map((part) => element("span", {}, part))),
      actions(about, { Remove: () => remove(rule, about) }, onError),
    );
  }

  /** @param {Rule} rule @param {string} about */
  async function remove(rule, about) {
    await graph.removeRule(rule.id);
    onWritten(`Removed: ${about}`, async () => {
      const { source, name } = rule;
      // A sentence may hold several rules; those that are there are not stored twice.
      await (rule.sentence
        ? graph.tell(rule.sentence, { source })
        : graph.addRule(rule.text, { source, name }));
    });
  }

  return {
    async show() {
      const found = await latest.run((signal) => graph.rules({ signal }));
      if (!found) return;
      replaceEntries(rules, found.reverse().map(entry));
      byId("rules-nothing", HTMLElement).hidden = found.length > 0;
    },
  };
}

/**
 * @param {object} options
 * @param {Graph} options.graph
 */
export function createConflicts({ graph }) {
  const latest = new Latest();

  return {
    /** @returns {Promise<{open: number, settled: number} | undefined>} undefined if a later call took over */
    async show() {
      const found = await latest.run((signal) => graph.conflicts({ signal }));
      if (!found) return undefined;
      await learnNames(graph, termsOf(found.flatMap(({ older, newer }) => [older, newer])));
      replaceEntries(conflicts, found.map(conflictEntry));
      byId("conflicts-nothing", HTMLElement).hidden = found.length > 0;
      const open = found.filter(({ status }) => status === "open").length;
      return { open, settled: found.length - open };
    },
  };
}

/** @param {Conflict} conflict */
function conflictEntry({ kind, status, older, newer }) {
  return element(
    "li",
    { class: "entry conflict", "data-status": status },
    element(
      "p",
      { class: "entry-facts" },
      element("span", {}, KINDS[kind]),
      element("span", { class: "badge" }, status === "open" ? "open" : "the newer one holds"),
    ),
    side(newer, "newer"),
    side(older, "older"),
  );
}

/**
 * @param {Fact} fact
 * @param {string} age
 */
function side(fact, age) {
  return element(
    "div",
    { class: "conflict-side", "data-age": age },
    element("p", { class: "entry-text" }, statement(fact), confidenceMark(fact.confidence)),
    element("p", { class: "entry-facts" }, ...particularsOf(fact)),
  );
}
