//! Adding, replacing and removing against a naive model; refused batches change nothing.

mod support;

use abi::{Output, Status};
use std::collections::BTreeMap;
use support::*;
use vector::index::{Index, Search};
use vector::metric::{Metric, Storage};

const DIM: usize = 9;

/// Every row in the model is in the index and scores the same as in an index made of the model alone.
fn assert_same(index: &mut Index, storage: Storage, model: &BTreeMap<u32, Vec<f32>>, query: &[f32]) {
    assert_eq!(index.len(), model.len());
    let mut fresh = Index::new(DIM, Metric::L2sq, storage).unwrap();
    let ordinals: Vec<u32> = model.keys().copied().collect();
    let rows: Vec<f32> = model.values().flatten().copied().collect();
    fresh.add(&ordinals, &rows).unwrap();
    let wanted = search(&mut fresh, query, Search { k: 100, ..ALL });
    assert_eq!(search(index, query, Search { k: 100, ..ALL }), wanted);
    assert_eq!(held(index, storage, &ordinals), held(&fresh, storage, &ordinals));
}

#[test]
fn random_changes_match_a_naive_model() {
    for storage in STORAGES {
        let mut random = Random(11);
        let mut index = Index::new(DIM, Metric::L2sq, storage).unwrap();
        let mut model = BTreeMap::<u32, Vec<f32>>::new();
        for _ in 0..400 {
            let count = 1 + random.below(4);
            let ordinals: Vec<u32> = (0..count).map(|_| random.below(60) as u32).collect();
            let rows: Vec<Vec<f32>> = (0..count).map(|_| random.vector(DIM)).collect();
            let distinct = ordinals.iter().collect::<std::collections::BTreeSet<_>>().len() == count;
            let present = ordinals.iter().all(|ordinal| model.contains_key(ordinal));
            let absent = !ordinals.iter().any(|ordinal| model.contains_key(ordinal));
            let entries = ordinals.iter().copied().zip(rows.iter().cloned());
            match random.below(3) {
                0 => {
                    let done = index.add(&ordinals, &rows.concat());
                    assert_eq!(
                        done,
                        if absent && distinct {
                            Ok(count)
                        } else {
                            Err(Status::OrdinalTaken)
                        }
                    );
                    if done.is_ok() {
                        model.extend(entries);
                    }
                }
                1 => {
                    let done = index.update(&ordinals, &rows.concat());
                    assert_eq!(
                        done,
                        if present {
                            Ok(count)
                        } else {
                            Err(Status::OrdinalMissing)
                        }
                    );
                    if done.is_ok() {
                        model.extend(entries);
                    }
                }
                _ => {
                    let done = index.remove(&ordinals);
                    assert_eq!(
                        done,
                        if present && distinct {
                            Ok(count)
                        } else {
                            Err(Status::OrdinalMissing)
                        }
                    );
                    if done.is_ok() {
                        model.retain(|ordinal, _| !ordinals.contains(ordinal));
                    }
                }
            }
            assert_same(&mut index, storage, &model, &random.vector(DIM));
        }
        assert!(!model.is_empty());
    }
}

#[test]
fn a_coarse_scan_follows_rows_that_moved() {
    // Rows of very different lengths, so that a norm or scale left behind would change the coarse order.
    let mut random = Random(15);
    let rows: Vec<Vec<f32>> = (0..300)
        .map(|at| {
            random
                .vector(DIM)
                .iter()
                .map(|x| x * (1 + at % 7) as f32)
                .collect()
        })
        .collect();
    for metric in METRICS {
        let mut index = index_of(DIM, metric, Storage::I8, &rows);
        let removed: Vec<u32> = (0..300).filter(|ordinal| ordinal % 3 == 0).collect();
        index.remove(&removed).unwrap();
        let kept: Vec<u32> = (0..300).filter(|ordinal| ordinal % 3 != 0).collect();
        let mut fresh = Index::new(DIM, metric, Storage::I8).unwrap();
        fresh
            .add(
                &kept,
                &kept
                    .iter()
                    .flat_map(|&at| rows[at as usize].clone())
                    .collect::<Vec<_>>(),
            )
            .unwrap();
        for _ in 0..10 {
            let query = random.vector(DIM);
            let narrow = Search {
                k: 5,
                rescore: 5,
                allow: None,
            };
            assert_eq!(
                search(&mut index, &query, narrow),
                search(&mut fresh, &query, narrow)
            );
        }
    }
}

#[test]
fn a_refused_batch_changes_nothing() {
    let mut random = Random(12);
    let good = random.vector(DIM);
    for storage in STORAGES {
        for (bad, status) in [(f32::NAN, Status::NotFinite), (0.0, Status::ZeroVector)] {
            let mut index = Index::new(DIM, Metric::L2sq, storage).unwrap();
            index.add(&[5], &good).unwrap();
            let model = BTreeMap::from([(5, good.clone())]);
            let rows = [random.vector(DIM), vec![bad; DIM]].concat();
            assert_eq!(index.add(&[1, 2], &rows), Err(status));
            assert_eq!(index.update(&[5, 5], &rows), Err(status));
            assert_eq!(index.quantize(&rows, &mut Output::new()), Err(status));
            assert_same(&mut index, storage, &model, &good);
        }
    }
}

#[test]
fn of_an_ordinal_updated_twice_the_later_row_stays() {
    let mut index = index_of(2, Metric::Ip, Storage::F32, &[vec![1.0, 1.0]]);
    index.update(&[0, 0], &[2.0, 2.0, 3.0, 4.0]).unwrap();
    assert_eq!(held(&index, Storage::F32, &[0]), [[3.0, 4.0]]);
}

#[test]
fn packed_rows_go_in_and_out_unchanged() {
    let mut random = Random(13);
    for dim in [1, 7, 16, 40] {
        for metric in METRICS {
            let rows: Vec<_> = (0..5).map(|_| random.vector(dim)).collect();
            let ordinals = [0, 1, 2, 3, 4];
            let mut from_floats = index_of(dim, metric, Storage::I8, &rows);
            let mut packed = Output::new();
            // Any storage packs alike, and packing changes no index.
            let mut other = Index::new(dim, metric, Storage::F32).unwrap();
            assert_eq!(other.quantize(&rows.concat(), &mut packed), Ok(5));
            assert!(other.is_empty());
            let mut from_packed = Index::new(dim, metric, Storage::I8).unwrap();
            assert_eq!(from_packed.add_packed(&ordinals, packed.as_bytes()), Ok(5));
            for index in [&from_floats, &from_packed] {
                let mut got = Output::new();
                index.get(&ordinals, &mut got).unwrap();
                assert_eq!(got.as_bytes(), packed.as_bytes());
            }
            let query = random.vector(dim);
            assert_eq!(
                search(&mut from_packed, &query, ALL),
                search(&mut from_floats, &query, ALL)
            );
        }
    }
}

#[test]
fn a_packed_row_is_within_half_a_level() {
    let mut random = Random(14);
    for factor in [1e-35f32, 1e-3, 1.0, 1e30] {
        let row: Vec<f32> = random.vector(33).iter().map(|x| x * factor).collect();
        let index = index_of(33, Metric::Ip, Storage::I8, std::slice::from_ref(&row));
        let largest = row.iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
        for (got, wanted) in held(&index, Storage::I8, &[0])[0].iter().zip(&row) {
            assert!((got - wanted).abs() <= largest / 127.0 * 0.5001, "{got} {wanted}");
        }
    }
}

#[test]
fn a_packed_cosine_row_is_a_unit_vector_whatever_its_scale() {
    let mut index = Index::new(4, Metric::Cosine, Storage::I8).unwrap();
    let mut packed = vec![3u8, 0, 252, 0];
    packed.extend(9.0f32.to_le_bytes());
    index.add_packed(&[0], &packed).unwrap();
    let row = &held(&index, Storage::I8, &[0])[0];
    assert!(
        row.iter()
            .zip([0.6, 0.0, -0.8, 0.0])
            .all(|(got, wanted)| (got - wanted).abs() < 1e-6),
        "{row:?}"
    );
}

#[test]
fn bad_packed_rows_are_a_status() {
    let status = |storage, levels: [u8; 2], scale: f32| {
        let mut index = Index::new(2, Metric::Ip, storage).unwrap();
        let done = index.add_packed(&[0], &[&levels[..], &scale.to_le_bytes()].concat());
        assert_eq!(index.len(), done.map_or(0, |added| added));
        done
    };
    assert_eq!(status(Storage::I8, [1, 128], 0.5), Ok(1));
    assert_eq!(status(Storage::I8, [1, 2], f32::INFINITY), Err(Status::NotFinite));
    assert_eq!(status(Storage::I8, [1, 2], -1.0), Err(Status::BadArgument));
    assert_eq!(status(Storage::I8, [1, 2], 0.0), Err(Status::ZeroVector));
    assert_eq!(status(Storage::I8, [0, 0], 1.0), Err(Status::ZeroVector));
    assert_eq!(status(Storage::F32, [1, 2], 1.0), Err(Status::BadArgument));
    assert_eq!(status(Storage::I8F32, [1, 2], 1.0), Err(Status::BadArgument));
}

#[test]
fn room_that_cannot_exist_is_a_status() {
    let mut index = index_of(8, Metric::Cosine, Storage::I8F32, &[vec![1.0; 8]]);
    assert_eq!(index.reserve(usize::MAX / 16), Err(Status::OutOfMemory));
    assert_eq!(index.reserve(1000), Ok(()));
    assert_eq!(index.add(&[u32::MAX], &[1.0; 8]), Err(Status::OutOfMemory));
    assert_eq!(search(&mut index, &[1.0; 8], ALL).len(), 1);
}
