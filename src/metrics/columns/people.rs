//! Who wrote a page, and when.

use super::{PageColumn, count, flag, number, person_active, person_id, person_name, text, time};
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[PageColumn] = &[
    PageColumn::time("created_at", |page| time(page.row.people.created_at))
        .says("When it was created.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::integer("age_days", "days", |page| number(page.row.people.age_days))
        .says("Whole days from its creation to the snapshot.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("creator_id", |page| person_id(page.row.people.creator.as_ref()))
        .says("Account id of who created it.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("owner_id", |page| person_id(page.row.people.owner.as_ref()))
        .says("Account id of the owner.")
        .from("pages")
        .empty("no owner"),
    PageColumn::text("owner_name", |page| person_name(page.row.people.owner.as_ref()))
        .says("Name of the owner.")
        .from("pages, users")
        .empty("no owner"),
    PageColumn::flag("owner_active", |page| person_active(page.row.people.owner.as_ref()))
        .says("The owner's account is active.")
        .from("users")
        .empty("no owner, or the account was not read")
        .group(MetricGroup::People),
    PageColumn::text("last_owner_id", |page| text(page.row.people.last_owner_id.as_ref()))
        .says("Account id of the owner before.")
        .from("pages")
        .empty("no owner before"),
    PageColumn::time("updated_at", |page| time(page.row.people.updated_at))
        .says("When the current version was published.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::integer("days_since_update", "days", |page| number(page.row.people.days_since_update))
        .says("Whole days from the current version to the snapshot.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("last_editor_id", |page| person_id(page.row.people.last_editor.as_ref()))
        .says("Account id of who published the current version.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::flag("last_editor_active", |page| person_active(page.row.people.last_editor.as_ref()))
        .says("That account is active.")
        .from("users")
        .empty("the account was not read")
        .group(MetricGroup::People),
    PageColumn::flag("last_edit_minor", |page| flag(page.row.people.last_edit_minor))
        .says("The current version was published without notification.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("last_edit_message", |page| text(page.row.people.last_edit_message.as_ref()))
        .says("Comment of the current version.")
        .from("pages")
        .empty("no comment"),
    PageColumn::integer("edits_7d", "count", |page| count(page.row.people.edits_7d))
        .says("Versions published in the 7 days before the snapshot.")
        .from("versions of pages changed in 90 days")
        .empty("not read")
        .group(MetricGroup::People),
    PageColumn::integer("edits_30d", "count", |page| count(page.row.people.edits_30d))
        .says("Versions published in the 30 days before the snapshot.")
        .from("versions of pages changed in 90 days")
        .empty("not read")
        .group(MetricGroup::People),
    PageColumn::integer("edits_90d", "count", |page| count(page.row.people.edits_90d))
        .says("Versions published in the 90 days before the snapshot.")
        .from("versions of pages changed in 90 days")
        .empty("not read")
        .group(MetricGroup::People),
    PageColumn::integer("edits_since_last_snapshot", "count", |page| count(page.row.people.edits_since_last_snapshot))
        .says("Versions since the snapshot before this one.")
        .from("own history")
        .empty("the page was in no snapshot before"),
    PageColumn::integer("contributors_90d", "count", |page| count(page.row.people.contributors_90d))
        .says("People who published a version in the 90 days before the snapshot.")
        .from("versions of pages changed in 90 days")
        .empty("not read, or the site names nobody")
        .group(MetricGroup::People),
    PageColumn::decimal("top_contributor_share", 3, "share", |page| {
        Value::maybe(page.row.people.top_contributor_share, |share| Value::Decimal(share, 3))
    })
    .says("Versions of the most active author in all versions, 0 to 1.")
    .from("versions")
    .empty("not all versions were read: pages with several authors that nobody changed in 90 days")
    .group(MetricGroup::People),
    PageColumn::flag("single_contributor", |page| flag(page.row.people.contributors.map(|people| people == 1)))
        .says("Only one person ever published a version.")
        .from("unique_contributors")
        .empty("not read")
        .group(MetricGroup::People),
    PageColumn::integer("active_contributors", "count", |page| count(page.row.people.active_contributors))
        .says("Contributors whose account is active.")
        .from("search, users")
        .empty("not read")
        .group(MetricGroup::People),
    PageColumn::integer("days_since_non_bot_edit", "days", |page| number(page.row.people.days_since_non_bot_edit))
        .says("Whole days since an account that is not among the configured bots published a version.")
        .from("versions")
        .empty("not read, or only bots were found in what was read")
        .group(MetricGroup::People),
];
