//! FNV-1a, 64 bits (Fowler, Noll, Vo), which can be carried on from any prefix of the bytes.

/// A hash in progress.
#[derive(Clone, Copy, Debug)]
pub struct Fnv(u64);

impl Fnv {
    /// The hash of no bytes.
    pub const fn new() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }

    /// Takes one more byte in.
    pub const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01B3))
    }

    /// Takes more bytes in.
    pub fn bytes(self, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |hash, &byte| hash.byte(byte))
    }

    /// The hash, its bits mixed (MurmurHash3's finaliser) so that any of them pick a slot.
    pub const fn finish(self) -> u64 {
        let mut hash = self.0;
        hash = (hash ^ hash >> 33).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        hash = (hash ^ hash >> 33).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        hash ^ hash >> 33
    }
}

impl Default for Fnv {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values() {
        assert_eq!(Fnv::new().bytes(b"a").0, 0xAF63_DC4C_8601_EC8C);
        assert_eq!(Fnv::new().bytes(b"foobar").0, 0x8594_4171_F739_67E8);
    }

    #[test]
    fn a_prefix_carries_on() {
        assert_eq!(
            Fnv::new().bytes(b"foo").bytes(b"bar").finish(),
            Fnv::new().bytes(b"foobar").finish()
        );
    }
}
