/** What is drawn: terms as nodes, statements as edges, in an order that depends on nothing but what they are. */

import { labelOf } from "../names.js";

/** @typedef {import("../../types/pramana.d.ts").Atom} Atom */
/** @typedef {import("../../types/pramana.d.ts").Fact} Fact */
/**
 * A fact of the graph, or the step of a proof.
 * @typedef {Atom & {id: string, confidence: number, source: string, derived: boolean} & Partial<Fact>} Stated
 */
/**
 * @typedef {object} Node
 * @property {string} term
 * @property {string} label how the term is shown
 * @property {number} index
 * @property {number} x in the layout's units; NaN while it has no place
 * @property {number} y
 * @property {number} radius at a zoom of 1
 * @property {Edge[]} edges all that touch it
 * @property {boolean} visible
 */
/**
 * @typedef {object} Edge
 * @property {string} key
 * @property {Node} source
 * @property {Node} target
 * @property {string} predicate
 * @property {boolean} negated
 * @property {boolean} derived it follows, and nobody stated it
 * @property {number} confidence the highest among its facts
 * @property {Stated[]} facts one for each that states it
 * @property {number} bend how far it leaves the straight line, since others link the same terms
 * @property {boolean} visible
 */
/** @typedef {{nodes: Node[], edges: Edge[], node: (term: string) => Node | undefined}} Scene */
/** @typedef {{predicates: Set<string>, confidence: number}} Filter of predicates that are hidden, and the least confidence */

const LEAST_RADIUS = 4.5;
const MOST_RADIUS = 20;
const BEND = 16;

/** @param {Atom} atom */
export function keyOf({ subject, predicate, object, negated }) {
  return `${subject}\u0000${predicate}\u0000${object}\u0000${negated ? 1 : 0}`;
}

/**
 * @param {Map<string, Stated[]>} statements facts by `keyOf`
 * @param {Scene | null} before nodes of it keep their places
 * @returns {Scene}
 */
export function sceneOf(statements, before) {
  const keys = [...statements.keys()].sort();
  /** @type {Map<string, Node>} */
  const byTerm = new Map();
  const terms = new Set();
  for (const key of keys) {
    const [{ subject, object }] = /** @type {Stated[]} */ (statements.get(key));
    terms.add(subject).add(object);
  }
  const nodes = [...terms].sort().map((term, index) => {
    const { x, y } = before?.node(term) ?? { x: Number.NaN, y: Number.NaN };
    const node = { term, label: labelOf(term), index, x, y, radius: 0, edges: [], visible: true };
    byTerm.set(term, node);
    return node;
  });
  const edges = keys.map((key) => edgeOf(key, /** @type {Stated[]} */ (statements.get(key)), byTerm));
  for (const node of nodes) {
    node.radius = Math.min(MOST_RADIUS, LEAST_RADIUS + 1.6 * Math.sqrt(node.edges.length - 1));
  }
  bend(edges);
  return { nodes, edges, node: (term) => byTerm.get(term) };
}

/**
 * Hide what a filter leaves out, and the terms of which nothing is left.
 * @param {Scene} scene
 * @param {Filter} filter
 */
export function applyFilter({ nodes, edges }, { predicates, confidence }) {
  for (const node of nodes) node.visible = false;
  for (const edge of edges) {
    edge.visible = edge.confidence >= confidence && !predicates.has(edge.predicate);
    if (edge.visible) {
      edge.source.visible = true;
      edge.target.visible = true;
    }
  }
}

/** @param {Edge} edge @param {Node} node @returns {Node} the one at its other end */
export function otherEnd({ source, target }, node) {
  return source === node ? target : source;
}

/**
 * @param {string} key
 * @param {Stated[]} facts
 * @param {Map<string, Node>} byTerm
 * @returns {Edge}
 */
function edgeOf(key, facts, byTerm) {
  const [{ subject, predicate, object, negated }] = facts;
  const source = /** @type {Node} */ (byTerm.get(subject));
  const target = /** @type {Node} */ (byTerm.get(object));
  const edge = {
    key,
    source,
    target,
    predicate,
    negated,
    derived: facts.every((fact) => fact.derived),
    confidence: Math.max(...facts.map((fact) => fact.confidence)),
    facts,
    bend: 0,
    visible: true,
  };
  source.edges.push(edge);
  if (target !== source) target.edges.push(edge);
  return edge;
}

/** @param {Edge[]} edges fanned out where several link the same two terms */
function bend(edges) {
  /** @type {Map<string, Edge[]>} */
  const bundles = new Map();
  for (const edge of edges) {
    const ends = [edge.source.index, edge.target.index].sort((one, other) => one - other).join();
    const bundle = bundles.get(ends);
    if (bundle) bundle.push(edge);
    else bundles.set(ends, [edge]);
  }
  for (const bundle of bundles.values()) {
    for (const [i, edge] of bundle.entries()) {
      const loop = edge.source === edge.target;
      const side = edge.source.index < edge.target.index ? 1 : -1;
      edge.bend = loop ? i * BEND : side * (i - (bundle.length - 1) / 2) * BEND;
    }
  }
}
