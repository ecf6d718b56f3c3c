//! Every text of the pages, each once: labels and whole sentences here, those with figures in `sentences` and
//! `snapshot`, the words for usages, uses and gaps in `words`. With `templates/script/texts.js` and
//! `templates/script/snapshot-texts.js` these are what a translation replaces (`report-ui.md` U-31). Templates and the
//! rest of the report hold no words of their own.

pub(super) mod media;
pub(super) mod sentences;
pub(super) mod snapshot;
pub(super) mod words;

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

pub(super) const ON_THIS_PAGE: &str = "On this page";

// Audit: beginnings of sentences that end in a link or a name.

pub(super) const SITE: &str = "Site";
pub(super) const READ_AS: &str = "read as";
pub(super) const READ_ON: &str = "on";
pub(super) const HELP: &str = "Help";
pub(super) const AS: &str = "as";
pub(super) const PROTECTED_BY: &str = "protected by";
pub(super) const FOR_A_SPREADSHEET: &str = "For a spreadsheet:";
pub(super) const FOR_PROGRAMS: &str = "For programs:";
pub(super) const FILES_ARE_LISTED_IN: &str = "Files:";
pub(super) const THE_SAME_OVER: &str = "The same over";
pub(super) const ARCHIVED: &str = "archived";
pub(super) const AT_LEAST: &str = "at least";
pub(super) const WITH_THE_TRASH_OF: &str = "with the trash, of";
pub(super) const WINS_OVERLAP: &str = "These overlap: their figures do not add up. “Unreferenced” means that no use was found in what this account can see, so look at every file before you delete it.";
pub(super) const WITH_THE_TRASH: &str = "Bytes of all versions, the trash included";
pub(super) const TOO_MANY_FILES: &str = "There are too many files for one page: attachments.html holds the largest only, and lists that need all are not linked. The page of each space holds all of its files; for all spaces together:";
pub(super) const ENDPOINTS_OF_VERSIONS: &str = "The endpoints that delete single versions are in";
pub(super) const A_COPY_MAY_BE_IN_USE: &str =
    "A copy may be in use on its own page: being one of several says nothing about whether it is needed.";
pub(super) const BY_OWNER: &str = "By owner of the page or post a file belongs to, or its author where no owner is known. A list is opened filtered for one owner; “Copy cleanup list” there makes a message of it.";
pub(super) const LISTS_OF_SPACES: &str = "The lists are on the pages of the spaces; those of spaces not named here can be had by the column “Container Owner” of";
pub(super) const THE_FACET_PAGE_OWNER_OF: &str = "the facet “Page owner” of";
pub(super) const MOST_UNREFERENCED_FIRST: &str = "The most unreferenced bytes first";
pub(super) const ALL_ATTACHMENTS_HEADING: &str = "All attachments";
pub(super) const UNREFERENCED_FILES: &str = "Unreferenced files";
pub(super) const NO_USE_WITH_ALL_VERSIONS: &str =
    "with all versions: no use found in anything that this account can see.";
pub(super) const NOTHING_IS_LISTED: &str = "Nothing is listed here, because the run is incomplete: what was not read may use any of the files. Run again until the report is complete. With the uses that were found until then:";

// Audit: figures, wins, breakdowns and facts.

pub(super) const IN_OLD_VERSIONS: &str = "In old versions";
pub(super) const IN_THE_TRASH: &str = "In the trash";
pub(super) const IN_DUPLICATES: &str = "In duplicates";
pub(super) const UNKNOWN_SIZES: &str = "Unknown sizes";
pub(super) const CONTENTS: &str = "Contents";
pub(super) const THE_RUN_IS_INCOMPLETE: &str = "the run is incomplete";
pub(super) const BY_USAGE: &str = "By usage";
pub(super) const BY_MEDIA_TYPE: &str = "By media type";
pub(super) const BY_LAST_CHANGE: &str = "By last change";
pub(super) const BY_UPLOADER: &str = "By uploader";
pub(super) const OTHER_TYPES: &str = "types";
pub(super) const OTHER_PEOPLE: &str = "people";
pub(super) const UNDER_1_MONTH: &str = "under 1 month";
pub(super) const MONTHS_1_TO_3: &str = "1 to 3 months";
pub(super) const MONTHS_3_TO_6: &str = "3 to 6 months";
pub(super) const MONTHS_6_TO_12: &str = "6 to 12 months";
pub(super) const YEARS_1_TO_2: &str = "1 to 2 years";
pub(super) const YEARS_2_TO_3: &str = "2 to 3 years";
pub(super) const YEARS_3_TO_5: &str = "3 to 5 years";
pub(super) const OVER_5_YEARS: &str = "5 years and more";
pub(super) const WHY_QUESTION: &str = "why?";
pub(super) const EQUAL_BYTES: &str = "equal bytes";
pub(super) const BYTES_DIFFER: &str = "bytes differ";
pub(super) const SAME_NAME_SIZE_AND_TYPE: &str = "same name, size and type";
pub(super) const IN_FURTHER_COPIES: &str =
    "in further copies of files with the same name, size and type; each may be in use on its page";
pub(super) const LOOK_THROUGH_THEM: &str = "Look through them";
pub(super) const OPEN_ITS_LIST: &str = "Open its list";
pub(super) const SEE_THE_RANKING: &str = "See the ranking";
pub(super) const SEE_WHICH_SPACES: &str = "See which spaces";
pub(super) const SEE_THE_GROUPS: &str = "See the groups";
pub(super) const FACT_READ_AS: &str = "Read as";
pub(super) const FACT_STARTED: &str = "Started";
pub(super) const FACT_FINISHED: &str = "Finished";
pub(super) const FACT_REPORTED_SPACES: &str = "Reported spaces";
pub(super) const FACT_REQUESTS: &str = "Requests";
pub(super) const FACT_READ_BY: &str = "Read by";
pub(super) const FACT_EXIT_STATUS: &str = "Exit status";
pub(super) const ALL_VISIBLE: &str = "all visible";
pub(super) const ALL_VISIBLE_SPACES: &str = "all visible spaces";
pub(super) const USES_LOOKED_FOR_IN_THEM_ONLY: &str = ", uses looked for in them only";
pub(super) const DASHBOARD: &str = "Dashboard";
pub(super) const CONFLUENCE_STORAGE: &str = "Confluence storage";
pub(super) const DO_NOT_DELETE: &str = "INCOMPLETE – do not delete anything on the basis of this report.";
pub(super) const DO_NOT_DELETE_WHY: &str =
    "Files without a known use are undetermined, because what was not read may use them.";

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
    use std::path::{Path, PathBuf};

    use regex::Regex;

    /// Files below a folder of the project, with their texts.
    fn files(folder: &str, extension: &str) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                found.extend(files(path.to_str().expect("a name"), extension));
            } else if path.extension().is_some_and(|end| end == extension) {
                let text = fs::read_to_string(&path).expect("read");
                found.push((path, text));
            }
        }
        found
    }

    fn pattern(text: &str) -> Regex {
        Regex::new(text).expect("a pattern")
    }

    /// What is left of a template without its expressions and tags, and the words within those that a reader gets.
    fn words_of(template: &str) -> Vec<String> {
        let template = pattern(r"(?s)\{#.*?#\}").replace_all(template, "");
        let in_expressions = pattern(r#"(?s)\{\{[^}]*"[^}]*\}\}|\{%-?\s*call[^%]*"[A-Za-z][^%]*%\}"#);
        let in_labels = pattern(r#"(?:aria-label|placeholder|data-label|title|alt)="[^"]*[A-Za-z][^"]*""#);
        let mut words: Vec<String> = in_expressions.find_iter(&template).map(|found| found.as_str().into()).collect();
        // the place the skip link leads to is a name, not a word
        let bare =
            pattern(r"(?s)\{% block target %\}.*?\{% endblock %\}|\{%.*?%\}|\{\{.*?\}\}").replace_all(&template, "");
        words.extend(in_labels.find_iter(&bare).map(|found| found.as_str().into()));
        // the name of a file is the same in every language
        let bare = pattern(r"<[^<>]*>|[\w./]*\.(?:csv|json|html)\b|findings/|[a-z-]+=").replace_all(&bare, " ");
        words.extend(pattern(r"\p{L}{2,}").find_iter(&bare).map(|found| found.as_str().into()));
        words
    }

    /// Sentences in Rust that a reader may get: literals of at least two words, besides those of tests and lints.
    fn sentences_of(source: &str) -> Vec<String> {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.contains("reason ="));
        let literal = pattern(r#""(?:[^"\\]|\\.)*""#);
        let sentence = pattern(r"\p{L}{2,}[,;:.?]? [\p{L}{]");
        let literals = lines.flat_map(|line| literal.find_iter(line).map(|found| found.as_str().to_owned()));
        literals.filter(|text| sentence.is_match(text)).collect()
    }

    /// What stood in a template would stay English in every translation of these tables.
    #[test]
    fn u_31_no_word_stands_in_a_template() {
        let templates = files("templates", "html");
        assert!(templates.len() > 10);
        for (path, template) in templates {
            assert_eq!(words_of(&template), [] as [String; 0], "{}", path.display());
        }
        let text = "{{ number|plural(\"file\", \"files\") }}";
        for text in
            [text, "<th scope=\"col\">Size</th>", "<p>{{ a }} of {{ b }}</p>", "<ul aria-label=\"{{ a }} chips\">"]
        {
            assert!(!words_of(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn u_31_no_sentence_of_the_pages_stands_outside_the_tables() {
        // a policy for browsers, and the name of a text that could not be made
        let known = [
            "\"default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'\"",
            "\"the data of a page\"",
        ];
        let sources = [files("src/report/html", "rs"), files("src/report/snapshot", "rs")].concat();
        assert!(sources.len() > 25);
        for (path, source) in sources {
            let mut found = sentences_of(&source);
            found.retain(|text| !known.contains(&text.as_str()));
            assert_eq!(found, [] as [String; 0], "{}", path.display());
        }
        assert_eq!(sentences_of("    note: format!(\"{} more protected\", n),\n"), ["\"{} more protected\""]);
    }
}
