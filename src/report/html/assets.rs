//! Styles and scripts of the pages: files under `templates/`, joined at compile time.

/// Name and version of the program, as shown on every page.
pub(super) const PROGRAM: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// Concatenates template files.
macro_rules! joined {
    ($($file:literal),+ $(,)?) => {
        concat!($(include_str!(concat!("../../../templates/", $file))),+)
    };
}

const STYLE: &str =
    joined!("style/base.css", "style/table.css", "style/tools.css", "style/dashboard.css", "style/media.css");

const DASHBOARD_STYLE: &str = joined!(
    "style/base.css",
    "style/table.css",
    "style/tools.css",
    "style/dashboard.css",
    "style/media.css",
    "style/chart.css",
);

const SNAPSHOT_STYLE: &str = joined!(
    "style/base.css",
    "style/table.css",
    "style/tools.css",
    "style/dashboard.css",
    "style/media.css",
    "style/chart.css",
    "style/snapshot.css",
);

/// For pages without data: theme, units, sorting of static tables.
const SMALL: &str =
    joined!("script/texts.js", "script/base.js", "script/format.js", "script/page.js", "script/start.js");

const OWNER: &str = joined!(
    "script/texts.js",
    "script/base.js",
    "script/format.js",
    "script/page.js",
    "script/owner.js",
    "script/start.js",
);

const DASHBOARD: &str = joined!(
    "script/texts.js",
    "script/base.js",
    "script/format.js",
    "script/page.js",
    "script/data-block.js",
    "script/treemap.js",
    "script/map.js",
    "script/dashboard.js",
    "script/start.js",
);

const SNAPSHOT: &str = joined!(
    "script/texts.js",
    "script/base.js",
    "script/format.js",
    "script/page.js",
    "script/data-block.js",
    "script/snapshot-filter.js",
    "script/snapshot.js",
    "script/start.js",
);

const FILES: &str = joined!(
    "script/texts.js",
    "script/base.js",
    "script/format.js",
    "script/page.js",
    "script/data-block.js",
    "script/rows.js",
    "script/query.js",
    "script/facet-values.js",
    "script/page-state.js",
    "script/table-row.js",
    "script/facet-panel.js",
    "script/csv.js",
    "script/cleanup.js",
    "script/explanation.js",
    "script/file-details.js",
    "script/treemap.js",
    "script/map.js",
    "script/keys.js",
    "script/print.js",
    "script/controls.js",
    "script/files.js",
    "script/start.js",
);

/// The script of a page. There are pages for every space, so those without files leave out what they cannot use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum PageScript {
    Small,
    Owner,
    Dashboard,
    Files,
    Snapshot,
}

impl PageScript {
    pub(in crate::report) fn text(self) -> &'static str {
        match self {
            Self::Small => SMALL,
            Self::Owner => OWNER,
            Self::Dashboard => DASHBOARD,
            Self::Files => FILES,
            Self::Snapshot => SNAPSHOT,
        }
    }

    /// The style of the pages that have this script.
    pub(in crate::report) fn style(self) -> &'static str {
        match self {
            Self::Small | Self::Owner | Self::Files => STYLE,
            Self::Dashboard => DASHBOARD_STYLE,
            Self::Snapshot => SNAPSHOT_STYLE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The script rebuilds the rows of the table, so its labels have to be those of the static rows.
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
            assert!(template.contains(&format!(">{label}</th>")), "no column heading {label}");
        }
    }

    #[test]
    fn style_and_script_cannot_end_their_elements_and_follow_the_rules() {
        for style in [STYLE, DASHBOARD_STYLE, SNAPSHOT_STYLE] {
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
        let all =
            [PageScript::Small, PageScript::Owner, PageScript::Dashboard, PageScript::Files, PageScript::Snapshot];
        for script in all {
            for word in forbidden {
                assert!(!script.text().contains(word), "{script:?}: {word}");
            }
        }
    }
}
