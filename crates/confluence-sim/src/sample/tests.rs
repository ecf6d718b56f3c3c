//! Tests that the sample has the properties that other tests rely on.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::{SampleUsage, sample};
use crate::site::{Content, ContentType, Status};

fn now() -> DateTime<Utc> {
    "2026-04-01T08:30:00Z".parse().unwrap()
}

#[test]
fn counts_are_as_documented() {
    let site = sample(now()).site;
    let of = |kind: fn(ContentType) -> bool| site.contents.iter().filter(|content| kind(content.kind)).count();
    assert_eq!(site.spaces.len(), 8);
    assert_eq!(of(|kind| kind == ContentType::Page), 162);
    assert_eq!(of(|kind| kind == ContentType::BlogPost), 20);
    assert_eq!(of(ContentType::is_comment), 60);
    assert_eq!(site.attachments.len(), 403);
    assert!(site.spaces.iter().any(|space| space.archived));
    assert!(site.spaces.iter().any(|space| space.key.starts_with('~')));
    for status in [Status::Archived, Status::Trashed] {
        assert!(site.contents.iter().any(|content| content.kind == ContentType::Page && content.status == status));
    }
    assert!(of(|kind| kind == ContentType::Folder) > 0);
    let totals = site.totals();
    assert_eq!(totals.most_versions, 27, "30 uploads, 3 of them deleted");
    assert!(totals.all.old_bytes > 0 && totals.all.trash_bytes > 0);
}

#[test]
fn every_file_has_a_known_usage_and_every_usage_occurs() {
    let sample = sample(now());
    let ids: BTreeSet<&String> = sample.site.attachments.iter().map(|file| &file.id).collect();
    assert_eq!(ids, sample.expected.keys().collect());
    assert_eq!(ids.len(), 403, "ids are unique");
    for usage in SampleUsage::ALL {
        let count = sample.expected.values().filter(|expected| expected.usage == usage).count();
        assert!(count >= 3, "{}: {count}", usage.as_str());
    }
}

#[test]
fn the_same_time_produces_the_same_site() {
    let (one, other) = (sample(now()).site, sample(now()).site);
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
}

#[test]
fn ids_and_titles_are_unique_and_only_the_intended_containers_are_missing() {
    let site = sample(now()).site;
    let ids: HashSet<&str> = site.contents.iter().map(|content| content.id.as_str()).collect();
    assert_eq!(ids.len(), site.contents.len());
    let titles: HashSet<&str> =
        site.contents.iter().filter(|c| c.kind.is_page_or_post()).map(|c| c.title.as_str()).collect();
    assert_eq!(titles.len(), 182, "titles are unique, so that they identify a page");
    for content in site.contents.iter().filter(|content| content.kind.is_comment()) {
        assert!(content.container.as_deref().is_some_and(|id| ids.contains(id)), "{}", content.id);
    }
    let absent: Vec<&str> =
        site.attachments.iter().filter_map(|file| file.container.id()).filter(|id| !ids.contains(id)).collect();
    assert_eq!(absent, ["99430001", "99430001", "99430002"]);
    assert!(!site.contents.iter().any(|content| content.body.contains("attachments//")), "an address without page id");
}

#[test]
fn every_date_is_more_than_an_hour_old_and_versions_ascend() {
    let latest = now() - TimeDelta::hours(1);
    let site = sample(now()).site;
    for content in &site.contents {
        assert!(
            content.created_at < latest && content.versions.iter().all(|v| v.created_at < latest),
            "{}",
            content.id
        );
        assert!(content.versions.is_sorted_by_key(|version| (version.number, version.created_at)), "{}", content.id);
        assert!(content.draft.as_ref().is_none_or(|draft| draft.saved_at < latest), "{}", content.id);
    }
    for file in &site.attachments {
        assert!(file.versions.is_sorted_by_key(|version| (version.number, version.created_at)), "{}", file.id);
        assert!(file.versions.iter().all(|version| version.created_at < latest && version.size > 0), "{}", file.id);
        assert!(!file.versions.last().unwrap().deleted);
    }
}

#[test]
fn files_of_drafts_are_newer_than_what_their_page_published() {
    let sample = sample(now());
    let of_drafts: Vec<_> =
        sample.site.attachments.iter().filter(|file| sample.expected[&file.id].why.contains("draft only")).collect();
    assert_eq!(of_drafts.len(), 2);
    for file in of_drafts {
        let owner =
            sample.site.contents.iter().find(|content| Some(content.id.as_str()) == file.container.id()).unwrap();
        assert!(file.current().unwrap().created_at > owner.modified_at());
        assert!(owner.draft.as_ref().unwrap().body.contains(&file.current().unwrap().title));
        assert!(!owner.body.contains(&file.current().unwrap().title));
    }
}

#[test]
fn copies_share_their_bytes_and_namesakes_do_not() {
    let site = sample(now()).site;
    let seeds = |name: &str| -> Vec<u64> {
        site.attachments.iter().filter_map(|file| file.current()).filter(|v| v.title == name).map(|v| v.seed).collect()
    };
    let copies = seeds("air-one-packshot.jpg");
    assert_eq!((copies.len(), copies.iter().collect::<HashSet<_>>().len()), (6, 1));
    let namesakes = seeds("texture.jpg");
    assert_eq!((namesakes.len(), namesakes.iter().collect::<HashSet<_>>().len()), (2, 2));
}

#[test]
fn no_two_current_files_of_one_page_have_the_same_name() {
    let site = sample(now()).site;
    let mut seen = HashSet::new();
    for file in &site.attachments {
        let title = &file.current().unwrap().title;
        assert!(seen.insert((file.container.id(), title)), "{title}");
    }
}

#[test]
fn a_generated_file_is_named_by_its_own_page_or_not_at_all() {
    let sample = sample(now());
    let generated = |why: &str| ["not named anywhere", "link on its own page", "image on its own page"].contains(&why);
    for file in sample.site.attachments.iter().filter(|file| generated(sample.expected[&file.id].why)) {
        let name = super::markup::escape(&file.current().unwrap().title);
        let named = format!("ri:filename=\"{name}\"");
        for content in &sample.site.contents {
            let own = file.container.id() == Some(content.id.as_str());
            let expected = own && sample.expected[&file.id].usage != SampleUsage::Unreferenced;
            assert_eq!(content.body.contains(&named) && own, expected, "{name} on {}", content.title);
        }
    }
}

#[test]
fn totals_of_the_spaces_add_up_to_the_site() {
    let totals = sample(now()).site.totals();
    let sum = |of: fn(&crate::SpaceFigures) -> u64| totals.by_space.values().map(of).sum::<u64>();
    assert_eq!(sum(|space| space.attachments), totals.all.attachments);
    assert_eq!(sum(|space| space.current_bytes), totals.all.current_bytes);
    assert_eq!(sum(|space| space.old_bytes), totals.all.old_bytes);
    assert_eq!(sum(|space| space.trash_bytes), totals.all.trash_bytes);
    assert_eq!(totals.all.attachments + totals.all.trash_files, 403);
    assert_eq!(totals.by_space[""].attachments, 3 + 1, "files of unknown pages and the logo of a space");
}

#[test]
fn pages_have_every_kind_of_readership_and_some_owners_are_inactive() {
    let site = sample(now()).site;
    let pages: Vec<_> =
        site.contents.iter().filter(|c| c.kind == ContentType::Page && c.status == Status::Current).collect();
    let newest = |page: &&&Content| page.readers.views.iter().map(|view| (now() - view.at).num_days()).min();
    for range in [0..30, 30..90, 90..180, 180..365, 365..5000] {
        assert!(pages.iter().any(|page| newest(&page).is_some_and(|days| range.contains(&days))), "{range:?}");
    }
    assert!(pages.iter().any(|page| page.readers.views.is_empty()));
    let latest = now() - TimeDelta::hours(1);
    assert!(pages.iter().all(|page| page.readers.views.iter().all(|view| view.at < latest)));
    let restricted =
        |page: &&&Content| !page.restrictions.read.users.is_empty() || !page.restrictions.read.groups.is_empty();
    assert!(pages.iter().filter(restricted).count() > 3);
    assert!(pages.iter().any(|page| !page.restrictions.update.groups.is_empty()));
    let left: Vec<&String> = site.account_statuses.keys().collect();
    assert!(pages.iter().any(|page| page.owner.as_ref().is_some_and(|owner| left.contains(&owner))));
    let recent = |page: &&&Content| {
        let last_90_days = page.versions.iter().filter(|version| (now() - version.created_at).num_days() < 90);
        last_90_days.map(|version| &version.author).collect::<HashSet<_>>().len() > 1
    };
    assert!(pages.iter().filter(recent).count() > 5, "pages that several people changed recently");
    assert!(pages.iter().any(|page| matches!(page.parent, Some((_, ContentType::Folder)))));
}

#[test]
fn an_archived_space_has_a_workflow_in_every_state_and_a_page_that_is_published_and_overdue() {
    let site = sample(now()).site;
    let archived: HashSet<&str> = site.spaces.iter().filter(|s| s.archived).map(|space| space.id.as_str()).collect();
    let pages: Vec<_> = site
        .contents
        .iter()
        .filter(|page| archived.contains(page.space_id.as_str()))
        .filter_map(|page| Some((page, site.workflow.pages.get(&page.id)?)))
        .collect();
    let states: BTreeSet<&str> = pages.iter().map(|(_, workflow)| workflow.state.as_str()).collect();
    assert_eq!(states, BTreeSet::from(["Approved", "Draft", "In Approval", "Published"]));
    let overdue = |due: Option<DateTime<Utc>>| due.is_some_and(|due| due < now());
    assert!(pages.iter().any(|(page, workflow)| {
        workflow.is_final && overdue(workflow.due) && page.properties.contains_key("content-state-published")
    }));
    assert!(pages.iter().any(|(page, _)| !page.restrictions.read.users.is_empty()));
    assert!(pages.iter().any(|(page, _)| !page.restrictions.update.groups.is_empty()));
    assert!(pages.iter().all(|(page, _)| !page.labels.is_empty()));
}

#[test]
fn scripts_without_spaces_between_words_occur() {
    let site = sample(now()).site;
    for letter in "ตដຕပは请".chars() {
        assert!(
            site.contents.iter().any(|page| page.kind == ContentType::Page && page.body.contains(letter)),
            "{letter}"
        );
    }
}

#[test]
fn the_ids_in_broken_links_do_not_exist() {
    let site = sample(now()).site;
    let list = site.contents.iter().find(|page| page.title == "Old help centre: links").unwrap();
    for id in ["99440001", "99440002", "99440003", "99450001"] {
        assert!(list.body.contains(id), "{id}");
        assert!(!site.contents.iter().any(|content| content.id == id), "{id}");
        assert!(!site.attachments.iter().any(|file| file.id == format!("att{id}")), "{id}");
    }
}
