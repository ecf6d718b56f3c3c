//! Style and script of the pages: plain files under `templates/`, put together when compiled.

/// Name and version of the program, as every page names it.
pub(super) const PROGRAM: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// Puts templates together.
macro_rules! joined {
    ($($file:literal),+ $(,)?) => {
        concat!($(include_str!(concat!("../../../templates/", $file))),+)
    };
}

/// The style of all pages.
const STYLE: &str =
    joined!("style/base.css", "style/table.css", "style/tools.css", "style/dashboard.css", "style/media.css");

/// The style of the dashboard of a snapshot.
const SNAPSHOT_STYLE: &str = joined!(
    "style/base.css",
    "style/table.css",
    "style/tools.css",
    "style/dashboard.css",
    "style/media.css",
    "style/snapshot.css",
);

/// For pages without data: theme, units, sorting of the tables that stand in the page.
const SMALL: &str =
    joined!("script/texts.js", "script/base.js", "script/format.js", "script/page.js", "script/start.js");

/// For the dashboard.
const DASHBOARD: &str = joined!(
    "script/texts.js",
    "script/base.js",
    "script/format.js",
    "script/page.js",
    "script/block.js",
    "script/squares.js",
    "script/map.js",
    "script/dashboard.js",
    "script/start.js",
);

/// For the dashboard of a snapshot.
const SNAPSHOT: &str = joined!(
    "script/texts.js",
    "script/base.js",
    "script/format.js",
    "script/page.js",
    "script/block.js",
    "script/snapshot-filter.js",
    "script/snapshot.js",
    "script/start.js",
);

/// For pages with a table of files.
const FILES: &str = joined!(
    "script/texts.js",
    "script/base.js",
    "script/format.js",
    "script/page.js",
    "script/block.js",
    "script/rows.js",
    "script/query.js",
    "script/classes.js",
    "script/state.js",
    "script/cells.js",
    "script/facets.js",
    "script/csv.js",
    "script/cleanup.js",
    "script/details.js",
    "script/squares.js",
    "script/map.js",
    "script/keys.js",
    "script/print.js",
    "script/controls.js",
    "script/files.js",
    "script/start.js",
);

/// Which script a page bears. There is a page per space, so one without files does not bear what it cannot use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Script {
    Small,
    Dashboard,
    Files,
    Snapshot,
}

impl Script {
    /// The whole script element.
    pub(in crate::report) fn text(self) -> &'static str {
        match self {
            Self::Small => SMALL,
            Self::Dashboard => DASHBOARD,
            Self::Files => FILES,
            Self::Snapshot => SNAPSHOT,
        }
    }

    /// The whole style element of the pages that bear it.
    pub(in crate::report) fn style(self) -> &'static str {
        if self == Self::Snapshot { SNAPSHOT_STYLE } else { STYLE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The script makes the rows of the table anew: its labels are those of the rows that stand in the page.
    #[test]
    fn script_and_template_label_the_table_of_files_alike() {
        let template = include_str!("../../../templates/macros.html");
        let texts = joined!("script/texts.js");
        let row = template.split("{%- macro ").find(|text| text.starts_with("file_row(")).expect("the macro");
        let labels = row.split(" data-label=\"").skip(1);
        let labels: Vec<&str> = labels.filter_map(|rest| rest.split('"').next()).collect();
        assert!(labels.len() > 10);
        for label in labels {
            assert!(texts.contains(&format!(": \"{label}\"")), "{label}");
            assert!(template.contains(&format!(">{label}</th>")), "no heading is called {label}");
        }
    }

    #[test]
    fn style_and_script_cannot_end_their_elements_and_follow_the_rules() {
        for style in [STYLE, SNAPSHOT_STYLE] {
            assert!(!style.contains("</") && !style.contains("@import") && !style.contains("url("));
        }
        let forbidden = [
            "</",
            "<!--",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "fetch(",
            "XMLHttpRequest",
            "setAttribute(\"style\"",
            "setAttribute(\"on",
            "import(",
        ];
        for script in [Script::Small, Script::Dashboard, Script::Files, Script::Snapshot] {
            for word in forbidden {
                assert!(!script.text().contains(word), "{script:?}: {word}");
            }
        }
    }
}
