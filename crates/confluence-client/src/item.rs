//! What the items of lists have in common: an id, and maybe a version.

use serde::de::DeserializeOwned;

use super::model;

/// An item of a list: has an id, and maybe a version by which doubles are told apart.
pub(crate) trait Item: DeserializeOwned {
    /// Id within the list.
    fn id(&self) -> &str;
    /// Number of the version, 0 where there is none.
    fn version(&self) -> u32 {
        0
    }
}

impl Item for model::Space {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl Item for model::Content {
    fn id(&self) -> &str {
        &self.id.0
    }

    fn version(&self) -> u32 {
        self.version.as_ref().and_then(|version| version.number).unwrap_or(0)
    }
}

impl Item for model::Attachment {
    fn id(&self) -> &str {
        &self.id.0
    }

    fn version(&self) -> u32 {
        self.version.as_ref().and_then(|version| version.number).unwrap_or(0)
    }
}

impl Item for model::Property {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl Item for model::ListedVersion {
    fn id(&self) -> &str {
        &self.number.0
    }
}

impl Item for model::Label {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl Item for model::Template {
    fn id(&self) -> &str {
        &self.template_id.0
    }
}

impl Item for model::SearchHit {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl Item for model::CommentHit {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl Item for model::PageHit {
    fn id(&self) -> &str {
        &self.id.0
    }
}

impl Item for model::PageVersion {
    fn id(&self) -> &str {
        &self.number.0
    }
}

impl Item for model::Listed {
    fn id(&self) -> &str {
        &self.id.0
    }
}

/// The id of an item that may otherwise be broken.
pub(crate) fn item_id(value: &serde_json::Value) -> Option<String> {
    match value.get("id").or_else(|| value.get("templateId")).or_else(|| value.pointer("/content/id"))? {
        serde_json::Value::String(id) => Some(id.clone()),
        serde_json::Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}
