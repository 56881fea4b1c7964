//! Weakly connected components by union-find with path halving (Tarjan and van Leeuwen, JACM 1984).

use crate::edges::Edges;
use crate::walk::{allows, Filter};
use abi::{AlignedVec, Output, Result, Status};

/// Writes the component of each node below the bound; how many components there are.
///
/// # Errors
/// `out_of_memory`.
pub fn components(edges: &Edges, filter: Filter<'_>, output: &mut Output) -> Result<usize> {
    // The parent of a node is a lesser node of its component, or itself.
    let mut parents = AlignedVec::<u32>::zeroed(edges.bound())?;
    for (node, parent) in parents.iter_mut().enumerate() {
        *parent = node as u32;
    }
    for node in 0..edges.bound() as u32 {
        for edge in edges.out.edges(node) {
            if allows(filter, edge.predicate) {
                let (one, other) = (root(&mut parents, node), root(&mut parents, edge.neighbor));
                parents[one.max(other) as usize] = one.min(other);
            }
        }
    }
    let bytes = edges.bound().checked_mul(4).ok_or(Status::OutOfMemory)?;
    let (numbers, _) = output.put_zeros(bytes)?.as_chunks_mut::<4>();
    let mut count = 0u32;
    for node in 0..edges.bound() {
        let parent = parents[node] as usize;
        numbers[node] = if parent == node {
            count += 1;
            (count - 1).to_le_bytes()
        } else {
            // A lesser node, so it has its number already, and that of its root.
            numbers[parent]
        };
    }
    Ok(count as usize)
}

fn root(parents: &mut [u32], node: u32) -> u32 {
    let mut node = node;
    loop {
        let parent = parents[node as usize];
        if parent == node {
            return node;
        }
        parents[node as usize] = parents[parent as usize];
        node = parent;
    }
}
