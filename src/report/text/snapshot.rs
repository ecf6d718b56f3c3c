//! The words and sentences of the page metrics that hold figures, or that are chosen by what was read.

use crate::report::format;
use crate::report::html::filters::Number;

use super::sentences::{days, pages, spaces};

// Frame.

pub(in crate::report) const CONFLUENCE_PAGES: &str = "Confluence pages";
pub(in crate::report) const TOO_LOW: &str = "INCOMPLETE – figures are too low, and this week is kept out of trends.";
pub(in crate::report) const TOO_LOW_WHY: &str = "What was not read is missing in the figures and lists below, and its links too: a page that nothing seems to link to may be linked from there.";
pub(in crate::report) const DID_NOT_REACH_ITS_END: &str = "the run did not reach its end";
pub(in crate::report) const ONLY_THESE_SPACES: &str = "Only these spaces were read: links from elsewhere do not count, so a page that nothing links to may be linked from another space. ";

pub(in crate::report) fn week(week: &str) -> String {
    format!("week {week}")
}

pub(in crate::report) fn metrics(groups: &str) -> String {
    format!("metrics {groups}")
}

pub(in crate::report) fn all_spaces(number: u64) -> String {
    if number == 1 {
        "the only visible space".to_owned()
    } else {
        format!("all {} visible spaces", format::count(number))
    }
}

pub(in crate::report) fn not_the_whole_site(chosen: &str) -> String {
    format!("{chosen}, not the whole site")
}

// Headings and captions.

pub(in crate::report) const NO_SINGLE_UNIT: &str = "No single unit of work is known that could not be read.";
pub(in crate::report) const ALL_OF_THEM: &str = "All of them:";
pub(in crate::report) const LINK_TO_THIS_LIST: &str = "Link to this list:";
pub(in crate::report) const UNNAMED_WORKFLOW: &str = "A workflow whose name the source does not tell";
pub(in crate::report) const LONGEST_LISTS_FIRST: &str = "The longest lists first";
pub(in crate::report) const NO_TITLE: &str = "(no title)";

pub(in crate::report) fn figures_of(week: &str) -> String {
    format!("Figures of {week}")
}

pub(in crate::report) fn more_are_not_shown(number: impl Number) -> String {
    format!("{} more are not shown.", format::count(number.number()))
}

pub(in crate::report) fn between(before: &str, week: &str) -> String {
    format!("Between {before} and {week}.")
}

pub(in crate::report) fn first_of(shown: usize, all: impl Number) -> String {
    format!("The first {shown} of {}.", format::count(all.number()))
}

pub(in crate::report) fn ago(time: &str) -> String {
    format!("{time} ago")
}

pub(in crate::report) fn spaces_by_health(number: usize) -> String {
    format!("{}, the lowest mean health first", spaces(number as u64))
}

pub(in crate::report) fn last_weeks(number: usize) -> String {
    format!("{number} weeks")
}

pub(in crate::report) fn by_week(figure: &str) -> String {
    format!("{figure} by week, the newest first")
}

pub(in crate::report) fn workflow(name: &str) -> String {
    if name.is_empty() { UNNAMED_WORKFLOW.to_owned() } else { format!("Workflow {name}") }
}

pub(in crate::report) fn pages_by_state(number: impl Number) -> String {
    format!("{} by state", pages(number))
}

pub(in crate::report) fn more_people_are_in(number: impl Number) -> String {
    let people = format::plural(number.number(), "more person is", "more people are");
    format!("; {people} in")
}

pub(in crate::report) fn known_from(sources: &str) -> String {
    format!("Where this comes from: {sources}.")
}

pub(in crate::report) fn pages_of_source(source: &str, number: u64) -> String {
    format!("{source} ({})", pages(number))
}

// The four questions.

pub(in crate::report) const WHAT_IS_OUTDATED: &str = "What is outdated?";
pub(in crate::report) const WHAT_IS_ORPHANED: &str = "What is orphaned?";
pub(in crate::report) const WHERE_DO_APPROVALS_GET_STUCK: &str = "Where do approvals get stuck?";
pub(in crate::report) const IS_IT_GETTING_BETTER: &str = "Is it getting better?";
pub(in crate::report) const SEE_THE_PAGES: &str = "See the pages";
pub(in crate::report) const SEE_THE_STATES: &str = "See the states";
pub(in crate::report) const SEE_THE_TRENDS: &str = "See the trends";
pub(in crate::report) const THERE_ARE_NO_PAGES: &str = "There are no pages.";
pub(in crate::report) const NO_AGE_WAS_READ: &str = "Not known: the age of no page was read.";
pub(in crate::report) const LINKS_WERE_NOT_READ: &str = "links were not read";
pub(in crate::report) const THE_TREE_WAS_NOT_READ: &str = "the tree was not read";
pub(in crate::report) const NO_PAGE_BEARS_A_STATE: &str = "Not known: no page bears the state of a workflow.";
pub(in crate::report) const EVERY_STATE_IS_FINAL: &str = "Nowhere: every page is in a final state.";
pub(in crate::report) const THIS_WEEK_IS_INCOMPLETE: &str =
    "Not known: this week is incomplete, and kept out of trends.";
pub(in crate::report) const THIS_IS_THE_FIRST: &str = "Not known yet: there is no complete snapshot before this one.";
pub(in crate::report) const NOTHING_TO_COMPARE: &str = "Not known: the weeks before tell nothing that can be compared.";

pub(in crate::report) fn none_of(all: u64) -> String {
    format!("None of {}.", pages(all))
}

/// `share` in words; `most` is the space with the most of them, and how many.
pub(in crate::report) fn outdated(number: u64, all: u64, share: Option<String>, most: Option<(&str, u64)>) -> String {
    let share = share.map(|share| format!(" ({share})")).unwrap_or_default();
    let most = most.map(|(key, number)| format!(", the most in {key} ({})", format::count(number)));
    format!("{} of {}{share}{}.", format::count(number), pages(all), most.unwrap_or_default())
}

/// `None` was not read.
pub(in crate::report) fn orphaned(outside_tree: Option<u64>, unlinked: Option<u64>) -> String {
    let outside = outside_tree.map(|number| format!("{} outside the tree", pages(number)));
    let unlinked = unlinked.map(|number| format!("{} that nothing links to", format::count(number)));
    format!(
        "{}; {}.",
        outside.as_deref().unwrap_or(THE_TREE_WAS_NOT_READ),
        unlinked.as_deref().unwrap_or(LINKS_WERE_NOT_READ)
    )
}

/// A state that holds pages up.
#[derive(Debug)]
pub(in crate::report) struct Stuck<'a> {
    pub(in crate::report) state: &'a str,
    /// Empty where the source does not name it.
    pub(in crate::report) workflow: &'a str,
    pub(in crate::report) pages: u64,
    pub(in crate::report) overdue: u64,
    pub(in crate::report) median: Option<String>,
    /// Whom most wait for, and how many pages.
    pub(in crate::report) reviewer: Option<(&'a str, u64)>,
}

pub(in crate::report) fn stuck(stuck: &Stuck<'_>) -> String {
    let Stuck { state, workflow, overdue, .. } = stuck;
    let workflow = if workflow.is_empty() { String::new() } else { format!(" ({workflow})") };
    let median = stuck.median.as_ref().map(|days| format!(", half of them for {days} or longer")).unwrap_or_default();
    let overdue = if *overdue > 0 { format!(", {} overdue", format::count(*overdue)) } else { String::new() };
    let reviewer = stuck.reviewer.map(|(name, number)| format!(" Most wait for {name}: {}.", pages(number)));
    format!("“{state}”{workflow}: {}{median}{overdue}.{}", pages(stuck.pages), reviewer.unwrap_or_default())
}

pub(in crate::report) fn since(week: &str) -> String {
    format!("since {week}")
}

/// The heading of what changed: `Since 2026-W35:`.
pub(in crate::report) fn since_heading(week: &str) -> String {
    format!("Since {week}:")
}

// Figures.

pub(in crate::report) const STALLED_APPROVALS: &str = "Stalled approvals";
pub(in crate::report) const OF_100_POINTS: &str = "of 100 points";
pub(in crate::report) const CURRENT_VERSIONS: &str = "current versions";
pub(in crate::report) const NO_PARENT: &str = "no parent that can be read";
pub(in crate::report) const NO_LINK: &str = "no link from what was read";
pub(in crate::report) const NOT_COMPARED: &str = "Not compared with the weeks before, because this week is incomplete.";
pub(in crate::report) const NOTHING_BEFORE: &str =
    "There is no complete snapshot before this one to compare with: changes appear with the next.";

pub(in crate::report) fn of_the_pages(share: &str) -> String {
    format!("{share} of the pages")
}

pub(in crate::report) fn in_a_workflow(number: u64) -> String {
    format!("of {} in a workflow", pages(number))
}

pub(in crate::report) fn versions_published(number: Option<u64>) -> &'static str {
    if number == Some(1) { "version published" } else { "versions published" }
}

pub(in crate::report) fn in_spaces(number: u64) -> String {
    format!("in {}", spaces(number))
}

pub(in crate::report) fn on_an_average_page(words: u64) -> String {
    format!("{} on an average page", format::count(words))
}

// Weeks.

pub(in crate::report) const COMPLETE_WEEK: &str = "complete";
pub(in crate::report) const INCOMPLETE_WEEK: &str = "incomplete, not in the line";
pub(in crate::report) const INCOMPLETE_KEY: &str = "incomplete: too low, and not in the line";
pub(in crate::report) const INCOMPLETE_SNAPSHOT: &str = "incomplete snapshot";
pub(in crate::report) const IMPORTED_WEEK: &str = "imported";
pub(in crate::report) const IMPORTED_KEY: &str = "imported from an older history";
pub(in crate::report) const NO_SNAPSHOT: &str = "no snapshot";
pub(in crate::report) const COUNTED_OTHERWISE: &str = "counted otherwise";
pub(in crate::report) const NOT_READ_IN_ANY: &str = "not read in any of these weeks";
pub(in crate::report) const BETTER: &str = "better";
pub(in crate::report) const WORSE: &str = "worse";
pub(in crate::report) const OTHER_SPACES: &str = "other spaces";

pub(in crate::report) fn in_weeks(number: usize) -> String {
    format!("in {number} weeks")
}

pub(in crate::report) fn weeks_ago(number: usize) -> String {
    format!("{number} weeks ago")
}

pub(in crate::report) fn unchanged(metric: &str) -> String {
    format!("{metric}: unchanged")
}

pub(in crate::report) fn unchanged_since(since: &str) -> String {
    format!("unchanged {since}")
}

/// `71.2, unchanged`; `week` is that of the last value where it is not the last week.
pub(in crate::report) fn unchanged_value(value: &str, week: Option<&str>) -> String {
    format!("{value}, unchanged{}", in_week(week))
}

/// `71.2 → 73.4 in 2026-W46`.
pub(in crate::report) fn from_to(first: &str, last: &str, week: Option<&str>) -> String {
    format!("{first} → {last}{}", in_week(week))
}

fn in_week(week: Option<&str>) -> String {
    week.map(|week| format!(" in {week}")).unwrap_or_default()
}

pub(in crate::report) fn metric_over_weeks(metric: &str, weeks: usize) -> String {
    format!("{metric}, {weeks} weeks")
}

pub(in crate::report) fn span(first: &str, last: &str, change: &str) -> String {
    format!("{first} to {last}: {change}")
}

/// From a week on, so many spaces instead of so many before, or others of the same number.
pub(in crate::report) fn spaces_changed(week: &str, before: u64, after: u64) -> String {
    let what = if before == after { OTHER_SPACES.to_owned() } else { format!("{} instead of {before}", spaces(after)) };
    format!("From {week} on the snapshots hold pages of {what}.")
}

/// What an earlier snapshot held that this one does not, and the other way round; at least one of the two.
pub(in crate::report) fn not_the_same_spaces(week: &str, more: Option<String>, fewer: Option<String>) -> String {
    let what = match (more, fewer) {
        (Some(more), None) => format!("{more} beside those of this week"),
        (Some(more), Some(fewer)) => format!("{more}, but no pages of {fewer}"),
        (None, fewer) => format!("no pages of {}", fewer.unwrap_or_default()),
    };
    format!("The snapshot of {week} held {what}: its figures are not of the same spaces.")
}

/// Days that can be negative where clocks differ: those are 0.
pub(in crate::report) fn whole_days(number: i64) -> String {
    days(u64::try_from(number).unwrap_or(0))
}

// Findings and changes.

pub(in crate::report) const NEW_PAGES: &str = "New pages";
pub(in crate::report) const EDITED_PAGES: &str = "Edited pages";
pub(in crate::report) const MOVED_PAGES: &str = "Moved pages";
pub(in crate::report) const RETITLED_PAGES: &str = "Retitled pages";
pub(in crate::report) const ARCHIVED_PAGES: &str = "Archived pages";
pub(in crate::report) const GONE_PAGES: &str = "Pages that are gone";

pub(in crate::report) fn group_told_nothing(group: &str) -> String {
    format!("Not known: the group {group} was asked for, but the site told nothing of it. See the notes.")
}

pub(in crate::report) fn group_was_not_read(group: &str) -> String {
    format!("Not read: add {group} to --metrics.")
}

// Workflow.

pub(in crate::report) const WORKFLOW_FAILED: &str =
    "The workflow could not be read: the notes and “What was not read” say why.";
pub(in crate::report) const WORKFLOW_NOT_ASKED: &str = "The workflow was not read: add workflow to --metrics.";
pub(in crate::report) const NO_WORKFLOW: &str = "No page bears the state of a workflow. Where an approval app is in use, the section [workflow] of the configuration says where its states are kept: the names of its states, a content property, an imported report, or labels.";
pub(in crate::report) const COMALA_DC_PROPERTY: &str = "Comala on Data Center, its content property";
pub(in crate::report) const COMALA_DC_REST: &str = "Comala on Data Center, its REST API";
pub(in crate::report) const COMALA_CLOUD: &str = "Comala on Cloud, its search fields";
pub(in crate::report) const IMPORTED_REPORT: &str = "an imported report";
pub(in crate::report) const NATIVE_STATE: &str = "Confluence's own content state";
pub(in crate::report) const LABELS: &str = "labels";
pub(in crate::report) const NO_SOURCE: &str = "no source knows a workflow of these pages";
pub(in crate::report) const UNREADABLE_SOURCE: &str = "a source that may know could not be read";

pub(in crate::report) fn content_property(key: &str) -> String {
    format!("the content property {key}")
}

// Spaces.

pub(in crate::report) const SPACE_COLUMNS: [&str; 10] = [
    "Outdated",
    "Outside the tree",
    "Nothing links to",
    "Stubs",
    "No labels",
    "Owner inactive",
    "Broken links",
    "Overdue",
    "Words",
    "Mean health",
];

// Measures.

pub(in crate::report) const PAGES: &str = "Pages";
pub(in crate::report) const WORDS: &str = "Words";
pub(in crate::report) const MEAN_HEALTH: &str = "Mean health";
pub(in crate::report) const OUTDATED: &str = "Outdated";
pub(in crate::report) const SHARE_OF_OUTDATED: &str = "Share of outdated pages";
pub(in crate::report) const OUTSIDE_THE_TREE: &str = "Outside the tree";
pub(in crate::report) const NOTHING_LINKS_TO_THEM: &str = "Nothing links to them";
pub(in crate::report) const BROKEN_LINKS: &str = "Broken links";
pub(in crate::report) const OVERDUE_REVIEWS: &str = "Overdue reviews";
pub(in crate::report) const EDITS_IN_7_DAYS: &str = "Edits in 7 days";
pub(in crate::report) const BYTES_OF_ATTACHMENTS: &str = "Bytes of attachments";

// Files.

pub(in crate::report) const CURRENT_FILE: &str =
    "One row per page, with all measures of this snapshot: for a spreadsheet.";
pub(in crate::report) const WEEK_FILE: &str = "The same rows under the name of their week.";
pub(in crate::report) const HISTORY_FILE: &str =
    "One row per page and week, over all weeks: for pivot tables over time.";
pub(in crate::report) const HISTORY_JSON: &str =
    "Which weeks there are, how complete each is, and the checksums of their files.";
pub(in crate::report) const FACT_FILE: &str = "The measures of every page in every week: the facts of the star schema.";
pub(in crate::report) const PAGE_FILE: &str = "The pages: titles, addresses, first and last week.";
pub(in crate::report) const SPACE_FILE: &str = "The spaces.";
pub(in crate::report) const USER_FILE: &str = "The people: creators, owners, editors.";
pub(in crate::report) const WEEKS_FILE: &str = "The weeks, with their Mondays; weeks without a snapshot too.";
pub(in crate::report) const DICTIONARY_FILE: &str =
    "What every column means, where it comes from and when it is empty.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_anything_is_said_in_the_singular() {
        assert_eq!(all_spaces(1), "the only visible space");
        assert_eq!(in_spaces(1), "in 1 space");
        assert_eq!(more_people_are_in(1_u64), "; 1 more person is in");
        assert_eq!(versions_published(Some(1)), "version published");
        assert_eq!(
            spaces_changed("2026-W47", 2, 1),
            "From 2026-W47 on the snapshots hold pages of 1 space instead of 2."
        );
    }
}
