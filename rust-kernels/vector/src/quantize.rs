//! Linear quantisation: a vector as small integers times one scale.

use crate::ingest::largest_magnitude;
use crate::metric::Metric;
pub use arithmetic::BLOCK;

/// The largest magnitude of a quantised row's component.
const ROW_LEVELS: f32 = 127.0;

/// The largest magnitude of a quantised query's component. Rows are widened to 16 bits for the multiplication
/// anyway, so a finer query costs nothing and leaves the rows' rounding as the only error. 14 bits keep
/// [`BLOCK`] products within an i32.
pub const QUERY_LEVELS: f32 = 16_383.0;

/// Below this a reciprocal would overflow, so such vectors are lifted by a power of two, which is exact.
const TINY: f32 = f32::from_bits(0x0D80_0000);
const LIFT: f32 = f32::from_bits(0x7180_0000);

/// What to multiply by, twice, to bring the largest magnitude to `levels`; and that magnitude.
fn factors(vector: &[f32], levels: f32) -> (f32, f32, f32) {
    let largest = f32::from_bits(largest_magnitude(vector));
    let lift = if largest < TINY { LIFT } else { 1.0 };
    (lift, levels / (largest * lift), largest)
}

/// Quantises a checked, flushed vector into the front of `out` and returns its scale: `vector ~ scale * out`.
/// For the cosine the scale makes the dequantised row a unit vector.
pub fn quantize_row(vector: &[f32], metric: Metric, out: &mut [i8]) -> f32 {
    let (lift, factor, largest) = factors(vector, ROW_LEVELS);
    for (level, &x) in out.iter_mut().zip(vector) {
        *level = (x * lift * factor).round_ties_even() as i32 as i8;
    }
    match metric {
        Metric::Cosine => unit_scale(&out[..vector.len()]),
        Metric::Ip | Metric::L2sq => largest / ROW_LEVELS,
    }
}

/// The exact sum of squares of a row's levels; at most `2^16 * 2^14`.
pub fn sum_of_squares(levels: &[i8]) -> u32 {
    levels
        .iter()
        .map(|&level| u32::from(level.unsigned_abs()).pow(2))
        .sum()
}

/// The scale that makes a row that is not zero a unit vector.
pub fn unit_scale(levels: &[i8]) -> f32 {
    (1.0 / f64::from(sum_of_squares(levels)).sqrt()) as f32
}

/// Quantises a checked, flushed query into the front of `out` and returns its scale.
pub fn quantize_query(vector: &[f32], out: &mut [i16]) -> f32 {
    let (lift, factor, largest) = factors(vector, QUERY_LEVELS);
    for (level, &x) in out.iter_mut().zip(vector) {
        *level = (x * lift * factor).round_ties_even() as i32 as i16;
    }
    largest / QUERY_LEVELS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifting_is_a_power_of_two() {
        assert_eq!(TINY, 2f32.powi(-100));
        assert_eq!(LIFT, 2f32.powi(100));
    }

    #[test]
    fn a_block_fits_an_i32() {
        assert!(i32::try_from(BLOCK as i64 * QUERY_LEVELS as i64 * 128).is_ok());
    }

    #[test]
    fn extremes_reach_the_last_level() {
        for factor in [f32::MIN_POSITIVE, 1e-36, 1.0, 1e38] {
            let vector = [-factor * 0.75, 0.0, factor * 1.5, factor * 2.0];
            let mut row = [9i8; 5];
            let scale = quantize_row(&vector, Metric::Ip, &mut row);
            assert_eq!(row, [-48, 0, 95, 127, 9]);
            assert!((scale * 127.0 / (factor * 2.0) - 1.0).abs() < 1e-4, "{factor}");
            let mut query = [0i16; 4];
            quantize_query(&vector, &mut query);
            assert_eq!(query, [-6144, 0, 12287, 16383]);
        }
    }

    #[test]
    fn halves_go_to_the_even_level() {
        let mut row = [0i8; 4];
        quantize_row(&[127.0, 0.5, 1.5, -2.5], Metric::L2sq, &mut row);
        assert_eq!(row, [127, 0, 2, -2]);
    }
}
