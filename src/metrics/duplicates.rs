//! Pages with the same or nearly the same text.
//!
//! Equal texts are found by their hash. Near duplicates are found among pages whose sketches agree in at least one
//! band, and are joined when the sketches as a whole are similar enough; so the work grows with the number of pages
//! that are alike, not with all pairs.

use std::collections::HashMap;

use crate::storage_format::Sketch;

/// Share of equal sketch entries from which on two texts count as nearly the same.
pub(super) const NEARLY_THE_SAME: f64 = 0.85;

/// Entries of a sketch that have to agree, all of them, for two pages to be compared.
const BAND: usize = 4;

/// One page's text.
pub(super) struct Fingerprint<'a> {
    pub(super) hash: Option<&'a str>,
    pub(super) sketch: Option<&'a Sketch>,
}

/// The group of each page, numbered from 1 in the order of their first pages; `None` has no like.
pub(super) fn groups(pages: &[Fingerprint<'_>]) -> Vec<Option<u64>> {
    let mut sets = Sets::new(pages.len());
    let mut by_hash: HashMap<&str, usize> = HashMap::new();
    let mut by_band: HashMap<(usize, &[u32]), Vec<usize>> = HashMap::new();
    for (at, page) in pages.iter().enumerate() {
        if let Some(hash) = page.hash {
            let first = *by_hash.entry(hash).or_insert(at);
            sets.join(first, at);
        }
        let Some(sketch) = page.sketch else { continue };
        for (band, entries) in sketch.numbers().chunks(BAND).enumerate() {
            let others = by_band.entry((band, entries)).or_default();
            for &other in others.iter() {
                // pages of one group need no second look: templates make thousands of equal pages
                if sets.find(other) != sets.find(at)
                    && pages[other].sketch.is_some_and(|other| other.similarity(sketch) >= NEARLY_THE_SAME)
                {
                    sets.join(other, at);
                }
            }
            if others.last().is_none_or(|last| sets.find(*last) != sets.find(at)) {
                others.push(at);
            }
        }
    }
    sets.numbered()
}

/// Disjoint sets of pages.
struct Sets {
    parents: Vec<usize>,
}

impl Sets {
    fn new(size: usize) -> Self {
        Self { parents: (0..size).collect() }
    }

    fn find(&mut self, mut at: usize) -> usize {
        while self.parents[at] != at {
            self.parents[at] = self.parents[self.parents[at]];
            at = self.parents[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        let (low, high) = (one.min(other), one.max(other));
        self.parents[high] = low;
    }

    fn numbered(mut self) -> Vec<Option<u64>> {
        let roots: Vec<usize> = (0..self.parents.len()).map(|at| self.find(at)).collect();
        let mut sizes: HashMap<usize, usize> = HashMap::new();
        for root in &roots {
            *sizes.entry(*root).or_default() += 1;
        }
        let mut numbers: HashMap<usize, u64> = HashMap::new();
        let number = |root: &usize| {
            (sizes[root] > 1).then(|| {
                let next = numbers.len() as u64 + 1;
                *numbers.entry(*root).or_insert(next)
            })
        };
        roots.iter().map(number).collect()
    }
}
