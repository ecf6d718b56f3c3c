//! Rules for files that an app uses although no markup names them: recognised by location or media type.

use super::site_index::{SiteIndex, fold};
use crate::inventory::{Attachment, Content};

/// Media type of the copies that draw.io keeps of diagrams stored elsewhere.
const CACHED_DIAGRAM: &str = "application/vnd.jgraph.mxfile.cached";

/// The key of the space where draw.io looks for its configuration, libraries and templates.
const DRAW_IO_SPACE: &str = "drawioconfig";

/// How many ancestors are searched for a page of templates.
const MAX_ANCESTORS: usize = 100;

/// A rule by which an app uses files that no page names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AppRule {
    /// Short form, as the report shows it for protected files.
    pub(super) name: &'static str,
    /// Why the file cannot be called unreferenced.
    pub(super) reason: &'static str,
}

const CONFIGURATION: AppRule = AppRule {
    name: "draw.io configuration",
    reason: "draw.io uses the files of this space on the entire site, although no page names them",
};

const TEMPLATES: AppRule = AppRule {
    name: "PlantUML templates",
    reason: "PlantUML uses the templates on this page on the entire site, although no page names them",
};

const CACHED: AppRule = AppRule {
    name: "draw.io copy",
    reason: "it is draw.io's copy of a diagram stored elsewhere, which no page has to name",
};

/// Returns the rule by which an app uses a file of `owner`.
pub(super) fn rule_for(index: &SiteIndex<'_>, file: &Attachment, owner: Option<&Content>) -> Option<AppRule> {
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

/// Whether the title of the page, or of one of its ancestors, says that it holds `PlantUML` templates.
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
