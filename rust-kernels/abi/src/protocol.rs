//! Generated from pylib/pramana/protocol.json by pylib/tools/gen_protocol.py; do not edit.

/// abi version
pub const ABI_VERSION: i32 = 1;

/// segment version
pub const SEGMENT_VERSION: u32 = 1;

/// max dim
pub const MAX_DIM: u32 = 65536;

/// max k
pub const MAX_K: u32 = 65536;

/// max bm25 parameter
pub const MAX_BM25_PARAMETER: u32 = 1000000;

/// status
pub mod status {
    /// ok
    pub const OK: i32 = 0;
    /// bad handle
    pub const BAD_HANDLE: i32 = -1;
    /// out of memory
    pub const OUT_OF_MEMORY: i32 = -2;
    /// bad argument
    pub const BAD_ARGUMENT: i32 = -3;
    /// bad dimension
    pub const BAD_DIMENSION: i32 = -4;
    /// bad pointer
    pub const BAD_POINTER: i32 = -5;
    /// not finite
    pub const NOT_FINITE: i32 = -6;
    /// zero vector
    pub const ZERO_VECTOR: i32 = -7;
    /// ordinal taken
    pub const ORDINAL_TAKEN: i32 = -8;
    /// ordinal missing
    pub const ORDINAL_MISSING: i32 = -9;
    /// bad format
    pub const BAD_FORMAT: i32 = -10;
    /// bad checksum
    pub const BAD_CHECKSUM: i32 = -11;
    /// bad utf8
    pub const BAD_UTF8: i32 = -12;
    /// too many handles
    pub const TOO_MANY_HANDLES: i32 = -13;
    /// internal
    pub const INTERNAL: i32 = -14;
}

/// metric
pub mod metric {
    /// cosine
    pub const COSINE: u32 = 0;
    /// ip
    pub const IP: u32 = 1;
    /// l2sq
    pub const L2SQ: u32 = 2;
}

/// storage
pub mod storage {
    /// f32
    pub const F32: u32 = 0;
    /// i8
    pub const I8: u32 = 1;
    /// i8 f32
    pub const I8_F32: u32 = 2;
}

/// capability
pub mod capability {
    /// simd128
    pub const SIMD128: i32 = 1;
}
