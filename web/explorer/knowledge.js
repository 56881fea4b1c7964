/**
 * The view of what is known: telling, and the lists. Nothing of it is read before the view is first shown.
 *
 * What tests and drivers may rely on:
 * - `?view=knowledge` opens it; `<html data-knowledge>` is "ready" once its lists are shown, with `data-facts` the number
 *   of facts.
 * - `#telling` (a text area) and `#tell`; where a text was refused, `#telling-copy mark` and `#telling-problem`, with
 *   `.nearest` (a button) where there is an accepted form.
 * - `#lists [data-tab=facts|rules|conflicts|proposals]`; `#facts`, `#rules`, `#conflicts` and `#proposals` hold
 *   `li.entry[data-id]` with buttons. `#fact-subject`, `#fact-predicate`, `#fact-derived` filter.
 * - `#declarations li.entry[data-kind]`; `#declare-predicate`, `#declare-kind`, `#declare-other` and `#declare` make one.
 * - `#extract-text` and `#extract`; `#try-example`.
 */

import { createDeclarations } from "./declarations.js";
import { byId } from "./element.js";
import { EXAMPLE } from "./example.js";
import { createFacts } from "./facts.js";
import { count } from "./format.js";
import { coalesced, exclusive } from "./latest.js";
import { createProposals } from "./proposals.js";
import { createConflicts, createRules } from "./rules.js";
import { showFacts } from "./status.js";
import { createTabs } from "./tabs.js";
import { createTell } from "./tell.js";
import { notify } from "./toast.js";

/** @typedef {import("../types/pramana.d.ts").Memory} Memory */

const page = document.documentElement;

/**
 * @param {object} options
 * @param {Memory} options.memory
 * @param {(atom: import("../types/pramana.d.ts").Atom) => Promise<void>} options.onWhy called to explain a statement
 * @param {(question: string) => Promise<void>} options.onQuestion called to answer one
 * @param {(error: unknown) => void} options.onError
 */
export function createKnowledge({ memory, onWhy, onQuestion, onError }) {
  const { graph } = memory;
  let shown = false;
  let stale = true;

  /**
   * @param {string} text what was done
   * @param {() => Promise<void>} [undo]
   */
  async function written(text, undo) {
    const again = async () => {
      await undo?.();
      await written("Undone.");
    };
    notify(text, undo ? { label: "Undo", run: () => void again().catch(onError) } : null);
    await refresh();
  }

  /** @param {string} text @param {() => Promise<void>} [undo] */
  const onWritten = (text, undo) => void written(text, undo).catch(onError);
  const tell = createTell({ graph, onTold: written, onError });
  const facts = createFacts({ graph, onWhy, onWritten, onError });
  const rules = createRules({ graph, onWritten, onError });
  const conflicts = createConflicts({ graph });
  const declarations = createDeclarations({ graph, onWritten, onError });
  const proposals = createProposals({ graph, onWritten, onError });
  createTabs(byId("lists", HTMLElement), () => undefined);

  const refresh = coalesced(async () => {
    stale = false;
    const [stats, , , conflicting, waiting] = await Promise.all([
      graph.stats(),
      facts.show(),
      rules.show(),
      conflicts.show(),
      proposals.show(),
      declarations.show(),
    ]);
    showCount("facts", count(stats.facts));
    showCount("rules", count(stats.rules));
    if (conflicting) showCount("conflicts", saysOf(conflicting));
    if (waiting !== undefined) showCount("proposals", count(waiting));
    showFacts(stats.facts);
    const empty = stats.facts + stats.rules === 0;
    byId("knowledge-empty", HTMLElement).hidden = !empty;
    byId("known", HTMLElement).hidden = empty && !waiting;
    page.dataset.facts = String(stats.facts);
    page.dataset.knowledge = "ready";
  });

  /** Tell the example, and ask its question. */
  async function tryExample() {
    if (await tell.tell(EXAMPLE.text)) await onQuestion(EXAMPLE.question);
  }

  const example = byId("try-example", HTMLButtonElement);
  example.addEventListener("click", () => {
    exclusive(example, tryExample, byId("telling", HTMLTextAreaElement)).catch(onError);
  });
  for (const sentence of document.querySelectorAll("[data-suggest]")) {
    sentence.addEventListener("click", () => tell.suggest(sentence.textContent?.trim() ?? ""));
  }

  return {
    tryExample,

    /** Tell the example. */
    async tellExample() {
      await tell.tell(EXAMPLE.text);
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

/**
 * @param {string} name of a list
 * @param {string} text
 */
function showCount(name, text) {
  byId(`${name}-count`, HTMLElement).textContent = text;
}

/** @param {{open: number, settled: number}} conflicts @returns {string} what is to be looked at, or else what was */
function saysOf({ open, settled }) {
  if (open) return `${count(open)} open`;
  return settled ? `${count(settled)} settled` : count(0);
}
