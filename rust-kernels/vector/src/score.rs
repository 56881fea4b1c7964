//! Scores of rows against a query: exact ones, and the coarse ones of a quantised scan.

use crate::metric::Metric;
use crate::query::Query;
use crate::rows::{PackedRows, RowStore};
use abi::{Result, Status};

/// Rows are scored four at a time, against one query register.
pub const GROUP: usize = 4;

/// Exact scores of four rows: against the f32 rows where they are kept, else the dequantised int8 rows.
#[inline(always)]
pub fn exact(store: &RowStore, query: &Query, rows: [usize; GROUP]) -> [f32; GROUP] {
    match (store.exact(), store.packed()) {
        (Some(plane), _) => {
            let query = query.padded(plane.stride());
            let [a, b, c, d] = rows;
            let rows = [plane.padded(a), plane.padded(b), plane.padded(c), plane.padded(d)];
            match store.metric() {
                Metric::Cosine | Metric::Ip => arithmetic::dot4(query, rows),
                // 0 - x and not -x, so that equal vectors score 0 and not -0.
                Metric::L2sq => arithmetic::l2sq4(query, rows).map(|distance| 0.0 - distance),
            }
        }
        (None, Some(packed)) => rows.map(|row| exact_packed(packed, store.metric(), query, row)),
        (None, None) => [f32::NEG_INFINITY; GROUP],
    }
}

fn exact_packed(packed: &PackedRows, metric: Metric, query: &Query, row: usize) -> f32 {
    let levels = packed.levels.padded(row);
    let query = query.padded(packed.levels.stride());
    let scale = packed.scales[row];
    match metric {
        Metric::Cosine | Metric::Ip => scale * arithmetic::dot_levels(query, levels),
        Metric::L2sq => 0.0 - arithmetic::l2sq_levels(query, levels, scale),
    }
}

/// Coarse scores of four rows, in the order of the exact ones but for the rounding of rows and query: inner
/// products lack the query's scale, distances its squared norm.
#[inline(always)]
pub fn coarse(packed: &PackedRows, metric: Metric, query: &Query, rows: [usize; GROUP]) -> [f32; GROUP] {
    let levels = query.levels(packed.levels.stride());
    // Spelled out: compiled for size, adaptors of arrays are calls.
    let [a, b, c, d] = rows;
    let row = |row| packed.levels.padded(row);
    let dots = arithmetic::dot4_levels(levels, [row(a), row(b), row(c), row(d)]);
    let scales = &packed.scales[..];
    let products = [
        scales[a] * dots[0],
        scales[b] * dots[1],
        scales[c] * dots[2],
        scales[d] * dots[3],
    ];
    if metric != Metric::L2sq {
        return products;
    }
    let (twice, norms) = (2.0 * query.scale(), &packed.norms[..]);
    [
        twice * products[0] - norms[a],
        twice * products[1] - norms[b],
        twice * products[2] - norms[c],
        twice * products[3] - norms[d],
    ]
}

/// Appends to `out` the exact scores of `rows`, as many as it has room for.
pub fn exact_of(store: &RowStore, query: &Query, rows: impl Iterator<Item = usize>, out: &mut [f32]) {
    let mut rows = rows;
    for chunk in out.chunks_mut(GROUP) {
        let mut group = [0; GROUP];
        let mut last = 0;
        for (at, slot) in group.iter_mut().enumerate() {
            if at < chunk.len() {
                last = rows.next().unwrap_or(last);
            }
            // A short group repeats its last row: the same arithmetic for every row, wherever it stands.
            *slot = last;
        }
        let scores = exact(store, query, group);
        chunk.copy_from_slice(&scores[..chunk.len()]);
    }
}

/// Makes a stored row the query.
///
/// # Errors
/// `internal`: the store keeps no rows of any form.
pub fn query_from_row(store: &RowStore, query: &mut Query, row: usize) -> Result<()> {
    match (store.exact(), store.packed()) {
        (Some(plane), _) => query.components_mut().copy_from_slice(plane.row(row)),
        (None, Some(packed)) => {
            let scale = packed.scales[row];
            for (x, &level) in query.components_mut().iter_mut().zip(packed.levels.row(row)) {
                *x = scale * f32::from(level);
            }
        }
        (None, None) => return Err(Status::Internal),
    }
    Ok(())
}
