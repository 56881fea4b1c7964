//! What the index keeps of each document, by ordinal: its terms, so that it can be removed, and its lengths.

use abi::{Result, Status};

/// Arrays by ordinal end here, as in the vector kernel: no memory would hold them anyway.
const MAX_ORDINALS: usize = 1 << 28;

/// Documents, addressed by ordinal. Ordinals are dense, so these are arrays with room for the highest one.
pub struct Documents {
    fields: usize,
    /// Term ids of each document that is present.
    terms: Vec<Option<Vec<u32>>>,
    /// Words per field, document by document.
    lens: Vec<u32>,
    /// Weighted lengths.
    dls: Vec<f32>,
    /// Words per field over all documents: integers, so that removing undoes adding exactly.
    totals: Vec<u64>,
    len: usize,
}

impl Documents {
    /// No documents.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn new(fields: usize) -> Result<Self> {
        let mut totals = Vec::new();
        totals.try_reserve_exact(fields)?;
        totals.resize(fields, 0);
        Ok(Self {
            fields,
            terms: Vec::new(),
            lens: Vec::new(),
            dls: Vec::new(),
            totals,
            len: 0,
        })
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        self.len
    }

    /// One more than the highest ordinal there is room for.
    pub fn ordinals(&self) -> usize {
        self.terms.len()
    }

    /// Whether a document is present.
    pub fn contains(&self, ordinal: u32) -> bool {
        self.terms.get(ordinal as usize).is_some_and(Option::is_some)
    }

    /// Makes room for a document.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn reserve(&mut self, ordinal: u32) -> Result<()> {
        let wanted = ordinal as usize + 1;
        let more = wanted.saturating_sub(self.terms.len());
        if wanted > MAX_ORDINALS {
            return Err(Status::OutOfMemory);
        }
        if more > 0 {
            let more_lens = more.checked_mul(self.fields).ok_or(Status::OutOfMemory)?;
            self.terms.try_reserve(more)?;
            self.lens.try_reserve(more_lens)?;
            self.dls.try_reserve(more)?;
            self.terms.resize_with(wanted, || None);
            self.lens.resize(wanted * self.fields, 0);
            self.dls.resize(wanted, 0.0);
        }
        Ok(())
    }

    /// Adds a document that is not present and for which room was made.
    pub fn insert(&mut self, ordinal: u32, terms: Vec<u32>, lens: &[u32], dl: f32) {
        let at = ordinal as usize;
        self.terms[at] = Some(terms);
        self.lens[at * self.fields..][..self.fields].copy_from_slice(lens);
        self.dls[at] = dl;
        for (total, &len) in self.totals.iter_mut().zip(lens) {
            *total += u64::from(len);
        }
        self.len += 1;
    }

    /// Takes a document out; its terms.
    pub fn remove(&mut self, ordinal: u32) -> Option<Vec<u32>> {
        let at = ordinal as usize;
        let terms = self.terms.get_mut(at)?.take()?;
        for (total, &len) in self
            .totals
            .iter_mut()
            .zip(&self.lens[at * self.fields..][..self.fields])
        {
            *total -= u64::from(len);
        }
        self.len -= 1;
        Some(terms)
    }

    /// The term ids of a document that is present, to be filled in while an index is read.
    pub fn terms_mut(&mut self, ordinal: u32) -> Option<&mut Vec<u32>> {
        self.terms.get_mut(ordinal as usize)?.as_mut()
    }

    /// Words per field of a document.
    pub fn lens(&self, ordinal: u32) -> &[u32] {
        &self.lens[ordinal as usize * self.fields..][..self.fields]
    }

    /// Weighted lengths by ordinal; those of absent documents mean nothing.
    pub fn dls(&self) -> &[f32] {
        &self.dls
    }

    /// Words per field over all documents.
    pub fn totals(&self) -> &[u64] {
        &self.totals
    }

    /// The ordinals present, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.terms.len() as u32).filter(|&ordinal| self.contains(ordinal))
    }
}
