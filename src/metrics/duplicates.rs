//! Pages with the same or nearly the same text.
//!
//! Equal texts are found by their hash. Near duplicates are found among pages whose sketches agree in at least one
//! band, and are joined when the sketches as a whole are similar enough; so the work grows with the number of pages
//! that are alike, not with all pairs.

use std::collections::HashMap;

use storage_format::Sketch;

/// Share of equal sketch entries from which on two texts count as nearly the same. The sketch estimates the share of
/// what two texts have in common with an error of 0.038 about 0.9, so this finds texts that share nine tenths.
pub(super) const NEARLY_THE_SAME: f64 = 0.8;

/// Entries of a sketch that have to agree, all of them, for two pages to be compared.
const BAND: usize = 4;

/// One page's text.
pub(super) struct Fingerprint<'a> {
    pub(super) hash: Option<&'a str>,
    pub(super) sketch: Option<&'a Sketch>,
}

/// Pages of one group that are kept for comparison in a band. More than one, for of a chain of pages of which each is
/// like the next the first may not be like the last; not many, or thousands of pages of a template would all be
/// compared with each other.
const KEPT_OF_A_GROUP: usize = 8;

/// The group of each page, numbered from 1 in the order of their first pages; `None` has no like.
pub(super) fn groups(pages: &[Fingerprint<'_>]) -> Vec<Option<u64>> {
    let mut search = Search { pages, sets: Sets::new(pages.len()), by_band: HashMap::new(), comparisons: 0 };
    search.run();
    search.sets.numbered()
}

/// The search for pages that are alike.
struct Search<'p> {
    pages: &'p [Fingerprint<'p>],
    sets: Sets,
    by_band: HashMap<(usize, &'p [u32]), Vec<usize>>,
    /// Sketches that were compared: the work.
    comparisons: u64,
}

impl<'p> Search<'p> {
    fn run(&mut self) {
        let mut by_hash: HashMap<&str, usize> = HashMap::new();
        for (at, page) in self.pages.iter().enumerate() {
            if let Some(hash) = page.hash {
                let first = *by_hash.entry(hash).or_insert(at);
                if first != at {
                    // the same words make the same sketch, which has been looked for already
                    self.sets.join(first, at);
                    continue;
                }
            }
            if let Some(sketch) = page.sketch {
                self.place(at, sketch);
            }
        }
    }

    /// Compares a page with those that share a band with it, and keeps it for those to come.
    fn place(&mut self, at: usize, sketch: &'p Sketch) {
        for (band, entries) in sketch.numbers().chunks(BAND).enumerate() {
            let others = self.by_band.entry((band, entries)).or_default();
            for &other in others.iter() {
                if self.sets.find(other) == self.sets.find(at) {
                    continue;
                }
                self.comparisons += 1;
                if self.pages[other].sketch.is_some_and(|other| other.similarity(sketch) >= NEARLY_THE_SAME) {
                    self.sets.join(other, at);
                }
            }
            let own = self.sets.find(at);
            let kept = others.iter().filter(|other| self.sets.find(**other) == own).count();
            if kept < KEPT_OF_A_GROUP {
                others.push(at);
            }
        }
    }
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

#[cfg(test)]
mod tests;
