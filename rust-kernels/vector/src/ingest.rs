//! Checking vectors and bringing them into the form in which they are compared.

use crate::metric::Metric;
use abi::{Result, Status};

const MAGNITUDE: u32 = 0x7FFF_FFFF;
const INFINITY: u32 = 0x7F80_0000;
const SMALLEST_NORMAL: u32 = 0x0080_0000;

/// The bits of the largest magnitude. Bits of non-negative floats order as the floats do, and infinities and
/// NaN come after all others, so one integer maximum answers every question about a vector.
pub fn largest_magnitude(vector: &[f32]) -> u32 {
    vector
        .iter()
        .fold(0, |largest, x| largest.max(x.to_bits() & MAGNITUDE))
}

/// Asserts that a vector can be taken in.
///
/// # Errors
/// `not_finite`; `zero_vector` when nothing is left after flushing denormals.
pub fn check(vector: &[f32]) -> Result<()> {
    match largest_magnitude(vector) {
        INFINITY.. => Err(Status::NotFinite),
        SMALLEST_NORMAL.. => Ok(()),
        _ => Err(Status::ZeroVector),
    }
}

/// [`check`] of each of the `dim`-long vectors in `vectors`.
pub fn check_all(vectors: &[f32], dim: usize) -> Result<()> {
    vectors.chunks_exact(dim).try_for_each(check)
}

/// Zero for a denormal: arithmetic on them is some twenty times slower.
fn flush(x: f32) -> f32 {
    if x.to_bits() & MAGNITUDE < SMALLEST_NORMAL {
        0.0
    } else {
        x
    }
}

/// The sum of squares in f64, where squares of f32 neither overflow nor vanish. Four partial sums, in a fixed
/// order, so that every build gets the same bits.
fn sum_of_squares(vector: &[f32]) -> f64 {
    let mut sums = [0.0f64; 4];
    let (fours, tail) = vector.as_chunks::<4>();
    for four in fours {
        for (sum, &x) in sums.iter_mut().zip(four) {
            *sum += f64::from(x) * f64::from(x);
        }
    }
    for (sum, &x) in sums.iter_mut().zip(tail) {
        *sum += f64::from(x) * f64::from(x);
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// Writes a checked vector as it is compared: denormals flushed, a unit vector for the cosine. `out` may be
/// longer; its rest is left alone.
pub fn write(vector: &[f32], metric: Metric, out: &mut [f32]) {
    for (target, &x) in out.iter_mut().zip(vector) {
        *target = flush(x);
    }
    if metric == Metric::Cosine {
        let own = &mut out[..vector.len()];
        let inverse = 1.0 / sum_of_squares(own).sqrt();
        for x in own {
            *x = flush((f64::from(*x) * inverse) as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_be_compared() {
        assert_eq!(check(&[1.0, f32::NAN]), Err(Status::NotFinite));
        assert_eq!(check(&[f32::NEG_INFINITY, 0.0]), Err(Status::NotFinite));
        assert_eq!(check(&[0.0, -0.0, 1e-40]), Err(Status::ZeroVector));
        assert_eq!(check(&[0.0, -f32::MIN_POSITIVE]), Ok(()));
        assert_eq!(check_all(&[1.0, 1.0, 0.0, 0.0], 2), Err(Status::ZeroVector));
    }

    #[test]
    fn unit_vectors_of_any_length() {
        for factor in [1e-37f32, 1.0, 5e37] {
            let mut out = [9.0; 6];
            write(
                &[3.0 * factor, 0.0, 0.0, 0.0, -0.4e1 * factor],
                Metric::Cosine,
                &mut out,
            );
            for (got, wanted) in out.iter().zip([0.6, 0.0, 0.0, 0.0, -0.8, 9.0]) {
                assert!((got - wanted).abs() < 1e-6, "{out:?}");
            }
        }
    }

    #[test]
    fn denormals_become_zero() {
        let mut out = [1.0; 3];
        write(&[1e-40, -1e-40, 2.0], Metric::Ip, &mut out);
        assert_eq!(out.map(f32::to_bits), [0, 0, 2.0f32.to_bits()]);
        write(&[1e-30, 1e30, 0.0], Metric::Cosine, &mut out);
        assert_eq!(out, [0.0, 1.0, 0.0]);
    }
}
