// A graph in plain JavaScript as one writes it with care: rows in typed arrays both ways, stamps instead of clearing,
// a binary heap, PageRank by pulling over the edges that come in.

/** Sorts edges by their first end: starts per node, and the other ends and lengths in that order. */
function rows(nodes, from, to, lengths) {
  const starts = new Uint32Array(nodes + 1);
  for (let e = 0; e < from.length; e++) starts[from[e] + 1]++;
  for (let v = 0; v < nodes; v++) starts[v + 1] += starts[v];
  const next = starts.slice(0, nodes);
  const ends = new Uint32Array(from.length);
  const costs = new Float64Array(from.length);
  for (let e = 0; e < from.length; e++) {
    const at = next[from[e]]++;
    ends[at] = to[e];
    costs[at] = lengths[e];
  }
  return { starts, ends, costs };
}

/** What a search in one direction keeps of each node; a node is new to it while its stamp is an older one. */
class Side {
  constructor(nodes) {
    this.stamps = new Uint32Array(nodes);
    this.queue = new Uint32Array(nodes);
    this.depths = new Uint32Array(nodes);
    this.parents = new Uint32Array(nodes);
    this.costs = new Float64Array(nodes);
    this.settled = new Uint32Array(nodes);
    this.heap = new Heap();
  }
}

/** A binary heap of nodes by key; a node may lie in it more than once, the caller skips what is settled. */
class Heap {
  keys = new Float64Array(1024);
  nodes = new Uint32Array(1024);
  size = 0;

  push(key, node) {
    if (this.size === this.keys.length) this.#grow();
    const { keys, nodes } = this;
    let at = this.size++;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (keys[up] <= key) break;
      keys[at] = keys[up];
      nodes[at] = nodes[up];
      at = up;
    }
    keys[at] = key;
    nodes[at] = node;
  }

  pop() {
    const { keys, nodes } = this;
    const best = nodes[0];
    const size = --this.size;
    const key = keys[size];
    const node = nodes[size];
    let at = 0;
    for (let down = 1; down < size; down = 2 * at + 1) {
      if (down + 1 < size && keys[down + 1] < keys[down]) down++;
      if (keys[down] >= key) break;
      keys[at] = keys[down];
      nodes[at] = nodes[down];
      at = down;
    }
    keys[at] = key;
    nodes[at] = node;
    return best;
  }

  #grow() {
    const keys = new Float64Array(2 * this.size);
    keys.set(this.keys);
    this.keys = keys;
    const nodes = new Uint32Array(2 * this.size);
    nodes.set(this.nodes);
    this.nodes = nodes;
  }
}

export class Csr {
  #epoch = 0;

  /** @param {{nodes: number, sources: Uint32Array, targets: Uint32Array, weights: Float32Array}} sample */
  constructor({ nodes, sources, targets, weights }) {
    this.nodes = nodes;
    const lengths = new Float64Array(weights.length);
    for (let e = 0; e < weights.length; e++) lengths[e] = -Math.log(weights[e]);
    this.out = rows(nodes, sources, targets, lengths);
    this.in = rows(nodes, targets, sources, lengths);
    this.ahead = new Side(nodes);
    this.back = new Side(nodes);
  }

  /** Nodes within `depth` hops in the order reached, with their depths and parents. */
  khop(seed, depth) {
    const { stamps, queue, depths, parents } = this.ahead;
    const { starts, ends } = this.out;
    const epoch = ++this.#epoch;
    stamps[seed] = epoch;
    depths[seed] = 0;
    parents[seed] = seed;
    queue[0] = seed;
    let size = 1;
    for (let at = 0; at < size; at++) {
      const v = queue[at];
      const d = depths[v];
      if (d === depth) break;
      for (let e = starts[v]; e < starts[v + 1]; e++) {
        const w = ends[e];
        if (stamps[w] === epoch) continue;
        stamps[w] = epoch;
        depths[w] = d + 1;
        parents[w] = v;
        queue[size++] = w;
      }
    }
    const nodes = queue.slice(0, size);
    return { nodes, depths: nodes.map((v) => depths[v]), parents: nodes.map((v) => parents[v]) };
  }

  /** The nodes of a shortest path, or null: breadth first from both ends, a level of the smaller side at a time. */
  hops(source, target) {
    if (source === target) return [source];
    const epoch = ++this.#epoch;
    const sides = [this.ahead, this.back];
    const edges = [this.out, this.in];
    const from = [0, 0];
    const to = [1, 1];
    for (const [i, node] of [source, target].entries()) {
      sides[i].stamps[node] = epoch;
      sides[i].parents[node] = node;
      sides[i].queue[0] = node;
    }
    while (from[0] < to[0] && from[1] < to[1]) {
      const i = to[0] - from[0] <= to[1] - from[1] ? 0 : 1;
      const { stamps, queue, parents } = sides[i];
      const met = sides[1 - i].stamps;
      const { starts, ends } = edges[i];
      const end = to[i];
      for (let at = from[i]; at < end; at++) {
        const v = queue[at];
        for (let e = starts[v]; e < starts[v + 1]; e++) {
          const w = ends[e];
          if (stamps[w] === epoch) continue;
          stamps[w] = epoch;
          parents[w] = v;
          if (met[w] === epoch) return this.#joined(w);
          queue[to[i]++] = w;
        }
      }
      from[i] = end;
    }
    return null;
  }

  #joined(middle) {
    const path = [middle];
    for (let v = middle; this.ahead.parents[v] !== v; ) path.unshift((v = this.ahead.parents[v]));
    for (let v = middle; this.back.parents[v] !== v; ) path.push((v = this.back.parents[v]));
    return path;
  }

  /** The cheapest path as {cost, nodes}, or null: Dijkstra from both ends until no join can be better. */
  cheapest(source, target) {
    const epoch = ++this.#epoch;
    const sides = [this.ahead, this.back];
    const edges = [this.out, this.in];
    for (const [i, node] of [source, target].entries()) {
      sides[i].heap.size = 0;
      sides[i].heap.push(0, node);
      sides[i].stamps[node] = epoch;
      sides[i].parents[node] = node;
      sides[i].costs[node] = 0;
    }
    let best = source === target ? 0 : Infinity;
    let middle = source;
    const heaps = [this.ahead.heap, this.back.heap];
    while (heaps[0].size && heaps[1].size && heaps[0].keys[0] + heaps[1].keys[0] < best) {
      const i = heaps[0].keys[0] <= heaps[1].keys[0] ? 0 : 1;
      const { stamps, parents, costs, settled, heap } = sides[i];
      const other = sides[1 - i];
      const { starts, ends, costs: lengths } = edges[i];
      const v = heap.pop();
      if (settled[v] === epoch) continue;
      settled[v] = epoch;
      for (let e = starts[v]; e < starts[v + 1]; e++) {
        const w = ends[e];
        const cost = costs[v] + lengths[e];
        if (stamps[w] === epoch && costs[w] <= cost) continue;
        stamps[w] = epoch;
        parents[w] = v;
        costs[w] = cost;
        heap.push(cost, w);
        if (other.stamps[w] === epoch && cost + other.costs[w] < best) {
          best = cost + other.costs[w];
          middle = w;
        }
      }
    }
    return best === Infinity ? null : { cost: best, nodes: this.#joined(middle) };
  }

  /** Ranks by power iteration: walks restart at `seed`, and dangling nodes jump there; without one, anywhere. */
  pagerank(damping, tolerance, seed = -1) {
    const { nodes } = this;
    const { starts, ends } = this.in;
    const out = this.out.starts;
    let ranks = new Float64Array(nodes).fill(seed < 0 ? 1 / nodes : 0);
    if (seed >= 0) ranks[seed] = 1;
    let fresh = new Float64Array(nodes);
    const shares = new Float64Array(nodes);
    for (let change = Infinity; change >= tolerance; ) {
      let loose = 0;
      for (let v = 0; v < nodes; v++) {
        const degree = out[v + 1] - out[v];
        if (degree) shares[v] = (damping * ranks[v]) / degree;
        else loose += ranks[v];
      }
      const jump = damping * loose + 1 - damping;
      const everywhere = seed < 0 ? jump / nodes : 0;
      change = 0;
      for (let v = 0; v < nodes; v++) {
        let sum = v === seed ? jump : everywhere;
        for (let e = starts[v]; e < starts[v + 1]; e++) sum += shares[ends[e]];
        change += Math.abs(sum - ranks[v]);
        fresh[v] = sum;
      }
      [ranks, fresh] = [fresh, ranks];
    }
    return ranks;
  }
}
