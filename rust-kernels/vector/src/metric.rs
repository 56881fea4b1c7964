//! What is compared, and how rows are kept.

use abi::protocol::{metric, storage};
use abi::{Result, Status};

/// How two vectors are compared. Scores are higher-is-better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Metric {
    /// The cosine of the angle; rows and queries become unit vectors on the way in.
    Cosine = metric::COSINE,
    /// The inner product.
    Ip = metric::IP,
    /// Minus the squared Euclidean distance.
    L2sq = metric::L2SQ,
}

/// How rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Storage {
    /// f32 rows, scanned exactly.
    F32 = storage::F32,
    /// int8 rows with a scale each, scanned quantised and rescored with the f32 query.
    I8 = storage::I8,
    /// int8 rows for the scan and f32 rows for the rescoring.
    I8F32 = storage::I8_F32,
}

impl Metric {
    /// The metric of a number of protocol.json.
    pub fn from_code(code: u32) -> Result<Self> {
        [Self::Cosine, Self::Ip, Self::L2sq]
            .into_iter()
            .find(|metric| *metric as u32 == code)
            .ok_or(Status::BadArgument)
    }
}

impl Storage {
    /// The storage of a number of protocol.json.
    pub fn from_code(code: u32) -> Result<Self> {
        [Self::F32, Self::I8, Self::I8F32]
            .into_iter()
            .find(|storage| *storage as u32 == code)
            .ok_or(Status::BadArgument)
    }

    /// Whether f32 rows are kept.
    pub const fn keeps_f32(self) -> bool {
        matches!(self, Self::F32 | Self::I8F32)
    }

    /// Whether int8 rows are kept.
    pub const fn keeps_i8(self) -> bool {
        matches!(self, Self::I8 | Self::I8F32)
    }
}
