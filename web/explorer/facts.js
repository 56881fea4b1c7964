/** The list of facts: what is asserted, newest first, and on demand what follows from it. */

import { byId, element } from "./element.js";
import { actions, replaceEntries } from "./entries.js";
import { ago, moment } from "./format.js";
import { debounced, Latest } from "./latest.js";
import { learnNames, termsOf } from "./names.js";
import { PramanaError } from "./pramana.js";
import { confidenceMark, particularsOf, statement, statementText } from "./statement.js";
import { explain } from "./toast.js";

/** @typedef {import("../types/pramana.d.ts").Atom} Atom */
/** @typedef {import("../types/pramana.d.ts").Fact} Fact */
/** @typedef {import("../types/pramana.d.ts").Graph} Graph */

const PAGE = 50;
const TYPING_MS = 150;

const subject = byId("fact-subject", HTMLInputElement);
const predicate = byId("fact-predicate", HTMLInputElement);
const derived = byId("fact-derived", HTMLInputElement);
const list = byId("facts", HTMLUListElement);
const more = byId("facts-more", HTMLButtonElement);
const nothing = byId("facts-nothing", HTMLElement);

/**
 * @param {object} options
 * @param {Graph} options.graph
 * @param {(atom: Atom) => Promise<void>} options.onWhy
 * @param {(text: string, undo: () => Promise<void>) => void} options.onWritten
 * @param {(error: unknown) => void} options.onError
 */
export function createFacts({ graph, onWhy, onWritten, onError }) {
  const latest = new Latest();
  let wanted = PAGE;
  /** Where the next page starts. @type {string | null} */
  let cursor = null;

  /** @param {AbortSignal} signal @returns {Promise<{facts: Fact[], cursor: string | null, more: boolean}>} */
  async function fetchFacts(signal) {
    if (!filtered() && !derived.checked) {
      const page = await graph.facts({ limit: wanted, signal });
      return { ...page, more: page.cursor !== null };
    }
    const options = { derived: derived.checked, negated: null, limit: wanted + 1, signal };
    const found = await graph.match(wantedOf(subject), wantedOf(predicate), null, options);
    return { facts: found.slice(0, wanted), cursor: null, more: found.length > wanted };
  }

  /** @param {AbortSignal} signal @returns {Promise<{facts: Fact[], cursor: string | null, more: boolean, refused: string}>} */
  async function fetchShown(signal) {
    try {
      const found = await fetchFacts(signal);
      await learnNames(graph, termsOf(found.facts), signal);
      return { ...found, refused: "" };
    } catch (error) {
      if (!(error instanceof PramanaError) || !("field" in error.details)) throw error;
      return { facts: [], cursor: null, more: false, refused: explain(error) };
    }
  }

  async function show() {
    const found = await latest.run(fetchShown);
    if (!found) return;
    cursor = found.cursor;
    replaceEntries(list, found.facts.map(entry));
    more.hidden = !found.more;
    nothing.hidden = found.facts.length > 0;
    nothing.textContent = found.refused
      ? found.refused
      : filtered()
        ? "Nothing is known of this form. Whole names are looked for, in any case."
        : "There are no facts yet.";
  }

  async function showMore() {
    const firstNew = list.children.length;
    wanted = firstNew + PAGE;
    if (cursor === null) {
      await show();
    } else {
      const from = cursor;
      const page = await latest.run(async (signal) => {
        const next = await graph.facts({ cursor: from, limit: PAGE, signal });
        await learnNames(graph, termsOf(next.facts), signal);
        return next;
      });
      if (!page) return;
      cursor = page.cursor;
      list.append(...page.facts.map(entry));
      more.hidden = page.cursor === null;
    }
    list.children[firstNew]?.querySelector("button")?.focus();
  }

  /** @param {Fact} fact */
  function entry(fact) {
    const about = statementText(fact);
    return element(
      "li",
      { class: "entry", "data-id": fact.id, "data-derived": String(fact.derived) },
      element("p", { class: "entry-text" }, statement(fact), confidenceMark(fact.confidence)),
      element(
        "p",
        { class: "entry-facts" },
        ...particularsOf(fact),
        fact.derived ? null : element("time", { title: moment(fact.created_ms) }, ago(fact.created_ms)),
      ),
      actions(
        about,
        { Why: () => onWhy(fact), ...(!fact.derived && { Retract: () => retract(fact) }) },
        onError,
      ),
    );
  }

  /** @param {Fact} fact */
  async function retract(fact) {
    await graph.retractFact(fact.id);
    onWritten(`Retracted: ${statementText(fact)}.`, async () => {
      await graph.add(fact.subject, fact.predicate, fact.object, {
        negated: fact.negated,
        confidence: fact.confidence,
        source: fact.source,
        validFromMs: fact.valid_from_ms,
        validToMs: fact.valid_to_ms,
      });
    });
  }

  function restart() {
    wanted = PAGE;
    show().catch(onError);
  }

  const typed = debounced(restart, TYPING_MS);
  for (const field of [subject, predicate]) field.addEventListener("input", typed.call);
  derived.addEventListener("change", restart);
  more.addEventListener("click", () => {
    showMore().catch(onError);
  });

  return { show };
}

function filtered() {
  return wantedOf(subject) !== null || wantedOf(predicate) !== null;
}

/** @param {HTMLInputElement} field @returns {string | null} null for any, as a variable says too */
function wantedOf(field) {
  const name = field.value.trim();
  return name === "" || name.startsWith("?") ? null : name;
}
