/** Which facts are shown: those around a term, or the newest, and of either no more than can be drawn and read. */

import { keyOf } from "./scene.js";

/** @typedef {import("../../types/pramana.d.ts").Fact} Fact */
/** @typedef {import("../../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("./scene.js").Stated} Stated */
/**
 * @typedef {object} Query
 * @property {string | null} origin the term around which facts are shown; null for the newest
 * @property {number} depth how many hops from it
 * @property {readonly string[]} expanded terms whose own facts are shown too, the last expanded first
 * @property {readonly Stated[]} extra shown in any case
 * @property {boolean} derived whether what follows is shown
 */
/**
 * @typedef {object} Found
 * @property {Map<string, Stated[]>} statements facts by what they state
 * @property {number} total of facts that hold
 * @property {boolean} partial what follows was left out for its amount
 */

/** Edges that are drawn at most. */
export const MOST = 2_000;
const MOST_OF_ONE = 300;
/** Terms between the origin and the outermost whose facts among each other are looked for. */
const MOST_INNER = 200;
const AT_ONCE = 8;
/** Beyond so many facts what follows from all of them is not listed: it is shown around a term. */
const MOST_FOLLOWED = 5_000;

/** Facts by what they state, up to `MOST`. */
export class Gathering {
  /** @type {Map<string, Stated[]>} */
  statements = new Map();

  get full() {
    return this.statements.size >= MOST;
  }

  /** @param {readonly Stated[]} facts */
  add(facts) {
    for (const fact of facts) {
      const key = keyOf(fact);
      const known = this.statements.get(key);
      if (!known) {
        if (!this.full) this.statements.set(key, [fact]);
      } else if (known.every(({ id }) => id !== fact.id)) {
        known.push(fact);
      }
    }
  }
}

/**
 * @param {Graph} graph
 * @param {Query} query
 * @param {AbortSignal} signal
 * @returns {Promise<Found>}
 * @throws {import("../pramana.js").PramanaError} "not_found" where nothing is known of the origin
 */
export async function find(graph, query, signal) {
  const found = new Gathering();
  found.add(query.extra);
  const { facts: total } = await graph.stats({ signal });
  const own = (/** @type {string} */ term, most = MOST_OF_ONE) =>
    factsOf(graph, term, { derived: query.derived, negated: null, limit: most, signal });
  if (query.origin !== null) found.add(await own(query.origin, MOST));
  for (const term of query.expanded) found.add(await own(term));
  let partial = false;
  if (query.origin !== null) {
    await around(graph, query.origin, query.depth, own, found, signal);
  } else {
    partial = await newest(graph, query.derived, total, found, signal);
  }
  return { statements: found.statements, total, partial };
}

/**
 * All facts that a term is in.
 * @param {Graph} graph
 * @param {string} term
 * @param {import("../../types/pramana.d.ts").MatchOptions} options
 * @returns {Promise<Fact[]>}
 */
async function factsOf(graph, term, options) {
  const [subject, object] = await Promise.all([
    graph.match(term, null, null, options),
    graph.match(null, null, term, options),
  ]);
  return [...subject, ...object];
}

/**
 * The facts over which terms are reached, then what else links them.
 * @param {Graph} graph
 * @param {string} origin
 * @param {number} depth
 * @param {(term: string) => Promise<Fact[]>} own
 * @param {Gathering} found
 * @param {AbortSignal} signal
 */
async function around(graph, origin, depth, own, found, signal) {
  const reached = await graph.neighbors(origin, { depth, maxNodes: MOST, signal });
  found.add(reached.map(({ via }) => via));
  const inner = reached.filter((one) => one.depth < depth).slice(0, MOST_INNER);
  for (let at = 0; at < inner.length && !found.full; at += AT_ONCE) {
    const lists = await Promise.all(inner.slice(at, at + AT_ONCE).map(({ term }) => own(term)));
    for (const list of lists) found.add(list);
  }
}

/**
 * @param {Graph} graph
 * @param {boolean} derived
 * @param {number} total
 * @param {Gathering} found
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether what follows was left out
 */
async function newest(graph, derived, total, found, signal) {
  const { facts } = await graph.facts({ limit: MOST, signal });
  if (!derived || total > MOST_FOLLOWED) {
    found.add(facts);
    return derived;
  }
  const options = { derived, negated: null, limit: total + MOST, signal };
  const follows = (await graph.match(null, null, null, options)).filter((fact) => fact.derived);
  // Neither crowds the other out.
  found.add(facts.slice(0, Math.max(MOST / 2, MOST - follows.length)));
  found.add(follows);
  found.add(facts);
  return false;
}
