//! The exports of docs/abi.md, "graph": integers to slices, results to statuses.

use crate::components::components;
use crate::graph::{Graph, Request};
use crate::{file, pagerank, push};
use abi::call::{new_handle, with_handle};
use abi::{Handles, Memory, Result, Status};
use core::cell::RefCell;

thread_local! {
    static GRAPHS: RefCell<Handles<Graph>> = const { RefCell::new(Handles::new()) };
}

abi::module_exports!(GRAPHS);

/// Three numbers each.
fn edges_at(memory: &Memory, ptr: u32, count: u32) -> Result<&[u32]> {
    memory.slice(ptr, (count as usize).checked_mul(3).ok_or(Status::BadPointer)?)
}

/// Makes an empty graph.
#[no_mangle]
pub extern "C" fn graph_create() -> i32 {
    new_handle(&GRAPHS, Ok(Graph::default()))
}

/// The number of edges.
#[no_mangle]
pub extern "C" fn graph_len(handle: i32) -> i32 {
    with_handle(&GRAPHS, handle, |graph, _| Ok(graph.edges.len()))
}

/// 1 + the greatest node of an edge ever added.
#[no_mangle]
pub extern "C" fn graph_bound(handle: i32) -> i32 {
    with_handle(&GRAPHS, handle, |graph, _| Ok(graph.edges.bound()))
}

/// Adds edges, or sets their weights.
#[no_mangle]
pub extern "C" fn graph_add(handle: i32, count: u32, edges_ptr: u32, weights_ptr: u32) -> i32 {
    with_handle(&GRAPHS, handle, |graph, _| {
        let memory = Memory::current();
        let weights = memory.slice(weights_ptr, count as usize)?;
        graph.edges.add(edges_at(&memory, edges_ptr, count)?, weights)
    })
}

/// Removes edges.
#[no_mangle]
pub extern "C" fn graph_remove(handle: i32, count: u32, edges_ptr: u32) -> i32 {
    with_handle(&GRAPHS, handle, |graph, _| {
        let memory = Memory::current();
        graph
            .edges
            .remove(edges_at(&memory, edges_ptr, count)?)
            .map(|()| 0)
    })
}

/// Lays the rows out without gaps.
#[no_mangle]
pub extern "C" fn graph_compact(handle: i32) -> i32 {
    with_handle(&GRAPHS, handle, |graph, _| graph.edges.compact().map(|()| 0))
}

/// Finds what lies around seeds.
#[no_mangle]
pub extern "C" fn graph_khop(
    handle: i32,
    count: u32,
    seeds_ptr: u32,
    depth: u32,
    direction: u32,
    preds_ptr: u32,
    preds_len: u32,
    max_nodes: u32,
) -> i32 {
    with_handle(&GRAPHS, handle, |graph, output| {
        let memory = Memory::current();
        let seeds = memory.slice(seeds_ptr, count as usize)?;
        let filter = memory.bitmap(preds_ptr, preds_len)?;
        graph.khop(seeds, depth, direction, filter, max_nodes as usize, output)
    })
}

/// Remembers the nodes of a path, and counts the steps that leave it.
#[no_mangle]
pub extern "C" fn graph_trail(
    handle: i32,
    count: u32,
    nodes_ptr: u32,
    most: u32,
    direction: u32,
    preds_ptr: u32,
    preds_len: u32,
) -> i32 {
    with_handle(&GRAPHS, handle, |graph, output| {
        let memory = Memory::current();
        let nodes = memory.slice(nodes_ptr, count as usize)?;
        let filter = memory.bitmap(preds_ptr, preds_len)?;
        graph.trail(nodes, most as usize, direction, filter, output)
    })
}

/// Finds the cheapest path.
#[no_mangle]
pub extern "C" fn graph_path(
    handle: i32,
    source: u32,
    target: u32,
    weighted: u32,
    direction: u32,
    preds_ptr: u32,
    preds_len: u32,
    max_nodes: u32,
    blocked: u32,
    banned: u32,
    banned_ptr: u32,
) -> i32 {
    with_handle(&GRAPHS, handle, |graph, output| {
        let memory = Memory::current();
        let request = Request {
            ends: [source, target],
            weighted: weighted != 0,
            directions: direction,
            filter: memory.bitmap(preds_ptr, preds_len)?,
            max_nodes: max_nodes as usize,
            blocked: blocked as usize,
            banned: edges_at(&memory, banned_ptr, banned)?.as_chunks::<3>().0,
        };
        graph.path(&request, output)
    })
}

/// Numbers the weakly connected components.
#[no_mangle]
pub extern "C" fn graph_components(handle: i32, preds_ptr: u32, preds_len: u32) -> i32 {
    with_handle(&GRAPHS, handle, |graph, output| {
        components(
            &graph.edges,
            Memory::current().bitmap(preds_ptr, preds_len)?,
            output,
        )
    })
}

/// Ranks all nodes.
#[no_mangle]
pub extern "C" fn graph_pagerank(
    handle: i32,
    damping: f64,
    tolerance: f64,
    max_iterations: u32,
    weighted: u32,
    preds_ptr: u32,
    preds_len: u32,
) -> i32 {
    with_handle(&GRAPHS, handle, |graph, output| {
        let memory = Memory::current();
        let request = pagerank::Request {
            damping,
            tolerance,
            max_iterations: max_iterations as usize,
            weighted: weighted != 0,
            filter: memory.bitmap(preds_ptr, preds_len)?,
        };
        pagerank::pagerank(&graph.edges, &request, output)
    })
}

/// Ranks the nodes around seeds.
#[no_mangle]
pub extern "C" fn graph_push(
    handle: i32,
    count: u32,
    seeds_ptr: u32,
    alpha: f64,
    epsilon: f64,
    weighted: u32,
    direction: u32,
    preds_ptr: u32,
    preds_len: u32,
    max_pushes: u32,
) -> i32 {
    with_handle(&GRAPHS, handle, |graph, output| {
        let memory = Memory::current();
        let request = push::Request {
            seeds: memory.slice(seeds_ptr, count as usize)?,
            alpha,
            epsilon,
            weighted: weighted != 0,
            max_pushes: max_pushes as usize,
        };
        graph.push(&request, direction, memory.bitmap(preds_ptr, preds_len)?, output)
    })
}

/// Serialises the graph.
#[no_mangle]
pub extern "C" fn graph_save(handle: i32) -> i32 {
    with_handle(&GRAPHS, handle, |graph, output| file::save(&graph.edges, output))
}

/// Makes a graph from serialised bytes.
#[no_mangle]
pub extern "C" fn graph_load(ptr: u32, len: u32) -> i32 {
    let loaded = Memory::current().slice(ptr, len as usize).and_then(file::load);
    new_handle(&GRAPHS, loaded.map(Graph::of))
}
