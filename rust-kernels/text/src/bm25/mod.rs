//! BM25F over stemmed words and bigrams, with documents added and removed at will.
//!
//! The weighted-field form of Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted
//! fields" (CIKM 2004). With w_f the field weights, `tf = sum_f w_f tf_f` and `dl = sum_f w_f len_f`:
//! `score = sum_t idf(t) * tf (k1 + 1) / (tf + k1 (1 - b + b dl / avgdl))`,
//! `idf(t) = ln(1 + (N - df + 0.5) / (df + 0.5))`. N, df and avgdl are those of the documents present.

mod documents;
mod fields;
mod file;
mod postings;
mod table;
mod top;

use crate::words::{Analyser, Term};
use abi::protocol::{MAX_BM25_PARAMETER, MAX_K};
use abi::{Result, Status};
use documents::Documents;
use fields::FieldMerge;
use postings::{Posting, Postings};
use table::TermTable;
use top::{best, Candidate};

/// Most fields an index may have.
pub const MAX_FIELDS: usize = 64;

/// The largest weight and the largest `k1`: up to here no score can overflow to an infinity or NaN.
const LARGEST: f32 = MAX_BM25_PARAMETER as f32;

/// The smallest weight that is not 0.
const LIGHTEST: f32 = 1.0 / LARGEST;

/// The largest weighted frequency that weights in range can give.
const MAX_TF: f32 = LARGEST * MAX_FIELDS as f32 * u32::MAX as f32;

/// What an index is made with.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    weights: Vec<f32>,
    k1: f32,
    b: f32,
}

impl Parameters {
    /// Field weights (each 0 or from `LIGHTEST` to `LARGEST`), `k1` from 0 to `LARGEST` and `b` from 0 to 1.
    ///
    /// # Errors
    /// `bad_argument`, `not_finite`.
    pub fn new(weights: &[f32], k1: f32, b: f32) -> Result<Self> {
        if weights.is_empty() || weights.len() > MAX_FIELDS {
            return Err(Status::BadArgument);
        }
        if !k1.is_finite() || !b.is_finite() || weights.iter().any(|weight| !weight.is_finite()) {
            return Err(Status::NotFinite);
        }
        let weighs = |weight: f32| weight == 0.0 || (LIGHTEST..=LARGEST).contains(&weight);
        if !(0.0..=LARGEST).contains(&k1)
            || !(0.0..=1.0).contains(&b)
            || !weights.iter().all(|&weight| weighs(weight))
        {
            return Err(Status::BadArgument);
        }
        let mut held = Vec::new();
        held.try_reserve_exact(weights.len())?;
        held.extend_from_slice(weights);
        Ok(Self { weights: held, k1, b })
    }

    /// `sum_f w_f n_f`.
    fn weigh(&self, counts: &[u32]) -> f32 {
        self.weights
            .iter()
            .zip(counts)
            .map(|(&weight, &count)| f64::from(weight) * f64::from(count))
            .sum::<f64>() as f32
    }
}

/// The saturation of term frequencies in the index as it is now.
struct Saturation {
    gain: f32,
    base: f32,
    per_length: f32,
}

impl Saturation {
    /// What a term of weighted frequency `tf` in a document of weighted length `dl` scores.
    fn score(&self, idf: f32, tf: f32, dl: f32) -> f32 {
        idf * self.gain * tf / (tf + self.base + self.per_length * dl)
    }
}

/// An inverted index of documents with the same fields.
pub struct Index {
    parameters: Parameters,
    terms: TermTable,
    documents: Documents,
    analyser: Analyser,
    /// Scores by ordinal, all zero between calls.
    scores: Vec<f32>,
    touched: Vec<u32>,
}

impl Index {
    /// An empty index.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn new(parameters: Parameters) -> Result<Self> {
        let documents = Documents::new(parameters.weights.len())?;
        Ok(Self {
            parameters,
            terms: TermTable::new(),
            documents,
            analyser: Analyser::default(),
            scores: Vec::new(),
            touched: Vec::new(),
        })
    }

    /// Number of fields.
    pub fn fields(&self) -> usize {
        self.parameters.weights.len()
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there are no documents.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds documents; `texts` holds the fields of each, document by document.
    ///
    /// # Errors
    /// `ordinal_taken`: one is present or repeated; `bad_argument`: not `fields` texts for each;
    /// `out_of_memory`. Nothing is added then.
    pub fn add(&mut self, ordinals: &[u32], texts: &[&str]) -> Result<()> {
        if ordinals.len().checked_mul(self.fields()) != Some(texts.len()) {
            return Err(Status::BadArgument);
        }
        if has_repeats(ordinals)? || ordinals.iter().any(|&ordinal| self.documents.contains(ordinal)) {
            return Err(Status::OrdinalTaken);
        }
        for (at, (&ordinal, fields)) in ordinals.iter().zip(texts.chunks(self.fields())).enumerate() {
            if let Err(status) = self.add_one(ordinal, fields) {
                self.remove_present(&ordinals[..at]);
                return Err(status);
            }
        }
        Ok(())
    }

    fn add_one(&mut self, ordinal: u32, fields: &[&str]) -> Result<()> {
        let mut hashes: Vec<u64> = Vec::new();
        let mut lens = [0; MAX_FIELDS];
        let mut ends = [0; MAX_FIELDS];
        for (field, text) in fields.iter().enumerate() {
            let start = hashes.len();
            let words = self
                .analyser
                .terms(text, &mut |term| push_hashes(&mut hashes, &term))?;
            hashes[start..].sort_unstable();
            lens[field] = u32::try_from(words).map_err(|_| Status::BadArgument)?;
            ends[field] = hashes.len();
        }
        let lens = &lens[..fields.len()];
        self.documents.reserve(ordinal)?;
        let mut ids = Vec::new();
        ids.try_reserve_exact(hashes.len())?;
        let mut merge = FieldMerge::new(&hashes, &ends[..fields.len()]);
        while let Some((hash, counts)) = merge.next() {
            let tf = self.parameters.weigh(counts);
            if tf <= 0.0 {
                continue;
            }
            match self.terms.insert(hash, Posting { ordinal, tf }) {
                Ok(id) => ids.push(id),
                Err(status) => {
                    ids.iter().for_each(|&id| self.terms.remove(id, ordinal));
                    return Err(status);
                }
            }
        }
        ids.shrink_to_fit();
        self.documents
            .insert(ordinal, ids, lens, self.parameters.weigh(lens));
        Ok(())
    }

    /// Removes documents.
    ///
    /// # Errors
    /// `ordinal_missing`: one is absent or repeated. Nothing is removed then.
    pub fn remove(&mut self, ordinals: &[u32]) -> Result<()> {
        if has_repeats(ordinals)? || ordinals.iter().any(|&ordinal| !self.documents.contains(ordinal)) {
            return Err(Status::OrdinalMissing);
        }
        self.remove_present(ordinals);
        if self.is_empty() {
            // Nothing refers to the tables any more: give their memory back.
            self.documents = Documents::new(self.fields())?;
            self.terms = TermTable::new();
            self.scores = Vec::new();
            self.touched = Vec::new();
        }
        Ok(())
    }

    fn remove_present(&mut self, ordinals: &[u32]) {
        for &ordinal in ordinals {
            for id in self.documents.remove(ordinal).into_iter().flatten() {
                self.terms.remove(id, ordinal);
            }
        }
    }

    fn saturation(&self) -> Saturation {
        let Parameters { weights, k1, b } = &self.parameters;
        let totals = self.documents.totals().iter();
        let total: f64 = weights
            .iter()
            .zip(totals)
            .map(|(&weight, &len)| f64::from(weight) * len as f64)
            .sum();
        // Without words there are no postings either, and the length is never asked for.
        let mean = if total > 0.0 {
            total / self.len() as f64
        } else {
            1.0
        };
        let (k1, b) = (f64::from(*k1), f64::from(*b));
        Saturation {
            gain: (k1 + 1.0) as f32,
            base: (k1 * (1.0 - b)) as f32,
            per_length: (k1 * b / mean) as f32,
        }
    }

    fn idf(&self, postings: &Postings) -> f32 {
        let df = postings.as_slice().len() as f64;
        (1.0 + (self.len() as f64 - df + 0.5) / (df + 0.5)).ln() as f32
    }

    /// The distinct terms of a query, in the order in which every score is summed up.
    fn query_terms(&mut self, query: &str) -> Result<Vec<u64>> {
        let mut hashes = Vec::new();
        self.analyser
            .terms(query, &mut |term| push_hashes(&mut hashes, &term))?;
        hashes.sort_unstable();
        hashes.dedup();
        Ok(hashes)
    }

    /// The best `k` documents with a positive score among those that `allow` has a bit for.
    ///
    /// # Errors
    /// `bad_argument`: `k` is not in 1..=65536; `out_of_memory`.
    pub fn search(&mut self, query: &str, k: usize, allow: Option<&[u8]>) -> Result<Vec<Candidate>> {
        if k == 0 || k > MAX_K as usize {
            return Err(Status::BadArgument);
        }
        let hashes = self.query_terms(query)?;
        let missing = self.documents.ordinals().saturating_sub(self.scores.len());
        self.scores.try_reserve(missing)?;
        self.scores.resize(self.scores.len() + missing, 0.0);
        // Room for every document, so that nothing can fail while scores are not zero.
        self.touched.clear();
        self.touched.try_reserve(self.len())?;

        let saturation = self.saturation();
        for hash in hashes {
            let Some(postings) = self.terms.find(hash) else {
                continue;
            };
            let idf = self.idf(postings);
            for posting in postings.as_slice() {
                let at = posting.ordinal as usize;
                let gain = saturation.score(idf, posting.tf, self.documents.dls()[at]);
                let score = &mut self.scores[at];
                if *score == 0.0 && gain > 0.0 {
                    self.touched.push(posting.ordinal);
                }
                *score += gain;
            }
        }

        self.touched.retain(|&ordinal| {
            let allowed = allow.is_none_or(|bitmap| is_allowed(bitmap, ordinal));
            if !allowed {
                self.scores[ordinal as usize] = 0.0;
            }
            allowed
        });
        let scored = self.touched.iter().map(|&ordinal| Candidate {
            score: self.scores[ordinal as usize],
            ordinal,
        });
        let found = best(k, scored);
        self.touched
            .iter()
            .for_each(|&ordinal| self.scores[ordinal as usize] = 0.0);
        found
    }

    /// The score of each of `ordinals`, as `search` would give it; 0 without a term of the query.
    ///
    /// # Errors
    /// `ordinal_missing`, `out_of_memory`.
    pub fn score(&mut self, query: &str, ordinals: &[u32]) -> Result<Vec<f32>> {
        if ordinals.iter().any(|&ordinal| !self.documents.contains(ordinal)) {
            return Err(Status::OrdinalMissing);
        }
        let hashes = self.query_terms(query)?;
        let mut scores = Vec::new();
        scores.try_reserve_exact(ordinals.len())?;
        scores.resize(ordinals.len(), 0.0);
        let saturation = self.saturation();
        for hash in hashes {
            let Some(postings) = self.terms.find(hash) else {
                continue;
            };
            let idf = self.idf(postings);
            for (score, &ordinal) in scores.iter_mut().zip(ordinals) {
                if let Some(tf) = postings.tf(ordinal) {
                    *score += saturation.score(idf, tf, self.documents.dls()[ordinal as usize]);
                }
            }
        }
        Ok(scores)
    }

    /// The terms of a text, joined by line feeds: per word, the unigram unless it is a stop word, then the bigram
    /// with the word before.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn terms_of(&mut self, text: &str) -> Result<Vec<u8>> {
        let mut listed: Vec<u8> = Vec::new();
        let mut before: Vec<u8> = Vec::new();
        self.analyser.terms(text, &mut |term| {
            listed.try_reserve(before.len() + 2 * term.word.len() + 3)?;
            if term.unigram.is_some() {
                listed.extend_from_slice(term.word);
                listed.push(b'\n');
            }
            if term.bigram.is_some() {
                listed.extend_from_slice(&before);
                listed.push(crate::words::BIGRAM_JOINT);
                listed.extend_from_slice(term.word);
                listed.push(b'\n');
            }
            before.clear();
            before.try_reserve(term.word.len())?;
            before.extend_from_slice(term.word);
            Ok(())
        })?;
        listed.pop();
        Ok(listed)
    }
}

fn is_allowed(bitmap: &[u8], ordinal: u32) -> bool {
    bitmap
        .get((ordinal >> 3) as usize)
        .is_some_and(|byte| byte >> (ordinal & 7) & 1 == 1)
}

fn has_repeats(ordinals: &[u32]) -> Result<bool> {
    let mut sorted: Vec<u64> = Vec::new();
    sorted.try_reserve_exact(ordinals.len())?;
    sorted.extend(ordinals.iter().copied().map(u64::from));
    sorted.sort_unstable();
    Ok(sorted.windows(2).any(|pair| pair[0] == pair[1]))
}

fn push_hashes(hashes: &mut Vec<u64>, term: &Term<'_>) -> Result<()> {
    hashes.try_reserve(2)?;
    hashes.extend(term.unigram.into_iter().chain(term.bigram));
    Ok(())
}

#[cfg(test)]
mod tests;
