use super::super::page_row::PageAuthors;
use super::super::people::people;
use super::*;
use crate::inventory::PageVersion;
use crate::inventory::snapshot::{MetricGroup, MetricGroups, PageFacts, PageVersions, SnapshotFacts};

fn version(number: u32, days: i64, author: &str) -> PageVersion {
    PageVersion { number, at: Some(ago(days)), author: Some(AccountId::new(author)), minor: false }
}

/// Returns a page in version `number`, last edited by Bea `days` days ago.
fn edited(number: u32, days: i64) -> Content {
    let mut page = page(1, None, Status::Current);
    (page.version, page.modified_at, page.last_editor) = (Some(number), Some(ago(days)), Some(AccountId::new("bea")));
    page
}

fn measured(page: &Content, read: &PageFacts, bots: &[&str]) -> PageAuthors {
    let facts = SnapshotFacts { groups: MetricGroups::new([MetricGroup::People]), ..SnapshotFacts::default() };
    let bots: Vec<String> = bots.iter().map(|bot| (*bot).to_owned()).collect();
    people(&inventory(Vec::new()), &facts, page, read, &bots, now(), Some(2))
}

#[test]
fn windows_are_exact_to_the_second() {
    let mut list = vec![version(5, 0, "bea"), version(4, 7, "bea"), version(3, 30, "cem"), version(2, 90, "ada")];
    list[1].at = Some(ago(7) + TimeDelta::seconds(1));
    let read = PageFacts { versions: Some(PageVersions { list, whole: false }), ..PageFacts::default() };
    let people = measured(&edited(5, 0), &read, &[]);
    assert_eq!((people.edits_7d, people.edits_30d, people.edits_90d), (Some(2), Some(2), Some(3)));
    assert_eq!((people.contributors_90d, people.edits_since_last_snapshot), (Some(2), Some(3)));
    assert_eq!((people.contributors, people.top_contributor_share), (None, None), "older versions were not read");
}

#[test]
fn unread_versions_are_inferred_only_if_they_are_certain() {
    let nothing = PageFacts::default();
    let one = measured(&edited(1, 400), &nothing, &[]);
    assert_eq!((one.edits_90d, one.contributors, one.top_contributor_share), (Some(0), Some(1), Some(1.0)));
    let old = measured(&edited(7, 91), &nothing, &[]);
    assert_eq!((old.edits_90d, old.contributors_90d, old.contributors), (Some(0), Some(0), None));
    let recent = measured(&edited(7, 89), &nothing, &[]);
    assert_eq!(
        (recent.edits_7d, recent.edits_90d, recent.contributors_90d),
        (None, None, None),
        "versions of the last 90 days were not read"
    );
    assert_eq!(measured(&edited(1, 3), &nothing, &[]).edits_7d, Some(1));
}

#[test]
fn remaining_versions_do_not_show_who_wrote_the_deleted_ones() {
    let list = vec![version(4, 1, "bea"), version(3, 2, "bea"), version(1, 200, "ada")];
    let read = PageFacts { versions: Some(PageVersions { list, whole: true }), ..PageFacts::default() };
    let people = measured(&edited(4, 1), &read, &[]);
    assert_eq!((people.edits_90d, people.contributors_90d), (Some(2), Some(1)));
    assert_eq!((people.contributors, people.top_contributor_share), (None, None));
}

#[test]
fn contributors_come_from_the_search_and_from_versions_it_has_not_indexed() {
    let by = |people: &[&str]| Some(people.iter().copied().map(AccountId::new).collect());
    let versions = |list: Vec<PageVersion>, whole| Some(PageVersions { list, whole });
    let read = PageFacts {
        contributors: by(&["ada"]),
        versions: versions(vec![version(2, 1, "bea"), version(1, 200, "ada")], true),
        ..PageFacts::default()
    };
    let people = measured(&edited(2, 1), &read, &[]);
    assert_eq!((people.contributors, people.contributors_90d), (Some(2), Some(1)));
    assert_eq!(people.top_contributor_share, Some(0.5));
    let alone =
        PageFacts { contributors: by(&["bea"]), versions: versions(vec![version(9, 100, "bea")], false), ..read };
    assert_eq!(measured(&edited(9, 100), &alone, &[]).top_contributor_share, Some(1.0), "Bea wrote all versions");
}

#[test]
fn edits_by_bots_do_not_count_as_maintenance() {
    let list = vec![version(3, 1, "bot"), version(2, 50, "ada"), version(1, 60, "bea")];
    let read = PageFacts { versions: Some(PageVersions { list, whole: true }), ..PageFacts::default() };
    assert_eq!(measured(&edited(3, 1), &read, &["bot"]).days_since_non_bot_edit, Some(50));
    assert_eq!(measured(&edited(3, 1), &read, &["bot", "ada", "bea"]).days_since_non_bot_edit, None);
    assert_eq!(
        measured(&edited(3, 1), &read, &[]).days_since_non_bot_edit,
        Some(1),
        "no account is configured as a bot"
    );
}

#[test]
fn authors_without_an_account_are_contributors_too() {
    let nameless = |number, days| PageVersion { author: None, ..version(number, days, "") };
    let list = vec![version(4, 1, "ada"), nameless(3, 2), nameless(2, 200), version(1, 300, "ada")];
    let read = PageFacts {
        contributors: Some(vec![AccountId::new("ada")]),
        nameless_contributors: true,
        versions: Some(PageVersions { list, whole: true }),
        ..PageFacts::default()
    };
    let people = measured(&edited(4, 1), &read, &[]);
    assert_eq!((people.contributors, people.contributors_90d), (Some(2), Some(1)));
    assert_eq!(people.top_contributor_share, Some(0.5), "of all versions, not of those whose author is known");
    let uncounted = PageFacts { versions: None, ..read };
    assert_eq!(measured(&edited(4, 200), &uncounted, &[]).top_contributor_share, None, "two people wrote it");
}

#[test]
fn without_any_known_author_the_number_of_contributors_is_unknown() {
    let list = vec![PageVersion { author: None, ..version(1, 3, "") }];
    let read = PageFacts {
        contributors: Some(Vec::new()),
        versions: Some(PageVersions { list, whole: true }),
        ..PageFacts::default()
    };
    let people = measured(&Content { last_editor: None, ..edited(1, 3) }, &read, &[]);
    assert_eq!((people.edits_90d, people.contributors, people.contributors_90d), (Some(1), None, None));
    assert_eq!((people.active_contributors, people.top_contributor_share), (None, None));
}
