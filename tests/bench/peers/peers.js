// The graph libraries, each behind the questions that the bench asks; bundled into one file for the page.
import Graph from "graphology";
import graphologyRank from "graphology-metrics/centrality/pagerank.js";
import { bidirectional as cheapest } from "graphology-shortest-path/dijkstra.js";
import { bidirectional as shortest } from "graphology-shortest-path/unweighted.js";
import { bfsFromNode } from "graphology-traversal";
import createGraph from "ngraph.graph";
import ngraphRank from "ngraph.pagerank";
import { nba } from "ngraph.path";

/** @typedef {{nodes: number, sources: Uint32Array, targets: Uint32Array, weights: Float32Array}} Sample */

export class Ngraph {
  /** @param {Sample} sample */
  constructor({ nodes, sources, targets, weights }) {
    this.graph = createGraph();
    for (let v = 0; v < nodes; v++) this.graph.addNode(v);
    for (let e = 0; e < sources.length; e++) this.graph.addLink(sources[e], targets[e], -Math.log(weights[e]));
    this.byHops = nba(this.graph, { oriented: true });
    this.byCost = nba(this.graph, { oriented: true, distance: (_from, _to, link) => link.data });
  }

  khop(seed, depth) {
    const seen = new Set([seed]);
    const depths = [0];
    let level = [seed];
    for (let d = 1; d <= depth; d++) {
      const next = [];
      const visit = (node) => {
        if (seen.has(node.id)) return;
        seen.add(node.id);
        depths.push(d);
        next.push(node.id);
      };
      for (const v of level) this.graph.forEachLinkedNode(v, visit, true);
      level = next;
    }
    return { nodes: [...seen], depths };
  }

  hops(source, target) {
    return this.#ids(this.byHops.find(source, target));
  }

  cheapest(source, target) {
    const nodes = this.#ids(this.byCost.find(source, target));
    if (!nodes) return null;
    let cost = 0;
    for (let i = 1; i < nodes.length; i++) cost += this.graph.getLink(nodes[i - 1], nodes[i]).data;
    return { cost, nodes };
  }

  #ids(path) {
    return path.length ? path.map((node) => node.id).reverse() : null;
  }

  pagerank(damping, tolerance) {
    const ranks = ngraphRank(this.graph, damping, tolerance);
    return Float64Array.from({ length: this.graph.getNodesCount() }, (_, v) => ranks[v]);
  }
}

export class Graphology {
  /** @param {Sample} sample */
  constructor({ nodes, sources, targets, weights }) {
    this.graph = new Graph({ type: "directed", multi: false, allowSelfLoops: false });
    for (let v = 0; v < nodes; v++) this.graph.addNode(v);
    for (let e = 0; e < sources.length; e++)
      this.graph.addEdge(sources[e], targets[e], { cost: -Math.log(weights[e]) });
  }

  khop(seed, depth) {
    const nodes = [];
    const depths = [];
    bfsFromNode(
      this.graph,
      seed,
      (node, _attributes, d) => {
        nodes.push(Number(node));
        depths.push(d);
        return d === depth;
      },
      { mode: "outbound" },
    );
    return { nodes, depths };
  }

  hops(source, target) {
    return shortest(this.graph, source, target);
  }

  cheapest(source, target) {
    const nodes = cheapest(this.graph, source, target, "cost");
    if (!nodes) return null;
    let cost = 0;
    for (let i = 1; i < nodes.length; i++) cost += this.graph.getEdgeAttribute(nodes[i - 1], nodes[i], "cost");
    return { cost, nodes };
  }

  pagerank(damping, tolerance) {
    const options = { alpha: damping, tolerance: tolerance / this.graph.order, maxIterations: 500, getEdgeWeight: null };
    const ranks = graphologyRank(this.graph, options);
    return Float64Array.from({ length: this.graph.order }, (_, v) => ranks[v]);
  }
}
