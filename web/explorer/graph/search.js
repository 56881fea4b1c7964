/** The box in which a term is looked for, with those seen so far to choose from. */

import { byId, element } from "../element.js";

const MOST = 20;
const MOST_SEEN = 50_000;

const form = byId("graph-search-form", HTMLFormElement);
const field = byId("graph-search", HTMLInputElement);
const options = byId("graph-terms", HTMLDataListElement);

/**
 * @param {(term: string) => void} onTerm called with a term that was asked for
 * @returns {{saw: (terms: Iterable<string>) => void}}
 */
export function createSearch(onTerm) {
  /** In lower case, to how it is written. @type {Map<string, string>} */
  const seen = new Map();

  function offer() {
    const typed = field.value.trim().toLowerCase();
    if (!typed) {
      options.replaceChildren();
      return;
    }
    const inside = [];
    const ahead = [];
    for (const [lower, term] of seen) {
      if (lower.startsWith(typed)) ahead.push(term);
      else if (inside.length < MOST && lower.includes(typed)) inside.push(term);
    }
    const offered = [...ahead.sort((one, other) => one.length - other.length), ...inside].slice(0, MOST);
    options.replaceChildren(...offered.map((term) => element("option", { value: term })));
  }

  field.addEventListener("input", (event) => {
    // What was taken from the list comes as a replacement, and is meant.
    const chosen = !(event instanceof InputEvent) || event.inputType === "insertReplacementText";
    if (chosen && seen.has(field.value.trim().toLowerCase())) form.requestSubmit();
    else offer();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const term = field.value.trim();
    if (!term) return;
    onTerm(seen.get(term.toLowerCase()) ?? term);
  });

  return {
    saw(terms) {
      for (const term of terms) if (seen.size < MOST_SEEN) seen.set(term.toLowerCase(), term);
    },
  };
}
