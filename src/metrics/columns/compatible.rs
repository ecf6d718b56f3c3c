//! The 22 columns of the older script, in its order and spelling, with right contents.

use super::PageColumn;
use super::people::name;
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[PageColumn] = &[
    field!(text("space_key"), place.space_key).says("Key of the space.").from("spaces"),
    field!(text("page_title"), title).says("Title.").from("pages"),
    field!(text("page_url"), place.url).says("Opens the page in a browser.").from("pages"),
    PageColumn::date("page_created", |page| Value::maybe(page.row.people.created_at, Value::day))
        .says("Day of creation, UTC.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::date("date_modified", |page| Value::maybe(page.row.people.updated_at, Value::day))
        .says("Day of the current version, UTC.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("creator_name", |page| name(page.row.people.creator.as_ref()))
        .says("Who created the page; the account id where the name is unknown.")
        .from("pages, users")
        .empty("the site does not tell"),
    field!(integer("page_depth", "count"), place.depth)
        .says("Number of ancestors; the home page of a space has 0.")
        .from("parents of all pages")
        .empty("a blog post, or an ancestor is not visible"),
    field!(integer("child_pages", "count"), place.child_pages)
        .says("Current pages directly below it, all of them.")
        .from("parents of all pages")
        .empty("a blog post, or the list of pages may have a hole"),
    field!(text("workflow_name"), workflow.name)
        .says("Name of the approval workflow.")
        .from("see workflow_source")
        .empty("no workflow, or the source does not name it")
        .group(MetricGroup::Workflow),
    field!(text("owner_value"), workflow.owner)
        .says("Value of the workflow parameter configured as the owner.")
        .from("see workflow_source")
        .empty("no such parameter, or not readable")
        .group(MetricGroup::Workflow),
    field!(text("project_relevance"), workflow.relevance)
        .says("Value of the workflow parameter configured as the relevance.")
        .from("see workflow_source")
        .empty("no such parameter, or not readable")
        .group(MetricGroup::Workflow),
    field!(text("labels"), place.labels)
        .says("Global labels, sorted, separated by semicolons.")
        .from("search")
        .empty("no label, or not read: see label_count"),
    of_body!(integer("word_count", "count"), words)
        .says(
            "Words of the visible text by the word boundaries of Unicode (UAX #29); Chinese, Japanese, Thai, Lao, Khmer \
            and Burmese are parted by the dictionaries of ICU. Code, and what macros show by themselves, do not count.",
        )
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("char_count", "count"), characters)
        .says("Characters of the visible text as readers see them (graphemes), without markup and code.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("attachment_count", "count"), files.count)
        .says("Current attachments of the page, all of them.")
        .from("attachments")
        .empty("the attachments were not read"),
    of_body!(integer("image_count", "count"), images)
        .says("Images in the body.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("table_count", "count"), tables)
        .says("Tables in the body, nested ones too.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("unique_contributors", "count"), people.contributors)
        .says(
            "People who ever published a version; those without an account (anonymous, deleted long ago) count as \
            one.",
        )
        .from("search; the versions of pages changed lately")
        .empty("not read, or the site names nobody")
        .group(MetricGroup::People),
    field!(integer("edit_count", "count"), people.edit_count)
        .says("Number of the current version; restored versions and changes of the content state count too.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("last_editor", |page| name(page.row.people.last_editor.as_ref()))
        .says("Who published the current version; the account id where the name is unknown.")
        .from("pages, users")
        .empty("the site does not tell"),
    PageColumn::date("extraction_date", |page| Value::day(page.frame.taken_at))
        .says("Day of the snapshot, UTC.")
        .from("the run"),
    PageColumn::text("extraction_time", |page| Value::text(page.frame.taken_at.format("%H:%M:%S").to_string()))
        .says("Time of the snapshot, UTC.")
        .from("the run"),
];
