/** What was declared of predicates, so that contradictions are seen: the list, and the form for more. */

import { byId, element } from "./element.js";
import { actions, replaceEntries } from "./entries.js";
import { exclusive, Latest } from "./latest.js";
import { PramanaError } from "./pramana.js";
import { explain } from "./toast.js";

/** @typedef {import("../types/pramana.d.ts").Declaration} Declaration */
/** @typedef {import("../types/pramana.d.ts").Graph} Graph */

const form = byId("declare-form", HTMLFormElement);
const predicate = byId("declare-predicate", HTMLInputElement);
const kind = byId("declare-kind", HTMLSelectElement);
const other = byId("declare-other", HTMLInputElement);
const button = byId("declare", HTMLButtonElement);
const problem = byId("declare-problem", HTMLElement);
const list = byId("declarations", HTMLUListElement);

/**
 * @param {object} options
 * @param {Graph} options.graph
 * @param {(text: string, undo?: () => Promise<void>) => void} options.onWritten
 * @param {(error: unknown) => void} options.onError
 */
export function createDeclarations({ graph, onWritten, onError }) {
  const latest = new Latest();

  async function declare() {
    const name = predicate.value.trim();
    const second = other.value.trim();
    const functional = kind.value === "functional";
    const lacking = name ? (functional || second ? null : other) : predicate;
    problem.textContent = lacking ? "Name the predicate, or both where there are two." : "";
    if (lacking) {
      lacking.focus();
      return;
    }
    try {
      await graph.declare(name, functional ? { functional } : { disjointWith: second });
    } catch (error) {
      if (!(error instanceof PramanaError) || !("field" in error.details)) throw error;
      problem.textContent = explain(error);
      return;
    }
    form.reset();
    showOther();
    onWritten(`Declared: ${saying(functional, name, second)}.`);
  }

  /** @param {Declaration} declared */
  function entry(declared) {
    const functional = declared.kind === "functional";
    const about = saying(functional, declared.predicate, declared.other);
    const options = functional ? { functional } : { disjointWith: declared.other };
    const remove = async () => {
      await graph.undeclare(declared.predicate, options);
      onWritten(`No longer declared: ${about}.`, () => graph.declare(declared.predicate, options));
    };
    return element(
      "li",
      { class: "entry", "data-kind": declared.kind },
      element("p", { class: "entry-text" }, about),
      actions(about, { Remove: remove }, onError),
    );
  }

  function showOther() {
    const two = kind.value === "disjoint";
    for (const part of form.querySelectorAll("[data-of=disjoint]")) {
      if (part instanceof HTMLElement) part.hidden = !two;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    exclusive(button, declare, predicate).catch(onError);
  });
  kind.addEventListener("change", showOther);

  return {
    async show() {
      const found = await latest.run((signal) => graph.declarations({ signal }));
      if (found) replaceEntries(list, found.map(entry));
    },
  };
}

/** @param {boolean} functional @param {string} first @param {string} second */
function saying(functional, first, second) {
  const words = (/** @type {string} */ name) => name.replaceAll("_", " ");
  return functional
    ? `“${words(first)}” has one value only`
    : `“${words(first)}” and “${words(second)}” are never both so`;
}
