//! Bytes of files: pseudo-random, generated from a seed on request.

use hyper::body::Bytes;

const CHUNK: u64 = 64 * 1024;

/// A range of the bytes of a file.
#[derive(Debug, Clone)]
pub(crate) struct FileBytes {
    seed: u64,
    position: u64,
    end: u64,
}

impl FileBytes {
    /// Returns the bytes from `start` up to, but not including, `end`.
    pub(crate) fn new(seed: u64, start: u64, end: u64) -> Self {
        Self { seed, position: start, end: end.max(start) }
    }

    /// Number of remaining bytes.
    pub(crate) fn remaining(&self) -> u64 {
        self.end - self.position
    }

    /// Returns the next part, or `None` at the end.
    pub(crate) fn next_chunk(&mut self) -> Option<Bytes> {
        let end = self.end.min(self.position + CHUNK);
        if self.position == end {
            return None;
        }
        let mut bytes = Vec::with_capacity(usize::try_from(end - self.position).ok()?);
        while self.position < end {
            let block = mix(self.seed.wrapping_add(self.position / 8)).to_le_bytes();
            let (from, left) = (self.position % 8, end - self.position);
            let taken = block.into_iter().skip(usize::try_from(from).ok()?).take(usize::try_from(left.min(8)).ok()?);
            let before = bytes.len();
            bytes.extend(taken);
            self.position += (bytes.len() - before) as u64;
        }
        Some(Bytes::from(bytes))
    }

    /// Returns at most `count` bytes from the start, for damaged bodies.
    #[cfg(feature = "faults")]
    pub(crate) fn first(mut self, count: usize) -> Bytes {
        self.end = self.end.min(self.position.saturating_add((count as u64).min(CHUNK)));
        self.next_chunk().unwrap_or_default()
    }
}

/// The finaliser of `SplitMix64`.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut file: FileBytes) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some(chunk) = file.next_chunk() {
            bytes.extend_from_slice(&chunk);
        }
        bytes
    }

    #[test]
    fn a_range_is_a_part_of_the_file() {
        let complete = all(FileBytes::new(7, 0, 200_001));
        assert_eq!(complete.len(), 200_001);
        assert_eq!(all(FileBytes::new(7, 65_533, 131_075)), complete[65_533..131_075]);
        assert_eq!(all(FileBytes::new(7, 200_000, 200_001)), complete[200_000..]);
    }

    #[test]
    fn different_seeds_generate_different_bytes() {
        assert_ne!(all(FileBytes::new(1, 0, 64)), all(FileBytes::new(2, 0, 64)));
    }
}
