//! What every kernel shares: handles, host scratch memory, range checks, status codes, results, serialisation.
//!
//! A kernel is a set of `extern "C"` functions over safe slices. This crate owns the way from the host's
//! integers to those slices and back; docs/abi.md is the contract. Everything but [`memory::Memory`] also
//! compiles natively, so the kernels' algorithms are tested on the host.
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

pub mod aligned;
pub mod call;
pub mod handles;
pub mod hash;
pub mod heap;
pub mod memory;
pub mod order;
pub mod protocol;
pub mod scratch;
pub mod serial;
pub mod status;

pub use aligned::AlignedVec;
pub use handles::Handles;
pub use memory::Memory;
pub use serial::{Output, Reader};
pub use status::{Result, Status};
