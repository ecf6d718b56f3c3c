//! Limit on the work that the references of one content cause. Anyone who may edit a page decides how many macros it
//! holds and how many files each of them lists.

use std::cell::Cell;

/// Uses that one content may have: pages that list all their files stay far below.
const MAX_USES: u64 = 1 << 19;

/// Bytes of names that the references of one content may compare: ten macros with a few patterns each, on a page of
/// 100,000 files, take a tenth.
const MAX_COMPARED_BYTES: u64 = 1 << 31;

/// Cost of compiling one regular expression, in compared bytes.
const PATTERN_COST: u64 = 1 << 20;

/// Most spellings of one text that are searched.
const MAX_SPELLINGS: usize = 25;

/// Cost of each byte of a name that a search is built for, in compared bytes.
const SEARCHED_NAME_COST: usize = 64;

/// The work that the references of one content have taken so far.
#[derive(Debug, Default)]
pub(super) struct WorkMeter {
    uses: Cell<u64>,
    compared_bytes: Cell<u64>,
}

impl WorkMeter {
    pub(super) fn add_uses(&self, count: usize) {
        self.uses.set(self.uses.get().saturating_add(count as u64));
    }

    pub(super) fn add_compared(&self, bytes: usize) {
        self.compared_bytes.set(self.compared_bytes.get().saturating_add(bytes as u64));
    }

    pub(super) fn add_pattern(&self) {
        self.compared_bytes.set(self.compared_bytes.get().saturating_add(PATTERN_COST));
    }

    /// Adds the cost of searching all spellings of a text for names. Both arguments are in bytes.
    pub(super) fn add_search(&self, text: usize, names: usize) {
        let texts = text.saturating_mul(MAX_SPELLINGS);
        self.add_compared(texts.saturating_add(names.saturating_mul(SEARCHED_NAME_COST)));
    }

    pub(super) fn is_over_limit(&self) -> bool {
        self.uses.get() > MAX_USES || self.compared_bytes.get() > MAX_COMPARED_BYTES
    }
}
