// Times the questions of the bench to one graph in JavaScript; `kind` is Csr or one of the libraries' classes.
import { measure, summary } from "./timing.js";

/** How many nodes lie at each depth, then the sum of all: equal for equal sets, whatever their order. */
function counted({ nodes, depths }, depth) {
  const sizes = new Array(depth + 1).fill(0);
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) {
    sizes[depths[i]]++;
    sum += nodes[i];
  }
  return [...sizes, sum];
}

/**
 * @param {any} kind
 * @param {any} sample columns, as typed arrays
 * @param {{seeds: number[], pairs: [number, number][], depth: number, damping: number, tolerance: number,
 *   pushed: number, personalTolerance: number, builds: number, runs: number, rankRuns: number}} asked
 */
export function ask(kind, sample, asked) {
  const { seeds, pairs, depth, damping, tolerance, runs, rankRuns } = asked;
  const built = [];
  let graph;
  for (let i = 0; i < asked.builds; i++) {
    graph = null; // so that the one before can go
    const start = performance.now();
    graph = new kind(sample);
    built.push(performance.now() - start);
  }
  const pair = (i) => pairs[i % pairs.length];
  const answers = {
    khop: seeds.map((seed) => counted(graph.khop(seed, depth), depth)),
    hops: pairs.map(([a, b]) => graph.hops(a, b)).map((path) => path && path.length - 1),
    costs: pairs.map(([a, b]) => graph.cheapest(a, b)).map((path) => path && path.cost),
    pagerank: [...graph.pagerank(damping, tolerance)],
  };
  const figures = {
    build: summary(built),
    khop: measure((i) => graph.khop(seeds[i % seeds.length], depth), runs, 0),
    hops: measure((i) => graph.hops(...pair(i)), runs, 0),
    costs: measure((i) => graph.cheapest(...pair(i)), runs, 0),
    pagerank: measure(() => graph.pagerank(damping, tolerance), rankRuns, 0),
  };
  if (asked.pushed) {
    const some = seeds.slice(0, asked.pushed);
    const ranks = (seed) => graph.pagerank(damping, asked.personalTolerance, seed);
    answers.personalized = some.map((seed) => [...ranks(seed)]);
    figures.personalized = measure((i) => ranks(some[i % some.length]), rankRuns, 0);
  }
  return { figures, answers };
}
