//! Products and distances of a query and rows: what the vector kernel spends its time on, in a crate of its own so
//! that it is compiled for speed, and all around it for size.
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

pub mod scalar;
#[cfg(target_feature = "simd128")]
pub mod simd128;

#[cfg(not(target_feature = "simd128"))]
pub use scalar::{dot4, dot4_levels, dot_levels, l2sq4, l2sq_levels};
#[cfg(target_feature = "simd128")]
pub use simd128::{dot4, dot4_levels, dot_levels, l2sq4, l2sq_levels};

/// Products of a quantised query's and a row's component that sum up in an i32: a query's have 14 bits and a sign, so
/// `1024 * 16383 * 128 < 2^31`.
pub const BLOCK: usize = 1024;

/// Makes the levels of a row those of a query.
pub fn widen(row: &[i8], query: &mut [i16]) {
    for (target, &level) in query.iter_mut().zip(row) {
        *target = level.into();
    }
}
