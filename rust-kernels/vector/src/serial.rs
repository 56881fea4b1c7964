//! Saved indexes: a sealed envelope (`PVEC`, version, ..., checksum) around
//! u32 dim, metric, storage, count; 8 zero bytes; u32 ordinals; rows.
//!
//! Rows are without padding: f32 where they are kept, the int8 rows beside them being derived again on loading;
//! else all levels, then all scales.

use crate::index::{check_packed, Index};
use crate::metric::{Metric, Storage};
use crate::ordinals::ORDINAL_LIMIT;
use abi::serial::unseal;
use abi::{Output, Result, Status};

const MAGIC: [u8; 4] = *b"PVEC";

/// Puts the rows on a 16-byte boundary when the count is a multiple of four.
const RESERVED: [u32; 2] = [0; 2];

/// Writes the index.
///
/// # Errors
/// `out_of_memory`.
pub fn save(index: &Index, output: &mut Output) -> Result<usize> {
    let store = &index.store;
    let row_bytes = if store.storage().keeps_f32() {
        4 * index.dim()
    } else {
        index.dim() + 4
    };
    let content = index
        .len()
        .checked_mul(row_bytes + 4)
        .ok_or(Status::OutOfMemory)?;
    output.open_seal(MAGIC, content.checked_add(24).ok_or(Status::OutOfMemory)?)?;
    let count = u32::try_from(index.len()).map_err(|_| Status::Internal)?;
    output.put(&[
        index.dim() as u32,
        store.metric() as u32,
        store.storage() as u32,
        count,
    ])?;
    output.put(&RESERVED)?;
    output.put(index.map.by_row())?;
    match (store.exact(), store.packed()) {
        (Some(exact), _) => exact.write_dense(output)?,
        (None, Some(packed)) => {
            packed.levels.write_dense(output)?;
            output.put(&packed.scales)?;
        }
        (None, None) => return Err(Status::Internal),
    }
    output.close_seal()?;
    Ok(index.len())
}

/// Reads an index. Nothing in `bytes` is trusted.
///
/// # Errors
/// `bad_format`, `bad_checksum`, `out_of_memory`.
pub fn load(bytes: &[u8]) -> Result<Index> {
    let mut reader = unseal(bytes, MAGIC)?;
    let dim = reader.u32()? as usize;
    let metric = Metric::from_code(reader.u32()?).map_err(|_| Status::BadFormat)?;
    let storage = Storage::from_code(reader.u32()?).map_err(|_| Status::BadFormat)?;
    let count = reader.u32()? as usize;
    if [reader.u32()?, reader.u32()?] != RESERVED {
        return Err(Status::BadFormat);
    }
    let mut index = Index::new(dim, metric, storage).map_err(as_format)?;
    let ordinals = reader.array::<u32>(count)?;
    let row_bytes = if storage.keeps_f32() { 4 * dim } else { dim + 4 };
    if count.checked_mul(row_bytes) != Some(reader.remaining()) {
        return Err(Status::BadFormat);
    }
    if ordinals.iter().any(|&ordinal| ordinal >= ORDINAL_LIMIT) {
        return Err(Status::BadFormat);
    }
    index.append(&ordinals).map_err(as_format)?;
    if storage.keeps_f32() {
        for row in 0..count {
            index
                .store
                .restore(row, |target| reader.fill(target))
                .map_err(as_format)?;
        }
    } else {
        let levels = reader.bytes(count * dim)?;
        for (row, levels) in levels.chunks_exact(dim).enumerate() {
            let scale = reader.f32()?;
            check_packed(levels, scale).map_err(as_format)?;
            index.store.write_levels(row, levels, scale);
        }
    }
    reader.finish()?;
    Ok(index)
}

/// The one failure of bytes that is not theirs is that memory runs out.
fn as_format(status: Status) -> Status {
    match status {
        Status::OutOfMemory => status,
        _ => Status::BadFormat,
    }
}
