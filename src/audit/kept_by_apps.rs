//! Files that apps find without any markup that names them: by their place, or by their media type.

use super::index::{SiteIndex, fold};
use crate::inventory::{Attachment, Content};

/// The media type of the copies that draw.io keeps of diagrams from elsewhere.
const CACHED_DIAGRAM: &str = "application/vnd.jgraph.mxfile.cached";

/// The key of the space where draw.io looks for its configuration, libraries and templates.
const DRAW_IO_SPACE: &str = "drawioconfig";

/// How many pages up a page of templates is looked for.
const MAX_ANCESTORS: usize = 100;

/// A file that an app keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept {
    /// The rule, in a few words, as it stands beside protected files.
    pub(super) rule: &'static str,
    /// Why the file cannot be judged.
    pub(super) reason: &'static str,
}

const CONFIGURATION: Kept = Kept {
    rule: "draw.io configuration",
    reason: "draw.io finds the files of this space by their place, for the whole site: no page has to name them",
};

const TEMPLATES: Kept = Kept {
    rule: "PlantUML templates",
    reason: "PlantUML finds the templates on this page by their place, for the whole site: no page has to name them",
};

const CACHED: Kept = Kept {
    rule: "draw.io copy",
    reason: "draw.io keeps it as its copy of a diagram from elsewhere, whatever names it",
};

/// Whether an app keeps a file, whose owner is `owner`.
pub(super) fn by_app(index: &SiteIndex<'_>, file: &Attachment, owner: Option<&Content>) -> Option<Kept> {
    if file.media_type.as_deref().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(CACHED_DIAGRAM)) {
        return Some(CACHED);
    }
    let owner = owner?;
    let space = index.space(owner);
    if space.is_some_and(|space| std::iter::once(&space.key).chain(&space.alias).any(|key| fold(key) == DRAW_IO_SPACE))
    {
        return Some(CONFIGURATION);
    }
    let is_settings =
        space.is_some_and(|space| fold(&space.key).contains("plantuml") || fold(&space.name).contains("plantuml"));
    (is_settings || is_below_templates(index, owner)).then_some(TEMPLATES)
}

/// Whether the page, or one above it, is a page of `PlantUML` templates by its title.
fn is_below_templates(index: &SiteIndex<'_>, page: &Content) -> bool {
    let mut page = page;
    for _ in 0..MAX_ANCESTORS {
        let title = fold(&page.title);
        if title.contains("plantuml") && title.contains("template") {
            return true;
        }
        let parent = page.parent.as_ref().and_then(|(parent, _)| index.content(parent.as_str()));
        let Some(parent) = parent else { return false };
        page = &index.inventory.contents[parent];
    }
    false
}
