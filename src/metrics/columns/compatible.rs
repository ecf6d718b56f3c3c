//! The 22 columns of the older script, in its order and spelling, with right contents.

use super::{PageColumn, count, day, list, person_name, text};
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[PageColumn] = &[
    PageColumn::text("space_key", |page| Value::text(&*page.row.place.space_key))
        .says("Key of the space.")
        .from("spaces"),
    PageColumn::text("page_title", |page| Value::text(&*page.row.title)).says("Title.").from("pages"),
    PageColumn::text("page_url", |page| Value::text(&*page.row.place.url))
        .says("Opens the page in a browser.")
        .from("pages"),
    PageColumn::date("page_created", |page| day(page.row.people.created_at))
        .says("Day of creation, UTC.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::date("date_modified", |page| day(page.row.people.updated_at))
        .says("Day of the current version, UTC.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("creator_name", |page| person_name(page.row.people.creator.as_ref()))
        .says("Who created the page; the account id where the name is unknown.")
        .from("pages, users")
        .empty("the site does not tell"),
    PageColumn::integer("page_depth", "count", |page| count(page.row.place.depth))
        .says("Number of ancestors; the home page of a space has 0.")
        .from("parents of all pages")
        .empty("an ancestor is not visible"),
    PageColumn::integer("child_pages", "count", |page| Value::count(page.row.place.child_pages))
        .says("Current pages directly below it, all of them.")
        .from("parents of all pages"),
    PageColumn::text("workflow_name", |page| text(page.row.workflow.name.as_ref()))
        .says("Name of the approval workflow.")
        .from("see workflow_source")
        .empty("no workflow, or the source does not name it")
        .group(MetricGroup::Workflow),
    PageColumn::text("owner_value", |page| text(page.row.workflow.owner.as_ref()))
        .says("Value of the workflow parameter configured as the owner.")
        .from("see workflow_source")
        .empty("no such parameter, or not readable")
        .group(MetricGroup::Workflow),
    PageColumn::text("project_relevance", |page| text(page.row.workflow.relevance.as_ref()))
        .says("Value of the workflow parameter configured as the relevance.")
        .from("see workflow_source")
        .empty("no such parameter, or not readable")
        .group(MetricGroup::Workflow),
    PageColumn::text("labels", |page| list(page.row.place.labels.as_ref()))
        .says("Global labels, sorted, separated by semicolons.")
        .from("search")
        .empty("no label, or not read: see label_count"),
    PageColumn::integer("word_count", "count", |page| {
        count(page.row.measures.as_ref().map(|body| u64::from(body.words)))
    })
    .says(
        "Words of the visible text by the word boundaries of Unicode (UAX #29); every Chinese character and \
            every hiragana is a word of its own. Code, and what macros show by themselves, do not count.",
    )
    .from("body")
    .empty("the body was not read"),
    PageColumn::integer("char_count", "count", |page| {
        count(page.row.measures.as_ref().map(|body| u64::from(body.characters)))
    })
    .says("Characters of the visible text as readers see them (graphemes), without markup.")
    .from("body")
    .empty("the body was not read"),
    PageColumn::integer("attachment_count", "count", |page| count(page.row.files.count))
        .says("Current attachments of the page, all of them.")
        .from("attachments")
        .empty("the attachments were not read"),
    PageColumn::integer("image_count", "count", |page| {
        count(page.row.measures.as_ref().map(|body| u64::from(body.images)))
    })
    .says("Images in the body.")
    .from("body")
    .empty("the body was not read"),
    PageColumn::integer("table_count", "count", |page| {
        count(page.row.measures.as_ref().map(|body| u64::from(body.tables)))
    })
    .says("Tables in the body, nested ones too.")
    .from("body")
    .empty("the body was not read"),
    PageColumn::integer("unique_contributors", "count", |page| count(page.row.people.contributors))
        .says(
            "People who ever published a version; those without an account (anonymous, deleted long ago) count as \
            one.",
        )
        .from("search; the versions of pages changed lately")
        .empty("not read, or the site names nobody")
        .group(MetricGroup::People),
    PageColumn::integer("edit_count", "count", |page| count(page.row.people.edit_count))
        .says("Number of the current version; restored versions and changes of the content state count too.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("last_editor", |page| person_name(page.row.people.last_editor.as_ref()))
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
