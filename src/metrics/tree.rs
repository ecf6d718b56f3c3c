//! The tree of pages: ancestors, paths, children. Computed from the parents of all pages, so that it is complete.

use std::collections::{HashMap, HashSet};

use crate::inventory::snapshot::SnapshotFacts;
use crate::inventory::{Content, ContentId, ContentKind, Inventory, Status};

/// The tree of pages of an inventory.
#[derive(Debug)]
pub(super) struct PageTree<'a> {
    nodes: HashMap<&'a ContentId, Node<'a>>,
    children: HashMap<&'a ContentId, Vec<&'a ContentId>>,
}

#[derive(Debug)]
struct Node<'a> {
    title: &'a str,
    parent: Option<&'a ContentId>,
    is_current_page: bool,
}

/// What lies above a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ancestors<'a> {
    /// Titles from the root down, without the page itself.
    Known(Vec<&'a str>),
    /// One of them is not visible, or they go round in a circle.
    Broken,
}

impl<'a> PageTree<'a> {
    pub(super) fn new(inventory: &'a Inventory, facts: &'a SnapshotFacts) -> Self {
        let mut nodes = HashMap::new();
        for (id, parent) in &facts.parents {
            if let Some(parent) = parent {
                let above = parent.parent.as_ref().map(|(id, _)| id);
                nodes.insert(id, Node { title: &parent.title, parent: above, is_current_page: false });
            }
        }
        // a page in the trash or a draft is no place of the tree
        let pages = inventory.contents.iter().filter(|content| {
            content.kind == ContentKind::Page && !content.status.is_trash() && content.status != Status::Draft
        });
        for page in pages {
            let parent = page.parent.as_ref().map(|(id, _)| id);
            let is_current_page = page.status == Status::Current;
            nodes.insert(&page.id, Node { title: &page.title, parent, is_current_page });
        }
        let mut children: HashMap<&ContentId, Vec<&ContentId>> = HashMap::new();
        for (id, node) in &nodes {
            if let Some(parent) = node.parent {
                children.entry(parent).or_default().push(id);
            }
        }
        Self { nodes, children }
    }

    /// What lies above a page.
    pub(super) fn ancestors(&self, page: &Content) -> Ancestors<'a> {
        let mut titles = Vec::new();
        let mut visited = HashSet::new();
        let mut above = self.nodes.get(&page.id).and_then(|node| node.parent);
        while let Some(id) = above {
            let Some(node) = self.nodes.get(id).filter(|_| visited.insert(id)) else { return Ancestors::Broken };
            titles.push(node.title);
            above = node.parent;
        }
        titles.reverse();
        Ancestors::Known(titles)
    }

    /// Whether the direct parent can be seen.
    pub(super) fn sees(&self, parent: &ContentId) -> bool {
        self.nodes.contains_key(parent)
    }

    /// Current pages directly below a page, also those in folders do not count here.
    pub(super) fn child_pages(&self, page: &ContentId) -> u64 {
        let children = self.children.get(page).into_iter().flatten();
        children.filter(|child| self.nodes.get(*child).is_some_and(|node| node.is_current_page)).count() as u64
    }

    /// Current pages at any depth below, through folders and archived pages as well.
    pub(super) fn descendant_pages(&self, page: &ContentId) -> u64 {
        let mut count = 0;
        let mut visited = HashSet::from([page]);
        let mut open: Vec<&ContentId> = self.children.get(page).into_iter().flatten().copied().collect();
        while let Some(id) = open.pop() {
            if visited.insert(id) {
                count += u64::from(self.nodes.get(id).is_some_and(|node| node.is_current_page));
                open.extend(self.children.get(id).into_iter().flatten());
            }
        }
        count
    }
}
