//! Sums of scaled rows, one number at a time.

/// Adds `scales[id] * row(id)` to `sum` for each id; a row is `sum.len() / 2` bytes of nibbles less 8.
pub fn add_nibble_rows(sum: &mut [f32], rows: &[u8], scales: &[f32], ids: &[u32]) {
    for &id in ids {
        add_nibbles(sum, row_of(rows, id, sum.len() / 2), scales[id as usize]);
    }
}

/// Adds `scales[id] * row(id)` to `sum` for each id; a row is `sum.len()` int8.
pub fn add_byte_rows(sum: &mut [f32], rows: &[u8], scales: &[f32], ids: &[u32]) {
    for &id in ids {
        add_bytes(sum, row_of(rows, id, sum.len()), scales[id as usize]);
    }
}

/// The bytes of a token's row.
pub fn row_of(rows: &[u8], id: u32, row_bytes: usize) -> &[u8] {
    &rows[id as usize * row_bytes..][..row_bytes]
}

/// Adds one row of nibbles; `sum` is two numbers per byte.
pub fn add_nibbles(sum: &mut [f32], row: &[u8], scale: f32) {
    for (pair, &byte) in sum.as_chunks_mut::<2>().0.iter_mut().zip(row) {
        pair[0] += scale * (f32::from(byte & 0x0F) - 8.0);
        pair[1] += scale * (f32::from(byte >> 4) - 8.0);
    }
}

/// Adds one row of int8.
pub fn add_bytes(sum: &mut [f32], row: &[u8], scale: f32) {
    for (value, &byte) in sum.iter_mut().zip(row) {
        *value += scale * f32::from(byte.cast_signed());
    }
}
