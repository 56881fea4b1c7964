//! The tokenizer and the embeddings against published vectors, and hostile files.

use super::*;
use crate::random::Random;
use std::path::PathBuf;

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A small file: `pieces`, `dim` columns of pseudo-random rows.
fn sve(pieces: &[&str], dim: usize, bits: u32) -> Vec<u8> {
    let vocabulary = pieces.join("\n");
    let mut file = b"SVE1".to_vec();
    for value in [pieces.len() as u32, dim as u32, bits, vocabulary.len() as u32] {
        file.extend(value.to_le_bytes());
    }
    file.extend(vocabulary.as_bytes());
    file.resize(file.len().next_multiple_of(16), 0);
    (0..pieces.len()).for_each(|i| file.extend((0x2C00 + i as u16 * 37).to_le_bytes()));
    file.resize(file.len().next_multiple_of(16), 0);
    let mut random = Random::new(9);
    (0..pieces.len() * dim * bits as usize / 8).for_each(|_| file.push(random.next() as u8));
    file
}

#[test]
fn golden_texts_have_their_ids_and_embeddings() {
    let file = std::fs::read(repository().join("pylib/pramana/data/minilm-static-256-i4.sve")).unwrap();
    let mut model = Model::load(&file).unwrap();
    assert_eq!((model.dim(), model.vocabulary_len()), (256, 28_091));
    let golden = std::fs::read_to_string(repository().join("tests/golden/embedder.json")).unwrap();
    let cases = golden::parse(&golden);
    assert_eq!(cases.len(), 27);
    for case in cases {
        assert_eq!(model.tokenize(&case.text).unwrap(), case.ids, "{}", case.text);
        let embedding = model.embed(&case.text).unwrap();
        for (got, expected) in embedding.iter().zip(&case.embedding) {
            // The published numbers have six decimals.
            assert!((got - expected).abs() < 2e-6, "{}: {got} {expected}", case.text);
        }
    }
}

#[test]
fn both_packings_sum_scaled_rows() {
    for (bits, dim) in [(4, 2), (4, 32), (4, 70), (8, 1), (8, 32), (8, 67)] {
        let file = sve(&["a", "b", "c"], dim, bits);
        let rows = &file[file.len() - 3 * dim * bits as usize / 8..];
        let mut model = Model::load(&file).unwrap();
        let embedding = model.embed("c a c unknown").unwrap().to_vec();
        let value = |token: usize, i: usize| {
            let at = token * dim + i;
            if bits == 8 {
                return f64::from(rows[at] as i8);
            }
            f64::from(rows[at / 2] >> (at % 2 * 4) & 15) - 8.0
        };
        let scale = |token: u16| f64::from(half::to_f32(0x2C00 + token * 37));
        let sum: Vec<f64> = (0..dim)
            .map(|i| scale(0) * value(0, i) + 2.0 * scale(2) * value(2, i))
            .collect();
        let norm = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
        for (got, expected) in embedding.iter().zip(&sum) {
            assert!((f64::from(*got) - expected / norm).abs() < 1e-6, "{bits} {dim}");
        }
        assert!(model.embed("unknown").unwrap().iter().all(|&x| x == 0.0));
    }
}

#[test]
fn cut_and_changed_headers_are_refused() {
    let file = sve(&["a", "##b", "c"], 6, 4);
    assert!(Model::load(&file).is_ok());
    for len in 0..file.len() {
        assert_eq!(Model::load(&file[..len]).err(), Some(Status::BadFormat), "{len}");
    }
    let mut longer = file.clone();
    longer.push(0);
    assert_eq!(Model::load(&longer).err(), Some(Status::BadFormat));
    for at in 0..20 {
        for bit in 0..8 {
            let mut changed = file.clone();
            changed[at] ^= 1 << bit;
            assert_eq!(Model::load(&changed).err(), Some(Status::BadFormat), "{at} {bit}");
        }
    }
}

#[test]
fn bad_scales_and_padding_are_refused() {
    let file = sve(&["a", "##b", "c"], 6, 4);
    for (at, byte) in [(27, 1), (33, 0x7C), (39, 1)] {
        let mut changed = file.clone();
        changed[at] = byte;
        assert_eq!(Model::load(&changed).err(), Some(Status::BadFormat), "{at}");
    }
}

#[test]
fn long_text_without_spaces_is_one_unknown_word() {
    let mut model = Model::load(&sve(&["a", "##a"], 4, 4)).unwrap();
    assert!(model.tokenize(&"a".repeat(1_000_000)).unwrap().is_empty());
    assert_eq!(model.tokenize(&"a".repeat(100)).unwrap().len(), 100);
}

/// Enough of JSON for the golden file.
mod golden {
    pub struct Case {
        pub text: String,
        pub ids: Vec<u32>,
        pub embedding: Vec<f32>,
    }

    pub fn parse(json: &str) -> Vec<Case> {
        let cases = json.split("{\"text\": \"").skip(1);
        cases
            .map(|case| {
                let (text, rest) = case.split_once("\", \"ids\": ").unwrap();
                let (ids, rest) = rest.split_once(", \"pieces\": ").unwrap();
                let (_, embedding) = rest.split_once("\"embedding\": ").unwrap();
                Case {
                    text: unescape(text),
                    ids: numbers(ids),
                    embedding: numbers(embedding),
                }
            })
            .collect()
    }

    fn numbers<T: core::str::FromStr<Err: core::fmt::Debug>>(list: &str) -> Vec<T> {
        let list = list.trim_start_matches('[').split(']').next().unwrap();
        list.split(", ")
            .filter(|number| !number.is_empty())
            .map(|number| number.parse().unwrap())
            .collect()
    }

    fn unescape(text: &str) -> String {
        let mut units = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            if c != '\\' {
                units.extend(c.encode_utf16(&mut [0; 2]).iter());
                continue;
            }
            let (escape, after) = rest.split_at(1);
            rest = after;
            units.push(match escape {
                "n" => 10,
                "t" => 9,
                "u" => {
                    let (hex, after) = rest.split_at(4);
                    rest = after;
                    u16::from_str_radix(hex, 16).unwrap()
                }
                other => u16::from(other.as_bytes()[0]),
            });
        }
        String::from_utf16(&units).unwrap()
    }
}
