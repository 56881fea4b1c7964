//! The documents of one term, by ascending ordinal.

use abi::Result;

/// A document that has the term, and the term's weighted frequency in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posting {
    /// The document.
    pub ordinal: u32,
    /// Sum over the fields of weight times occurrences; positive.
    pub tf: f32,
}

/// Most terms, the bigrams above all, have a single document: that one needs no allocation.
pub enum Postings {
    /// One document.
    One(Posting),
    /// More, or one that is left of more.
    Many(Vec<Posting>),
}

impl Postings {
    /// A copy of postings that ascend; there is at least one.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn copied(postings: &[Posting]) -> Result<Self> {
        if let [one] = postings {
            return Ok(Postings::One(*one));
        }
        let mut many = Vec::new();
        many.try_reserve_exact(postings.len())?;
        many.extend_from_slice(postings);
        Ok(Postings::Many(many))
    }

    /// All of them.
    pub fn as_slice(&self) -> &[Posting] {
        match self {
            Postings::One(posting) => core::slice::from_ref(posting),
            Postings::Many(postings) => postings,
        }
    }

    /// Adds a document that is not among them.
    ///
    /// # Errors
    /// `out_of_memory`; nothing is changed then.
    pub fn insert(&mut self, posting: Posting) -> Result<()> {
        match self {
            Postings::One(held) => {
                let mut both = Vec::new();
                both.try_reserve_exact(2)?;
                both.push(*held);
                both.insert(usize::from(held.ordinal < posting.ordinal), posting);
                *self = Postings::Many(both);
            }
            Postings::Many(postings) => {
                if postings.len() == postings.capacity() {
                    // By half, not by doubling: an index has a great many of these lists.
                    postings.try_reserve_exact(postings.len() / 2 + 1)?;
                }
                let at = match postings.last() {
                    Some(last) if last.ordinal < posting.ordinal => postings.len(),
                    _ => postings.partition_point(|held| held.ordinal < posting.ordinal),
                };
                postings.insert(at, posting);
            }
        }
        Ok(())
    }

    /// Takes a document out; whether none is left. A lone document stays where it is, for the caller to drop.
    pub fn remove(&mut self, ordinal: u32) -> bool {
        match self {
            Postings::One(posting) => posting.ordinal == ordinal,
            Postings::Many(postings) => {
                if let Ok(at) = postings.binary_search_by_key(&ordinal, |posting| posting.ordinal) {
                    postings.remove(at);
                }
                postings.is_empty()
            }
        }
    }

    /// The weighted frequency in a document, if it has the term.
    pub fn tf(&self, ordinal: u32) -> Option<f32> {
        let postings = self.as_slice();
        let at = postings
            .binary_search_by_key(&ordinal, |posting| posting.ordinal)
            .ok()?;
        Some(postings[at].tf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(ordinal: u32) -> Posting {
        Posting {
            ordinal,
            tf: ordinal as f32 + 0.5,
        }
    }

    #[test]
    fn stays_sorted_and_empties() {
        let mut postings = Postings::One(posting(5));
        for ordinal in [9, 1, 7, 3] {
            postings.insert(posting(ordinal)).unwrap();
        }
        assert_eq!(postings.as_slice(), [1, 3, 5, 7, 9].map(posting));
        assert_eq!((postings.tf(7), postings.tf(8)), (Some(7.5), None));
        for ordinal in [1, 9, 5, 3] {
            assert!(!postings.remove(ordinal));
        }
        assert!(!postings.remove(4));
        assert!(postings.remove(7));
    }
}
