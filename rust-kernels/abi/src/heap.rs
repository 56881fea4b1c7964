//! The modules' allocator: segregated fits with boundary tags (Wilson et al., "Dynamic Storage Allocation", 1995).
//!
//! A fifth of the size of the one in Rust's library, which would be a good part of a small module. Every payload is
//! 16-byte aligned. A block is an 8-byte header (its size with the `USED` bit, the size of the block before) and the
//! payload, where a free block keeps the links of its bin's list. The last header is a used block of size 0. Bins hold
//! sizes up to a quarter of a power of two apart; a fit is looked for in the wanted size's bin, then in larger ones.

/// Where the heap lies: words by address, and a way to get more.
pub trait Store {
    /// The word at an address.
    fn load(&self, at: u32) -> u32;

    /// Sets the word at an address.
    fn store(&mut self, at: u32, word: u32);

    /// Appends `bytes` bytes, a multiple of [`PAGE`]; false if it cannot.
    fn grow(&mut self, bytes: u32) -> bool;
}

/// Memory grows by so many bytes.
pub const PAGE: u32 = 1 << 16;

const HEADER: u32 = 8;
const UNIT: u32 = 16;
const USED: u32 = 1;
const BINS: usize = 120;

/// So many blocks of the wanted size's own bin are tried.
const TRIED: usize = 16;

/// Blocks in a store. Addresses are of payloads; 0 is none.
pub struct Heap<S> {
    store: S,
    /// First free block of each bin.
    bins: [u32; BINS],
    /// Which bins are not empty.
    filled: u128,
    /// The last header.
    end: u32,
}

/// The bin of a block's size.
const fn bin_of(size: u32) -> usize {
    let units = size / UNIT;
    if units < 4 {
        return units as usize;
    }
    let log = units.ilog2();
    (log * 4 + (units >> (log - 2) & 3)) as usize
}

/// The size of the block for a payload; None beyond what an allocation may have.
const fn size_for(bytes: usize) -> Option<u32> {
    if bytes > i32::MAX as usize - 2 * UNIT as usize {
        return None;
    }
    Some((bytes as u32 + HEADER).next_multiple_of(UNIT))
}

impl<S: Store> Heap<S> {
    /// A heap that is yet to begin.
    pub const fn new(store: S) -> Self {
        Self {
            store,
            bins: [0; BINS],
            filled: 0,
            end: 0,
        }
    }

    /// Takes over the store from `base` to `end`.
    pub fn begin(&mut self, base: u32, end: u32) {
        // Headers end where payloads begin, on a multiple of 16.
        let first = base.next_multiple_of(UNIT) + HEADER;
        self.end = end - HEADER;
        self.set(first, self.end - first, 0, 0);
        self.store.store(self.end, USED);
        self.release(first);
    }

    /// Whether `begin` was called.
    pub const fn has_begun(&self) -> bool {
        self.end != 0
    }

    fn size(&self, block: u32) -> u32 {
        self.store.load(block) & !USED
    }

    fn is_free(&self, block: u32) -> bool {
        self.store.load(block) & USED == 0
    }

    fn after(&self, block: u32) -> u32 {
        block + self.size(block)
    }

    /// Writes a header, and into the one after it the size of this block.
    fn set(&mut self, block: u32, size: u32, before: u32, used: u32) {
        self.store.store(block, size | used);
        self.store.store(block + 4, before);
        self.store.store(block + size + 4, size);
    }

    fn before(&self, block: u32) -> u32 {
        self.store.load(block + 4)
    }

    #[inline(never)]
    fn link(&mut self, block: u32) {
        let bin = bin_of(self.size(block));
        let next = self.bins[bin];
        self.store.store(block + HEADER, next);
        self.store.store(block + HEADER + 4, 0);
        if next != 0 {
            self.store.store(next + HEADER + 4, block);
        }
        self.bins[bin] = block;
        self.filled |= 1 << bin;
    }

    #[inline(never)]
    fn unlink(&mut self, block: u32) {
        let bin = bin_of(self.size(block));
        let (next, last) = (
            self.store.load(block + HEADER),
            self.store.load(block + HEADER + 4),
        );
        if next != 0 {
            self.store.store(next + HEADER + 4, last);
        }
        if last != 0 {
            self.store.store(last + HEADER, next);
        } else {
            self.bins[bin] = next;
            if next == 0 {
                self.filled &= !(1 << bin);
            }
        }
    }

    /// Makes a block free, as one with free ones beside it.
    #[inline(never)]
    fn release(&mut self, block: u32) {
        let (mut first, mut size) = (block, self.size(block));
        let after = self.after(block);
        if self.is_free(after) {
            self.unlink(after);
            size += self.size(after);
        }
        let before = self.before(block);
        if before != 0 && self.is_free(block - before) {
            first = block - before;
            self.unlink(first);
            size += before;
        }
        self.set(first, size, self.before(first), 0);
        self.link(first);
    }

    /// Marks a block, which is in no bin, as used; what it has beyond `size` becomes free.
    #[inline(never)]
    fn keep(&mut self, block: u32, size: u32) {
        let (whole, before) = (self.size(block), self.before(block));
        if whole - size < UNIT {
            self.set(block, whole, before, USED);
            return;
        }
        self.set(block, size, before, USED);
        self.set(block + size, whole - size, size, USED);
        self.release(block + size);
    }

    /// A free block of at least `size`, if there is one.
    fn find(&self, size: u32) -> Option<u32> {
        let bin = bin_of(size);
        let mut block = self.bins[bin];
        for _ in 0..TRIED {
            if block == 0 {
                break;
            }
            if self.size(block) >= size {
                return Some(block);
            }
            block = self.store.load(block + HEADER);
        }
        let larger = self.filled >> (bin + 1);
        (larger != 0).then(|| self.bins[bin + 1 + larger.trailing_zeros() as usize])
    }

    /// Makes the last block, which becomes a free one, at least `size`; it.
    #[inline(never)]
    fn extend(&mut self, size: u32) -> Option<u32> {
        let before = self.before(self.end);
        let last = self.end - before;
        let held = if before != 0 && self.is_free(last) {
            before
        } else {
            0
        };
        let bytes = (size - held).checked_next_multiple_of(PAGE)?;
        if self.end.checked_add(bytes).is_none() || !self.store.grow(bytes) {
            return None;
        }
        let block = self.end;
        self.end += bytes;
        self.store.store(self.end, USED);
        self.set(block, bytes, before, USED);
        self.release(block);
        Some(self.end - self.before(self.end))
    }

    /// The address of `bytes` bytes; 0 if there are none.
    #[inline(never)]
    pub fn alloc(&mut self, bytes: usize) -> u32 {
        let Some(size) = size_for(bytes) else { return 0 };
        let Some(block) = self.find(size).or_else(|| self.extend(size)) else {
            return 0;
        };
        self.unlink(block);
        self.keep(block, size);
        block + HEADER
    }

    /// Gives back what `alloc` gave.
    #[inline(never)]
    pub fn free(&mut self, address: u32) {
        self.release(address - HEADER);
    }

    /// Makes an allocation `bytes` long where it is; false if it must move.
    pub fn resize(&mut self, address: u32, bytes: usize) -> bool {
        let Some(size) = size_for(bytes) else { return false };
        let block = address - HEADER;
        let (held, after) = (self.size(block), self.after(block));
        if held < size {
            let free = if self.is_free(after) { self.size(after) } else { 0 };
            if held + free < size && (after + free != self.end || self.extend(size - held).is_none()) {
                return false;
            }
            self.unlink(after);
            self.set(block, held + self.size(after), self.before(block), USED);
        }
        self.keep(block, size);
        true
    }
}

#[cfg(target_arch = "wasm32")]
mod module;
#[cfg(test)]
mod tests;
