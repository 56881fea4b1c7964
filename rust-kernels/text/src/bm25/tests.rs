//! The index against a naive model that keeps the terms of every document and computes in f64.

use super::*;
use crate::random::Random;
use abi::Output;
use std::collections::{BTreeMap, BTreeSet};

const WEIGHTS: [f32; 2] = [2.0, 1.0];
const WORDS: [&str; 14] = [
    "server",
    "servers",
    "retry",
    "the",
    "of",
    "naïve",
    "NAIVE",
    "日本",
    "don't",
    "token",
    "tokens",
    "dog's",
    "x",
    "authentication",
];

fn index() -> Index {
    Index::new(Parameters::new(&WEIGHTS, 1.2, 0.75).unwrap()).unwrap()
}

fn listed(index: &mut Index, text: &str) -> Vec<String> {
    let terms = String::from_utf8(index.terms_of(text).unwrap()).unwrap();
    terms
        .split('\n')
        .filter(|term| !term.is_empty())
        .map(String::from)
        .collect()
}

/// Terms and word counts, by field.
type Document = [(Vec<String>, usize); 2];

#[derive(Default)]
struct Naive {
    documents: BTreeMap<u32, Document>,
}

impl Naive {
    fn score(&self, query: &BTreeSet<String>, ordinal: u32) -> f64 {
        let weigh =
            |f: &dyn Fn(usize) -> usize| (0..2).map(|i| f64::from(WEIGHTS[i]) * f(i) as f64).sum::<f64>();
        let length = |document: &Document| weigh(&|i| document[i].1);
        let mean = self.documents.values().map(length).sum::<f64>() / self.documents.len() as f64;
        let (k1, b) = (f64::from(1.2f32), 0.75);
        let document = &self.documents[&ordinal];
        query
            .iter()
            .map(|term| {
                let has = |document: &Document| document.iter().any(|field| field.0.contains(term));
                let df = self.documents.values().filter(|document| has(document)).count() as f64;
                let tf = weigh(&|i| document[i].0.iter().filter(|held| *held == term).count());
                if tf == 0.0 {
                    return 0.0;
                }
                let idf = (1.0 + (self.documents.len() as f64 - df + 0.5) / (df + 0.5)).ln();
                idf * tf * (k1 + 1.0) / (tf + k1 * (1.0 - b + b * length(document) / mean))
            })
            .sum()
    }
}

fn random_text(random: &mut Random) -> String {
    let count = random.below(7);
    (0..count)
        .map(|_| WORDS[random.below(WORDS.len())])
        .collect::<Vec<_>>()
        .join(" ")
}

fn saved(index: &Index) -> Vec<u8> {
    let mut output = Output::new();
    index.save(&mut output).unwrap();
    output.as_bytes().to_vec()
}

fn check(index: &mut Index, naive: &Naive, query: &str, allow: Option<&[u8]>) {
    let terms: BTreeSet<String> = listed(index, query).into_iter().collect();
    let ordinals: Vec<u32> = naive.documents.keys().copied().collect();
    let scores = index.score(query, &ordinals).unwrap();
    for (&ordinal, &score) in ordinals.iter().zip(&scores) {
        let exact = naive.score(&terms, ordinal);
        assert!(
            (f64::from(score) - exact).abs() <= 1e-5 * exact,
            "{query}: {ordinal} {score} {exact}"
        );
    }
    let mut expected: Vec<(f32, u32)> = scores.into_iter().zip(ordinals).collect();
    expected.retain(|&(score, ordinal)| score > 0.0 && allow.is_none_or(|bits| is_allowed(bits, ordinal)));
    expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for k in [1, 3, 100] {
        let found = index.search(query, k, allow).unwrap();
        let found: Vec<(f32, u32)> = found.iter().map(|hit| (hit.score, hit.ordinal)).collect();
        assert_eq!(found, expected[..k.min(expected.len())], "{query}");
    }
}

#[test]
fn agrees_with_the_naive_model_under_random_changes() {
    let mut random = Random::new(1);
    let (mut index, mut naive) = (index(), Naive::default());
    for round in 0..1500 {
        let ordinal = random.below(40) as u32;
        let present = naive.documents.contains_key(&ordinal);
        if random.below(100) < 55 {
            let texts = [random_text(&mut random), random_text(&mut random)];
            let added = index.add(&[ordinal], &[&texts[0], &texts[1]]);
            assert_eq!(
                added,
                if present {
                    Err(Status::OrdinalTaken)
                } else {
                    Ok(())
                }
            );
            if !present {
                let document = texts.map(|text| {
                    let words = Analyser::default().terms(&text, &mut |_| Ok(())).unwrap();
                    (listed(&mut index, &text), words)
                });
                naive.documents.insert(ordinal, document);
            }
        } else {
            let removed = index.remove(&[ordinal]);
            assert_eq!(
                removed,
                if present {
                    Ok(())
                } else {
                    Err(Status::OrdinalMissing)
                }
            );
            naive.documents.remove(&ordinal);
        }
        assert_eq!(index.len(), naive.documents.len());
        if round % 10 == 0 {
            let query = random_text(&mut random);
            check(&mut index, &naive, &query, None);
            let bits = (random.next() as u32).to_le_bytes();
            check(&mut index, &naive, &query, Some(&bits));
            let bytes = saved(&index);
            let mut loaded = Index::load(&bytes).unwrap();
            check(&mut loaded, &naive, &query, None);
            assert_eq!(saved(&loaded), bytes);
        }
    }
}

#[test]
fn removing_everything_leaves_a_fresh_index() {
    let mut index = index();
    let fresh = saved(&index);
    index
        .add(&[3, 900], &["the server", "retry", "naive", "token token"])
        .unwrap();
    index.remove(&[900, 3]).unwrap();
    assert_eq!(saved(&index), fresh);
    index.add(&[0], &["server", ""]).unwrap();
    let mut other = super::tests::index();
    other.add(&[0], &["server", ""]).unwrap();
    assert_eq!(saved(&index), saved(&other));
}

#[test]
fn the_order_of_changes_does_not_show() {
    let (mut a, mut b) = (index(), index());
    a.add(&[1, 2], &["server", "retry", "token server", ""]).unwrap();
    b.add(&[2, 7], &["token server", "", "x", "y z"]).unwrap();
    b.add(&[1], &["server", "retry"]).unwrap();
    b.remove(&[7]).unwrap();
    assert_eq!(saved(&a), saved(&b));
}

#[test]
fn a_loaded_index_can_be_changed() {
    let mut index = index();
    index
        .add(&[1, 2, 5], &["server", "retry", "token server", "", "", "the"])
        .unwrap();
    let mut loaded = Index::load(&saved(&index)).unwrap();
    for index in [&mut index, &mut loaded] {
        index.remove(&[2]).unwrap();
        index.add(&[0], &["dog", "server"]).unwrap();
    }
    assert_eq!(saved(&index), saved(&loaded));
}

#[test]
fn a_failed_batch_changes_nothing() {
    let mut index = index();
    index.add(&[1], &["server", "retry"]).unwrap();
    let before = saved(&index);
    assert_eq!(
        index.add(&[2, 1], &["a", "b", "c", "d"]),
        Err(Status::OrdinalTaken)
    );
    assert_eq!(
        index.add(&[2, 2], &["a", "b", "c", "d"]),
        Err(Status::OrdinalTaken)
    );
    assert_eq!(index.add(&[2, 3], &["a", "b", "c"]), Err(Status::BadArgument));
    assert_eq!(
        index.add(&[2, 1 << 28], &["a", "b", "c", "d"]),
        Err(Status::OutOfMemory)
    );
    assert_eq!(index.remove(&[1, 1]), Err(Status::OrdinalMissing));
    assert_eq!(index.remove(&[1, 9]), Err(Status::OrdinalMissing));
    assert_eq!(
        index.score("server", &[1, u32::MAX]).err(),
        Some(Status::OrdinalMissing)
    );
    assert_eq!(index.search("server", 0, None).err(), Some(Status::BadArgument));
    assert_eq!(saved(&index), before);
}

#[test]
fn a_term_of_a_field_without_weight_does_not_count() {
    let mut index = Index::new(Parameters::new(&[1.0, 0.0], 1.2, 0.75).unwrap()).unwrap();
    index.add(&[0, 1], &["server", "token", "token", ""]).unwrap();
    let found = index.search("token", 5, None).unwrap();
    assert_eq!(found.iter().map(|hit| hit.ordinal).collect::<Vec<_>>(), [1]);
    assert_eq!(index.score("token", &[0]), Ok(vec![0.0]));
}

#[test]
fn parameters_out_of_range_are_refused() {
    let cases: [(&[f32], f32, f32, Status); 11] = [
        (&[], 1.2, 0.75, Status::BadArgument),
        (&[1.0; MAX_FIELDS + 1], 1.2, 0.75, Status::BadArgument),
        (&[-1.0], 1.2, 0.75, Status::BadArgument),
        (&[1.1e6], 1.2, 0.75, Status::BadArgument),
        (&[1.0, 1e-7], 1.2, 0.75, Status::BadArgument),
        (&[1.0], 1.1e6, 0.75, Status::BadArgument),
        (&[f32::NAN], 1.2, 0.75, Status::NotFinite),
        (&[1.0], -0.1, 0.75, Status::BadArgument),
        (&[1.0], f32::INFINITY, 0.75, Status::NotFinite),
        (&[1.0], 1.2, 1.5, Status::BadArgument),
        (&[1.0], 1.2, f32::NAN, Status::NotFinite),
    ];
    for (weights, k1, b, status) in cases {
        assert_eq!(Parameters::new(weights, k1, b), Err(status));
    }
}

#[test]
fn flipped_bits_and_cuts_are_noticed() {
    let mut index = index();
    index
        .add(&[1, 7], &["server", "retry", "token server", "x"])
        .unwrap();
    let whole = saved(&index);
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut changed = whole.clone();
            changed[at] ^= 1 << bit;
            assert!(Index::load(&changed).is_err(), "{at} {bit}");
        }
        assert!(Index::load(&whole[..at]).is_err(), "{at}");
    }
}

#[test]
fn forged_content_does_not_trap() {
    let mut index = index();
    index
        .add(
            &[1, 7, 9],
            &["server", "retry", "token server", "x", "retry", "server token"],
        )
        .unwrap();
    let whole = saved(&index);
    let content = &whole[8..whole.len() - 8];
    let mut random = Random::new(5);
    let mut loaded = 0;
    for _ in 0..20_000 {
        let mut forged = content.to_vec();
        for _ in 0..1 + random.below(3) {
            let at = random.below(forged.len());
            forged[at] = match random.below(3) {
                0 => random.next() as u8,
                1 => forged[at] ^ 1 << random.below(8),
                _ => 0xFF,
            };
        }
        forged.truncate(forged.len() - random.below(2) * random.below(4));
        let mut output = Output::new();
        output.open_seal(*b"PBM2", forged.len()).unwrap();
        output.put(&forged).unwrap();
        output.close_seal().unwrap();
        if let Ok(mut index) = Index::load(output.as_bytes()) {
            loaded += 1;
            index.search("server token retry", 5, None).unwrap();
            let all: Vec<u32> = index.documents.iter().collect();
            index.remove(&all).unwrap();
            assert_eq!(index.terms.len(), 0);
        }
    }
    assert!(loaded > 100, "{loaded}");
}
