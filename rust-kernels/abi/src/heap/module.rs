//! The heap of a module: linear memory, from what the linker left free on.

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
