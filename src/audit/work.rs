//! How much work one content may ask for. Who may edit a page decides how many macros it holds, and how many files each of
//! them lists.

use std::cell::Cell;

/// Uses that one content may make: pages that list all their files stay far below.
const MOST_USES: u64 = 1 << 19;

/// Comparisons of names that one content may ask for, in bytes: ten macros of a few patterns each, on a page of 100,000
/// files, take a tenth.
const MOST_BYTES: u64 = 1 << 31;

/// What making a regular expression ready counts as, in bytes.
const PATTERN_BYTES: u64 = 1 << 20;

/// Spellings of a text that are searched, at most.
const SPELLINGS_OF_A_TEXT: usize = 25;

/// What making one byte of a name ready to be searched for counts as, in bytes.
const STEPS_OF_A_NAME: usize = 64;

/// The work that the references of one content have taken.
#[derive(Debug, Default)]
pub(super) struct Work {
    uses: Cell<u64>,
    bytes: Cell<u64>,
}

impl Work {
    pub(super) fn uses(&self, count: usize) {
        self.uses.set(self.uses.get().saturating_add(count as u64));
    }

    pub(super) fn compare(&self, bytes: usize) {
        self.bytes.set(self.bytes.get().saturating_add(bytes as u64));
    }

    pub(super) fn make_pattern(&self) {
        self.bytes.set(self.bytes.get().saturating_add(PATTERN_BYTES));
    }

    /// A text is searched for names, in all its spellings.
    pub(super) fn search(&self, text: usize, names: usize) {
        let texts = text.saturating_mul(SPELLINGS_OF_A_TEXT);
        self.compare(texts.saturating_add(names.saturating_mul(STEPS_OF_A_NAME)));
    }

    /// Whether the content asks for more than it may.
    pub(super) fn is_too_much(&self) -> bool {
        self.uses.get() > MOST_USES || self.bytes.get() > MOST_BYTES
    }
}
