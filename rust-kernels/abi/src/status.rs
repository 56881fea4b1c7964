//! Why a call failed, as the negative number the host sees.

use crate::protocol::status;
use std::collections::TryReserveError;

/// A failure. The discriminants are those of protocol.json.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// The handle was never given out, or what it named was destroyed.
    BadHandle = status::BAD_HANDLE,
    /// Memory could not grow.
    OutOfMemory = status::OUT_OF_MEMORY,
    /// A count, an enumerated value or a parameter is outside its range.
    BadArgument = status::BAD_ARGUMENT,
    /// A dimension is outside its range.
    BadDimension = status::BAD_DIMENSION,
    /// A pointer is misaligned, or its range leaves the memory.
    BadPointer = status::BAD_POINTER,
    /// A float is NaN or infinite.
    NotFinite = status::NOT_FINITE,
    /// A vector has no component that is not zero.
    ZeroVector = status::ZERO_VECTOR,
    /// An ordinal to be added is present already.
    OrdinalTaken = status::ORDINAL_TAKEN,
    /// An ordinal is not present.
    OrdinalMissing = status::ORDINAL_MISSING,
    /// Serialised bytes are not of the expected form.
    BadFormat = status::BAD_FORMAT,
    /// Serialised bytes do not match their checksum.
    BadChecksum = status::BAD_CHECKSUM,
    /// Text is not UTF-8.
    BadUtf8 = status::BAD_UTF8,
    /// All handle slots are in use or retired.
    TooManyHandles = status::TOO_MANY_HANDLES,
    /// A defect of the kernel.
    Internal = status::INTERNAL,
    /// The work asked for exceeds the bound that the host set.
    OverBudget = status::OVER_BUDGET,
}

/// What a kernel's functions return.
pub type Result<T> = core::result::Result<T, Status>;

impl From<TryReserveError> for Status {
    fn from(_: TryReserveError) -> Self {
        Status::OutOfMemory
    }
}

impl From<core::str::Utf8Error> for Status {
    fn from(_: core::str::Utf8Error) -> Self {
        Status::BadUtf8
    }
}

/// The number the host sees: a count, or a negative code. A count past `i32::MAX` cannot be told and is
/// `internal`.
pub fn code(result: Result<usize>) -> i32 {
    match result {
        Ok(count) => i32::try_from(count).unwrap_or(status::INTERNAL),
        Err(status) => status as i32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_positive_and_failures_negative() {
        assert_eq!(code(Ok(7)), 7);
        assert_eq!(code(Err(Status::BadPointer)), status::BAD_POINTER);
        assert_eq!(code(Ok(usize::MAX)), status::INTERNAL);
    }
}
