//! Columns about the authors of a page and its edits.

use super::PageColumn;
use crate::inventory::snapshot::MetricGroup;
use crate::metrics::page_row::Person;
use crate::spreadsheet::{Record, Value};

/// Returns the account id of a person; empty in an imported week, which has names only.
fn id(person: Option<&Person>) -> Value {
    Value::maybe(person.filter(|person| !person.id.is_empty()), |person| Value::text(&*person.id))
}

/// Returns the name of a person, or the account id if the name is not known.
pub(super) fn name(person: Option<&Person>) -> Value {
    Value::maybe(person, |person| Value::text(person.name.as_ref().unwrap_or(&person.id)))
}

fn is_active(person: Option<&Person>) -> Value {
    Value::maybe(person.and_then(|person| person.active), Value::Flag)
}

/// Restores a person from these columns. There is no column for whether the account of a creator is active.
fn person(record: Record<'_>, [id, name]: [&str; 2], active: Option<&str>) -> Option<Person> {
    let (id, name) = (record.text(id), record.text(name));
    id.or(name)?;
    let id = id.unwrap_or_default();
    Some(Person {
        id: id.to_owned(),
        name: name.filter(|name| *name != id).map(str::to_owned),
        active: active.and_then(|active| record.flag(active)),
    })
}

pub(super) const COLUMNS: &[PageColumn] = &[
    field!(time("created_at"), people.created_at)
        .says("Time of creation.")
        .from("pages")
        .empty("not reported by the site"),
    field!(integer("age_days", "days"), people.age_days)
        .says("Full days between creation and the snapshot.")
        .from("pages")
        .empty("not reported by the site"),
    PageColumn::text("creator_id", |page| id(page.row.people.creator.as_ref()))
        .restored(|row, record| {
            row.people.creator = person(record, ["creator_id", "creator_name"], None);
        })
        .says("Account id of the creator.")
        .from("pages")
        .empty("not reported by the site"),
    PageColumn::text("owner_id", |page| id(page.row.people.owner.as_ref()))
        .restored(|row, record| {
            row.people.owner = person(record, ["owner_id", "owner_name"], Some("owner_active"));
        })
        .says("Account id of the owner.")
        .from("pages")
        .empty("no owner"),
    PageColumn::text("owner_name", |page| name(page.row.people.owner.as_ref()))
        .says("Name of the owner; the account id when the name is unknown.")
        .from("pages, accounts")
        .empty("no owner"),
    PageColumn::flag("owner_active", |page| is_active(page.row.people.owner.as_ref()))
        .says("Whether the owner's account is active.")
        .from("accounts")
        .empty("no owner, or the account was not read")
        .group(MetricGroup::People),
    field!(text("last_owner_id"), people.last_owner_id)
        .says("Account id of the previous owner.")
        .from("pages")
        .empty("no previous owner"),
    field!(time("updated_at"), people.updated_at)
        .says("Time when the current version was published.")
        .from("pages")
        .empty("not reported by the site"),
    field!(integer("days_since_update", "days"), people.days_since_update)
        .says("Full days between the current version and the snapshot.")
        .from("pages")
        .empty("not reported by the site"),
    PageColumn::text("last_editor_id", |page| id(page.row.people.last_editor.as_ref()))
        .restored(|row, record| {
            row.people.last_editor = person(record, ["last_editor_id", "last_editor"], Some("last_editor_active"));
        })
        .says("Account id of the last editor, who published the current version.")
        .from("pages")
        .empty("not reported by the site"),
    PageColumn::flag("last_editor_active", |page| is_active(page.row.people.last_editor.as_ref()))
        .says("Whether the last editor's account is active.")
        .from("accounts")
        .empty("the account was not read")
        .group(MetricGroup::People),
    field!(flag("last_edit_minor"), people.last_edit_minor)
        .says("Whether the current version is a minor edit, published without notifying watchers.")
        .from("pages")
        .empty("not reported by the site"),
    field!(text("last_edit_message"), people.last_edit_message)
        .says("Version comment of the current version.")
        .from("pages")
        .empty("no comment"),
    field!(integer("edits_7d", "count"), people.edits_7d)
        .says("Number of versions published in the 7 days before the snapshot.")
        .from("versions of pages changed in the last 90 days")
        .empty("not read")
        .group(MetricGroup::People),
    field!(integer("edits_30d", "count"), people.edits_30d)
        .says("Number of versions published in the 30 days before the snapshot.")
        .from("versions of pages changed in the last 90 days")
        .empty("not read")
        .group(MetricGroup::People),
    field!(integer("edits_90d", "count"), people.edits_90d)
        .says("Number of versions published in the 90 days before the snapshot.")
        .from("versions of pages changed in the last 90 days")
        .empty("not read")
        .group(MetricGroup::People),
    field!(integer("edits_since_last_snapshot", "count"), people.edits_since_last_snapshot)
        .says("Number of versions published since the previous snapshot.")
        .from("earlier snapshots")
        .empty("the page is in no earlier snapshot"),
    field!(integer("contributors_90d", "count"), people.contributors_90d)
        .says("Number of people who published a version in the 90 days before the snapshot.")
        .from("versions of pages changed in the last 90 days")
        .empty("not read, or the site reports no author")
        .group(MetricGroup::People),
    PageColumn::decimal("top_contributor_share", 3, "share", |page| {
        Value::maybe(page.row.people.top_contributor_share, |share| Value::Decimal(share, 3))
    })
    .restored(|row, record| row.people.top_contributor_share = record.decimal("top_contributor_share"))
    .says("Share of the most active author in all versions, from 0 to 1.")
    .from("versions")
    .empty("not all versions were read: pages with several authors and no change in 90 days")
    .group(MetricGroup::People),
    PageColumn::flag("single_contributor", |page| {
        Value::maybe(page.row.people.contributors, |people| Value::Flag(people == 1))
    })
    .says("Whether a single person published all versions.")
    .from("unique_contributors")
    .empty("not read")
    .group(MetricGroup::People),
    field!(integer("active_contributors", "count"), people.active_contributors)
        .says("Number of contributors whose account is active.")
        .from("search, accounts")
        .empty("not read")
        .group(MetricGroup::People),
    field!(integer("days_since_non_bot_edit", "days"), people.days_since_non_bot_edit)
        .says("Full days since an account that `[snapshot] bots` does not list published a version.")
        .from("versions")
        .empty("not read, or all versions read are by bots")
        .group(MetricGroup::People),
];
