use super::super::changes::{ChangeKind, PageChange, UnlistedPages, changes, counts};
use super::super::page_row::PageRow;
use super::super::{PreviousPage, PreviousSnapshots};
use super::*;
use crate::inventory::coverage::UnitKind;

fn row(id: &str, title: &str, parent: &str, edits: Option<u64>) -> PageRow {
    let mut row = PageRow { id: id.to_owned(), title: title.to_owned(), ..PageRow::default() };
    row.place.space_key = "KB".to_owned();
    row.place.parent_id = Some(parent.to_owned()).filter(|parent| !parent.is_empty());
    row.people.edits_since_last_snapshot = edits;
    row
}

fn before(pages: &[(&str, &str, &str, bool)]) -> PreviousSnapshots {
    let page = |title: &str, parent: &str, knows_parent| PreviousPage {
        title: title.to_owned(),
        space_key: "KB".to_owned(),
        parent_id: parent.to_owned(),
        knows_parent,
        ..PreviousPage::default()
    };
    let pages = pages.iter().map(|(id, title, parent, knows)| ((*id).to_owned(), page(title, parent, *knows)));
    let spaces = [("KB".to_owned(), "2026-W46".to_owned())].into();
    PreviousSnapshots { spaces, pages: pages.collect(), ..PreviousSnapshots::default() }
}

fn summarized(changes: &[PageChange]) -> Vec<(&'static str, &str, &str)> {
    changes.iter().map(|change| (change.kind.name(), change.page_id.as_str(), change.detail.as_str())).collect()
}

#[test]
fn each_change_is_listed_with_its_detail() {
    let previous = before(&[
        ("1", "Home", "", true),
        ("2", "Old", "1", true),
        ("3", "Imported", "", false),
        ("4", "Left", "1", true),
        ("5", "Put away", "1", true),
    ]);
    let rows = [
        row("1", "Home", "", Some(0)),
        row("2", "New name", "3", Some(2)),
        row("3", "Imported", "1", Some(1)),
        row("6", "Fresh", "1", None),
    ];
    let site = UnlistedPages::of(&inventory(vec![page(5, Some((1, "page")), Status::Archived)]));
    let chosen = ["KB".to_owned()];
    let found = changes(&rows, &previous, &site, &chosen);
    assert_eq!(
        summarized(&found),
        [
            ("new", "6", ""),
            ("edited", "3", "1 version"),
            ("edited", "2", "2 versions"),
            ("moved", "2", "to another parent"),
            ("retitled", "2", "was \"Old\""),
            ("archived", "5", ""),
            ("gone", "4", ""),
        ]
    );
    assert_eq!((counts(&found)[&ChangeKind::Edited], counts(&found).get(&ChangeKind::New)), (2, Some(&1)));
    let elsewhere = changes(&[], &previous, &site, &["HR".to_owned()]);
    assert!(elsewhere.is_empty(), "pages of a space that is no longer chosen are not gone: {elsewhere:?}");
    let mut other = row("7", "Of HR", "", None);
    other.place.space_key = "HR".to_owned();
    assert!(
        changes(&[other], &before(&[]), &site, &chosen).is_empty(),
        "pages of a space that was not chosen before are not new"
    );
}

#[test]
fn a_page_that_an_incomplete_list_may_lack_is_not_gone() {
    let mut site = inventory(vec![page(5, None, Status::Archived)]);
    site.coverage.fail(UnitKind::PageList, "pages of KB", "cut");
    let previous = before(&[("4", "Somewhere", "", true), ("5", "Put away", "", true)]);
    let vanished = UnlistedPages::of(&site);
    assert_eq!(summarized(&changes(&[], &previous, &vanished, &["KB".to_owned()])), [("archived", "5", "")]);
    let kept = serde_json::to_string(&vanished).unwrap();
    assert_eq!(kept, r#"{"archived":["5"],"lists_whole":false}"#);
    assert_eq!(serde_json::from_str::<UnlistedPages>(&kept).unwrap(), vanished);
}

#[test]
fn pages_of_imported_weeks_without_ids_are_found_by_their_titles() {
    let previous = before(&[("KB:Guide", "Guide", "", false), ("KB:Left", "Left", "", false), ("3", "Own", "1", true)]);
    let rows = [row("1", "Guide", "9", Some(2)), row("2", "Other", "9", None), row("3", "Own", "1", Some(0))];
    let found = changes(&rows, &previous, &UnlistedPages::of(&inventory(Vec::new())), &["KB".to_owned()]);
    assert_eq!(summarized(&found), [("new", "2", ""), ("edited", "1", "2 versions"), ("gone", "KB:Left", "")]);
    let page = |title: &str| previous.page("7", "KB", title).map(|(id, _)| id);
    assert_eq!((page("Guide"), page("Own"), previous.page("7", "HR", "Guide")), (Some("KB:Guide"), None, None));
}
