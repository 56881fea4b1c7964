//! The text kernel: WordPiece tokens and static embeddings, and a BM25F index over stemmed words and bigrams.
//!
//! docs/abi.md, "text", is the contract. `abi.rs` owns the exports; everything else is safe code over slices
//! that also compiles natively.
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

#[cfg(target_arch = "wasm32")]
mod abi;
pub mod bm25;
pub mod embed;
pub mod hash;
pub mod stem;
pub mod stop;
pub mod unicode;
pub mod unicode_tables;
pub mod vocabulary;
pub mod wordpiece;
pub mod words;

#[cfg(test)]
mod random;
