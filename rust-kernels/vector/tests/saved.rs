//! Saved indexes come back the same; changed, cut and hostile bytes are a status and never a panic.

mod support;

use abi::{Output, Status};
use support::*;
use vector::index::{Index, Search};
use vector::metric::{Metric, Storage};
use vector::serial::{load, save};

fn saved(index: &Index) -> Vec<u8> {
    let mut output = Output::new();
    assert_eq!(save(index, &mut output), Ok(index.len()));
    output.as_bytes().to_vec()
}

/// The bytes with the checksum they ought to have.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 8;
    let checksum = abi::hash::xxh64(&bytes[..end], 0);
    bytes[end..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[test]
fn a_saved_index_comes_back_the_same() {
    let mut random = Random(21);
    for dim in [1, 6, 16, 35] {
        for metric in METRICS {
            for storage in STORAGES {
                let rows: Vec<_> = (0..21).map(|_| random.vector(dim)).collect();
                let mut index = index_of(dim, metric, storage, &rows);
                index.remove(&[3, 20, 0]).unwrap();
                let bytes = saved(&index);
                let mut again = load(&bytes).unwrap();
                assert_eq!(saved(&again), bytes);
                let query = random.vector(dim);
                let wanted = search(&mut index, &query, Search { k: 30, ..ALL });
                assert_eq!(search(&mut again, &query, Search { k: 30, ..ALL }), wanted);
                again.add(&[3], &rows[3]).unwrap();
                assert_eq!(again.add(&[4], &rows[4]), Err(Status::OrdinalTaken));
            }
        }
    }
}

#[test]
fn an_empty_index_is_saved_too() {
    let index = Index::new(5, Metric::Ip, Storage::I8).unwrap();
    assert_eq!(load(&saved(&index)).unwrap().len(), 0);
}

#[test]
fn saved_rows_have_no_padding() {
    let mut random = Random(22);
    let rows: Vec<_> = (0..50).map(|_| random.vector(17)).collect();
    assert_eq!(
        saved(&index_of(17, Metric::Ip, Storage::I8, &rows)).len(),
        40 + 50 * (4 + 17 + 4)
    );
    assert_eq!(
        saved(&index_of(17, Metric::Ip, Storage::I8F32, &rows)).len(),
        40 + 50 * (4 + 17 * 4)
    );
}

#[test]
fn every_flipped_byte_is_seen() {
    let mut random = Random(23);
    for storage in [Storage::F32, Storage::I8] {
        let rows: Vec<_> = (0..4).map(|_| random.vector(5)).collect();
        let bytes = saved(&index_of(5, Metric::Cosine, storage, &rows));
        for at in 0..bytes.len() {
            for flip in [1, 0x80, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                let wanted = if at < 8 {
                    Status::BadFormat
                } else {
                    Status::BadChecksum
                };
                assert_eq!(load(&changed).err(), Some(wanted), "{at}");
            }
        }
        for len in 0..bytes.len() {
            assert!(load(&bytes[..len]).is_err(), "{len}");
        }
    }
}

#[test]
fn hostile_counts_with_a_right_checksum_are_refused() {
    let bytes = saved(&index_of(
        5,
        Metric::Ip,
        Storage::F32,
        &[vec![1.0; 5], vec![2.0; 5]],
    ));
    let with = |at: usize, value: u32| {
        let mut changed = bytes.clone();
        changed[at..at + 4].copy_from_slice(&value.to_le_bytes());
        load(&sealed(changed)).err()
    };
    assert_eq!(with(8, 5), None);
    for (at, values) in [
        (8, [0, 4, 6, 65_537, u32::MAX]),
        (12, [3, 4, 5, 255, u32::MAX]),
        (16, [1, 3, 4, 255, u32::MAX]),
        (20, [0, 1, 3, 1 << 30, u32::MAX]),
        (24, [1, 2, 3, 4, u32::MAX]),
        (36, [0, 1 << 28, 1 << 29, 1 << 31, u32::MAX]),
    ] {
        for value in values {
            assert_eq!(with(at, value), Some(Status::BadFormat), "{at} {value}");
        }
    }
    assert_eq!(with(40, f32::NAN.to_bits()), Some(Status::BadFormat));
}

#[test]
fn random_bytes_with_a_right_checksum_never_panic() {
    let mut random = Random(24);
    let whole = saved(&index_of(
        3,
        Metric::L2sq,
        Storage::I8,
        &[vec![1.0; 3], vec![2.0; 3], vec![-1.0; 3]],
    ));
    let mut loaded = 0;
    for _ in 0..3000 {
        let mut bytes = whole.clone();
        for _ in 0..1 + random.below(3) {
            let at = 8 + random.below(bytes.len() - 16);
            // Small values in a high byte of an ordinal would only allocate much.
            bytes[at] = if (32..44).contains(&at) && at % 4 == 3 {
                0x80
            } else {
                random.bits() as u8
            };
        }
        bytes.truncate(bytes.len() - random.below(2) * random.below(20));
        if let Ok(mut index) = load(&sealed(bytes)) {
            loaded += 1;
            let query = random.vector(index.dim());
            assert!(search(&mut index, &query, ALL).len() <= 3);
        }
    }
    assert!(loaded > 20, "{loaded}");
}
