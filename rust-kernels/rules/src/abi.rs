//! The exports of docs/abi.md, "rules": integers to slices, results to statuses.

use crate::base::RuleBase;
use crate::program::Literal;
use crate::query::Which;
use abi::call::{new_handle, with_handle};
use abi::{Handles, Memory, Output, Result, Status};
use core::cell::RefCell;

thread_local! {
    static BASES: RefCell<Handles<RuleBase>> = const { RefCell::new(Handles::new()) };
}

abi::module_exports!(BASES);

/// As `with_handle`, refused in the middle of a run.
fn idle(handle: i32, work: impl FnOnce(&mut RuleBase, &mut Output) -> Result<usize>) -> i32 {
    with_handle(&BASES, handle, |base, output| {
        if base.run.active {
            return Err(Status::BadArgument);
        }
        work(base, output)
    })
}

fn triples(memory: &Memory, ptr: u32, count: u32) -> Result<&[Literal]> {
    let cells = (count as usize).checked_mul(3).ok_or(Status::BadPointer)?;
    Ok(memory.slice(ptr, cells)?.as_chunks().0)
}

/// A number of steps, of which 0 is no bound.
fn budget(steps: u32) -> u64 {
    if steps == 0 {
        u64::MAX
    } else {
        u64::from(steps)
    }
}

/// Makes an empty base.
#[no_mangle]
pub extern "C" fn rules_create() -> i32 {
    new_handle(&BASES, Ok(RuleBase::new()))
}

/// The number of triples that have a number.
#[no_mangle]
pub extern "C" fn rules_len(handle: i32) -> i32 {
    idle(handle, |base, _| Ok(base.store.len()))
}

/// The number of triples that hold.
#[no_mangle]
pub extern "C" fn rules_holding(handle: i32) -> i32 {
    idle(handle, |base, _| Ok(base.store.holding))
}

/// The number of triples that hold and are not asserted.
#[no_mangle]
pub extern "C" fn rules_derived(handle: i32) -> i32 {
    idle(handle, |base, _| Ok(base.derived()))
}

/// Asserts triples.
#[no_mangle]
pub extern "C" fn rules_assert(handle: i32, count: u32, triples_ptr: u32, confidences_ptr: u32) -> i32 {
    idle(handle, |base, output| {
        let memory = Memory::current();
        let confidences = memory.slice(confidences_ptr, count as usize)?;
        base.assert(triples(&memory, triples_ptr, count)?, confidences, output)
    })
}

/// Says which terms are numbers.
#[no_mangle]
pub extern "C" fn rules_numbers(handle: i32, count: u32, terms_ptr: u32, values_ptr: u32) -> i32 {
    idle(handle, |base, _| {
        let memory = Memory::current();
        let terms = memory.slice(terms_ptr, count as usize)?;
        base.set_numbers(terms, memory.slice(values_ptr, count as usize)?)
    })
}

/// Replaces the rules.
#[no_mangle]
pub extern "C" fn rules_program(handle: i32, ptr: u32, len: u32) -> i32 {
    idle(handle, |base, _| {
        base.set_program(Memory::current().slice(ptr, len as usize)?)
    })
}

/// Brings what follows up to date; 1 when it is.
#[no_mangle]
pub extern "C" fn rules_run(handle: i32, steps: u32, max_derived: u32) -> i32 {
    with_handle(&BASES, handle, |base, _| {
        base.run(budget(steps), max_derived as usize).map(usize::from)
    })
}

/// Ends a run that is not done.
#[no_mangle]
pub extern "C" fn rules_rollback(handle: i32) -> i32 {
    with_handle(&BASES, handle, |base, _| {
        base.rollback();
        Ok(0)
    })
}

/// Gives the rule that derived most in the last run that was rolled back.
#[no_mangle]
pub extern "C" fn rules_busiest(handle: i32) -> i32 {
    idle(handle, |base, output| {
        let busiest = base.run.busiest;
        if busiest == crate::program::NONE {
            return Ok(0);
        }
        output.put(&[busiest])?;
        Ok(1)
    })
}

/// Finds triples by their terms.
#[no_mangle]
pub extern "C" fn rules_match(
    handle: i32,
    subject: u32,
    predicate: u32,
    object: u32,
    which: u32,
    limit: u32,
    from: u32,
) -> i32 {
    idle(handle, |base, output| {
        let terms = [subject, predicate, object];
        base.matching(
            terms,
            Which::from_code(which)?,
            limit as usize,
            from as usize,
            output,
        )
    })
}

/// Gives the numbers of triples.
#[no_mangle]
pub extern "C" fn rules_find(handle: i32, count: u32, triples_ptr: u32) -> i32 {
    idle(handle, |base, output| {
        base.find(triples(&Memory::current(), triples_ptr, count)?, output)
    })
}

/// Gives what is known of triples.
#[no_mangle]
pub extern "C" fn rules_describe(handle: i32, count: u32, numbers_ptr: u32) -> i32 {
    idle(handle, |base, output| {
        base.describe(Memory::current().slice(numbers_ptr, count as usize)?, output)
    })
}

/// Gives what a triple's confidence comes from.
#[no_mangle]
pub extern "C" fn rules_support(handle: i32, number: u32) -> i32 {
    idle(handle, |base, output| base.support(number, output))
}

/// Gives ways to derive a triple.
#[no_mangle]
pub extern "C" fn rules_derivations(handle: i32, number: u32, limit: u32, steps: u32) -> i32 {
    idle(handle, |base, output| {
        base.derivations(number, limit as usize, budget(steps), output)
    })
}
