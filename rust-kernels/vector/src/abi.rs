//! The exports of docs/abi.md, "vector": integers to slices, results to statuses.

use crate::approximate::Walk;
use crate::hnsw::Shape;
use crate::index::{Index, Search};
use crate::metric::{Metric, Storage};
use crate::serial;
use abi::call::{new_handle, with_handle};
use abi::{Handles, Memory, Result, Status};
use core::cell::RefCell;

thread_local! {
    static INDEXES: RefCell<Handles<Index>> = const { RefCell::new(Handles::new()) };
}

abi::module_exports!(INDEXES);

/// Numbers in `count` rows of `width`.
fn cells(count: u32, width: usize) -> Result<usize> {
    (count as usize).checked_mul(width).ok_or(Status::BadPointer)
}

/// Makes an empty index.
#[no_mangle]
pub extern "C" fn vec_create(dim: u32, metric: u32, storage: u32) -> i32 {
    new_handle(&INDEXES, create(dim, metric, storage))
}

fn create(dim: u32, metric: u32, storage: u32) -> Result<Index> {
    Index::new(
        dim as usize,
        Metric::from_code(metric)?,
        Storage::from_code(storage)?,
    )
}

/// The number of rows.
#[no_mangle]
pub extern "C" fn vec_len(handle: i32) -> i32 {
    with_handle(&INDEXES, handle, |index, _| Ok(index.len()))
}

/// Makes room for rows to come.
#[no_mangle]
pub extern "C" fn vec_reserve(handle: i32, rows: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, _| {
        index.reserve(rows as usize).map(|()| 0)
    })
}

/// Adds f32 rows.
#[no_mangle]
pub extern "C" fn vec_add(handle: i32, count: u32, ordinals_ptr: u32, rows_ptr: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, _| {
        let memory = Memory::current();
        let ordinals = memory.slice(ordinals_ptr, count as usize)?;
        index.add(ordinals, memory.slice(rows_ptr, cells(count, index.dim())?)?)
    })
}

/// Replaces rows by f32 rows.
#[no_mangle]
pub extern "C" fn vec_update(handle: i32, count: u32, ordinals_ptr: u32, rows_ptr: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, _| {
        let memory = Memory::current();
        let ordinals = memory.slice(ordinals_ptr, count as usize)?;
        index.update(ordinals, memory.slice(rows_ptr, cells(count, index.dim())?)?)
    })
}

/// Packs f32 rows without adding them.
#[no_mangle]
pub extern "C" fn vec_quantize(handle: i32, count: u32, rows_ptr: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, output| {
        let memory = Memory::current();
        index.quantize(memory.slice(rows_ptr, cells(count, index.dim())?)?, output)
    })
}

/// Adds packed rows.
#[no_mangle]
pub extern "C" fn vec_add_packed(handle: i32, count: u32, ordinals_ptr: u32, packed_ptr: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, _| {
        let memory = Memory::current();
        let ordinals = memory.slice(ordinals_ptr, count as usize)?;
        index.add_packed(
            ordinals,
            memory.slice(packed_ptr, cells(count, index.dim() + 4)?)?,
        )
    })
}

/// Gives rows as they are kept.
#[no_mangle]
pub extern "C" fn vec_get(handle: i32, count: u32, ordinals_ptr: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, output| {
        index.get(Memory::current().slice(ordinals_ptr, count as usize)?, output)
    })
}

/// Removes rows.
#[no_mangle]
pub extern "C" fn vec_remove(handle: i32, count: u32, ordinals_ptr: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, _| {
        index.remove(Memory::current().slice(ordinals_ptr, count as usize)?)
    })
}

/// Finds the best rows for a query.
#[no_mangle]
pub extern "C" fn vec_search(
    handle: i32,
    query_ptr: u32,
    k: u32,
    rescore: u32,
    allow_ptr: u32,
    allow_len: u32,
) -> i32 {
    with_handle(&INDEXES, handle, |index, output| {
        let memory = Memory::current();
        let allow = memory.bitmap(allow_ptr, allow_len)?;
        let search = Search {
            k: k as usize,
            rescore: rescore as usize,
            allow,
        };
        index.search(memory.slice(query_ptr, index.dim())?, search, output)
    })
}

/// Finds the best rows for each of several queries.
#[no_mangle]
pub extern "C" fn vec_search_batch(
    handle: i32,
    queries: u32,
    queries_ptr: u32,
    k: u32,
    rescore: u32,
    allow_ptr: u32,
    allow_len: u32,
) -> i32 {
    with_handle(&INDEXES, handle, |index, output| {
        let memory = Memory::current();
        let allow = memory.bitmap(allow_ptr, allow_len)?;
        let search = Search {
            k: k as usize,
            rescore: rescore as usize,
            allow,
        };
        index.search_batch(
            memory.slice(queries_ptr, cells(queries, index.dim())?)?,
            search,
            output,
        )
    })
}

/// Scores rows exactly.
#[no_mangle]
pub extern "C" fn vec_score(handle: i32, query_ptr: u32, count: u32, ordinals_ptr: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, output| {
        let memory = Memory::current();
        let ordinals = memory.slice(ordinals_ptr, count as usize)?;
        index.score(memory.slice(query_ptr, index.dim())?, ordinals, output)
    })
}

/// Scores rows against rows.
#[no_mangle]
pub extern "C" fn vec_pairwise(handle: i32, count: u32, ordinals_ptr: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, output| {
        index.pairwise(Memory::current().slice(ordinals_ptr, count as usize)?, output)
    })
}

/// Serialises the index.
#[no_mangle]
pub extern "C" fn vec_save(handle: i32) -> i32 {
    with_handle(&INDEXES, handle, |index, output| serial::save(index, output))
}

/// Makes an index from serialised bytes.
#[no_mangle]
pub extern "C" fn vec_load(ptr: u32, len: u32) -> i32 {
    new_handle(
        &INDEXES,
        Memory::current().slice(ptr, len as usize).and_then(serial::load),
    )
}

/// Makes an empty graph over the index's rows, in place of any.
#[no_mangle]
pub extern "C" fn hnsw_create(handle: i32, m: u32, ef_construction: u32, seed: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, _| {
        index.create_graph(Shape {
            m,
            ef_construction,
            seed,
        })
    })
}

/// Drops the graph, if there is one.
#[no_mangle]
pub extern "C" fn hnsw_drop(handle: i32) -> i32 {
    with_handle(&INDEXES, handle, |index, _| {
        index.drop_graph();
        Ok(0)
    })
}

/// Links loose rows.
#[no_mangle]
pub extern "C" fn hnsw_insert(handle: i32, count: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, _| index.insert_loose(count as usize))
}

/// Tells which rows are loose.
#[no_mangle]
pub extern "C" fn hnsw_loose(handle: i32) -> i32 {
    with_handle(&INDEXES, handle, |index, output| index.write_loose(output))
}

/// Finds rows for a query by the graph.
#[no_mangle]
pub extern "C" fn hnsw_search(
    handle: i32,
    query_ptr: u32,
    k: u32,
    ef: u32,
    allow_ptr: u32,
    allow_len: u32,
) -> i32 {
    with_handle(&INDEXES, handle, |index, output| {
        let memory = Memory::current();
        let walk = Walk {
            k: k as usize,
            ef: ef as usize,
            allow: memory.bitmap(allow_ptr, allow_len)?,
        };
        index.search_graph(memory.slice(query_ptr, index.dim())?, walk, output)
    })
}

/// Serialises the graph.
#[no_mangle]
pub extern "C" fn hnsw_save(handle: i32) -> i32 {
    with_handle(&INDEXES, handle, |index, output| index.save_graph(output))
}

/// Reads the graph of the index's rows.
#[no_mangle]
pub extern "C" fn hnsw_load(handle: i32, ptr: u32, len: u32) -> i32 {
    with_handle(&INDEXES, handle, |index, _| {
        index.load_graph(Memory::current().slice(ptr, len as usize)?)
    })
}
