//! Where a test can stop the writer dead: after so many steps on the disk nothing works any more, as after a kill.
//! Outside of tests there is nothing in it.

use std::fs::File;
use std::io::{self, Write};
#[cfg(test)]
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// Burns down by one with every step on the disk.
#[derive(Debug, Clone, Default)]
pub(super) struct Fuse {
    #[cfg(test)]
    left: Option<Arc<AtomicU32>>,
}

impl Fuse {
    /// Blows at the step after `steps`.
    #[cfg(test)]
    pub(super) fn after(steps: u32) -> Self {
        Self { left: Some(Arc::new(AtomicU32::new(steps))) }
    }

    /// Whether there were steps left when all was done.
    #[cfg(test)]
    pub(super) fn is_intact(&self) -> bool {
        self.left.as_ref().is_none_or(|left| left.load(Ordering::Relaxed) > 0)
    }

    /// To be taken before anything is changed on the disk.
    #[cfg(test)]
    pub(super) fn step(&self) -> io::Result<()> {
        let Some(left) = &self.left else { return Ok(()) };
        let burn = |left: u32| left.checked_sub(1);
        match left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, burn) {
            Ok(before) if before > 1 => Ok(()),
            _ => Err(io::Error::other("killed here")),
        }
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same signature as in tests")]
    pub(super) fn step(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that is torn in the middle of a write when the fuse blows.
pub(super) struct FusedFile {
    pub(super) file: File,
    pub(super) fuse: Fuse,
}

impl Write for FusedFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if let Err(killed) = self.fuse.step() {
            self.file.write_all(&buffer[..buffer.len() / 2])?;
            return Err(killed);
        }
        self.file.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
