//! A cheapest path between two nodes, written from the two searches that found it.

use crate::bidirectional::{cost, Search};
use crate::edges::Edges;
use crate::reached::{Arrival, Reached};
use crate::walk::FORWARD;
use abi::{Output, Result};

/// Appends the arrivals from a slot back to where its search began.
fn trace(reached: &Reached<Arrival>, slot: usize, steps: &mut Vec<[u32; 3]>) -> Result<()> {
    let mut arrival = reached.entries()[slot];
    loop {
        let parent = reached.entries()[arrival.parent as usize];
        if parent.node == arrival.node {
            return Ok(());
        }
        steps.try_reserve(1)?;
        steps.push([parent.node, arrival.edge, arrival.node]);
        arrival = parent;
    }
}

/// Writes how many nodes a search reached, and the cheapest path, if it found one; how many.
///
/// # Errors
/// `over_budget`, `out_of_memory`.
pub fn path(edges: &Edges, search: &mut Search<'_>, output: &mut Output) -> Result<usize> {
    // Node, edge word, next node.
    let mut steps = Vec::new();
    let budget = search.budget;
    if search.ends[0] != search.ends[1] {
        let Some(met) = search.run()? else {
            output.put_u32((budget - search.budget) as u32)?;
            return Ok(0);
        };
        trace(&search.sides[0].reached, met[0], &mut steps)?;
        steps.reverse();
        let half = steps.len();
        trace(&search.sides[1].reached, met[1], &mut steps)?;
        for step in &mut steps[half..] {
            step.reverse();
        }
    }
    output.put(&[(budget - search.budget) as u32, steps.len() as u32])?;
    for &[from, edge, to] in &steps {
        let (source, target) = if edge & FORWARD == 0 {
            (to, from)
        } else {
            (from, to)
        };
        let held = edges.out.find(&[source, edge >> 1, target, 0]);
        output.put(&[held
            .filter(|_| search.weighted)
            .map_or(1.0, |held| cost(held.weight))])?;
    }
    output.put_u32(search.ends[0])?;
    for step in &steps {
        output.put_u32(step[2])?;
    }
    for step in &steps {
        output.put_u32(step[1] >> 1)?;
    }
    for step in &steps {
        output.put(&[(step[1] & FORWARD) as u8])?;
    }
    Ok(1)
}
