//! Headings, labels and whole sentences of the pages, each once: with the sentences in the templates that have figures or
//! links inside them, and with `templates/script/texts.js`, these are what a translation replaces (`report-ui.md` U-31).

// Audit: all pages.

pub(super) const BREADCRUMB: &str = "Breadcrumb";
pub(super) const UNITS_OF_BYTES: &str = "Units of bytes";
pub(super) const COLOURS: &str = "Colours";
pub(super) const KIBIBYTES: &str = "KiB";
pub(super) const KILOBYTES: &str = "kB";
pub(super) const AUTO: &str = "Auto";
pub(super) const LIGHT: &str = "Light";
pub(super) const DARK: &str = "Dark";
pub(super) const COMPLETE: &str = "Complete.";
pub(super) const WHAT_WAS_NOT_READ_AND_WHY: &str = "What was not read, and why";
pub(super) const SKIP_TO_THE_CONTENT: &str = "Skip to the content";
pub(super) const FILE_NAME: &str = "File name";
pub(super) const FILE_SIZE: &str = "File size";
pub(super) const SPACE: &str = "Space";
pub(super) const USAGE: &str = "Usage";
pub(super) const OWNING_PAGE: &str = "Owning page";
pub(super) const EMBEDDED: &str = "Embedded on owning page?";
pub(super) const LINKED_ELSEWHERE: &str = "Linked elsewhere?";
pub(super) const EVIDENCE: &str = "Evidence";
pub(super) const DELETE_VIA_CONFLUENCE_UI: &str = "Delete via Confluence UI";
pub(super) const DELETE_VIA_REST_API: &str = "Delete via REST API";
pub(super) const VERSIONS: &str = "Versions";
pub(super) const ALL_VERSIONS: &str = "All versions";
pub(super) const LAST_CHANGE: &str = "Last change";
pub(super) const FILTER_EXAMPLES: &str = "name, page, space, person, id – or size>10mb, age>2y, type:png";
pub(super) const ACTIVE_FILTERS: &str = "Active filters";
pub(super) const PAGES_OF_THE_TABLE: &str = "Pages of the table";
pub(super) const PROTECTED: &str = "protected";
pub(super) const PRINT: &str = "Print";
pub(super) const ATTACHMENTS: &str = "Attachments";
pub(super) const FILTER: &str = "Filter";
pub(super) const TICK_THE_FIRST: &str = "Tick the first 20";
pub(super) const COPY_CLEANUP_LIST: &str = "Copy cleanup list";
pub(super) const SAVE_AS_CSV: &str = "Save as CSV";
pub(super) const MAP: &str = "Map";
pub(super) const FIRST: &str = "First";
pub(super) const PREVIOUS: &str = "Previous";
pub(super) const NEXT: &str = "Next";
pub(super) const LAST: &str = "Last";
pub(super) const ROWS: &str = "Rows";
pub(super) const FREEING: &str = "Deleting only moves a file to the trash. The space is free after a space administrator has purged the trash, and Atlassian's own usage page lags by up to four hours.";
pub(super) const UNKNOWN: &str = "unknown";
pub(super) const NO_USE_FOUND: &str = "no use found";
pub(super) const PAGES_AND_POSTS: &str = "Pages and posts";
pub(super) const FILES: &str = "Files";
pub(super) const STORED: &str = "Stored";
pub(super) const OLD_VERSIONS: &str = "Old versions";
pub(super) const UNREFERENCED: &str = "Unreferenced";
pub(super) const UNDETERMINED: &str = "Undetermined";
pub(super) const TRASH: &str = "Trash";
pub(super) const WOULD_BE_FREED: &str = "Would be freed";
pub(super) const COPIES: &str = "Copies";
pub(super) const EACH: &str = "Each";
pub(super) const BEYOND_ONE_COPY: &str = "Beyond one copy";
pub(super) const COMPARED: &str = "Compared";
pub(super) const OWNING_PAGES: &str = "Owning pages";
pub(super) const PAGE_OWNER: &str = "Page owner";
pub(super) const PAGES_WITH_FILES: &str = "Pages with files";
pub(super) const WHAT: &str = "What";
pub(super) const KIND: &str = "Kind";
pub(super) const HOW_IT_ENDED: &str = "How it ended";
pub(super) const WHY: &str = "Why";
pub(super) const WHAT_WOULD_FREE_MOST: &str = "What would free most";
pub(super) const UNREFERENCED_AFTER_A_COMPLETE_RUN: &str =
    "Which files are unreferenced is known only after a complete run.";
pub(super) const SPACES_IN_A_SENTENCE: &str = "spaces";
pub(super) const SPACES: &str = "Spaces";
pub(super) const OPEN_IN_CONFLUENCE: &str = "open in Confluence";
pub(super) const WHAT_TAKES_THE_SPACE: &str = "What takes the space";
pub(super) const GROUP: &str = "Group";
pub(super) const BYTES: &str = "Bytes";
pub(super) const LARGEST_FILES: &str = "Largest files";
pub(super) const LARGEST_FILES_CAPTION: &str = "Bytes of all versions, without the trash";
pub(super) const MOST_BYTES_IN_OLD_VERSIONS: &str = "Most bytes in old versions";
pub(super) const DUPLICATES: &str = "Duplicates";
pub(super) const NO_DUPLICATES: &str = "No two files have the same name, size and media type.";
pub(super) const WHO_HAS_TO_DECIDE: &str = "Who has to decide";
pub(super) const NO_FILES: &str = "There are no files.";
pub(super) const ALL_ATTACHMENTS: &str = "all attachments";
pub(super) const WHAT_WAS_NOT_READ: &str = "What was not read";
pub(super) const EVERYTHING_WAS_READ: &str = "Everything planned was read.";
pub(super) const GAPS_CAPTION: &str = "Units of work that did not end well, or were left out";
pub(super) const NOTICES: &str = "Notices";
pub(super) const ABOUT_THIS_RUN: &str = "About this run";
pub(super) const NOT_KNOWN: &str = "not known";
pub(super) const THE_LARGEST_ATTACHMENTS: &str = "the largest attachments";
pub(super) const NO_ATTACHMENTS: &str = "There are no attachments in the reported spaces.";
pub(super) const SKIP_TO_THE_FILES: &str = "Skip to the files";
pub(super) const UNREFERENCED_IS_NOT_KNOWN: &str = "which are unreferenced is not known";
pub(super) const ALL_SPACES: &str = "all spaces";
pub(super) const NO_ATTACHMENTS_IN_THE_SPACE: &str = "This space has no attachments.";
pub(super) const ALL_FILES_OF_THE_SPACE: &str = "All files of the space";
pub(super) const NO_UNREFERENCED_FILES: &str = "A use was found for every file that could be judged.";
pub(super) const ALL_FILES_OF_THE_SPACE_IN_A_SENTENCE: &str = "all files of the space";

// Snapshot.

pub(super) const IN_SHORT: &str = "In short";
pub(super) const NOTES: &str = "Notes";
pub(super) const PAGE: &str = "Page";
pub(super) const WHAT_CHANGED: &str = "What changed";
pub(super) const CHANGES_SINCE_THE_SNAPSHOT_BEFORE: &str = "Changes since the snapshot before";
pub(super) const NO_SNAPSHOT_BEFORE: &str = "There is no snapshot before this one: changes appear with the next.";
pub(super) const NONE: &str = "none";
pub(super) const SNAPSHOT_FILTER_EXAMPLES: &str = "title, space, owner";
pub(super) const OWNER: &str = "Owner";
pub(super) const LAST_EDIT: &str = "Last edit";
pub(super) const HEALTH: &str = "Health";
pub(super) const FINDINGS: &str = "Findings";
pub(super) const FINDINGS_ARE_CUT: &str =
    "Each list holds the first 100 of its pages, the worst first. Its CSV holds all of them.";
pub(super) const PAGES: &str = "Pages";
pub(super) const AGE_OF_THE_CONTENTS: &str = "Age of the contents";
pub(super) const HEALTH_OF_THE_SPACES: &str = "Health of the spaces";
pub(super) const NO_SPACE_WAS_READ: &str = "No space was read.";
pub(super) const KEY: &str = "Key";
pub(super) const TRENDS: &str = "Trends";
pub(super) const WEEKS_SHOWN: &str = "Weeks shown";
pub(super) const AS_A_TABLE: &str = "As a table";
pub(super) const WEEK: &str = "Week";
pub(super) const VALUE: &str = "Value";
pub(super) const SNAPSHOT: &str = "Snapshot";
pub(super) const TRENDS_BEGIN_LATER: &str = "Trends begin with the second snapshot: run the program again next week.";
pub(super) const STATE: &str = "State";
pub(super) const SHARE: &str = "Share";
pub(super) const MEDIAN_TIME_IN_IT: &str = "Median time in it";
pub(super) const LONGEST_IN_IT: &str = "Longest in it";
pub(super) const OVERDUE: &str = "Overdue";
pub(super) const REVIEWER: &str = "Reviewer";
pub(super) const WAITING: &str = "Waiting";
pub(super) const WAITING_LONGEST: &str = "Waiting longest";
pub(super) const WORKFLOW: &str = "Workflow";
pub(super) const FINAL: &str = "final";
pub(super) const STATES_ARE_KNOWN_BY_WEEK: &str =
    "Some days in a state are known to the week only: they are counted from the first snapshot that saw the state.";
pub(super) const NOT_READ: &str = "not read";
pub(super) const NO_PAGES: &str = "no pages";
pub(super) const WHO_REVIEWS_WAIT_FOR: &str = "Who reviews are waiting for";

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use regex::Regex;

    /// What stands in a template as a whole would stay English in every translation of this table.
    #[test]
    fn u_31_no_label_and_no_text_of_a_whole_element_stands_in_a_template() {
        let label = r#"(?:aria-label|placeholder|data-label|title|alt)="[^"{}]*[A-Za-z][^"{}]*""#;
        // an address or a file's name is the same in every language
        let whole = r"<[a-z0-9]+(?: [^<>]*)?>\s*[^<>{}.]*[A-Za-z][^<>{}]*\s[^<>{}]*</";
        let name = r"<(?:th|h[1-6]|dt|button|legend|label)(?: [^<>]*)?>[^<>{}]*[A-Za-z][^<>{}]*</";
        let outside = Regex::new(&format!("{label}|{whole}|{name}")).expect("a pattern");
        let mut templates = 0;
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")).expect("read") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|extension| extension != "html") {
                continue;
            }
            templates += 1;
            let template = fs::read_to_string(&path).expect("read");
            let found: Vec<&str> = outside.find_iter(&template).map(|found| found.as_str()).collect();
            assert_eq!(found, [] as [&str; 0], "{}", path.display());
        }
        assert!(templates > 10);
        for text in
            ["<th scope=\"col\">Size</th>", "<p class=\"empty\">There are no files.</p>", "<ul aria-label=\"Chips\">"]
        {
            assert!(outside.is_match(text), "{text}");
        }
    }
}
