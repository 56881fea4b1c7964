//! What the tests share: random vectors, results read back, and the exact scores in f64.
#![allow(dead_code, reason = "each test binary uses its part")]

use abi::{Output, Reader};
use vector::index::{Index, Search};
use vector::metric::{Metric, Storage};

pub const METRICS: [Metric; 3] = [Metric::Cosine, Metric::Ip, Metric::L2sq];
pub const STORAGES: [Storage; 3] = [Storage::F32, Storage::I8, Storage::I8F32];

/// splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.bits() % bound as u64) as usize
    }

    /// Uniform in [-1, 1).
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    pub fn vector(&mut self, dim: usize) -> Vec<f32> {
        let mut vector: Vec<f32> = (0..dim).map(|_| self.unit()).collect();
        vector[0] += 0.01;
        vector
    }
}

pub const ALL: Search<'static> = Search {
    k: 10,
    rescore: 0,
    allow: None,
};

pub fn index_of(dim: usize, metric: Metric, storage: Storage, rows: &[Vec<f32>]) -> Index {
    let mut index = Index::new(dim, metric, storage).unwrap();
    let ordinals: Vec<u32> = (0..rows.len() as u32).collect();
    index.add(&ordinals, &rows.concat()).unwrap();
    index
}

fn read_matches(reader: &mut Reader, count: usize) -> Vec<(u32, f32)> {
    let ordinals: Vec<u32> = (0..count).map(|_| reader.u32().unwrap()).collect();
    ordinals
        .into_iter()
        .map(|ordinal| (ordinal, reader.f32().unwrap()))
        .collect()
}

pub fn search(index: &mut Index, query: &[f32], search: Search) -> Vec<(u32, f32)> {
    let mut output = Output::new();
    let count = index.search(query, search, &mut output).unwrap();
    read(&output, count)
}

/// The matches of one search.
pub fn read(output: &Output, count: usize) -> Vec<(u32, f32)> {
    let mut reader = Reader::new(output.as_bytes());
    let matches = read_matches(&mut reader, count);
    reader.finish().unwrap();
    matches
}

pub fn search_batch(index: &mut Index, queries: &[Vec<f32>], search: Search) -> Vec<Vec<(u32, f32)>> {
    let mut output = Output::new();
    let count = index
        .search_batch(&queries.concat(), search, &mut output)
        .unwrap();
    let mut reader = Reader::new(output.as_bytes());
    let all = (0..count)
        .map(|_| {
            let found = reader.u32().unwrap() as usize;
            read_matches(&mut reader, found)
        })
        .collect();
    reader.finish().unwrap();
    all
}

pub fn floats(output: &Output) -> Vec<f32> {
    output
        .as_bytes()
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect()
}

pub fn score(index: &mut Index, query: &[f32], ordinals: &[u32]) -> Vec<f32> {
    let mut output = Output::new();
    index.score(query, ordinals, &mut output).unwrap();
    floats(&output)
}

/// What the index holds of each row, in f32: the kept row, or the dequantised one.
pub fn held(index: &Index, storage: Storage, ordinals: &[u32]) -> Vec<Vec<f32>> {
    let mut output = Output::new();
    index.get(ordinals, &mut output).unwrap();
    let dim = index.dim();
    if storage != Storage::I8 {
        return floats(&output).chunks_exact(dim).map(<[f32]>::to_vec).collect();
    }
    let rows = output.as_bytes().chunks_exact(dim + 4);
    rows.map(|row| {
        let scale = f32::from_le_bytes(*row.last_chunk().unwrap());
        row[..dim]
            .iter()
            .map(|&level| scale * f32::from(level as i8))
            .collect()
    })
    .collect()
}

pub fn unit(vector: &[f32]) -> Vec<f64> {
    let norm = vector.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    vector.iter().map(|&x| f64::from(x) / norm).collect()
}

/// The score in f64 of a held row, and the forward error bound of computing it in f32 in any order.
pub fn oracle(metric: Metric, query: &[f32], row: &[f32]) -> (f64, f64) {
    let query: Vec<f64> = if metric == Metric::Cosine {
        unit(query)
    } else {
        query.iter().map(|&x| x.into()).collect()
    };
    let terms: Vec<f64> = query
        .iter()
        .zip(row)
        .map(|(&q, &x)| match metric {
            Metric::Cosine | Metric::Ip => q * f64::from(x),
            Metric::L2sq => -(q - f64::from(x)).powi(2),
        })
        .collect();
    // One rounding each for the held row, the difference and the scale on top of the products and sums.
    let magnitude: f64 = query
        .iter()
        .zip(row)
        .map(|(&q, &x)| match metric {
            Metric::Cosine | Metric::Ip => (q * f64::from(x)).abs(),
            Metric::L2sq => (q.abs() + f64::from(x).abs()).powi(2),
        })
        .sum();
    (
        terms.iter().sum(),
        (row.len() as f64 + 8.0) * f64::from(f32::EPSILON) * magnitude + 1e-30,
    )
}

/// The ordinals by descending score, then ordinal.
pub fn ranked(mut scores: Vec<(u32, f32)>, k: usize) -> Vec<(u32, f32)> {
    scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scores.truncate(k);
    scores
}
