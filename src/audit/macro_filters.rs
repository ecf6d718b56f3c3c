//! Resolves gallery and attachments macros, which select files by filters.

use std::collections::HashSet;

use regex::{Regex, RegexBuilder};

use super::containers;
use super::java_pattern::{self, WordBoundaries};
use super::resolution::{Hit, Resolution, UncertainContainer, Uncertainty, UnknownContainer};
use super::site_index::{SiteIndex, fold, nfc};
use super::work_meter::WorkMeter;
use crate::inventory::{Attachment, Content};
use storage_format::{Certainty, ContainerRef, FileFilter};

/// Returns the files that a gallery or attachments macro selects. `kind` returns whether, and how certainly, a file is
/// of the kind that the macro shows.
pub(super) fn resolve(
    index: &SiteIndex<'_>,
    filter: &FileFilter,
    referring: &Content,
    kind: fn(&Attachment) -> Option<Certainty>,
    work: &WorkMeter,
) -> Resolution {
    let compiled = CompiledFilter::new(filter, work);
    let mut resolution = Resolution::default();
    each_page(index, filter, referring, &mut resolution, |id, doubtful, resolution| {
        let doubt = if doubtful { Certainty::Possible } else { Certainty::Proven };
        for &attachment in index.files_of(&id) {
            if work.is_over_limit() {
                resolution.uncertain.push(UncertainContainer { container: id, cause: Uncertainty::WorkLimit });
                return;
            }
            let file = &index.inventory.attachments[attachment];
            let hit = compiled.matches(index, &id, file, work).zip(kind(file));
            resolution.hits.extend(hit.map(|(matched, kind)| Hit {
                attachment,
                name: file.title.clone(),
                certainty: matched.max(kind).max(doubt),
            }));
        }
    });
    resolution
}

/// Returns the pages that a gallery or attachments macro lists, without looking at their files.
pub(super) fn uncertain(index: &SiteIndex<'_>, filter: &FileFilter, referring: &Content) -> Resolution {
    let mut resolution = Resolution::default();
    each_page(index, filter, referring, &mut resolution, |container, _, resolution| {
        resolution.uncertain.push(UncertainContainer { container, cause: Uncertainty::WorkLimit });
    });
    resolution
}

/// Calls `found` once for each page of a macro. Its second argument is whether that page is in doubt.
fn each_page(
    index: &SiteIndex<'_>,
    filter: &FileFilter,
    referring: &Content,
    resolution: &mut Resolution,
    mut found: impl FnMut(String, bool, &mut Resolution),
) {
    let own = [ContainerRef::Own];
    let pages = if filter.pages.is_empty() { &own[..] } else { &filter.pages };
    let mut seen: HashSet<String> = HashSet::new();
    for page in pages {
        let containers = containers::find_containers(index, page, referring);
        if let Some(description) = containers.unknown.filter(|_| !filter.include.is_empty()) {
            let names = || filter.include.clone();
            resolution.unknown_container.get_or_insert_with(|| UnknownContainer { description, names: names() });
        }
        for id in containers.ids {
            if seen.insert(id.clone()) {
                found(id, containers.doubtful, resolution);
            }
        }
    }
}

/// A filter prepared for checking many files.
struct CompiledFilter<'f> {
    filter: &'f FileFilter,
    include: HashSet<String>,
    exclude: HashSet<String>,
    /// Only an exact name excludes a file: it is not known whether Confluence compares case.
    exclude_exactly: HashSet<String>,
    include_exactly: HashSet<&'f str>,
    include_labels: HashSet<String>,
    exclude_labels: HashSet<String>,
    patterns: NamePatterns,
}

impl<'f> CompiledFilter<'f> {
    fn new(filter: &'f FileFilter, work: &WorkMeter) -> Self {
        let folded = |list: &[String]| -> HashSet<String> {
            work.add_compared(list.iter().map(String::len).sum());
            list.iter().map(|item| fold(item)).collect()
        };
        Self {
            filter,
            include: folded(&filter.include),
            exclude: folded(&filter.exclude),
            exclude_exactly: filter.exclude.iter().map(|name| nfc(name)).collect(),
            include_exactly: filter.include.iter().map(String::as_str).collect(),
            include_labels: folded(&filter.include_labels),
            exclude_labels: folded(&filter.exclude_labels),
            patterns: NamePatterns::new(filter, work),
        }
    }

    fn matches(
        &self,
        index: &SiteIndex<'_>,
        container: &str,
        file: &Attachment,
        work: &WorkMeter,
    ) -> Option<Certainty> {
        work.add_compared(file.title.len());
        let named = self.matches_names(index, container, file)?;
        Some(named.max(self.patterns.matches(file, work)?).max(self.matches_labels(file)?))
    }

    /// Applies `include` and `exclude` of a gallery. A file on both lists counts as possibly shown.
    fn matches_names(&self, index: &SiteIndex<'_>, container: &str, file: &Attachment) -> Option<Certainty> {
        if self.include.is_empty() && self.exclude.is_empty() {
            return Some(Certainty::Proven);
        }
        let nearly_excluded = self.exclude.contains(&fold(&file.title));
        if self.filter.include.is_empty() {
            let excluded = nearly_excluded && self.exclude_exactly.contains(&nfc(&file.title));
            let certainty = if nearly_excluded { Certainty::Possible } else { Certainty::Proven };
            return (!excluded).then_some(certainty);
        }
        if self.include_exactly.contains(file.title.as_str()) {
            return Some(if nearly_excluded { Certainty::Possible } else { Certainty::Proven });
        }
        self.includes(index, container, file).then_some(Certainty::Possible)
    }

    /// Whether `include` names the file in another spelling, or by an old name that no current file has.
    fn includes(&self, index: &SiteIndex<'_>, container: &str, file: &Attachment) -> bool {
        self.include.contains(&fold(&file.title))
            || file
                .names()
                .into_iter()
                .map(fold)
                .any(|name| self.include.contains(&name) && !index.has_current_name(container, &name))
    }

    /// Applies the label filters: a file must have all included labels, and must not have all excluded ones. A file
    /// matches possibly if its labels were not read, or if it has some of the excluded ones.
    fn matches_labels(&self, file: &Attachment) -> Option<Certainty> {
        if !self.filter.needs_labels() {
            return Some(Certainty::Proven);
        }
        let Some(labels) = &file.labels else { return Some(Certainty::Possible) };
        let labels: HashSet<String> = labels.iter().map(|label| fold(label)).collect();
        let count_in = |list: &HashSet<String>| labels.iter().filter(|label| list.contains(*label)).count();
        let (included, excluded) = (count_in(&self.include_labels), count_in(&self.exclude_labels));
        if included < self.include_labels.len() || (excluded > 0 && excluded == self.exclude_labels.len()) {
            return None;
        }
        Some(if excluded > 0 { Certainty::Possible } else { Certainty::Proven })
    }
}

/// The regular expressions of an attachments macro; `None` is an invalid one, which excludes no file.
struct NamePatterns(Vec<Option<NamePattern>>);

/// A Java pattern. Old versions of Java find word boundaries by Unicode letters, new ones by ASCII letters: a name
/// matches if it matches either way.
struct NamePattern(Vec<Regex>);

/// Size limit of a compiled regular expression, in bytes. A larger one counts as invalid.
const MAX_PATTERN_BYTES: usize = 1 << 20;

impl NamePattern {
    fn new(pattern: &str, work: &WorkMeter) -> Option<Self> {
        let translations = [
            java_pattern::translate(pattern, WordBoundaries::Ascii),
            java_pattern::translate(pattern, WordBoundaries::Unicode),
        ];
        let mut patterns: Vec<String> = translations.into_iter().map(|pattern| format!("^(?:{pattern})$")).collect();
        patterns.dedup();
        let compiled = patterns.iter().map(|pattern| {
            if work.is_over_limit() {
                return None;
            }
            work.add_pattern();
            RegexBuilder::new(pattern).size_limit(MAX_PATTERN_BYTES).build().ok()
        });
        compiled.collect::<Option<Vec<Regex>>>().map(Self)
    }

    fn is_match(&self, name: &str) -> bool {
        self.0.iter().any(|regex| regex.is_match(name))
    }
}

impl NamePatterns {
    fn new(filter: &FileFilter, work: &WorkMeter) -> Self {
        let patterns: HashSet<&String> = filter.patterns.iter().collect();
        Self(patterns.into_iter().map(|pattern| NamePattern::new(pattern, work)).collect())
    }

    fn matches(&self, file: &Attachment, work: &WorkMeter) -> Option<Certainty> {
        work.add_compared(self.0.len() * file.title.len() * MATCHING_COST);
        if self.0.is_empty() || self.0.iter().flatten().any(|pattern| pattern.is_match(&file.title)) {
            return Some(Certainty::Proven);
        }
        self.0.iter().any(Option::is_none).then_some(Certainty::Possible)
    }
}

/// Cost of matching a regular expression against one byte of a name, in compared bytes.
const MATCHING_COST: usize = 8;

/// Returns whether, and how certainly, the file is an image that a gallery shows.
pub(super) fn is_image(file: &Attachment) -> Option<Certainty> {
    const IMAGE_EXTENSIONS: [&str; 11] =
        ["png", "jpg", "jpeg", "jfif", "gif", "bmp", "svg", "webp", "tif", "tiff", "heic"];
    let media_type = file.media_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    if media_type.starts_with("image/") {
        return Some(Certainty::Proven);
    }
    let extension = file.title.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())?;
    if !IMAGE_EXTENSIONS.contains(&extension.as_str()) {
        return None;
    }
    // browsers and tools also upload images under these types; under any other type it is a guess
    let is_untyped = matches!(media_type.as_str(), "" | "application/octet-stream" | "binary/octet-stream");
    Some(if is_untyped { Certainty::Proven } else { Certainty::Possible })
}
