//! Bytes out and bytes in: the result buffer, a checked reader, and the sealed envelope of saved indexes.
//!
//! A sealed envelope is: 4 bytes of magic, u32 version, the content, u64 XXH64 of all before it.

use crate::aligned::{bytes_of, bytes_of_mut, AlignedVec, Plain};
use crate::hash::xxh64;
use crate::protocol::SEGMENT_VERSION;
use crate::{Result, Status};

const HEADER_BYTES: usize = 8;
const CHECKSUM_BYTES: usize = 8;

/// An emptied output keeps at most this much room: a search's, not a saved index's.
const KEPT_BYTES: usize = 1 << 20;

/// A growing, 16-byte aligned run of bytes. Appending can fail, and then appends nothing.
#[derive(Default)]
pub struct Output {
    bytes: AlignedVec<u8>,
}

impl Output {
    /// An empty output; allocates nothing.
    pub const fn new() -> Self {
        Self {
            bytes: AlignedVec::new(),
        }
    }

    /// Drops the content, and the room beyond what a search needs.
    pub fn clear(&mut self) {
        if self.bytes.capacity() > KEPT_BYTES {
            self.bytes = AlignedVec::new();
        }
        self.bytes.clear();
    }

    /// Makes room for `bytes` more bytes.
    pub fn reserve(&mut self, bytes: usize) -> Result<()> {
        self.bytes.try_reserve(bytes)
    }

    /// Appends one u32.
    pub fn put_u32(&mut self, value: u32) -> Result<()> {
        self.put(&[value])
    }

    /// Appends one f32.
    pub fn put_f32(&mut self, value: f32) -> Result<()> {
        self.put(&[value])
    }

    /// Appends numbers, little endian.
    pub fn put<T: Plain>(&mut self, values: &[T]) -> Result<()> {
        self.bytes.try_extend(bytes_of(values))
    }

    /// Appends `len` zero bytes and gives them to be written.
    pub fn put_zeros(&mut self, len: usize) -> Result<&mut [u8]> {
        let held = self.bytes.len();
        self.bytes
            .try_resize(held.checked_add(len).ok_or(Status::OutOfMemory)?)?;
        Ok(&mut self.bytes.as_mut_slice()[held..])
    }

    /// What was appended.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Starts a sealed envelope of `content_bytes` bytes in an emptied output.
    pub fn open_seal(&mut self, magic: [u8; 4], content_bytes: usize) -> Result<()> {
        self.clear();
        let whole = content_bytes
            .checked_add(HEADER_BYTES + CHECKSUM_BYTES)
            .ok_or(Status::OutOfMemory)?;
        self.bytes.try_reserve_exact(whole)?;
        self.put(&magic)?;
        self.put_u32(SEGMENT_VERSION)
    }

    /// Ends the envelope with the checksum of everything before.
    pub fn close_seal(&mut self) -> Result<()> {
        let checksum = xxh64(&self.bytes, 0);
        self.put(&[checksum])
    }
}

/// Opens a sealed envelope and gives its content.
///
/// # Errors
/// `bad_format`: too short, another magic or another version. `bad_checksum`: the content was changed.
pub fn unseal(bytes: &[u8], magic: [u8; 4]) -> Result<Reader<'_>> {
    let mut header = Reader::new(bytes);
    if bytes.len() < HEADER_BYTES + CHECKSUM_BYTES
        || header.bytes(4)? != magic
        || header.u32()? != SEGMENT_VERSION
    {
        return Err(Status::BadFormat);
    }
    let (sealed, checksum) = bytes.split_at(bytes.len() - CHECKSUM_BYTES);
    if xxh64(sealed, 0).to_le_bytes() != checksum {
        return Err(Status::BadChecksum);
    }
    Ok(Reader::new(&sealed[HEADER_BYTES..]))
}

/// Reads little-endian values off the front of some bytes; running out is `bad_format`.
#[derive(Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of all of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Bytes not yet read.
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next `len` bytes.
    pub fn bytes(&mut self, len: usize) -> Result<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(Status::BadFormat)?;
        self.rest = rest;
        Ok(head)
    }

    /// The next u32.
    pub fn u32(&mut self) -> Result<u32> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(Status::BadFormat)?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*head))
    }

    /// The next u64.
    pub fn u64(&mut self) -> Result<u64> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(Status::BadFormat)?;
        self.rest = rest;
        Ok(u64::from_le_bytes(*head))
    }

    /// The next f32, which may be any bit pattern.
    pub fn f32(&mut self) -> Result<f32> {
        self.u32().map(f32::from_bits)
    }

    /// Fills `values` with the next numbers, at any alignment.
    pub fn fill<T: Plain>(&mut self, values: &mut [T]) -> Result<()> {
        let target = bytes_of_mut(values);
        target.copy_from_slice(self.bytes(target.len())?);
        Ok(())
    }

    /// The next `count` numbers. The count is checked against what is left before anything is allocated.
    pub fn array<T: Plain>(&mut self, count: usize) -> Result<AlignedVec<T>> {
        let bytes = count.checked_mul(size_of::<T>()).ok_or(Status::BadFormat)?;
        if bytes > self.remaining() {
            return Err(Status::BadFormat);
        }
        let mut values = AlignedVec::zeroed(count)?;
        self.fill(&mut values)?;
        Ok(values)
    }

    /// Asserts that everything was read.
    pub fn finish(self) -> Result<()> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(Status::BadFormat)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed() -> Output {
        let mut output = Output::new();
        output.open_seal(*b"TEST", 8).unwrap();
        output.put_u32(7).unwrap();
        output.put(&[1.5f32]).unwrap();
        output.close_seal().unwrap();
        output
    }

    #[test]
    fn an_envelope_opens_again() {
        let output = sealed();
        let mut reader = unseal(output.as_bytes(), *b"TEST").unwrap();
        assert_eq!((reader.u32(), reader.f32()), (Ok(7), Ok(1.5)));
        assert_eq!(reader.finish(), Ok(()));
    }

    #[test]
    fn changes_and_cuts_are_told_apart_from_other_formats() {
        let output = sealed();
        let whole = output.as_bytes();
        assert_eq!(unseal(whole, *b"ELSE").err(), Some(Status::BadFormat));
        for at in 0..whole.len() {
            let mut changed = whole.to_vec();
            changed[at] ^= 1;
            let expected = if at < HEADER_BYTES {
                Status::BadFormat
            } else {
                Status::BadChecksum
            };
            assert_eq!(unseal(&changed, *b"TEST").err(), Some(expected), "{at}");
            assert!(unseal(&whole[..at], *b"TEST").is_err(), "{at}");
        }
    }

    #[test]
    fn counts_beyond_the_bytes_are_refused_before_allocating() {
        let mut reader = Reader::new(&[1, 0, 0, 0, 2, 0, 0, 0]);
        assert_eq!(reader.array::<u32>(usize::MAX / 2).err(), Some(Status::BadFormat));
        assert_eq!(reader.array::<u32>(3).err(), Some(Status::BadFormat));
        assert_eq!(&reader.array::<u32>(2).unwrap()[..], &[1, 2]);
        assert_eq!(reader.u32(), Err(Status::BadFormat));
    }
}
