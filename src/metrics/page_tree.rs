//! Page tree: ancestors, paths and children, computed from the parents of all pages.

use std::collections::{HashMap, HashSet};

use crate::inventory::snapshot::SnapshotFacts;
use crate::inventory::{Content, ContentId, ContentKind, Inventory, ListKind, ParentKind, SpaceId, Status};

#[derive(Debug)]
pub(super) struct PageTree<'a> {
    nodes: HashMap<&'a ContentId, Node<'a>>,
    children: HashMap<&'a ContentId, Vec<&'a ContentId>>,
    /// Number of current pages at any depth below each node.
    below: HashMap<&'a ContentId, u64>,
    /// Folders and similar parents that were requested and do not exist or are not visible.
    absent: HashSet<&'a ContentId>,
    /// Whether the list of pages is complete.
    lists_whole: bool,
    /// Spaces that have a page with an unread ancestor: that page may be below any page of the space.
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

/// The ancestors of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ancestors<'a> {
    /// Titles from the root down, without the page itself.
    Known(Vec<&'a str>),
    /// An ancestor does not exist or is not visible, or the ancestors form a cycle.
    Broken,
    /// An ancestor could not be read.
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
        // pages in the trash and drafts are not in the tree
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
        let (lists_whole, with_unread) = (inventory.is_whole(ListKind::Pages), HashSet::new());
        let mut tree = Self { nodes, children, below, absent, lists_whole, with_unread };
        let unread = tree.below_unread();
        let pages = inventory.contents.iter().filter(|content| unread.contains(&content.id));
        tree.with_unread = pages.filter_map(|page| page.space.as_ref()).collect();
        tree
    }

    /// Returns all nodes with an unread ancestor. Starts at the topmost ones, so that each node is visited once.
    fn below_unread(&self) -> HashSet<&'a ContentId> {
        let is_topmost = |node: &Node<'_>| {
            node.parent.is_some_and(|(id, kind)| !self.nodes.contains_key(id) && !self.is_known_absent(id, kind))
        };
        let topmost = self.nodes.iter().filter(|(_, node)| is_topmost(node)).map(|(id, _)| *id);
        let mut left: Vec<&ContentId> = topmost.collect();
        let mut found = HashSet::new();
        while let Some(id) = left.pop() {
            if found.insert(id) {
                left.extend(self.children.get(id).into_iter().flatten());
            }
        }
        found
    }

    /// Returns whether part of the tree of the page's space could not be read.
    pub(super) fn has_unread(&self, page: &Content) -> bool {
        page.space.as_ref().is_some_and(|space| self.with_unread.contains(space))
    }

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

    /// Returns whether the direct parent of a page is visible; `None` if that is not known. A page at the root has no parent,
    /// so the result is `Some(false)`.
    pub(super) fn sees_parent(&self, page: &Content) -> Option<bool> {
        let Some((parent, kind)) = &page.parent else { return Some(false) };
        if self.nodes.contains_key(parent) {
            return Some(true);
        }
        self.is_known_absent(parent, kind).then_some(false)
    }

    /// Returns whether a parent that is not in the tree is known not to exist or not to be visible. An incomplete list, or a
    /// folder that could not be read, does not show that.
    fn is_known_absent(&self, id: &ContentId, kind: &ParentKind) -> bool {
        if *kind == ParentKind::Page { self.lists_whole } else { self.absent.contains(id) }
    }

    /// Counts the current pages directly below a page; pages in a folder below it are children of the folder. `None` if the
    /// list of pages may be incomplete.
    pub(super) fn child_pages(&self, page: &ContentId) -> Option<u64> {
        let children = self.children.get(page).into_iter().flatten();
        let pages = children.filter(|child| self.nodes.get(*child).is_some_and(|node| node.is_current_page));
        self.lists_whole.then(|| pages.count() as u64)
    }

    /// Counts the current pages at any depth below a page, including those below folders and archived pages. `None` as above,
    /// and if part of the tree could not be read.
    pub(super) fn descendant_pages(&self, page: &Content) -> Option<u64> {
        let is_known = self.lists_whole && !self.has_unread(page);
        is_known.then(|| self.below.get(&page.id).copied().unwrap_or(0))
    }
}

/// Counts the current pages below every node, from the leaves up, so that the work is linear in the number of nodes,
/// whatever the depth of the tree. In a cycle each member is below every other member.
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
    // the remaining nodes are in cycles; each cycle is followed once
    let mut open: HashSet<&ContentId> = waiting.into_keys().collect();
    while let Some(start) = open.iter().next().copied() {
        let mut cycle = Vec::new();
        let mut at = Some(start);
        while let Some(id) = at.filter(|id| open.remove(id)) {
            cycle.push(id);
            at = nodes.get(id).and_then(Node::parent_id);
        }
        let all: u64 = cycle.iter().map(|id| below.get(id).copied().unwrap_or(0) + own(id)).sum();
        for id in cycle {
            below.insert(id, all - own(id));
        }
    }
    below
}

#[cfg(test)]
mod tests;
