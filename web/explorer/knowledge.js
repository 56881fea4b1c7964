/**
 * The view of what is known: telling, asking, and the lists. Nothing of it is read before the view is first shown.
 *
 * What tests and drivers may rely on:
 * - `#views [data-tab=memories|knowledge]`; `?view=knowledge` opens the second one. `<html data-knowledge>` is "ready"
 *   once its lists are shown, with `data-facts` the number of facts.
 * - `#telling` (a text area) and `#tell`; where a text was refused, `#telling-copy mark` and `#telling-problem`, with
 *   `.nearest` (a button) where there is an accepted form. `#question` and `#ask` likewise.
 * - `#answer .verdict[data-verdict=true|false|unknown|contradictory]`, `.proof .step[data-kind=rule|fact|absent]`,
 *   `.in-graph` (a button after each proof that is shown).
 * - `#lists [data-tab=facts|rules|conflicts|proposals]`; `#facts`, `#rules`, `#conflicts` and `#proposals` hold
 *   `li.entry[data-id]` with buttons. `#fact-subject`, `#fact-predicate`, `#fact-derived` filter.
 * - `#extract-text` and `#extract`; `#try-example`.
 */

import { createAsk } from "./ask.js";
import { byId } from "./element.js";
import { EXAMPLE } from "./example.js";
import { createFacts } from "./facts.js";
import { count } from "./format.js";
import { coalesced, exclusive } from "./latest.js";
import { createProposals } from "./proposals.js";
import { createConflicts, createRules } from "./rules.js";
import { createTabs } from "./tabs.js";
import { createTell } from "./tell.js";
import { notify } from "./toast.js";

/** @typedef {import("../types/pramana.d.ts").Memory} Memory */

const page = document.documentElement;

/**
 * @param {object} options
 * @param {Memory} options.memory
 * @param {(ms: number) => void} options.onLatency
 * @param {(proof: import("../types/pramana.d.ts").Proof) => void} options.onProof called to show one in the graph
 * @param {(error: unknown) => void} options.onError
 */
export function createKnowledge({ memory, onLatency, onProof, onError }) {
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
  const ask = createAsk({ graph, onLatency, onProof, onError });
  const facts = createFacts({ graph, onWhy: ask.explain, onWritten, onError });
  const rules = createRules({ graph, onWritten, onError });
  const conflicts = createConflicts({ graph });
  const proposals = createProposals({ graph, onWritten, onError });
  createTabs(byId("lists", HTMLElement), () => undefined);

  const refresh = coalesced(async () => {
    stale = false;
    const [stats, , , open, waiting] = await Promise.all([
      graph.stats(),
      facts.show(),
      rules.show(),
      conflicts.show(),
      proposals.show(),
      ask.again(),
    ]);
    showCount("facts", stats.facts);
    showCount("rules", stats.rules);
    if (open !== undefined) showCount("conflicts", open);
    if (waiting !== undefined) showCount("proposals", waiting);
    const empty = stats.facts + stats.rules === 0;
    byId("knowledge-empty", HTMLElement).hidden = !empty;
    byId("known", HTMLElement).hidden = empty && !waiting;
    page.dataset.facts = String(stats.facts);
    page.dataset.knowledge = "ready";
  });

  async function tryExample() {
    if (await tell.tell(EXAMPLE.text)) await ask.ask(EXAMPLE.question);
  }

  const example = byId("try-example", HTMLButtonElement);
  example.addEventListener("click", () => {
    exclusive(example, tryExample, byId("question", HTMLTextAreaElement)).catch(onError);
  });
  for (const sentence of document.querySelectorAll("[data-suggest]")) {
    sentence.addEventListener("click", () => tell.suggest(sentence.textContent?.trim() ?? ""));
  }

  return {
    tryExample,

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
 * @param {number} value
 */
function showCount(name, value) {
  byId(`${name}-count`, HTMLElement).textContent = count(value);
}
