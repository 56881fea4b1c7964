//! Random changes against a map of edges, and searches against plain definitions over it.

use abi::Output;
use graph::edges::Edges;
use graph::file;
use graph::graph::{Graph, Request};
use std::collections::BTreeMap;

const NODES: usize = 40;

/// splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as u32
    }

    fn edge(&mut self) -> [u32; 3] {
        [self.below(NODES), self.below(3), self.below(NODES)]
    }
}

type Model = BTreeMap<[u32; 3], f32>;

fn changed(seed: u64, batches: usize) -> (Edges, Model) {
    let mut random = Random(seed);
    let (mut edges, mut model) = (Edges::default(), Model::new());
    for _ in 0..batches {
        let batch: Vec<[u32; 3]> = (0..random.below(60)).map(|_| random.edge()).collect();
        let weights: Vec<f32> = batch.iter().map(|_| 1.0 / (1 + random.below(8)) as f32).collect();
        let held = model.len();
        model.extend(batch.iter().copied().zip(weights.iter().copied()));
        assert_eq!(edges.add(batch.as_flattened(), &weights), Ok(model.len() - held));
        let gone: Vec<[u32; 3]> = model.keys().copied().filter(|_| random.below(3) == 0).collect();
        edges.remove(gone.as_flattened()).unwrap();
        model.retain(|edge, _| !gone.contains(edge));
        assert_eq!(edges.len(), model.len());
    }
    (edges, model)
}

fn rows(model: &Model, node: u32, [key, other]: [usize; 2]) -> Vec<(u32, u32, f32)> {
    let mut row: Vec<_> = model
        .iter()
        .filter(|(edge, _)| edge[key] == node)
        .map(|(edge, &weight)| (edge[other], edge[1], weight))
        .collect();
    row.sort_by_key(|&(neighbor, predicate, _)| (neighbor, predicate));
    row
}

#[test]
fn rows_hold_the_edges_in_order_from_both_ends() {
    for seed in 0..20 {
        let (edges, model) = changed(seed, 30);
        for node in 0..NODES as u32 {
            for (held, ends) in [(&edges.out, [0, 2]), (&edges.into, [2, 0])] {
                let found: Vec<_> = held
                    .edges(node)
                    .iter()
                    .map(|e| (e.neighbor, e.predicate, e.weight))
                    .collect();
                assert_eq!(found, rows(&model, node, ends));
            }
        }
        assert!(!edges.out.is_sparse(edges.len()) && !edges.into.is_sparse(edges.len()));
    }
}

#[test]
fn a_saved_graph_loads_as_it_was() {
    for seed in 0..20 {
        let (edges, model) = changed(seed, 5);
        let (mut output, mut again) = (Output::new(), Output::new());
        assert_eq!(file::save(&edges, &mut output), Ok(model.len()));
        let copy = file::load(output.as_bytes()).unwrap();
        assert_eq!((copy.len(), copy.bound()), (edges.len(), edges.bound()));
        file::save(&copy, &mut again).unwrap();
        assert_eq!(output.as_bytes(), again.as_bytes());
    }
}

/// Costs of the cheapest paths between all nodes (Floyd and Warshall), by source times `NODES` plus target.
fn costs(model: &Model, weighted: bool) -> Vec<f64> {
    let at = |source, target| source * NODES + target;
    let mut costs = vec![f64::INFINITY; NODES * NODES];
    for (&[source, _, target], &weight) in model {
        let cost = if weighted {
            0.0 - f64::from(weight).ln()
        } else {
            1.0
        };
        let held = &mut costs[at(source as usize, target as usize)];
        *held = held.min(cost);
    }
    for by in 0..NODES {
        costs[at(by, by)] = 0.0;
    }
    for by in 0..NODES {
        for from in 0..NODES {
            for to in 0..NODES {
                costs[at(from, to)] = costs[at(from, to)].min(costs[at(from, by)] + costs[at(by, to)]);
            }
        }
    }
    costs
}

#[test]
fn paths_cost_the_least() {
    for (seed, weighted) in (0..12).map(|seed| (seed, seed % 2 == 0)) {
        let (edges, model) = changed(seed, 2);
        let (expected, mut graph) = (costs(&model, weighted), Graph::of(edges));
        for (pair, wanted) in expected.into_iter().enumerate() {
            let request = Request {
                ends: [pair / NODES, pair % NODES].map(|node| node as u32),
                weighted,
                directions: 1,
                filter: None,
                max_nodes: 0,
                blocked: 0,
                banned: &[],
            };
            let mut output = Output::new();
            let found = graph.path(&request, &mut output).unwrap();
            assert_eq!(found == 1, wanted.is_finite());
            if found == 1 {
                let (words, _) = output.as_bytes().as_chunks::<4>();
                let count = u32::from_le_bytes(words[1]) as usize;
                let (costs, _) = output.as_bytes()[8..].as_chunks::<8>();
                let total: f64 = costs[..count].iter().map(|cost| f64::from_le_bytes(*cost)).sum();
                assert!((total - wanted).abs() < 1e-9, "{pair}: {total} {wanted}");
            }
        }
    }
}
