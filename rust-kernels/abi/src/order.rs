//! Sorting in place: heapsort, whose code is small beside that of the standard library's.

/// Sorts `values` by `less`, a strict order; equal values may change places.
pub fn sort<T: Copy>(values: &mut [T], less: impl Fn(&T, &T) -> bool) {
    for root in (0..values.len() / 2).rev() {
        sink(values, root, &less);
    }
    for end in (1..values.len()).rev() {
        values.swap(0, end);
        sink(&mut values[..end], 0, &less);
    }
}

/// Moves the value at `root` down until none of its children is greater.
fn sink<T: Copy>(heap: &mut [T], mut root: usize, less: &impl Fn(&T, &T) -> bool) {
    loop {
        let mut child = 2 * root + 1;
        if child >= heap.len() {
            return;
        }
        if child + 1 < heap.len() && less(&heap[child], &heap[child + 1]) {
            child += 1;
        }
        if !less(&heap[root], &heap[child]) {
            return;
        }
        heap.swap(root, child);
        root = child;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_what_the_standard_library_sorts() {
        let mut state = 1u32;
        for len in 0..200 {
            let mut values: Vec<u32> = (0..len)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    state >> 26
                })
                .collect();
            let mut expected = values.clone();
            expected.sort_unstable();
            sort(&mut values, |a, b| a < b);
            assert_eq!(values, expected);
        }
    }
}
