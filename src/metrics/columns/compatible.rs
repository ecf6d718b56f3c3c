//! The 22 columns of the legacy script, with its names and order, but with correct values.

use super::PageColumn;
use super::people::name;
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[PageColumn] = &[
    field!(text("space_key"), place.space_key).says("Space key.").from("spaces"),
    field!(text("page_title"), title).says("Page title.").from("pages"),
    field!(text("page_url"), place.url).says("Address that opens the page in a browser.").from("pages"),
    PageColumn::date("page_created", |page| Value::maybe(page.row.people.created_at, Value::day))
        .says("Date of creation, in UTC.")
        .from("pages")
        .empty("not reported by the site"),
    PageColumn::date("date_modified", |page| Value::maybe(page.row.people.updated_at, Value::day))
        .says("Date of the current version, in UTC.")
        .from("pages")
        .empty("not reported by the site"),
    PageColumn::text("creator_name", |page| name(page.row.people.creator.as_ref()))
        .says("Name of the creator; the account id when the name is unknown.")
        .from("pages, accounts")
        .empty("not reported by the site"),
    field!(integer("page_depth", "count"), place.depth)
        .says("Number of ancestors. The home page of a space has 0.")
        .from("parents of all pages")
        .empty("it is a blog post, or an ancestor is not visible"),
    field!(integer("child_pages", "count"), place.child_pages)
        .says("Number of current pages directly below the page.")
        .from("parents of all pages")
        .empty("it is a blog post, or the list of pages may be incomplete"),
    field!(text("workflow_name"), workflow.name)
        .says("Name of the approval workflow.")
        .from("see workflow_source")
        .empty("no workflow, or the name is not reported by the source")
        .group(MetricGroup::Workflow),
    field!(text("owner_value"), workflow.owner)
        .says("Value of the workflow parameter that `[workflow] owner_parameter` names.")
        .from("see workflow_source")
        .empty("no such parameter, or not readable")
        .group(MetricGroup::Workflow),
    field!(text("project_relevance"), workflow.relevance)
        .says("Value of the workflow parameter that `[workflow] relevance_parameter` names.")
        .from("see workflow_source")
        .empty("no such parameter, or not readable")
        .group(MetricGroup::Workflow),
    field!(text("labels"), place.labels)
        .says("Global labels, sorted, separated by semicolons.")
        .from("search")
        .empty("no label, or not read (see label_count)"),
    of_body!(integer("word_count", "count"), words)
        .says(
            "Words of the visible text, by Unicode word boundaries (UAX #29) and, for Chinese, Japanese, Thai, Lao, \
            Khmer and Burmese, the ICU dictionaries. Code and the output of macros do not count.",
        )
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("char_count", "count"), characters)
        .says("User-perceived characters (graphemes) of the visible text, without markup and code.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("attachment_count", "count"), files.count)
        .says("Number of current attachments of the page.")
        .from("attachments")
        .empty("the attachments were not read"),
    of_body!(integer("image_count", "count"), images)
        .says("Number of images in the body.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("table_count", "count"), tables)
        .says("Number of tables in the body, including nested ones.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("unique_contributors", "count"), people.contributors)
        .says(
            "Number of people who have ever published a version. All people without an account (anonymous, or \
            deleted long ago) count as one.",
        )
        .from("search, versions of recently changed pages")
        .empty("not read, or the site reports no author")
        .group(MetricGroup::People),
    field!(integer("edit_count", "count"), people.edit_count)
        .says("Number of the current version. Restored versions and changes of the content state count as edits.")
        .from("pages")
        .empty("not reported by the site"),
    PageColumn::text("last_editor", |page| name(page.row.people.last_editor.as_ref()))
        .says("Name of the account that published the current version; the account id when the name is unknown.")
        .from("pages, accounts")
        .empty("not reported by the site"),
    PageColumn::date("extraction_date", |page| Value::day(page.frame.taken_at))
        .says("Date of the snapshot, in UTC.")
        .from("the run"),
    PageColumn::text("extraction_time", |page| Value::text(page.frame.taken_at.format("%H:%M:%S").to_string()))
        .says("Time of the snapshot, in UTC.")
        .from("the run"),
];
