//! Traversal, shortest paths and PageRank over typed weighted edges.
//!
//! Edges lie in sorted rows, once by source and once by target ([`rows`]); a row that outgrows its place moves, so
//! that a small change costs a row and not the graph. Searches mark what they reach with the number of the search
//! ([`reached`]), so that they cost what they touch and nothing is cleared between them.
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

pub mod bidirectional;
pub mod components;
pub mod dense;
pub mod edges;
pub mod file;
pub mod graph;
pub mod neighborhood;
pub mod pagerank;
pub mod path;
pub mod push;
pub mod reached;
pub mod records;
pub mod rows;
pub mod walk;

#[cfg(target_arch = "wasm32")]
mod abi;
