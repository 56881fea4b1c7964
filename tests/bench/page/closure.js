// Transitive closure in plain JavaScript: semi-naive loops over indexes by node.

/** @param {[number, number][]} edges @returns {Map<number, Set<number>>} per node the nodes that it reaches */
export function closure(edges, linear) {
  return linear ? linearly(edges) : doubling(edges);
}

function entry(map, key, make) {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
const set = () => new Set();
const list = () => [];

/** path(x, z) from edge(x, y), path(y, z) */
function linearly(edges) {
  const reached = new Map();
  const sources = new Map();
  for (const [x, y] of edges) {
    entry(reached, x, set).add(y);
    entry(sources, y, list).push(x);
  }
  for (let delta = edges.flat(); delta.length; ) {
    const fresh = [];
    for (let i = 0; i < delta.length; i += 2) {
      const z = delta[i + 1];
      for (const x of sources.get(delta[i]) ?? []) {
        const known = reached.get(x);
        if (known.has(z)) continue;
        known.add(z);
        fresh.push(x, z);
      }
    }
    delta = fresh;
  }
  return reached;
}

/** path(x, z) from path(x, y), path(y, z) */
function doubling(edges) {
  const after = new Map();
  const before = new Map();
  for (const [x, y] of edges) {
    entry(after, x, set).add(y);
    entry(before, y, set).add(x);
  }
  for (let delta = edges.flat(); delta.length; ) {
    const fresh = [];
    const found = (x, z) => {
      after.get(x).add(z);
      before.get(z).add(x);
      fresh.push(x, z);
    };
    for (let i = 0; i < delta.length; i += 2) {
      const x = delta[i];
      const y = delta[i + 1];
      const known = after.get(x);
      for (const z of after.get(y) ?? []) if (!known.has(z)) found(x, z);
      const arrived = before.get(y);
      for (const w of before.get(x) ?? []) if (!arrived.has(w)) found(w, y);
    }
    delta = fresh;
  }
  return after;
}

/** Counts and moments as the Python side takes them: equal for equal sets, exact below 2^53. */
export function digest(reached) {
  const sums = [0, 0, 0, 0, 0, 0];
  for (const [x, ends] of reached)
    for (const y of ends) for (const [i, term] of [1, x, y, x * y, x * x * y, x * y * y].entries()) sums[i] += term;
  return sums;
}
