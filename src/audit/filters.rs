//! The files that gallery and attachments macros take without naming them (`storage-format.md` 3).

use regex::{Regex, bytes};

use super::containers;
use super::index::{SiteIndex, fold, same_nfc};
use super::resolution::{Hit, Resolution, UnknownContainer};
use crate::inventory::{Attachment, Content};
use storage_format::{Certainty, ContainerRef, FileFilter};

/// The files a gallery or attachments macro takes. `kind` says whether, and how surely, a file is of the kind that
/// the macro shows.
pub(super) fn resolve(
    index: &SiteIndex<'_>,
    filter: &FileFilter,
    referring: &Content,
    kind: fn(&Attachment) -> Option<Certainty>,
) -> Resolution {
    let own = [ContainerRef::Own];
    let pages = if filter.pages.is_empty() { &own[..] } else { &filter.pages };
    let patterns = Patterns::new(filter);
    let mut resolution = Resolution::default();
    let mut seen: Vec<String> = Vec::new();
    for page in pages {
        let meant = containers::meant(index, page, referring);
        if let Some(description) = meant.unknown.filter(|_| !filter.include.is_empty()) {
            let names = filter.include.clone();
            resolution.unknown_container.get_or_insert(UnknownContainer { description, names });
        }
        for id in meant.ids {
            if seen.contains(&id) {
                continue;
            }
            let doubt = if meant.doubtful { Certainty::Possible } else { Certainty::Proven };
            for &attachment in index.files_of(&id) {
                let file = &index.inventory.attachments[attachment];
                let hit = taken(index, &id, file, filter, &patterns).zip(kind(file));
                resolution.hits.extend(hit.map(|(taken, kind)| Hit {
                    attachment,
                    name: file.title.clone(),
                    certainty: taken.max(kind).max(doubt),
                }));
            }
            seen.push(id);
        }
    }
    resolution
}

fn taken(
    index: &SiteIndex<'_>,
    container: &str,
    file: &Attachment,
    filter: &FileFilter,
    patterns: &Patterns,
) -> Option<Certainty> {
    let named = matches_names(index, container, file, filter)?;
    Some(named.max(patterns.matches(file)?).max(matches_labels(file, filter)?))
}

/// `include` and `exclude` of a gallery. A file on both lists is kept as possibly shown.
fn matches_names(index: &SiteIndex<'_>, container: &str, file: &Attachment, filter: &FileFilter) -> Option<Certainty> {
    // only the very name shuts a file out: whether case counts is not known
    let excluded = filter.exclude.iter().any(|name| same_nfc(name, &file.title));
    let nearly_excluded = filter.exclude.iter().any(|name| fold(name) == fold(&file.title));
    if filter.include.is_empty() {
        let certainty = if nearly_excluded { Certainty::Possible } else { Certainty::Proven };
        return (!excluded).then_some(certainty);
    }
    if filter.include.contains(&file.title) {
        return Some(if nearly_excluded { Certainty::Possible } else { Certainty::Proven });
    }
    is_on(index, container, file, &filter.include).then_some(Certainty::Possible)
}

/// Whether a list names the file by another spelling, or by an old name that no current file bears.
fn is_on(index: &SiteIndex<'_>, container: &str, file: &Attachment, list: &[String]) -> bool {
    let is_borne = |name: &str| {
        index.files_of(container).iter().any(|&at| fold(&index.inventory.attachments[at].title) == fold(name))
    };
    list.iter().any(|name| {
        fold(name) == fold(&file.title) || (file.names().iter().any(|own| fold(own) == fold(name)) && !is_borne(name))
    })
}

/// The regular expressions of an attachments macro; `None` is one that could not be read and shuts nothing out.
struct Patterns(Vec<Option<Pattern>>);

/// Confluence reads them as Java does, for which `\W`, `\D`, `\S` and their kin know ASCII only: a name may match by
/// either reading.
struct Pattern {
    unicode: Regex,
    ascii: Option<bytes::Regex>,
}

impl Pattern {
    fn new(pattern: &str) -> Option<Self> {
        let unicode = Regex::new(&format!("^(?:{pattern})$")).ok()?;
        let differs = ["\\W", "\\D", "\\S", "\\b", "\\B"].iter().any(|class| pattern.contains(class));
        let ascii = if differs { Some(bytes::Regex::new(&format!("^(?-u:{pattern})$")).ok()?) } else { None };
        Some(Self { unicode, ascii })
    }

    fn is_match(&self, name: &str) -> bool {
        self.unicode.is_match(name) || self.ascii.as_ref().is_some_and(|ascii| ascii.is_match(name.as_bytes()))
    }
}

impl Patterns {
    fn new(filter: &FileFilter) -> Self {
        Self(filter.patterns.iter().map(|pattern| Pattern::new(pattern)).collect())
    }

    fn matches(&self, file: &Attachment) -> Option<Certainty> {
        if self.0.is_empty() || self.0.iter().flatten().any(|pattern| pattern.is_match(&file.title)) {
            return Some(Certainty::Proven);
        }
        self.0.iter().any(Option::is_none).then_some(Certainty::Possible)
    }
}

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

/// All included labels must be there; what bears all of the excluded ones is left out (`storage-format.md` 3: all labels
/// must match). Where labels were not read, the file may match; where it bears some of the excluded ones, it may too.
fn matches_labels(file: &Attachment, filter: &FileFilter) -> Option<Certainty> {
    if !filter.needs_labels() {
        return Some(Certainty::Proven);
    }
    let Some(labels) = &file.labels else { return Some(Certainty::Possible) };
    let has = |label: &String| labels.iter().any(|own| fold(own) == fold(label));
    let included = filter.include_labels.iter().all(has);
    let excluded = filter.exclude_labels.iter().filter(|label| has(label)).count();
    if !included || (excluded > 0 && excluded == filter.exclude_labels.len()) {
        return None;
    }
    Some(if excluded > 0 { Certainty::Possible } else { Certainty::Proven })
}
