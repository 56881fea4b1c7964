//! Breadth-first search around seeds.

use crate::reached::{Arrival, Reached};
use crate::walk::{Walk, FORWARD};
use abi::{Output, Result, Status};

/// Reaches what lies within `depth` hops of the seeds, whose nodes are below `bound`; whether `max_nodes` (0 is no
/// bound) kept it from more.
///
/// # Errors
/// `out_of_memory`.
pub fn khop(
    reached: &mut Reached<Arrival>,
    walk: Walk<'_>,
    bound: usize,
    seeds: &[u32],
    depth: u32,
    max_nodes: usize,
) -> Result<bool> {
    reached.begin(bound)?;
    let most = if max_nodes == 0 { usize::MAX } else { max_nodes };
    for &node in seeds {
        if reached.slot(node).is_some() {
            continue;
        }
        let slot = reached.len();
        if slot == most {
            return Ok(true);
        }
        let arrival = Arrival {
            cost: 0.0,
            node,
            parent: slot as u32,
            edge: 0,
        };
        reached.insert(node, arrival)?;
    }
    let mut at = 0;
    while at < reached.len() {
        let from = reached.entries()[at];
        if from.cost >= f64::from(depth) {
            break;
        }
        let cut = walk.each(from.node, |step, edge| {
            if reached.slot(step.neighbor).is_some() {
                return Ok(false);
            }
            if reached.len() == most {
                return Ok(true);
            }
            let arrival = Arrival {
                cost: from.cost + 1.0,
                node: step.neighbor,
                parent: at as u32,
                edge,
            };
            reached.insert(step.neighbor, arrival)?;
            Ok(false)
        })?;
        if cut {
            return Ok(true);
        }
        at += 1;
    }
    Ok(false)
}

/// Writes what was reached: nodes, depths, parents, predicates, forward bytes.
///
/// # Errors
/// `out_of_memory`.
pub fn write(reached: &Reached<Arrival>, output: &mut Output) -> Result<usize> {
    let entries = reached.entries();
    let count = entries.len();
    let bytes = count.checked_mul(17).ok_or(Status::OutOfMemory)?;
    let (cells, forward) = output.put_zeros(bytes)?.split_at_mut(16 * count);
    let (nodes, cells) = cells.as_chunks_mut::<4>().0.split_at_mut(count);
    let (depths, cells) = cells.split_at_mut(count);
    let (parents, predicates) = cells.split_at_mut(count);
    let columns = nodes
        .iter_mut()
        .zip(depths)
        .zip(parents)
        .zip(predicates)
        .zip(forward);
    for (((((node, depth), parent), predicate), forward), arrival) in columns.zip(entries) {
        *node = arrival.node.to_le_bytes();
        *depth = (arrival.cost as u32).to_le_bytes();
        *parent = entries[arrival.parent as usize].node.to_le_bytes();
        *predicate = (arrival.edge >> 1).to_le_bytes();
        *forward = (arrival.edge & FORWARD) as u8;
    }
    Ok(count)
}
