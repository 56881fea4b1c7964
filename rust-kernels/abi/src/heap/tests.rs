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
                        address.is_multiple_of(16) && (address as usize + size) <= 4 * heap.store.words.len()
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

#[test]
fn memory_grows_by_no_more_than_is_missing_at_its_end() {
    let mut heap = heap(2);
    assert_ne!(heap.alloc(2 * PAGE as usize - 2000), 0);
    assert_eq!(heap.alloc(2000), 0);
    verify(&heap);
}
