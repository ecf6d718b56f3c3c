//! Detection of pages with the same or nearly the same text.
//!
//! Equal texts are found by their hash. Near duplicates are found by locality-sensitive hashing of their `MinHash` sketches:
//! only pages whose sketches agree in at least one band are compared, and they are grouped if the complete sketches are
//! similar enough. The work grows with the number of similar pages, not with the number of pairs.

use std::collections::HashMap;

use storage_format::Sketch;

/// Minimum share of equal sketch entries for two texts to count as nearly the same. Around 0.9 the sketch estimates the
/// similarity of two texts with an error of 0.038, so this threshold finds texts that share nine tenths.
pub(super) const NEARLY_THE_SAME: f64 = 0.8;

/// Number of sketch entries in a band. Two pages are compared if all entries of one band agree.
const BAND: usize = 4;

/// Hash and sketch of the text of one page.
pub(super) struct Fingerprint<'a> {
    pub(super) hash: Option<&'a str>,
    pub(super) sketch: Option<&'a Sketch>,
}

/// Number of pages of one group that a band keeps for comparison. One is not enough: in a chain of pages of which each is
/// similar to the next, the first may not be similar to the last. With too many, thousands of pages made from one template
/// would all be compared with each other.
const MAX_PER_GROUP: usize = 8;

/// Returns the group of each page, numbered from 1 in the order of their first pages; `None` if no other page is similar.
pub(super) fn groups(pages: &[Fingerprint<'_>]) -> Vec<Option<u64>> {
    let mut search =
        DuplicateSearch { pages, sets: DisjointSets::new(pages.len()), by_band: HashMap::new(), comparisons: 0 };
    search.run();
    search.sets.numbered()
}

struct DuplicateSearch<'p> {
    pages: &'p [Fingerprint<'p>],
    sets: DisjointSets,
    by_band: HashMap<(usize, &'p [u32]), Vec<usize>>,
    /// Number of sketches compared, as a measure of the work.
    comparisons: u64,
}

impl<'p> DuplicateSearch<'p> {
    fn run(&mut self) {
        let mut by_hash: HashMap<&str, usize> = HashMap::new();
        for (at, page) in self.pages.iter().enumerate() {
            if let Some(hash) = page.hash {
                let first = *by_hash.entry(hash).or_insert(at);
                if first != at {
                    // the same words have the same sketch, which was searched for already
                    self.sets.join(first, at);
                    continue;
                }
            }
            if let Some(sketch) = page.sketch {
                self.compare_bands(at, sketch);
            }
        }
    }

    /// Compares a page with earlier pages that share a band with it, and keeps it for comparison with later ones.
    fn compare_bands(&mut self, at: usize, sketch: &'p Sketch) {
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
            if kept < MAX_PER_GROUP {
                others.push(at);
            }
        }
    }
}

/// Union-find over pages.
struct DisjointSets {
    parents: Vec<usize>,
}

impl DisjointSets {
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
