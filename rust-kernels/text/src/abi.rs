//! The exports of docs/abi.md, "text": integers to slices, results to statuses.

use crate::bm25::{Index, Parameters};
use crate::embed::Model;
use abi::call::{new_handle, with_handle};
use abi::{Handles, Memory, Output, Result, Status};
use core::cell::RefCell;

/// What a handle of this module names.
enum Owned {
    Model(Model),
    Index(Index),
}

thread_local! {
    static OWNED: RefCell<Handles<Owned>> = const { RefCell::new(Handles::new()) };
}

abi::module_exports!(OWNED);

/// Calls `work` with a model; a handle of an index is a bad one.
fn with_model(handle: i32, work: impl FnOnce(&mut Model, &mut Output) -> Result<usize>) -> i32 {
    with_handle(&OWNED, handle, |owned, output| match owned {
        Owned::Model(model) => work(model, output),
        Owned::Index(_) => Err(Status::BadHandle),
    })
}

/// Calls `work` with an index; a handle of a model is a bad one.
fn with_index(handle: i32, work: impl FnOnce(&mut Index, &mut Output) -> Result<usize>) -> i32 {
    with_handle(&OWNED, handle, |owned, output| match owned {
        Owned::Index(index) => work(index, output),
        Owned::Model(_) => Err(Status::BadHandle),
    })
}

/// One text.
fn text(memory: &Memory, ptr: u32, len: u32) -> Result<&str> {
    Ok(core::str::from_utf8(memory.slice(ptr, len as usize)?)?)
}

/// `count` texts that lie one behind the other, by their lengths in bytes.
fn texts(memory: &Memory, count: usize, lens_ptr: u32, text_ptr: u32) -> Result<Vec<&str>> {
    let lens = memory.slice::<u32>(lens_ptr, count)?;
    // A u64 cannot overflow: there are fewer than 2^32 lengths of less than 2^32.
    let total: u64 = lens.iter().map(|&len| u64::from(len)).sum();
    let mut rest = memory.slice::<u8>(text_ptr, usize::try_from(total).map_err(|_| Status::BadPointer)?)?;
    let mut texts = Vec::new();
    texts.try_reserve_exact(count)?;
    for &len in lens {
        let (bytes, behind) = rest.split_at(len as usize);
        texts.push(core::str::from_utf8(bytes)?);
        rest = behind;
    }
    Ok(texts)
}

/// Reads an `.sve` static embedding.
#[no_mangle]
pub extern "C" fn model_load(ptr: u32, len: u32) -> i32 {
    let load = || Model::load(Memory::current().slice(ptr, len as usize)?);
    new_handle(&OWNED, load().map(Owned::Model))
}

/// Numbers in an embedding.
#[no_mangle]
pub extern "C" fn model_dim(handle: i32) -> i32 {
    with_model(handle, |model, _| Ok(model.dim()))
}

/// Pieces in the vocabulary.
#[no_mangle]
pub extern "C" fn model_vocab(handle: i32) -> i32 {
    with_model(handle, |model, _| Ok(model.vocabulary_len()))
}

/// The token ids of a text; their number.
#[no_mangle]
pub extern "C" fn tokenize(handle: i32, ptr: u32, len: u32) -> i32 {
    with_model(handle, |model, output| {
        let ids = model.tokenize(text(&Memory::current(), ptr, len)?)?;
        output.put(ids)?;
        Ok(ids.len())
    })
}

/// The embeddings of texts; their number.
#[no_mangle]
pub extern "C" fn embed(handle: i32, count: u32, lens_ptr: u32, text_ptr: u32) -> i32 {
    with_model(handle, |model, output| {
        let memory = Memory::current();
        let texts = texts(&memory, count as usize, lens_ptr, text_ptr)?;
        model.embed_into(&texts, output)?;
        Ok(texts.len())
    })
}

/// Makes an empty index.
#[no_mangle]
pub extern "C" fn bm25_create(fields: u32, weights_ptr: u32, k1: f32, b: f32) -> i32 {
    let create = || {
        let memory = Memory::current();
        Index::new(Parameters::new(
            memory.slice(weights_ptr, fields as usize)?,
            k1,
            b,
        )?)
    };
    new_handle(&OWNED, create().map(Owned::Index))
}

/// The number of documents.
#[no_mangle]
pub extern "C" fn bm25_len(handle: i32) -> i32 {
    with_index(handle, |index, _| Ok(index.len()))
}

/// Adds documents; their number.
#[no_mangle]
pub extern "C" fn bm25_add(handle: i32, count: u32, ordinals_ptr: u32, lens_ptr: u32, text_ptr: u32) -> i32 {
    with_index(handle, |index, _| {
        let memory = Memory::current();
        let ordinals = memory.slice(ordinals_ptr, count as usize)?;
        let fields = (count as usize)
            .checked_mul(index.fields())
            .ok_or(Status::BadPointer)?;
        index.add(ordinals, &texts(&memory, fields, lens_ptr, text_ptr)?)?;
        Ok(ordinals.len())
    })
}

/// Removes documents; their number.
#[no_mangle]
pub extern "C" fn bm25_remove(handle: i32, count: u32, ordinals_ptr: u32) -> i32 {
    with_index(handle, |index, _| {
        let memory = Memory::current();
        let ordinals = memory.slice(ordinals_ptr, count as usize)?;
        index.remove(ordinals)?;
        Ok(ordinals.len())
    })
}

/// The best documents for a query; their number.
#[no_mangle]
pub extern "C" fn bm25_search(
    handle: i32,
    ptr: u32,
    len: u32,
    k: u32,
    allow_ptr: u32,
    allow_len: u32,
) -> i32 {
    with_index(handle, |index, output| {
        let memory = Memory::current();
        let allow = memory.bitmap(allow_ptr, allow_len)?;
        let found = index.search(text(&memory, ptr, len)?, k as usize, allow)?;
        for hit in &found {
            output.put_u32(hit.ordinal)?;
        }
        for hit in &found {
            output.put_f32(hit.score)?;
        }
        Ok(found.len())
    })
}

/// The scores of given documents; their number.
#[no_mangle]
pub extern "C" fn bm25_score(handle: i32, ptr: u32, len: u32, count: u32, ordinals_ptr: u32) -> i32 {
    with_index(handle, |index, output| {
        let memory = Memory::current();
        let ordinals = memory.slice(ordinals_ptr, count as usize)?;
        let scores = index.score(text(&memory, ptr, len)?, ordinals)?;
        output.put(&scores)?;
        Ok(scores.len())
    })
}

/// The terms of a text, joined by line feeds; their length in bytes.
#[no_mangle]
pub extern "C" fn bm25_terms(handle: i32, ptr: u32, len: u32) -> i32 {
    with_index(handle, |index, output| {
        let terms = index.terms_of(text(&Memory::current(), ptr, len)?)?;
        output.put(&terms)?;
        Ok(terms.len())
    })
}

/// Serialises an index; its length in bytes.
#[no_mangle]
pub extern "C" fn bm25_save(handle: i32) -> i32 {
    with_index(handle, |index, output| {
        index.save(output)?;
        Ok(output.as_bytes().len())
    })
}

/// Reads a serialised index.
#[no_mangle]
pub extern "C" fn bm25_load(ptr: u32, len: u32) -> i32 {
    let load = || Index::load(Memory::current().slice(ptr, len as usize)?);
    new_handle(&OWNED, load().map(Owned::Index))
}
