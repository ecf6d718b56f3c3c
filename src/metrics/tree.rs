//! The tree of pages: ancestors, paths, children. Computed from the parents of all pages, so that it is complete.

use std::collections::{HashMap, HashSet};

use crate::inventory::coverage::UnitKind;
use crate::inventory::snapshot::SnapshotFacts;
use crate::inventory::{Content, ContentId, ContentKind, Inventory, ParentKind, Status};

/// The tree of pages of an inventory.
#[derive(Debug)]
pub(super) struct PageTree<'a> {
    nodes: HashMap<&'a ContentId, Node<'a>>,
    children: HashMap<&'a ContentId, Vec<&'a ContentId>>,
    /// Current pages at any depth below each node.
    below: HashMap<&'a ContentId, u64>,
    /// Folders and the like that were asked for and are not there, or not visible.
    absent: HashSet<&'a ContentId>,
    /// All pages of the chosen spaces were listed.
    lists_whole: bool,
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
        let below = below(&nodes, &children);
        let absent = facts.parents.iter().filter(|(_, parent)| parent.is_none()).map(|(id, _)| id).collect();
        Self { nodes, children, below, absent, lists_whole: !inventory.coverage.has_gap(UnitKind::PageList) }
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

    /// Whether the direct parent of a page can be seen; `None` when that could not be found out. A page at the root
    /// has no parent to see.
    pub(super) fn sees_parent(&self, page: &Content) -> Option<bool> {
        let Some((parent, kind)) = &page.parent else { return Some(false) };
        if self.nodes.contains_key(parent) {
            return Some(true);
        }
        // a list with a hole, or a folder that could not be read, is no proof that there is no parent
        let is_known = if *kind == ParentKind::Page { self.lists_whole } else { self.absent.contains(parent) };
        is_known.then_some(false)
    }

    /// Current pages directly below a page; those in a folder below it are the folder's.
    pub(super) fn child_pages(&self, page: &ContentId) -> u64 {
        let children = self.children.get(page).into_iter().flatten();
        children.filter(|child| self.nodes.get(*child).is_some_and(|node| node.is_current_page)).count() as u64
    }

    /// Current pages at any depth below, through folders and archived pages as well.
    pub(super) fn descendant_pages(&self, page: &ContentId) -> u64 {
        self.below.get(page).copied().unwrap_or(0)
    }
}

/// Counts the current pages below every node, from the leaves up, so that the work grows with the nodes and not with
/// the depth of the tree. In a circle each member lies below every other one.
fn below<'a>(
    nodes: &HashMap<&'a ContentId, Node<'a>>,
    children: &HashMap<&'a ContentId, Vec<&'a ContentId>>,
) -> HashMap<&'a ContentId, u64> {
    let own = |id: &ContentId| u64::from(nodes.get(id).is_some_and(|node| node.is_current_page));
    let mut waiting: HashMap<&ContentId, usize> =
        nodes.keys().map(|id| (*id, children.get(id).map_or(0, Vec::len))).collect();
    let mut done: Vec<&ContentId> = waiting.iter().filter(|(_, left)| **left == 0).map(|(id, _)| *id).collect();
    let mut below: HashMap<&ContentId, u64> = HashMap::with_capacity(nodes.len());
    while let Some(id) = done.pop() {
        waiting.remove(id);
        let count = below.get(id).copied().unwrap_or(0) + own(id);
        let parent = nodes.get(id).and_then(|node| node.parent);
        if let Some(parent) = parent.filter(|parent| nodes.contains_key(parent)) {
            *below.entry(parent).or_default() += count;
            if let Some(left) = waiting.get_mut(parent) {
                *left -= 1;
                if *left == 0 {
                    done.push(parent);
                }
            }
        }
    }
    // what still waits goes round in circles, each of which is walked once
    let mut open: HashSet<&ContentId> = waiting.into_keys().collect();
    while let Some(start) = open.iter().next().copied() {
        let mut circle = Vec::new();
        let mut at = Some(start);
        while let Some(id) = at.filter(|id| open.remove(id)) {
            circle.push(id);
            at = nodes.get(id).and_then(|node| node.parent);
        }
        let all: u64 = circle.iter().map(|id| below.get(id).copied().unwrap_or(0) + own(id)).sum();
        for id in circle {
            below.insert(id, all - own(id));
        }
    }
    below
}

#[cfg(test)]
mod tests;
