//! Triples to be followed up, the most certain first.
//!
//! A conclusion is never more certain than a premise, so what is taken out has its final confidence (Knuth, "A
//! generalization of Dijkstra's algorithm", 1977). What is certain needs no order, and is kept apart from the heap.

use crate::program::NONE;
use abi::Result;

/// A queue of triples by confidence.
pub struct Agenda {
    certain: Vec<u32>,
    heap: Vec<(u64, u32)>,
}

impl Agenda {
    /// An empty queue; allocates nothing.
    pub(crate) const fn new() -> Self {
        Self {
            certain: Vec::new(),
            heap: Vec::new(),
        }
    }

    /// Puts a triple in, which may be there already.
    pub fn push(&mut self, confidence: f64, number: u32) -> Result<()> {
        if confidence >= 1.0 {
            self.certain.try_reserve(1)?;
            self.certain.push(number);
            return Ok(());
        }
        self.heap.try_reserve(1)?;
        // Positive floats are ordered as their bits are.
        let item = (confidence.to_bits(), number);
        let mut at = self.heap.len();
        self.heap.push(item);
        while at > 0 && self.heap[(at - 1) / 2] < item {
            self.heap[at] = self.heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        self.heap[at] = item;
        Ok(())
    }

    /// Takes out a triple of the greatest confidence, with that; `NONE` when there is none.
    pub fn pop(&mut self) -> (f64, u32) {
        if let Some(number) = self.certain.pop() {
            return (1.0, number);
        }
        let Some(last) = self.heap.pop() else {
            return (0.0, NONE);
        };
        let Some(&(bits, number)) = self.heap.first() else {
            return (f64::from_bits(last.0), last.1);
        };
        let mut at = 0;
        loop {
            let mut child = 2 * at + 1;
            if child + 1 < self.heap.len() && self.heap[child] < self.heap[child + 1] {
                child += 1;
            }
            if child >= self.heap.len() || self.heap[child] < last {
                break;
            }
            self.heap[at] = self.heap[child];
            at = child;
        }
        self.heap[at] = last;
        (f64::from_bits(bits), number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_certain_comes_first() {
        let mut agenda = Agenda::new();
        let confidence = |number: u32| f64::from(number * 7919 % 101 + 1) / 101.0;
        for number in 0..500 {
            agenda.push(confidence(number), number).unwrap();
        }
        let mut last = 1.0;
        for _ in 0..500 {
            let (found, number) = agenda.pop();
            assert_eq!(found, confidence(number));
            assert!(found <= last);
            last = found;
        }
        assert_eq!(agenda.pop().1, NONE);
    }
}
