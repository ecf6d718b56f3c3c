//! Items of lists: each has an id, and some have a version.

use serde::de::DeserializeOwned;

use super::model;

/// An item of a list. Of two items with the same id, the one with the higher version is newer.
pub(crate) trait ListItem: DeserializeOwned {
    /// Id within the list.
    fn id(&self) -> &str;
    /// Number of the version; 0 if there is none.
    fn version(&self) -> u32 {
        0
    }
}

impl ListItem for model::Space {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl ListItem for model::Content {
    fn id(&self) -> &str {
        &self.id.0
    }

    fn version(&self) -> u32 {
        self.version.as_ref().and_then(|version| version.number).unwrap_or(0)
    }
}

impl ListItem for model::Attachment {
    fn id(&self) -> &str {
        &self.id.0
    }

    fn version(&self) -> u32 {
        self.version.as_ref().and_then(|version| version.number).unwrap_or(0)
    }
}

impl ListItem for model::Property {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl ListItem for model::VersionNumber {
    fn id(&self) -> &str {
        &self.number.0
    }
}

impl ListItem for model::SpacePermission {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl ListItem for model::Label {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl ListItem for model::Template {
    fn id(&self) -> &str {
        &self.template_id.0
    }
}

impl ListItem for model::SearchHit {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl ListItem for model::CommentHit {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl ListItem for model::PageHit {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl ListItem for model::PageVersion {
    fn id(&self) -> &str {
        &self.number.0
    }
}

impl ListItem for model::ContentStatus {
    fn id(&self) -> &str {
        &self.id.0
    }
}

/// Returns the id of an item that may otherwise be malformed.
pub(crate) fn item_id(value: &serde_json::Value) -> Option<String> {
    match value.get("id").or_else(|| value.get("templateId")).or_else(|| value.pointer("/content/id"))? {
        serde_json::Value::String(id) => Some(id.clone()),
        serde_json::Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}
