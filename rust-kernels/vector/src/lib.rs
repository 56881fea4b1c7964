//! Exact and quantised nearest-neighbour search by scanning.
//!
//! Rows lie dense and padded to whole vector registers, so a scan is one stream through memory. Below roughly
//! 50,000 rows an int8 scan with exact rescoring is faster than a graph index, needs no building and never
//! misses a row it is allowed to see.
//!
//! What enters ([`ingest`], [`quantize`]) is computed by the same code in every build, so packed rows have the
//! same bits on every machine. What is scored ([`scalar`], `simd128`) may differ between builds in the order of summation.
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

pub mod index;
pub mod ingest;
pub mod metric;
pub mod ordinals;
pub mod plane;
pub mod quantize;
pub mod query;
pub mod rows;
pub mod scalar;
pub mod scan;
pub mod score;
pub mod serial;
pub mod topk;

#[cfg(target_arch = "wasm32")]
mod abi;
#[cfg(target_feature = "simd128")]
pub mod simd128;

#[cfg(not(target_feature = "simd128"))]
use scalar as imp;
#[cfg(target_feature = "simd128")]
use simd128 as imp;
