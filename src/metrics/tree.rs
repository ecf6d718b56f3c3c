//! The tree of pages: ancestors, paths, children. Computed from the parents of all pages, so that it is complete.

use std::collections::{HashMap, HashSet};

use crate::inventory::snapshot::SnapshotFacts;
use crate::inventory::{Content, ContentId, ContentKind, Inventory, List, ParentKind, SpaceId, Status};

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
    /// Spaces with a page of which an ancestor could not be read: it may lie below any page of the space.
    with_unread: HashSet<&'a SpaceId>,
}

#[derive(Debug)]
struct Node<'a> {
    title: &'a str,
    parent: Option<&'a (ContentId, ParentKind)>,
    is_current_page: bool,
}

impl<'a> Node<'a> {
    fn parent_id(&self) -> Option<&'a ContentId> {
        self.parent.map(|(id, _)| id)
    }
}

/// What lies above a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ancestors<'a> {
    /// Titles from the root down, without the page itself.
    Known(Vec<&'a str>),
    /// One of them is not visible, or they go round in a circle.
    Broken,
    /// One of them could not be read.
    Unread,
}

impl<'a> PageTree<'a> {
    pub(super) fn new(inventory: &'a Inventory, facts: &'a SnapshotFacts) -> Self {
        let mut nodes = HashMap::new();
        for (id, parent) in &facts.parents {
            if let Some(parent) = parent {
                let above = parent.parent.as_ref();
                nodes.insert(id, Node { title: &parent.title, parent: above, is_current_page: false });
            }
        }
        // a page in the trash or a draft is no place of the tree
        let pages = inventory.contents.iter().filter(|content| {
            content.kind == ContentKind::Page && !content.status.is_trash() && content.status != Status::Draft
        });
        for page in pages {
            let parent = page.parent.as_ref();
            let is_current_page = page.status == Status::Current;
            nodes.insert(&page.id, Node { title: &page.title, parent, is_current_page });
        }
        let mut children: HashMap<&ContentId, Vec<&ContentId>> = HashMap::new();
        for (id, node) in &nodes {
            if let Some(parent) = node.parent_id() {
                children.entry(parent).or_default().push(id);
            }
        }
        let below = below(&nodes, &children);
        let absent = facts.parents.iter().filter(|(_, parent)| parent.is_none()).map(|(id, _)| id).collect();
        let (lists_whole, with_unread) = (inventory.is_whole(List::Pages), HashSet::new());
        let mut tree = Self { nodes, children, below, absent, lists_whole, with_unread };
        let unread = tree.below_unread();
        let pages = inventory.contents.iter().filter(|content| unread.contains(&content.id));
        tree.with_unread = pages.filter_map(|page| page.space.as_ref()).collect();
        tree
    }

    /// Everything with an ancestor that could not be read, from the highest such down, so that nothing is looked at twice.
    fn below_unread(&self) -> HashSet<&'a ContentId> {
        let is_highest = |node: &Node<'_>| {
            node.parent.is_some_and(|(id, kind)| !self.nodes.contains_key(id) && !self.is_known_absent(id, kind))
        };
        let highest = self.nodes.iter().filter(|(_, node)| is_highest(node)).map(|(id, _)| *id);
        let mut left: Vec<&ContentId> = highest.collect();
        let mut found = HashSet::new();
        while let Some(id) = left.pop() {
            if found.insert(id) {
                left.extend(self.children.get(id).into_iter().flatten());
            }
        }
        found
    }

    /// Whether something of the tree of the page's space could not be read.
    pub(super) fn has_unread(&self, page: &Content) -> bool {
        page.space.as_ref().is_some_and(|space| self.with_unread.contains(space))
    }

    /// What lies above a page.
    pub(super) fn ancestors(&self, page: &Content) -> Ancestors<'a> {
        let mut titles = Vec::new();
        let mut visited = HashSet::new();
        let mut above = self.nodes.get(&page.id).and_then(|node| node.parent);
        while let Some((id, kind)) = above {
            let Some(node) = self.nodes.get(id) else {
                return if self.is_known_absent(id, kind) { Ancestors::Broken } else { Ancestors::Unread };
            };
            if !visited.insert(id) {
                return Ancestors::Broken;
            }
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
        self.is_known_absent(parent, kind).then_some(false)
    }

    /// Whether something that is no place of the tree is known not to be there, or not to be visible. A list with a hole,
    /// or a folder that could not be read, is no proof of that.
    fn is_known_absent(&self, id: &ContentId, kind: &ParentKind) -> bool {
        if *kind == ParentKind::Page { self.lists_whole } else { self.absent.contains(id) }
    }

    /// Current pages directly below a page; those in a folder below it are the folder's. `None` where the list of pages
    /// may have left some out.
    pub(super) fn child_pages(&self, page: &ContentId) -> Option<u64> {
        let children = self.children.get(page).into_iter().flatten();
        let pages = children.filter(|child| self.nodes.get(*child).is_some_and(|node| node.is_current_page));
        self.lists_whole.then(|| pages.count() as u64)
    }

    /// Current pages at any depth below, through folders and archived pages as well; `None` as above, and where
    /// something of the tree could not be read.
    pub(super) fn descendant_pages(&self, page: &Content) -> Option<u64> {
        let is_known = self.lists_whole && !self.has_unread(page);
        is_known.then(|| self.below.get(&page.id).copied().unwrap_or(0))
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
        let parent = nodes.get(id).and_then(Node::parent_id);
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
            at = nodes.get(id).and_then(Node::parent_id);
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
