//! Searching by the graph, against the scan of the same rows: recall, changes, filters, copies, files.

mod support;

use abi::{Output, Status};
use std::collections::{BTreeMap, BTreeSet};
use support::{index_of, Random};
use vector::approximate::Walk;
use vector::hnsw::Shape;
use vector::index::{Index, Search};
use vector::metric::{Metric, Storage};

const SHAPE: Shape = Shape {
    m: 16,
    ef_construction: 100,
    seed: 7,
};
const WALK: Walk<'static> = Walk {
    k: 10,
    ef: 0,
    allow: None,
};

fn walk(index: &mut Index, query: &[f32], walk: Walk) -> Vec<(u32, f32)> {
    let mut output = Output::new();
    let count = index.search_graph(query, walk, &mut output).unwrap();
    support::read(&output, count)
}

fn linked(dim: usize, metric: Metric, rows: &[Vec<f32>]) -> Index {
    let mut index = index_of(dim, metric, Storage::I8, rows);
    index.create_graph(SHAPE).unwrap();
    assert_eq!(index.insert_loose(rows.len()).unwrap(), 0);
    index
}

fn loose(index: &Index) -> Vec<u32> {
    let mut output = Output::new();
    index.write_loose(&mut output).unwrap();
    output
        .as_bytes()
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| u32::from_le_bytes(*bytes))
        .collect()
}

fn saved(index: &Index) -> Vec<u8> {
    let mut output = Output::new();
    index.save_graph(&mut output).unwrap();
    output.as_bytes().to_vec()
}

/// Reads a saved graph, asserts what must always hold, and gives the mean number of links on the ground.
fn check(index: &Index) -> f64 {
    let file = saved(index);
    let mut reader = abi::Reader::new(&file[8..file.len() - 8]);
    let [rows, m, _, _, entry, loose] = [(); 6].map(|()| reader.u32().unwrap());
    reader.u64().unwrap();
    let loose = reader.array::<u32>(loose as usize).unwrap();
    let loose: BTreeSet<u32> = loose.iter().copied().collect();
    let levels = reader.bytes(rows as usize).unwrap();
    let in_layer = |row: u32, layer: u8| levels[row as usize] != 255 && levels[row as usize] >= layer;
    let mut linked = vec![0; rows as usize];
    let (mut links, mut linking) = (0, 0);
    for row in (0..rows).filter(|&row| in_layer(row, 0)) {
        linking += 1;
        for layer in 0..=levels[row as usize] {
            let len = reader.bytes(1).unwrap()[0];
            assert!(u32::from(len) <= if layer == 0 { 2 * m } else { m });
            let to: BTreeSet<u32> = (0..len).map(|_| reader.u32().unwrap()).collect();
            assert_eq!(to.len(), len as usize, "linked twice");
            assert!(to.iter().all(|&to| to != row && in_layer(to, layer)));
            if layer == 0 {
                links += to.len();
                to.iter().for_each(|&to| linked[to as usize] += 1);
            }
        }
    }
    reader.finish().unwrap();
    for row in 0..rows {
        let found = linked[row as usize] > 0 || row == entry || loose.contains(&row);
        assert!(found, "no row links to {row}");
    }
    let highest = levels.iter().filter(|&&level| level != 255).max();
    assert_eq!(highest.is_some(), entry != u32::MAX);
    links as f64 / f64::from(linking.max(1))
}

/// Rows in clusters around centres; with `spread` far above 1 there is nothing left of them.
fn clustered(random: &mut Random, count: usize, dim: usize, clusters: usize, spread: f32) -> Vec<Vec<f32>> {
    let centres: Vec<Vec<f32>> = (0..clusters).map(|_| random.vector(dim)).collect();
    (0..count)
        .map(|_| {
            let centre = &centres[random.below(clusters)];
            let noise = random.vector(dim);
            centre.iter().zip(noise).map(|(c, n)| c + spread * n).collect()
        })
        .collect()
}

/// The share found by the graph of what a scan finds.
fn recall(index: &mut Index, queries: &[Vec<f32>], asked: Walk) -> f64 {
    let scan = Search {
        k: asked.k,
        rescore: 200,
        allow: asked.allow,
    };
    let (mut found, mut wanted) = (0, 0);
    for query in queries {
        let truth = support::search(index, query, scan);
        let got = walk(index, query, asked);
        assert_eq!(got.len(), truth.len());
        wanted += truth.len();
        // Copies tie: as good as the last of the truth is good enough.
        let last = truth.last().map_or(f32::INFINITY, |&(_, score)| score);
        found += got.iter().filter(|&&(_, score)| score >= last).count();
    }
    found as f64 / wanted as f64
}

#[test]
fn recall_on_clusters_and_on_noise() {
    for (metric, spread) in [
        (Metric::Cosine, 0.3),
        (Metric::L2sq, 0.3),
        (Metric::Cosine, 1.5),
        (Metric::Cosine, 100.0),
        (Metric::Ip, 1.5),
    ] {
        let mut random = Random(11);
        let mut rows = clustered(&mut random, 3100, 32, 40, spread);
        let queries = rows.split_off(3000);
        let mut index = linked(32, metric, &rows);
        let found = recall(&mut index, &queries, WALK);
        assert!(found >= 0.98, "{metric:?} {spread}: {found}");
        // As wide as that, it is no longer a walk.
        assert_eq!(recall(&mut index, &queries, Walk { ef: 200, ..WALK }), 1.0);
    }
}

#[test]
fn a_walk_and_not_a_scan_is_what_is_measured() {
    let mut random = Random(12);
    let mut rows = clustered(&mut random, 3100, 32, 40, 100.0);
    let queries = rows.split_off(3000);
    let mut index = linked(32, Metric::Cosine, &rows);
    let narrow = recall(&mut index, &queries, Walk { ef: 10, ..WALK });
    assert!((0.3..0.95).contains(&narrow), "{narrow}");
}

#[test]
fn the_same_rows_give_the_same_graph() {
    let rows = clustered(&mut Random(13), 400, 16, 10, 1.0);
    let all_at_once = linked(16, Metric::Cosine, &rows);
    let mut by_and_by = index_of(16, Metric::Cosine, Storage::I8, &rows);
    by_and_by.create_graph(SHAPE).unwrap();
    while by_and_by.insert_loose(7).unwrap() > 0 {}
    assert_eq!(saved(&all_at_once), saved(&by_and_by));
    let mut other = index_of(16, Metric::Cosine, Storage::I8, &rows);
    other.create_graph(Shape { seed: 8, ..SHAPE }).unwrap();
    other.insert_loose(400).unwrap();
    assert_ne!(saved(&all_at_once), saved(&other));
}

#[test]
fn loose_rows_are_found_before_they_are_linked() {
    let mut random = Random(14);
    let rows = clustered(&mut random, 1500, 16, 20, 0.5);
    let mut index = linked(16, Metric::Cosine, &rows);
    let late = clustered(&mut random, 30, 16, 20, 0.5);
    let ordinals: Vec<u32> = (5000..5030).collect();
    index.add(&ordinals, &late.concat()).unwrap();
    assert_eq!(loose(&index), ordinals);
    for (&ordinal, row) in ordinals.iter().zip(&late) {
        assert_eq!(walk(&mut index, row, Walk { k: 1, ..WALK })[0].0, ordinal);
    }
    assert_eq!(index.insert_loose(20).unwrap(), 10);
    assert_eq!(loose(&index), ordinals[20..]);
    assert_eq!(recall(&mut index, &late, WALK), 1.0);
}

/// Adds, updates and removes; every row is then found by itself, and rows are found as a scan finds them.
fn after_changes(seed: u64, copies: bool) {
    let mut random = Random(seed);
    let dim = 24;
    let mut model: BTreeMap<u32, Vec<f32>> = BTreeMap::new();
    let fresh = |random: &mut Random, model: &BTreeMap<u32, Vec<f32>>| {
        let some = model.values().nth(random.below(model.len().max(1)));
        match some {
            Some(row) if copies && random.below(3) == 0 => row.clone(),
            _ => clustered(random, 1, dim, 1, 1.0).remove(0),
        }
    };
    for ordinal in 0..1200 {
        let row = fresh(&mut random, &model);
        model.insert(ordinal, row);
    }
    let mut index = linked(dim, Metric::Cosine, &model.values().cloned().collect::<Vec<_>>());
    let mut next = 1200;
    for step in 0..1000 {
        let known = *model.keys().nth(random.below(model.len())).unwrap();
        match random.below(3) {
            0 => {
                let row = fresh(&mut random, &model);
                index.add(&[next], &row).unwrap();
                model.insert(next, row);
                next += 1;
            }
            1 => {
                let row = fresh(&mut random, &model);
                index.update(&[known], &row).unwrap();
                model.insert(known, row);
            }
            _ => {
                index.remove(&[known]).unwrap();
                model.remove(&known);
            }
        }
        if step % 10 == 0 {
            index.insert_loose(8).unwrap();
        }
        if step % 50 == 0 {
            check(&index);
        }
    }
    index.insert_loose(usize::MAX).unwrap();
    let mut itself = 0;
    for (&ordinal, row) in &model {
        let found = walk(&mut index, row, WALK);
        // Copies tie, and then only the score can be asked for.
        let best = found[0].1;
        itself += usize::from(found[0].0 == ordinal || copies && best > 0.999);
    }
    let share = itself as f64 / model.len() as f64;
    assert!(share >= 0.99, "{seed}: {share}");
    let queries = clustered(&mut random, 100, dim, 5, 1.0);
    if !copies {
        let found = recall(&mut index, &queries, WALK);
        assert!(found >= 0.98, "{seed}: {found}");
    }
    // The file holds what is linked to what, so that it loads says that all of it is in range.
    let file = saved(&index);
    index.load_graph(&file).unwrap();
    assert_eq!(saved(&index), file);
}

#[test]
fn rows_are_found_after_a_thousand_changes() {
    after_changes(0, false);
}

#[test]
fn copies_do_not_cut_off_the_rest() {
    after_changes(20, true);
    let mut random = Random(21);
    let mut rows = vec![random.vector(16); 700];
    rows.extend(clustered(&mut random, 800, 16, 8, 0.7));
    let mut index = linked(16, Metric::Cosine, &rows);
    assert_eq!(
        walk(&mut index, &rows[0], WALK)[9].1,
        walk(&mut index, &rows[0], WALK)[0].1
    );
    let found = recall(&mut index, &rows[700..800], WALK);
    assert!(found >= 0.98, "{found}");
    check(&index);
}

#[test]
fn no_row_is_left_to_which_none_links() {
    let small = Shape {
        m: 2,
        ef_construction: 4,
        seed: 1,
    };
    for seed in 0..24 {
        let mut random = Random(seed);
        let (few, seldom) = ([2, 6, 12][seed as usize % 3], [2, 6][seed as usize % 2]);
        let centres = clustered(&mut random, few, 8, 3, 0.5);
        let rows: Vec<Vec<f32>> = (0..250)
            .map(|_| {
                let centre = &centres[random.below(few)];
                let spread = f32::from(random.below(seldom) == 0) * 0.05;
                centre.iter().map(|x| x + spread * random.unit()).collect()
            })
            .collect();
        let mut index = index_of(8, Metric::Cosine, Storage::I8, &rows);
        index.create_graph(small).unwrap();
        for _ in 0..50 {
            index.insert_loose(6).unwrap();
            check(&index);
        }
        for gone in [vec![0, 1, 2, 50], (60..120).collect()] {
            index.remove(&gone).unwrap();
            check(&index);
        }
    }
}

#[test]
fn removing_most_rows_at_once_leaves_the_others_found() {
    let mut random = Random(22);
    let rows = clustered(&mut random, 4000, 16, 30, 0.5);
    let mut index = linked(16, Metric::L2sq, &rows);
    let gone: Vec<u32> = (0..4000).filter(|ordinal| ordinal % 5 < 3).collect();
    let before = check(&index);
    for batch in gone.chunks(500) {
        index.remove(batch).unwrap();
    }
    assert!(check(&index) > 0.9 * before);
    assert_eq!(index.len(), 1600);
    index.insert_loose(usize::MAX).unwrap();
    let mut itself = 0;
    for ordinal in (0..4000).filter(|ordinal| ordinal % 5 >= 3) {
        let found = walk(&mut index, &rows[ordinal as usize], WALK);
        itself += usize::from(found[0].0 == ordinal);
    }
    assert!(itself >= 1584, "{itself}");
    let rest: Vec<u32> = (0..4000).filter(|ordinal| ordinal % 5 >= 3).collect();
    index.remove(&rest).unwrap();
    assert!(walk(&mut index, &rows[0], WALK).is_empty());
    index.add(&[3], &rows[3]).unwrap();
    assert_eq!(index.insert_loose(1).unwrap(), 0);
    assert_eq!(walk(&mut index, &rows[3], WALK)[0].0, 3);
}

#[test]
fn a_filter_costs_no_recall() {
    let mut random = Random(23);
    let mut rows = clustered(&mut random, 4100, 24, 40, 1.0);
    let queries = rows.split_off(4000);
    let mut index = linked(24, Metric::Cosine, &rows);
    for keep in [2, 3, 10, 200] {
        let mut bitmap = vec![0u8; 500];
        for ordinal in (0..4000).step_by(keep) {
            bitmap[ordinal / 8] |= 1 << (ordinal % 8);
        }
        let asked = Walk {
            allow: Some(&bitmap),
            ef: 32,
            ..WALK
        };
        for (ordinal, _) in walk(&mut index, &queries[0], asked) {
            assert_eq!(ordinal as usize % keep, 0);
        }
        let found = recall(&mut index, &queries, asked);
        assert!(found >= 0.95, "{keep}: {found}");
    }
    // As wide as the filter is narrow: what is allowed is found as if there were nothing else.
    let mut noise = clustered(&mut random, 3100, 64, 1, 1.0);
    let queries = noise.split_off(3000);
    let mut among_all = linked(64, Metric::Cosine, &noise);
    let evens = [0b0101_0101u8; 375];
    let asked = Walk {
        allow: Some(&evens),
        ef: 30,
        ..WALK
    };
    let filtered = recall(&mut among_all, &queries, asked);
    let open = recall(&mut among_all, &queries, Walk { allow: None, ..asked });
    assert!(open < 0.97, "{open}");
    assert!(filtered > open - 0.02, "{filtered}, {open}");
    // What is allowed lies far from what is asked for.
    let far: Vec<f32> = rows[0].iter().map(|x| -x).collect();
    let mut ranked: Vec<u32> = (0..4000).collect();
    let all = Search {
        k: 4000,
        rescore: 4000,
        allow: None,
    };
    let by_score = support::search(&mut index, &far, all);
    for (at, (ordinal, _)) in by_score.iter().enumerate() {
        ranked[at] = *ordinal;
    }
    let mut bitmap = vec![0u8; 500];
    for &ordinal in &ranked[2000..] {
        bitmap[ordinal as usize / 8] |= 1 << (ordinal % 8);
    }
    let asked = Walk {
        allow: Some(&bitmap),
        ef: 32,
        ..WALK
    };
    assert_eq!(recall(&mut index, &[far], asked), 1.0);
}

#[test]
fn a_file_of_other_rows_or_of_nonsense_is_refused() {
    let rows = clustered(&mut Random(24), 300, 16, 10, 1.0);
    let mut index = linked(16, Metric::Cosine, &rows);
    let file = saved(&index);
    let before = walk(&mut index, &rows[5], WALK);
    assert_eq!(
        index.load_graph(&file[..file.len() - 1]),
        Err(Status::BadChecksum)
    );
    assert_eq!(index.load_graph(b"PVEC"), Err(Status::BadFormat));
    let mut other = linked(16, Metric::Cosine, &rows[..299]);
    assert_eq!(other.load_graph(&file), Err(Status::BadFormat));
    other.add(&[299], &rows[298]).unwrap();
    assert_eq!(other.load_graph(&file), Err(Status::BadFormat));
    // Whatever one byte becomes, with a checksum that fits: refused, or a graph that can be searched and changed.
    let mut random = Random(25);
    for _ in 0..400 {
        let mut bytes = file[..file.len() - 8].to_vec();
        let at = 8 + random.below(bytes.len() - 8);
        bytes[at] ^= 1 << random.below(8);
        let checksum = abi::hash::xxh64(&bytes, 0);
        bytes.extend(checksum.to_le_bytes());
        if index.load_graph(&bytes).is_ok() {
            walk(&mut index, &rows[0], WALK);
            index.insert_loose(10).unwrap();
            index.remove(&[9]).unwrap();
            index.add(&[9], &rows[9]).unwrap();
            index = linked(16, Metric::Cosine, &rows);
        }
    }
    assert_eq!(index.load_graph(&file), Ok(0));
    assert_eq!(walk(&mut index, &rows[5], WALK), before);
}

#[test]
fn what_cannot_be_is_refused() {
    let rows = clustered(&mut Random(26), 50, 8, 2, 1.0);
    let mut index = index_of(8, Metric::Cosine, Storage::I8, &rows);
    let mut output = Output::new();
    assert_eq!(index.insert_loose(1), Err(Status::BadArgument));
    assert_eq!(
        index.search_graph(&rows[0], WALK, &mut output),
        Err(Status::BadArgument)
    );
    assert_eq!(index.save_graph(&mut output), Err(Status::BadArgument));
    for (m, ef_construction) in [(1, 100), (65, 100), (16, 15), (16, 4097)] {
        let shape = Shape {
            m,
            ef_construction,
            seed: 0,
        };
        assert_eq!(index.create_graph(shape), Err(Status::BadArgument));
    }
    index.create_graph(SHAPE).unwrap();
    for asked in [Walk { k: 0, ..WALK }, Walk { ef: 4097, ..WALK }] {
        assert_eq!(
            index.search_graph(&rows[0], asked, &mut output),
            Err(Status::BadArgument)
        );
    }
    index.drop_graph();
    assert_eq!(index.insert_loose(1), Err(Status::BadArgument));
    let mut exact = index_of(8, Metric::Cosine, Storage::F32, &rows);
    assert_eq!(exact.create_graph(SHAPE), Err(Status::BadArgument));
}
