//! Confluence's own macros, to tell them from those of apps.

use std::collections::BTreeMap;

/// Macros that come with Confluence, and those it has for the parts of its editors.
const OWN: &[&str] = &[
    "anchor",
    "attachments",
    "blog-posts",
    "change-history",
    "chart",
    "cheese",
    "children",
    "code",
    "column",
    "content-by-user",
    "content-report-table",
    "contentbylabel",
    "contributors",
    "contributors-summary",
    "create-from-template",
    "decisionreport",
    "details",
    "detailssummary",
    "excerpt",
    "excerpt-include",
    "expand",
    "favpages",
    "gadget",
    "gallery",
    "global-reports",
    "hideincludedcontent",
    "iframe",
    "im",
    "include",
    "index",
    "info",
    "jira",
    "jirachart",
    "jiraissues",
    "jiraroadmap",
    "junitreport",
    "labels",
    "listlabels",
    "livesearch",
    "loremipsum",
    "mentions",
    "metadata-list",
    "multimedia",
    "navmap",
    "network",
    "noformat",
    "note",
    "pagetree",
    "pagetreesearch",
    "panel",
    "popular-labels",
    "portfolioforjiraplan",
    "profile",
    "profile-picture",
    "recently-updated",
    "recently-updated-dashboard",
    "recently-used-labels",
    "related-labels",
    "report-table",
    "roadmap",
    "rss",
    "search",
    "section",
    "sharelinks-urlmacro",
    "space-attachments",
    "space-details",
    "space-jump",
    "spaces",
    "status",
    "tasks-report-macro",
    "tip",
    "toc",
    "toc-zone",
    "trello",
    "unmigrated-inline-wiki-markup",
    "unmigrated-wiki-markup",
    "userlister",
    "view-file",
    "viewdoc",
    "viewfile",
    "viewpdf",
    "viewppt",
    "viewxls",
    "warning",
    "widget",
    "word",
    "excel",
    "pdf",
    "powerpoint",
    "html",
    "html-include",
];

/// Uses of macros that Confluence itself does not have.
pub(super) fn foreign(macros: &BTreeMap<String, u32>) -> u64 {
    macros.iter().filter(|(name, _)| !OWN.contains(&name.as_str())).map(|(_, uses)| u64::from(*uses)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_of_apps_are_foreign() {
        let macros = BTreeMap::from([("info".to_owned(), 3), ("drawio".to_owned(), 2), ("toc".to_owned(), 1)]);
        assert_eq!(foreign(&macros), 2);
    }
}
