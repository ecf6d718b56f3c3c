//! The files that gallery and attachments macros take without naming them.

use std::collections::HashSet;

use regex::{Regex, RegexBuilder};

use super::containers;
use super::index::{SiteIndex, fold, nfc};
use super::java_pattern::{self, Boundaries};
use super::resolution::{Hit, Resolution, UnknownContainer, Untold, WhyUntold};
use super::work::Work;
use crate::inventory::{Attachment, Content};
use storage_format::{Certainty, ContainerRef, FileFilter};

/// The files a gallery or attachments macro takes. `kind` says whether, and how surely, a file is of the kind that
/// the macro shows.
pub(super) fn resolve(
    index: &SiteIndex<'_>,
    filter: &FileFilter,
    referring: &Content,
    kind: fn(&Attachment) -> Option<Certainty>,
    work: &Work,
) -> Resolution {
    let prepared = Prepared::new(filter, work);
    let mut resolution = Resolution::default();
    each_page(index, filter, referring, &mut resolution, |id, doubtful, resolution| {
        let doubt = if doubtful { Certainty::Possible } else { Certainty::Proven };
        for &attachment in index.files_of(&id) {
            if work.is_too_much() {
                resolution.untold.push(Untold { container: id, why: WhyUntold::TooMuchWork });
                return;
            }
            let file = &index.inventory.attachments[attachment];
            let hit = prepared.taken(index, &id, file, work).zip(kind(file));
            resolution.hits.extend(hit.map(|(taken, kind)| Hit {
                attachment,
                name: file.title.clone(),
                certainty: taken.max(kind).max(doubt),
            }));
        }
    });
    resolution
}

/// The pages a gallery or attachments macro lists, none of whose files is looked at.
pub(super) fn untold(index: &SiteIndex<'_>, filter: &FileFilter, referring: &Content) -> Resolution {
    let mut resolution = Resolution::default();
    each_page(index, filter, referring, &mut resolution, |container, _, resolution| {
        resolution.untold.push(Untold { container, why: WhyUntold::TooMuchWork });
    });
    resolution
}

/// Calls `found` with each page of a macro once, and whether that is in doubt.
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
        let meant = containers::meant(index, page, referring);
        if let Some(description) = meant.unknown.filter(|_| !filter.include.is_empty()) {
            let names = || filter.include.clone();
            resolution.unknown_container.get_or_insert_with(|| UnknownContainer { description, names: names() });
        }
        for id in meant.ids {
            if seen.insert(id.clone()) {
                found(id, meant.doubtful, resolution);
            }
        }
    }
}

/// The lists of a macro, made ready to be asked for every file.
struct Prepared<'f> {
    filter: &'f FileFilter,
    include: HashSet<String>,
    exclude: HashSet<String>,
    /// Only the very name shuts a file out: whether case counts is not known.
    exclude_exactly: HashSet<String>,
    include_exactly: HashSet<&'f str>,
    include_labels: HashSet<String>,
    exclude_labels: HashSet<String>,
    patterns: Patterns,
}

impl<'f> Prepared<'f> {
    fn new(filter: &'f FileFilter, work: &Work) -> Self {
        let folded = |list: &[String]| -> HashSet<String> {
            work.compare(list.iter().map(String::len).sum());
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
            patterns: Patterns::new(filter, work),
        }
    }

    fn taken(&self, index: &SiteIndex<'_>, container: &str, file: &Attachment, work: &Work) -> Option<Certainty> {
        work.compare(file.title.len());
        let named = self.matches_names(index, container, file)?;
        Some(named.max(self.patterns.matches(file, work)?).max(self.matches_labels(file)?))
    }

    /// `include` and `exclude` of a gallery. A file on both lists is kept as possibly shown.
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

    /// Whether the list names the file by another spelling, or by an old name that no current file bears.
    fn includes(&self, index: &SiteIndex<'_>, container: &str, file: &Attachment) -> bool {
        self.include.contains(&fold(&file.title))
            || file
                .names()
                .into_iter()
                .map(fold)
                .any(|name| self.include.contains(&name) && !index.is_borne(container, &name))
    }

    /// All included labels must be there; what bears all of the excluded ones is left out. Where labels were not read, the file may match; where it bears some of the excluded ones, it
    /// may too.
    fn matches_labels(&self, file: &Attachment) -> Option<Certainty> {
        if !self.filter.needs_labels() {
            return Some(Certainty::Proven);
        }
        let Some(labels) = &file.labels else { return Some(Certainty::Possible) };
        let labels: HashSet<String> = labels.iter().map(|label| fold(label)).collect();
        let borne = |list: &HashSet<String>| labels.iter().filter(|label| list.contains(*label)).count();
        let (included, excluded) = (borne(&self.include_labels), borne(&self.exclude_labels));
        if included < self.include_labels.len() || (excluded > 0 && excluded == self.exclude_labels.len()) {
            return None;
        }
        Some(if excluded > 0 { Certainty::Possible } else { Certainty::Proven })
    }
}

/// The regular expressions of an attachments macro; `None` is one that could not be read and shuts nothing out.
struct Patterns(Vec<Option<Pattern>>);

/// A pattern as Java reads it. Where words end is told by letters in old versions of Java, and by ASCII in new ones: a name
/// may match by either reading.
struct Pattern(Vec<Regex>);

/// The largest regular expression, in bytes when it is made ready. One that is larger counts as one that cannot be read.
const LARGEST_PATTERN: usize = 1 << 20;

impl Pattern {
    fn new(pattern: &str, work: &Work) -> Option<Self> {
        let readings = [
            java_pattern::translated(pattern, Boundaries::Ascii),
            java_pattern::translated(pattern, Boundaries::Unicode),
        ];
        let mut readings: Vec<String> = readings.into_iter().map(|reading| format!("^(?:{reading})$")).collect();
        readings.dedup();
        let made = readings.iter().map(|reading| {
            if work.is_too_much() {
                return None;
            }
            work.make_pattern();
            RegexBuilder::new(reading).size_limit(LARGEST_PATTERN).build().ok()
        });
        made.collect::<Option<Vec<Regex>>>().map(Self)
    }

    fn is_match(&self, name: &str) -> bool {
        self.0.iter().any(|reading| reading.is_match(name))
    }
}

impl Patterns {
    fn new(filter: &FileFilter, work: &Work) -> Self {
        let patterns: HashSet<&String> = filter.patterns.iter().collect();
        Self(patterns.into_iter().map(|pattern| Pattern::new(pattern, work)).collect())
    }

    fn matches(&self, file: &Attachment, work: &Work) -> Option<Certainty> {
        work.compare(self.0.len() * file.title.len() * STEPS_OF_A_PATTERN);
        if self.0.is_empty() || self.0.iter().flatten().any(|pattern| pattern.is_match(&file.title)) {
            return Some(Certainty::Proven);
        }
        self.0.iter().any(Option::is_none).then_some(Certainty::Possible)
    }
}

/// What a regular expression does with one byte of a name, beside comparing it.
const STEPS_OF_A_PATTERN: usize = 8;

/// Whether a gallery shows the file.
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
    // browsers and tools upload pictures under these types too; under any other it is a guess
    let is_untyped = matches!(media_type.as_str(), "" | "application/octet-stream" | "binary/octet-stream");
    Some(if is_untyped { Certainty::Proven } else { Certainty::Possible })
}
