/** What an answer that is not known lacks: the rules that could give it, and which of their conditions nothing meets. */

/** @typedef {import("../types/pramana.d.ts").Atom} Atom */
/** @typedef {import("../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../types/pramana.d.ts").Rule} Rule */
/** @typedef {{rule: Rule, lacking: Atom[]}} Gap `lacking`: conditions that hold of nothing at all */

/** More rules than these would not be read. */
const MOST = 5;

/**
 * @param {Graph} graph
 * @param {string} question
 * @param {AbortSignal} signal
 * @returns {Promise<Gap[]>}
 */
export async function gapsOf(graph, question, signal) {
  const words = new Set(stems(question));
  const rules = (await graph.rules({ signal })).filter(({ head }) => concerns(head, words)).slice(0, MOST);
  return Promise.all(
    rules.map(async (rule) => {
      const met = await Promise.all(rule.body.map((atom) => holdsOfSomething(graph, atom, signal)));
      return { rule, lacking: rule.body.filter((_, i) => !met[i]) };
    }),
  );
}

/**
 * Whether a question names everything that a conclusion names, and that is something.
 * @param {Atom} head
 * @param {Set<string>} words
 */
function concerns({ subject, predicate, object }, words) {
  const named = [subject, predicate === "is" ? "" : predicate, object].filter(
    (term) => term !== "" && !term.startsWith("?"),
  );
  return named.length > 0 && named.flatMap(stems).every((word) => words.has(word));
}

/**
 * @param {Graph} graph
 * @param {Atom} atom
 * @param {AbortSignal} signal
 */
async function holdsOfSomething(graph, { subject, predicate, object, negated }, signal) {
  const options = { derived: true, negated, limit: 1, signal };
  return (await graph.match(term(subject), predicate, term(object), options)).length > 0;
}

/** @param {string} name of a term, or of a variable, which stands for any */
function term(name) {
  return name.startsWith("?") ? null : name;
}

/**
 * Words without the endings that tell "chases" from "chase".
 * @param {string} text
 */
function stems(text) {
  const words =
    text
      .replaceAll("_", " ")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}-]+/gu) ?? [];
  return words.map((word) => word.replace(/(?<=..)e?s?$/, ""));
}
