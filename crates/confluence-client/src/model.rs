//! Types for the JSON that Confluence sends.
//!
//! Parsing is lenient: unknown fields are ignored, and fields that may be missing or null are optional. Required fields
//! (ids, `results`) have no default, so an error can never be parsed as an empty list.

mod bodies;
mod page_facts;
mod site_facts;
mod space_permissions;
mod user;

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};

use crate::parameters::BodyForm;

pub use bodies::{Body, Representation};
pub use site_facts::{InstanceMetrics, ServerInformation, SpaceRetention};
pub use space_permissions::{Operation, Principal, SpacePermission};

pub use page_facts::{
    Account, CommentHit, ContentStatus, CountResponse, EmbeddedList, EmbeddedListMeta, PageDetails, PageHit,
    PageVersion, TreeMember, Watch, Watches,
};
pub use user::{User, Users};

/// An id, sent as a string or as a number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Id(pub String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;
        impl Visitor<'_> for IdVisitor {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id (text or whole number)")
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Id, E> {
                if value.is_empty() { Err(E::custom("an empty id")) } else { Ok(Id(value.to_owned())) }
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Id, E> {
                Ok(Id(value.to_string()))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Id, E> {
                Ok(Id(value.to_string()))
            }
        }
        deserializer.deserialize_any(IdVisitor)
    }
}

/// One page of results. Items are decoded individually, so that a malformed one does not affect the others (F-63).
#[derive(Debug, Clone, Deserialize)]
pub struct ListPage {
    /// The items.
    pub results: Vec<serde_json::Value>,
    /// Links, including `next`.
    #[serde(rename = "_links")]
    pub links: Option<Links>,
    /// v1: the limit that the server applied.
    pub limit: Option<u64>,
}

/// Links of a list or an entity.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Links {
    /// Path of the next page.
    pub next: Option<String>,
    /// Base URL of the site.
    pub base: Option<String>,
    /// Path of the entity in a browser.
    pub webui: Option<String>,
    /// Path of a file.
    pub download: Option<String>,
    /// Path of the tiny link.
    pub tinyui: Option<String>,
}

/// A version of a content or an attachment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Number, from 1.
    pub number: Option<u32>,
    /// When it was created, ISO 8601.
    pub created_at: Option<String>,
    /// Account id of its author.
    pub author_id: Option<String>,
    /// Comment of the version.
    pub message: Option<String>,
    /// Published as a minor edit.
    pub minor_edit: Option<bool>,
}

/// A space (v2).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Space {
    /// Numeric id.
    pub id: Id,
    /// Key.
    pub key: String,
    /// Display name.
    pub name: Option<String>,
    /// `global`, `personal`, ….
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `current`, `archived`.
    pub status: Option<String>,
    /// Home page.
    pub homepage_id: Option<Id>,
    /// The key in the space's current addresses, if it differs from the original key.
    pub current_active_alias: Option<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Option<Links>,
}

/// A page, blog post, comment or custom content (v2).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// Id.
    pub id: Id,
    /// `current`, `archived`, `trashed`, `deleted`, `draft`.
    pub status: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Custom content: the app's type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Space.
    pub space_id: Option<Id>,
    /// Pages: parent.
    pub parent_id: Option<Id>,
    /// Pages: type of the parent.
    pub parent_type: Option<String>,
    /// Pages: position among the children of the parent.
    pub position: Option<i64>,
    /// Pages: `live`, `page`.
    pub subtype: Option<String>,
    /// Comments: page commented on.
    pub page_id: Option<Id>,
    /// Comments: blog post commented on.
    pub blog_post_id: Option<Id>,
    /// Comments: attachment commented on.
    pub attachment_id: Option<Id>,
    /// Comments: custom content commented on.
    pub custom_content_id: Option<Id>,
    /// Comments: the comment replied to.
    pub parent_comment_id: Option<Id>,
    /// Creator.
    pub author_id: Option<String>,
    /// Pages: owner.
    pub owner_id: Option<String>,
    /// Pages: previous owner.
    pub last_owner_id: Option<String>,
    /// Inline comments: `open`, `reopened`, `resolved`, `dangling`.
    pub resolution_status: Option<String>,
    /// When it was created, ISO 8601.
    pub created_at: Option<String>,
    /// Current version.
    pub version: Option<Version>,
    /// Body, if requested.
    pub body: Option<Body>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Option<Links>,
}

impl Content {
    /// Returns the body in storage format; `None` if the response has none.
    pub fn storage(&self) -> Option<&str> {
        self.text(BodyForm::Storage)
    }

    /// Returns the body in one representation; `None` if the response has none.
    pub fn text(&self, form: BodyForm) -> Option<&str> {
        self.body.as_ref()?.text(form)
    }
}

/// An attachment (v2), in its current version or the requested one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Id, `att…`.
    pub id: Id,
    /// `current`, `archived`, `trashed`.
    pub status: Option<String>,
    /// File name.
    pub title: Option<String>,
    /// When its first version was uploaded, ISO 8601.
    pub created_at: Option<String>,
    /// Owning page.
    pub page_id: Option<Id>,
    /// Owning blog post.
    pub blog_post_id: Option<Id>,
    /// Owning custom content.
    pub custom_content_id: Option<Id>,
    /// Media type.
    pub media_type: Option<String>,
    /// Comment of the version.
    pub comment: Option<String>,
    /// Media file id.
    pub file_id: Option<String>,
    /// Size in bytes.
    pub file_size: Option<u64>,
    /// Path in a browser.
    pub webui_link: Option<String>,
    /// Path of the download.
    pub download_link: Option<String>,
    /// Version.
    pub version: Option<Version>,
    /// All labels, if they came along with the file (Data Center).
    #[serde(skip)]
    pub labels: Option<Vec<Label>>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Option<Links>,
}

/// A version in the list of an attachment's versions (v2), without a size.
#[derive(Debug, Clone, Deserialize)]
pub struct VersionNumber {
    /// Number.
    pub number: Id,
}

/// A content property (v2).
#[derive(Debug, Clone, Deserialize)]
pub struct Property {
    /// Id.
    pub id: Id,
    /// Key.
    pub key: String,
    /// Any JSON value, including `null`; `None` if the response has none.
    #[serde(default, deserialize_with = "present")]
    pub value: Option<serde_json::Value>,
}

/// Distinguishes a `null` value from a missing one.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<serde_json::Value>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

/// A label (v2).
#[derive(Debug, Clone, Deserialize)]
pub struct Label {
    /// Id.
    pub id: Id,
    /// Name.
    pub name: String,
    /// `global`, `my`, `team`, `system`.
    pub prefix: Option<String>,
}

/// A page template or blueprint template (v1).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// Id.
    pub template_id: Id,
    /// Name.
    pub name: Option<String>,
    /// The space it belongs to; `None` for global templates.
    pub space: Option<SpaceOfTemplate>,
    /// Body.
    pub body: Option<Body>,
}

/// The space of a template (v1).
#[derive(Debug, Clone, Deserialize)]
pub struct SpaceOfTemplate {
    /// Key.
    pub key: Option<String>,
}

impl Template {
    /// Returns the body in storage format; `None` if the response has none.
    pub fn storage(&self) -> Option<&str> {
        self.body.as_ref()?.text(BodyForm::Storage)
    }
}

/// A content in a v1 search, with its expanded metadata.
#[derive(Debug, Clone, Deserialize)]
pub struct SearchHit {
    /// Id.
    pub id: Id,
    /// `page`, `blogpost`, `comment`, `attachment`, ….
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Expanded metadata.
    pub metadata: Option<Metadata>,
}

/// Metadata of a v1 content.
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    /// Properties by key; absent if they were not expanded. `_expandable` names those that were not expanded.
    pub properties: Option<BTreeMap<String, serde_json::Value>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_strings_or_numbers_and_nothing_else_f_62() {
        for (json, expected) in [("\"att12\"", "att12"), ("12", "12"), ("9007199254740993", "9007199254740993")] {
            assert_eq!(serde_json::from_str::<Id>(json).unwrap(), Id(expected.into()));
        }
        for json in ["true", "1.5", "null", "\"\"", "[1]", "{}"] {
            assert!(serde_json::from_str::<Id>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn an_error_is_never_parsed_as_an_empty_list_f_34() {
        for json in [r#"{"statusCode":500,"message":"oops"}"#, r#"{"results":null}"#, "null", "\"ok\"", "{}"] {
            assert!(serde_json::from_str::<ListPage>(json).is_err(), "{json}");
        }
        assert!(serde_json::from_str::<ListPage>(r#"{"results":[]}"#).unwrap().results.is_empty());
    }

    #[test]
    fn everything_but_the_id_may_be_missing_or_null_f_60() {
        let bare: Attachment = serde_json::from_str(r#"{"id":"att1","fileSize":null,"version":null,"x":{}}"#).unwrap();
        assert_eq!(bare.file_size, None);
        assert!(serde_json::from_str::<Attachment>(r#"{"title":"a.png"}"#).is_err());
        assert!(serde_json::from_str::<Attachment>(r#"{"id":"att1","fileSize":-1}"#).is_err());
        assert!(serde_json::from_str::<Attachment>(r#"{"id":"att1","fileSize":"12"}"#).is_err());
    }

    #[test]
    fn a_body_in_another_representation_is_none_f_64() {
        let storage = |json: &str| {
            let content: Content = serde_json::from_str(&format!(r#"{{"id":"1","body":{json}}}"#)).unwrap();
            content.storage().map(str::to_owned)
        };
        assert_eq!(storage(r#"{"storage":{"representation":"storage","value":"<p/>"}}"#).as_deref(), Some("<p/>"));
        assert_eq!(storage(r#"{"storage":{"value":""}}"#).as_deref(), Some(""));
        assert_eq!(storage(r#"{"storage":{"representation":"view","value":"<p>x</p>"}}"#), None);
        assert_eq!(storage(r#"{"storage":{"representation":"storage","value":null}}"#), None);
        assert_eq!(storage(r#"{"atlas_doc_format":{"value":"{}"}}"#), None);
    }

    #[test]
    fn only_a_known_user_with_an_account_counts_f_36() {
        let user = |json: &str| serde_json::from_str::<User>(json).unwrap();
        assert!(user(r#"{"type":"known","accountId":"557058:a"}"#).is_known());
        assert!(!user(r#"{"type":"anonymous","accountId":null}"#).is_known());
        assert!(!user(r#"{"type":"known"}"#).is_known());
    }
}
