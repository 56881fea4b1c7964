//! Searching and scoring against an f64 oracle, at every split of lanes, groups and blocks.

mod support;

use abi::{Output, Status};
use support::*;
use vector::index::{Index, Search};
use vector::metric::{Metric, Storage};

const DIMS: [usize; 14] = [1, 2, 3, 4, 5, 15, 16, 17, 31, 33, 64, 100, 1023, 1041];

#[test]
fn exact_scores_are_within_the_error_bound() {
    let mut random = Random(1);
    for dim in DIMS {
        let rows: Vec<_> = (0..7).map(|_| random.vector(dim)).collect();
        let query = random.vector(dim);
        for metric in METRICS {
            for storage in STORAGES {
                let mut index = index_of(dim, metric, storage, &rows);
                let ordinals = [6, 0, 3, 3, 5];
                let scores = score(&mut index, &query, &ordinals);
                for (score, row) in scores.iter().zip(held(&index, storage, &ordinals)) {
                    let (wanted, bound) = oracle(metric, &query, &row);
                    let error = (f64::from(*score) - wanted).abs();
                    assert!(
                        error <= bound,
                        "{dim} {metric:?} {storage:?}: {score} is not {wanted}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_search_finds_what_scoring_every_row_finds() {
    let mut random = Random(2);
    for (rows, dim) in (1..).zip(DIMS) {
        let vectors: Vec<_> = (0..rows).map(|_| random.vector(dim)).collect();
        let query = random.vector(dim);
        let ordinals: Vec<u32> = (0..rows as u32).collect();
        for metric in METRICS {
            for storage in STORAGES {
                let mut index = index_of(dim, metric, storage, &vectors);
                let scores = score(&mut index, &query, &ordinals);
                let all: Vec<_> = ordinals.iter().copied().zip(scores).collect();
                for k in [1, 2, rows, rows + 5] {
                    let found = search(&mut index, &query, Search { k, ..ALL });
                    assert_eq!(found, ranked(all.clone(), k), "{rows} {metric:?} {storage:?} {k}");
                }
            }
        }
    }
}

#[test]
fn small_integers_give_exact_scores() {
    let rows = [vec![1.0, 2.0, -3.0], vec![0.0, 0.0, 5.0], vec![4.0, -4.0, 1.0]];
    let query = [2.0, 1.0, 1.0];
    let mut ip = index_of(3, Metric::Ip, Storage::F32, &rows);
    assert_eq!(search(&mut ip, &query, ALL), [(1, 5.0), (2, 5.0), (0, 1.0)]);
    let mut l2sq = index_of(3, Metric::L2sq, Storage::F32, &rows);
    assert_eq!(
        search(&mut l2sq, &query, ALL),
        [(0, -18.0), (1, -21.0), (2, -29.0)]
    );
    let mut cosine = index_of(
        3,
        Metric::Cosine,
        Storage::F32,
        &[vec![0.0, 3.0, 0.0], vec![0.0, -9.0, 0.0]],
    );
    assert_eq!(search(&mut cosine, &[0.0, 0.5, 0.0], ALL), [(0, 1.0), (1, -1.0)]);
}

#[test]
fn equal_vectors_have_no_distance() {
    let mut random = Random(3);
    let rows = [random.vector(50)];
    let mut index = index_of(50, Metric::L2sq, Storage::I8F32, &rows);
    let found = search(&mut index, &rows[0], ALL);
    assert_eq!((found[0].0, found[0].1.to_bits()), (0, 0.0f32.to_bits()));
}

#[test]
fn a_bitmap_allows_exactly_its_ordinals() {
    let mut random = Random(4);
    let rows: Vec<_> = (0..150).map(|_| random.vector(20)).collect();
    let query = random.vector(20);
    for storage in STORAGES {
        let mut index = index_of(20, Metric::Cosine, storage, &rows);
        let everything = search(&mut index, &query, Search { k: 150, ..ALL });
        for bytes in [0, 1, 8, 9, 18, 19, 40] {
            let bitmap: Vec<u8> = (0..bytes).map(|_| random.bits() as u8).collect();
            let allowed = |ordinal: u32| {
                bitmap
                    .get(ordinal as usize / 8)
                    .is_some_and(|byte| byte >> (ordinal % 8) & 1 == 1)
            };
            let wanted: Vec<_> = everything
                .iter()
                .copied()
                .filter(|&(ordinal, _)| allowed(ordinal))
                .collect();
            for k in [10, 150] {
                let found = search(
                    &mut index,
                    &query,
                    Search {
                        k,
                        allow: Some(&bitmap),
                        ..ALL
                    },
                );
                assert_eq!(found, wanted[..k.min(wanted.len())]);
            }
        }
    }
}

#[test]
fn quantised_scans_with_rescoring_find_the_exact_neighbours() {
    let mut random = Random(5);
    let rows: Vec<_> = (0..2000).map(|_| random.vector(96)).collect();
    for metric in METRICS {
        let mut exact = index_of(96, metric, Storage::F32, &rows);
        let mut both = index_of(96, metric, Storage::I8F32, &rows);
        let mut found = 0;
        for _ in 0..30 {
            let query = random.vector(96);
            let wanted = search(&mut exact, &query, ALL);
            found += search(&mut both, &query, ALL)
                .iter()
                .filter(|hit| wanted.contains(hit))
                .count();
        }
        assert!(found >= 299, "{metric:?}: {found} of 300");
    }
}

#[test]
fn rescoring_few_keeps_the_coarse_order_and_rescoring_all_is_exact() {
    let mut random = Random(6);
    let rows: Vec<_> = (0..300).map(|_| random.vector(8)).collect();
    let query = random.vector(8);
    let mut exact = index_of(8, Metric::Ip, Storage::F32, &rows);
    let mut both = index_of(8, Metric::Ip, Storage::I8F32, &rows);
    let wanted = search(&mut exact, &query, Search { k: 50, ..ALL });
    assert_eq!(
        search(
            &mut both,
            &query,
            Search {
                k: 50,
                rescore: 300,
                ..ALL
            }
        ),
        wanted
    );
    assert_eq!(
        search(
            &mut both,
            &query,
            Search {
                k: 50,
                rescore: usize::MAX,
                ..ALL
            }
        ),
        wanted
    );
    assert_eq!(
        search(
            &mut both,
            &query,
            Search {
                k: 50,
                rescore: 1,
                ..ALL
            }
        )
        .len(),
        50
    );
}

#[test]
fn a_batch_is_its_queries() {
    let mut random = Random(7);
    let rows: Vec<_> = (0..40).map(|_| random.vector(10)).collect();
    let queries: Vec<_> = (0..5).map(|_| random.vector(10)).collect();
    for storage in STORAGES {
        let mut index = index_of(10, Metric::L2sq, storage, &rows);
        let each: Vec<_> = queries
            .iter()
            .map(|query| search(&mut index, query, ALL))
            .collect();
        assert_eq!(search_batch(&mut index, &queries, ALL), each);
    }
}

#[test]
fn pairs_score_as_rows_score() {
    let mut random = Random(8);
    let rows: Vec<_> = (0..9).map(|_| random.vector(21)).collect();
    let ordinals = [8, 2, 5, 2, 0, 1];
    for metric in METRICS {
        for storage in STORAGES {
            let mut index = index_of(21, metric, storage, &rows);
            let mut output = Output::new();
            assert_eq!(index.pairwise(&ordinals, &mut output), Ok(6));
            let pairs = floats(&output);
            let held = held(&index, storage, &ordinals);
            for a in 0..6 {
                for b in 0..6 {
                    let (wanted, bound) = oracle(metric, &held[a], &held[b]);
                    // Held rows are unit vectors up to rounding; the oracle normalises once more.
                    assert!((f64::from(pairs[a * 6 + b]) - wanted).abs() <= bound + 1e-6);
                    assert_eq!(pairs[a * 6 + b].to_bits(), pairs[b * 6 + a].to_bits());
                }
            }
        }
    }
}

#[test]
fn the_widest_rows_do_not_overflow() {
    let dim = 65_536;
    for sign in [1.0, -1.0] {
        let rows = [vec![1.0; dim], vec![-1.0; dim]];
        let mut index = index_of(dim, Metric::Ip, Storage::I8, &rows);
        let found = search(&mut index, &vec![sign; dim], ALL);
        assert_eq!(
            found.iter().map(|hit| hit.0).collect::<Vec<_>>(),
            if sign > 0.0 { [0, 1] } else { [1, 0] }
        );
        assert!((found[0].1 / 65_536.0 - 1.0).abs() < 1e-5);
    }
}

#[test]
fn scores_that_overflow_come_last() {
    let huge = f32::MAX;
    let rows = [
        vec![huge, -huge, 0.0, 0.0],
        vec![1.0, 1.0, 0.0, 0.0],
        vec![-huge, -huge, 0.0, 0.0],
    ];
    let mut index = index_of(4, Metric::Ip, Storage::F32, &rows);
    let found = search(&mut index, &[huge, huge, 0.0, 0.0], ALL);
    assert_eq!(found.iter().map(|hit| hit.0).collect::<Vec<_>>(), [1, 0, 2]);
    assert!(found.iter().all(|hit| !hit.1.is_nan()));
}

#[test]
fn what_cannot_be_searched_is_a_status() {
    let mut index = index_of(2, Metric::Cosine, Storage::I8, &[vec![1.0, 0.0]]);
    let mut output = Output::new();
    let mut status = |query: &[f32], k| index.search(query, Search { k, ..ALL }, &mut output);
    assert_eq!(status(&[1.0, 1.0], 0), Err(Status::BadArgument));
    assert_eq!(status(&[1.0, 1.0], 65_537), Err(Status::BadArgument));
    assert_eq!(status(&[1.0], 1), Err(Status::BadDimension));
    assert_eq!(status(&[1.0, f32::NAN], 1), Err(Status::NotFinite));
    assert_eq!(status(&[1e-40, 0.0], 1), Err(Status::ZeroVector));
    assert_eq!(status(&[1.0, 1.0], 65_536), Ok(1));
    assert_eq!(
        index.score(&[1.0, 0.0], &[0, 7], &mut output),
        Err(Status::OrdinalMissing)
    );
    assert_eq!(index.pairwise(&[7], &mut output), Err(Status::OrdinalMissing));
    for dim in [0, 65_537] {
        assert_eq!(
            Index::new(dim, Metric::Ip, Storage::F32).err(),
            Some(Status::BadDimension)
        );
    }
    let mut empty = Index::new(2, Metric::Ip, Storage::I8).unwrap();
    assert_eq!(search(&mut empty, &[1.0, 0.0], ALL), []);
}
