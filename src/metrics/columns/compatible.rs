//! The 22 columns of the older script, in its order and spelling, with right contents.

use super::{Column, column, count, day, list, person_name, text};
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[Column] = &[
    column!("space_key", Core, "text", "Key of the space.", from "spaces", empty "never", |row, _| Value::text(&*row.place.space_key)),
    column!("page_title", Core, "text", "Title.", from "pages", empty "never", |row, _| Value::text(&*row.title)),
    column!("page_url", Core, "text", "Opens the page in a browser.", from "pages", empty "never", |row, _| Value::text(&*row.place.url)),
    column!("page_created", Core, "date", "Day of creation, UTC.", from "pages", empty "the site does not tell", |row, _| day(row.people.created_at)),
    column!("date_modified", Core, "date", "Day of the current version, UTC.", from "pages", empty "the site does not tell", |row, _| day(row.people.updated_at)),
    column!("creator_name", Core, "text", "Who created the page; the account id where the name is unknown.", from "pages, users", empty "the site does not tell", |row, _| person_name(row.people.creator.as_ref())),
    column!("page_depth", Core, "count", "Number of ancestors; the home page of a space has 0.", from "parents of all pages", empty "an ancestor is not visible", |row, _| count(row.place.depth)),
    column!("child_pages", Core, "count", "Current pages directly below it, all of them.", from "parents of all pages", empty "never", |row, _| Value::count(row.place.child_pages)),
    column!("workflow_name", Workflow, "text", "Name of the approval workflow.", from "see workflow_source", empty "no workflow, or the source does not name it", |row, _| text(row.workflow.name.as_ref())),
    column!("owner_value", Workflow, "text", "Value of the workflow parameter configured as the owner.", from "see workflow_source", empty "no such parameter, or not readable", |row, _| text(row.workflow.owner.as_ref())),
    column!("project_relevance", Workflow, "text", "Value of the workflow parameter configured as the relevance.", from "see workflow_source", empty "no such parameter, or not readable", |row, _| text(row.workflow.relevance.as_ref())),
    column!("labels", Core, "text", "Global labels, sorted, separated by semicolons.", from "search", empty "no label, or not read: see label_count", |row, _| list(row.place.labels.as_ref())),
    column!("word_count", Core, "count", "Words of the visible text by the word boundaries of Unicode (UAX #29); every Chinese character and every hiragana is a word of its own. Code, and what macros show by themselves, do not count.", from "body", empty "the body was not read", |row, _| count(row.measures.as_ref().map(|body| u64::from(body.words)))),
    column!("char_count", Core, "count", "Characters of the visible text as readers see them (graphemes), without markup.", from "body", empty "the body was not read", |row, _| count(row.measures.as_ref().map(|body| u64::from(body.characters)))),
    column!("attachment_count", Core, "count", "Current attachments of the page, all of them.", from "attachments", empty "the attachments were not read", |row, _| count(row.files.count)),
    column!("image_count", Core, "count", "Images in the body.", from "body", empty "the body was not read", |row, _| count(row.measures.as_ref().map(|body| u64::from(body.images)))),
    column!("table_count", Core, "count", "Tables in the body, nested ones too.", from "body", empty "the body was not read", |row, _| count(row.measures.as_ref().map(|body| u64::from(body.tables)))),
    column!("unique_contributors", People, "count", "People who ever published a version; those without an account (anonymous, deleted long ago) count as one.", from "search; the versions of pages changed lately", empty "not read, or the site names nobody", |row, _| count(row.people.contributors)),
    column!("edit_count", Core, "count", "Number of the current version; restored versions and changes of the content state count too.", from "pages", empty "the site does not tell", |row, _| count(row.people.edit_count)),
    column!("last_editor", Core, "text", "Who published the current version; the account id where the name is unknown.", from "pages, users", empty "the site does not tell", |row, _| person_name(row.people.last_editor.as_ref())),
    column!("extraction_date", Core, "date", "Day of the snapshot, UTC.", from "the run", empty "never", |_, frame| Value::text(frame.taken_at.format("%Y-%m-%d").to_string())),
    column!("extraction_time", Core, "text", "Time of the snapshot, UTC.", from "the run", empty "never", |_, frame| Value::text(frame.taken_at.format("%H:%M:%S").to_string())),
];
