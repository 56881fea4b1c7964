/**
 * How terms are shown. A term with the number of a sense, such as "whale.n.02", or an IRI is shown as what it is
 * `called`; every other term is its own name. What was learned holds for the page's one memory.
 */

/** @typedef {import("../types/pramana.d.ts").Atom} Atom */
/** @typedef {import("../types/pramana.d.ts").Graph} Graph */

const CODED = /\.[a-z]\.\d+$|:\/\//i;
const CALLED = "called";
/** Other names of one term that are looked at. */
const MOST_NAMES = 40;
const AT_ONCE = 16;
/** What holds of anything of a kind is concluded of this. */
const ANY = /^any (?=.)/;

/** @type {Map<string, string>} */
const known = new Map();

/** @param {string} term */
export function labelOf(term) {
  const any = ANY.exec(term)?.[0] ?? "";
  return any + (known.get(term.slice(any.length)) ?? term.slice(any.length));
}

/** @param {string} term @returns {string | null} for an element's title: the term, where it is shown otherwise */
export function titleOf(term) {
  return labelOf(term) === term ? null : term;
}

/** What was learned may have changed. */
export function forgetNames() {
  known.clear();
}

/** @param {Iterable<Atom>} facts @returns {string[]} the terms in them */
export function termsOf(facts) {
  return [...facts].flatMap(({ subject, object }) => [subject, object]);
}

/** @param {Iterable<Atom>} facts that are at hand; those of names are learned from */
export function noteNames(facts) {
  for (const { subject, predicate, object } of facts) {
    if (predicate === CALLED && CODED.test(subject) && isNameIn(subject, object)) known.set(subject, object);
  }
}

/**
 * Learn how terms are called.
 * @param {Graph} graph
 * @param {Iterable<string>} terms
 * @param {AbortSignal} [signal]
 */
export async function learnNames(graph, terms, signal) {
  const bare = [...terms].map((term) => term.replace(ANY, ""));
  const wanted = [...new Set(bare)].filter((term) => CODED.test(term) && !known.has(term));
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const part = wanted.slice(at, at + AT_ONCE);
    const options = { limit: MOST_NAMES, signal };
    const facts = await Promise.all(part.map((term) => graph.match(term, CALLED, null, options)));
    for (const [i, term] of part.entries()) {
      const names = facts[i].map(({ object }) => object);
      known.set(term, names.find((name) => isNameIn(term, name)) ?? term);
    }
  }
}

/** @param {string} term @param {string} name one of those that it is called by */
function isNameIn(term, name) {
  return term.includes("://") || term.toLowerCase().startsWith(`${name.toLowerCase()}.`);
}
