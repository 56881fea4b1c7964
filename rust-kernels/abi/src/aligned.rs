//! A growable array of plain numbers whose start is 16-byte aligned and whose growth can fail.
//!
//! `Vec<f32>` is only 4-byte aligned, so a 16-byte load from it may straddle two cache lines.

use crate::{Result, Status};
use core::marker::PhantomData;
use core::{mem, slice};

#[derive(Clone, Copy)]
#[repr(C, align(16))]
struct Block([u8; 16]);

/// A number that any bytes of its size form.
///
/// # Safety
/// Every bit pattern is a valid value, there is no padding, and the alignment is at most 16.
pub unsafe trait Plain: Copy + Default + 'static {}

// SAFETY: integers and floats accept every bit pattern, have no padding and an alignment of at most 8.
unsafe impl Plain for u8 {}
// SAFETY: as for u8.
unsafe impl Plain for i8 {}
// SAFETY: as for u8.
unsafe impl Plain for i16 {}
// SAFETY: as for u8.
unsafe impl Plain for u16 {}
// SAFETY: as for u8.
unsafe impl Plain for i32 {}
// SAFETY: as for u8.
unsafe impl Plain for u32 {}
// SAFETY: as for u8.
unsafe impl Plain for u64 {}
// SAFETY: as for u8.
unsafe impl Plain for f32 {}
// SAFETY: as for u8.
unsafe impl Plain for f64 {}

/// The bytes of a slice of plain numbers, in the machine's order (little endian on every target here).
pub fn bytes_of<T: Plain>(values: &[T]) -> &[u8] {
    // SAFETY: `Plain` has no padding, so all `size_of_val` bytes are initialised; u8 needs no alignment.
    unsafe { slice::from_raw_parts(values.as_ptr().cast(), mem::size_of_val(values)) }
}

/// The bytes of a slice of plain numbers, to be written.
pub fn bytes_of_mut<T: Plain>(values: &mut [T]) -> &mut [u8] {
    // SAFETY: as `bytes_of`; any bytes written are valid values of `Plain`.
    unsafe { slice::from_raw_parts_mut(values.as_mut_ptr().cast(), mem::size_of_val(values)) }
}

/// A `Vec` of plain numbers that starts on a 16-byte boundary and grows only fallibly.
pub struct AlignedVec<T: Plain> {
    blocks: Vec<Block>,
    len: usize,
    kind: PhantomData<T>,
}

impl<T: Plain> AlignedVec<T> {
    /// An empty array; allocates nothing.
    pub const fn new() -> Self {
        Self {
            blocks: Vec::new(),
            len: 0,
            kind: PhantomData,
        }
    }

    /// An array of `len` zeros.
    pub fn zeroed(len: usize) -> Result<Self> {
        let mut array = Self::new();
        array.try_resize_exact(len)?;
        Ok(array)
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Elements that fit without allocating.
    pub fn capacity(&self) -> usize {
        self.blocks.capacity() * 16 / mem::size_of::<T>()
    }

    fn blocks_for(len: usize) -> Result<usize> {
        let bytes = len.checked_mul(mem::size_of::<T>()).ok_or(Status::OutOfMemory)?;
        Ok(bytes.div_ceil(16))
    }

    /// Makes room for `additional` more elements, doubling, so that repeated calls stay linear.
    pub fn try_reserve(&mut self, additional: usize) -> Result<()> {
        let wanted = Self::blocks_for(self.len.checked_add(additional).ok_or(Status::OutOfMemory)?)?;
        Ok(self
            .blocks
            .try_reserve(wanted.saturating_sub(self.blocks.len()))?)
    }

    /// Makes room for exactly `additional` more elements.
    pub fn try_reserve_exact(&mut self, additional: usize) -> Result<()> {
        let wanted = Self::blocks_for(self.len.checked_add(additional).ok_or(Status::OutOfMemory)?)?;
        Ok(self
            .blocks
            .try_reserve_exact(wanted.saturating_sub(self.blocks.len()))?)
    }

    /// Sets the length; new elements are zero. Does not change anything when it fails.
    pub fn try_resize(&mut self, len: usize) -> Result<()> {
        self.try_reserve(len.saturating_sub(self.len))?;
        self.set_len(len)
    }

    /// As `try_resize`, without room to spare.
    pub fn try_resize_exact(&mut self, len: usize) -> Result<()> {
        self.try_reserve_exact(len.saturating_sub(self.len))?;
        self.set_len(len)
    }

    fn set_len(&mut self, len: usize) -> Result<()> {
        let blocks = Self::blocks_for(len)?;
        if len > self.len {
            // The tail of the last block may hold elements that an earlier `truncate` dropped.
            let held = self.len;
            self.len = (self.blocks.len() * 16 / mem::size_of::<T>()).min(len);
            self.as_mut_slice()[held..].fill(T::default());
        }
        self.blocks.resize(blocks, Block([0; 16]));
        self.len = len;
        Ok(())
    }

    /// Keeps the first `len` elements; the room stays.
    pub fn truncate(&mut self, len: usize) {
        if len < self.len {
            self.len = len;
            self.blocks.truncate((len * mem::size_of::<T>()).div_ceil(16));
        }
    }

    /// Drops all elements; the room stays.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Appends a copy of `values`.
    pub fn try_extend(&mut self, values: &[T]) -> Result<()> {
        let held = self.len;
        let len = held.checked_add(values.len()).ok_or(Status::OutOfMemory)?;
        self.try_resize(len)?;
        self.as_mut_slice()[held..].copy_from_slice(values);
        Ok(())
    }

    /// The elements.
    pub fn as_slice(&self) -> &[T] {
        // SAFETY: `set_len` and `truncate` keep `len * size_of::<T>() <= blocks.len() * 16`; blocks are
        // initialised, 16-byte aligned, and `Plain` accepts any bytes.
        unsafe { slice::from_raw_parts(self.blocks.as_ptr().cast(), self.len) }
    }

    /// The elements, to be written.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: as `as_slice`, and `&mut self` is exclusive.
        unsafe { slice::from_raw_parts_mut(self.blocks.as_mut_ptr().cast(), self.len) }
    }
}

impl<T: Plain> Default for AlignedVec<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Plain> core::ops::Deref for AlignedVec<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T: Plain> core::ops::DerefMut for AlignedVec<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.as_mut_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_zeroed_and_aligned() {
        let mut array = AlignedVec::<f32>::new();
        array.try_extend(&[1.0, 2.0, 3.0]).unwrap();
        array.truncate(1);
        array.try_resize(9).unwrap();
        assert_eq!(&array[..], &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(array.as_ptr() as usize % 16, 0);
        array.clear();
        assert!(array.is_empty() && array.capacity() >= 9);
    }

    #[test]
    fn room_that_cannot_exist_is_a_status() {
        let mut array = AlignedVec::<u32>::zeroed(2).unwrap();
        assert_eq!(array.try_reserve(usize::MAX / 2), Err(Status::OutOfMemory));
        assert_eq!(array.try_resize(usize::MAX), Err(Status::OutOfMemory));
        assert_eq!(array.len(), 2);
    }

    #[test]
    fn odd_sizes_share_blocks() {
        let mut array = AlignedVec::<u8>::new();
        for byte in 0..100u8 {
            array.try_extend(&[byte]).unwrap();
        }
        assert!(array.iter().copied().eq(0..100));
    }
}
