//! The exports every module has, and the way a call reaches what its handle names.

use crate::protocol::{capability, ABI_VERSION};
use crate::status::code;
use crate::{Handles, Output, Result};
use core::cell::RefCell;
use std::thread::LocalKey;

/// A module's table of handles. Modules are single-threaded; natively each test thread has its own.
pub type Table<T> = LocalKey<RefCell<Handles<T>>>;

/// Calls `work` with what `handle` names and its emptied result buffer; the status for the host.
///
/// A call that fails leaves an empty result behind.
pub fn with_handle<T>(
    table: &'static Table<T>,
    handle: i32,
    work: impl FnOnce(&mut T, &mut Output) -> Result<usize>,
) -> i32 {
    table.with_borrow_mut(|handles| {
        code(handles.get(handle).and_then(|(value, output)| {
            output.clear();
            let done = work(value, output);
            if done.is_err() {
                output.clear();
            }
            done
        }))
    })
}

/// Puts a new value into the table; its handle, or the status of `made`.
pub fn new_handle<T>(table: &'static Table<T>, made: Result<T>) -> i32 {
    code(made.and_then(|value| table.with_borrow_mut(|handles| handles.insert(value))))
}

/// Frees what `handle` names.
pub fn destroy<T>(table: &'static Table<T>, handle: i32) -> i32 {
    code(table.with_borrow_mut(|handles| handles.remove(handle)).map(|_| 0))
}

/// Address and length of the last result of `handle`.
pub fn result_of<T>(table: &'static Table<T>, handle: i32) -> Result<(usize, usize)> {
    table.with_borrow_mut(|handles| {
        let bytes = handles.output(handle)?.as_bytes();
        Ok((bytes.as_ptr() as usize, bytes.len()))
    })
}

/// Bits of `protocol.json: kernel_capabilities` of this build.
pub const fn capabilities() -> i32 {
    if cfg!(target_feature = "simd128") {
        capability::SIMD128
    } else {
        0
    }
}

/// The version of docs/abi.md that this build implements.
pub const fn abi_version() -> i32 {
    ABI_VERSION
}

/// Defines the exports of docs/abi.md, "Every module", over a `thread_local!` table of handles.
#[macro_export]
macro_rules! module_exports {
    ($table:path) => {
        /// The ABI's version.
        #[no_mangle]
        pub extern "C" fn abi_version() -> i32 {
            $crate::call::abi_version()
        }

        /// What this build can do.
        #[no_mangle]
        pub extern "C" fn capabilities() -> i32 {
            $crate::call::capabilities()
        }

        /// Scratch for the host; 0 when there is none.
        #[no_mangle]
        pub extern "C" fn alloc(size: u32) -> u32 {
            $crate::scratch::host_alloc(size as usize).map_or(0, |address| address as u32)
        }

        /// Gives scratch back.
        #[no_mangle]
        pub extern "C" fn free(ptr: u32, size: u32) -> i32 {
            $crate::status::code($crate::scratch::host_free(ptr as usize, size as usize).map(|()| 0))
        }

        /// Where the last result of a handle is.
        #[no_mangle]
        pub extern "C" fn result_ptr(handle: i32) -> i32 {
            match $crate::call::result_of(&$table, handle) {
                Ok((address, _)) => address as i32,
                Err(status) => status as i32,
            }
        }

        /// How many bytes the last result of a handle has.
        #[no_mangle]
        pub extern "C" fn result_len(handle: i32) -> i32 {
            $crate::status::code($crate::call::result_of(&$table, handle).map(|(_, len)| len))
        }

        /// Frees what a handle owns.
        #[no_mangle]
        pub extern "C" fn destroy(handle: i32) -> i32 {
            $crate::call::destroy(&$table, handle)
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::status;
    use crate::Status;

    thread_local! {
        static NUMBERS: RefCell<Handles<u32>> = const { RefCell::new(Handles::new()) };
    }

    #[test]
    fn a_handle_reaches_its_value_and_result() {
        let handle = new_handle(&NUMBERS, Ok(40));
        let answer = with_handle(&NUMBERS, handle, |number, output| {
            *number += 2;
            output.put_u32(*number)?;
            Ok(1)
        });
        assert_eq!(answer, 1);
        assert_eq!(result_of(&NUMBERS, handle).unwrap().1, 4);
        assert_eq!(destroy(&NUMBERS, handle), status::OK);
        assert_eq!(destroy(&NUMBERS, handle), status::BAD_HANDLE);
        assert_eq!(result_of(&NUMBERS, handle), Err(Status::BadHandle));
    }

    #[test]
    fn a_failed_call_leaves_no_result() {
        let handle = new_handle(&NUMBERS, Ok(1));
        let answer = with_handle(&NUMBERS, handle, |_, output| {
            output.put_u32(9)?;
            Err(Status::BadArgument)
        });
        assert_eq!(answer, status::BAD_ARGUMENT);
        assert_eq!(result_of(&NUMBERS, handle).unwrap().1, 0);
        assert_eq!(new_handle(&NUMBERS, Err(Status::BadFormat)), status::BAD_FORMAT);
    }
}
