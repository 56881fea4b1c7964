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
mod module {
    use super::{Heap, Store, PAGE};
    use core::alloc::{GlobalAlloc, Layout};
    use core::arch::wasm32::{memory_grow, memory_size};
    use core::cell::UnsafeCell;
    use core::ptr;

    struct Linear;

    impl Store for Linear {
        fn load(&self, at: u32) -> u32 {
            // SAFETY: the heap reads its own headers and links only, which are aligned and lie in what it took over.
            unsafe { ptr::read(at as usize as *const u32) }
        }

        fn store(&mut self, at: u32, word: u32) {
            // SAFETY: as for `load`; no reference to these words exists, being outside of every payload in use.
            unsafe { ptr::write(at as usize as *mut u32, word) }
        }

        fn grow(&mut self, bytes: u32) -> bool {
            memory_grow(0, (bytes / PAGE) as usize) != usize::MAX
        }
    }

    struct Module(UnsafeCell<Heap<Linear>>);

    // SAFETY: a module has one thread: it is built without atomics and its memory is not shared.
    unsafe impl Sync for Module {}

    #[global_allocator]
    static HEAP: Module = Module(UnsafeCell::new(Heap::new(Linear)));

    extern "C" {
        /// The linker's: the first address that nothing static occupies.
        static __heap_base: u8;
    }

    impl Module {
        #[expect(
            clippy::mut_from_ref,
            reason = "one thread, and no call of the heap makes another"
        )]
        fn heap(&self) -> &mut Heap<Linear> {
            // SAFETY: there is one thread, and no reference outlives the call of the allocator that asked for it.
            let heap = unsafe { &mut *self.0.get() };
            if !heap.has_begun() {
                let end = memory_size(0) as u32 * PAGE;
                heap.begin(&raw const __heap_base as usize as u32, end);
            }
            heap
        }
    }

    // SAFETY: payloads are disjoint, as long as asked for, aligned to 16, and stay where they are until freed; greater
    // alignments are refused.
    unsafe impl GlobalAlloc for Module {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            if layout.align() > 16 {
                return ptr::null_mut();
            }
            self.heap().alloc(layout.size()) as usize as *mut u8
        }

        unsafe fn dealloc(&self, address: *mut u8, _: Layout) {
            self.heap().free(address as usize as u32);
        }

        unsafe fn realloc(&self, address: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            if self.heap().resize(address as usize as u32, size) {
                return address;
            }
            let moved = self.heap().alloc(size) as usize as *mut u8;
            if !moved.is_null() {
                // SAFETY: both are this allocator's, disjoint, and at least that long; the caller gives up the first.
                unsafe {
                    ptr::copy_nonoverlapping(address, moved, layout.size().min(size));
                    self.dealloc(address, layout);
                }
            }
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const BASE: u32 = 1000;

    /// A memory that ends after `limit` words.
    struct Words {
        words: Vec<u32>,
        limit: usize,
    }

    impl Store for Words {
        fn load(&self, at: u32) -> u32 {
            assert!(at >= BASE && at.is_multiple_of(4));
            self.words[at as usize / 4]
        }

        fn store(&mut self, at: u32, word: u32) {
            assert!(at >= BASE && at.is_multiple_of(4));
            self.words[at as usize / 4] = word;
        }

        fn grow(&mut self, bytes: u32) -> bool {
            let words = self.words.len() + bytes as usize / 4;
            let fits = words <= self.limit;
            if fits {
                self.words.resize(words, 0xDEAD_BEEF);
            }
            fits
        }
    }

    fn heap(pages: usize) -> Heap<Words> {
        let page = PAGE as usize / 4;
        let words = vec![0xDEAD_BEEF; page];
        let mut heap = Heap::new(Words {
            words,
            limit: pages * page,
        });
        heap.begin(BASE, PAGE);
        heap
    }

    fn fill(heap: &mut Heap<Words>, address: u32, bytes: usize) {
        for at in (0..bytes as u32 / 4).map(|word| address + 4 * word) {
            heap.store.store(at, address ^ at);
        }
    }

    fn check(heap: &Heap<Words>, address: u32, written_at: u32, bytes: usize) {
        for word in 0..bytes as u32 / 4 {
            assert_eq!(
                heap.store.load(address + 4 * word),
                written_at ^ (written_at + 4 * word)
            );
        }
    }

    /// Walks all headers: sizes agree both ways, no two free blocks are neighbours, the free ones are in the bins.
    fn verify(heap: &Heap<Words>) {
        let (mut block, mut before, mut last_free, mut free) =
            (BASE.next_multiple_of(UNIT) + HEADER, 0, false, 0);
        while block != heap.end {
            assert_eq!(heap.before(block), before);
            assert!(!(last_free && heap.is_free(block)));
            last_free = heap.is_free(block);
            free += u32::from(last_free);
            before = heap.size(block);
            block = heap.after(block);
        }
        assert_eq!(heap.before(block), before);
        let mut listed = 0;
        for (bin, &first) in heap.bins.iter().enumerate() {
            assert_eq!(heap.filled >> bin & 1 == 1, first != 0);
            let mut block = first;
            while block != 0 {
                assert!(heap.is_free(block) && bin_of(heap.size(block)) == bin);
                listed += 1;
                block = heap.store.load(block + HEADER);
            }
        }
        assert_eq!(listed, free);
    }

    #[test]
    fn any_sequence_of_calls_keeps_what_is_in_use() {
        let mut seed = 7u64;
        let mut random = move |below: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let mut heap = heap(64);
        // By address: bytes, and the address they were written for.
        let mut live: BTreeMap<u32, (usize, u32)> = BTreeMap::new();
        for step in 0..20_000 {
            let most = 1 << (2 + random(15));
            let size = random(most) as usize & !3;
            let chosen = live.keys().nth(random(live.len() as u64 + 1) as usize).copied();
            match (chosen, random(3)) {
                (Some(address), 0) => {
                    let (bytes, written_at) = live.remove(&address).unwrap();
                    check(&heap, address, written_at, bytes);
                    heap.free(address);
                }
                (Some(address), 1) => {
                    let (bytes, written_at) = live[&address];
                    let resized = heap.resize(address, size);
                    check(&heap, address, written_at, bytes.min(size));
                    if resized {
                        fill(&mut heap, address, size);
                        live.insert(address, (size, address));
                    }
                }
                _ => {
                    let address = heap.alloc(size);
                    if address != 0 {
                        assert!(
                            address.is_multiple_of(16)
                                && (address as usize + size) <= 4 * heap.store.words.len()
                        );
                        fill(&mut heap, address, size);
                        assert!(live.insert(address, (size, address)).is_none());
                    }
                }
            }
            if step % 100 == 0 {
                verify(&heap);
                for (&address, &(bytes, written_at)) in &live {
                    check(&heap, address, written_at, bytes);
                }
            }
        }
        for (address, _) in live {
            heap.free(address);
        }
        verify(&heap);
        let first = BASE.next_multiple_of(UNIT) + HEADER;
        assert!(heap.is_free(first) && heap.after(first) == heap.end);
    }

    #[test]
    fn what_cannot_be_is_no_address_and_changes_nothing() {
        let mut heap = heap(2);
        let a = heap.alloc(40_000);
        assert_eq!(
            [
                heap.alloc(200_000),
                heap.alloc(usize::MAX),
                heap.alloc(i32::MAX as usize)
            ],
            [0; 3]
        );
        assert!(!heap.resize(a, 200_000) && !heap.resize(a, usize::MAX - 3));
        let b = heap.alloc(60_000);
        assert!(a != 0 && b != 0);
        verify(&heap);
    }

    #[test]
    fn the_last_allocation_grows_in_place_and_what_is_freed_is_used_again() {
        let mut heap = heap(32);
        let a = heap.alloc(100);
        assert!(heap.resize(a, 1_000_000));
        let grown = heap.store.words.len();
        heap.free(a);
        for _ in 0..100 {
            let b = heap.alloc(1_000_000);
            assert_eq!(b, a);
            heap.free(b);
        }
        assert_eq!(heap.store.words.len(), grown);
    }

    #[test]
    fn a_shrunk_allocation_gives_its_end_back() {
        let mut heap = heap(1);
        let a = heap.alloc(60_000);
        assert_eq!(heap.alloc(30_000), 0);
        assert!(heap.resize(a, 100));
        assert_ne!(heap.alloc(30_000), 0);
        verify(&heap);
    }
}
