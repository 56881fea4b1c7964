//! A saved index: an envelope "PBM2" around, little endian,
//!
//! - u32 fields, f32 weight of each, f32 k1, f32 b; u32 documents, u32 terms, u32 number of distinct weighted
//!   frequencies, and these as f32, ascending;
//! - per document, by ordinal: the gap to the ordinal before, then words per field;
//! - per term, by hash: the gap to the hash before, the number of postings, and per posting the gap to the
//!   document before (counted in documents) and the index of its frequency.
//!
//! All but the u32 and f32 are LEB128 numbers. A gap is the difference less one, or the value itself at first.
//! Equal indexes have equal files, however they came about.

use super::postings::{Posting, Postings};
use super::{Index, Parameters, MAX_FIELDS, MAX_TF};
use abi::aligned::bytes_of;
use abi::serial::unseal;
use abi::{Output, Reader, Result, Status};

const MAGIC: [u8; 4] = *b"PBM2";

/// Distinct frequencies are gathered in runs of at least this many.
const FREQUENCY_RUN: usize = 1024;

/// Where the bytes of a file go.
type Sink<'a> = dyn FnMut(&[u8]) -> Result<()> + 'a;

fn put_varint(sink: &mut Sink<'_>, mut value: u64) -> Result<()> {
    let mut bytes = [0; 10];
    let mut len = 0;
    loop {
        bytes[len] = value as u8 & 0x7F;
        value >>= 7;
        len += 1;
        if value == 0 {
            return sink(&bytes[..len]);
        }
        bytes[len - 1] |= 0x80;
    }
}

fn varint(reader: &mut Reader<'_>) -> Result<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = u64::from(reader.bytes(1)?[0]);
        if shift == 63 && byte > 1 {
            return Err(Status::BadFormat);
        }
        value |= (byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Status::BadFormat)
}

fn varint_u32(reader: &mut Reader<'_>) -> Result<u32> {
    u32::try_from(varint(reader)?).map_err(|_| Status::BadFormat)
}

/// An ascending sequence, written and read as gaps.
#[derive(Default)]
struct Ascending {
    last: Option<u64>,
}

impl Ascending {
    fn gap(&mut self, value: u64) -> u64 {
        let gap = self.last.map_or(value, |last| value - last - 1);
        self.last = Some(value);
        gap
    }

    fn next(&mut self, gap: u64) -> Result<u64> {
        let value = match self.last {
            None => Some(gap),
            Some(last) => last.checked_add(gap).and_then(|value| value.checked_add(1)),
        };
        self.last = value;
        value.ok_or(Status::BadFormat)
    }
}

/// How an index is laid out in its file.
struct Order<'a> {
    /// Of the terms, ascending.
    hashes: &'a [u64],
    /// Bits of the distinct weighted frequencies, ascending.
    frequencies: &'a [u64],
    /// Place of each document among the documents, by ordinal.
    positions: &'a [u32],
}

/// What stands between parameters and documents.
struct Counts {
    documents: usize,
    terms: usize,
}

impl Index {
    /// Writes the file of this index to an emptied output.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn save(&self, output: &mut Output) -> Result<()> {
        let mut hashes = Vec::new();
        hashes.try_reserve_exact(self.terms.len())?;
        hashes.extend(self.terms.iter().map(|(hash, _)| hash));
        hashes.sort_unstable();
        let frequencies = self.frequencies()?;
        let mut positions = Vec::new();
        positions.try_reserve_exact(self.documents.ordinals())?;
        positions.resize(self.documents.ordinals(), 0);
        for (position, ordinal) in self.documents.iter().enumerate() {
            positions[ordinal as usize] = position as u32;
        }

        // Written twice, first to be measured, so that a large index takes no more than its size.
        let order = Order {
            hashes: &hashes,
            frequencies: &frequencies,
            positions: &positions,
        };
        let mut size = 0;
        self.write(&order, &mut |bytes| {
            size += bytes.len();
            Ok(())
        })?;
        output.open_seal(MAGIC, size)?;
        self.write(&order, &mut |bytes| output.put(bytes))?;
        output.close_seal()
    }

    /// The bits of the distinct weighted frequencies, ascending; those of positive floats ascend as they do.
    fn frequencies(&self) -> Result<Vec<u64>> {
        let mut found: Vec<u64> = Vec::new();
        let mut distinct = 0;
        for posting in self.terms.iter().flat_map(|(_, postings)| postings.as_slice()) {
            if found.len() >= 2 * distinct + FREQUENCY_RUN {
                found.sort_unstable();
                found.dedup();
                distinct = found.len();
            }
            found.try_reserve(1)?;
            found.push(posting.tf.to_bits().into());
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    fn write(&self, order: &Order<'_>, sink: &mut Sink<'_>) -> Result<()> {
        let Parameters { weights, k1, b } = &self.parameters;
        sink(bytes_of(&[weights.len() as u32]))?;
        sink(bytes_of(weights))?;
        sink(bytes_of(&[*k1, *b]))?;
        sink(bytes_of(&[
            self.len() as u32,
            order.hashes.len() as u32,
            order.frequencies.len() as u32,
        ]))?;
        for &bits in order.frequencies {
            sink(bytes_of(&[bits as u32]))?;
        }
        let mut ordinals = Ascending::default();
        for ordinal in self.documents.iter() {
            put_varint(sink, ordinals.gap(ordinal.into()))?;
            for &len in self.documents.lens(ordinal) {
                put_varint(sink, len.into())?;
            }
        }
        let mut hashes = Ascending::default();
        for &hash in order.hashes {
            let postings = self.terms.find(hash).map_or(&[][..], Postings::as_slice);
            put_varint(sink, hashes.gap(hash))?;
            put_varint(sink, postings.len() as u64)?;
            let mut documents = Ascending::default();
            for posting in postings {
                put_varint(
                    sink,
                    documents.gap(order.positions[posting.ordinal as usize].into()),
                )?;
                let bits = u64::from(posting.tf.to_bits());
                put_varint(
                    sink,
                    order.frequencies.partition_point(|&held| held < bits) as u64,
                )?;
            }
        }
        Ok(())
    }

    /// Reads a file that `save` wrote.
    ///
    /// # Errors
    /// `bad_format`, `bad_checksum`, `out_of_memory`.
    pub fn load(file: &[u8]) -> Result<Self> {
        let mut reader = unseal(file, MAGIC)?;
        let mut index = Self::new(read_parameters(&mut reader)?)?;
        let counts = Counts {
            documents: reader.u32()? as usize,
            terms: reader.u32()? as usize,
        };
        let distinct = reader.u32()? as usize;
        let frequencies = reader.array::<f32>(distinct)?;
        if !frequencies.iter().all(|&tf| tf > 0.0 && tf <= MAX_TF) {
            return Err(Status::BadFormat);
        }
        let ordinals = index.read_documents(&mut reader, &counts)?;
        // A first pass counts each document's terms, so that their lists are allocated once and fit.
        let mut terms_of = abi::AlignedVec::<u32>::zeroed(counts.documents)?;
        for_each_term(&mut reader.clone(), &counts, &frequencies, &mut |_, postings| {
            postings
                .iter()
                .for_each(|posting| terms_of[posting.ordinal as usize] += 1);
            Ok(())
        })?;
        for (&ordinal, &terms) in ordinals.iter().zip(terms_of.iter()) {
            let list = index.documents.terms_mut(ordinal).ok_or(Status::Internal)?;
            list.try_reserve_exact(terms as usize)?;
        }
        index.terms.reserve(counts.terms)?;
        for_each_term(&mut reader, &counts, &frequencies, &mut |hash, postings| {
            postings
                .iter_mut()
                .for_each(|posting| posting.ordinal = ordinals[posting.ordinal as usize]);
            let id = index.terms.insert_term(hash, Postings::copied(postings)?)?;
            for posting in postings {
                index
                    .documents
                    .terms_mut(posting.ordinal)
                    .ok_or(Status::Internal)?
                    .push(id);
            }
            Ok(())
        })?;
        reader.finish()?;
        Ok(index)
    }

    /// Reads the documents, without their terms; their ordinals, ascending.
    fn read_documents(&mut self, reader: &mut Reader<'_>, counts: &Counts) -> Result<Vec<u32>> {
        let fields = self.fields();
        let least_bytes = counts
            .documents
            .checked_mul(1 + fields)
            .ok_or(Status::BadFormat)?;
        if least_bytes > reader.remaining() {
            return Err(Status::BadFormat);
        }
        let mut ordinals = Vec::new();
        ordinals.try_reserve_exact(counts.documents)?;
        let mut ascending = Ascending::default();
        let mut scan = reader.clone();
        for _ in 0..counts.documents {
            let ordinal = ascending.next(varint(&mut scan)?)?;
            ordinals.push(u32::try_from(ordinal).map_err(|_| Status::BadFormat)?);
            for _ in 0..fields {
                varint_u32(&mut scan)?;
            }
        }
        if let Some(&last) = ordinals.last() {
            self.documents.reserve(last)?;
        }
        let mut lens = [0; MAX_FIELDS];
        for &ordinal in &ordinals {
            varint(reader)?;
            for len in &mut lens[..fields] {
                *len = varint_u32(reader)?;
            }
            let dl = self.parameters.weigh(&lens[..fields]);
            self.documents.insert(ordinal, Vec::new(), &lens[..fields], dl);
        }
        Ok(ordinals)
    }
}

fn read_parameters(reader: &mut Reader<'_>) -> Result<Parameters> {
    let fields = reader.u32()? as usize;
    if fields > MAX_FIELDS {
        return Err(Status::BadFormat);
    }
    let weights = reader.array::<f32>(fields)?;
    let (k1, b) = (reader.f32()?, reader.f32()?);
    Parameters::new(&weights, k1, b).map_err(|status| match status {
        Status::OutOfMemory => status,
        _ => Status::BadFormat,
    })
}

/// Calls `work` with the hash and the postings of every term; their ordinals are positions among the documents.
fn for_each_term(
    reader: &mut Reader<'_>,
    counts: &Counts,
    frequencies: &[f32],
    work: &mut dyn FnMut(u64, &mut [Posting]) -> Result<()>,
) -> Result<()> {
    let mut hashes = Ascending::default();
    let mut postings = Vec::new();
    for _ in 0..counts.terms {
        let hash = hashes.next(varint(reader)?)?;
        let df = varint(reader)?;
        if df == 0 || df > counts.documents as u64 {
            return Err(Status::BadFormat);
        }
        postings.clear();
        postings.try_reserve(df as usize)?;
        let mut positions = Ascending::default();
        for _ in 0..df {
            let position = positions.next(varint(reader)?)?;
            let tf = usize::try_from(varint(reader)?)
                .ok()
                .and_then(|at| frequencies.get(at).copied());
            match tf {
                Some(tf) if position < counts.documents as u64 => {
                    postings.push(Posting {
                        ordinal: position as u32,
                        tf,
                    });
                }
                _ => return Err(Status::BadFormat),
            }
        }
        work(hash, &mut postings)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_hold_every_width() {
        for bits in 0..=64 {
            let value = if bits == 0 { 0 } else { u64::MAX >> (64 - bits) };
            let mut bytes = Vec::new();
            put_varint(
                &mut |more| {
                    bytes.extend_from_slice(more);
                    Ok(())
                },
                value,
            )
            .unwrap();
            let mut reader = Reader::new(&bytes);
            assert_eq!(varint(&mut reader), Ok(value));
            assert_eq!(reader.finish(), Ok(()));
        }
        for bytes in [&[0xFF; 10][..], &[0x80; 11], &[0x80; 3], &[]] {
            assert_eq!(varint(&mut Reader::new(bytes)), Err(Status::BadFormat));
        }
    }

    #[test]
    fn gaps_do_not_overflow() {
        let mut ascending = Ascending::default();
        assert_eq!(ascending.next(u64::MAX - 1), Ok(u64::MAX - 1));
        assert_eq!(ascending.next(0), Ok(u64::MAX));
        assert_eq!(ascending.next(0), Err(Status::BadFormat));
    }
}
