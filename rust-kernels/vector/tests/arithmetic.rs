//! The scalar arithmetic, which is the oracle of the vector builds, against f64 and exact integers.

mod support;

use arithmetic::scalar;
use arithmetic::BLOCK;
use support::Random;
use vector::quantize::QUERY_LEVELS;

#[test]
fn f32_sums_are_within_the_forward_error_bound() {
    let mut random = Random(31);
    for len in [4, 8, 12, 16, 20, 64, 384, 4096] {
        let query = random.vector(len);
        let rows: [Vec<f32>; 4] = std::array::from_fn(|_| random.vector(len));
        let slices = std::array::from_fn(|row| &rows[row][..]);
        let (dots, distances) = (scalar::dot4(&query, slices), scalar::l2sq4(&query, slices));
        for (row, (dot, distance)) in rows.iter().zip(dots.into_iter().zip(distances)) {
            let pairs = || query.iter().zip(row).map(|(&q, &x)| (f64::from(q), f64::from(x)));
            let bound = (len as f64 + 4.0) * f64::from(f32::EPSILON);
            let magnitude: f64 = pairs().map(|(q, x)| (q * x).abs()).sum();
            assert!((f64::from(dot) - pairs().map(|(q, x)| q * x).sum::<f64>()).abs() <= bound * magnitude);
            let exact: f64 = pairs().map(|(q, x)| (q - x).powi(2)).sum();
            assert!((f64::from(distance) - exact).abs() <= bound * exact);
        }
    }
}

#[test]
fn integer_sums_are_exact_within_a_block_at_the_extremes() {
    let top = QUERY_LEVELS as i16;
    for (query, row) in [(top, -128i8), (-top, -128), (top, 127), (-top, 127)] {
        let (queries, rows) = (vec![query; BLOCK], vec![row; BLOCK]);
        let exact = i64::from(query) * i64::from(row) * BLOCK as i64;
        assert_eq!(scalar::dot4_levels(&queries, [&rows; 4]), [exact as f32; 4]);
    }
}

#[test]
fn integer_sums_match_wide_ones_over_many_blocks() {
    let mut random = Random(32);
    for len in [16usize, 1008, 1024, 1040, 5008] {
        let query: Vec<i16> = (0..len).map(|_| random.below(32_767) as i16 - 16_383).collect();
        let rows: [Vec<i8>; 4] = std::array::from_fn(|_| (0..len).map(|_| random.bits() as i8).collect());
        let sums = scalar::dot4_levels(&query, std::array::from_fn(|row| &rows[row][..]));
        for (row, sum) in rows.iter().zip(sums) {
            let exact: i64 = query
                .iter()
                .zip(row)
                .map(|(&q, &x)| i64::from(q) * i64::from(x))
                .sum();
            let blocks = len.div_ceil(BLOCK) as f64;
            assert!(
                (f64::from(sum) - exact as f64).abs() <= blocks * 2.0f64.powi(31) * f64::from(f32::EPSILON)
            );
        }
    }
}
