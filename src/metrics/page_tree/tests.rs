use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::tests::{inventory, page};
use super::*;
use crate::inventory::snapshot::TreeParent;

const CURRENT: Status = Status::Current;

#[test]
fn folders_and_archived_pages_are_in_the_tree_but_are_not_counted() {
    let pages = vec![
        page(1, None, CURRENT),
        page(2, Some((50, "folder")), CURRENT),
        page(3, Some((1, "page")), Status::Archived),
        page(4, Some((3, "page")), CURRENT),
        page(5, Some((1, "page")), Status::Trashed),
        page(6, Some((5, "page")), CURRENT),
        page(7, Some((51, "folder")), CURRENT),
        page(8, Some((52, "folder")), CURRENT),
    ];
    let mut inventory = inventory(pages);
    let folder = TreeParent {
        title: "F".into(),
        kind: ParentKind::Folder,
        parent: Some((ContentId::new("1"), ParentKind::Page)),
    };
    let parents = BTreeMap::from([(ContentId::new("50"), Some(folder)), (ContentId::new("51"), None)]);
    let facts = SnapshotFacts { parents, ..SnapshotFacts::default() };
    let tree = PageTree::new(&inventory, &facts);
    let at = |id: usize| &inventory.contents[id - 1];
    assert_eq!(tree.ancestors(at(2)), Ancestors::Known(vec!["T1", "F"]));
    assert_eq!(tree.ancestors(at(4)), Ancestors::Known(vec!["T1", "T3"]));
    assert_eq!(tree.ancestors(at(6)), Ancestors::Broken, "a page in the trash is not in the tree");
    let one = ContentId::new("1");
    assert_eq!(
        (tree.child_pages(&one), tree.below.get(&one).copied()),
        (Some(0), Some(2)),
        "page 2 in the folder, page 4 below page 3"
    );
    assert_eq!(tree.below.get(&ContentId::new("50")).copied(), Some(1));
    let seen: Vec<_> = [1, 2, 4, 6, 7, 8].map(|id| tree.sees_parent(at(id))).to_vec();
    let unread = None;
    assert_eq!(seen, [Some(false), Some(true), Some(true), Some(false), Some(false), unread]);
    assert_eq!(tree.ancestors(at(7)), Ancestors::Broken, "the folder is not visible");
    assert_eq!(tree.ancestors(at(8)), Ancestors::Unread, "the folder was not read");
    assert_eq!(tree.descendant_pages(at(1)), None, "page 8 may be below page 1");
    inventory.doubtful.insert(ListKind::Pages);
    let tree = PageTree::new(&inventory, &facts);
    assert_eq!(tree.sees_parent(&inventory.contents[5]), None, "the incomplete list may lack the parent");
    assert_eq!(tree.ancestors(&inventory.contents[5]), Ancestors::Unread);
    assert_eq!(
        (tree.child_pages(&one), tree.descendant_pages(&inventory.contents[0])),
        (None, None),
        "the incomplete list may lack children"
    );
}

#[test]
fn cycles_are_followed_once() {
    let pages = vec![
        page(1, Some((2, "page")), CURRENT),
        page(2, Some((3, "page")), CURRENT),
        page(3, Some((1, "page")), CURRENT),
        page(4, Some((2, "page")), CURRENT),
        page(5, Some((5, "page")), CURRENT),
    ];
    let (inventory, facts) = (inventory(pages), SnapshotFacts::default());
    let tree = PageTree::new(&inventory, &facts);
    for page in &inventory.contents {
        assert_eq!(tree.ancestors(page), Ancestors::Broken);
    }
    let below: Vec<u64> = inventory.contents.iter().filter_map(|page| tree.descendant_pages(page)).collect();
    assert_eq!(below, [3, 3, 3, 0, 0]);
}

#[test]
fn a_chain_of_ten_thousand_pages_is_counted() {
    let pages = (0..10_000).map(|id| page(id, id.checked_sub(1).map(|above| (above, "page")), CURRENT)).collect();
    let (inventory, facts) = (inventory(pages), SnapshotFacts::default());
    let tree = PageTree::new(&inventory, &facts);
    let below = |id: u32| tree.below.get(&ContentId::new(id.to_string())).copied().unwrap_or(0);
    assert_eq!((below(0), below(4_000), below(9_999)), (9_999, 5_999, 0));
    let Ancestors::Known(titles) = tree.ancestors(&inventory.contents[9_999]) else { panic!("a broken chain") };
    assert_eq!((titles.len(), titles[0], titles[9_998]), (9_999, "T0", "T9998"));
}

/// Counts the pages below a page by following the parents of every other page.
fn count_by_parents(contents: &[Content], id: &ContentId) -> u64 {
    let above = |content: &Content| {
        let mut at = content.parent.as_ref().map(|(id, _)| id.clone());
        for _ in 0..=contents.len() {
            let Some(found) = at.as_ref().and_then(|at| contents.iter().find(|content| content.id == *at)) else {
                break;
            };
            if found.id == *id {
                return true;
            }
            at = found.parent.as_ref().map(|(id, _)| id.clone());
        }
        false
    };
    contents.iter().filter(|content| content.status == CURRENT && content.id != *id && above(content)).count() as u64
}

proptest! {
    #[test]
    fn descendants_are_the_pages_with_a_page_among_their_ancestors(
        parents in proptest::collection::vec((proptest::option::of(0u32..24), any::<bool>()), 1..20)
    ) {
        let contents: Vec<Content> = (0..)
            .zip(&parents)
            .map(|(id, (parent, is_current))| {
                page(id, parent.map(|id| (id, "page")), if *is_current { CURRENT } else { Status::Archived })
            })
            .collect();
        let (inventory, facts) = (inventory(contents), SnapshotFacts::default());
        let tree = PageTree::new(&inventory, &facts);
        for page in &inventory.contents {
            prop_assert_eq!(tree.descendant_pages(page), Some(count_by_parents(&inventory.contents, &page.id)), "{}", page.id);
        }
    }
}
