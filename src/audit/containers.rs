//! Finds the contents that a reference names as the container of its file, and how certain that is.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::site_index::{SiteIndex, TitleMatches};
use crate::inventory::{Content, ContentId, ContentKind};
use storage_format::ContainerRef;

/// The contents that may own a named file.
#[derive(Default)]
pub(super) struct Containers {
    /// Ids of contents that own files.
    pub(super) ids: Vec<String>,
    /// Tried only if none of `ids` has the file: a best guess.
    pub(super) fallback: Option<String>,
    /// `ids` is ambiguous or a guess.
    pub(super) doubtful: bool,
    /// Description of a container that is not in the inventory.
    pub(super) unknown: Option<String>,
    /// The same, but only if none of `ids` has the file.
    pub(super) unknown_without_hit: Option<String>,
}

impl Containers {
    fn one(id: &str) -> Self {
        Self { ids: vec![id.to_owned()], ..Self::default() }
    }

    fn unknown(description: String) -> Self {
        Self { unknown: Some(description), ..Self::default() }
    }

    /// The content's own page may be meant, or any other.
    fn own_or_unknown(own: Option<&str>, description: String) -> Self {
        let ids = own.map(str::to_owned).into_iter().collect();
        Self { ids, doubtful: true, unknown: Some(description), ..Self::default() }
    }
}

/// Returns the contents whose files a reference in `referring` may mean.
pub(super) fn find_containers(index: &SiteIndex<'_>, container: &ContainerRef, referring: &Content) -> Containers {
    let own = own_container(index, referring);
    match container {
        ContainerRef::Own => match own {
            // a page or comment that is not visible: the file may be anywhere
            Some(id) if referring.kind.is_comment() && index.content(id).is_none() => {
                Containers { unknown: Some(format!("content {id} (the commented content)")), ..Containers::one(id) }
            }
            // custom content that an app stores on a page may name files of that page
            Some(id) if referring.kind == ContentKind::CustomContent => {
                let page = referring.container.as_ref().map(ToString::to_string);
                Containers { fallback: page, ..Containers::one(id) }
            }
            Some(id) => Containers::one(id),
            // bare names in a template will mean files of the future page
            None if referring.kind == ContentKind::Template => Containers::default(),
            None => Containers::unknown("the commented content".to_owned()),
        },
        ContainerRef::Content(id) => by_id(index, id, own),
        ContainerRef::Known { id, otherwise } => match index.content(id) {
            // an id from another site may belong to a different page here
            Some(_) => {
                let titled = find_containers(index, otherwise, referring);
                let fallback = titled.ids.first().filter(|first| *first != id && titled.ids.len() == 1).cloned();
                Containers { fallback, ..by_id(index, id, own) }
            }
            None => find_containers(index, otherwise, referring),
        },
        ContainerRef::CopiedFrom(id) => {
            let fallback = own.filter(|own| own != id).map(str::to_owned);
            Containers { fallback, ..by_id(index, id, own) }
        }
        ContainerRef::FormerId(id) => {
            let fallback = own.filter(|own| own != id).map(str::to_owned);
            let unknown_without_hit = Some(format!("page id {id} of a former host"));
            Containers { fallback, unknown_without_hit, ..by_id(index, id, own) }
        }
        ContainerRef::Unreadable => Containers::own_or_unknown(own, "a page that the markup does not name".to_owned()),
        ContainerRef::Page { title, space } => {
            let space = space.as_deref().or_else(|| index.space_key(referring));
            let mut titled = index.pages(title, space);
            if titled.contents.is_empty()
                && let Some((key, rest)) = title.split_once(':')
            {
                // `SPACEKEY:Title`, as galleries write it
                titled = index.pages(rest, Some(key));
            }
            of_title(index, &titled, || format!("page \"{title}\"{}", in_space(space)))
        }
        ContainerRef::BlogPost { title, day, space } => {
            let space = space.as_deref().or_else(|| index.space_key(referring));
            let mut titled = index.posts(title, space);
            if let Some(day) = day {
                titled.contents = posted_on(index, titled.contents, day, referring);
            }
            of_title(index, &titled, || format!("blog post \"{title}\"{}", in_space(space)))
        }
        // files of the space itself belong to neither page nor post and are not judged
        ContainerRef::Space { .. } => Containers::default(),
    }
}

fn by_id(index: &SiteIndex<'_>, id: &str, own: Option<&str>) -> Containers {
    // ids of old drafts survive in bodies: the referring page's own file may be meant
    let unknown = || Containers::own_or_unknown(own, format!("page id {id}"));
    let Some(content) = index.content(id).map(|at| &index.inventory.contents[at]) else { return unknown() };
    let Some(container) = own_container(index, content) else {
        return if content.kind == ContentKind::Template { Containers::default() } else { unknown() };
    };
    let mut containers = Containers::one(container);
    if content.status.is_trash() {
        // a copied macro keeps the id of its source page; the copied page has the same file
        containers.ids.extend(own.map(str::to_owned));
        containers.doubtful = true;
    }
    containers
}

fn of_title(index: &SiteIndex<'_>, titled: &TitleMatches, describe: impl Fn() -> String) -> Containers {
    let mut ids: Vec<String> = titled.contents.iter().map(|&at| index.inventory.contents[at].id.to_string()).collect();
    ids.sort();
    ids.dedup();
    match ids.len() {
        0 => Containers::unknown(describe()),
        count => Containers { ids, doubtful: count > 1 || !titled.exact, ..Containers::default() },
    }
}

/// Returns the posts that may have that posting day. The day depends on an unknown time zone, so a post of another UTC
/// day may be meant, even if there is one of this day too: daily posts of one title that are written in an American
/// evening all have the UTC date of the next day.
fn posted_on(index: &SiteIndex<'_>, mut posts: Vec<usize>, day: &str, referring: &Content) -> Vec<usize> {
    let Ok(day) = NaiveDate::parse_from_str(day.trim(), "%Y/%m/%d") else { return posts };
    let is_neighbour = |created: DateTime<Utc>| (created.date_naive() - day).num_days().abs() <= 1;
    let may_be_meant = |at: &usize| {
        let post = &index.inventory.contents[*at];
        post.created_at.is_none_or(|created| {
            let (west, east) = (created - WESTERNMOST, created + EASTERNMOST);
            let is_day_somewhere = west.date_naive() <= day && day <= east.date_naive();
            // the new editor names a post as the container of its own files
            is_day_somewhere || (post.id == referring.id && is_neighbour(created))
        })
    };
    if posts.iter().any(may_be_meant) {
        posts.retain(may_be_meant);
    } else {
        posts.retain(|at| index.inventory.contents[*at].created_at.is_some_and(is_neighbour));
    }
    posts
}

/// Returns the content whose files a bare name means: the content itself, or the page or post of a comment; `None` for
/// a template.
pub(super) fn own_container<'c>(index: &'c SiteIndex<'_>, content: &'c Content) -> Option<&'c str> {
    let mut content = content;
    // a reply may name its parent comment; threads are never deeper than this
    for _ in 0..MAX_REPLIES {
        match content.kind {
            ContentKind::Page | ContentKind::BlogPost | ContentKind::CustomContent => {
                return Some(content.id.as_str());
            }
            ContentKind::Template => return None,
            ContentKind::FooterComment | ContentKind::InlineComment => {
                let container = content.container.as_ref().map(ContentId::as_str)?;
                match index.content(container).map(|at| &index.inventory.contents[at]) {
                    Some(parent) if parent.kind.is_comment() => content = parent,
                    _ => return Some(container),
                }
            }
        }
    }
    None
}

/// Offset of Alaska. A post from the last hour of a day in Hawaii (UTC-10) is still found if no other post may be
/// meant.
const WESTERNMOST: TimeDelta = TimeDelta::hours(9);
/// Offset of the Line Islands.
const EASTERNMOST: TimeDelta = TimeDelta::hours(14);

/// Most levels of replies between a comment and its page.
const MAX_REPLIES: usize = 1_000;

fn in_space(space: Option<&str>) -> String {
    space.map(|key| format!(" in space {key}")).unwrap_or_default()
}
