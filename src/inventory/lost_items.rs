//! What an earlier run saw on a site and a later one does not.
//!
//! Confluence returns "not found" for what was deleted for good and for what the account may no longer see. A content
//! that is only hidden may use any file since.

use std::collections::HashSet;

use super::Inventory;
use super::content_updates::has_status_not_found;
use super::site::{Content, ContentId, Space, SpaceId, Status};

/// Spaces, pages and blog posts outside the trash that an earlier run saw, and that a later one finds neither in its
/// lists nor in the trash.
#[derive(Debug, Default)]
pub struct LostItems<'a> {
    /// Without their contents in `contents`.
    pub spaces: Vec<&'a Space>,
    pub contents: Vec<&'a Content>,
}

impl<'a> LostItems<'a> {
    /// Compares two inventories. Comments and templates are left out: they have no restrictions of their own, so they
    /// are hidden only together with their page or space.
    pub fn between(before: &'a Inventory, now: &Inventory) -> Self {
        let spaces_now: HashSet<&SpaceId> = now.spaces.iter().map(|space| &space.id).collect();
        let spaces: Vec<&Space> = before.spaces.iter().filter(|space| !spaces_now.contains(&space.id)).collect();
        let found = now.contents.iter().filter(|content| content.kind.owns_attachments());
        let found: HashSet<&ContentId> =
            found.filter(|content| !has_status_not_found(content)).map(|content| &content.id).collect();
        let of_lost_space = |content: &Content| {
            let is_lost = |id: &SpaceId| spaces.iter().any(|space| space.id == *id);
            content.space.as_ref().is_some_and(is_lost)
        };
        let contents = before.contents.iter().filter(|content| content.kind.owns_attachments());
        let contents = contents
            .filter(|content| !content.status.is_trash() && content.status != Status::Draft)
            .filter(|content| !has_status_not_found(content))
            .filter(|content| !found.contains(&content.id) && !of_lost_space(content));
        Self { contents: contents.collect(), spaces }
    }

    /// Leaves out what the user knows to be deleted: ids of contents, and keys of spaces. Returns the entries that name
    /// nothing lost.
    pub fn accept<'t>(&mut self, deleted: &'t [String]) -> Vec<&'t str> {
        let is_named = |entry: &str, contents: &[&Content], spaces: &[&Space]| {
            contents.iter().any(|content| content.id.as_str() == entry) || spaces.iter().any(|space| space.key == entry)
        };
        let unknown = deleted.iter().map(String::as_str).filter(|entry| !is_named(entry, &self.contents, &self.spaces));
        let unknown = unknown.collect();
        self.contents.retain(|content| !deleted.iter().any(|entry| entry == content.id.as_str()));
        self.spaces.retain(|space| !deleted.contains(&space.key));
        unknown
    }

    pub fn is_empty(&self) -> bool {
        self.spaces.is_empty() && self.contents.is_empty()
    }

    /// Returns the ids of all contents that are lost, alone or with their spaces.
    pub fn content_ids(&self, before: &'a Inventory) -> HashSet<&'a ContentId> {
        let spaces: HashSet<&SpaceId> = self.spaces.iter().map(|space| &space.id).collect();
        let is_in_lost_space = |content: &&Content| content.space.as_ref().is_some_and(|space| spaces.contains(space));
        let in_spaces = before.contents.iter().filter(is_in_lost_space);
        self.contents.iter().copied().chain(in_spaces).map(|content| &content.id).collect()
    }
}
