//! What the configuration says about judging pages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Rules of a snapshot, with exceptions per space.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// For all spaces.
    pub usual: Thresholds,
    /// For single spaces, by key.
    pub by_space: BTreeMap<String, Thresholds>,
    /// Account ids of bots, whose edits say nothing about care.
    pub bots: Vec<String>,
}

impl Rules {
    /// The thresholds of a space.
    pub fn of(&self, space_key: &str) -> &Thresholds {
        self.by_space.get(space_key).unwrap_or(&self.usual)
    }
}

/// From where on something counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Days without an edit after which a page is aging.
    pub aging_days: u32,
    /// Days without an edit after which a page is stale, and listed as outdated.
    pub stale_days: u32,
    /// Days without an edit after which a page is expired.
    pub expired_days: u32,
    /// A stub has fewer words.
    pub stub_words: u32,
    /// Days in a state that is not final after which a workflow stalls.
    pub stalled_days: u32,
    /// Megabytes of files from which on a page without views is listed.
    pub unread_mb: u32,
}

impl Thresholds {
    /// Bytes of files from which on a page without views is listed.
    pub fn unread_bytes(&self) -> u64 {
        u64::from(self.unread_mb) * 1024 * 1024
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { aging_days: 180, stale_days: 365, expired_days: 730, stub_words: 50, stalled_days: 30, unread_mb: 10 }
    }
}
