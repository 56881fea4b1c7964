//! A base of triples, and what follows from them by rules: datalog with confidences.
//!
//! A fact is a triple (subject, predicate, object) of terms, with a confidence in (0, 1]. A rule concludes its head
//! with its weight times the product of the confidences of its body; of several ways the best counts. What follows is
//! kept and brought up to date ([`run`]) as assertions and rules come and go. Each derived triple keeps the one
//! application of a rule that its confidence comes from, and following these never ends in a circle.
//!
//! There is no arithmetic on long rows here, hence nothing for SIMD to do, and one build.
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

pub mod agenda;
pub mod base;
pub mod conclude;
pub mod join;
pub mod program;
pub mod query;
pub mod run;
pub mod store;

#[cfg(target_arch = "wasm32")]
mod abi;
#[cfg(test)]
mod tests;
