//! From the host's pointer and length to a slice, or to a status. Nothing is read before it is checked.

use crate::{Result, Status};

/// Checks that `bytes` bytes at `ptr` lie within a memory of `memory_bytes` and that `ptr` is a multiple of
/// `align`. Address 0 is refused: it is what a failed `alloc` gives.
///
/// # Errors
/// `bad_pointer`.
pub fn check_range(ptr: u32, bytes: u64, align: u32, memory_bytes: u64) -> Result<()> {
    let inside = u64::from(ptr)
        .checked_add(bytes)
        .is_some_and(|end| end <= memory_bytes);
    // A Rust slice may not exceed isize::MAX bytes.
    if inside && ptr != 0 && ptr.is_multiple_of(align) && bytes <= i32::MAX as u64 {
        Ok(())
    } else {
        Err(Status::BadPointer)
    }
}

/// The module's linear memory for the length of one call. Slices borrow from it, so they cannot outlive the
/// call in which the host promised to leave those bytes alone.
pub struct Memory {
    #[cfg(target_arch = "wasm32")]
    bytes: u64,
    _private: (),
}

#[cfg(target_arch = "wasm32")]
impl Memory {
    /// The memory as large as it is now.
    pub fn current() -> Self {
        Self {
            bytes: (core::arch::wasm32::memory_size(0) as u64) << 16,
            _private: (),
        }
    }

    /// `count` numbers at `ptr`; no numbers need no pointer.
    ///
    /// # Errors
    /// `bad_pointer`: misaligned, null, or outside the memory.
    pub fn slice<T: crate::aligned::Plain>(&self, ptr: u32, count: usize) -> Result<&[T]> {
        if count == 0 {
            return Ok(&[]);
        }
        let bytes = (count as u64)
            .checked_mul(size_of::<T>() as u64)
            .ok_or(Status::BadPointer)?;
        check_range(ptr, bytes, align_of::<T>() as u32, self.bytes)?;
        // SAFETY: the range lies in linear memory, is not null, is aligned and below isize::MAX bytes; `Plain`
        // accepts any bytes. The host guarantees that the range is its own scratch and not the kernel's data;
        // it owns the memory and could overwrite that data anyway.
        Ok(unsafe { core::slice::from_raw_parts(ptr as usize as *const T, count) })
    }

    /// An allow-bitmap: `None` (pointer and length 0) allows every ordinal, an empty one allows none.
    ///
    /// # Errors
    /// `bad_pointer`.
    pub fn bitmap(&self, ptr: u32, len: u32) -> Result<Option<&[u8]>> {
        if ptr == 0 && len == 0 {
            return Ok(None);
        }
        self.slice(ptr, len as usize).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: u64 = 65_536;

    #[test]
    fn a_range_ends_within_the_memory() {
        assert_eq!(check_range(16, PAGE - 16, 4, PAGE), Ok(()));
        assert_eq!(check_range(16, PAGE - 15, 1, PAGE), Err(Status::BadPointer));
        assert_eq!(check_range(u32::MAX, 2, 1, PAGE << 16), Err(Status::BadPointer));
        assert_eq!(check_range(4, u64::MAX, 1, PAGE), Err(Status::BadPointer));
    }

    #[test]
    fn null_misaligned_and_oversized_are_refused() {
        assert_eq!(check_range(0, 1, 1, PAGE), Err(Status::BadPointer));
        assert_eq!(check_range(18, 4, 4, PAGE), Err(Status::BadPointer));
        assert_eq!(check_range(16, 1 << 31, 1, PAGE << 16), Err(Status::BadPointer));
    }
}
