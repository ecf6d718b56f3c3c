//! Who wrote a page, and when.

use super::{Column, column, count, flag, number, person_active, person_id, person_name, text, time};
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[Column] = &[
    column!("created_at", Core, "time", "When it was created.", from "pages", empty "the site does not tell", |row, _| time(row.people.created_at)),
    column!("age_days", Core, "days", "Whole days from its creation to the snapshot.", from "pages", empty "the site does not tell", |row, _| number(row.people.age_days)),
    column!("creator_id", Core, "text", "Account id of who created it.", from "pages", empty "the site does not tell", |row, _| person_id(row.people.creator.as_ref())),
    column!("owner_id", Core, "text", "Account id of the owner.", from "pages", empty "no owner", |row, _| person_id(row.people.owner.as_ref())),
    column!("owner_name", Core, "text", "Name of the owner.", from "pages, users", empty "no owner", |row, _| person_name(row.people.owner.as_ref())),
    column!("owner_active", People, "0/1", "The owner's account is active.", from "users", empty "no owner, or the account was not read", |row, _| person_active(row.people.owner.as_ref())),
    column!("last_owner_id", Core, "text", "Account id of the owner before.", from "pages", empty "no owner before", |row, _| text(row.people.last_owner_id.as_ref())),
    column!("updated_at", Core, "time", "When the current version was published.", from "pages", empty "the site does not tell", |row, _| time(row.people.updated_at)),
    column!("days_since_update", Core, "days", "Whole days from the current version to the snapshot.", from "pages", empty "the site does not tell", |row, _| number(row.people.days_since_update)),
    column!("last_editor_id", Core, "text", "Account id of who published the current version.", from "pages", empty "the site does not tell", |row, _| person_id(row.people.last_editor.as_ref())),
    column!("last_editor_active", People, "0/1", "That account is active.", from "users", empty "the account was not read", |row, _| person_active(row.people.last_editor.as_ref())),
    column!("last_edit_minor", Core, "0/1", "The current version was published without notification.", from "pages", empty "the site does not tell", |row, _| flag(row.people.last_edit_minor)),
    column!("last_edit_message", Core, "text", "Comment of the current version.", from "pages", empty "no comment", |row, _| text(row.people.last_edit_message.as_ref())),
    column!("edits_7d", People, "count", "Versions published in the 7 days before the snapshot.", from "versions of pages changed in 90 days", empty "not read", |row, _| count(row.people.edits_7d)),
    column!("edits_30d", People, "count", "Versions published in the 30 days before the snapshot.", from "versions of pages changed in 90 days", empty "not read", |row, _| count(row.people.edits_30d)),
    column!("edits_90d", People, "count", "Versions published in the 90 days before the snapshot.", from "versions of pages changed in 90 days", empty "not read", |row, _| count(row.people.edits_90d)),
    column!("edits_since_last_snapshot", Core, "count", "Versions since the snapshot before this one.", from "own history", empty "the page was in no snapshot before", |row, _| count(row.people.edits_since_last_snapshot)),
    column!("contributors_90d", People, "count", "People who published a version in the 90 days before the snapshot.", from "versions of pages changed in 90 days", empty "not read, or the site names nobody", |row, _| count(row.people.contributors_90d)),
    column!("top_contributor_share", People, "share", "Versions of the most active author in all versions, 0 to 1.", from "versions", empty "not all versions were read: pages with several authors that nobody changed in 90 days", |row, _| Value::maybe(row.people.top_contributor_share, |share| Value::Decimal(share, 3))),
    column!("single_contributor", People, "0/1", "Only one person ever published a version.", from "unique_contributors", empty "not read", |row, _| flag(row.people.contributors.map(|people| people == 1))),
    column!("active_contributors", People, "count", "Contributors whose account is active.", from "search, users", empty "not read", |row, _| count(row.people.active_contributors)),
    column!("days_since_non_bot_edit", People, "days", "Whole days since an account that is not among the configured bots published a version.", from "versions", empty "not read, or only bots were found in what was read", |row, _| number(row.people.days_since_non_bot_edit)),
];
