//! Nearest-neighbour search: exact and quantised scans, and a graph over the quantised rows.
//!
//! Rows lie dense and padded to whole vector registers, so a scan is one stream through memory, needs no building and
//! never misses a row it is allowed to see. Where rows are many, a graph ([`hnsw`]) looks at few of them.
//!
//! What enters ([`ingest`], [`quantize`]) is computed by the same code in every build, so packed rows have the
//! same bits on every machine. What is scored ([`arithmetic`]) may differ between builds in the order of summation.
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

pub mod approximate;
pub mod hnsw;
pub mod index;
pub mod ingest;
pub mod metric;
pub mod ordinals;
pub mod plane;
pub mod quantize;
pub mod query;
pub mod rows;
pub mod scan;
pub mod score;
pub mod serial;
pub mod topk;

#[cfg(target_arch = "wasm32")]
mod abi;
