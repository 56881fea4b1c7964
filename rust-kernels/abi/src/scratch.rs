//! Memory the host asks for, to put its arguments in.
//!
//! What was handed out is remembered, so that a wrong `free` is a status instead of a broken allocator.

use crate::{Result, Status};
use core::cell::RefCell;
use std::alloc::{alloc, dealloc, Layout};

/// Alignment of every allocation, in bytes.
pub const ALIGN: usize = 16;

/// The host's live allocations, by address.
pub struct Scratch {
    live: Vec<(usize, usize)>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch::new()) };
}

impl Scratch {
    /// No allocations.
    pub const fn new() -> Self {
        Self { live: Vec::new() }
    }

    fn layout(size: usize) -> Result<Layout> {
        // Empty allocations are real ones, so that every address handed out is distinct.
        Layout::from_size_align(size.max(1), ALIGN).map_err(|_| Status::OutOfMemory)
    }

    /// The address of `size` bytes, 16-byte aligned.
    pub fn alloc(&mut self, size: usize) -> Result<usize> {
        let layout = Self::layout(size)?;
        self.live.try_reserve(1)?;
        // SAFETY: the layout's size is at least 1.
        let address = unsafe { alloc(layout) } as usize;
        if address == 0 {
            return Err(Status::OutOfMemory);
        }
        let at = self.live.partition_point(|&(other, _)| other < address);
        self.live.insert(at, (address, size));
        Ok(address)
    }

    /// Gives an allocation back; `size` must be what was asked for.
    pub fn free(&mut self, address: usize, size: usize) -> Result<()> {
        let at = self
            .live
            .binary_search(&(address, size))
            .map_err(|_| Status::BadPointer)?;
        self.live.remove(at);
        // SAFETY: the pair was in `live`, so `alloc` returned this address for this layout, and it is freed
        // once because it has just been taken off the list.
        unsafe { dealloc(address as *mut u8, Self::layout(size)?) };
        Ok(())
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

/// As [`Scratch::alloc`] on the module's own list.
pub fn host_alloc(size: usize) -> Result<usize> {
    SCRATCH.with_borrow_mut(|scratch| scratch.alloc(size))
}

/// As [`Scratch::free`] on the module's own list.
pub fn host_free(address: usize, size: usize) -> Result<()> {
    SCRATCH.with_borrow_mut(|scratch| scratch.free(address, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_handed_out_is_freed_and_once() {
        let mut scratch = Scratch::new();
        let a = scratch.alloc(100).unwrap();
        let b = scratch.alloc(0).unwrap();
        assert!(a.is_multiple_of(ALIGN) && b.is_multiple_of(ALIGN) && a != b);
        assert_eq!(scratch.free(a, 99), Err(Status::BadPointer));
        assert_eq!(scratch.free(a + 16, 100), Err(Status::BadPointer));
        assert_eq!(scratch.free(a, 100), Ok(()));
        assert_eq!(scratch.free(a, 100), Err(Status::BadPointer));
        assert_eq!(scratch.free(b, 0), Ok(()));
    }

    #[test]
    fn impossible_sizes_are_a_status() {
        assert_eq!(Scratch::new().alloc(usize::MAX), Err(Status::OutOfMemory));
    }
}
