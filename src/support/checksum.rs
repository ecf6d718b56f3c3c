//! SHA-256 checksums in hexadecimal: of bytes, and of data while it is written.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

/// Returns the SHA-256 checksum of bytes, in hexadecimal.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Writer that counts and hashes the bytes on their way to another writer.
#[derive(Debug)]
pub struct HashingWriter<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> HashingWriter<W> {
    pub fn new(inner: W) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    /// Returns the number of bytes written so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the SHA-256 checksum of the bytes written so far, in hexadecimal.
    pub fn sha256(&self) -> String {
        hex::encode(self.hash.clone().finalize())
    }

    /// Returns the inner writer, the number of bytes and their SHA-256 checksum in hexadecimal.
    pub fn finish(self) -> (W, u64, String) {
        (self.inner, self.bytes, hex::encode(self.hash.finalize()))
    }
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.hash.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Example from the standard (FIPS 180-2).
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_checksum_matches_the_standard_whether_computed_at_once_or_in_parts() {
        assert_eq!(sha256("abc"), ABC);
        let mut meter = HashingWriter::new(Vec::new());
        meter.write_all(b"a").unwrap();
        assert_eq!((meter.bytes(), meter.sha256()), (1, sha256("a")));
        meter.write_all(b"bc").unwrap();
        assert_eq!(meter.finish(), (b"abc".to_vec(), 3, ABC.to_owned()));
    }

    #[test]
    fn bytes_that_a_full_disk_did_not_take_are_not_counted() {
        let mut room = [0_u8; 2];
        let mut meter = HashingWriter::new(&mut room[..]);
        assert!(meter.write_all(b"abc").is_err());
        assert_eq!((meter.bytes(), meter.finish().2), (2, sha256("ab")));
    }
}
