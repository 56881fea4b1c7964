//! Generated from pylib/pramana/protocol.json by pylib/tools/gen_protocol.py; do not edit.

/// abi version
pub const ABI_VERSION: i32 = 1;

/// segment version
pub const SEGMENT_VERSION: u32 = 1;

/// max dim
pub const MAX_DIM: u32 = 65536;

/// max k
pub const MAX_K: u32 = 65536;

/// max hnsw m
pub const MAX_HNSW_M: u32 = 64;

/// max hnsw ef
pub const MAX_HNSW_EF: u32 = 4096;

/// max bm25 parameter
pub const MAX_BM25_PARAMETER: u32 = 1000000;

/// max term
pub const MAX_TERM: u32 = 268435455;

/// max rule variables
pub const MAX_RULE_VARIABLES: u32 = 64;

/// max rule literals
pub const MAX_RULE_LITERALS: u32 = 32;

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
    /// over budget
    pub const OVER_BUDGET: i32 = -15;
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

/// direction
pub mod direction {
    /// out
    pub const OUT: u32 = 1;
    /// in
    pub const IN: u32 = 2;
    /// both
    pub const BOTH: u32 = 3;
}

/// fact kind
pub mod fact_kind {
    /// holding
    pub const HOLDING: u32 = 0;
    /// asserted
    pub const ASSERTED: u32 = 1;
    /// known
    pub const KNOWN: u32 = 2;
}

/// comparison
pub mod comparison {
    /// eq
    pub const EQ: u32 = 0;
    /// ne
    pub const NE: u32 = 1;
    /// lt
    pub const LT: u32 = 2;
    /// le
    pub const LE: u32 = 3;
    /// gt
    pub const GT: u32 = 4;
    /// ge
    pub const GE: u32 = 5;
}

/// capability
pub mod capability {
    /// simd128
    pub const SIMD128: i32 = 1;
}
