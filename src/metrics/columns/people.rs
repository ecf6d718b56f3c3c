//! Who wrote a page, and when.

use super::PageColumn;
use crate::inventory::snapshot::MetricGroup;
use crate::metrics::row::Person;
use crate::spreadsheet::{Record, Value};

/// The account id of a person; an imported week tells only names.
fn id(person: Option<&Person>) -> Value {
    Value::maybe(person.filter(|person| !person.id.is_empty()), |person| Value::text(&*person.id))
}

/// The name of a person, or the id where the name is not known.
pub(super) fn name(person: Option<&Person>) -> Value {
    Value::maybe(person, |person| Value::text(person.name.as_ref().unwrap_or(&person.id)))
}

fn is_active(person: Option<&Person>) -> Value {
    Value::maybe(person.and_then(|person| person.active), Value::Flag)
}

/// The person that these columns tell; of a creator none tells whether the account is active.
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
        .says("When it was created.")
        .from("pages")
        .empty("the site does not tell"),
    field!(integer("age_days", "days"), people.age_days)
        .says("Whole days from its creation to the snapshot.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("creator_id", |page| id(page.row.people.creator.as_ref()))
        .restored(|row, record| {
            row.people.creator = person(record, ["creator_id", "creator_name"], None);
        })
        .says("Account id of who created it.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("owner_id", |page| id(page.row.people.owner.as_ref()))
        .restored(|row, record| {
            row.people.owner = person(record, ["owner_id", "owner_name"], Some("owner_active"));
        })
        .says("Account id of the owner.")
        .from("pages")
        .empty("no owner"),
    PageColumn::text("owner_name", |page| name(page.row.people.owner.as_ref()))
        .says("Name of the owner.")
        .from("pages, users")
        .empty("no owner"),
    PageColumn::flag("owner_active", |page| is_active(page.row.people.owner.as_ref()))
        .says("The owner's account is active.")
        .from("users")
        .empty("no owner, or the account was not read")
        .group(MetricGroup::People),
    field!(text("last_owner_id"), people.last_owner_id)
        .says("Account id of the owner before.")
        .from("pages")
        .empty("no owner before"),
    field!(time("updated_at"), people.updated_at)
        .says("When the current version was published.")
        .from("pages")
        .empty("the site does not tell"),
    field!(integer("days_since_update", "days"), people.days_since_update)
        .says("Whole days from the current version to the snapshot.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("last_editor_id", |page| id(page.row.people.last_editor.as_ref()))
        .restored(|row, record| {
            row.people.last_editor = person(record, ["last_editor_id", "last_editor"], Some("last_editor_active"));
        })
        .says("Account id of who published the current version.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::flag("last_editor_active", |page| is_active(page.row.people.last_editor.as_ref()))
        .says("That account is active.")
        .from("users")
        .empty("the account was not read")
        .group(MetricGroup::People),
    field!(flag("last_edit_minor"), people.last_edit_minor)
        .says("The current version was published without notification.")
        .from("pages")
        .empty("the site does not tell"),
    field!(text("last_edit_message"), people.last_edit_message)
        .says("Comment of the current version.")
        .from("pages")
        .empty("no comment"),
    field!(integer("edits_7d", "count"), people.edits_7d)
        .says("Versions published in the 7 days before the snapshot.")
        .from("versions of pages changed in 90 days")
        .empty("not read")
        .group(MetricGroup::People),
    field!(integer("edits_30d", "count"), people.edits_30d)
        .says("Versions published in the 30 days before the snapshot.")
        .from("versions of pages changed in 90 days")
        .empty("not read")
        .group(MetricGroup::People),
    field!(integer("edits_90d", "count"), people.edits_90d)
        .says("Versions published in the 90 days before the snapshot.")
        .from("versions of pages changed in 90 days")
        .empty("not read")
        .group(MetricGroup::People),
    field!(integer("edits_since_last_snapshot", "count"), people.edits_since_last_snapshot)
        .says("Versions since the snapshot before this one.")
        .from("own history")
        .empty("the page was in no snapshot before"),
    field!(integer("contributors_90d", "count"), people.contributors_90d)
        .says("People who published a version in the 90 days before the snapshot.")
        .from("versions of pages changed in 90 days")
        .empty("not read, or the site names nobody")
        .group(MetricGroup::People),
    PageColumn::decimal("top_contributor_share", 3, "share", |page| {
        Value::maybe(page.row.people.top_contributor_share, |share| Value::Decimal(share, 3))
    })
    .restored(|row, record| row.people.top_contributor_share = record.decimal("top_contributor_share"))
    .says("Versions of the most active author in all versions, 0 to 1.")
    .from("versions")
    .empty("not all versions were read: pages with several authors that nobody changed in 90 days")
    .group(MetricGroup::People),
    PageColumn::flag("single_contributor", |page| {
        Value::maybe(page.row.people.contributors, |people| Value::Flag(people == 1))
    })
    .says("Only one person ever published a version.")
    .from("unique_contributors")
    .empty("not read")
    .group(MetricGroup::People),
    field!(integer("active_contributors", "count"), people.active_contributors)
        .says("Contributors whose account is active.")
        .from("search, users")
        .empty("not read")
        .group(MetricGroup::People),
    field!(integer("days_since_non_bot_edit", "days"), people.days_since_non_bot_edit)
        .says("Whole days since an account that is not among the configured bots published a version.")
        .from("versions")
        .empty("not read, or only bots were found in what was read")
        .group(MetricGroup::People),
];
