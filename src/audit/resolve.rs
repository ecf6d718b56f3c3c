//! From a reference to attachments: the container first, then the name in it (`storage-format.md` 1).

use regex::Regex;

use super::index::{SiteIndex, fold};
use crate::inventory::{Attachment, Content, ContentId, ContentKind};
use crate::storage_format::{Certainty, ContainerRef, FileFilter, NameMatching, Reference, Target};

/// What a reference means on this site.
#[derive(Debug, Default)]
pub(super) struct Resolution {
    /// The attachments it means.
    pub(super) hits: Vec<Hit>,
    /// A container that is not in the inventory: every file of these names might be the one meant.
    pub(super) unknown_container: Option<UnknownContainer>,
    /// A content whose files are used under names that cannot be told.
    pub(super) untold_container: Option<String>,
}

#[derive(Debug)]
pub(super) struct Hit {
    pub(super) attachment: usize,
    pub(super) name: String,
    pub(super) certainty: Certainty,
}

#[derive(Debug)]
pub(super) struct UnknownContainer {
    /// For people, e.g. `page id 9999`.
    pub(super) description: String,
    /// The names the reference may mean there.
    pub(super) names: Vec<String>,
}

/// Where a named file may live.
#[derive(Default)]
struct Containers {
    ids: Vec<String>,
    /// The reading is less than certain: ambiguous, or a fallback.
    doubtful: bool,
    /// Description of a container that is not in the inventory.
    unknown: Option<String>,
}

impl Containers {
    fn one(id: &str) -> Self {
        Self { ids: vec![id.to_owned()], ..Self::default() }
    }

    fn unknown(description: String) -> Self {
        Self { unknown: Some(description), ..Self::default() }
    }
}

impl SiteIndex<'_> {
    /// Resolves one reference of `referring`.
    pub(super) fn resolve(&self, reference: &Reference, referring: &Content) -> Resolution {
        let mut resolution = match &reference.target {
            Target::File { name, other_readings, container, matching } => {
                self.resolve_name(name, other_readings, container, *matching, referring)
            }
            Target::Attachment { id, fallback } => self.resolve_attachment_id(id, fallback.as_ref(), referring),
            Target::FileId { id } => Resolution {
                hits: self.files_by_file_id(id).iter().map(|&attachment| proven(attachment, id)).collect(),
                ..Resolution::default()
            },
            Target::Gallery(filter) => self.resolve_filter(filter, referring, is_image),
            Target::AttachmentList(filter) => self.resolve_filter(filter, referring, |_| true),
            Target::UntoldNames => {
                Resolution { untold_container: own_container(referring).map(str::to_owned), ..Resolution::default() }
            }
            Target::SpaceAttachments { .. } => Resolution::default(),
        };
        for hit in &mut resolution.hits {
            hit.certainty = hit.certainty.max(reference.certainty);
        }
        resolution
    }

    fn resolve_name(
        &self,
        name: &str,
        other_readings: &[String],
        container: &ContainerRef,
        matching: NameMatching,
        referring: &Content,
    ) -> Resolution {
        let containers = self.containers(container, referring);
        let mut hits = Vec::new();
        for (position, reading) in std::iter::once(name).chain(other_readings.iter().map(String::as_str)).enumerate() {
            for id in &containers.ids {
                for hit in self.files_named(id, reading, matching) {
                    let sure = hit.exact && position == 0 && !containers.doubtful;
                    let certainty = if sure { Certainty::Proven } else { Certainty::Possible };
                    hits.push(Hit { attachment: hit.attachment, name: reading.to_owned(), certainty });
                }
            }
            if !hits.is_empty() {
                break;
            }
        }
        if hits.len() > 1 {
            for hit in &mut hits {
                hit.certainty = Certainty::Possible;
            }
        }
        let unknown_container = containers.unknown.map(|description| UnknownContainer {
            description,
            names: std::iter::once(name.to_owned()).chain(other_readings.iter().cloned()).collect(),
        });
        Resolution { hits, unknown_container, untold_container: None }
    }

    /// An unknown attachment id falls back to the page and name its address also bears.
    fn resolve_attachment_id(&self, id: &str, fallback: Option<&(String, String)>, referring: &Content) -> Resolution {
        if let Some(attachment) = self.file_by_id(id) {
            return Resolution { hits: vec![proven(attachment, &format!("att{id}"))], ..Resolution::default() };
        }
        let Some((page, name)) = fallback else { return Resolution::default() };
        let container = ContainerRef::Content(page.clone());
        let mut resolution = self.resolve_name(name, &[], &container, NameMatching::Loose, referring);
        for hit in &mut resolution.hits {
            hit.certainty = Certainty::Possible;
        }
        resolution
    }

    fn containers(&self, container: &ContainerRef, referring: &Content) -> Containers {
        match container {
            ContainerRef::Own => match (own_container(referring), referring.kind) {
                (Some(id), _) => Containers::one(id),
                (None, ContentKind::Template) => Containers::default(),
                (None, _) => Containers::unknown("the content commented on".to_owned()),
            },
            ContainerRef::Content(id) => self.container_by_id(id, referring),
            ContainerRef::Page { title, space } => {
                let space = space.as_deref().or_else(|| self.space_key(referring));
                let mut found = self.pages(title, space);
                if found.is_empty()
                    && let Some((key, rest)) = title.split_once(':')
                {
                    // `SPACEKEY:Title`, as galleries write it (`storage-format.md` 3)
                    found = self.pages(rest, Some(key));
                }
                self.titled_containers(&found, || format!("page \"{title}\"{}", in_space(space)))
            }
            ContainerRef::BlogPost { title, day, space } => {
                let space = space.as_deref().or_else(|| self.space_key(referring));
                let mut found = self.posts(title, space);
                if let Some(day) = day {
                    found = self.posted_on(found, day);
                }
                self.titled_containers(&found, || format!("blog post \"{title}\"{}", in_space(space)))
            }
            // files of the space itself belong to no page or post and are not judged
            ContainerRef::Space { .. } => Containers::default(),
        }
    }

    fn container_by_id(&self, id: &str, referring: &Content) -> Containers {
        let known = self.content(id).map(|at| &self.inventory.contents[at]);
        let own = own_container(referring);
        let Some(content) = known else {
            // ids of old drafts survive in bodies: the referring page's own file may be meant
            let mut containers = Containers::unknown(format!("page id {id}"));
            containers.ids.extend(own.map(str::to_owned));
            containers.doubtful = true;
            return containers;
        };
        let Some(container) = own_container(content) else { return Containers::default() };
        let mut containers = Containers::one(container);
        if content.status.is_trash() {
            // a copied macro keeps the id of its source page; the copy holds the same file
            containers.ids.extend(own.map(str::to_owned));
            containers.doubtful = true;
        }
        containers
    }

    fn titled_containers(&self, found: &[usize], describe: impl Fn() -> String) -> Containers {
        let mut ids: Vec<String> = found.iter().map(|&at| self.inventory.contents[at].id.to_string()).collect();
        ids.sort();
        ids.dedup();
        match ids.len() {
            0 => Containers::unknown(describe()),
            count => Containers { ids, doubtful: count > 1, unknown: None },
        }
    }

    /// Posts of that day; the day depends on a time zone nobody tells, so a neighbouring day counts where no post of
    /// the very day exists.
    fn posted_on(&self, posts: Vec<usize>, day: &str) -> Vec<usize> {
        let Ok(day) = chrono::NaiveDate::parse_from_str(day.trim(), "%Y/%m/%d") else { return posts };
        let distance = |at: &usize| {
            let created = self.inventory.contents[*at].created_at?;
            Some((created.date_naive() - day).num_days().abs())
        };
        let nearest = posts.iter().filter_map(distance).min();
        posts.into_iter().filter(|at| distance(at).is_none_or(|days| days <= 1 && Some(days) == nearest)).collect()
    }

    /// The files a gallery or attachments macro takes.
    fn resolve_filter(&self, filter: &FileFilter, referring: &Content, kind: fn(&Attachment) -> bool) -> Resolution {
        let own = [ContainerRef::Own];
        let pages = if filter.pages.is_empty() { &own[..] } else { &filter.pages };
        let mut ids: Vec<String> = pages.iter().flat_map(|page| self.containers(page, referring).ids).collect();
        ids.sort();
        ids.dedup();
        let patterns: Vec<Option<Regex>> =
            filter.patterns.iter().map(|pattern| Regex::new(&format!("^(?:{pattern})$")).ok()).collect();
        let mut hits = Vec::new();
        for &attachment in ids.iter().flat_map(|id| self.files_of(id)) {
            let file = &self.inventory.attachments[attachment];
            if !kind(file) || !matches_patterns(file, &patterns) {
                continue;
            }
            let certainty = matches_names(file, filter).and_then(|sure| Some(sure.max(matches_labels(file, filter)?)));
            hits.extend(certainty.map(|certainty| Hit { attachment, name: file.title.clone(), certainty }));
        }
        Resolution { hits, ..Resolution::default() }
    }
}

/// The content whose files a bare name means: the content itself, or the page or post of a comment. A template has
/// none: its bare names will mean files of the future page.
fn own_container(content: &Content) -> Option<&str> {
    match content.kind {
        ContentKind::Page | ContentKind::BlogPost | ContentKind::CustomContent => Some(content.id.as_str()),
        ContentKind::FooterComment | ContentKind::InlineComment => content.container.as_ref().map(ContentId::as_str),
        ContentKind::Template => None,
    }
}

fn proven(attachment: usize, name: &str) -> Hit {
    Hit { attachment, name: name.to_owned(), certainty: Certainty::Proven }
}

fn in_space(space: Option<&str>) -> String {
    space.map(|key| format!(" in space {key}")).unwrap_or_default()
}

fn is_image(file: &Attachment) -> bool {
    const IMAGE_EXTENSIONS: [&str; 10] = ["png", "jpg", "jpeg", "gif", "bmp", "svg", "webp", "tif", "tiff", "heic"];
    let by_name = || {
        let extension = file.title.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        extension.is_some_and(|extension| IMAGE_EXTENSIONS.contains(&extension.as_str()))
    };
    match file.media_type.as_deref() {
        Some(media_type) if media_type.starts_with("image/") => true,
        // browsers and tools upload pictures under these types too
        None | Some("application/octet-stream" | "binary/octet-stream") => by_name(),
        Some(_) => false,
    }
}

/// A pattern that is no regular expression shuts nothing out.
fn matches_patterns(file: &Attachment, patterns: &[Option<Regex>]) -> bool {
    patterns.is_empty()
        || patterns.iter().any(|pattern| pattern.as_ref().is_none_or(|pattern| pattern.is_match(&file.title)))
}

/// `include` and `exclude` of a gallery. A file on both lists is kept as possibly shown.
fn matches_names(file: &Attachment, filter: &FileFilter) -> Option<Certainty> {
    let on = |list: &[String]| list.iter().any(|name| fold(name) == fold(&file.title));
    match (filter.include.is_empty() || on(&filter.include), on(&filter.exclude)) {
        (true, false) => Some(Certainty::Proven),
        (true, true) if !filter.include.is_empty() => Some(Certainty::Possible),
        _ => None,
    }
}

/// All included labels must be there and no excluded one; where labels were not read, the file may match.
fn matches_labels(file: &Attachment, filter: &FileFilter) -> Option<Certainty> {
    if !filter.needs_labels() {
        return Some(Certainty::Proven);
    }
    let Some(labels) = &file.labels else { return Some(Certainty::Possible) };
    let has = |label: &String| labels.iter().any(|own| own.eq_ignore_ascii_case(label));
    let included = filter.include_labels.iter().all(has);
    let excluded = filter.exclude_labels.iter().any(has);
    (included && !excluded).then_some(Certainty::Proven)
}
