//! Saved graphs: an envelope "PGRA" around u32 node bound, u32 edges, and LEB128 numbers:
//!
//! - per node with out-edges, ascending: the gap to the node before (the difference less 1; at first the node), the
//!   number of its edges;
//! - per edge of the node, sorted by target, then predicate: the difference of the target to the one before (at first
//!   the target), `predicate << 1 | weighs`; and where it weighs less than 1, the weight as f32.

use crate::edges::{Edges, ID_LIMIT};
use crate::records::Records;
use abi::serial::unseal;
use abi::{Output, Reader, Result, Status};

const MAGIC: [u8; 4] = *b"PGRA";
const COUNTS_BYTES: usize = 8;

/// The most that a record's numbers take: gap and number of edges of a new node, target, predicate, weight.
const RECORD_BYTES: usize = 24;

#[inline(never)]
fn put_varint(bytes: &mut [u8], at: &mut usize, value: u32) {
    let mut value = value;
    while value >= 0x80 {
        bytes[*at] = value as u8 | 0x80;
        *at += 1;
        value >>= 7;
    }
    bytes[*at] = value as u8;
    *at += 1;
}

#[inline(never)]
fn varint(reader: &mut Reader<'_>) -> Result<u32> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let byte = u64::from(reader.bytes(1)?[0]);
        value |= (byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return u32::try_from(value).map_err(|_| Status::BadFormat);
        }
    }
    Err(Status::BadFormat)
}

/// Gives the encoding of the edges piece by piece.
fn encode(edges: &Edges, sink: &mut dyn FnMut(&[u8])) {
    let mut after = 0;
    for node in 0..edges.bound() as u32 {
        let row = edges.out.edges(node);
        if row.is_empty() {
            continue;
        }
        let (mut bytes, mut len) = ([0; RECORD_BYTES], 0);
        put_varint(&mut bytes, &mut len, node - after);
        put_varint(&mut bytes, &mut len, row.len() as u32);
        after = node + 1;
        let mut last = 0;
        for edge in row {
            let weighs = edge.weight < 1.0;
            put_varint(&mut bytes, &mut len, edge.neighbor - last);
            put_varint(&mut bytes, &mut len, edge.predicate << 1 | u32::from(weighs));
            last = edge.neighbor;
            if weighs {
                bytes[len..len + 4].copy_from_slice(&edge.weight.to_le_bytes());
                len += 4;
            }
            sink(&bytes[..len]);
            len = 0;
        }
    }
}

/// Writes the graph; how many edges it has.
///
/// # Errors
/// `out_of_memory`.
pub fn save(edges: &Edges, output: &mut Output) -> Result<usize> {
    let mut size = 0;
    encode(edges, &mut |bytes| size += bytes.len());
    output.open_seal(MAGIC, COUNTS_BYTES + size)?;
    output.put(&[edges.bound() as u32, edges.len() as u32])?;
    let content = output.put_zeros(size)?;
    let mut at = 0;
    encode(edges, &mut |bytes| {
        content[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    });
    output.close_seal()?;
    Ok(edges.len())
}

/// Reads a graph. Nothing in `bytes` is trusted.
///
/// # Errors
/// `bad_format`, `bad_checksum`, `out_of_memory`.
pub fn load(bytes: &[u8]) -> Result<Edges> {
    let mut reader = unseal(bytes, MAGIC)?;
    let (bound, count) = (reader.u32()?, reader.u32()? as usize);
    // An edge takes two bytes at least.
    if bound > ID_LIMIT || count > reader.remaining() / 2 {
        return Err(Status::BadFormat);
    }
    let mut records = Records::with_room(count)?;
    let (mut left, mut after) = (count, 0u32);
    while left > 0 {
        let node = after.checked_add(varint(&mut reader)?).ok_or(Status::BadFormat)?;
        let row = varint(&mut reader)? as usize;
        if node >= bound || row == 0 || row > left {
            return Err(Status::BadFormat);
        }
        read_row(&mut reader, &mut records, node, row, bound)?;
        left -= row;
        after = node + 1;
    }
    reader.finish()?;
    let mut edges = Edges::default();
    edges.insert(&mut records, bound as usize)?;
    Ok(edges)
}

fn read_row(reader: &mut Reader<'_>, records: &mut Records, node: u32, len: usize, bound: u32) -> Result<()> {
    let mut last = None;
    for _ in 0..len {
        let difference = varint(reader)?;
        let target = last.map_or(0, |(target, _)| target) + u64::from(difference);
        let word = varint(reader)?;
        let edge = (target, word >> 1);
        let weight = if word & 1 == 0 { 1.0 } else { reader.f32()? };
        let weighs = weight > 0.0 && (weight < 1.0) == (word & 1 == 1) && weight <= 1.0;
        if target >= u64::from(bound) || edge.1 >= ID_LIMIT || last >= Some(edge) || !weighs {
            return Err(Status::BadFormat);
        }
        last = Some(edge);
        records.push([node, edge.1, target as u32, weight.to_bits()])?;
    }
    Ok(())
}
